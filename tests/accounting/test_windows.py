from accounting.windows import DAY_S, HOUR_S, WINDOWS, boundaries, start_of, step_of

NOON = 20_000 * DAY_S + DAY_S // 2 + 17


def test_a_window_has_its_number_of_periods_the_one_under_way_included() -> None:
    points = boundaries(NOON, NOON - 500 * DAY_S)
    for window, periods in (("24h", 24), ("7d", 7), ("30d", 30), ("90d", 90), ("365d", 365)):
        start, step = start_of(window, NOON), step_of(window)  # type: ignore[arg-type]
        within = [each for each in points if each >= start and each % step == 0]
        assert len(within) == periods  # and now, the end of the last
    assert start_of("all", NOON) == 0
    assert set(WINDOWS) == {"24h", "7d", "30d", "90d", "365d", "all"}


def test_the_points_are_in_order_after_the_opening_and_before_now() -> None:
    opened = NOON - 3 * DAY_S
    points = boundaries(NOON, opened)
    assert points == sorted(set(points))
    assert all(opened < each < NOON for each in points)
    assert all(each % HOUR_S == 0 for each in points)
    assert boundaries(NOON, NOON - 10) == []
