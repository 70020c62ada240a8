"""Prices from feeds: what a token is worth in another, and when no answer is better than the one there is."""

import pytest
from brownie import interface, web3
from world import HEARTBEAT, USDC, WBTC, WETH, events, mine_at, refused


@pytest.fixture
def dated(world, hostile):
    """A listed-nowhere token of 18 decimals whose feed says what it is told."""

    def priced(answer, age=0, decimals=8, heartbeat=HEARTBEAT):
        own = {"from": world.owner}
        token = world.contracts.TestnetToken.deploy("Dated", "DAT", 18, world.owner, own)
        feed = hostile.DatedFeed.deploy(decimals, own)
        world.oracle.setFeed(token, feed, heartbeat, own)
        feed.post(answer, web3.eth.get_block("latest")["timestamp"] - age, own)
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


def _answered_at(world, token):
    return interface.IPriceFeed(world.oracle.feedOf(token)["source"]).latestRoundData()[3]
