// Where notices go: adding a way, and confirming it with the code that came by it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post, remove, type Schemas } from "../api/client";
import { channels } from "../api/told";
import { Answered, Badge, Empty, Field, Panel, type Tone, Trouble } from "../ui/parts";

const KINDS: readonly (readonly [Schemas["ChannelOrder"]["kind"], string, string])[] = [
  ["email", "E-mail", "you@example.org"],
  ["webhook", "Webhook", "https://example.org/lockstep"],
  ["chat", "Chat service", "An Apprise address: discord://…, slack://…, tgram://…"],
];

const STATES: Record<Schemas["Channel"]["state"], [Tone, string]> = {
  pending: ["warn", "Waits for its code"],
  confirmed: ["good", "Confirmed"],
  off: ["bad", "Wants no more"],
};

export function Channels() {
  const query = useQuery(channels);
  const doing = useDoing();
  return (
    <Panel title="Where to tell you">
      <Answered query={query} lines={2}>
        {({ channels: found }) =>
          found.length === 0 ? (
            <Empty title="No channel yet">Add one below; it is used once its code has come back.</Empty>
          ) : (
            <ul className="rows">
              {found.map((channel) => (
                <OneChannel key={channel.id} of={channel} doing={doing} />
              ))}
            </ul>
          )
        }
      </Answered>
      <AddChannel doing={doing} />
      {doing.error && <Trouble error={doing.error} />}
    </Panel>
  );
}

type Doing = ReturnType<typeof useDoing>;

function OneChannel({ of: channel, doing: { busy, run } }: { of: Schemas["Channel"]; doing: Doing }) {
  const [code, setCode] = useState("");
  const [tone, words] = STATES[channel.state];
  const at = `/v1/notifications/channels/${channel.id}`;
  return (
    <li className="channel">
      <span>
        {channel.label} <span className="address long">{channel.leads_to}</span>
      </span>
      <Badge tone={tone}>{words}</Badge>
      {channel.state === "pending" && (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            run(() => post(`${at}/confirmation`, { code }));
          }}
        >
          <input
            aria-label={`Code that came to ${channel.label}`}
            placeholder="Eight digits"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
          <button type="submit" className="small primary" disabled={busy || !/^\d{8}$/.test(code)}>
            Confirm
          </button>
          <button
            type="button"
            className="small quiet"
            disabled={busy}
            onClick={() => run(() => post(`${at}/codes`, {}))}
          >
            Another code
          </button>
        </form>
      )}
      <button
        type="button"
        className="small quiet"
        disabled={busy}
        aria-label={`Remove ${channel.label}`}
        onClick={() => run(() => remove(at))}
      >
        Remove
      </button>
    </li>
  );
}

function AddChannel({ doing: { busy, run } }: { doing: Doing }) {
  const [kind, setKind] = useState<Schemas["ChannelOrder"]["kind"]>("email");
  const [address, setAddress] = useState("");
  const [label, setLabel] = useState("");
  const example = KINDS.find(([name]) => name === kind)?.[2] ?? "";
  const body = { kind, address: address.trim(), label: label.trim() || kind };
  return (
    <form
      className="stack tight"
      aria-label="Add a channel"
      onSubmit={(event) => {
        event.preventDefault();
        run(
          () => post("/v1/notifications/channels", body),
          () => {
            setAddress("");
            setLabel("");
          },
        );
      }}
    >
      <div className="grid">
        <Field label="Way">
          {(props) => (
            <select {...props} value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
              {KINDS.map(([name, words]) => (
                <option key={name} value={name}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Address" help={`${example}. It is kept encrypted and never shown again.`}>
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
          )}
        </Field>
        <Field label="What you call it">
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              maxLength={60}
              value={label}
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
      </div>
      <button type="submit" disabled={busy || body.address.length < 3}>
        Add and send a code
      </button>
    </form>
  );
}
