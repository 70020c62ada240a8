"""When a keeper does less, and that it does all again by itself."""

from keeper.breakers import Breakers, Tolerance
from keeper.gas import GWEI, MAX_GAS, Fee, GasPolicy
from keeper.state import Urgency

GAS = GasPolicy(limit=100 * GWEI, tip=GWEI)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def breakers(**tolerance: float) -> Breakers:
    return Breakers(GAS, Tolerance(**tolerance), Clock())  # type: ignore[arg-type]


def look(found: Breakers, *, seconds: float = 0.1, gwei: int = 10, head_time: int = 1_000) -> None:
    found.looked(seconds, base_fee=gwei * GWEI, head_time=head_time)


def test_gas_above_the_limit_holds_entries_then_stops_then_exits_and_all_go_on_when_it_falls() -> None:
    found = breakers()
    carried = []
    for gwei in (10, 100, 101, 400, 401, 1_600, 1_601, 10):
        look(found, gwei=gwei)
        carried.append(found.carries)
    assert carried == [
        Urgency.UPKEEP,
        Urgency.UPKEEP,
        Urgency.STOP,
        Urgency.STOP,
        Urgency.EXIT,
        Urgency.EXIT,
        None,
        Urgency.UPKEEP,
    ]


def test_node_that_fails_three_times_pauses_the_keeper_until_it_answers_once() -> None:
    found = breakers(failures=3)
    for _ in range(2):
        found.failed()
    assert found.carries is Urgency.UPKEEP
    found.failed()
    assert (found.carries, set(found.open)) == (None, {"node_failing"})
    look(found)
    assert found.open == {}


def test_slow_node_holds_entries_until_most_looks_are_quick_again() -> None:
    found = breakers(slow_s=2)
    for _ in range(9):
        look(found, seconds=3)
    assert found.open == {"node_slow": Urgency.STOP}
    for _ in range(5):
        look(found, seconds=0.1)
    assert found.open == {}


def test_old_head_lets_only_exits_go_on() -> None:
    found = breakers(stale_s=120)
    look(found, head_time=1_000 - 121)
    assert found.open == {"head_stale": Urgency.EXIT}
    look(found, head_time=1_000 - 120)
    assert found.open == {}


def test_oracle_gone_lets_only_exits_go_on_and_the_tightest_breaker_counts() -> None:
    found = breakers()
    look(found, gwei=101)
    found.priced(oracle_gone=True)
    assert set(found.open) == {"gas_price", "oracle_gone"}
    assert found.carries is Urgency.EXIT
    found.priced(oracle_gone=False)
    assert found.carries is Urgency.STOP


def test_replacement_pays_at_least_an_eighth_more_and_never_above_the_ceiling() -> None:
    fee = GAS.first(10 * GWEI, Urgency.ENTRY)
    assert fee == Fee(21 * GWEI, GWEI)
    bumps = 0
    while (more := GAS.bumped(fee, 10 * GWEI, Urgency.ENTRY)) is not None:
        assert more.most * 8 >= fee.most * 9
        assert more.tip * 8 >= fee.tip * 9
        assert more.most <= GAS.ceiling(Urgency.ENTRY)
        fee, bumps = more, bumps + 1
    assert bumps > 10
    assert GAS.bumped(fee, 10 * GWEI, Urgency.STOP) is not None
    assert MAX_GAS == 2**24
