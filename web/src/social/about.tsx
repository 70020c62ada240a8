// One's own words and links; and taking all of it off.
import { useState } from "react";
import { useDoing } from "../account/do";
import { put, remove } from "../api/client";
import type { Profile } from "../api/social";
import { Field, Trouble } from "../ui/parts";

const MOST_TEXT = 500;
const MOST_LINKS = 5;

export function AboutForm({ of: profile }: { of: Profile }) {
  const { busy, error, run } = useDoing();
  const [about, setAbout] = useState(profile.about);
  const [links, setLinks] = useState(profile.links.join("\n"));
  const [sure, setSure] = useState(false);
  const lines = links
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const wrong =
    lines.length > MOST_LINKS
      ? `At most ${MOST_LINKS} links.`
      : lines.some((line) => !/^https:\/\/\S+$/.test(line))
        ? "Each on a line of its own, beginning with https://."
        : undefined;
  return (
    <form
      className="stack tight"
      aria-label="Your profile"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => put("/v1/profile", { about: about.trim(), links: lines }));
      }}
    >
      <Field label="About you" help={`Up to ${MOST_TEXT} characters. Everybody can read it.`}>
        {(props) => (
          <textarea
            {...props}
            rows={4}
            maxLength={MOST_TEXT}
            value={about}
            onChange={(event) => setAbout(event.target.value)}
          />
        )}
      </Field>
      <Field label="Links" help="One on each line." wrong={wrong}>
        {(props) => (
          <textarea {...props} rows={3} value={links} onChange={(event) => setLinks(event.target.value)} />
        )}
      </Field>
      <div className="buttons">
        <button type="submit" className="primary" disabled={busy || Boolean(wrong)}>
          Save
        </button>
        {sure ? (
          <>
            <button type="button" disabled={busy} onClick={() => run(() => remove("/v1/profile"))}>
              Yes, take it all off
            </button>
            <button type="button" className="quiet" onClick={() => setSure(false)}>
              Rather not
            </button>
          </>
        ) : (
          <button type="button" className="quiet" onClick={() => setSure(true)}>
            Take the profile off
          </button>
        )}
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}
