"""What whoever carries a batch gets for its gas: measured, capped, and nothing for nothing."""

import pytest
from brownie import ZERO_ADDRESS, web3
from world import ALL, USDC, WETH, named, weth_price

from protocol.types import OnBreach, Policy

GWEI = 10**9


@pytest.fixture
def pays(world, monkeypatch):
    """Puts a hub in the world's place that pays for gas by the price of this token."""

    def paying(wrapped_native):
        own = {"from": world.owner}
        hub = world.deploy_hub(world.deploy_keepers(wrapped_native))
        venue = world.contracts.UniswapV3Venue.deploy(
            hub, world.uniswap.factory.address, world.venue.window(), own
        )
        for token in world.tokens:
            hub.listToken(token, own)
            for person in (world.leader, *world.followers):
                token.approve(hub, 2**256 - 1, {"from": person})
        for pool in world.pools:
            hub.listPool(pool, venue, own)
        monkeypatch.setattr(world, "hub", hub)
        monkeypatch.setattr(world, "venue", venue)
        return hub

    return paying


@pytest.fixture
def hub(world, pays):
    return pays(world.weth)


def _at_base_fee(gwei, call, *arguments, who):
    """Sends a call in a block of this base fee, which is nothing again afterwards."""
    request = web3.provider.make_request
    request("anvil_setNextBlockBaseFeePerGas", [hex(gwei * GWEI)])
    try:
        return call(*arguments, {"from": who, "gas_price": gwei * GWEI, "gas_limit": 3 * 10**6})
    finally:
        request("anvil_setNextBlockBaseFeePerGas", ["0x0"])


def _carry(world, order, gwei, who=None):
    signature = world.sign(order)
    return _at_base_fee(gwei, world.hub.executeOrder, order, signature, who=who or world.keeper)


def test_a_keeper_is_paid_for_the_gas_at_the_base_fee(world, hub):
    strategy, _ = world.create_strategy()
    vaults = [world.open_vault(world.followers[i], strategy, 1_000 * USDC) for i in range(3)]
    received = world.bought(world.usdc, world.weth, 13_000 * USDC)
    held = world.weth.balanceOf(hub)

    tx = _carry(world, world.order(strategy, world.usdc, world.weth), 2)

    (cleared,) = named(tx, "BatchCleared")
    fee = cleared["keeperFee"]
    # Measured before the copies are written and the rest of the call, which are reckoned: to a fifth.
    assert abs(fee // (2 * GWEI) - tx.gas_used) < tx.gas_used // 5
    assert fee < received * 20 // 10_000
    # Nothing is lost or made: what was received is the copies', the dust and the fee.
    assert cleared["amountOut"] == received - fee
    shared = sum(copy["amountOut"] for copy in named(tx, "TradeCopied"))
    assert shared + cleared["dust"] + fee == received
    assert cleared["keeper"] == world.keeper
    assert hub.feeBalance(world.keeper, world.weth) == fee
    assert sum(hub.vaultBalance(vault, world.weth) for vault in (1, *vaults)) == shared
    assert world.weth.balanceOf(hub) == held + received
    hub.claimFees(world.weth, {"from": world.keeper})
    assert hub.accountBalance(world.keeper, world.weth) == fee


def test_a_keeper_is_paid_in_what_is_bought(world, hub):
    strategy, _ = world.create_strategy()
    world.trade(strategy, world.usdc, world.weth)
    (cleared,) = named(_carry(world, world.order(strategy, world.weth, world.usdc), 2), "BatchCleared")
    assert 0 < cleared["keeperFee"] == hub.feeBalance(world.keeper, world.usdc)
    assert cleared["keeperFee"] < cleared["oracleOut"] * 20 // 10_000


def test_a_keeper_gets_a_small_part_at_most_however_dear_gas_is(world, hub):
    assert hub.MAX_KEEPER_FEE_BPS() == 20
    strategy, _ = world.create_strategy()
    received = world.bought(world.usdc, world.weth, 10_000 * USDC)
    (cleared,) = named(_carry(world, world.order(strategy, world.usdc, world.weth), 1_000), "BatchCleared")
    assert cleared["keeperFee"] == received * 20 // 10_000
    assert cleared["amountOut"] == received - received * 20 // 10_000


def test_gas_that_costs_nothing_pays_nothing(world, hub):
    strategy, _ = world.create_strategy()
    (cleared,) = named(_carry(world, world.order(strategy, world.usdc, world.weth), 0), "BatchCleared")
    assert cleared["keeperFee"] == hub.feeBalance(world.keeper, world.weth) == 0


def test_a_leader_is_paid_for_no_trade_of_their_own(world, hub):
    strategy, _ = world.create_strategy()
    order = world.order(strategy, world.usdc, world.weth, portion=ALL // 2)
    (carried,) = named(_carry(world, order, 10, who=world.leader), "BatchCleared")
    params = world.trade_params(strategy, world.usdc, world.weth)
    (direct,) = named(_at_base_fee(10, hub.trade, params, who=world.leader), "BatchCleared")
    for cleared in (carried, direct):
        assert (cleared["keeperFee"], cleared["keeper"]) == (0, ZERO_ADDRESS)


def test_an_owner_is_paid_for_no_trade_of_their_own(world, hub):
    strategy, _ = world.create_strategy()
    vault = world.open_vault(world.followers[0], strategy, 1_000 * USDC)
    params = (vault, world.pool(world.usdc, world.weth), world.usdc, world.weth, USDC, 0, 2**40 - 1)
    tx = _at_base_fee(10, hub.manualTrade, params, who=world.followers[0])
    assert named(tx, "BatchCleared")[0]["keeperFee"] == 0


@pytest.fixture
def five(world, hub):
    """A strategy with five vaults, and a trade whose first batch is done."""
    strategy, _ = world.create_strategy()
    vaults = [world.open_vault(follower, strategy, 1_000 * USDC) for follower in world.followers]
    world.trade(strategy, world.usdc, world.weth)
    return strategy, vaults


def test_a_later_batch_and_a_close_pay_whoever_carries_them(world, hub, five):
    strategy, vaults = five
    (cleared,) = named(_at_base_fee(1, hub.continueTrade, strategy, 3, who=world.keeper), "BatchCleared")
    assert 0 < cleared["keeperFee"] == hub.feeBalance(world.keeper, world.weth)
    hub.requestExit(vaults[0], {"from": world.followers[0]})
    params = (strategy, world.pool(world.usdc, world.weth), world.weth, vaults[:1])
    (cleared,) = named(_at_base_fee(1, hub.closeVaults, params, who=world.keeper), "BatchCleared")
    assert 0 < cleared["keeperFee"] == hub.feeBalance(world.keeper, world.usdc)


def test_empty_work_pays_nothing(world, hub, five):
    strategy, vaults = five
    for vault, follower in zip(vaults, world.followers, strict=True):
        hub.pause(vault, {"from": follower})
    tx = _at_base_fee(10, hub.continueTrade, strategy, 3, who=world.keeper)
    assert len(named(tx, "CopySkipped")) == 2
    held = hub.vaultBalance(vaults[0], world.weth) or hub.vaultBalance(vaults[1], world.weth)
    stopped = next(vault for vault in vaults if hub.vaultBalance(vault, world.weth) == held)
    owner = hub.vaultOf(stopped)["owner"]
    hub.setPolicy(stopped, Policy(on_stop=OnBreach.SUSPEND, stop_loss_bps=200).struct(), {"from": owner})
    hub.resume(stopped, {"from": owner})
    world.feeds[world.weth.address].post(weth_price(900 * USDC, held), {"from": world.owner})
    params = (strategy, world.pool(world.usdc, world.weth), world.weth, [stopped])
    tx = _at_base_fee(10, hub.closeVaults, params, who=world.keeper)
    assert len(named(tx, "VaultStatusSet")) == 1
    assert [hub.feeBalance(world.keeper, token) for token in world.tokens] == [0, 0, 0]


@pytest.mark.parametrize("named_by", ["nothing", "a token without a feed", "a token whose feed is dead"])
def test_where_gas_has_no_price_trades_go_on_unpaid(world, pays, named_by):
    token = ZERO_ADDRESS if named_by == "nothing" else world.new_token()
    if named_by == "a token whose feed is dead":
        own = {"from": world.owner}
        feed = world.contracts.TestnetFeed.deploy(8, "dead", world.owner, own)
        feed.post(0, own)
        world.oracle.setFeed(token, feed, 3_600, own)
    hub = pays(token)
    strategy, _ = world.create_strategy()
    (cleared,) = named(_carry(world, world.order(strategy, world.usdc, world.weth), 10), "BatchCleared")
    assert (cleared["keeperFee"], cleared["keeper"]) == (0, world.keeper)
    assert hub.vaultBalance(1, world.weth) == cleared["amountOut"] > 3 * WETH
