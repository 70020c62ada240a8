from decimal import Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounting.exponential import exp_wad

EXACT = Context(prec=60)


@given(st.integers(0, 42 * 10**18))
def test_the_hubs_exponential_is_the_truth_to_one_unit(x: int) -> None:
    truth = int(EXACT.exp(Decimal(-x).scaleb(-18)).scaleb(18, EXACT))
    assert abs(exp_wad(-x) - truth) <= 1


def test_nothing_elapsed_keeps_all_and_the_smallest_exponent_keeps_nothing() -> None:
    assert exp_wad(0) == 10**18
    assert exp_wad(-41_446_531_673_892_822_313) == 0
