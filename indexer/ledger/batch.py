"""The check that a batch's copies are what its clearing says: Σ inputs, outputs and fees conserve exactly."""

from indexer.decode.events import BatchCleared, TradeCopied
from indexer.ledger.errors import InvariantError
from indexer.ledger.rows import Place
from indexer.ledger.trade_ids import trade_label


class OpenBatch:
    """A clearing whose copies are being read. They follow it without another event between, in one
    transaction.
    """

    def __init__(self, clearing: BatchCleared, place: Place) -> None:
        self.clearing = clearing
        self.place = place
        self._amount_in = 0
        self._amount_out = 0
        self._fees = 0

    def add(self, copy: TradeCopied, place: Place) -> None:
        """Take one copy into the sums. Raises `InvariantError` for one of another trade or transaction."""
        if copy.trade_id != self.clearing.trade_id or place.tx_hash != self.place.tx_hash:
            raise InvariantError(
                f"In block {self.place.block_number}, vault {copy.vault_id} was copied trade "
                f"{trade_label(copy.trade_id)}, but the batch before it is of another trade or transaction.",
                remedy="Report it: the hub contradicts its protocol. Nothing of the block was written.",
            )
        self._amount_in += copy.amount_in
        self._amount_out += copy.amount_out
        self._fees += copy.fee

    def close(self) -> None:
        """Raise `InvariantError` unless the copies add up to the clearing."""
        said = self.clearing
        found = (self._amount_in - said.dust_in, self._amount_out + said.dust, self._fees)
        if found != (said.amount_in, said.amount_out, said.copy_fees):
            raise InvariantError(
                f"In block {self.place.block_number}, trade {trade_label(said.trade_id)}'s copies add up to "
                f"{found[0]} in less dust, {found[1]} out with dust, {found[2]} fees; its batch says "
                f"{said.amount_in}, {said.amount_out} and {said.copy_fees}.",
                remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, "
                "report it. Nothing of the block was written.",
            )
