"""The tracking difference against five vaults that are led one by one, each by its own sentence."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.book import Book, Fill
from accounting.tracking import Batch, Share, Tracking, TrackingDifference, sync_score
from accounting.valuation import Price

USDC, WETH = "0xusdc", "0xweth"
WAD = 10**18
units = st.integers(1, 10**24)


@dataclass(frozen=True)
class Trade:
    """A trade of the leader (or nobody's), and what the follower did in it: None is a skip."""

    buys: bool
    leader: Batch | None
    own: Batch | None
    gross: int = 0


@dataclass
class Paper:
    """One vault: ``skips`` whether it leaves out what the follower left out, ``sizes`` whether it sells the
    follower's part of the holding, and the price that it gets.
    """

    skips: bool
    sizes: bool
    price: str
    held: dict[str, int] = field(default_factory=lambda: {USDC: 0, WETH: 0})

    def trade(self, trade: Trade, follower_held: int) -> None:
        sells, buys = (USDC, WETH) if trade.buys else (WETH, USDC)
        if trade.own is None and self.skips:
            return
        if trade.leader is None and not self.skips:
            return
        if trade.leader is not None and not self.sizes:
            sold = self.held[sells] * trade.leader.portion // WAD
        else:
            sold = self.held[sells] * trade.gross // follower_held
        self.held[sells] -= sold
        self.held[buys] += int(sold * self.rate(trade))

    def rate(self, trade: Trade) -> Fraction:
        leader = trade.leader or trade.own
        own = trade.own or trade.leader
        assert leader is not None
        assert own is not None
        leaders = Fraction(leader.amount_out + leader.keeper_fee, leader.amount_in)
        if self.price == "own":
            return Fraction(own.amount_out + own.keeper_fee, own.amount_in)
        if self.price == "moved" and leader.oracle_out and own.oracle_out:
            then, now = (Fraction(each.oracle_out, each.amount_in) for each in (leader, own))
            return leaders * now / then
        return leaders


def papers() -> list[Paper]:
    return [
        Paper(skips=False, sizes=False, price="leader"),
        Paper(skips=True, sizes=False, price="leader"),
        Paper(skips=True, sizes=True, price="leader"),
        Paper(skips=True, sizes=True, price="moved"),
        Paper(skips=True, sizes=True, price="own"),
    ]


batches = st.builds(
    Batch,
    portion=st.integers(1, WAD),
    amount_in=units,
    amount_out=units,
    keeper_fee=st.just(0) | st.integers(1, 10**6),
    oracle_out=st.just(0) | units,
)


@given(data=st.data(), deposit=units, price=st.builds(Price, units, units))
def test_parts_add_up_and_each_is_what_one_change_makes(
    data: st.DataObject, deposit: int, price: Price
) -> None:
    tracking, book, led = Tracking(USDC), Book(USDC, "average_cost"), papers()
    tracking.deposit(deposit)
    book.deposit(deposit)
    for paper in led:
        paper.held[USDC] += deposit
    for _ in range(data.draw(st.integers(0, 8))):
        buys = data.draw(st.booleans())
        sells, gets = (USDC, WETH) if buys else (WETH, USDC)
        held = book.balances().get(sells, 0)
        leader = data.draw(st.none() | batches)
        if held and (leader is None or data.draw(st.booleans())):
            own = leader if leader and data.draw(st.booleans()) else data.draw(batches)
            gross = data.draw(st.integers(1, held))
            fee = data.draw(st.integers(0, gross - 1))
            trade = Trade(buys, leader, own, gross)
            tracking.trade(sells, gets, Share(gross, held), own, leader)
            got = (gross - fee) * own.amount_out // own.amount_in
            book.fill(Fill(0, sells, gets, gross - fee, fee, got))
        elif leader is not None:
            trade = Trade(buys, leader, None)
            tracking.skip(sells, gets, leader)
        else:
            continue
        for paper in led:
            paper.trade(trade, held)
    result = book.profit({WETH: price}).net
    found = tracking.difference(result, {WETH: price})
    assert result is not None
    assert found is not None
    worth = [paper.held[USDC] + price.value(paper.held[WETH]) - deposit for paper in led]
    assert found.total == result - worth[0]
    assert (found.skips, found.sizing) == (worth[1] - worth[0], worth[2] - worth[1])
    assert (found.timing, found.price) == (worth[3] - worth[2], worth[4] - worth[3])
    assert found.fees == result - worth[4]


def followed(*, gross: int, fee: int, own: Batch, leader: Batch) -> Tracking:
    tracking = Tracking(USDC)
    tracking.deposit(1_000)
    tracking.trade(USDC, WETH, Share(gross, 1_000), own, leader)
    return tracking


HALF = Batch(WAD // 2, 10_000, 5_000, 0, 5_000)
"""The leader's: half of the holding, two a piece, as the oracle said."""

AT_TWO = {WETH: Price(2, 1)}


@pytest.mark.parametrize(
    ("gross", "own", "net", "parts"),
    [
        (500, HALF, 0, (0, 0, 0, 0, 0)),
        # A fee of 20 of the 500: 240 bought, and 20 gone.
        (500, HALF, -20, (0, 0, 0, 0, -20)),
        # A fifth as much bought, at a price that has not moved since.
        (100, HALF, 0, (0, 0, 0, 0, 0)),
        # A later batch at two and a half: the oracle had moved to that.
        (500, Batch(0, 10_000, 4_000, 0, 4_000), -100, (0, 0, -100, 0, 0)),
        # A later batch at two and a half while the oracle still said two: depth.
        (500, Batch(0, 10_000, 4_000, 0, 5_000), -100, (0, 0, 0, -100, 0)),
    ],
)
def test_one_cause_alone_is_all_of_the_difference(
    gross: int, own: Batch, net: int, parts: tuple[int, ...]
) -> None:
    found = followed(gross=gross, fee=0, own=own, leader=HALF).difference(net, AT_TWO)
    assert found is not None
    assert (found.skips, found.sizing, found.timing, found.price, found.fees) == parts


def test_a_smaller_part_than_the_leaders_shows_as_sizing_once_the_price_moves() -> None:
    found = followed(gross=100, fee=0, own=HALF, leader=HALF).difference(50, {WETH: Price(3, 1)})
    assert found is not None
    # The ideal copy earned 250 with its 250, this one 50 with its 50.
    assert (found.total, found.sizing) == (-200, -200)


def test_a_skip_shows_what_was_missed_and_a_trade_alone_what_it_made() -> None:
    tracking = Tracking(USDC)
    tracking.deposit(1_000)
    tracking.skip(USDC, WETH, HALF)
    dearer = {WETH: Price(3, 1)}
    missed = tracking.difference(0, dearer)
    assert missed is not None
    assert (missed.skips, missed.total) == (-250, -250)
    tracking.trade(USDC, WETH, Share(1_000, 1_000), HALF, None)
    alone = tracking.difference(500, dearer)
    assert alone is not None
    assert (alone.skips, alone.total) == (250, 250)


@given(deposit=units, share=st.integers(1, 10**6))
def test_all_that_leaves_takes_the_paper_vaults_along(deposit: int, share: int) -> None:
    tracking = Tracking(USDC)
    tracking.deposit(deposit)
    tracking.skip(USDC, WETH, HALF)
    prices = {WETH: Price(share, 1)}
    before = tracking.difference(0, prices)
    tracking.withdraw(deposit, deposit, prices)
    assert tracking.difference(0, {WETH: Price(1, share)}) == before


def test_what_left_without_a_price_leaves_the_difference_unknown() -> None:
    tracking = followed(gross=500, fee=0, own=HALF, leader=HALF)
    assert tracking.difference(None, AT_TWO) is None
    assert tracking.difference(0, {}) is None
    tracking.withdraw(None, 900, AT_TWO)
    assert tracking.difference(0, AT_TWO) is None


worths = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 10**24))


@given(one=worths, other=worths, times=st.integers(1, 1_000))
def test_sync_score_is_the_shared_part_of_two_weightings(
    one: dict[str, int], other: dict[str, int], times: int
) -> None:
    found = sync_score(one, other)
    if not sum(one.values()) or not sum(other.values()):
        assert found is None
        return
    shared = sum(
        min(Fraction(one.get(each, 0), sum(one.values())), Fraction(other.get(each, 0), sum(other.values())))
        for each in {*one, *other}
    )
    assert found == int(shared * WAD)
    assert sync_score(one, {each: worth * times for each, worth in one.items()}) == WAD
    assert sync_score(other, one) == found


def test_the_example_in_the_documentation() -> None:
    usd, eth = 10**6, WAD
    tracking = Tracking(USDC)
    tracking.deposit(1_000 * usd)
    first = Batch(WAD // 2, 500 * usd, eth // 4, 0, eth // 4)
    own = Batch(0, 297 * usd, 1_375 * 10**14, 0, 297 * usd * eth // (2_100 * usd))
    tracking.trade(USDC, WETH, Share(300 * usd, 1_000 * usd), own, first)
    tracking.skip(WETH, USDC, Batch(WAD, eth // 4, 550 * usd, 0, 550 * usd))
    found = tracking.difference(2_500_000, {WETH: Price(2_200 * usd, eth)})
    assert found == TrackingDifference(0, -20_000_000, -15_714_286, -8_730_159, -3_055_555)
    assert found.total == -47_500_000
