// Following a leader with play money: the same limits as for real, no wallet, no registration.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { post, type Schemas, type StrategyDetail } from "../api/client";
import { strategy } from "../api/queries";
import { parseUnits, units } from "../format";
import { type Limits, PRESETS, type Preset, toStruct } from "../limits/policy";
import { toPaperPolicy, usePlay } from "../play/kept";
import { Agreement } from "../ui/agreement";
import { LimitsForm } from "../ui/limits-form";
import { Answered, Badge, Field, Page, Panel, Trouble } from "../ui/parts";

export default function TryPage({ id }: { id: number }) {
  const query = useQuery(strategy(id));
  return (
    <Answered query={query} lines={8}>
      {({ data }) => <TryForm of={data} />}
    </Answered>
  );
}

function TryForm({ of: found }: { of: StrategyDetail }) {
  const base = found.base_token;
  const [text, setText] = useState("1000");
  const [preset, setPreset] = useState<Preset | "own">("balanced");
  const [limits, setLimits] = useState<Limits>(PRESETS.balanced);
  const [opening, setOpening] = useState<"busy" | Error | null>(null);
  const { keep } = usePlay();
  const [, go] = useLocation();
  const amount = parseUnits(text, base.decimals);
  const struct = toStruct(limits, base.decimals);
  const wrong = "wrong" in struct ? struct : null;
  const valid = typeof amount === "bigint" && amount > 0n;

  async function open() {
    if (!valid || "wrong" in struct) return;
    setOpening("busy");
    const body: Schemas["PaperOpening"] = {
      strategy_id: found.id,
      deposit: String(amount),
      policy: toPaperPolicy(struct),
    };
    try {
      const { data } = await post<{ data: Schemas["PaperStatement"] }>("/v1/paper/vaults", body);
      keep({ id: data.id, strategyId: found.id, limits, amount: text });
      go(`/play/${data.id}`);
    } catch (error) {
      setOpening(error as Error);
    }
  }

  return (
    <Page
      title={
        <>
          Try {found.name} <Badge tone="info">Play money</Badge>
        </>
      }
      lead={<Link href={`/leaders/${found.id}`}>Back to the leader</Link>}
    >
      <div className="columns copy">
        <div className="stack">
          <Panel title="1. Play money">
            <Field
              label="Begin with"
              unit={base.symbol}
              help="As much as you would really put in: it shows what fits and what is too small."
              wrong={text !== "" && typeof amount === "string" ? amount : undefined}
            >
              {(props) => (
                <input
                  {...props}
                  className="large"
                  inputMode="decimal"
                  autoComplete="off"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
          </Panel>
          <Panel title="2. Your limits">
            <LimitsForm
              {...{ limits, symbol: base.symbol, wrong, preset }}
              onChange={setLimits}
              onPreset={setPreset}
            />
          </Panel>
        </div>
        <Panel title="3. What it would be for real">
          <Agreement limits={limits} amount={valid ? units(amount, base.decimals) : ""} of={found} />
          <button
            type="button"
            className="primary large wide"
            disabled={!valid || wrong !== null || opening === "busy"}
            onClick={open}
          >
            Start with play money
          </button>
          {opening instanceof Error && <Trouble error={opening} />}
          <p className="help">
            From the leader's next trade on it gets each trade's own price, within your limits, and pays the
            same copy fees. No wallet, no registration: it is known to this browser alone.
          </p>
        </Panel>
      </div>
    </Page>
  );
}
