// A leader's own words on a trade, with how long after it they were written: hindsight is to be seen.
import type { Annotation } from "../api/social";
import { plural, span } from "../format";
import { When } from "../ui/figures";
import { Report } from "./report";
import { Said } from "./words";

export function AnnotationText({ of: found }: { of: Annotation }) {
  const earlier = found.revisions.slice(0, -1);
  return (
    <div className="annotation">
      <Said {...found} />
      <div className="help row">
        <span title={new Date(found.written).toUTCString()}>Written {afterWords(found.after_trade_s)}</span>
        {earlier.length > 0 && (
          <details>
            <summary>Changed {plural(earlier.length, "time")}</summary>
            <ol className="revisions">
              {found.revisions.map((revision) => (
                <li key={revision.written}>
                  <When at={revision.written} /> ({afterWords(revision.after_trade_s)}):{" "}
                  {revision.text === null ? (
                    <span className="muted">taken back</span>
                  ) : (
                    <bdi>{revision.text}</bdi>
                  )}
                </li>
              ))}
            </ol>
          </details>
        )}
        {found.state === "shown" && (
          <Report
            of={{ subject: "annotation", id: String(found.id), name: `note on trade ${found.trade_id}` }}
          />
        )}
      </div>
    </div>
  );
}

export function afterWords(seconds: number): string {
  if (seconds < 60) return "with the trade";
  return `${span(seconds)} after the trade`;
}
