"""Orders that the leader signs and a stranger carries: filled in parts, completed, cancelled; to the wei."""

from demo.deployment import BATCH_SIZE
from orders.order import Trade as SignedTrade
from protocol.types import Policy
from tests.e2e.by_hand import SCALE
from tests.e2e.records import WAD
from tests.e2e.stage import START, Stage
from tests.e2e.story import Story, percent
from tests.e2e.witnesses import Witnesses

USDC = 10**6
POOL_FEE = 500
"""Of a million, before the swap."""


def limit_order(story: Story, portion: int, *, room: int) -> SignedTrade:
    """Buys WETH while the pool's price is at most `room` hundredths of a percent above where it is now."""
    stage, books = story.stage, story.books
    whole = 10 ** books.decimals[books.base]
    price = books.quote(books.base, books.asset, whole) * SCALE // whole
    after_fee = price * (1_000_000 - POOL_FEE) // 1_000_000
    return SignedTrade(
        1,
        stage.pool,
        stage.usdc.address,
        stage.weth.address,
        portion,
        after_fee * 10_000 // (10_000 + room),
        stage.time + 1_000_000,
    )


async def test_stranger_carries_a_limit_order_in_two_parts_and_a_cancelled_one_is_refused(
    stage: Stage, witnesses: Witnesses
) -> None:
    story = await Story.begin(stage, witnesses, leaders_usdc=500_000 * USDC + 7)
    books, usdc, weth = story.books, story.books.base, story.books.asset
    anns, said = story.join("ann", 12_345_678_901)
    bens, more = story.join("ben", 7_777_777_777, policy=Policy(max_trade=2_000 * USDC))
    cyds, most = story.join("cyd", 3_141_592_653)
    await story.says(*said, *more, *most)
    stranger = stage.person("stranger")

    # The leader wants half in ether, but not above a tenth of a percent more than today's price.
    order, carried = story.sign(
        limit_order(story, percent(50), room=10), nonce=3 << 8 | 200, min_fill=percent(1)
    )
    first = await story.carry(stranger, order, carried)
    [batch] = first.batches
    assert 0 < batch.portion < percent(50)
    assert batch.dust_in > 0
    assert not order.complete
    # Everybody sold the same part of what they had for sale, Ben of his limit.
    for vault in (books.vaults[1], anns, cyds, bens):
        sold = next(part.amount_in + part.fee for part in batch.parts if part.vault is vault)
        offered = 2_000 * USDC if vault is bens else vault.deposited // 2
        assert abs(sold - offered * batch.portion // percent(50)) <= 2

    # At this price there is no more to be had; when the price falls, the rest is.
    await story.refused(stranger, carried, "FilledTooLittle(")
    story.move_price(START.weth * 98 // 100)
    second = await story.carry(stranger, order, carried)
    assert second.portion == (percent(50) - batch.portion) * WAD // (WAD - batch.portion)
    assert order.complete
    assert order.filled == percent(50)
    assert [fill.keeper for fill in order.fills] == [stranger.address] * 2
    half = books.vaults[1].deposited // 2
    assert abs(books.held(books.vaults[1], usdc) - half) <= 3
    await story.refused(stranger, carried, "OrderClosed(")

    # Another is filled in part and then cancelled: what is sold is sold, the rest stays.
    story.move_price(START.weth * 98 // 100)
    again, carried = story.sign(limit_order(story, percent(90), room=10), nonce=2**256 - 1, min_fill=1)
    await story.carry(stranger, again, carried)
    assert again.status == "open"
    await story.cancel(again)
    story.move_price(START.weth * 90 // 100)
    stage.settle()
    await story.refused(stranger, carried, "OrderClosed(")
    assert 0 < again.filled < percent(90)

    # A third is cancelled before anybody carries it: the chain never knew it.
    never, carried = story.sign(limit_order(story, percent(10), room=5), nonce=0, min_fill=1)
    await story.cancel(never)
    await story.refused(stranger, carried, "OrderClosed(")

    # All is sold, and of both tokens the dust and a tenth of each batch's copy fees are the treasury's.
    await story.trade(weth, usdc, WAD)
    batches = [batch for trade in books.trades for batch in trade.batches]
    owed = {token: books.balances["fee", books.treasury, token] for token in (usdc, weth)}
    entries = [batch for batch, trade in zip(batches, books.trades, strict=True) if trade.token_in == usdc]
    shares = sum(batch.copy_fees // 10 for batch in entries)
    assert owed[usdc] == shares + sum(batch.dust_in for batch in entries) + batches[-1].dust
    share = batches[-1].copy_fees // 10
    assert owed[weth] == share + sum(batch.dust for batch in entries) + batches[-1].dust_in


async def test_followers_who_wait_copy_the_part_that_the_leader_sold(
    stage: Stage, witnesses: Witnesses
) -> None:
    story = await Story.begin(stage, witnesses, leaders_usdc=300_000 * USDC)
    said = []
    for number in range(BATCH_SIZE + 3):
        _, told = story.join(f"follower {number}", 1_000 * USDC + 37 * number**3 + number)
        said += told
    await story.says(*said)
    stranger = stage.person("stranger")
    order, carried = story.sign(limit_order(story, percent(80), room=8), nonce=1, min_fill=percent(1))
    trade = await story.carry(stranger, order, carried, visits=BATCH_SIZE)
    [first] = trade.batches
    assert first.portion < percent(80)
    await story.refused(stranger, carried, "FanoutOpen(")
    story.move_price(START.weth)
    later = await story.go_on(stranger, trade, BATCH_SIZE)
    assert later.portion == first.portion
    assert len(later.parts) == 3
    assert later.dust_in == 0
