from collections import Counter

from demo.followers import Act, Behaviour, plan_followers
from demo.leaders import PLANS

CROWDS = [plan.followers for plan in PLANS]


def test_a_seed_gives_the_same_followers_again() -> None:
    assert plan_followers(7, 240, CROWDS) == plan_followers(7, 240, CROWDS)
    assert plan_followers(7, 240, CROWDS) != plan_followers(8, 240, CROWDS)


def test_there_are_at_least_fifty_and_one_strategy_needs_a_second_batch() -> None:
    plans = plan_followers(7, 240, CROWDS)
    assert len(plans) >= 50
    assert Counter(plan.leader for plan in plans) == dict(enumerate(CROWDS))
    assert max(CROWDS) > 24


def test_followers_of_every_state_are_there() -> None:
    behaviours = [plan.behaviour for plan in plan_followers(7, 240, CROWDS)]
    acts = {act for behaviour in behaviours for _, act in behaviour.acts}
    assert acts == set(Act)
    assert any(behaviour.joins for behaviour in behaviours)
    assert any(behaviour.min_trade for behaviour in behaviours)
    assert any(behaviour.max_trade for behaviour in behaviours)
    assert any(behaviour == Behaviour() for behaviour in behaviours)


def test_sizes_differ_by_more_than_ten_times() -> None:
    deposits = [plan.deposit for plan in plan_followers(7, 240, CROWDS)]
    assert max(deposits) > 10 * min(deposits)


def test_a_follower_acts_in_order_and_after_joining() -> None:
    for seed in range(50):
        for plan in plan_followers(seed, 240, CROWDS):
            steps = [step for step, _ in plan.behaviour.acts]
            assert steps == sorted(steps)
            assert all(plan.behaviour.joins < step < 240 for step in steps)
