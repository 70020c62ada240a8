// Buying what the leader holds already.
import { useQuery } from "@tanstack/react-query";
import type { StrategyDetail, Vault } from "../api/client";
import { statement } from "../api/queries";
import { CATCH_UP_BPS, catchUp, type Purchase, purchases } from "../chain/catch-up";
import { bps, decimal, units } from "../format";
import { Skeleton, Trouble } from "../ui/parts";
import type { Run } from "./actions";

interface Props {
  vault: Vault;
  leader: StrategyDetail;
  run: Run;
}

export function CatchUp({ vault: found, leader, run }: Props) {
  const own = useQuery(statement(found.id));
  const theirs = useQuery(statement(leader.leader_vault_id));
  const error = own.error ?? theirs.error;
  if (!own.data || !theirs.data) return error ? <Trouble error={error} /> : <Skeleton lines={2} />;
  const wanted = purchases(own.data.data, theirs.data.data);
  if (wanted === null) return <p className="muted">A price is missing: it cannot be said what is missing.</p>;
  if (wanted.length === 0)
    return <p className="muted">You hold the leader's mix already, or the cash to it is used up.</p>;
  return <Buy {...{ vault: found, leader, run, wanted }} />;
}

function Buy({ vault: found, leader, run, wanted }: Props & { wanted: Purchase[] }) {
  const base = leader.base_token;
  return (
    <div className="stack tight">
      <ul className="sentences">
        {wanted.map(({ token, symbol, spend }) => (
          <li key={token}>
            Buy {symbol} for {decimal(units(spend, base.decimals))} {base.symbol}.
          </li>
        ))}
      </ul>
      <p className="help">
        Trades of your own, so that you hold what the leader holds now. Each at most {bps(CATCH_UP_BPS)} worse
        than the oracle, all or nothing. Your limits bind copies, not these.
      </p>
      <button
        type="button"
        className="primary"
        disabled={run.busy}
        onClick={() =>
          run.it((steps) => catchUp(steps, found.id, leader, wanted), "Bought: you hold the leader's mix.")
        }
      >
        Catch up
      </button>
    </div>
  );
}
