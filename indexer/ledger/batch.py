"""The check that a batch's copies are what its clearing says: Σ inputs, outputs and fees conserve exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.decode.events import BatchCleared
from indexer.ledger.errors import InvariantError
from indexer.ledger.rows import Place
from indexer.ledger.trade_ids import trade_label


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A clearing whose copies come next. They follow it without another event between, in one transaction."""

    clearing: BatchCleared
    place: Place

    def require_own(
        self, trade_ids: Sequence[int], vault_ids: Sequence[int], tx_hashes: Sequence[str]
    ) -> None:
        """Raise `InvariantError` for a copy of another trade or transaction."""
        own = (self.clearing.trade_id, self.place.tx_hash)
        if set(trade_ids) == {own[0]} and set(tx_hashes) == {own[1]}:
            return
        at = next(at for at, each in enumerate(zip(trade_ids, tx_hashes, strict=True)) if each != own)
        raise InvariantError(
            f"In block {self.place.block_number}, vault {vault_ids[at]} was copied trade "
            f"{trade_label(trade_ids[at])}, but the batch before it is of another trade or transaction.",
            remedy="Report it: the hub contradicts its protocol. Nothing of the block was written.",
        )

    def close(
        self, amounts_in: Sequence[int] = (), amounts_out: Sequence[int] = (), fees: Sequence[int] = ()
    ) -> None:
        """Raise `InvariantError` unless the copies add up to the clearing."""
        said = self.clearing
        found = (sum(amounts_in) - said.dust_in, sum(amounts_out) + said.dust, sum(fees))
        if found != (said.amount_in, said.amount_out, said.copy_fees):
            raise InvariantError(
                f"In block {self.place.block_number}, trade {trade_label(said.trade_id)}'s copies add up to "
                f"{found[0]} in less dust, {found[1]} out with dust, {found[2]} fees; its batch says "
                f"{said.amount_in}, {said.amount_out} and {said.copy_fees}.",
                remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, "
                "report it. Nothing of the block was written.",
            )
