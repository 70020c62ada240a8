// The second factor: setting an authenticator up, giving a code, recovery codes told once.
import { useState } from "react";
import { post, remove, type Schemas } from "../api/client";
import { Badge, Field, Notice, Panel, Trouble } from "../ui/parts";
import { useDoing } from "./do";
import type { Me } from "./session";

export function SecondFactor({ of: { second_factor: state } }: { of: Me }) {
  const { busy, error, run } = useDoing();
  const [enrolment, setEnrolment] = useState<Schemas["Enrolment"] | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const begin = () => run(() => post<Schemas["Enrolment"]>("/v1/session/second-factor", {}), setEnrolment);
  return (
    <Panel
      title="Second factor"
      aside={
        state.given ? (
          <Badge tone="good">Given in this session</Badge>
        ) : state.enrolled ? (
          <Badge tone="info">Set up</Badge>
        ) : (
          <Badge>None</Badge>
        )
      }
    >
      {!state.enrolled && !enrolment && (
        <>
          <p className="muted">
            A code of an authenticator beside the wallet. Operators and administrators cannot act without it.
          </p>
          <button type="button" disabled={busy} onClick={begin}>
            Set up an authenticator
          </button>
        </>
      )}
      {enrolment && !state.enrolled && (
        <Notice title="Put this into your authenticator">
          <span className="address long">{enrolment.secret}</span> · <a href={enrolment.uri}>open it there</a>
          . It is told once, and counts from the first code on.
        </Notice>
      )}
      {(enrolment || state.enrolled) && !state.given && <GiveCode {...{ busy, run }} told={setCodes} />}
      {codes.length > 0 && (
        <Notice tone="warn" title="Recovery codes: keep them now, they are told once">
          {codes.map((code) => (
            <code key={code} className="code">
              {code}
            </code>
          ))}
        </Notice>
      )}
      {state.given && (
        <button
          type="button"
          className="small quiet"
          disabled={busy}
          onClick={() =>
            run(
              () => remove("/v1/session/second-factor"),
              () => {
                setEnrolment(null);
                setCodes([]);
              },
            )
          }
        >
          Take it off
        </button>
      )}
      {error && <Trouble error={error} />}
    </Panel>
  );
}

type Doing = ReturnType<typeof useDoing>;

export function GiveCode({
  busy,
  run,
  told,
}: Pick<Doing, "busy" | "run"> & { told?: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState("");
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post<Schemas["CodeTaken"]>("/v1/session/second-factor/codes", { code: code.trim() }),
          (taken) => {
            setCode("");
            told?.(taken.recovery_codes);
          },
        );
      }}
    >
      <Field
        label="Code"
        help="Six digits of your authenticator, or a recovery code. It holds for eight hours."
      >
        {(props) => (
          <input
            {...props}
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <button type="submit" className="primary" disabled={busy || code.trim().length < 6}>
        Give the code
      </button>
    </form>
  );
}
