// Who wrote something, and what staff hid of it.
import { Link } from "wouter";
import type { Author, HiddenCode } from "../api/social";
import { Badge } from "../ui/parts";

export const REASONS: readonly (readonly [HiddenCode, string])[] = [
  ["spam", "Spam"],
  ["abuse", "Abuse"],
  ["scam", "A scam"],
  ["impersonation", "Pretends to be somebody else"],
  ["private_data", "Tells private things"],
  ["other", "Something else"],
];

const WORDS = new Map<string, string>(REASONS);

export function reasonWords(code: string): string {
  return (WORDS.get(code) ?? code.replaceAll("_", " ")).toLowerCase();
}

/** A name that somebody chose to be shown by; nothing joins a pseudonym with an address. */
export function AuthorName({ of: author }: { of: Author }) {
  return (
    <span className="author">
      {author.kind === "handle" ? (
        <Link href={`/people/${encodeURIComponent(author.shown)}`}>
          <bdi>{author.shown}</bdi>
        </Link>
      ) : (
        <span className="muted">{author.shown}</span>
      )}
      {author.is_leader && <Badge tone="info">Leader</Badge>}
    </span>
  );
}

/** What somebody wrote, as they wrote it; or why it is not shown. */
export function Said({
  text,
  state,
  hidden,
}: {
  text: string | null;
  state: "shown" | "withdrawn" | "hidden";
  hidden: { code: HiddenCode } | null;
}) {
  if (state === "hidden" || hidden)
    return <p className="muted">Hidden by staff: {reasonWords(hidden?.code ?? "other")}.</p>;
  if (state === "withdrawn" || text === null) return <p className="muted">Taken back by its author.</p>;
  return (
    <p className="said">
      <bdi>{text}</bdi>
    </p>
  );
}
