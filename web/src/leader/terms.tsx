// What a leader costs, and what binds them.
import { useQuery } from "@tanstack/react-query";
import type { StrategyDetail } from "../api/client";
import { leader } from "../api/queries";
import { bps, count, date, percent, span } from "../format";
import { feeSentences } from "../limits/fees";
import { Amount } from "../ui/figures";
import { GasCost } from "../ui/gas";
import { Explain, Panel } from "../ui/parts";

export function CostsPanel({ of: found }: { of: StrategyDetail }) {
  const { terms } = found;
  const gas = useQuery(leader(found.id, "all")).data?.data.gas;
  return (
    <Panel title="What it costs">
      <ul className="sentences">
        {feeSentences(terms.fees).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {terms.pending && (
          <li>
            Dearer terms are announced: vaults that open before{" "}
            {terms.pending.usable_from ? date(terms.pending.usable_from) : "the end of time"} keep today's.
          </li>
        )}
      </ul>
      <p className="help">
        You keep the terms you join with until you take others yourself.{" "}
        {percent(terms.protocol_bps / 10_000, 0)} of every fee goes to the protocol.
      </p>
      {gas && (
        <dl className="pairs">
          <dt>
            <Explain text="What the leader's own transactions cost, for all their strategies. Who sends a transaction pays for it: it is in no fee and no return.">
              Gas paid by the leader
            </Explain>
          </dt>
          <dd>
            <GasCost of={gas} />
          </dd>
        </dl>
      )}
    </Panel>
  );
}

export function LimitsPanel({ of: found }: { of: StrategyDetail }) {
  const { limits, terms } = found;
  return (
    <Panel title="What binds the leader">
      <dl className="pairs">
        <dt>
          <Explain text="A clearing that would execute worse than this, against the oracle, fails for everybody.">
            Worst price
          </Explain>
        </dt>
        <dd>{bps(terms.max_slippage_bps)}</dd>
        {limits && (
          <>
            <dt>
              <Explain text="What bad prices may cost a follower in any seven days, as a share of equity.">
                Cost of execution, a week
              </Explain>
            </dt>
            <dd>{bps(limits.loss_budget_bps)}</dd>
            <dt>
              <Explain text="Entries stop when the leader's own result has fallen this far from its highest in seven days.">
                Entries stop at a fall of
              </Explain>
            </dt>
            <dd>{bps(limits.max_drawdown_bps)}</dd>
            <dt>
              <Explain text="Entries are refused while the leader's own vault is worth less.">
                Smallest own stake
              </Explain>
            </dt>
            <dd>
              <Amount of={limits.min_stake} />
            </dd>
            <dt>Most in one token</dt>
            <dd>{bps(limits.max_token_bps)}</dd>
            <dt>Round trips a day</dt>
            <dd>{limits.max_round_trips === 255 ? "no limit" : count(limits.max_round_trips)}</dd>
            <dt>Declared stop</dt>
            <dd>{limits.stop_bps === null ? "none" : bps(limits.stop_bps)}</dd>
          </>
        )}
        <dt>
          <Explain text="How long after the leader's own fill a later batch may still copy it.">
            Copy window
          </Explain>
        </dt>
        <dd>{span(terms.copy_window_seconds)}</dd>
        <dt>Smallest deposit</dt>
        <dd>
          <Amount of={terms.min_deposit} />
        </dd>
        <dt>May hold</dt>
        <dd>{found.tokens.map((token) => token.symbol).join(", ")}</dd>
      </dl>
    </Panel>
  );
}
