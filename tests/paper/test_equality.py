"""The paper hub equals the contracts: the same orders, policies and deposits give the same fills, skips with
their reasons, balances, marks, fees and refusals, to the unit.

The contracts trade in the real Uniswap V3; the paper hub in the model of its pools.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from paper.state import WAD
from protocol.types import FeeTerms, OnBreach, Policy, Reason, Sizing, StrategyLimits
from tests.e2e.stage import Stage
from tests.paper.mirror import USDC, Mirror

DAY = 86_400
LIMITS = StrategyLimits(min_stake=100 * USDC, stop_bps=500, max_drawdown_bps=2_000)
TERMS = FeeTerms(
    copy_bps=50,
    performance_bps=2_000,
    management_bps=300,
    withdrawal_bps=20,
    referrer_bps=1_000,
    performance_period=7 * DAY,
    subscription_period=7 * DAY,
    subscription=USDC // 4,
)
PRESETS = (
    Policy(),
    Policy(
        max_token_bps=2_500, max_exposure_bps=5_000, max_positions=4, max_slippage_bps=75, loss_budget_bps=300
    ),
    Policy(Sizing.MULTIPLIER, size=25_000, max_trade=900 * USDC),
    Policy(Sizing.FIXED, size=123_456_789, min_trade=100 * USDC),
    Policy(Sizing.RISK, size=70, on_breach=OnBreach.SKIP),
    Policy(max_slippage_bps=10, cooldown=300),
    Policy(stop_loss_bps=300, take_profit_bps=400, on_stop=OnBreach.EXIT),
    Policy(max_daily_loss_bps=200, max_drawdown_bps=500, on_stop=OnBreach.SUSPEND),
    Policy(max_positions=1, excluded_tokens=4, on_breach=OnBreach.EXIT),
)

numbers = st.integers(0, 2**16)
policies = st.one_of(
    st.sampled_from(PRESETS),
    st.builds(
        Policy,
        sizing=st.sampled_from([Sizing.PROPORTIONAL]),
        on_breach=st.sampled_from(OnBreach),
        on_stop=st.sampled_from(OnBreach),
        max_positions=st.sampled_from([0, 0, 1, 2]),
        excluded_tokens=st.sampled_from([0, 0, 2, 4, 1, 8]),
        max_slippage_bps=st.sampled_from([0, 10, 20, 50, 100, 11]),
        max_token_bps=st.sampled_from([0, 0, 1_500, 4_000]),
        max_exposure_bps=st.sampled_from([0, 0, 3_000, 7_000]),
        max_daily_loss_bps=st.sampled_from([0, 0, 50, 300]),
        max_drawdown_bps=st.sampled_from([0, 0, 100, 400]),
        stop_loss_bps=st.sampled_from([0, 0, 100, 500]),
        take_profit_bps=st.sampled_from([0, 0, 100, 500]),
        loss_budget_bps=st.sampled_from([0, 1, 5, 50]),
        cooldown=st.sampled_from([0, 0, 120]),
        min_trade=st.sampled_from([0, 0, 50 * USDC, 500 * USDC]),
        max_trade=st.sampled_from([0, 0, 300 * USDC]),
    ),
)
actions = st.one_of(
    st.tuples(st.just("trade"), numbers, numbers, st.sampled_from([0, 0, 15, 40, 400])),
    st.tuples(st.just("trade"), numbers, numbers, st.just(0)),
    st.tuples(st.just("order"), numbers, numbers, numbers),
    st.tuples(st.just("continue"), st.integers(0, 4), st.sampled_from([0, 0, 20]), st.just(0)),
    st.tuples(st.just("open"), numbers, numbers, policies),
    st.tuples(st.just("policy"), numbers, st.just(0), policies),
    st.tuples(
        st.just("rule"),
        numbers,
        st.sampled_from(["pause", "resume", "requestExit", "leaveStrategy"]),
        numbers,
    ),
    st.tuples(
        st.just("anybody"), numbers, st.sampled_from(["settle", "settleEscrow", "evict", "prune"]), st.just(0)
    ),
    st.tuples(st.just("allocate"), numbers, numbers, st.just(0)),
    st.tuples(st.just("deallocate"), numbers, numbers, numbers),
    st.tuples(st.just("exit"), numbers, st.just(0), st.just(0)),
    st.tuples(st.just("close"), numbers, numbers, st.just(0)),
    st.tuples(st.just("manual"), numbers, numbers, numbers),
    st.tuples(st.just("price"), st.integers(930, 1_080), st.booleans(), st.just(0)),
    st.tuples(
        st.just("time"),
        st.sampled_from([60, 3_600, DAY, 7 * DAY]),
        st.sampled_from([True] * 3 + [False]),
        numbers,
    ),
    st.tuples(st.just("terms"), numbers, st.just(0), numbers),
)


class Story:
    """Acts out drawn actions; numbers choose among what there is."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.people = [mirror.leader, *mirror.followers]
        self.seen: Counter[str] = Counter()

    def act(self, action: tuple[str, Any, Any, Any]) -> None:
        name, *arguments = action
        refused = getattr(self, name)(*arguments)
        for each in self.mirror.paper.told:
            self.seen[type(each).__name__] += 1
            for what in ("reason", "reduced_by"):
                if getattr(each, what, 0):
                    self.seen[getattr(each, what).name] += 1
        if refused:
            self.seen[f"refused: {refused}"] += 1

    def vault(self, number: int) -> int:
        return 1 + number % self.mirror.paper.vault_count

    def owner(self, vault_id: int) -> Any:
        owner = self.mirror.paper.vaults.look(vault_id).owner
        return next(who for who in self.people if who.address == owner)

    def pair(self, number: int) -> tuple[int, int]:
        return ((0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (0, 1), (1, 0))[number % 7]

    def portion(self, number: int) -> int:
        return WAD if number % 5 == 0 else 1 + (number * WAD >> 16) % WAD

    def trade(self, pair: int, portion: int, expected: int) -> str | None:
        while portion % 4 and self.mirror.paper.strategies.look(1).fanout:
            if self.mirror.continue_trade(3):
                break
        return self.mirror.trade(*self.pair(pair), self.portion(portion), expected_bps=expected)

    def order(self, pair: int, portion: int, number: int) -> str | None:
        sold, bought = self.pair(pair)
        price = self.mirror.price(sold, bought)
        limit = price * (10_000 - (5, 6, 8, 12, 40)[number % 5]) // 10_000
        trade = self.mirror._trade(sold, bought, self.portion(portion), limit)
        kind = (0, 1, 0, 3, 4, 2)[number % 6]
        trigger = price * (990 + number % 20) // 1_000 if kind > 1 else 0
        nonce = number % 4
        return self.mirror.execute(
            trade, nonce=nonce, kind=kind, min_fill=(WAD, WAD // 100)[number // 7 % 2], trigger=trigger
        )

    def open(self, who: int, amount: int, policy: Policy) -> str | None:
        follower = self.mirror.followers[who % len(self.mirror.followers)]
        referrer = self.mirror.keeper.address if amount % 2 else ""
        return self.mirror.open(follower, policy, 90 * USDC + amount * USDC // 10, referrer=referrer)

    def policy(self, vault: int, _: int, policy: Policy) -> str | None:
        return self.mirror.set_policy(self.owner(self.vault(vault)), self.vault(vault), policy)

    def rule(self, vault: int, name: str, who: int) -> str | None:
        vault_id = self.vault(vault)
        person = self.people[who % len(self.people)] if who % 9 == 0 else self.owner(vault_id)
        return self.mirror.rule(name, person, vault_id)

    def anybody(self, number: int, name: str, _: int) -> str | None:
        return self.mirror.anybody(name, number % 4 if name == "prune" else self.vault(number))

    def allocate(self, vault: int, amount: int, _: int) -> str | None:
        return self.mirror.allocate(self.owner(self.vault(vault)), self.vault(vault), amount * USDC // 8)

    def deallocate(self, vault: int, index: int, part: int) -> str | None:
        vault_id = self.vault(vault)
        balance = self.mirror.paper.vaults.look(vault_id).balances[index % 3]
        amount = None if part % 4 == 0 else balance * part // 2**15
        return self.mirror.deallocate(self.owner(vault_id), vault_id, index % 3, amount)

    def exit(self, vault: int, _: int, __: int) -> str | None:
        return self.mirror.exit(self.owner(self.vault(vault)), self.vault(vault))

    def close(self, number: int, index: int, _: int) -> str | None:
        """Those that can be closed, and now and then one that cannot."""
        self.mirror.paper.now = self.mirror.stage.time
        ids = [each.id for each in self.mirror.paper.vaults.all() if self._closable(each, number)]
        return self.mirror.close(1 + index % 2, ids or [self.vault(number)])

    def _closable(self, vault: Any, number: int) -> bool:
        return vault.status.name == "EXITING" or (number % 3 == 0 and vault.policy.on_stop > 1)

    def manual(self, vault: int, pair: int, part: int) -> str | None:
        vault_id = self.vault(vault)
        indices = self.pair(pair)
        balance = self.mirror.paper.vaults.look(vault_id).balances[indices[0]]
        return self.mirror.manual(self.owner(vault_id), vault_id, indices, balance * part // 2**15)

    def price(self, thousandths: int, wait: bool, _: int) -> None:
        self.mirror.move_price(thousandths, wait=wait)

    def time(self, seconds: int, posted: bool, more: int) -> None:
        self.mirror.let_pass(seconds + more % 3_600, posted=posted)

    def terms(self, vault: int, _: int, number: int) -> str | None:
        """Cheaper terms; whoever it is takes them."""
        current = self.mirror.paper.strategies.look(1).terms[-1]
        if number % 2 and current.copy_bps:
            self.mirror.new_terms(replace(current, copy_bps=current.copy_bps - 1 - number % current.copy_bps))
        return self.mirror.accept(self.owner(self.vault(vault)), self.vault(vault))

    # `continue` is a word of Python's.
    def __getattr__(self, name: str) -> Any:
        if name == "continue":
            return lambda visits, expected, _: self.mirror.continue_trade(visits, expected_bps=expected)
        raise AttributeError(name)


def act_out(stage: Stage, told: list[tuple[str, Any, Any, Any]], policies: list[Policy]) -> Counter[str]:
    with stage.story() as story_stage:
        mirror = Mirror(story_stage, terms=TERMS, limits=LIMITS)
        story = Story(mirror)
        for number, policy in enumerate(policies):
            mirror.open(mirror.followers[number], policy, 1_000 * USDC + number * 777_777)
        for action in told:
            story.act(action)
        mirror.compare()
        return story.seen


@pytest.fixture
def mirror(deployed: Stage) -> Iterator[Mirror]:
    with deployed.story() as stage:
        yield Mirror(stage, terms=TERMS, limits=LIMITS)


def test_fills_in_parts_later_batches_and_who_stands_aside(mirror: Mirror) -> None:
    for who, policy in zip(mirror.followers, PRESETS[:5], strict=True):
        assert mirror.open(who, policy, 15_000 * USDC) is None
    assert mirror.trade(0, 1, WAD // 3) is None
    assert mirror.trade(0, 1, WAD // 3) == "FanoutOpen"
    mirror.move_price(1_002, wait=False)
    assert mirror.continue_trade(1) is None
    assert mirror.continue_trade(5) is None
    assert mirror.set_policy(mirror.followers[2], 4, Policy(max_slippage_bps=10)) is None
    assert mirror.trade(0, 1, WAD // 4) is None
    mirror.continue_trade(9)
    mirror.continue_trade(9, expected_bps=20)
    mirror.stage.time += 601
    assert mirror.continue_trade(9) in {None, "NoFanout"}
    limit = mirror.price(1, 0) * 9_993 // 10_000
    trade = mirror._trade(1, 0, WAD, limit)
    assert mirror.execute(trade, nonce=1, kind=1, min_fill=WAD // 1_000) is None
    filled = mirror.paper.told[-2 if type(mirror.paper.told[-1]).__name__ == "TradeCompleted" else -1]
    assert not filled.complete
    mirror.continue_trade(9)
    mirror.move_price(1_004)
    assert mirror.execute(trade, nonce=1, kind=1, min_fill=WAD // 1_000) in {None, "FilledTooLittle"}
    mirror.compare()


def test_stops_closes_and_fees_of_gains(mirror: Mirror) -> None:
    stops = (
        Policy(take_profit_bps=400, on_stop=OnBreach.EXIT),
        Policy(max_daily_loss_bps=100, on_stop=OnBreach.SUSPEND),
    )
    for who, policy in zip(mirror.followers, (*stops, Policy()), strict=False):
        assert mirror.open(who, policy, 10_000 * USDC, referrer=mirror.keeper.address) is None
    assert mirror.trade(0, 1, WAD // 2) is None
    assert mirror.close(1, [2]) == "NotClosable"
    mirror.move_price(1_100)
    assert mirror.close(1, [2]) is None
    mirror.move_price(900)
    mirror.let_pass(DAY)
    assert mirror.trade(0, 1, WAD // 2) is None
    mirror.move_price(950)
    assert mirror.close(1, [3]) in {None, "NotClosable"}
    mirror.move_price(1_300)
    mirror.let_pass(6 * DAY)
    for vault_id in (2, 3, 4):
        assert mirror.anybody("settle", vault_id) is None
    assert any(type(each).__name__ == "FeeCharged" and each.kind == 0 for each in mirror.paper.told)
    assert mirror.manual(mirror.followers[2], 4, (1, 0), 10**17) is None
    assert mirror.deallocate(mirror.followers[2], 4, 1, 10**17) is None
    assert mirror.exit(mirror.followers[2], 4) is None
    mirror.compare()


def test_what_leaves_without_a_price_is_settled_when_there_is_one(mirror: Mirror) -> None:
    assert mirror.open(mirror.followers[0], Policy(), 10_000 * USDC) is None
    assert mirror.trade(0, 1, WAD // 2) is None
    mirror.move_price(1_200)
    mirror.let_pass(2 * DAY, posted=False)
    assert mirror.trade(0, 1, WAD // 2) == "FeedStale"
    assert mirror.deallocate(mirror.followers[0], 2, 1, 10**17) is None
    assert mirror.exit(mirror.followers[0], 2) is None
    assert any(type(each).__name__ == "FeeEscrowed" for each in mirror.paper.told)
    assert mirror.anybody("settleEscrow", 2) == "PriceNeeded"
    mirror.let_pass(600)
    assert mirror.anybody("settleEscrow", 2) is None
    assert any(type(each).__name__ == "EscrowSettled" for each in mirror.paper.told)
    mirror.compare()


def test_a_batch_that_a_pool_does_not_take_is_cut_from_the_largest(deployed: Stage) -> None:
    with deployed.story() as stage:
        mirror = Mirror(stage, terms=TERMS, limits=replace(LIMITS, max_impact_bps=1))
        for number, who in enumerate(mirror.followers[:2]):
            tenfold = Policy(Sizing.MULTIPLIER, size=100_000)
            assert mirror.open(who, tenfold, (14_000 - 9_000 * number) * USDC) is None
        assert mirror.trade(0, 1, WAD // 2) == "TooLargeForPool"
        assert mirror.trade(0, 1, WAD // 20) is None
        cut = [getattr(each, "reduced_by", 0) for each in mirror.paper.told]
        assert Reason.POOL_DEPTH in cut
        mirror.compare()


# A story takes seconds: what fails is printed as it is, rather than shrunk for minutes.
CAMPAIGN = settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    print_blob=True,
)


@settings(CAMPAIGN, max_examples=12)
@given(told=st.lists(actions, min_size=8, max_size=24), followers=st.lists(policies, min_size=5, max_size=5))
def test_any_story_comes_out_alike(
    deployed: Stage, told: list[tuple[str, Any, Any, Any]], followers: list[Policy]
) -> None:
    for what in act_out(deployed, told, followers):
        event(what)


@pytest.mark.deep
@settings(CAMPAIGN, max_examples=400)
@given(told=st.lists(actions, min_size=8, max_size=50), followers=st.lists(policies, min_size=5, max_size=5))
def test_any_story_comes_out_alike_in_a_long_campaign(
    deployed: Stage, told: list[tuple[str, Any, Any, Any]], followers: list[Policy]
) -> None:
    act_out(deployed, told, followers)
