"""Prices from feeds: what a token is worth in another, and when no answer is better than the one there is."""

import pytest
from brownie import ZERO_ADDRESS, interface, web3
from world import (
    ALL,
    GRACE_PERIOD,
    HEARTBEAT,
    PRICE_SCALE,
    STOP_LOSS,
    USDC,
    WBTC,
    WETH,
    events,
    mine_at,
    named,
    refused,
)


@pytest.fixture
def dated(world, hostile):
    """A listed-nowhere token of 18 decimals whose feed says what it is told."""

    def priced(answer, age=0, decimals=8, heartbeat=HEARTBEAT):
        own = {"from": world.owner}
        token = world.contracts.TestnetToken.deploy("Dated", "DAT", 18, world.owner, own)
        feed = hostile.DatedFeed.deploy(decimals, own)
        world.oracle.setFeed(token, feed, heartbeat, own)
        # The round began at a time that is no matter: a price is as old as its last update.
        feed.post(answer, 0, web3.eth.get_block("latest")["timestamp"] - age, own)
        return token

    return priced


def test_a_quote_converts_between_decimals_and_prices(world):
    quote, usdc, weth, wbtc = world.oracle.quote, world.usdc, world.weth, world.wbtc
    assert quote(usdc, weth, 2_500 * USDC) == WETH
    assert quote(weth, usdc, WETH) == 2_500 * USDC
    assert quote(wbtc, usdc, WBTC) == 50_000 * USDC
    assert quote(weth, wbtc, 20 * WETH) == WBTC
    assert quote(usdc, usdc, 7) == 7
    assert quote(usdc, weth, 0) == 0


def test_a_quote_rounds_down(world):
    assert world.oracle.quote(world.weth, world.usdc, 4 * 10**8 - 1) == 0
    assert world.oracle.quote(world.weth, world.usdc, 4 * 10**8) == 1
    assert world.oracle.quote(world.weth, world.usdc, 8 * 10**8 - 1) == 1
    world.feeds[world.weth.address].post(3_000 * 10**8, {"from": world.owner})
    assert world.oracle.quote(world.usdc, world.weth, 1) == 10**12 // 3_000


def test_a_price_is_scaled_and_rounds_down(world):
    price, usdc, weth = world.oracle.priceDown, world.usdc, world.weth
    assert price(weth, usdc) == 2_500 * USDC * PRICE_SCALE // WETH
    assert price(usdc, weth) == WETH * PRICE_SCALE // (2_500 * USDC)
    assert price(usdc, usdc) == PRICE_SCALE
    world.feeds[weth.address].post(3_000 * 10**8, {"from": world.owner})
    assert price(usdc, weth) * 3_000 < 10**12 * PRICE_SCALE < (price(usdc, weth) + 1) * 3_000


def test_a_price_needs_two_living_feeds(world):
    updated_at = world.feeds[world.usdc.address].latestRoundData()[3]
    with refused("FeedMissing", world.keeper):
        world.oracle.priceDown(world.usdc, world.keeper)
    world.kill_oracle()
    with refused("FeedStale", world.usdc, updated_at):
        world.oracle.priceDown(world.usdc, world.weth)


def test_a_token_that_has_a_feed_is_told_from_one_that_has_none_whatever_the_feed_says(world):
    with refused("FeedMissing", world.keeper):
        world.oracle.requireFeed(world.keeper)
    world.feeds[world.usdc.address].post(0, {"from": world.owner})
    world.kill_oracle()
    world.oracle.requireFeed(world.usdc)


@pytest.mark.parametrize("decimals", [0, 8, 18])
def test_feeds_of_any_decimals_compare(world, dated, decimals):
    token = dated(4 * 10**decimals, decimals=decimals)
    assert world.oracle.quote(token, world.usdc, 10**18) == 4 * USDC
    assert world.oracle.quote(world.usdc, token, USDC) == 10**18 // 4


def test_a_large_amount_is_quoted_without_overflow(world):
    amount = 2**128 - 1
    assert world.oracle.quote(world.usdc, world.weth, amount) == amount * 10**12 // 2_500


def test_a_feed_is_set_with_its_decimals_and_heartbeat(world, hostile):
    own = {"from": world.owner}
    token = world.contracts.TestnetToken.deploy("New", "NEW", 9, world.owner, own)
    feed = hostile.DatedFeed.deploy(11, own)
    tx = world.oracle.setFeed(token, feed, 3_600, own)
    feed_set = {"token": token, "feed": feed, "heartbeat": 3_600, "tokenDecimals": 9, "feedDecimals": 11}
    assert events(tx, world.oracle) == [("FeedSet", feed_set)]
    assert world.oracle.feedOf(token).dict() == {
        "source": feed,
        "heartbeat": 3_600,
        "tokenDecimals": 9,
        "feedDecimals": 11,
    }


def test_a_feed_is_set_for_good(world):
    other = world.feeds[world.weth.address]
    with refused("FeedAlreadySet", world.usdc):
        world.oracle.setFeed(world.usdc, other, 3_600, {"from": world.owner})


def test_a_token_without_a_feed_has_no_price(world):
    with refused("FeedMissing", world.keeper):
        world.oracle.quote(world.keeper, world.usdc, 1)
    with refused("FeedMissing", world.keeper):
        world.oracle.quote(world.usdc, world.keeper, 1)


def test_a_feed_is_believed_for_its_heartbeat_and_no_second_longer(world, dated):
    token = dated(10**8, heartbeat=100)
    updated_at = _answered_at(world, token)
    mine_at(updated_at + 100)
    assert world.oracle.quote(token, token, 5) == 5
    mine_at(updated_at + 101)
    with refused("FeedStale", token, updated_at):
        world.oracle.quote(token, world.usdc, 5)
    with refused("FeedStale", token, updated_at):
        world.oracle.quote(world.usdc, token, 5)


def test_an_answer_from_the_future_is_not_believed(world, dated):
    token = dated(10**8, age=-1_000)
    updated_at = _answered_at(world, token)
    assert updated_at > web3.eth.get_block("latest")["timestamp"]
    with refused("FeedStale", token, updated_at):
        world.oracle.quote(token, world.usdc, 1)


@pytest.mark.parametrize("answer", [0, -1, -(2**255)])
def test_an_answer_that_is_no_price_is_refused(world, answer):
    world.feeds[world.weth.address].post(answer, {"from": world.owner})
    with refused("FeedAnswerInvalid", world.weth, answer):
        world.oracle.quote(world.weth, world.usdc, 1)
    with refused("FeedAnswerInvalid", world.weth, answer):
        world.oracle.quote(world.usdc, world.weth, 1)


def test_a_feed_that_never_answered_has_no_price(world):
    own = {"from": world.owner}
    token = world.contracts.TestnetToken.deploy("New", "NEW", 18, world.owner, own)
    feed = world.contracts.TestnetFeed.deploy(8, "NEW / USD", world.owner, own)
    world.oracle.setFeed(token, feed, 3_600, own)
    with refused("NoDataPresent", 0):
        world.oracle.quote(token, world.usdc, 1)


# The sequencer


def test_it_knows_its_sequencer_and_how_long_prices_need_to_settle(world):
    assert world.oracle.sequencer() == world.sequencer
    assert world.oracle.gracePeriod() == GRACE_PERIOD


def test_no_price_is_believed_while_the_sequencer_is_down(world):
    oracle = world.oracle
    for answer in (1, 2, -1):
        world.sequencer.post(answer, {"from": world.owner})
        with refused("SequencerDown"):
            oracle.quote(world.usdc, world.weth, 1)
        with refused("SequencerDown"):
            oracle.priceDown(world.usdc, world.weth)
    world.let_pass(GRACE_PERIOD + 1)
    with refused("SequencerDown"):
        oracle.quote(world.usdc, world.weth, 1)
    # Whether a token has a feed is no matter of prices.
    oracle.requireFeed(world.usdc)


def test_a_sequencer_that_is_up_again_gives_everybody_the_grace_period_first(world):
    world.sequencer.post(1, {"from": world.owner})
    up_since = world.sequencer.post(0, {"from": world.owner}).timestamp
    with refused("SequencerStarting", up_since):
        world.oracle.quote(world.usdc, world.weth, 2_500 * USDC)
    mine_at(up_since + GRACE_PERIOD)
    with refused("SequencerStarting", up_since):
        world.oracle.priceDown(world.usdc, world.weth)
    mine_at(up_since + GRACE_PERIOD + 1)
    assert world.oracle.quote(world.usdc, world.weth, 2_500 * USDC) == WETH


def test_how_long_the_sequencer_is_up_is_counted_from_the_start_of_its_round(world, hostile):
    """Its feed is updated again and again while nothing changes, and long ago when nobody writes."""
    own, now = {"from": world.owner}, web3.eth.get_block("latest")["timestamp"]
    uptime = hostile.DatedFeed.deploy(0, own)
    oracle = world.contracts.ChainlinkOracle.deploy(world.owner, uptime, 1_000, own)
    for token in (world.usdc, world.weth):
        oracle.setFeed(token, world.feeds[token.address], HEARTBEAT, own)
    uptime.post(0, now - 2_000, now, own)
    assert oracle.quote(world.usdc, world.weth, 2_500 * USDC) == WETH
    uptime.post(0, now, now - 2_000, own)
    with refused("SequencerStarting", now):
        oracle.quote(world.usdc, world.weth, 2_500 * USDC)


def test_a_chain_without_a_sequencer_waits_for_none(world):
    own = {"from": world.owner}
    oracle = world.contracts.ChainlinkOracle.deploy(world.owner, ZERO_ADDRESS, 2**32 - 1, own)
    assert (oracle.sequencer(), oracle.gracePeriod()) == (ZERO_ADDRESS, 2**32 - 1)
    for token in (world.usdc, world.weth):
        oracle.setFeed(token, world.feeds[token.address], HEARTBEAT, own)
    assert oracle.quote(world.usdc, world.weth, 2_500 * USDC) == WETH


def test_an_outage_stops_trades_and_triggers_until_the_grace_period_is_over(world):
    hub = world.hub
    strategy, _ = world.create_strategy()
    order = world.order(strategy, world.usdc, world.weth, STOP_LOSS, trigger_price=2**255, portion=ALL // 2)

    def attempts():
        yield lambda: world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
        yield lambda: world.carry(order)

    world.sequencer.post(1, {"from": world.owner})
    for attempt in attempts():
        with refused("SequencerDown"):
            attempt()
    up_since = world.sequencer.post(0, {"from": world.owner}).timestamp
    for attempt in attempts():
        with refused("SequencerStarting", up_since):
            attempt()
    world.let_pass(GRACE_PERIOD + 1)
    for attempt in attempts():
        assert len(named(attempt(), "TradeCompleted")) == 1
    assert hub.strategyOf(strategy)["sequence"] == 2


def _answered_at(world, token):
    return interface.IPriceFeed(world.oracle.feedOf(token)["source"]).latestRoundData()[3]
