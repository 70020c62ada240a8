"""Trade ids: one integer on chain, `strategy-sequence` to people. Both are taken, the second is shown."""

from typing import Annotated

from fastapi import Path

from api.problems import InvalidRequestError
from api.schemas import UINT32_MAX

TradeIdPath = Annotated[
    str,
    Path(
        pattern=r"^([0-9]{1,20}|[0-9]{1,10}-[0-9]{1,10})$",
        description="`strategy-sequence` as shown, or the integer on chain: `strategy << 32 | sequence`.",
        examples=["3-17"],
    ),
]


def show(trade_id: int) -> str:
    """Return a trade id as people read it."""
    return f"{trade_id >> 32}-{trade_id & UINT32_MAX}"


def parse(text: str) -> int:
    """Return the integer of a trade id in either form. Raises `InvalidRequestError` beyond 32 bits a part."""
    strategy, dash, sequence = text.partition("-")
    high, low = (int(strategy), int(sequence)) if dash else divmod(int(strategy), 2**32)
    if max(high, low) > UINT32_MAX:
        raise InvalidRequestError(
            f"{text} is not a trade id: strategy and sequence have 32 bits each.",
            remedy="Take the id from GET /v1/trades.",
        )
    return high << 32 | low
