// Being told in this browser, also while the page is closed: allowed by a click, never asked for before.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useDoing } from "../account/do";
import { agentName } from "../account/sessions";
import type { Schemas } from "../api/client";
import { channels, deliveries, pushKey } from "../api/told";
import { Answered, Badge, Notice, Panel, Trouble } from "../ui/parts";
import { canBeTold, ownChannel, subscribe, unsubscribe } from "./push";

const LONGEST_LABEL = 60;

export function ThisBrowser() {
  return (
    <Panel title="Notices in this browser">
      <p className="muted">
        They come also while this page is closed. Your browser's maker brings them and cannot read them.
      </p>
      {canBeTold() ? (
        <Standing />
      ) : (
        <Notice title="This browser takes no push messages">
          On a phone, install this page first: “Add to home screen”. By http no browser takes any.
        </Notice>
      )}
    </Panel>
  );
}

function Standing() {
  const key = useQuery(pushKey);
  const ways = useQuery(channels);
  const doing = useDoing();
  const [permission, setPermission] = useState(Notification.permission);
  useHeard();
  const begin = async (to: string) => {
    const answer = await Notification.requestPermission();
    setPermission(answer);
    if (answer === "granted") await subscribe(to, agentName(navigator.userAgent).slice(0, LONGEST_LABEL));
  };
  return (
    <Answered query={key} lines={1}>
      {({ key: to }) => (
        <Answered query={ways} lines={1}>
          {({ channels: found }) => {
            const own = ownChannel(found);
            if (to === null) return <Notice title="This server sends no push messages" />;
            if (own) return <Subscribed of={own} doing={doing} />;
            if (permission === "denied") {
              return (
                <Notice tone="warn" title="This browser may not show notices of this page">
                  You, or the browser, said no. Allow it in the browser's settings of this page, and come
                  back.
                </Notice>
              );
            }
            return (
              <>
                <div>
                  <button type="button" disabled={doing.busy} onClick={() => doing.run(() => begin(to))}>
                    {doing.busy ? "Waiting for the browser …" : "Tell me in this browser"}
                  </button>
                </div>
                {doing.error && <Trouble error={doing.error} />}
              </>
            );
          }}
        </Answered>
      )}
    </Answered>
  );
}

const STATES = {
  pending: ["warn", "Waits for the first message"],
  confirmed: ["good", "On"],
  off: ["bad", "Ended by the browser"],
} as const;

function Subscribed({
  of: channel,
  doing: { busy, error, run },
}: {
  of: Schemas["Channel"];
  doing: ReturnType<typeof useDoing>;
}) {
  const [tone, words] = STATES[channel.state];
  return (
    <>
      <div className="row">
        <Badge tone={tone}>{words}</Badge>
        <span className="address long">{channel.leads_to}</span>
        <button
          type="button"
          className="small quiet end-of-row"
          disabled={busy}
          onClick={() => run(() => unsubscribe(channel.id))}
        >
          No more in this browser
        </button>
      </div>
      {channel.state === "confirmed" && (
        <p className="help">
          What comes here is said by your rules: <Link href="/notices">choose them</Link>.
        </p>
      )}
      {error && <Trouble error={error} />}
    </>
  );
}

/** The worker says when something came: a code that came confirms the channel without anybody typing it. */
function useHeard(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const heard = (event: MessageEvent<{ told?: boolean } | null>) => {
      if (!event.data?.told) return;
      for (const { queryKey } of [channels, deliveries]) queries.invalidateQueries({ queryKey });
    };
    navigator.serviceWorker.addEventListener("message", heard);
    return () => navigator.serviceWorker.removeEventListener("message", heard);
  }, [queries]);
}
