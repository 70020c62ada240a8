// Copying in one screen: amount, limits, what will happen, one transaction.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Address } from "viem";
import { Link, useSearch } from "wouter";
import type { StrategyDetail } from "../api/client";
import { strategy } from "../api/queries";
import { useDeployment } from "../chain/context";
import { type CopyPlan, copyLeader, depositFor, HIGHEST_CAP_BPS } from "../chain/copy";
import { type Money, readMoney } from "../chain/hub";
import { useTransact } from "../chain/transact";
import { useLink, useWallet } from "../chain/wallet";
import { bps, exact, parseUnits, units } from "../format";
import { type Limits, PRESETS, type Preset, toStruct } from "../limits/policy";
import { DISCLOSURE, hashOf } from "../limits/risk";
import { usePlay } from "../play/kept";
import { Credit } from "../referral/credit";
import { useSender } from "../referral/sender";
import { Agreement } from "../ui/agreement";
import { DisclosureText } from "../ui/disclosure";
import { Address as AddressText } from "../ui/figures";
import { LimitsForm } from "../ui/limits-form";
import { Field, Notice, Page, Panel, Skeleton, Trouble, TxStatus } from "../ui/parts";
import { WalletButton } from "../ui/wallet";

export default function CopyPage({ id }: { id: number }) {
  const query = useQuery(strategy(id));
  if (!query.data)
    return query.error ? <Trouble error={query.error} retry={query.refetch} /> : <Skeleton lines={8} />;
  return <CopyForm of={query.data.data} />;
}

function CopyForm({ of: found }: { of: StrategyDetail }) {
  const base = found.base_token;
  const tried = useTried();
  const [text, setText] = useState(tried?.amount ?? "");
  const [preset, setPreset] = useState<Preset | "own">(tried ? "own" : "balanced");
  const [limits, setLimits] = useState<Limits>(tried?.limits ?? PRESETS.balanced);
  const [raiseCap, setRaiseCap] = useState(false);
  const [understood, setUnderstood] = useState(false);
  const money = useMoney(found);
  const { progress, busy, run } = useTransact();
  const link = useLink(useDeployment());
  const owner = link.state === "ready" ? link.address : null;
  const { sender, asking, leaveOut } = useSender(found.id, owner);

  const amount = useMemo(() => parseUnits(text, base.decimals), [text, base.decimals]);
  const struct = useMemo(() => toStruct(limits, base.decimals), [limits, base.decimals]);
  const wrong = "wrong" in struct ? struct : null;
  const least = BigInt(found.terms.min_deposit.units);
  const capBps = raiseCap ? HIGHEST_CAP_BPS : (money.data?.capBps ?? 3_000);
  const valid = typeof amount === "bigint" && amount > 0n;
  const deposit = valid && money.data ? depositFor(amount, money.data, capBps) : null;
  // To the unit: it is what the wallet will show, too.
  const show = (value: bigint) => `${exact(units(value, base.decimals))} ${base.symbol}`;
  const short = deposit !== null && money.data ? deposit - money.data.wallet : 0n;
  const amountWrong =
    text === ""
      ? undefined
      : typeof amount === "string"
        ? amount
        : amount < least
          ? `The smallest deposit is ${show(least)}.`
          : short > 0n
            ? `Your wallet has ${show(money.data?.wallet ?? 0n)}: ${show(short)} too little for the deposit.`
            : undefined;
  const ready =
    valid && !amountWrong && !wrong && understood && money.data && owner && !asking && deposit !== null;

  async function copy() {
    if (!ready || "wrong" in struct || !money.data || deposit === null || typeof amount !== "bigint") return;
    const plan: CopyPlan = {
      strategyId: found.id,
      token: base.address as Address,
      amount,
      deposit,
      capBps,
      termsVersion: found.terms.fees.version,
      policy: struct,
      vaultId: null,
      referrer: sender?.address ?? null,
    };
    const before = money.data;
    await run(
      (steps) => copyLeader({ ...steps, sign: hashOf(DISCLOSURE) }, plan, before),
      `You now copy ${found.name} with ${show(amount)}.`,
    );
    await money.refetch();
  }

  if (progress.state === "done") {
    return (
      <Page title={`Copying ${found.name}`}>
        <TxStatus progress={progress}>
          <Link href="/dashboard" className="button primary small">
            To the dashboard
          </Link>
        </TxStatus>
        {sender?.campaign && owner && (
          <Credit campaign={sender.campaign} owner={owner} strategyId={found.id} />
        )}
        <Panel title="What happens now">
          <ul className="sentences">
            <li>
              The leader's next trade is copied into your vault, in the leader's own transaction and at the
              leader's price.
            </li>
            <li>What the leader holds already is not bought now: you join with the next entry.</li>
            <li>Each copy, and each trade that was not copied and why, appears on your dashboard.</li>
          </ul>
        </Panel>
      </Page>
    );
  }

  return (
    <Page title={`Copy ${found.name}`} lead={<Link href={`/leaders/${found.id}`}>Back to the leader</Link>}>
      <div className="columns copy">
        <div className="stack">
          <Panel title="1. Amount">
            <Field
              label="Copy with"
              unit={base.symbol}
              help={
                money.data
                  ? `In your wallet: ${show(money.data.wallet)}. Idle in your account here: ${show(money.data.idle)}.`
                  : `At least ${show(least)}.`
              }
              wrong={amountWrong}
            >
              {(props) => (
                <input
                  {...props}
                  className="large"
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder="0.00"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
            {link.state === "none" && <WalletButton />}
            {money.error && <Trouble error={money.error} retry={money.refetch} />}
            <Cap
              {...{
                deposit,
                amount: valid ? amount : null,
                money: money.data,
                capBps,
                raiseCap,
                setRaiseCap,
                show,
              }}
            />
          </Panel>
          <Panel title="2. Your limits">
            <LimitsForm
              {...{ limits, symbol: base.symbol, wrong, preset }}
              onChange={setLimits}
              onPreset={setPreset}
            />
          </Panel>
        </div>
        <Panel title="3. What you agree to">
          <Agreement limits={limits} amount={valid ? units(amount, base.decimals) : ""} of={found} />
          {sender && (
            <p className="help">
              <AddressText of={sender.address} />
              {sender.campaign && (
                <>
                  {" "}
                  (“<bdi>{sender.campaign.title}</bdi>”)
                </>
              )}{" "}
              sent you and is written into the vault; it costs you nothing.{" "}
              <button type="button" className="small quiet" onClick={leaveOut}>
                Leave it out
              </button>
            </p>
          )}
          <DisclosureText />
          <label className="check">
            <input
              type="checkbox"
              checked={understood}
              onChange={(event) => setUnderstood(event.target.checked)}
            />
            <span>I can bear losing this money, and have read what will happen and the risk disclosure.</span>
          </label>
          <button type="button" className="primary large wide" disabled={!ready || busy} onClick={copy}>
            {valid && !amountWrong ? `Copy with ${show(amount)}` : "Copy"}
          </button>
          <TxStatus progress={progress} />
          <p className="help">
            One transaction deposits, opens your vault with these limits and funds it. Only you can withdraw
            from it: not the leader, not a keeper, not the operator.
          </p>
        </Panel>
      </div>
    </Page>
  );
}

/** The play money whose limits are to be taken for real, if the address names some of this browser's. */
function useTried() {
  const id = new URLSearchParams(useSearch()).get("like");
  return usePlay().kept.find((one) => one.id === id);
}

interface CapProps {
  deposit: bigint | null;
  amount: bigint | null;
  money: Money | undefined;
  capBps: number;
  raiseCap: boolean;
  setRaiseCap: (value: boolean) => void;
  show: (value: bigint) => string;
}

/** The share of one's money with one leader is capped: what else comes in stays idle, and why. */
function Cap({ deposit, amount, money, capBps, raiseCap, setRaiseCap, show }: CapProps) {
  if (deposit === null || amount === null || !money) return null;
  const idle = money.idle + deposit - amount;
  const canRaise = money.capBps < HIGHEST_CAP_BPS;
  return (
    <Notice title={deposit === 0n ? "Nothing needs to be deposited" : `${show(deposit)} leaves your wallet`}>
      {show(amount)} copies
      {idle > 0n && `, ${show(idle)} stays idle in your account and can be withdrawn at any time`}. The
      contract lets at most {bps(capBps)} of your money here be with one leader.
      {canRaise && (
        <label className="check">
          <input type="checkbox" checked={raiseCap} onChange={(event) => setRaiseCap(event.target.checked)} />
          <span>Raise my own cap to {bps(HIGHEST_CAP_BPS)}, the most there is: less stays idle.</span>
        </label>
      )}
    </Notice>
  );
}

function useMoney(found: StrategyDetail) {
  const deployment = useDeployment();
  const link = useLink(deployment);
  const wallet = useWallet();
  const token = found.base_token.address as Address;
  const owner = link.state === "ready" ? link.address : "";
  return useQuery({
    queryKey: ["money", owner, token, found.leader],
    queryFn: async () => readMoney(await wallet(), deployment, token, found.leader as Address),
    enabled: link.state === "ready",
    structuralSharing: false,
  });
}
