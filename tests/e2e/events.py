"""The hub's events that a hand-computed trade must have caused, in order, with every argument."""

from tests.e2e.by_hand import LEADERS_POSITION, Batch, Books, Order, OrderFill, Trade, Vault
from tests.e2e.stage import Event

REASONS = {"Paused": 1, "NothingToSell": 2, "BelowMinimumTrade": 3, "Expired": 4}


def opened(trade: Trade, *, leader: str, pool: str, limit: int, deadline: int) -> Event:
    return (
        "TradeOpened",
        {
            "tradeId": trade.id,
            "leader": leader,
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
    """The batch, then its copies."""
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


def allocated(vault: Vault, token: str, amount: int) -> Event:
    return "Allocated", {"vaultId": vault.id, "owner": vault.owner, "token": token, "amount": amount}


def deallocated(vault: Vault, token: str, amount: int) -> Event:
    return "Deallocated", {"vaultId": vault.id, "owner": vault.owner, "token": token, "amount": amount}


def claimed(who: str, token: str, amount: int) -> Event:
    return "FeesClaimed", {"recipient": who, "token": token, "amount": amount}


def joined(vault: Vault, position: int, token: str, amount: int) -> list[Event]:
    """A vault opened with its policy and its first money."""
    born = {
        "vaultId": vault.id,
        "strategyId": 1,
        "owner": vault.owner,
        "copyFeeBps": vault.fee_bps,
        "position": position,
    }
    if position == LEADERS_POSITION:
        return [("VaultOpened", born)]
    policy = {
        "vaultId": vault.id,
        "revision": vault.revision,
        "minTrade": vault.min_trade,
        "maxTrade": vault.max_trade,
    }
    return [("VaultOpened", born), ("PolicySet", policy), allocated(vault, token, amount)]
