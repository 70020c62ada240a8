// Every figure on a page: short to read, exact on hover and for screen readers that ask.
import type { Amount as AmountData } from "../api/client";
import { basisPoints, dateTime, decimal, digitsFor, exact, percent, shortAddress } from "../format";

export function Amount({
  of,
  sign,
  bare,
}: {
  of: AmountData | null | undefined;
  sign?: boolean;
  bare?: boolean;
}) {
  if (!of) return <Unknown />;
  const shown = decimal(of.decimal, digitsFor(of.decimal, of.symbol), sign);
  return (
    <span className={`figure ${sign ? tone(of.decimal) : ""}`} title={`${exact(of.decimal)} ${of.symbol}`}>
      {shown}
      {!bare && <span className="unit"> {of.symbol}</span>}
    </span>
  );
}

export function Percent({
  of,
  sign,
  digits = 2,
}: {
  of: string | null | undefined;
  sign?: boolean;
  digits?: number;
}) {
  if (of === null || of === undefined) return <Unknown />;
  return (
    <span className={`figure ${sign ? tone(of) : ""}`} title={`${exact(String(Number(of) * 100))}%`}>
      {percent(of, digits, sign)}
    </span>
  );
}

/** A fall is never good news, whatever its sign. */
export function Drawdown({ of }: { of: string | null | undefined }) {
  if (of === null || of === undefined) return <Unknown />;
  const fallen = Number(of) > 0;
  return (
    <span className={`figure ${fallen ? "bad" : ""}`} title={`${exact(String(Number(of) * 100))}%`}>
      {percent(fallen ? -Number(of) : 0)}
    </span>
  );
}

export function Price({ of, digits = 6 }: { of: string | null | undefined; digits?: number }) {
  if (!of) return <Unknown />;
  const size = Math.abs(Number(of));
  return (
    <span className="figure" title={of}>
      {decimal(of, size >= 100 ? 2 : size >= 1 ? 4 : digits + 2)}
    </span>
  );
}

export function Bps({ of }: { of: string | null | undefined }) {
  if (of === null || of === undefined) return <Unknown />;
  return (
    <span className={`figure ${tone(of)}`} title={`${exact(of)} basis points`}>
      {basisPoints(of)}
    </span>
  );
}

export function When({ at }: { at: string }) {
  return (
    <time className="figure" dateTime={at} title={new Date(at).toUTCString()}>
      {dateTime(at)}
    </time>
  );
}

export function Address({ of }: { of: string }) {
  return (
    <span className="address" title={of}>
      {shortAddress(of)}
    </span>
  );
}

export function Unknown() {
  return (
    <span className="muted" title="Not known">
      –
    </span>
  );
}

export function tone(value: string): string {
  const number = Number(value);
  return number > 0 ? "good" : number < 0 ? "bad" : "";
}
