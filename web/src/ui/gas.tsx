// Who paid the chain for its work, in the chain's own coin. Never part of a fee or a result: no vault pays it.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../api/client";
import { keepers } from "../api/queries";
import { useDeployment } from "../chain/context";
import { chainOf } from "../chain/deployment";
import { count, decimal, exact, plural } from "../format";
import { Address, Amount, Unknown } from "./figures";

/** An amount of the chain's own coin: four digits that say something, however small it is. */
export function Coins({ of }: { of: Schemas["Coins"] | null }) {
  const { chainId } = useDeployment();
  if (!of) return <Unknown />;
  const { symbol } = chainOf(chainId).nativeCurrency;
  return (
    <span className="figure" title={`${exact(of.decimal)} ${symbol}`}>
      {decimal(of.decimal, digitsOf(of.decimal))}
      <span className="unit"> {symbol}</span>
    </span>
  );
}

function digitsOf(value: string): number {
  const size = Number(value);
  return size > 0 ? Math.min(18, Math.max(4, 3 - Math.floor(Math.log10(size)))) : 4;
}

/** What somebody's own transactions cost. */
export function GasCost({ of: { paid, transactions } }: { of: Schemas["GasCost"] }) {
  return (
    <>
      <Coins of={paid} /> <span className="muted">in {plural(transactions, "transaction")}</span>
    </>
  );
}

/** Who sent the transactions of a trade, and what each paid for it. */
export function TradeGas({ of: trade }: { of: Schemas["TradeDetail"] }) {
  const known = useQuery(keepers).data?.keepers ?? [];
  const nameOf = (sender: string) => {
    if (sender === trade.by) return trade.kind === "leader" ? "The leader" : "Who traded";
    const keeper = known.find((one) => one.address === sender);
    return keeper ? `Keeper ${keeper.name}` : sender === trade.order?.keeper ? "A keeper" : "Somebody";
  };
  return (
    <section className="stack tight" aria-label="Who paid the gas">
      <h3>Who paid the gas</h3>
      <ul className="rows">
        {trade.transactions.map((one) => (
          <li key={one.hash} title={`Transaction ${one.hash}`}>
            <span>
              {nameOf(one.sender)} <Address of={one.sender} />
            </span>
            <span className="muted">{count(one.gas_used)} gas</span>
            <Coins of={one.paid} />
          </li>
        ))}
        {trade.transactions.length > 1 && (
          <li>
            <span>All</span>
            <Coins of={trade.gas_paid} />
          </li>
        )}
      </ul>
      <p className="help">
        {trade.gas_paid === null && "Receipts are read a moment after their block. "}
        Whoever sends a transaction pays for it; it is in no price and no fee above. <KeeperFees of={trade} />
      </p>
    </section>
  );
}

function KeeperFees({ of: { clearings } }: { of: Schemas["TradeDetail"] }) {
  const paid = clearings.filter((clearing) => clearing.keeper !== null);
  if (paid.length === 0) return null;
  return (
    <>
      Followers gave the keeper{" "}
      {paid.map((clearing, place) => (
        <span key={clearing.batch}>
          {place > 0 && " and "}
          <Amount of={clearing.keeper_fee} />
        </span>
      ))}{" "}
      for it, out of what was bought.
    </>
  );
}
