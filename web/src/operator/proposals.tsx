// Calls of the hub's owner: one proposes, another confirms, and people send them with wallets of their own.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address, Hex } from "viem";
import { useDoing } from "../account/do";
import type { Me } from "../account/session";
import { post, type Schemas } from "../api/client";
import { proposals } from "../api/staff";
import { sendRaw, useTransact } from "../chain/transact";
import { When } from "../ui/figures";
import { Answered, Badge, Panel, type Tone, Trouble, TxStatus } from "../ui/parts";
import { Propose } from "./propose";

const STATES: Record<Schemas["Proposal"]["state"], [Tone, string]> = {
  proposed: ["warn", "Waits for a second person"],
  ready: ["good", "Ready to send"],
  withdrawn: ["quiet", "Taken back"],
  expired: ["quiet", "Expired"],
};

export function Proposals({ me }: { me: Me }) {
  const query = useQuery(proposals);
  const doing = useDoing();
  const may = me.roles.includes("operator") || me.roles.includes("admin");
  return (
    <Panel title="Proposals to the owner">
      {may && <Propose doing={doing} />}
      <Answered query={query} lines={3}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="muted">None was ever made.</p>
          ) : (
            <ul className="stack">
              {data.map((proposal) => (
                <OneProposal key={proposal.id} of={proposal} me={me} doing={doing} />
              ))}
            </ul>
          )
        }
      </Answered>
      {doing.error && <Trouble error={doing.error} />}
    </Panel>
  );
}

interface OneProps {
  of: Schemas["Proposal"];
  me: Me;
  doing: ReturnType<typeof useDoing>;
}

function OneProposal({ of: proposal, me, doing: { busy, run } }: OneProps) {
  const [tone, words] = STATES[proposal.state];
  const [why, setWhy] = useState("");
  const own = proposal.proposed_by.toLowerCase() === me.address.toLowerCase();
  const at = `/v1/admin/proposals/${proposal.id}`;
  const open = proposal.state === "proposed" || proposal.state === "ready";
  return (
    <li className="proposal">
      <p>
        #{proposal.id} <Badge tone={tone}>{words}</Badge> {proposal.words}
      </p>
      <p className="help">
        {proposal.why} · by <span className="address long">{proposal.proposed_by}</span>,{" "}
        <When at={proposal.proposed} />
        {proposal.confirmed_by && (
          <>
            {" "}
            · confirmed by <span className="address long">{proposal.confirmed_by}</span>
          </>
        )}
        {proposal.withdrawn_why && ` · taken back: ${proposal.withdrawn_why}`}
      </p>
      {proposal.operation && <p className="help address long">Operation {proposal.operation}</p>}
      {proposal.transactions.map((transaction) => (
        <OneTransaction key={transaction.step} of={transaction} />
      ))}
      {open && (
        <div className="row">
          {proposal.state === "proposed" &&
            me.roles.includes("admin") &&
            (own ? (
              <span className="muted">Somebody else must confirm it.</span>
            ) : (
              <button
                type="button"
                className="small primary"
                disabled={busy}
                onClick={() => run(() => post(`${at}/confirmation`, {}))}
              >
                Confirm
              </button>
            ))}
          <input
            aria-label={`Why proposal ${proposal.id} is taken back`}
            placeholder="Why it is taken back"
            maxLength={500}
            value={why}
            onChange={(event) => setWhy(event.target.value)}
          />
          <button
            type="button"
            className="small quiet"
            disabled={busy || why.trim().length < 3}
            onClick={() => run(() => post(`${at}/withdrawal`, { why }))}
          >
            Take back
          </button>
        </div>
      )}
    </li>
  );
}

const STEPS: Record<Schemas["ProposedTransaction"]["step"], string> = {
  call: "Send the call",
  schedule: "Schedule in the timelock",
  execute: "Execute after the delay",
};

/** For the wallet that is connected: the server has no key. The contract refuses who may not. */
function OneTransaction({ of: { step, to, data, not_before } }: { of: Schemas["ProposedTransaction"] }) {
  const { progress, busy, run } = useTransact();
  return (
    <div className="stack tight">
      <div className="row">
        <button
          type="button"
          className="small"
          disabled={busy}
          onClick={() => run((steps) => sendRaw(steps, to as Address, data as Hex), "It is on chain.")}
        >
          {STEPS[step]}
        </button>
        <span className="help">
          to <span className="address long">{to}</span>
          {not_before && (
            <>
              , not before <When at={not_before} />
            </>
          )}
        </span>
      </div>
      <TxStatus progress={progress} />
    </div>
  );
}
