// A new strategy: what may be traded, what it costs, and what binds its leader for good.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pools, tokens } from "../api/queries";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { parseUnits } from "../format";
import { Answered, Field, Notice, Panel, TxStatus } from "../ui/parts";

/** Rates in percent as typed; amounts in whole base tokens. The second is what the field starts with. */
const RATES = [
  ["copy", "Copy fee", "0.05", "Of each copy's size; at most 1%."],
  ["performance", "Performance fee", "10", "Of a follower's new gains as they withdraw; at most 30%."],
  ["slippage", "Worst price", "2", "Against the oracle; a worse clearing fails. At most 10%."],
  ["drift", "Later batches", "1.5", "How much worse than your own fill a later batch may be."],
  ["budget", "Cost of execution, a week", "5", "What prices may cost a follower in seven days; at most 20%."],
  ["drawdown", "Entries stop at a fall of", "25", "From your highest in seven days; at most 50%."],
  ["token", "Most in one token", "90", "Of your own equity, after an entry."],
  ["exposure", "Most outside cash", "90", "Of your own equity, after an entry."],
  ["impact", "Price impact", "3", "How far a batch may move the pool; at most 10%."],
] as const;

type Form = Record<(typeof RATES)[number][0] | "name" | "minDeposit" | "minStake" | "roundTrips", string>;

const START: Form = {
  ...(Object.fromEntries(RATES.map(([key, , start]) => [key, start])) as Record<
    (typeof RATES)[number][0],
    string
  >),
  name: "",
  minDeposit: "100",
  minStake: "1000",
  roundTrips: "20",
};

export function NewStrategy({ done }: { done: () => void }) {
  const known = useQuery(tokens);
  const venues = useQuery(pools);
  const [form, setForm] = useState<Form>(START);
  const [base, setBase] = useState("");
  const [others, setOthers] = useState<string[]>([]);
  const { progress, busy, run } = useTransact();
  const input = (key: keyof Form) => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [key]: event.target.value }),
  });

  return (
    <Panel title="New strategy">
      <Answered query={known}>
        {({ data }) => {
          const cash = data.find((token) => token.address === base) ?? data[0];
          if (!cash) return <Notice tone="warn" title="No token is listed yet" />;
          const traded = data.filter(
            (token) => others.includes(token.address) && token.address !== cash.address,
          );
          const allowed = [cash, ...traded].map((token) => token.address);
          const fit = (venues.data?.data ?? []).filter(
            (pool) => allowed.includes(pool.token0.address) && allowed.includes(pool.token1.address),
          );
          const rates = Object.fromEntries(RATES.map(([key]) => [key, parseUnits(form[key], 2)]));
          const [deposit, stake] = [
            parseUnits(form.minDeposit, cash.decimals),
            parseUnits(form.minStake, cash.decimals),
          ];
          const trips = /^\d{1,3}$/.test(form.roundTrips) ? Number(form.roundTrips) : 0;
          const missing =
            form.name.trim() === ""
              ? "Give it a name."
              : traded.length === 0
                ? "Choose at least one token to trade."
                : fit.length === 0
                  ? "No listed pool trades these tokens."
                  : null;
          const ready =
            !missing &&
            typeof deposit === "bigint" &&
            typeof stake === "bigint" &&
            trips > 0 &&
            trips < 256 &&
            Object.values(rates).every((rate) => typeof rate === "bigint");
          return (
            <form
              className="stack"
              onSubmit={async (event) => {
                event.preventDefault();
                if (!ready) return;
                const rate = (key: (typeof RATES)[number][0]) => Number(rates[key]);
                const params = {
                  baseToken: cash.address,
                  tokens: traded.map((token) => token.address),
                  pools: fit.map((pool) => pool.address),
                  terms: {
                    copyBps: rate("copy"),
                    performanceBps: rate("performance"),
                    managementBps: 0,
                    withdrawalBps: 0,
                    referrerBps: 0,
                    performancePeriod: 0,
                    subscriptionPeriod: 0,
                    subscription: 0n,
                  },
                  limits: {
                    lossBudgetBps: rate("budget"),
                    maxDrawdownBps: rate("drawdown"),
                    maxTokenBps: rate("token"),
                    maxExposureBps: rate("exposure"),
                    maxImpactBps: rate("impact"),
                    stopBps: 0,
                    minInterval: 0,
                    maxRoundTrips: trips,
                    minStake: stake,
                  },
                  maxSlippageBps: rate("slippage"),
                  maxDriftBps: rate("drift"),
                  copyWindow: 600,
                  minDeposit: deposit,
                  name: form.name.trim(),
                };
                if (
                  await run(
                    (steps) => sendToHub(steps, [encode("createStrategy", [params])]),
                    `${form.name.trim()} is open. Put in your own stake next.`,
                  )
                )
                  done();
              }}
            >
              <div className="grid">
                <Field label="Name" help="Shown to followers, for good.">
                  {(props) => <input {...props} maxLength={64} autoComplete="off" {...input("name")} />}
                </Field>
                <Field label="Cash" help="Followers join and results are counted in it.">
                  {(props) => (
                    <select {...props} value={cash.address} onChange={(event) => setBase(event.target.value)}>
                      {data.map((token) => (
                        <option key={token.address} value={token.address}>
                          {token.symbol}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                <fieldset className="field">
                  <legend>May hold</legend>
                  {data
                    .filter((token) => token.address !== cash.address)
                    .map((token) => (
                      <label key={token.address} className="check">
                        <input
                          type="checkbox"
                          checked={others.includes(token.address)}
                          onChange={(event) =>
                            setOthers(
                              event.target.checked
                                ? [...others, token.address]
                                : others.filter((one) => one !== token.address),
                            )
                          }
                        />
                        <span>{token.symbol}</span>
                      </label>
                    ))}
                </fieldset>
                <Field label="Smallest deposit" unit={cash.symbol}>
                  {(props) => (
                    <input {...props} inputMode="decimal" autoComplete="off" {...input("minDeposit")} />
                  )}
                </Field>
                <Field
                  label="Your smallest stake"
                  unit={cash.symbol}
                  help="Entries are refused while your own vault is worth less."
                >
                  {(props) => (
                    <input {...props} inputMode="decimal" autoComplete="off" {...input("minStake")} />
                  )}
                </Field>
                <Field label="Round trips a day" help="At most 255.">
                  {(props) => (
                    <input {...props} inputMode="numeric" autoComplete="off" {...input("roundTrips")} />
                  )}
                </Field>
                {RATES.map(([key, label, , help]) => (
                  <Field
                    key={key}
                    label={label}
                    unit="%"
                    help={help}
                    wrong={typeof rates[key] === "string" ? String(rates[key]) : undefined}
                  >
                    {(props) => <input {...props} inputMode="decimal" autoComplete="off" {...input(key)} />}
                  </Field>
                ))}
              </div>
              <Notice title={missing ?? "What you declare here binds you for good"}>
                Fees can change later: dearer ones after a waiting time, and only for vaults that open then.
                Limits never change.
              </Notice>
              <button type="submit" className="primary" disabled={!ready || busy}>
                Open the strategy
              </button>
              <TxStatus progress={progress} />
            </form>
          );
        }}
      </Answered>
    </Panel>
  );
}
