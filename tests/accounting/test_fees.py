from hypothesis import given
from hypothesis import strategies as st

from accounting.fees import (
    Division,
    TimeTerms,
    copy_fee,
    copy_fee_of_part,
    divide,
    held_back,
    keeper_fee_cap,
    management_fee,
    performance_fee,
    settled_fee,
    time_fees,
    withdrawal_fee,
)

amounts = st.integers(0, 2**127)
rates = st.integers(0, 10_000)
YEAR_S = 365 * 86_400


@given(fee=amounts, protocol=rates, referrer=rates)
def test_the_parts_of_a_fee_add_up_to_it_and_the_leader_gets_what_rounding_leaves(
    fee: int, protocol: int, referrer: int
) -> None:
    parts = divide(fee, protocol, referrer)
    assert parts.to_leader + parts.to_protocol + parts.to_referrer == fee
    assert min(parts.to_leader, parts.to_protocol, parts.to_referrer) >= 0
    assert parts.to_protocol * 10_000 <= fee * protocol


def test_the_referrer_shares_what_the_protocol_leaves() -> None:
    assert divide(1_009, 2_000, 5_000) == Division(404, 201, 404)
    assert divide(1_009, 2_000, 0) == Division(808, 201, 0)


def test_a_gain_is_charged_in_every_token_alike_and_a_loss_not_at_all() -> None:
    # A quarter of the equity is gain; a fifth of that is the fee.
    assert performance_fee(1_000, 2_000, 400, 300) == 50
    assert performance_fee(999, 2_000, 400, 300) == 49
    assert performance_fee(1_000, 2_000, 300, 300) == performance_fee(1_000, 2_000, 200, 300) == 0


@given(amount=amounts, bps=st.integers(0, 3_000), equity=st.integers(1, 2**127), mark=amounts)
def test_what_is_held_back_covers_any_fee_and_no_fee_touches_principal(
    amount: int, bps: int, equity: int, mark: int
) -> None:
    held = held_back(amount, bps)
    fee = performance_fee(amount, bps, equity, mark)
    assert settled_fee(held, equity, mark) <= fee <= held
    assert fee * equity * 10_000 <= amount * bps * max(0, equity - mark)


def test_a_withdrawal_fee_is_rounded_down() -> None:
    assert (withdrawal_fee(10_099, 100), withdrawal_fee(99, 100)) == (100, 0)


def test_five_percent_for_a_year_leaves_the_exponential_of_it() -> None:
    assert management_fee(10**18, 500, YEAR_S) == 10**18 - 951_229_424_500_714_009 - 1
    assert (
        management_fee(10**18, 500, 0) == management_fee(10**18, 0, YEAR_S) == management_fee(0, 500, 9) == 0
    )


@given(
    amount=st.integers(1, 2**96), bps=st.integers(1, 500), parts=st.lists(st.integers(1, YEAR_S), max_size=6)
)
def test_a_management_fee_does_not_depend_on_how_often_it_is_charged(
    amount: int, bps: int, parts: list[int]
) -> None:
    left = amount
    for seconds in parts:
        left -= management_fee(left, bps, seconds)
    once = amount - management_fee(amount, bps, sum(parts))
    slack = 2 * (len(parts) + 1) * (amount // 10**18 + 1)
    assert abs(left - once) <= slack


def test_a_copy_pays_of_what_it_sells_and_of_a_part_its_part() -> None:
    assert copy_fee(1_000_999, 30) == 3_002
    assert copy_fee_of_part(3_002, 1, 3) == 1_000
    assert copy_fee_of_part(3_002, 7, 7) == 3_002


def test_a_keeper_gets_a_fifth_of_a_percent_at_most() -> None:
    assert keeper_fee_cap(10_499) == 20


def test_full_periods_are_paid_in_arrears_while_the_base_token_lasts() -> None:
    terms = TimeTerms(0, 300, 100)
    assert time_fees([1_000, 7], terms, since=0, paid_until=0, now=299).subscription == 600
    spent = time_fees([700, 7], terms, since=0, paid_until=0, now=999)
    assert (spent.subscription, spent.paid_until, spent.management) == (600, 200, (0, 0))


def test_without_terms_time_costs_nothing() -> None:
    free = time_fees([5, 9], TimeTerms(0, 0, 0), since=0, paid_until=0, now=YEAR_S)
    assert (free.subscription, free.management) == (0, (0, 0))


@given(
    balances=st.lists(st.integers(0, 2**96), min_size=1, max_size=3),
    bps=st.integers(0, 500),
    subscription=st.integers(1, 2**90),
    period=st.integers(7 * 86_400, YEAR_S),
    times=st.lists(st.integers(0, 3 * YEAR_S), min_size=1, max_size=5),
)
def test_time_costs_the_same_however_often_it_is_charged(
    balances: list[int], bps: int, subscription: int, period: int, times: list[int]
) -> None:
    terms, end = TimeTerms(bps, subscription, period), max(times)
    once = time_fees(balances, terms, since=0, paid_until=0, now=end)
    left, paid, until, at = list(balances), 0, 0, 0
    for now in sorted(times):
        due = time_fees(left, terms, since=at, paid_until=until, now=now)
        left = [units - fee for units, fee in zip(left, due.management, strict=True)]
        left[0] -= due.subscription
        paid, until, at = paid + due.subscription, due.paid_until, now
    # To a unit of 1e-18 a call and period; a subscription that a unit decides over may fall due later.
    slack = 2 * (len(times) + end // period + 2) * (max(balances) // 10**18 + 1)
    assert abs(paid - once.subscription) in {0, subscription}
    if paid == once.subscription:
        assert until == once.paid_until
        whole = [units - fee for units, fee in zip(balances, once.management, strict=True)]
        whole[0] -= once.subscription
        assert all(abs(one - parts) <= slack for one, parts in zip(whole, left, strict=True))
