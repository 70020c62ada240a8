"""Finds where the ledger and the chain part: the newest block that both have."""

from indexer.chain.reader import ChainReader
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.ledger import Ledger
from indexer.sync.errors import FinalityError, NoCommonBlockError

_STEP = 64


async def find_ancestor(reader: ChainReader, ledger: Ledger, finality: int) -> Checkpoint:
    """The newest block of the ledger that the chain still has; the checkpoint itself where nothing happened.

    A node that merely ends below the checkpoint contradicts nothing, so nothing is rolled back for it. Blocks
    without logs are known for the last 512 blocks, blocks with logs for ever. Raises `NoCommonBlockError`
    when the chain has none of them: it is another chain, or a local one that was started anew; and
    `FinalityError` when the newest common block is more than `finality` blocks below the checkpoint: no
    honest node forgets that much.
    """
    below, step, contradicted = ledger.checkpoint.number + 1, 1, False
    while known := ledger.known_blocks(below, step):
        headers = await reader.headers_at([block.number for block in known])
        for block, header in zip(known, headers, strict=True):
            if header is None:
                continue  # a node that lags does not contradict; only another block at the height does
            if header.hash == block.hash:
                if contradicted:
                    _require_not_final(ledger.checkpoint, block, finality)
                    return block
                return ledger.checkpoint
            contradicted = True
        below, step = known[-1].number, _STEP
    if not contradicted:
        return ledger.checkpoint
    raise NoCommonBlockError(
        f"The chain has no block of this ledger, which ends at block {ledger.checkpoint.number} "
        f"({ledger.checkpoint.hash}).",
        remedy="It is another chain with the same id, or a local one that was started anew: give the right "
        "RPC URL, or another --database-url for a new ledger.",
    )


def _require_not_final(old: Checkpoint, ancestor: Checkpoint, finality: int) -> None:
    depth = old.number - ancestor.number
    if depth > finality:
        raise FinalityError(
            f"The chain contradicts the ledger from block {ancestor.number + 1} on, {depth} blocks below the "
            f"ledger's block {old.number} ({old.hash}); {finality} blocks deep counts as final.",
            remedy="The node is most likely on another fork: use another RPC endpoint. Nothing was rolled "
            f"back. If the chain really reorganised so deep, start once with --finality {depth}, then "
            "reconcile.",
        )
