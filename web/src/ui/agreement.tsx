// What somebody agrees to, in sentences: what will and will never happen, what it costs, the worst case.
import type { StrategyDetail } from "../api/client";
import { feeSentences } from "../limits/fees";
import { inWords, type Limits } from "../limits/policy";

interface Props {
  limits: Limits;
  /** Whole base tokens; empty while none is entered. */
  amount: string;
  of: StrategyDetail;
}

export function Agreement({ limits, amount, of: { base_token: base, terms } }: Props) {
  const words = inWords(limits, amount, base.symbol);
  return (
    <>
      <h3>What will happen</h3>
      <ul className="sentences yes">
        {words.will.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {words.willNot.length > 0 && (
        <>
          <h3>What will never happen</h3>
          <ul className="sentences no">
            {words.willNot.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      <h3>What it costs</h3>
      <ul className="sentences">
        {feeSentences(terms.fees).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <h3>The worst case</h3>
      <p className="worst">{words.worst}</p>
    </>
  );
}
