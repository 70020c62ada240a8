// Drawing a call up: which one, with what, and why.
import { useState } from "react";
import type { useDoing } from "../account/do";
import { post } from "../api/client";
import { Field } from "../ui/parts";
import { enough, Why } from "./why";

/** The arguments of each act as the API names them; a number where it says so, else an address. */
const ACTS = {
  halt_trading: ["Halt trading", [["strategy_id", "Strategy, 0 for all"]]],
  resume_trading: ["Let trading go on", [["strategy_id", "Strategy, 0 for all"]]],
  list_token: ["List a token", [["token", "Token"]]],
  list_pool: [
    "List a pool",
    [
      ["pool", "Pool"],
      ["venue", "Exchange's adapter"],
    ],
  ],
  set_feed: [
    "Give a token its feed",
    [
      ["token", "Token"],
      ["feed", "Feed"],
      ["heartbeat", "Seconds that an answer is believed"],
    ],
  ],
  veto: ["Veto a listing", [["listing", "Token or pool"]]],
  set_treasury: ["Set the treasury", [["treasury", "Who"]]],
  set_guardian: ["Set the guardian", [["address", "Who"]]],
  set_gate: ["Set the gate", [["address", "Which contract"]]],
  set_protocol_share: ["Set the protocol's share", [["protocol_bps", "Basis points"]]],
} as const satisfies Record<string, readonly [string, readonly (readonly [string, string])[]]>;

type Act = keyof typeof ACTS;
const NUMBERS = new Set(["strategy_id", "heartbeat", "protocol_bps"]);

export function Propose({ doing: { busy, run } }: { doing: ReturnType<typeof useDoing> }) {
  const [act, setAct] = useState<Act>("halt_trading");
  const [values, setValues] = useState<Record<string, string>>({});
  const [why, setWhy] = useState("");
  const fields: readonly (readonly [string, string])[] = ACTS[act][1];
  const given = fields.map(([name]) => (values[name] ?? "").trim());
  const ready = given.every((value, at) =>
    NUMBERS.has(fields[at]?.[0] ?? "") ? /^\d{1,10}$/.test(value) : /^0x[0-9a-fA-F]{40}$/.test(value),
  );
  const body = Object.fromEntries([
    ["act", act],
    ["why", why],
    ...fields.map(([name], at) => [name, NUMBERS.has(name) ? Number(given[at]) : given[at]]),
  ]);
  return (
    <form
      className="stack tight"
      aria-label="Propose a call"
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post("/v1/admin/proposals", body),
          () => {
            setValues({});
            setWhy("");
          },
        );
      }}
    >
      <div className="grid">
        <Field label="Call">
          {(props) => (
            <select {...props} value={act} onChange={(event) => setAct(event.target.value as Act)}>
              {Object.entries(ACTS).map(([name, [words]]) => (
                <option key={name} value={name}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        {fields.map(([name, label]) => (
          <Field key={name} label={label}>
            {(props) => (
              <input
                {...props}
                autoComplete="off"
                value={values[name] ?? ""}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <Why value={why} onChange={setWhy} />
      <button type="submit" disabled={busy || !ready || !enough(why)}>
        Propose
      </button>
    </form>
  );
}
