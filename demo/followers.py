"""Who follows whom, with how much, under which limits, and what they do on the way: drawn from a seed.

Money is whole US dollars here; a step counts the market's ticks. Nothing here knows a chain.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from protocol.types import OnBreach, Policy

_NO_RULES = Policy()
_SIZES = (600, 1_500, 3_000, 6_000, 12_000, 25_000)


class Act(Enum):
    """What a follower does with a vault it has."""

    PAUSE = "pauses"
    RESUME = "resumes"
    TOP_UP = "adds money"
    CHANGE_LIMITS = "changes its limits"
    WITHDRAW_IN_KIND = "withdraws half of what it holds"
    LEAVE = "leaves the strategy"
    EXIT = "exits with everything"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """When a follower joins, its rules, the limits for one entry (0: none), what it does at which step."""

    joins: int = 0
    rules: Policy = _NO_RULES
    min_trade: int = 0
    max_trade: int = 0
    acts: tuple[tuple[int, Act], ...] = ()


@dataclass(frozen=True, slots=True)
class FollowerPlan:
    """One follower: its leader's index and the money it comes with."""

    name: str
    leader: int
    deposit: int
    behaviour: Behaviour


def plan_followers(seed: int, steps: int, crowds: Sequence[int]) -> tuple[FollowerPlan, ...]:
    """A plan for each follower; `crowds` says how many a leader has. A crowd of 12 shows every behaviour."""
    rng = random.Random(seed)
    plans: list[FollowerPlan] = []
    for leader, crowd in enumerate(crowds):
        for place in range(crowd):
            deposit = rng.choice(_SIZES) * rng.randint(80, 125) // 100
            behaviours = _behaviours(deposit, steps, rng)
            behaviour = behaviours[place % len(behaviours)]
            plans.append(FollowerPlan(f"follower {len(plans) + 1}", leader, deposit, behaviour))
    return tuple(plans)


def _behaviours(deposit: int, steps: int, rng: random.Random) -> tuple[Behaviour, ...]:
    def at(percent: int) -> int:
        return steps * (percent + rng.randint(-4, 4)) // 100

    return (
        Behaviour(),
        Behaviour(acts=((at(25), Act.PAUSE), (at(65), Act.RESUME))),
        Behaviour(max_trade=deposit // 10),  # capped: copies less than the leader does
        Behaviour(min_trade=deposit * 2),  # too small: no entry is ever large enough
        Behaviour(joins=at(45)),
        Behaviour(acts=((at(50), Act.WITHDRAW_IN_KIND),)),
        Behaviour(acts=((at(60), Act.EXIT),)),
        # Never more than a part in one token, and no entry twice within six hours.
        Behaviour(rules=Policy(max_token_bps=3_000, cooldown=21_600)),
        Behaviour(acts=((at(35), Act.LEAVE),)),
        Behaviour(acts=((at(40), Act.TOP_UP), (at(70), Act.CHANGE_LIMITS))),
        Behaviour(acts=((at(30), Act.PAUSE),)),
        # Out as soon as it has lost or won a little.
        Behaviour(rules=Policy(on_stop=OnBreach.EXIT, stop_loss_bps=150, take_profit_bps=300)),
    )
