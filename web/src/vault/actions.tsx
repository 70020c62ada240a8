// What a vault's owner may do with it.
import { type ReactNode, useState } from "react";
import type { Address, Hex } from "viem";
import type { Schemas, StrategyDetail, Vault } from "../api/client";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import type { Deployment } from "../chain/deployment";
import { type Steps, sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { count, plural } from "../format";
import { fromPolicy, type Limits as LimitsData, type Preset, toStruct } from "../limits/policy";
import { LimitsForm } from "../ui/limits-form";
import { Notice, Panel, TxStatus } from "../ui/parts";
import { AddMoney } from "./add";
import { CatchUp } from "./catch-up";
import { TakeMoney } from "./take";

/** How what is asked for below the buttons gets done: one transaction at a time, its state shown in one place. */
export interface Run {
  it: (work: (steps: Steps) => Promise<Hex>, done: string) => void;
  busy: boolean;
  deployment: Deployment;
}

type Door = "add" | "take" | "catch up" | "limits" | "exit" | "kind";

export function Actions({ vault: found, leader }: { vault: Vault; leader: StrategyDetail | undefined }) {
  const deployment = useDeployment();
  const link = useLink(deployment);
  const { progress, busy, run } = useTransact();
  const [open, setOpen] = useState<Door | null>(null);
  if (link.state !== "ready" || link.address.toLowerCase() !== found.owner.toLowerCase()) {
    return (
      <Panel title="Control">
        <p className="muted">Connect the wallet that owns this vault to act on it.</p>
      </Panel>
    );
  }
  const call = (name: string, args: readonly unknown[], done: string) => async () => {
    setOpen(null);
    await run((steps) => sendToHub(steps, [encode(name, args)]), done);
  };
  const todo: Run = { it: run, busy, deployment };
  const held = found.balances.map((balance) => balance.token as Address);
  const copies = found.status === "Active";
  const gone = found.status === "Left";
  const door = (name: Door, label: string) => (
    <button
      type="button"
      disabled={busy}
      aria-expanded={open === name}
      onClick={() => setOpen(open === name ? null : name)}
    >
      {label}
    </button>
  );
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
        {!gone && leader && door("add", "Add money")}
        {held.length > 0 && leader && door("take", "Take out")}
        {!gone && found.policy && leader && door("catch up", "Catch up")}
        {!gone && found.policy && door("limits", "Change limits")}
        {!gone && found.status !== "Exiting" && door("exit", "Sell everything")}
        {held.length > 0 && door("kind", "Withdraw in kind")}
      </div>
      {open === "add" && leader && <AddMoney vault={found} leader={leader} run={todo} />}
      {open === "take" && leader && <TakeMoney vault={found} tokens={leader.tokens} run={todo} />}
      {open === "catch up" && leader && <CatchUp vault={found} leader={leader} run={todo} />}
      {open === "exit" && (
        <Sure
          title="Sell everything for cash?"
          yes="Yes, sell"
          onYes={call("requestExit", [found.id], "For sale: a keeper sells it within your price limits.")}
        >
          Copying stops. Keepers sell what you hold at prices within your limits; then take out the{" "}
          {leader?.base_token.symbol ?? "cash"}.
        </Sure>
      )}
      {open === "kind" && (
        <Sure
          title="Leave with everything as it is?"
          yes="Yes, withdraw"
          onYes={call("exit", [found.id, held, link.address], "All of it is in your wallet.")}
        >
          Copying stops for good.{" "}
          {found.balances.map((balance) => `${balance.decimal} ${balance.symbol}`).join(" and ")} go to your
          wallet, less fees that are due. No one is asked.
        </Sure>
      )}
      {open === "limits" && found.policy && leader && (
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

function Sure({
  title,
  yes,
  onYes,
  children,
}: {
  title: string;
  yes: string;
  onYes: () => void;
  children: ReactNode;
}) {
  return (
    <Notice
      tone="warn"
      title={title}
      action={
        <button type="button" className="primary small" onClick={onYes}>
          {yes}
        </button>
      }
    >
      {children}
    </Notice>
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
