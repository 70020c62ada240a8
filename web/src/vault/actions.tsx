// What a vault's owner may do with it.
import { useState } from "react";
import type { Address } from "viem";
import type { Schemas, StrategyDetail, Vault } from "../api/client";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { count, plural } from "../format";
import { fromPolicy, type Limits as LimitsData, type Preset, toStruct } from "../limits/policy";
import { LimitsForm } from "../ui/limits-form";
import { Notice, Panel, TxStatus } from "../ui/parts";

export function Actions({ vault: found, leader }: { vault: Vault; leader: StrategyDetail | undefined }) {
  const link = useLink(useDeployment());
  const { progress, busy, run } = useTransact();
  const [asking, setAsking] = useState<"exit" | "kind" | "limits" | null>(null);
  if (link.state !== "ready" || link.address.toLowerCase() !== found.owner.toLowerCase()) {
    return (
      <Panel title="Control">
        <p className="muted">Connect the wallet that owns this vault to act on it.</p>
      </Panel>
    );
  }
  const call = (name: string, args: readonly unknown[], done: string) => async () => {
    setAsking(null);
    await run((steps) => sendToHub(steps, [encode(name, args)]), done);
  };
  const held = found.balances.map((balance) => balance.token as Address);
  const copies = found.status === "Active";
  const gone = found.status === "Left";
  return (
    <Panel title="Control">
      <div className="buttons">
        {copies && (
          <button
            type="button"
            disabled={busy}
            onClick={call("pause", [found.id], "Paused: the next trades are skipped.")}
          >
            Pause
          </button>
        )}
        {!copies && !gone && (
          <button
            type="button"
            className="primary"
            disabled={busy}
            onClick={call("resume", [found.id], "Copying again, from the next trade on.")}
          >
            Resume
          </button>
        )}
        {!gone && found.policy && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "limits"}
            onClick={() => setAsking(asking === "limits" ? null : "limits")}
          >
            Change limits
          </button>
        )}
        {!gone && found.status !== "Exiting" && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "exit"}
            onClick={() => setAsking(asking === "exit" ? null : "exit")}
          >
            Sell everything
          </button>
        )}
        {held.length > 0 && (
          <button
            type="button"
            disabled={busy}
            aria-expanded={asking === "kind"}
            onClick={() => setAsking(asking === "kind" ? null : "kind")}
          >
            Withdraw in kind
          </button>
        )}
      </div>
      {asking === "exit" && (
        <Notice
          tone="warn"
          title="Sell everything for cash?"
          action={
            <button
              type="button"
              className="primary small"
              onClick={call(
                "requestExit",
                [found.id],
                "For sale: a keeper sells it within your price limits.",
              )}
            >
              Yes, sell
            </button>
          }
        >
          Copying stops. Keepers sell what you hold at prices within your limits; then withdraw the{" "}
          {leader?.base_token.symbol ?? "cash"}.
        </Notice>
      )}
      {asking === "kind" && (
        <Notice
          tone="warn"
          title="Leave with everything as it is?"
          action={
            <button
              type="button"
              className="primary small"
              onClick={call("exit", [found.id, held, link.address], "All of it is in your wallet.")}
            >
              Yes, withdraw
            </button>
          }
        >
          Copying stops for good.{" "}
          {found.balances.map((balance) => `${balance.decimal} ${balance.symbol}`).join(" and ")} go to your
          wallet, less fees that are due. No one is asked.
        </Notice>
      )}
      {asking === "limits" && found.policy && leader && (
        <ChangeLimits
          vault={found}
          policy={found.policy}
          leader={leader}
          save={(limits) =>
            call("setPolicy", [found.id, limits], "The new limits hold from the next trade on.")()
          }
        />
      )}
      <TxStatus progress={progress} />
      <p className="help">
        {plural(found.filled, "trade")} copied, {count(found.skipped)} skipped. Limits revision{" "}
        {found.policy?.revision ?? 0}.
      </p>
    </Panel>
  );
}

function ChangeLimits({
  vault: found,
  policy,
  leader,
  save,
}: {
  vault: Vault;
  policy: Schemas["Policy"];
  leader: StrategyDetail;
  save: (limits: unknown) => void;
}) {
  const [limits, setLimits] = useState<LimitsData>(() => fromPolicy(policy, leader.tokens));
  const [preset, setPreset] = useState<Preset | "own">("own");
  const struct = toStruct(limits, leader.base_token.decimals);
  const wrong = "wrong" in struct ? struct : null;
  return (
    <form
      className="stack"
      aria-label={`Limits of vault ${found.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) save(struct);
      }}
    >
      <LimitsForm
        {...{ limits, symbol: leader.base_token.symbol, wrong, preset }}
        onChange={setLimits}
        onPreset={setPreset}
      />
      <button type="submit" className="primary" disabled={wrong !== null}>
        Set these limits
      </button>
    </form>
  );
}
