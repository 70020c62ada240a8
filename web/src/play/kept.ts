// Which vaults of play money this browser has opened. Their ids are all there is to read them by, so they stay here.
import { useCallback, useSyncExternalStore } from "react";
import type { Schemas } from "../api/client";
import { ACTIONS, type Limits, type PolicyStruct, SIZINGS } from "../limits/policy";

export interface Kept {
  id: string;
  strategyId: number;
  /** The limits as the form has them, to copy for real with the same. */
  limits: Limits;
  /** Whole base tokens, as typed. */
  amount: string;
}

const KEY = "lockstep.play";
const MOST = 20;
const CHANGED = "lockstep:play";

/** The vaults of play money that were opened here, the newest first. */
export function usePlay(): {
  kept: readonly Kept[];
  keep: (one: Kept) => void;
  forget: (id: string) => void;
} {
  const kept = useSyncExternalStore(listen, read);
  return {
    kept,
    keep: useCallback((one) => write([one, ...read()].slice(0, MOST)), []),
    forget: useCallback((id) => write(read().filter((one) => one.id !== id)), []),
  };
}

function listen(changed: () => void): () => void {
  addEventListener(CHANGED, changed);
  addEventListener("storage", changed);
  return () => {
    removeEventListener(CHANGED, changed);
    removeEventListener("storage", changed);
  };
}

/** Without storage they are kept until the page is closed. */
let memory: { text: string; kept: readonly Kept[] } = { text: "[]", kept: [] };

function read(): readonly Kept[] {
  try {
    const text = localStorage.getItem(KEY) ?? memory.text;
    if (text !== memory.text) memory = { text, kept: JSON.parse(text) as Kept[] };
  } catch {
    // What cannot be read is as good as nothing.
  }
  return memory.kept;
}

function write(kept: readonly Kept[]): void {
  const text = JSON.stringify(kept);
  memory = { text, kept };
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Then it holds until the page is closed.
  }
  dispatchEvent(new Event(CHANGED));
}

/** The contract's struct as the API takes it: names for numbers, text for amounts. */
export function toPaperPolicy(struct: PolicyStruct): Schemas["PaperOpening"]["policy"] {
  return {
    sizing: SIZINGS[struct.sizing] ?? "proportional",
    on_breach: ACTIONS[struct.onBreach] ?? "reduce",
    on_stop: ACTIONS[struct.onStop] ?? "reduce",
    max_positions: struct.maxPositions,
    excluded_tokens: struct.excludedTokens,
    max_slippage_bps: struct.maxSlippageBps,
    max_token_bps: struct.maxTokenBps,
    max_exposure_bps: struct.maxExposureBps,
    max_daily_loss_bps: struct.maxDailyLossBps,
    max_drawdown_bps: struct.maxDrawdownBps,
    stop_loss_bps: struct.stopLossBps,
    take_profit_bps: struct.takeProfitBps,
    loss_budget_bps: struct.lossBudgetBps,
    cooldown: struct.cooldown,
    expiry: struct.expiry,
    min_trade: String(struct.minTrade),
    max_trade: String(struct.maxTrade),
    size: String(struct.size),
  };
}
