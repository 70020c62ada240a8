// How numbers look: the reader's locale, figures of one width, nothing rounded that money depends on. Decimal
// strings go to `Intl` as they are, so no amount becomes a float on its way to the screen.

type Exact = `${number}`;

/** Making a formatter takes longer than drawing a row of figures: each is made once. */
const made = new Map<string, Intl.NumberFormat>();

function formatter(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let found = made.get(name);
  if (!found) {
    found = new Intl.NumberFormat(undefined, options);
    made.set(name, found);
  }
  return found;
}

const dateTimes = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const dates = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** Digits after the point that a reader can use: 2 for what is near a dollar or more, more for small amounts. */
export function digitsFor(decimal: string, symbol?: string): number {
  const size = Math.abs(Number(decimal));
  if (size === 0) return 2;
  const stable = symbol !== undefined && /USD|DAI|EUR/.test(symbol);
  if (stable) return size < 0.01 ? 6 : 2;
  return size >= 1_000 ? 2 : size >= 1 ? 4 : 6;
}

/** A decimal string as a number of the reader's locale. */
export function decimal(value: string, digits = 2, sign = false): string {
  const options: Intl.NumberFormatOptions = {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: digits,
    signDisplay: sign ? "exceptZero" : "negative",
  };
  return formatter(`decimal ${digits} ${sign}`, options).format(value as Exact);
}

/** The exact decimal, with the locale's separators and nothing left out. */
export function exact(value: string): string {
  return formatter("exact", { maximumFractionDigits: 20 }).format(value as Exact);
}

/** 0.0523 as 5.23%. */
export function percent(ratio: string | number, digits = 2, sign = false): string {
  const options: Intl.NumberFormatOptions = {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: sign ? "exceptZero" : "negative",
  };
  return formatter(`percent ${digits} ${sign}`, options).format(ratio as number);
}

/** Basis points as a percentage without needless zeros: 1500 is 15%. */
export function bps(value: number): string {
  return formatter("bps", { style: "percent", maximumFractionDigits: 2 }).format(value / 10_000);
}

/** Basis points as such, signed: what traders compare prices in. */
export function basisPoints(value: string): string {
  const options: Intl.NumberFormatOptions = { maximumFractionDigits: 1, signDisplay: "exceptZero" };
  return `${formatter("basis points", options).format(value as Exact)} bps`;
}

export function count(value: number): string {
  return formatter("count", {}).format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function dateTime(iso: string): string {
  return dateTimes.format(new Date(iso));
}

export function date(iso: string): string {
  return dates.format(new Date(iso));
}

/** Time between two moments, in the largest unit that fits. */
export function span(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  for (const [size, name] of units) {
    if (seconds >= size) return plural(Math.round(seconds / size), name);
  }
  return "no time";
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}

/** Token units from what somebody typed, or why not. Digits beyond the token's own are refused, not rounded. */
export function parseUnits(text: string, decimals: number): bigint | string {
  const plain = text.trim().replace(/[\s_',](?=\d{3}(\D|$))/g, "");
  if (plain === "") return "Enter an amount.";
  const match = /^(\d+)(?:[.](\d*))?$/.exec(plain);
  if (!match) return "Enter a number, with a point before decimals.";
  const fraction = match[2] ?? "";
  if (fraction.length > decimals) return `At most ${decimals} digits after the point.`;
  return BigInt(`${match[1]}${fraction.padEnd(decimals, "0")}`);
}

/** Units as an exact decimal string. */
export function units(value: bigint, decimals: number): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals ? digits.slice(digits.length - decimals).replace(/0+$/, "") : "";
  return `${negative ? "-" : ""}${whole}${fraction && `.${fraction}`}`;
}
