"""The hub's `SkipReason` in words: what each means and what the vault's owner can do."""

from typing import Literal

from pydantic import Field

from api.schemas import Schema

SkipCode = Literal["Paused", "NothingToSell", "BelowMinimumTrade", "Expired"]


class Reason(Schema):
    """Why a trade was not copied into a vault."""

    code: str = Field(
        description="Name of the reason, as the hub's `SkipReason` has it.", examples=["Paused"]
    )
    number: int | None = Field(
        description="Its value on chain; null for a reason this version does not know.", examples=[1]
    )
    meaning: str = Field(description="What happened.", examples=["The owner had paused copying."])
    what_to_do: str = Field(
        description="What the vault's owner can do.",
        examples=["Call `resume` to copy from the next trade on."],
    )


_REASONS = (
    Reason(
        code="Paused",
        number=1,
        meaning="The owner had paused copying when the vault's turn came.",
        what_to_do="Call `resume` to copy again from the next trade or batch on. This trade stays skipped.",
    ),
    Reason(
        code="NothingToSell",
        number=2,
        meaning="The vault held none of the token that the leader sold.",
        what_to_do="Nothing, if it joined after the leader's entry: it takes part from the next entry on. "
        "If it has no base token left, `allocate` some.",
    ),
    Reason(
        code="BelowMinimumTrade",
        number=3,
        meaning="The entry would have been smaller than the policy's smallest trade.",
        what_to_do="Lower `minTrade` with `setPolicy`, or `allocate` more base token to the vault.",
    ),
    Reason(
        code="Expired",
        number=4,
        meaning="The strategy's copy window closed before the vault's turn came.",
        what_to_do="Anybody may call `continueTrade` right after a leader's trade: run a keeper, "
        "or choose a strategy with fewer followers or a longer copy window.",
    ),
)
_BY_CODE = {reason.code: reason for reason in _REASONS}


def all_reasons() -> list[Reason]:
    """Return every reason, in the order of their numbers."""
    return list(_REASONS)


def reason_of(code: str) -> Reason:
    """Return the reason with a code; one of a newer hub is passed on as it is."""
    return _BY_CODE.get(code) or Reason(
        code=code,
        number=None,
        meaning=f"The hub gave the reason {code}, which this version of the API does not know.",
        what_to_do="Ask the operator of this API to upgrade it.",
    )
