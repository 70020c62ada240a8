"""What follows from a state: the plan is a pure function, so states are made up here."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from keeper.planner import Close, Execute, Intent, Limits, Plan, plan
from keeper.state import (
    ClosingVault,
    Dues,
    Held,
    OpenTrade,
    OrderState,
    Sale,
    State,
    StrategyState,
    Trigger,
    Urgency,
)

NOW = 1_000
LIMITS = Limits()


def strategy(number: int = 1, *, leader: str = "ann", trade: OpenTrade | None = None) -> StrategyState:
    return StrategyState(number, leader, "usdc", halted=False, trade=trade)


def order(
    place: int,
    *,
    strategy_id: int = 1,
    leader: str = "ann",
    is_exit: bool = False,
    trigger: Trigger | None = None,
    price: int | None = 100,
    nonce: int | None = None,
    deadline: int = NOW,
) -> OrderState:
    nonce = place if nonce is None else nonce
    return OrderState(f"o{place}", place, strategy_id, leader, nonce, is_exit, trigger, deadline, price)


def state(*strategies: StrategyState, orders: tuple[OrderState, ...] = ()) -> State:
    return State(7, NOW, strategies or (strategy(),), orders)


def keys(found: Plan) -> list[str]:
    return [each.key for each in found.intents]


def whys(found: Plan) -> dict[str, str]:
    return {each.key: each.why for each in found.left}


ENTRY = OpenTrade(sequence=4, cursor=3, count=9, deadline=NOW, is_exit=False)
EXIT = replace(ENTRY, is_exit=True)


def test_exits_go_before_stops_before_entries_before_upkeep() -> None:
    strategies = (
        strategy(1),
        strategy(2, trade=ENTRY),
        strategy(3, trade=EXIT),
        replace(strategy(4), terms_due=True),
        strategy(5),
    )
    orders = (
        order(1),
        order(2, strategy_id=5, is_exit=True, trigger=Trigger(200, rises=False)),
    )
    vaults = (
        ClosingVault(8, 1, stops=True, sales=(Sale("weth", ("pool",)),)),
        ClosingVault(9, 1, stops=False, sales=(Sale("weth", ("pool",)),)),
    )
    found = plan(replace(state(*strategies, orders=orders), vaults=vaults), Limits(upkeep=16))
    assert [each.urgency for each in found.intents] == sorted(each.urgency for each in found.intents)
    assert keys(found) == [
        "continue:3:4:3",
        "close:1:weth:exit",
        "order:o2",
        "close:1:weth:stop",
        "continue:2:4:3",
        "order:o1",
        "terms:4",
    ]


def test_breaker_drops_entries_first_then_stops_then_exits() -> None:
    full = state(strategy(1, trade=EXIT), strategy(2, trade=ENTRY), strategy(3))
    stop = order(1, strategy_id=3, is_exit=True, trigger=Trigger(200, rises=False))
    full = replace(full, orders=(stop,))
    carried = {
        carries: keys(plan(replace(full, carries=carries), LIMITS))
        for carries in (Urgency.UPKEEP, Urgency.ENTRY, Urgency.STOP, Urgency.EXIT, None)
    }
    assert carried[Urgency.UPKEEP] == carried[Urgency.ENTRY]
    assert carried[Urgency.ENTRY] == ["continue:1:4:3", "order:o1", "continue:2:4:3"]
    assert carried[Urgency.STOP] == ["continue:1:4:3", "order:o1"]
    assert carried[Urgency.EXIT] == ["continue:1:4:3"]
    assert carried[None] == []
    assert set(whys(plan(replace(full, carries=None), LIMITS)).values()) == {"breaker"}


def test_backlog_leaves_room_for_what_is_more_urgent() -> None:
    full = state(strategy(1, trade=EXIT), strategy(2, trade=ENTRY))
    assert keys(plan(replace(full, in_flight=LIMITS.entries), LIMITS)) == ["continue:1:4:3"]
    assert keys(plan(replace(full, in_flight=LIMITS.exits), LIMITS)) == []


def test_entry_that_an_exit_waits_behind_is_as_urgent_as_the_exit() -> None:
    waiting = order(1, is_exit=True)
    [intent] = plan(state(strategy(1, trade=ENTRY), orders=(waiting,)), LIMITS).intents
    assert (intent.key, intent.urgency) == ("continue:1:4:3", Urgency.EXIT)


def test_expired_trade_is_ended_whatever_is_stopped_or_halted() -> None:
    late = replace(state(strategy(1, trade=ENTRY)), time=NOW + 1, halted=True, held=Held(entries=True))
    [intent] = plan(late, LIMITS).intents
    assert intent.urgency is Urgency.EXIT


def test_operators_stops_hold_back_what_they_name_and_never_a_close() -> None:
    strategies = (strategy(1), strategy(2, leader="ben"), strategy(3, leader="cyd", trade=ENTRY))
    orders = (
        order(1),
        order(2, is_exit=True, nonce=9),
        order(3, strategy_id=2, leader="ben"),
    )
    vault = ClosingVault(9, 1, stops=False, sales=(Sale("weth", ("pool",)),))
    full = replace(state(*strategies, orders=orders), vaults=(vault,))
    close = "close:1:weth:exit"
    assert set(keys(plan(full, LIMITS))) == {close, "order:o1", "order:o2", "order:o3", "continue:3:4:3"}
    held = {
        "entries": Held(entries=True),
        "ann": Held(leaders=frozenset({"ann"})),
        "strategy": Held(strategies=frozenset({2, 3})),
    }
    carried = {name: set(keys(plan(replace(full, held=each), LIMITS))) for name, each in held.items()}
    assert carried["entries"] == {close, "order:o2"}
    assert carried["ann"] == {close, "order:o3", "continue:3:4:3"}
    assert carried["strategy"] == {close, "order:o1", "order:o2"}


def test_triggers_fall_and_rise_and_reaching_is_enough() -> None:
    def fires(trigger: Trigger, price: int) -> bool:
        return bool(plan(state(orders=(order(1, trigger=trigger, price=price),)), LIMITS).intents)

    falls, rises = Trigger(100, rises=False), Trigger(100, rises=True)
    assert [fires(falls, price) for price in (99, 100, 101)] == [True, True, False]
    assert [fires(rises, price) for price in (99, 100, 101)] == [False, True, True]


def test_order_waits_without_a_price_behind_a_fan_out_and_after_its_deadline() -> None:
    cases = {
        "no_price": state(orders=(order(1, price=None),)),
        "not_now": state(orders=(order(1, deadline=NOW - 1),)),
        "fanout_open": state(strategy(trade=replace(ENTRY, cursor=9)), orders=(order(1),)),
        "on_its_way": replace(state(orders=(order(1),)), busy_strategies=frozenset({1})),
        "claimed": replace(state(orders=(order(1),)), busy=frozenset({"order:o1"})),
        "halted": replace(state(orders=(order(1),)), halted=True),
    }
    for why, seen in cases.items():
        assert whys(plan(seen, LIMITS)) == {"order:o1": why}


def test_of_orders_with_one_nonce_the_newest_counts() -> None:
    found = plan(state(orders=(order(1, nonce=5), order(2, nonce=5))), LIMITS)
    assert keys(found) == ["order:o2"]
    assert whys(found) == {"order:o1": "replaced"}


def test_leader_that_floods_delays_nobody_else_and_gets_a_turn_for_each_order() -> None:
    flood = tuple(order(place, strategy_id=1) for place in range(1, 31))
    honest = order(99, strategy_id=2, leader="ben")
    full = state(strategy(1), strategy(2, leader="ben"), orders=(*flood, honest))
    found = plan(full, LIMITS)
    tried = [each.key for each in found.intents if each.strategy_id == 1]
    assert len(tried) == 8
    # Only one of a strategy's orders can be filled at a time: the honest one is in the first round with it.
    groups = list(dict.fromkeys(each.group for each in found.intents))
    assert groups == ["trade:1", "trade:2"]
    seen: set[str] = set()
    for number in range(30):
        seen |= set(keys(plan(replace(full, number=number), LIMITS)))
    assert {f"order:{each.digest}" for each in flood} <= seen


def test_vaults_that_close_are_sold_together_by_token_and_ids_ascend() -> None:
    vaults = tuple(
        ClosingVault(number, 1, stops=False, sales=(Sale("weth", ("p1",)), Sale("wbtc", ("p2",))))
        for number in (9, 3, 7)
    )
    found = plan(replace(state(), vaults=vaults), LIMITS)
    assert [each.action for each in found.intents] == [
        Close("wbtc", ("p2",), (3, 7, 9)),
        Close("weth", ("p1",), (3, 7, 9)),
    ]


def test_holes_are_pruned_from_the_end_and_never_while_a_trade_is_open() -> None:
    holes = replace(strategy(1), holes=(2, 6, 4))
    assert keys(plan(state(holes), LIMITS)) == ["prune:1:6"]
    assert keys(plan(state(replace(holes, trade=EXIT)), LIMITS)) == ["continue:1:4:3"]


def test_dues_are_settled_in_batches_escrows_apart() -> None:
    dues = tuple(Dues(number, 1, 50, escrow=number == 3) for number in (5, 3, 4))
    assert keys(plan(replace(state(), dues=dues), LIMITS)) == ["settle:1:4:50", "escrow:1:3:50"]


URGENT = st.sampled_from([None, *Urgency])


@st.composite
def states(draw: st.DrawFn) -> State:
    trades = st.none() | st.builds(
        OpenTrade,
        sequence=st.integers(1, 3),
        cursor=st.integers(0, 5),
        count=st.integers(0, 5),
        deadline=st.integers(NOW - 1, NOW + 1),
        is_exit=st.booleans(),
    )
    strategies = tuple(
        replace(strategy(number, leader=draw(st.sampled_from("ab")), trade=draw(trades)), holes=(1,))
        for number in range(1, draw(st.integers(1, 4)) + 1)
    )
    orders = tuple(
        order(
            place,
            strategy_id=draw(st.integers(1, 5)),
            leader=draw(st.sampled_from("ab")),
            is_exit=draw(st.booleans()),
            price=draw(st.none() | st.just(100)),
            trigger=draw(st.none() | st.builds(Trigger, st.integers(99, 101), st.booleans())),
            nonce=draw(st.integers(0, 3)),
        )
        for place in range(draw(st.integers(0, 12)))
    )
    return replace(
        state(*strategies, orders=orders),
        carries=draw(URGENT),
        in_flight=draw(st.integers(0, 20)),
        held=Held(entries=draw(st.booleans())),
    )


@given(states())
def test_plan_is_the_same_for_the_same_state_and_never_above_what_is_carried(seen: State) -> None:
    found = plan(seen, LIMITS)
    assert found == plan(seen, LIMITS)
    assert all(seen.carries is not None and each.urgency <= seen.carries for each in found.intents)
    assert [each.urgency for each in found.intents] == sorted(each.urgency for each in found.intents)
    open_now = {each.id for each in seen.strategies if each.trade is not None}
    carried = [each for each in found.intents if isinstance(each.action, Execute)]
    assert not {each.strategy_id for each in carried} & open_now
    done: set[str] = {each.key for each in found.intents}
    assert len(done) == len(found.intents)
    assert not done & {each.key for each in found.left}
    groups = {each.group for each in found.intents}
    assert len(groups) + seen.in_flight <= LIMITS.exits or not groups


def test_an_intent_of_every_urgency_is_possible_with_room_to_spare() -> None:
    assert [LIMITS.room(each) for each in Urgency] == [16, 12, 8, 2]
    assert isinstance(plan(state(orders=(order(1),)), LIMITS).intents[0], Intent)
