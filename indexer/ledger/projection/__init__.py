"""Events to rows: what every event of the hub adds to which table. Pure, given earlier blocks' context."""

from collections.abc import Mapping

from indexer.decode import events
from indexer.decode.ranges import DecodedRange
from indexer.ledger.context import Context
from indexer.ledger.projection.fees import post_fee
from indexer.ledger.projection.money import post_money
from indexer.ledger.projection.orders import cancel_orders
from indexer.ledger.projection.registry import TokenFacts, post_registry
from indexer.ledger.projection.strategies import post_strategy
from indexer.ledger.projection.trades import TradeProjection
from indexer.ledger.projection.vaults import change_vault, open_vault, post_cap
from indexer.ledger.rows import Place, Rows

__all__ = ["Projection", "TokenFacts"]


class Projection:
    """Posts a decoded range, in order, into rows. `tokens` has the facts of each token that it lists.

    What comes in long runs, copies and skips, is posted a run at a time, column by column; every other event
    one by one.
    """

    def __init__(self, deployment_id: int, context: Context, tokens: Mapping[str, TokenFacts]) -> None:
        self._context = context
        self._tokens = tokens
        self._rows = Rows(deployment_id)
        self._trades = TradeProjection(context, self._rows)

    def post(self, decoded: DecodedRange) -> Rows:
        """Post every event of the range. Raises `InvariantError` when they contradict the protocol."""
        header = None
        for run in decoded.runs:
            if run.kind is not events.TradeCopied or run.header is not header:
                self._trades.close_batch()
                header = run.header
            self._rows.books.block_number = header.number
            logs = decoded.logs[run.first : run.last]
            if run.kind is events.TradeCopied:
                self._trades.fill(header, logs, decoded.values(run))
            elif run.kind is events.CopySkipped:
                self._trades.skip(header, logs, decoded.values(run))
            elif run.kind is not None:
                for log, values in zip(logs, zip(*decoded.values(run), strict=True), strict=True):
                    self._post(self._rows.place(header, log), run.kind(*values))
        self._trades.close_batch()
        return self._rows

    def _post(self, place: Place, event: events.Event) -> None:
        rows, context = self._rows, self._context
        match event:
            case (
                events.TokenListed()
                | events.PoolListed()
                | events.ListingVetoed()
                | events.TreasurySet()
                | events.GuardianSet()
                | events.GateSet()
                | events.TradingHalted()
                | events.TradingResumed()
            ):
                post_registry(rows, context, self._tokens, place, event)
            case (
                events.StrategyCreated()
                | events.StrategyLimitsSet()
                | events.StrategyTokenAdded()
                | events.StrategyPoolAdded()
                | events.TermsSet()
                | events.TermsProposed()
            ):
                post_strategy(rows, context, place, event)
            case events.VaultOpened():
                open_vault(rows, context, place, event)
            case (
                events.PolicySet()
                | events.VaultStatusSet()
                | events.MemberMoved()
                | events.TermsAccepted()
                | events.VaultMarked()
            ):
                change_vault(rows, context, place, event)
            case events.LeaderCapSet():
                post_cap(rows, place, event)
            case (
                events.FeeCharged()
                | events.FeeEscrowed()
                | events.EscrowSettled()
                | events.ProtocolShareSet()
            ):
                post_fee(rows, context, place, event)
            case (
                events.TradeOpened() | events.BatchCleared() | events.TradeCompleted() | events.OrderFilled()
            ):
                self._trades.post(place, event)
            case events.OrdersCancelled():
                cancel_orders(rows, place, event)
            case events.OwnershipTransferStarted() | events.OwnershipTransferred():
                pass  # moves nothing, and nothing asks who owns the hub
            case (
                events.Deposited()
                | events.Withdrawn()
                | events.Allocated()
                | events.Deallocated()
                | events.FeesClaimed()
            ):
                post_money(rows, place, event)
            case _:
                raise RuntimeError(f"{type(event).__name__} is posted a run at a time")
