"""The hub's `Reason` in words: what each means and what the vault's owner can do about it.

The one table of it: answers carry its rows, and a test compares it with the contract's enumeration and with
the guide.
"""

from typing import Literal

from pydantic import Field

from api.schemas import Schema

ReasonName = Literal[
    "paused",
    "nothing_to_sell",
    "below_minimum_trade",
    "expired",
    "suspended",
    "exiting",
    "funded_now",
    "policy_expired",
    "token_excluded",
    "cooldown",
    "maximum_trade",
    "token_cap",
    "exposure_cap",
    "position_count",
    "risk_size",
    "slippage",
    "loss_budget",
    "stop_loss",
    "take_profit",
    "drawdown",
    "daily_loss",
    "pool_depth",
    "requested",
]


class Reason(Schema):
    """Why a trade was not copied into a vault, or not in full, or why a vault stopped."""

    code: int | None = Field(
        description="Its number on chain; null for a reason this version does not know.", examples=[1]
    )
    name: str = Field(
        description="Name of the reason: the hub's `Reason` in snake_case.", examples=["paused"]
    )
    meaning: str = Field(description="What happened.", examples=["The owner had paused copying."])
    what_to_do: str = Field(
        description="What the vault's owner can do.",
        examples=["Call `resume` to copy from the next trade on."],
    )


_ROWS: tuple[tuple[ReasonName, str, str], ...] = (
    (
        "paused",
        "The owner had paused copying when the vault's turn came.",
        "Call `resume` to copy again from the next trade or batch on; this trade stays skipped.",
    ),
    (
        "nothing_to_sell",
        "The vault held none of the token that the leader sold, or too little of it for a part to sell.",
        "Nothing, if it joined after the leader's entry; without base token, `allocate` some.",
    ),
    (
        "below_minimum_trade",
        "The entry would have been smaller than the policy's smallest trade.",
        "Lower `minTrade` with `setPolicy`, or `allocate` more base token to the vault.",
    ),
    (
        "expired",
        "The strategy's copy window closed before the vault's turn came.",
        "Call `continueTrade` after the leader's next trade, as anybody may, or choose a strategy with fewer "
        "followers or a longer window.",
    ),
    (
        "suspended",
        "A limit of the vault's own policy had suspended copying.",
        "Look at the vault's status reason, change the policy if need be, and call `resume`.",
    ),
    (
        "exiting",
        "The vault is for sale: a limit or its owner asked for its exit.",
        "Wait until it is sold and withdraw, or call `resume` to copy again.",
    ),
    (
        "funded_now",
        "Money came into the vault in the same transaction.",
        "Nothing: the next trade is copied. Fund a vault in a transaction of its own.",
    ),
    (
        "policy_expired",
        "The policy's expiry has passed.",
        "Set a later `expiry`, or none, with `setPolicy`.",
    ),
    (
        "token_excluded",
        "The policy excludes the token that was bought.",
        "Take the token off `excludedTokens` with `setPolicy` to copy entries into it.",
    ),
    (
        "cooldown",
        "The last entry was less than the policy's cooldown ago.",
        "Shorten `cooldown` with `setPolicy`, or wait.",
    ),
    (
        "maximum_trade",
        "The entry was larger than the policy's largest trade.",
        "Raise `maxTrade` with `setPolicy` to copy more of it.",
    ),
    (
        "token_cap",
        "The entry would have taken the token bought above its largest share of equity.",
        "Raise `maxTokenBps` with `setPolicy`, or `allocate` more base token.",
    ),
    (
        "exposure_cap",
        "The entry would have taken what is not base token above its largest share of equity.",
        "Raise `maxExposureBps` with `setPolicy`, or `allocate` more base token.",
    ),
    (
        "position_count",
        "The vault holds as many tokens as its policy allows.",
        "Raise `maxPositions` with `setPolicy`, or sell one with `manualTrade`.",
    ),
    (
        "risk_size",
        "The entry was larger than the share of equity that may be lost at the strategy's stop.",
        "Raise `size` with `setPolicy` to risk more.",
    ),
    (
        "slippage",
        "The price was worse than the vault's own limit.",
        "Raise `maxSlippageBps` with `setPolicy`, or accept that entries at such prices are left out.",
    ),
    (
        "loss_budget",
        "What execution may cost the vault in seven days is used up.",
        "Wait until it has grown again, or raise `lossBudgetBps` with `setPolicy`.",
    ),
    (
        "stop_loss",
        "The vault had lost as much of what is invested as its policy allows.",
        "Look at the loss, then `resume` with another `stopLossBps`, or withdraw.",
    ),
    (
        "take_profit",
        "The vault had gained as much on what is invested as its policy asks for.",
        "Withdraw the gain, or `resume` with another `takeProfitBps`.",
    ),
    (
        "drawdown",
        "The vault had fallen as far from its highest equity as its policy allows.",
        "Call `resume`: the highest equity is measured anew from then on.",
    ),
    (
        "daily_loss",
        "The vault had lost as much since the day began (UTC) as its policy allows.",
        "Call `resume`: the day's loss is measured anew from then on.",
    ),
    (
        "pool_depth",
        "The pool could not take all of the batch without its price moving too far: the largest parts "
        "were cut.",
        "Nothing: all who were cut put in the same. A smaller vault, or deeper pools, copy in full.",
    ),
    (
        "requested",
        "The owner asked for the vault's exit.",
        "Wait until it is sold and withdraw, or call `resume` to copy again.",
    ),
)
_REASONS = tuple(
    Reason(code=code, name=name, meaning=meaning, what_to_do=what_to_do)
    for code, (name, meaning, what_to_do) in enumerate(_ROWS, 1)
)
_BY_NAME = {reason.name: reason for reason in _REASONS}


def all_reasons() -> list[Reason]:
    """Return every reason, in the order of their numbers."""
    return list(_REASONS)


def reason_of(name: str) -> Reason:
    """Return the reason with a name; one of a newer hub is passed on as it is."""
    return _BY_NAME.get(name) or Reason(
        code=None,
        name=name,
        meaning=f"The hub gave the reason {name}, which this version of the API does not know.",
        what_to_do="Ask the operator of this API to upgrade it.",
    )


def reason_or_none(name: str | None) -> Reason | None:
    """Return the reason with a name, None for none."""
    return None if name is None else reason_of(name)
