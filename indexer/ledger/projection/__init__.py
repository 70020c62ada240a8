"""Events to rows: what every event of the hub adds to which table. Pure, given earlier blocks' context."""

from collections.abc import Mapping, Sequence

from indexer.decode import events
from indexer.decode.decoder import DecodedBlock
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
    """Posts decoded blocks, in order, into rows. `tokens` has the facts of each token that they list."""

    def __init__(
        self, deployment_id: int, chain_id: int, hub: str, context: Context, tokens: Mapping[str, TokenFacts]
    ) -> None:
        self._context = context
        self._tokens = tokens
        self._rows = Rows(deployment_id)
        self._trades = TradeProjection(chain_id, hub, context, self._rows)

    def post(self, blocks: Sequence[DecodedBlock]) -> Rows:
        """Post every log of the blocks. Raises `InvariantError` when the events contradict the protocol."""
        for block in blocks:
            for log, event in block.logs:
                self._rows.add_raw(log, event)
                if not isinstance(event, events.TradeCopied):
                    self._trades.close_batch()
                if event is not None:
                    self._post(self._rows.place(block.header, log), event)
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
                events.TradeOpened()
                | events.BatchCleared()
                | events.TradeCopied()
                | events.CopySkipped()
                | events.TradeCompleted()
                | events.OrderFilled()
            ):
                self._trades.post(place, event)
            case events.OrdersCancelled():
                cancel_orders(rows, place, event)
            case events.OwnershipTransferStarted() | events.OwnershipTransferred():
                pass  # moves nothing, and nothing asks who owns the hub
            case _:
                post_money(rows, place, event)
