// What a wallet or the hub refuses, in words: what is wrong and what to do.
import { BaseError, ContractFunctionRevertedError, UserRejectedRequestError } from "viem";
import { ApiProblem } from "../api/client";

export interface Plain {
  title: string;
  remedy: string;
}

/** The hub's own errors. Anything that is not here is shown by its name. */
const WORDS: Record<string, [string, string]> = {
  AboveCap: ["A figure is above what the contract allows.", "Lower it and try again."],
  BadLimits: [
    "The contract does not take these limits for a leader.",
    "Each must be set; the smallest stake must be at least the smallest deposit.",
  ],
  BadOrder: [
    "The order's terms contradict each other.",
    "A limit order needs a price; a stop needs a trigger.",
  ],
  BadPolicy: [
    "The contract does not take these limits.",
    "Look at the largest and the smallest trade, and at the sizing.",
  ],
  BadStatus: ["The vault's status does not allow it.", "Reload the page: it may have changed meanwhile."],
  BadTerms: ["The contract does not take these fees.", "A period and its fee come together."],
  BelowMinimumDeposit: ["The amount is below this strategy's smallest deposit.", "Enter a larger amount."],
  Halted: ["Entries are halted just now.", "Exits go on. Try again when the halt is lifted."],
  InsufficientBalance: [
    "There is less in your account here than this needs.",
    "Lower the amount, or deposit more.",
  ],
  LeaderCapExceeded: [
    "Too large a share of your money would be with one leader.",
    "Keep more idle here, or raise your share per leader to at most 50%.",
  ],
  NotAllowedToHalt: ["Only the operator, or a strategy's own leader, may halt it.", "Connect that wallet."],
  NotVaultOwner: ["This vault belongs to another address.", "Connect the wallet that opened it."],
  NothingToSell: ["There is nothing to sell.", "Nothing needs to be done."],
  PriceNeeded: [
    "This needs an oracle price, and there is none now.",
    "Withdraw in kind, which needs none, or wait.",
  ],
  Refused: [
    "The gate of this deployment does not let this address in.",
    "Ask whoever runs it. Leaving is never refused.",
  ],
  StaleTerms: ["The leader's terms have changed meanwhile.", "Read the new ones and confirm again."],
  ZeroAmount: ["There is nothing to move.", "Enter an amount above zero."],
  OwnableUnauthorizedAccount: ["Only the owner may do this.", "Connect that wallet."],
};

export function plain(error: unknown): Plain {
  if (error instanceof ApiProblem) return { title: `${error.title}: ${error.message}`, remedy: error.remedy };
  if (!(error instanceof BaseError)) {
    if (isRejection(error)) return REJECTED;
    return { title: error instanceof Error ? error.message : String(error), remedy: "Try again." };
  }
  if (error.walk(isRejection)) return REJECTED;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    const name = reverted.data?.errorName ?? reverted.reason;
    const known = name ? WORDS[name] : undefined;
    if (known) return { title: known[0], remedy: known[1] };
    return {
      title: name
        ? `The contract refused it: ${words(name)}.`
        : "The contract refused it without saying why.",
      remedy: "Nothing has changed. Reload the page and look at the figures again.",
    };
  }
  if (/insufficient funds/i.test(error.message)) {
    return {
      title: "The wallet has too little for the network's fee.",
      remedy: "Send some of the network's own coin to it.",
    };
  }
  return { title: error.shortMessage, remedy: "Nothing has changed. Try again." };
}

const REJECTED: Plain = {
  title: "You declined it in your wallet.",
  remedy: "Nothing has been sent and nothing has changed. Confirm in the wallet to go on.",
};

function isRejection(error: unknown): boolean {
  return error instanceof UserRejectedRequestError || (error as { code?: unknown } | null)?.code === 4001;
}

/** "LossBudgetUsedUp" as "loss budget used up". */
function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}
