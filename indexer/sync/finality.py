"""How many blocks deep a block counts as final: what no honest node of the chain rolls back."""

from collections.abc import Mapping

FINALITY = 64
"""Where nothing else is known."""

_BY_CHAIN: Mapping[int, int] = {
    1: 96,  # three epochs of 32 slots: a block is justified after one and final after two, when all is well
    10: 1_800,  # OP stack: an hour of 2 s blocks, until the batch that has them is final on Ethereum
    137: 256,  # the deepest reorg on record had 157 blocks (February 2023)
    8453: 1_800,  # OP stack, too
}


def finality_of(chain_id: int) -> int:
    """How many blocks below the newest a block is final."""
    return _BY_CHAIN.get(chain_id, FINALITY)
