"""Who counts as a verified follower: money, for long enough, and nothing else."""

from social.badges import DAY_S, Held, badge_of, held_s, money_that_counts


def test_only_time_with_enough_money_counts() -> None:
    states = [(0, 0), (10, 500), (30, 499), (50, 500), (60, 0)]
    assert held_s(states, 500, 1_000) == 30
    assert held_s(states[:4], 500, 1_000) == 20 + 950
    assert held_s([], 500, 1_000) == 0


def test_several_marks_in_one_second_are_no_time() -> None:
    assert held_s([(10, 0), (10, 500), (10, 0)], 500, 99) == 0


def test_words_are_coarse() -> None:
    spans = [7 * DAY_S - 1, 7 * DAY_S, 30 * DAY_S - 1, 30 * DAY_S, 90 * DAY_S, 900 * DAY_S]
    assert [badge_of(each) for each in spans] == [
        None,
        Held.WEEK,
        Held.WEEK,
        Held.MONTH,
        Held.QUARTER,
        Held.QUARTER,
    ]


def test_where_no_least_deposit_is_asked_a_whole_token_is() -> None:
    assert money_that_counts(100_000_000, 6) == 100_000_000
    assert money_that_counts(0, 6) == 1_000_000
