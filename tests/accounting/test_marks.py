from hypothesis import given
from hypothesis import strategies as st

from accounting.marks import Marks

amounts = st.integers(0, 2**96)


def test_a_deposit_lifts_both_and_a_charge_the_mark_alone() -> None:
    marks = Marks().put_in(1_000)
    assert marks == Marks(1_000, 1_000)
    assert (marks.gain(1_300), marks.gain(900)) == (300, 0)
    assert marks.charged(1_300) == Marks(1_300, 1_000)
    assert marks.charged(1_300).put_in(50) == Marks(1_350, 1_050)


def test_a_withdrawal_after_a_gain_lowers_both_in_proportion() -> None:
    # A quarter of 1,333 leaves: the mark keeps three quarters, rounded up.
    assert Marks(1_000, 900).taken_out(333, 1_332) == Marks(750, 675)
    assert Marks(1_001, 901).taken_out(333, 1_332) == Marks(751, 676)


def test_emptying_and_refilling_resets_nothing() -> None:
    lost = Marks().put_in(1_000).taken_out(600, 600)
    assert lost == Marks(400, 0)
    assert lost.put_in(600).gain(1_000) == 0
    gained = Marks().put_in(1_000).taken_out(1_500, 1_500)
    assert gained == Marks(0, 0)


def test_a_vault_worth_nothing_that_is_emptied_has_nothing_invested() -> None:
    assert Marks(70, 70).taken_out(0, 0) == Marks(70, 0)
    assert Marks(70, 70).taken_out(0, 9) == Marks(70, 70)


@given(mark=amounts, equity=st.integers(1, 2**96), part=amounts)
def test_a_withdrawal_never_makes_a_gain_and_never_lowers_the_mark_by_more_than_left(
    mark: int, equity: int, part: int
) -> None:
    part = min(part, equity)
    after = Marks(mark, 0).taken_out(part, equity)
    assert mark - part <= after.mark <= mark
    if equity <= mark:
        assert after.gain(equity - part) == 0
    else:
        assert after.gain(equity - part) <= Marks(mark, 0).gain(equity)


@given(mark=amounts, equity=st.integers(2, 2**96), data=st.data())
def test_two_withdrawals_leave_what_one_would_to_a_unit(mark: int, equity: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, equity - 1))
    second = data.draw(st.integers(0, equity - first))
    split = Marks(mark, mark).taken_out(first, equity).taken_out(second, equity - first)
    whole = Marks(mark, mark).taken_out(first + second, equity)
    if mark <= equity:
        assert whole.mark <= split.mark <= whole.mark + 2
    assert whole.invested <= split.invested <= whole.invested + 2
