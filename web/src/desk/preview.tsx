// The whole order before it is signed: the leader's part and the followers', and what it does to the price.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { Token } from "../api/client";
import { useDeployment } from "../chain/context";
import { plain } from "../chain/errors";
import { type Intent, type Preview, previewTrade } from "../chain/preview";
import { useLink, useWallet } from "../chain/wallet";
import { basisPoints, count, decimal, digitsFor, units } from "../format";
import { Notice, Skeleton, Stat, Stats } from "../ui/parts";

interface Props {
  intent: Intent | null;
  tokenIn: Token;
  tokenOut: Token;
  /** The leader's own part, in words. */
  own: string;
}

export function OrderPreview({ intent, tokenIn, tokenOut, own }: Props) {
  const deployment = useDeployment();
  const link = useLink(deployment);
  const wallet = useWallet();
  const asked = useDeferredValue(intent);
  const query = useQuery({
    queryKey: ["preview", asked && { ...asked, portion: String(asked.portion) }],
    queryFn: async () => previewTrade(await wallet(), deployment.hub, asked as Intent),
    enabled: link.state === "ready" && asked !== null,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    retry: false,
  });
  // Figures of the order as it was a moment ago stay until those of this one are there, and are known for that.
  const busy = asked !== intent || query.isPlaceholderData;
  return (
    <section className="preview" aria-label="The whole order, if it were filled now" aria-busy={busy}>
      <h3>
        You sell {own} for {tokenOut.symbol}
      </h3>
      {query.error ? (
        <Notice tone="warn" title={`Filled now it would be refused: ${plain(query.error).title}`}>
          {plain(query.error).remedy}
        </Notice>
      ) : query.data ? (
        <Figures of={query.data} {...{ tokenIn, tokenOut }} />
      ) : (
        intent && <Skeleton lines={2} />
      )}
    </section>
  );
}

function Figures({ of: found, tokenIn, tokenOut }: { of: Preview; tokenIn: Token; tokenOut: Token }) {
  const show = (value: bigint, token: Token) => {
    const exactly = units(value, token.decimals);
    return (
      <span className="figure" title={`${exactly} ${token.symbol}`}>
        {decimal(exactly, digitsFor(exactly, token.symbol))} <span className="unit">{token.symbol}</span>
      </span>
    );
  };
  return (
    <Stats>
      <Stat
        label="First transaction"
        explain="Followers whose own limits let them in now; what is left over is copied in later batches."
        note={`of ${count(found.positions)} positions`}
      >
        <span className="figure">{count(found.first)}</span>
      </Stat>
      <Stat
        label="Together you sell"
        explain="You and all followers in the first transaction, copy fees included."
      >
        {show(found.sold, tokenIn)}
      </Stat>
      <Stat label="For" explain="What all of you would get now, at one price.">
        {show(found.bought, tokenOut)}
      </Stat>
      <Stat
        label="Price impact"
        explain="The common price against that of a thousandth of the order, fees of the pool apart."
        note={
          found.againstOracle === null
            ? "no oracle price"
            : `${basisPoints(String(found.againstOracle))} against the oracle`
        }
      >
        <span className={`figure ${(found.impact ?? 0) < -50 ? "bad" : ""}`}>
          {found.impact === null ? "–" : basisPoints(String(found.impact))}
        </span>
      </Stat>
    </Stats>
  );
}
