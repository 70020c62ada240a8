"""Attacks by name, those that no other file is about: what each could win, and that it does not."""

import pytest
from brownie import accounts, web3
from brownie.exceptions import VirtualMachineError
from world import (
    ALL,
    NO_LIMITS,
    USDC,
    WETH,
    Reason,
    copies,
    cost,
    named,
    refused,
    skips,
    start_of,
)

from protocol.types import FeeTerms

HELD = 1_000 * USDC


@pytest.fixture
def strategy(world):
    return world.create_strategy()[0]


def _worth(world, vault):
    """What a vault is worth when WETH is at 2,500 USDC and it holds nothing else."""
    hub = world.hub
    return hub.vaultBalance(vault, world.usdc) + hub.vaultBalance(vault, world.weth) * 2_500 // 10**12


# The leader as the attacker


def _until_the_budget_is_used_up(steps):
    """How many steps went through before one was refused for the loss budget."""
    for count, step in enumerate(steps):
        try:
            step()
        except VirtualMachineError as refusal:
            if not refusal.revert_msg.startswith("LossBudgetUsedUp: "):
                raise
            return count
    raise AssertionError("never refused")


def test_a_leader_who_sandwiches_the_followers_wins_no_more_than_the_loss_budget(world):
    """Pushes the pool before each trade, by as much as the oracle lets pass, and back after it."""
    usdc, weth = world.usdc, world.weth
    strategy, _ = world.create_strategy(limits={"loss_budget_bps": 200})
    vault = world.open_vault(world.followers[0], strategy, HELD)

    def sandwich(token_in, token_out, pushed):
        world.move_market(token_in, token_out, pushed)
        world.trade(strategy, token_in, token_out)
        # Back, and as far again the other way, where the next trade is waited for.
        world.move_market(token_out, token_in, world.bought(token_in, token_out, pushed))

    sandwiches = [
        lambda: sandwich(usdc, weth, 100_000 * USDC),
        lambda: sandwich(weth, usdc, 40 * WETH),
    ] * 5
    count = _until_the_budget_is_used_up(sandwiches)
    # Half of the two percent fits at a time, and what little leaks out in these minutes.
    lost = HELD - _worth(world, vault)
    assert 0 < count < 5
    assert HELD * 50 // 10_000 < lost <= HELD * 101 // 10_000
    assert world.hub.stateOf(strategy)["lossUsed"] <= 10_000_000


def test_a_slow_bleed_by_many_bad_swaps_is_bounded_by_the_loss_budget(world):
    usdc, weth = world.usdc, world.weth
    strategy, _ = world.create_strategy(limits={"loss_budget_bps": 100})
    vault = world.open_vault(world.followers[0], strategy, HELD)
    swaps = [
        lambda: world.trade(strategy, usdc, weth, portion=ALL // 2),
        lambda: world.trade(strategy, weth, usdc),
    ] * 20
    assert 8 < _until_the_budget_is_used_up(swaps) < 20
    assert 0 < HELD - _worth(world, vault) <= HELD * 51 // 10_000


def test_a_leader_gains_nothing_from_a_thin_pool_that_is_allowed(world):
    """An own pool cannot be listed; a thin one takes only what hardly moves its price."""
    usdc, weth = world.usdc, world.weth
    pool = world.uniswap.create_pool(usdc.address, weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH)
    world.uniswap.add_liquidity(pool, {usdc.address: 25_000 * USDC, weth.address: 10 * WETH})
    world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    world.let_pass(600)
    strategy, _ = world.create_strategy(
        stake=10 * USDC, pools=[pool.address], limits={"max_impact_bps": 100}, max_slippage_bps=1_000
    )
    vault = world.open_vault(world.followers[0], strategy, 10_000 * USDC)
    copy = copies(world.trade(strategy, usdc, weth, pool=pool.address))[vault]
    # One percent of impact takes half a percent of what is in it.
    assert copy["reducedBy"] == Reason.POOL_DEPTH
    assert copy["amountIn"] < 125 * USDC
    lost = 10_000 * USDC - _worth(world, vault)
    assert lost < 125 * USDC * 2 // 100


def test_money_that_comes_trades_and_goes_in_one_transaction_is_not_traded(world, strategy):
    hub, leader = world.hub, {"from": world.leader}
    world.deposit(world.leader, 100 * HELD)
    params = world.trade_params(strategy, world.usdc, world.weth)
    entries = [hub.allocate.encode_input(1, HELD), hub.trade.encode_input(params)]
    with refused("FundedNow", 1):
        hub.multicall(entries, leader)
    # A leader's vault as a follower, opened in the transaction of the trade: it stands aside.
    opening = hub.openVault.encode_input(strategy, NO_LIMITS, HELD, 1, world.stranger)
    tx = hub.multicall([opening, hub.trade.encode_input(params)], leader)
    own = hub.vaultCount()
    assert skips(tx) == {own: Reason.FUNDED_NOW}
    swap = (own, world.pool(world.usdc, world.weth), world.usdc, world.weth, USDC, 0, 2**40 - 1)
    with refused("FundedNow", own):
        hub.multicall([hub.allocate.encode_input(own, 1), hub.manualTrade.encode_input(swap)], leader)
    hub.manualTrade(swap, leader)
    close = hub.closeVaults.encode_input((strategy, swap[1], world.weth, [own]))
    calls = [hub.allocate.encode_input(own, 1), hub.requestExit.encode_input(own), close]
    with refused("NothingToSell"):
        hub.multicall(calls, leader)
    # One transaction later it is like any other money.
    hub.multicall(calls[:2], leader)
    hub.multicall(calls[2:], leader)
    assert hub.vaultBalance(own, world.weth) == 0


# Hostile followers

CODE = {
    "reverts": "0x60006000fd",
    "burns all gas": "0x5b600056",
    "returns a megabyte": "0x620fffff6000f3",
}


@pytest.mark.parametrize("code", CODE.values(), ids=CODE.keys())
def test_a_follower_who_reverts_burns_gas_or_returns_a_megabyte_is_never_called(world, code):
    hub, hostile = world.hub, world.followers[0]
    strategy, _ = world.create_strategy(copy_fee_bps=10)
    vaults = [world.open_vault(follower, strategy, HELD, referrer=hostile) for follower in world.followers]

    def has(behaviour):
        web3.provider.make_request("anvil_setCode", [hostile.address, behaviour])

    def happens(call, *arguments, who):
        """At the gas that it takes while the follower is a plain account."""
        needed = {}
        for behaviour in ("0x", code):
            has(behaviour)
            needed[behaviour] = call.estimate_gas(*arguments, {"from": who})
        assert needed["0x"] == needed[code]
        call(*arguments, {"from": who})

    params = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 2)
    happens(hub.trade, params, who=world.leader)
    happens(hub.continueTrade, strategy, 3, who=world.keeper)
    assert all(hub.vaultBalance(vault, world.weth) > 0 for vault in vaults)


def test_dust_vaults_neither_hold_up_a_trade_nor_use_up_its_loss_budget(world):
    hub, batch = world.hub, world.hub.batchSize()
    strategy, _ = world.create_strategy(limits={"loss_budget_bps": 20})
    vaults = [world.open_vault(world.followers[i % 5], strategy, 10 * USDC) for i in range(3 * batch)]
    start = start_of(1, len(vaults))
    for vault in (vaults[start:] + vaults[:start])[batch : 2 * batch]:
        hub.deallocate(vault, world.usdc, 10 * USDC - 1, {"from": hub.vaultOf(vault)["owner"]})
    (cleared,) = named(world.trade(strategy, world.usdc, world.weth), "BatchCleared")
    rate = cost(cleared)
    used = hub.stateOf(strategy)["lossUsed"]
    assert used == rate
    (dust,) = named(hub.continueTrade(strategy, batch, {"from": world.keeper}), "BatchCleared")
    # Three units, of which the pool keeps one as its fee.
    assert (dust["amountIn"], cost(dust) > 300_000_000, cost(dust, units=1) < rate) == (3, True, True)
    assert hub.stateOf(strategy)["lossUsed"] == used
    tx = hub.continueTrade(strategy, batch, {"from": world.keeper})
    assert (len(copies(tx)), len(named(tx, "TradeCompleted"))) == (batch, 1)


# Keepers


def test_whatever_gas_a_keeper_sends_a_batch_happens_whole_or_not_at_all(world, strategy):
    """Every batch size, and gas from too little for anything to more than enough."""
    hub = world.hub
    vaults = [world.open_vault(world.followers[i % 5], strategy, HELD) for i in range(6)]
    world.trade(strategy, world.usdc, world.weth)
    waiting = [vault for vault in vaults if hub.vaultBalance(vault, world.weth) == 0]
    assert len(waiting) == 3
    for visits in (1, 2, 3):
        outcomes = set()
        for gas in (40_000, *range(80_000, 480_000, 50_000)):
            snapshot = web3.provider.make_request("evm_snapshot", [])["result"]
            call = {
                "from": world.keeper.address,
                "to": hub.address,
                "data": hub.continueTrade.encode_input(strategy, visits),
                "gas": hex(gas),
            }
            hash_ = web3.provider.make_request("eth_sendTransaction", [call])["result"]
            succeeded = web3.eth.wait_for_transaction_receipt(hash_)["status"] == 1
            copied = [vault for vault in waiting if hub.vaultBalance(vault, world.weth) > 0]
            assert len(copied) == (visits if succeeded else 0)
            assert all((hub.vaultBalance(vault, world.usdc) == 0) == (vault in copied) for vault in waiting)
            outcomes.add(succeeded)
            web3.provider.make_request("evm_revert", [snapshot])
        assert outcomes == {True, False}


def test_a_keeper_who_lies_about_the_price_is_refused_both_ways(world, strategy):
    """There is one right answer to who stands aside; see test_price_skips for its edges."""
    hub = world.hub
    world.open_vault(world.followers[0], strategy, HELD)
    order = world.order(strategy, world.usdc, world.weth)
    hub.setPolicy(2, _slippage(10), {"from": world.followers[0]})
    carry = hub.executeOrder.encode_input(order, world.sign(order))
    with pytest.raises(VirtualMachineError, match="SkippedAtGoodPrice"):
        hub.multicall([hub.expectSlippage.encode_input(20), carry], {"from": world.keeper})
    world.feeds[world.weth.address].post(2_495 * 10**8, {"from": world.owner})
    with pytest.raises(VirtualMachineError, match="PriceBelowOracle"):
        hub.multicall([carry], {"from": world.keeper})
    tx = hub.multicall([hub.expectSlippage.encode_input(20), carry], {"from": world.keeper})
    assert skips(tx) == {2: Reason.SLIPPAGE}


def _slippage(bps):
    policy = list(NO_LIMITS)
    policy[5] = bps
    return tuple(policy)


# Hostile tokens


def test_a_token_that_rebases_takes_from_its_own_holders_only(world, hostile):
    hub, anyone = world.hub, {"from": world.stranger}
    token = hostile.RebasingToken.deploy(anyone)
    world.list_token(token)
    for follower in world.followers[:2]:
        token.mint(follower, 1_000, anyone)
        token.approve(hub, 1_000, {"from": follower})
        world.deposit(follower, 1_000, token)
        world.deposit(follower, HELD)
    token.rebase(hub, 1_500, anyone)
    first, second = world.followers[:2]
    hub.withdraw(token, 1_000, first, {"from": first})
    with refused("ERC20InsufficientBalance", hub, 500, 1_000):
        hub.withdraw(token, 1_000, second, {"from": second})
    hub.withdraw(token, 500, second, {"from": second})
    # What it gives is nobody's, and other tokens are untouched.
    token.rebase(hub, 9_000, anyone)
    with refused("InsufficientBalance", 500, 501):
        hub.withdraw(token, 501, second, {"from": second})
    for follower in (first, second):
        hub.withdraw(world.usdc, HELD, follower, {"from": follower})


def test_a_view_read_in_the_middle_of_a_transfer_never_shows_more_than_there_is(world, hostile):
    hub, follower, anyone = world.hub, world.followers[0], {"from": world.stranger}
    token = hostile.CallingToken.deploy(anyone)
    world.list_token(token)
    token.mint(follower, 1_000, anyone)
    token.approve(hub, 1_000, {"from": follower})
    token.callDuringTransfer(hub, hub.accountBalance.encode_input(follower, token), anyone)

    def shown():
        return int(token.lastAnswer().hex(), 16)

    world.deposit(follower, 1_000, token)
    assert (shown(), hub.accountBalance(follower, token)) == (0, 1_000)
    hub.withdraw(token, 400, follower, {"from": follower})
    assert (shown(), hub.accountBalance(follower, token)) == (600, 600)


def test_a_token_that_reenters_by_another_contract_is_refused_too(world, hostile):
    """The token calls a wallet of its own, which calls the hub: the lock is the hub's, not the caller's."""
    hub, owner = world.hub, world.followers[4]
    token = hostile.CallingToken.deploy({"from": world.stranger})
    wallet = hostile.LeadersWallet.deploy({"from": accounts.at(token.address, force=True)})
    world.list_token(token)
    token.mint(owner, 10, {"from": world.stranger})
    token.approve(hub, 10, {"from": owner})
    inner = hub.withdraw.encode_input(token, 1, owner)
    token.callDuringTransfer(wallet, wallet.execute.encode_input(hub, inner), {"from": world.stranger})
    with refused("ReentrancyGuardReentrantCall"):
        world.deposit(owner, 10, token)


# Marks and fees on the real hub


def test_emptying_and_refilling_a_vault_evades_no_mark(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy(fees=FeeTerms(performance_bps=2_000))
    vault = world.open_vault(follower, strategy, HELD)
    world.trade(strategy, world.usdc, world.weth)
    held = hub.vaultBalance(vault, world.weth)
    world.feeds[world.weth.address].post(2_000 * 10**8, {"from": world.owner})
    lost = HELD - held * 2_000 // 10**12
    hub.deallocate(vault, world.weth, held, {"from": follower})
    assert tuple(hub.marksOf(vault)) == (lost, 0)
    world.add_money(follower, vault, HELD)
    assert tuple(hub.marksOf(vault)) == (HELD + lost, HELD)


def test_a_pumped_pool_makes_no_fee(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy(fees=FeeTerms(performance_bps=3_000))
    vault = world.open_vault(follower, strategy, HELD)
    world.trade(strategy, world.usdc, world.weth)
    world.move_market(world.usdc, world.weth, 20_000_000 * USDC)
    world.let_pass(600)
    held = hub.vaultBalance(vault, world.weth)
    assert world.bought(world.weth, world.usdc, held) > 3 * HELD // 2
    assert tuple(hub.previewOutflow(vault, world.weth, held)) == (0, 0, 0)
    tx = hub.exit(vault, world.tokens, follower, {"from": follower})
    assert named(tx, "FeeCharged") == []
    assert named(tx, "Withdrawn")[0]["amount"] == held
