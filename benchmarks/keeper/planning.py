"""The planner alone, on a state with much to do: seconds a plan."""

import time

from keeper.planner import Limits, plan
from keeper.state import ClosingVault, Dues, OpenTrade, OrderState, Sale, State, StrategyState, Trigger

_WETH, _POOL = "0x" + "22" * 20, "0x" + "33" * 20
_SCALE = 10**36


def busy(*, strategies: int, followers: int) -> State:
    """Every strategy has an open trade or an order, of ten followers one has a stop, and one a fee due."""
    of = [at % strategies + 1 for at in range(followers)]
    return State(
        number=1_000,
        time=1_767_225_600,
        strategies=tuple(
            StrategyState(
                each,
                f"0x{each:040x}",
                "0x" + "11" * 20,
                halted=False,
                trade=OpenTrade(each, 4, followers // strategies, 1_767_229_200, is_exit=each % 4 == 0)
                if each % 2
                else None,
            )
            for each in range(1, strategies + 1)
        ),
        orders=tuple(
            OrderState(
                f"0x{each:064x}",
                each,
                each,
                f"0x{each:040x}",
                nonce=1,
                is_exit=each % 3 == 0,
                trigger=Trigger(_SCALE, rises=False) if each % 5 == 0 else None,
                deadline=1_767_229_200,
                price=_SCALE,
            )
            for each in range(1, strategies + 1)
        ),
        vaults=tuple(
            ClosingVault(at + 1, strategy, at % 20 == 0, (Sale(_WETH, (_POOL,)),))
            for at, strategy in enumerate(of)
            if at % 10 == 0
        ),
        dues=tuple(Dues(at + 1, strategy, 1, escrow=False) for at, strategy in enumerate(of) if at % 10 == 1),
    )


def followers_a_second(*, strategies: int, followers: int, rounds: int) -> float:
    """Followers over the median time of a plan."""
    state, seconds = busy(strategies=strategies, followers=followers), []
    for _ in range(rounds):
        began = time.perf_counter()
        planned = plan(state, Limits())
        seconds.append(time.perf_counter() - began)
    if not planned.intents:
        raise RuntimeError("nothing was planned")
    return followers / sorted(seconds)[rounds // 2]
