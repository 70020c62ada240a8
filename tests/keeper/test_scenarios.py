"""Scenarios on the real hub and the real Uniswap: each begins with people and ends with the books."""

from tests.keeper.world import World, all_different


async def test_market_order_is_carried_and_its_fan_out_finished_to_the_last_vault(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(8)))
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper()
    await world.work(keeper)
    assert world.states(digest) == ["received", "accepted", "working", "filled"]
    copies = world.copies()
    assert all_different(copies)
    assert {vault for _, vault in copies} == {1, *vaults}
    assert len(world.said("TradeCompleted")) == 1
    assert all(world.held(vault, "WETH") for vault in vaults)
    filled = world.orders.events(world.found(digest).id)[-1]
    block = world.stage.chain.w3.eth.get_block(filled.block_number)
    assert (filled.block_hash, filled.block_time) == (block["hash"].to_0x_hex(), block["timestamp"])
    assert filled.seen_us <= filled.processed_us
