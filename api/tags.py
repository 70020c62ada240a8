"""`ETag`s: which answers follow from the chain and little else, and what they depend on.

Only resources that are named here have one. What is private, what changes between two blocks and what looks
at its caller does not belong among them.
"""

from dataclasses import dataclass

_OF_THE_CHAIN = frozenset(
    {
        "accounts",
        "correlations",
        "fees",
        "leaders",
        "metrics",
        "pools",
        "portfolios",
        "prices",
        "reason-codes",
        "revenue",
        "strategies",
        "tokens",
        "trades",
        "transactions",
        "vaults",
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """Where a deployment is: its last block, the block up to which gas is known, and the number of its
    leaders' metrics. ``said`` is another text after whatever operators said of a leader; it is read for
    leaders alone.
    """

    block_hash: str | None
    gas_number: int | None
    metrics_version: int
    said: str = ""


def is_of_the_chain(path: str) -> bool:
    """Whether what is answered at a path can have a tag."""
    return _resource(path) in _OF_THE_CHAIN


def shows_leaders(path: str) -> bool:
    """Whether what is answered at a path depends on leaders' metrics, and on what is said of them."""
    return _resource(path) == "leaders"


def tag_of(path: str, state: State) -> str | None:
    """Return the `ETag` of what is answered at a path in a state; None where it depends on more than that.

    What transactions cost is known a moment after their block, and leaders' metrics are made after it.
    """
    if state.block_hash is None or not is_of_the_chain(path):
        return None
    parts = [state.block_hash[2:18], str(state.gas_number or 0)]
    if shows_leaders(path):
        parts += [str(state.metrics_version), state.said]
    return f'W/"{"-".join(parts)}"'


def _resource(path: str) -> str:
    """What follows `/v1/`, whichever deployment comes before it."""
    return path.partition("/v1/")[2].partition("/")[0]
