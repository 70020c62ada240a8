// A follower's limits: what the page edits, what the contract takes, and what they mean in words. The fields and
// presets are those of `contracts/interfaces/Types.sol` and `contracts/lens/Presets.sol`.
import type { Policy } from "../api/client";
import { parseUnits, units } from "../format";

export const SIZINGS = ["proportional", "multiplier", "fixed", "risk"] as const;
export const ACTIONS = ["reduce", "skip", "suspend", "exit"] as const;
export const SLIPPAGE_STEPS = [10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000] as const;

export interface PolicyStruct {
  sizing: number;
  onBreach: number;
  onStop: number;
  maxPositions: number;
  excludedTokens: number;
  maxSlippageBps: number;
  maxTokenBps: number;
  maxExposureBps: number;
  maxDailyLossBps: number;
  maxDrawdownBps: number;
  stopLossBps: number;
  takeProfitBps: number;
  lossBudgetBps: number;
  cooldown: number;
  expiry: number;
  minTrade: bigint;
  maxTrade: bigint;
  size: bigint;
}

/** What the form holds. Numbers are text as typed, percent for rates; an empty field is no limit. */
export interface Limits {
  sizing: (typeof SIZINGS)[number];
  size: string;
  onBreach: (typeof ACTIONS)[number];
  onStop: (typeof ACTIONS)[number];
  maxTrade: string;
  minTrade: string;
  maxToken: string;
  maxExposure: string;
  maxPositions: string;
  maxSlippage: string;
  dailyLoss: string;
  drawdown: string;
  stopLoss: string;
  takeProfit: string;
  lossBudget: string;
  cooldown: string;
  /** What the page does not edit and must not lose. */
  expiry: number;
  excludedTokens: number;
}

const NONE: Limits = {
  sizing: "proportional",
  size: "",
  onBreach: "reduce",
  onStop: "exit",
  maxTrade: "",
  minTrade: "",
  maxToken: "",
  maxExposure: "",
  maxPositions: "",
  maxSlippage: "",
  dailyLoss: "",
  drawdown: "",
  stopLoss: "",
  takeProfit: "",
  lossBudget: "",
  cooldown: "",
  expiry: 0,
  excludedTokens: 0,
};

export const PRESETS: Record<"conservative" | "balanced" | "aggressive", Limits> = {
  conservative: {
    ...NONE,
    maxToken: "25",
    maxExposure: "50",
    maxPositions: "4",
    maxSlippage: "0.75",
    lossBudget: "3",
    dailyLoss: "3",
    drawdown: "10",
    stopLoss: "10",
  },
  balanced: {
    ...NONE,
    maxToken: "40",
    maxExposure: "80",
    maxPositions: "8",
    maxSlippage: "1.5",
    lossBudget: "6",
    dailyLoss: "7",
    drawdown: "20",
    stopLoss: "20",
  },
  aggressive: {
    ...NONE,
    maxSlippage: "3",
    lossBudget: "10",
    dailyLoss: "15",
    drawdown: "35",
    stopLoss: "35",
  },
};
export type Preset = keyof typeof PRESETS;

export interface Field {
  key: keyof Limits;
  label: string;
  unit: "%" | "base" | "count" | "minutes";
  help: string;
  /** Where in docs/limits.md the formula is. */
  group: "size" | "price" | "stop";
}

export const FIELDS: readonly Field[] = [
  {
    key: "maxTrade",
    label: "Largest entry",
    unit: "base",
    group: "size",
    help: "No entry puts in more than this.",
  },
  {
    key: "minTrade",
    label: "Smallest entry",
    unit: "base",
    group: "size",
    help: "Smaller entries are skipped.",
  },
  {
    key: "maxToken",
    label: "Most in one token",
    unit: "%",
    group: "size",
    help: "Share of equity in the token bought, after the entry.",
  },
  {
    key: "maxExposure",
    label: "Most outside cash",
    unit: "%",
    group: "size",
    help: "Share of equity that is not in the base token, after the entry.",
  },
  {
    key: "maxPositions",
    label: "Most positions",
    unit: "count",
    group: "size",
    help: "Tokens held at a time beside the base token.",
  },
  {
    key: "cooldown",
    label: "Pause between entries",
    unit: "minutes",
    group: "size",
    help: "Entries sooner than this after the last are skipped.",
  },
  {
    key: "maxSlippage",
    label: "Worst price",
    unit: "%",
    group: "price",
    help: "How much worse than the oracle an entry may execute.",
  },
  {
    key: "lossBudget",
    label: "Cost of execution",
    unit: "%",
    group: "price",
    help: "Share of equity that prices may cost in any seven days.",
  },
  {
    key: "dailyLoss",
    label: "Daily loss",
    unit: "%",
    group: "stop",
    help: "Fall since the day began (UTC) at which copying stops.",
  },
  {
    key: "drawdown",
    label: "Drawdown",
    unit: "%",
    group: "stop",
    help: "Fall from the highest equity at which copying stops.",
  },
  {
    key: "stopLoss",
    label: "Stop-loss",
    unit: "%",
    group: "stop",
    help: "Loss of what you invested at which copying stops.",
  },
  {
    key: "takeProfit",
    label: "Take-profit",
    unit: "%",
    group: "stop",
    help: "Gain on what you invested at which copying stops.",
  },
];

/** The contract's struct, or the first thing that is wrong, by field. */
export function toStruct(limits: Limits, decimals: number): PolicyStruct | { field: string; wrong: string } {
  const wrong = (field: string, why: string) => ({ field, wrong: why });
  const amounts: Record<string, bigint> = {};
  for (const key of ["maxTrade", "minTrade"] as const) {
    const parsed = limits[key] === "" ? 0n : parseUnits(limits[key], decimals);
    if (typeof parsed === "string") return wrong(key, parsed);
    amounts[key] = parsed;
  }
  const rates: Record<string, number> = {};
  for (const key of RATES) {
    const parsed = percentToBps(limits[key]);
    const most = key === "takeProfit" ? 65_535 : 10_000;
    if (typeof parsed === "string") return wrong(key, parsed);
    if (parsed > most) return wrong(key, `At most ${most / 100}%.`);
    rates[key] = parsed;
  }
  const [positions, minutes] = [whole(limits.maxPositions, 255), whole(limits.cooldown, 525_600)];
  if (positions === null) return wrong("maxPositions", "A whole number, at most 255.");
  if (minutes === null) return wrong("cooldown", "Whole minutes, at most a year.");
  const [most, least] = [amounts.maxTrade ?? 0n, amounts.minTrade ?? 0n];
  if (most !== 0n && least > most) return wrong("minTrade", "Above the largest entry.");
  if (rates.maxSlippage && !(SLIPPAGE_STEPS as readonly number[]).includes(rates.maxSlippage)) {
    return wrong("maxSlippage", `One of ${SLIPPAGE_STEPS.map((step) => step / 100).join(", ")}%.`);
  }
  const size = sizeOf(limits, decimals);
  if (typeof size === "string") return wrong("size", size);
  return {
    sizing: SIZINGS.indexOf(limits.sizing),
    onBreach: ACTIONS.indexOf(limits.onBreach),
    onStop: ACTIONS.indexOf(limits.onStop),
    maxPositions: positions,
    excludedTokens: limits.excludedTokens,
    maxSlippageBps: rates.maxSlippage ?? 0,
    maxTokenBps: rates.maxToken ?? 0,
    maxExposureBps: rates.maxExposure ?? 0,
    maxDailyLossBps: rates.dailyLoss ?? 0,
    maxDrawdownBps: rates.drawdown ?? 0,
    stopLossBps: rates.stopLoss ?? 0,
    takeProfitBps: rates.takeProfit ?? 0,
    lossBudgetBps: rates.lossBudget ?? 0,
    cooldown: minutes * 60,
    expiry: limits.expiry,
    minTrade: least,
    maxTrade: most,
    size,
  };
}

/** The policy of a vault as the form shows it. */
export function fromPolicy(policy: Policy, tokens: readonly { address: string }[]): Limits {
  const rate = (value: number | null) => (value === null ? "" : String(value / 100));
  const excluded = policy.excluded_tokens.map((token) =>
    tokens.findIndex((one) => one.address === token.address),
  );
  const size = {
    proportional: "",
    multiplier: policy.multiplier_bps === null ? "" : String(policy.multiplier_bps / 10_000),
    fixed: policy.fixed?.decimal ?? "",
    risk: rate(policy.risk_bps),
  };
  return {
    sizing: policy.sizing,
    size: size[policy.sizing],
    onBreach: policy.on_breach,
    onStop: policy.on_stop,
    maxTrade: policy.max_trade?.decimal ?? "",
    minTrade: policy.min_trade?.decimal ?? "",
    maxToken: rate(policy.max_token_bps),
    maxExposure: rate(policy.max_exposure_bps),
    maxPositions: policy.max_positions?.toString() ?? "",
    maxSlippage: rate(policy.max_slippage_bps),
    dailyLoss: rate(policy.max_daily_loss_bps),
    drawdown: rate(policy.max_drawdown_bps),
    stopLoss: rate(policy.stop_loss_bps),
    takeProfit: rate(policy.take_profit_bps),
    lossBudget: rate(policy.loss_budget_bps),
    cooldown: policy.cooldown_seconds === null ? "" : String(Math.round(policy.cooldown_seconds / 60)),
    expiry: policy.expiry === null ? 0 : Math.floor(new Date(policy.expiry).getTime() / 1000),
    excludedTokens: excluded.reduce((bits, index) => bits | (1 << index), 0),
  };
}

const RATES = [
  "maxToken",
  "maxExposure",
  "maxSlippage",
  "dailyLoss",
  "drawdown",
  "stopLoss",
  "takeProfit",
  "lossBudget",
] as const;

function percentToBps(text: string): number | string {
  if (text === "") return 0;
  const parsed = parseUnits(text, 2);
  return typeof parsed === "string" ? parsed : Number(parsed);
}

function whole(text: string, most: number): number | null {
  if (text === "") return 0;
  return /^\d+$/.test(text) && Number(text) <= most ? Number(text) : null;
}

function sizeOf(limits: Limits, decimals: number): bigint | string {
  if (limits.sizing === "proportional") return 0n;
  const digits = limits.sizing === "fixed" ? decimals : limits.sizing === "multiplier" ? 4 : 2;
  const parsed = parseUnits(limits.size, digits);
  if (typeof parsed === "string") return parsed;
  if (parsed === 0n) return "Above zero.";
  if (limits.sizing === "multiplier" && parsed > 100_000n) return "At most 10 times.";
  if (limits.sizing === "risk" && parsed > 10_000n) return "At most 100%.";
  return parsed;
}

export interface Sentences {
  will: string[];
  willNot: string[];
  worst: string;
}

/** What these limits do with `amount` (decimal, of `symbol`), in plain words. */
export function inWords(limits: Limits, amount: string, symbol: string): Sentences {
  const money = (text: string) => `${text} ${symbol}`;
  const will = [SIZING_WORDS[limits.sizing](limits.size, symbol)];
  const willNot: string[] = [];
  if (limits.maxTrade) willNot.push(`An entry above ${money(limits.maxTrade)}.`);
  if (limits.minTrade) willNot.push(`An entry below ${money(limits.minTrade)}.`);
  if (limits.maxToken) willNot.push(`More than ${limits.maxToken}% of your equity in one token.`);
  if (limits.maxExposure) willNot.push(`More than ${limits.maxExposure}% of it outside ${symbol}.`);
  if (limits.maxPositions) willNot.push(`More than ${limits.maxPositions} tokens beside ${symbol}.`);
  if (limits.maxSlippage)
    willNot.push(`An entry at a price more than ${limits.maxSlippage}% worse than the oracle.`);
  if (limits.lossBudget)
    willNot.push(`Prices that cost you more than ${limits.lossBudget}% of equity in seven days.`);
  if (limits.cooldown) willNot.push(`An entry within ${limits.cooldown} minutes of the last.`);
  if (willNot.length)
    will.push(`Where one of your limits would be broken: ${BREACH_WORDS[limits.onBreach]}.`);
  const stops = stopWords(limits);
  if (stops.length) will.push(`Copying stops ${stops.join(", or ")}: ${STOP_WORDS[limits.onStop]}.`);
  will.push("Exits are always copied: your limits bind entries only.");
  return { will, willNot, worst: worstCase(limits, amount, symbol) };
}

function stopWords(limits: Limits): string[] {
  const stops: string[] = [];
  if (limits.dailyLoss) stops.push(`after a loss of ${limits.dailyLoss}% in a day`);
  if (limits.drawdown) stops.push(`${limits.drawdown}% below your highest equity`);
  if (limits.stopLoss) stops.push(`after losing ${limits.stopLoss}% of what you put in`);
  if (limits.takeProfit) stops.push(`after gaining ${limits.takeProfit}%`);
  return stops;
}

function worstCase(limits: Limits, amount: string, symbol: string): string {
  const parsed = parseUnits(amount, 18);
  const share = percentToBps(limits.stopLoss);
  const known = typeof parsed === "bigint" && parsed > 0n;
  const everything = known ? `all of the ${amount} ${symbol}` : "all of it";
  if (!limits.stopLoss || typeof share === "string") return `Without a stop-loss you can lose ${everything}.`;
  const lost = known ? `${units((parsed * BigInt(share)) / 10_000n, 18)} ${symbol}` : `${limits.stopLoss}%`;
  const gap = "A stop is carried out at the next trade, or by a keeper: if prices jump past it you lose more";
  return `Your stop-loss acts at a loss of ${lost}. ${gap}, in the worst case ${everything}.`;
}

const SIZING_WORDS: Record<Limits["sizing"], (size: string, symbol: string) => string> = {
  proportional: () => "Each entry puts in the same share of your cash as the leader's of theirs.",
  multiplier: (size) => `Each entry puts in ${size} times the leader's share, of your cash.`,
  fixed: (size, symbol) => `Each entry puts in ${size} ${symbol}, whatever the leader's size.`,
  risk: (size) =>
    `Each entry is small enough that the leader's declared stop loses at most ${size}% of your equity.`,
};

const BREACH_WORDS: Record<Limits["onBreach"], string> = {
  reduce: "the entry is made smaller to fit",
  skip: "the entry is skipped",
  suspend: "the entry is skipped and copying stops until you resume",
  exit: "the entry is skipped and everything you hold is put up for sale",
};

const STOP_WORDS: Record<Limits["onStop"], string> = {
  reduce: "entries are skipped while it holds",
  skip: "entries are skipped while it holds",
  suspend: "nothing is copied until you resume; you keep what you hold",
  exit: "everything you hold is sold for cash, and nothing is copied until you resume",
};
