"""The hub's events that what was computed by hand must have caused, in order, with every argument."""

from dataclasses import fields

from protocol.types import FeeTerms, Policy, StrategyLimits, StrategyParams
from tests.e2e.by_hand import LEADERS_POSITION, Books
from tests.e2e.records import REASONS, STATUSES, Batch, Order, OrderFill, Outflow, Trade, Vault
from tests.e2e.stage import Event

NOBODY = "0x" + "00" * 20
_TRADE_KINDS = {"leader": 0, "close": 1}
_FEE_KINDS = {"performance": 0, "withdrawal": 3}


def offered(params: StrategyParams, *, leader: str, protocol_bps: int) -> list[Event]:
    """The first strategy was created, with the leader's vault in it."""
    created = {
        "strategyId": 1,
        "leader": leader,
        "leaderVault": 1,
        "baseToken": params.base_token,
        "maxSlippageBps": params.max_slippage_bps,
        "maxDriftBps": params.max_drift_bps,
        "copyWindow": params.copy_window,
        "minDeposit": params.min_deposit,
        "protocolBps": protocol_bps,
        "name": params.name,
    }
    tokens: list[Event] = [
        ("StrategyTokenAdded", {"strategyId": 1, "token": token, "index": index})
        for index, token in enumerate((params.base_token, *params.tokens))
    ]
    return [
        ("StrategyCreated", created),
        ("StrategyLimitsSet", {"strategyId": 1, "limits": _struct(params.limits)}),
        ("TermsSet", {"strategyId": 1, "version": 1, "terms": _struct(params.terms)}),
        *tokens,
        *[("StrategyPoolAdded", {"strategyId": 1, "pool": pool}) for pool in params.pools],
        ("VaultOpened", _born(1, leader, copy_bps=0, position=LEADERS_POSITION, version=0)),
    ]


def opened(trade: Trade, *, pool: str, limit: int, deadline: int) -> Event:
    return (
        "TradeOpened",
        {
            "tradeId": trade.id,
            "by": trade.by,
            "kind": _TRADE_KINDS[trade.kind],
            "pool": pool,
            "tokenIn": trade.token_in,
            "tokenOut": trade.token_out,
            "portion": trade.portion,
            "limitPrice": limit,
            "start": trade.start,
            "count": len(trade.order),
            "copyDeadline": deadline,
        },
    )


def skipped(trade: Trade, skips: list[tuple[Vault, str]]) -> list[Event]:
    return [
        (
            "CopySkipped",
            {
                "tradeId": trade.id,
                "vaultId": vault.id,
                "policyRevision": vault.revision,
                "reason": REASONS[reason],
            },
        )
        for vault, reason in skips
    ]


def cleared(books: Books, trade: Trade, batch: Batch) -> list[Event]:
    """The batch, then its copies. Keepers are named, and in these stories not paid."""
    sums = {
        "tradeId": trade.id,
        "venue": books.venue,
        "tokenIn": trade.token_in,
        "tokenOut": trade.token_out,
        "cursor": trade.cursor,
        "portion": batch.portion,
        "amountIn": batch.amount_in,
        "dustIn": batch.dust_in,
        "amountOut": batch.amount_out,
        "dust": batch.dust,
        "copyFees": batch.copy_fees,
        "keeperFee": 0,
        "keeper": batch.keeper or NOBODY,
        "oracleOut": batch.oracle_out,
    }
    copies: list[Event] = [
        (
            "TradeCopied",
            {
                "tradeId": trade.id,
                "vaultId": part.vault.id,
                "policyRevision": part.vault.revision,
                "amountIn": part.amount_in,
                "fee": part.fee,
                "amountOut": part.amount_out,
                "reducedBy": _reason(part.reduced_by),
            },
        )
        for part in batch.parts
    ]
    return [("BatchCleared", sums), *copies]


def completed(trade: Trade) -> Event:
    return "TradeCompleted", {"tradeId": trade.id}


def order_filled(books: Books, order: Order, fill: OrderFill) -> Event:
    return (
        "OrderFilled",
        {
            "orderHash": bytes.fromhex(order.hash[2:]),
            "tradeId": fill.trade.id,
            "leader": books.leader,
            "nonce": order.nonce,
            "filled": fill.filled,
            "complete": fill.complete,
            "keeper": fill.keeper,
        },
    )


def deposited(owner: str, token: str, amount: int) -> Event:
    return "Deposited", {"owner": owner, "token": token, "amount": amount, "payer": owner}


def withdrawn(owner: str, token: str, amount: int) -> Event:
    return "Withdrawn", {"owner": owner, "token": token, "amount": amount, "to": owner}


def allocated(vault: Vault, token: str, amount: int) -> list[Event]:
    paid = {"vaultId": vault.id, "owner": vault.owner, "token": token, "amount": amount}
    return [("Allocated", paid), marked(vault)]


def charged(vault: Vault, outflow: Outflow) -> list[Event]:
    return [
        (
            "FeeCharged",
            {
                "vaultId": vault.id,
                "token": charge.token,
                "kind": _FEE_KINDS[charge.kind],
                "amount": charge.amount,
                "toProtocol": charge.to_protocol,
                "toReferrer": charge.to_referrer,
            },
        )
        for charge in outflow.charges
    ]


def deallocated(vault: Vault, outflow: Outflow) -> Event:
    paid = {"vaultId": vault.id, "owner": vault.owner, "token": outflow.token, "amount": outflow.paid}
    return "Deallocated", paid


def marked(vault: Vault) -> Event:
    return "VaultMarked", {"vaultId": vault.id, "mark": vault.mark, "invested": vault.invested}


def status_set(vault: Vault) -> Event:
    said = {"vaultId": vault.id, "status": STATUSES[vault.status], "reason": _reason(vault.stopped_by)}
    return "VaultStatusSet", said


def claimed(who: str, token: str, amount: int) -> Event:
    return "FeesClaimed", {"recipient": who, "token": token, "amount": amount}


def joined(vault: Vault, position: int, token: str, amount: int) -> list[Event]:
    """A follower's vault opened with its policy and its first money."""
    born = _born(
        vault.id,
        vault.owner,
        copy_bps=vault.terms.copy_bps,
        position=position,
        version=1,
        referrer=vault.referrer,
    )
    policy = {"vaultId": vault.id, "revision": vault.revision, "policy": _struct(vault.policy)}
    return [("VaultOpened", born), ("PolicySet", policy), *allocated(vault, token, amount)]


def _born(
    vault_id: int, owner: str, *, copy_bps: int, position: int, version: int, referrer: str | None = None
) -> dict[str, int | str]:
    return {
        "vaultId": vault_id,
        "strategyId": 1,
        "owner": owner,
        "copyFeeBps": copy_bps,
        "position": position,
        "termsVersion": version,
        "referrer": referrer or NOBODY,
    }


def _struct(value: FeeTerms | Policy | StrategyLimits) -> dict[str, int]:
    """A struct as the compiled contract's ABI names its fields."""
    return {_camel(each.name): int(getattr(value, each.name)) for each in fields(value)}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _reason(name: str | None) -> int:
    return 0 if name is None else REASONS[name]
