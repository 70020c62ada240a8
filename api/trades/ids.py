"""Trade ids: one integer on chain, `strategy-sequence` to people. Both are taken, the second is shown.

What no leader gave is counted on its own: `strategy-s` and a number.
"""

from typing import Annotated

from fastapi import Path

from api.problems import InvalidRequestError
from api.schemas import UINT32_MAX
from indexer.ledger.trade_ids import SOLO, trade_label

TradeIdPath = Annotated[
    str,
    Path(
        pattern=r"^([0-9]{1,20}|[0-9]{1,10}-s?[0-9]{1,10})$",
        description="`strategy-sequence` as shown, or the integer on chain: `strategy << 32 | sequence`. "
        "Closes and manual trades have `s` before their number, and bit 31 of the sequence set.",
        examples=["3-17"],
    ),
]


def show(trade_id: int) -> str:
    """Return a trade id as people read it."""
    return trade_label(trade_id)


def parse(text: str) -> int:
    """Return the integer of a trade id in either form. Raises `InvalidRequestError` beyond 32 bits a part."""
    strategy, dash, sequence = text.partition("-")
    if dash:
        own = SOLO if sequence.startswith("s") else 0
        high, low = int(strategy), own + int(sequence.removeprefix("s"))
    else:
        high, low = divmod(int(strategy), 2**32)
    if max(high, low) > UINT32_MAX:
        raise InvalidRequestError(
            f"{text} is not a trade id: strategy and sequence have 32 bits each.",
            remedy="Take the id from GET /v1/trades.",
        )
    return high << 32 | low
