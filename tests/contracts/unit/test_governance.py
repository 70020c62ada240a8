"""What owner, guardian and gate can refuse, for how long, and that none of them is asked about leaving."""

import brownie
import pytest
from brownie import ZERO_ADDRESS, web3
from world import (
    ALL,
    LISTING_DELAY,
    NO_LIMITS,
    USDC,
    WBTC,
    WETH,
    Reason,
    events,
    mine_at,
    named,
    next_block_at,
    refused,
)


@pytest.fixture
def guardian(world):
    """The keeper, who has become the guardian."""
    world.hub.setGuardian(world.keeper, {"from": world.owner})
    return world.keeper


@pytest.fixture
def strategy(world):
    return world.create_strategy(copy_fee_bps=100)[0]


@pytest.fixture
def vault(world, strategy):
    """A vault of the first follower that holds USDC and WETH, with 1,000 USDC left in the account."""
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    world.deposit(world.followers[0], 1_000 * USDC)
    return vault


@pytest.fixture
def waiting_token(world, strategy):
    """A token whose listing waits, as there is a strategy already, and the time from when on it is usable."""
    token = world.new_token()
    tx = world.list_token(token)
    return token, tx.timestamp + LISTING_DELAY


@pytest.fixture
def waiting_pool(world, strategy):
    """A pool whose listing waits, and the time from when on it is usable."""
    pool = world.uniswap.create_pool(
        world.weth.address, world.wbtc.address, 10_000, amount_a=20 * WETH, amount_b=WBTC
    )
    tx = world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    return pool, tx.timestamp + LISTING_DELAY


# Listings wait


def test_a_listing_is_usable_at_once_while_nobody_can_be_surprised(world):
    token, follower = world.new_token(), world.followers[0]
    tx = world.list_token(token)
    assert named(tx, "TokenListed") == [{"token": token, "usableFrom": tx.timestamp}]
    token.mint(follower, 5, {"from": world.owner})
    token.approve(world.hub, 5, {"from": follower})
    world.deposit(follower, 5, token)
    assert world.hub.accountBalance(follower, token) == 5
    with refused("NotPending", token):
        world.hub.veto(token, {"from": world.owner})


def test_a_token_waits_as_soon_as_there_is_a_strategy(world, waiting_token):
    hub, follower, own = world.hub, world.followers[0], {"from": world.owner}
    token, usable_from = waiting_token
    token.mint(follower, 5, own)
    token.approve(hub, 5, {"from": follower})
    assert not hub.isListedToken(token)
    with refused("AlreadyListed", token):
        hub.listToken(token, own)
    mine_at(usable_from - 2)
    assert not hub.isListedToken(token)
    next_block_at(usable_from - 1)
    with refused("TokenNotListed", token):
        hub.deposit(token, 5, follower, {"from": follower})
    with refused("TokenNotListed", token):
        world.create_strategy(stake=0, tokens=[token], pools=[])
    mine_at(usable_from)
    assert hub.isListedToken(token)
    hub.deposit(token, 5, follower, {"from": follower})
    world.create_strategy(stake=0, tokens=[token], pools=[])


def test_a_token_is_usable_in_the_very_second_it_was_promised_for(world, waiting_token):
    token, usable_from = waiting_token
    follower = world.followers[0]
    token.mint(follower, 5, {"from": world.owner})
    token.approve(world.hub, 5, {"from": follower})
    next_block_at(usable_from)
    tx = world.deposit(follower, 5, token)
    assert tx.timestamp == usable_from


def test_a_pool_waits_as_soon_as_there_is_a_strategy(world, waiting_pool):
    hub = world.hub
    pool, usable_from = waiting_pool
    terms = world.offer(pools=[pool.address])
    assert hub.venueOf(pool.address) == ZERO_ADDRESS
    with refused("AlreadyListed", pool.address):
        hub.listPool(pool.address, world.venue, {"from": world.owner})
    next_block_at(usable_from - 1)
    with refused("PoolNotListed", pool.address):
        hub.createStrategy(terms, {"from": world.leader})
    mine_at(usable_from)
    assert hub.venueOf(pool.address) == world.venue
    hub.createStrategy(terms, {"from": world.leader})


def test_a_listing_tells_when_it_is_usable(world, strategy):
    token, own = world.new_token(), {"from": world.owner}
    tx = world.list_token(token)
    listed = {"token": token, "usableFrom": tx.timestamp + LISTING_DELAY}
    assert events(tx, world.hub) == [("TokenListed", listed)]
    pool = world.uniswap.create_pool(token.address, world.weth.address, 500, amount_a=1, amount_b=1)
    tx = world.hub.listPool(pool.address, world.venue, own)
    listed = {"pool": pool.address, "venue": world.venue, "token0": pool.token0, "token1": pool.token1}
    listed["usableFrom"] = tx.timestamp + LISTING_DELAY
    assert events(tx, world.hub) == [("PoolListed", listed)]


# Veto


@pytest.mark.parametrize("who", ["owner", "keeper"])
def test_owner_and_guardian_withdraw_a_listing_that_waits(world, guardian, waiting_token, waiting_pool, who):
    hub, objector = world.hub, getattr(world, who)
    (token, token_usable), (pool, pool_usable) = waiting_token, waiting_pool
    for what in (token.address, pool.address):
        tx = hub.veto(what, {"from": objector})
        assert events(tx, hub) == [("ListingVetoed", {"what": what, "by": objector})]
        with refused("NotPending", what):
            hub.veto(what, {"from": objector})
    mine_at(max(token_usable, pool_usable))
    assert not hub.isListedToken(token)
    assert hub.venueOf(pool.address) == ZERO_ADDRESS


def test_what_was_vetoed_may_be_listed_again_and_waits_again(world, waiting_token, waiting_pool):
    hub, own = world.hub, {"from": world.owner}
    token, pool = waiting_token[0], waiting_pool[0]
    hub.veto(token, own)
    hub.veto(pool.address, own)
    mine_at(web3.eth.get_block("latest")["timestamp"] + LISTING_DELAY)
    tx = hub.listToken(token, own)
    assert named(tx, "TokenListed")[0]["usableFrom"] == tx.timestamp + LISTING_DELAY
    tx = hub.listPool(pool.address, world.venue, own)
    assert named(tx, "PoolListed")[0]["usableFrom"] == tx.timestamp + LISTING_DELAY


def test_a_listing_is_vetoed_in_its_last_second_of_waiting_and_no_later(
    world, guardian, waiting_token, waiting_pool
):
    hub, what = world.hub, waiting_pool[0].address
    token, usable_from = waiting_token
    mine_at(usable_from - 2)
    next_block_at(usable_from - 1)
    hub.veto(token, {"from": guardian})
    next_block_at(waiting_pool[1])
    for objector in (world.owner, guardian):
        with refused("NotPending", what):
            hub.veto(what, {"from": objector})
    assert hub.venueOf(what) == world.venue


def test_nothing_that_is_in_use_or_was_never_listed_is_vetoed(world, guardian, strategy):
    for what in (world.usdc, world.pool(world.usdc, world.weth), world.stranger, ZERO_ADDRESS):
        with refused("NotPending", what):
            world.hub.veto(what, {"from": guardian})
    assert world.hub.isListedToken(world.usdc)


@pytest.mark.parametrize("who", ["leader", "treasury", "stranger", "keeper"])
def test_nobody_else_vetoes(world, waiting_token, who):
    with refused("NotAllowedToVeto"):
        world.hub.veto(waiting_token[0], {"from": getattr(world, who)})


def test_a_pool_of_a_vetoed_token_is_in_no_strategy(world, waiting_token):
    hub, own = world.hub, {"from": world.owner}
    token, _ = waiting_token
    pool = world.uniswap.create_pool(token.address, world.usdc.address, 500, amount_a=10**18, amount_b=USDC)
    tx = hub.listPool(pool.address, world.venue, own)
    hub.veto(token, own)
    mine_at(tx.timestamp + LISTING_DELAY)
    assert hub.venueOf(pool.address) == world.venue
    with refused("TokenNotListed", token):
        world.create_strategy(stake=0, tokens=[token], pools=[pool.address])
    with refused("TokenNotAllowed", token):
        world.create_strategy(stake=0, pools=[pool.address])


# The guardian


def test_a_guardian_is_appointed_replaced_and_dismissed(world, strategy):
    hub, own = world.hub, {"from": world.owner}
    for who in (world.keeper, world.stranger, ZERO_ADDRESS):
        tx = hub.setGuardian(who, own)
        assert events(tx, hub) == [("GuardianSet", {"guardian": who})]
        assert hub.guardian() == who
    for former in (world.keeper, world.stranger):
        with refused("NotAllowedToHalt"):
            hub.haltTrading(0, {"from": former})


def test_a_guardian_can_neither_list_nor_resume_nor_appoint(world, guardian, strategy):
    hub, who = world.hub, {"from": guardian}
    hub.haltTrading(strategy, who)
    token = world.new_token()
    world.price(token)
    for call in (
        lambda: hub.listToken(token, who),
        lambda: hub.listPool(world.pool(world.usdc, world.weth), world.venue, who),
        lambda: hub.resumeTrading(strategy, who),
        lambda: hub.setGuardian(world.stranger, who),
        lambda: hub.setGate(ZERO_ADDRESS, who),
        lambda: hub.setTreasury(guardian, who),
        lambda: hub.transferOwnership(guardian, who),
    ):
        with refused("OwnableUnauthorizedAccount", guardian):
            call()
    assert hub.strategyOf(strategy)["halted"]


def test_a_guardian_can_move_nobodys_money(world, guardian, vault):
    hub, who = world.hub, {"from": guardian}
    for call in (
        lambda: hub.deallocate(vault, world.usdc, 1, who),
        lambda: hub.allocate(vault, 1, who),
        lambda: hub.exit(vault, [world.usdc], guardian, who),
        lambda: hub.leaveStrategy(vault, who),
        lambda: hub.pause(vault, who),
    ):
        with refused("NotVaultOwner"):
            call()
    with refused("NotLeader"):
        hub.trade(world.trade_params(1, world.weth, world.usdc), who)
    with refused("InsufficientBalance", 0, 1):
        hub.withdraw(world.usdc, 1, guardian, who)
    with refused("ZeroAmount"):
        hub.claimFees(world.usdc, who)


# The gate


@pytest.fixture
def gate(world, hostile):
    """A gate that refuses nobody yet."""
    gate = hostile.DenyList.deploy({"from": world.owner})
    tx = world.hub.setGate(gate, {"from": world.owner})
    assert events(tx, world.hub) == [("GateSet", {"gate": gate})]
    assert world.hub.gate() == gate
    return gate


def test_whom_the_gate_refuses_does_not_enter(world, gate, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    who = {"from": follower}
    calls = (
        lambda: hub.deposit(world.usdc, 1, follower, who),
        lambda: hub.openVault(strategy, NO_LIMITS, 10 * USDC, 1, ZERO_ADDRESS, who),
        lambda: hub.allocate(vault, 1, who),
        lambda: hub.createStrategy(world.offer(), who),
    )
    gate.set(follower, True, {"from": world.owner})
    for call in calls:
        with refused("Refused", gate, follower):
            call()
    # In an account that is refused nobody else can leave anything either.
    with refused("Refused", gate, follower):
        hub.deposit(world.usdc, 1, follower, {"from": world.followers[1]})
    gate.set(follower, False, {"from": world.owner})
    for call in calls:
        call()


def test_whom_the_gate_refuses_pays_in_for_nobody(world, gate):
    hub, payer, owner = world.hub, world.followers[0], world.followers[1]
    gate.set(payer, True, {"from": world.owner})
    with refused("Refused", gate, payer):
        hub.deposit(world.usdc, 1, owner, {"from": payer})
    # Of two who are refused, the payer is named.
    gate.set(owner, True, {"from": world.owner})
    with refused("Refused", gate, payer):
        hub.deposit(world.usdc, 1, owner, {"from": payer})
    gate.set(payer, False, {"from": world.owner})
    with refused("Refused", gate, owner):
        hub.deposit(world.usdc, 1, owner, {"from": payer})
    gate.set(owner, False, {"from": world.owner})
    hub.deposit(world.usdc, 1, owner, {"from": payer})
    assert hub.accountBalance(owner, world.usdc) == 1


def test_whom_the_gate_lets_in_is_not_asked_about_others(world, gate, strategy):
    gate.set(world.stranger, True, {"from": world.owner})
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    assert world.hub.vaultBalance(vault, world.weth) > 0


def _leave_with_everything(world, strategy, vault):
    """Every way out of a vault, an account and a leader's book that there is, to the last unit."""
    hub, follower, leader = world.hub, world.followers[0], world.leader
    owned = [token.balanceOf(follower) for token in world.tokens]
    held = [hub.vaultBalance(vault, token) for token in world.tokens]
    idle = [hub.accountBalance(follower, token) for token in world.tokens]
    hub.deallocate(vault, world.usdc, 1, {"from": follower})
    hub.withdraw(world.usdc, 1, follower, {"from": follower})
    hub.pause(vault, {"from": follower})
    hub.setPolicy(vault, NO_LIMITS, {"from": follower})
    hub.resume(vault, {"from": follower})
    hub.leaveStrategy(vault, {"from": follower})
    hub.exit(vault, world.tokens, follower, {"from": follower})
    hub.withdraw(world.usdc, idle[0], follower, {"from": follower})
    assert [token.balanceOf(follower) for token in world.tokens] == [
        owned[i] + held[i] + idle[i] for i in range(3)
    ]
    fees = hub.feeBalance(leader, world.usdc)
    assert fees > 0
    hub.claimFees(world.usdc, {"from": leader})
    assert hub.accountBalance(leader, world.usdc) == fees
    hub.withdraw(world.usdc, fees, leader, {"from": leader})
    leader_vault = hub.strategyOf(strategy)["leaderVault"]
    hub.exit(leader_vault, world.tokens, leader, {"from": leader})
    assert [hub.vaultBalance(leader_vault, token) for token in world.tokens] == [0, 0, 0]
    hub.cancelOrders(0, 1, {"from": leader})
    assert hub.closedNonces(leader, 0) == 1


def test_whom_the_gate_refuses_leaves_with_everything(world, gate, strategy, vault):
    for who in (world.followers[0], world.leader):
        gate.set(who, True, {"from": world.owner})
    _leave_with_everything(world, strategy, vault)


def test_a_gate_that_cannot_be_asked_refuses_entry_and_no_exit(world, strategy, vault):
    world.hub.setGate(world.stranger, {"from": world.owner})
    follower = world.followers[0]
    with brownie.reverts():
        world.hub.deposit(world.usdc, 1, follower, {"from": follower})
    with brownie.reverts():
        world.hub.allocate(vault, 1, {"from": follower})
    _leave_with_everything(world, strategy, vault)


def test_without_a_gate_everybody_enters(world, gate, strategy):
    gate.set(world.followers[0], True, {"from": world.owner})
    world.hub.setGate(ZERO_ADDRESS, {"from": world.owner})
    world.open_vault(world.followers[0], strategy, 10 * USDC)


# Halts


@pytest.mark.parametrize("who", ["owner", "keeper"])
@pytest.mark.parametrize("all_of_them", [True, False])
def test_owner_and_guardian_halt_and_only_the_owner_resumes(world, guardian, strategy, who, all_of_them):
    hub, which = world.hub, 0 if all_of_them else strategy
    tx = hub.haltTrading(which, {"from": getattr(world, who)})
    assert events(tx, hub) == [("TradingHalted", {"strategyId": which, "by": getattr(world, who)})]
    assert (hub.halted(), hub.strategyOf(strategy)["halted"]) == (all_of_them, not all_of_them)
    with refused("Halted", which):
        hub.haltTrading(which, {"from": world.owner})
    for intruder in (guardian, world.leader, world.stranger):
        with refused("OwnableUnauthorizedAccount", intruder):
            hub.resumeTrading(which, {"from": intruder})
    tx = hub.resumeTrading(which, {"from": world.owner})
    assert events(tx, hub) == [("TradingResumed", {"strategyId": which})]
    assert (hub.halted(), hub.strategyOf(strategy)["halted"]) == (False, False)
    with refused("NotHalted", which):
        hub.resumeTrading(which, {"from": world.owner})


def test_a_leader_halts_their_own_strategy_and_no_other(world, strategy):
    hub, other_leader = world.hub, world.followers[1]
    hub.createStrategy(world.offer(), {"from": other_leader})
    others = hub.strategyCount()
    for which in (0, others, others + 1):
        with refused("NotAllowedToHalt"):
            hub.haltTrading(which, {"from": world.leader})
    tx = hub.haltTrading(strategy, {"from": world.leader})
    assert events(tx, hub) == [("TradingHalted", {"strategyId": strategy, "by": world.leader})]
    assert not hub.strategyOf(others)["halted"]


def test_nobody_else_halts(world, strategy):
    for who in (world.treasury, world.stranger, world.keeper, world.followers[0]):
        for which in (0, strategy):
            with refused("NotAllowedToHalt"):
                world.hub.haltTrading(which, {"from": who})


def test_a_strategy_that_does_not_exist_is_neither_halted_nor_resumed(world):
    with refused("UnknownStrategy", 1):
        world.hub.haltTrading(1, {"from": world.owner})
    with refused("UnknownStrategy", 1):
        world.hub.resumeTrading(1, {"from": world.owner})
    with refused("NotHalted", 0):
        world.hub.resumeTrading(0, {"from": world.owner})


@pytest.mark.parametrize("all_of_them", [True, False])
def test_no_entry_and_no_trade_while_halted_and_again_afterwards(world, strategy, vault, all_of_them):
    hub, which = world.hub, 0 if all_of_them else strategy
    follower, leader = {"from": world.followers[0]}, {"from": world.leader}
    order = world.order(strategy, world.usdc, world.weth, portion=ALL // 2)
    params = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 2)
    calls = (
        lambda: hub.allocate(vault, 1, follower),
        lambda: hub.allocate(1, 1, leader),
        lambda: hub.openVault(strategy, NO_LIMITS, 10 * USDC, 1, ZERO_ADDRESS, follower),
        lambda: hub.trade(params, leader),
        lambda: world.carry(order),
    )
    world.deposit(world.leader, 1)
    world.deposit(world.followers[0], 10 * USDC)
    hub.haltTrading(which, {"from": world.owner})
    for call in calls:
        with refused("Halted", which):
            call()
    hub.resumeTrading(which, {"from": world.owner})
    for call in calls:
        call()


def test_no_strategy_is_created_while_all_are_halted(world, strategy):
    world.hub.haltTrading(0, {"from": world.owner})
    with refused("Halted", 0):
        world.create_strategy()
    world.hub.resumeTrading(0, {"from": world.owner})
    world.hub.haltTrading(strategy, {"from": world.owner})
    world.create_strategy()


def test_a_halt_of_one_strategy_is_nothing_to_another(world, strategy):
    other, other_vault = world.create_strategy()
    world.hub.haltTrading(strategy, {"from": world.leader})
    world.open_vault(world.followers[0], other, 10 * USDC)
    world.trade(other, world.usdc, world.weth)
    assert world.hub.vaultBalance(other_vault, world.usdc) == 0


def test_a_halt_of_all_outlasts_the_resumption_of_one(world, strategy):
    hub, own = world.hub, {"from": world.owner}
    hub.haltTrading(strategy, own)
    hub.haltTrading(0, own)
    hub.resumeTrading(strategy, own)
    with refused("Halted", 0):
        world.trade(strategy, world.usdc, world.weth)
    hub.resumeTrading(0, own)
    world.trade(strategy, world.usdc, world.weth)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_a_halted_trade_is_copied_no_further_and_expires_all_the_same(world, strategy, all_of_them):
    hub, which = world.hub, 0 if all_of_them else strategy
    vaults = [world.open_vault(follower, strategy, 100 * USDC) for follower in world.followers]
    deadline = named(world.trade(strategy, world.usdc, world.weth), "TradeOpened")[0]["copyDeadline"]
    hub.haltTrading(which, {"from": world.owner})
    with refused("Halted", which):
        hub.continueTrade(strategy, 1, {"from": world.keeper})
    next_block_at(deadline)
    with refused("Halted", which):
        hub.continueTrade(strategy, 1, {"from": world.keeper})
    next_block_at(deadline + 1)
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [skip["reason"] for skip in named(tx, "CopySkipped")] == [Reason.EXPIRED, Reason.EXPIRED]
    assert len(named(tx, "TradeCompleted")) == 1
    untouched = [vault for vault in vaults if hub.vaultBalance(vault, world.usdc) == 100 * USDC]
    assert untouched == sorted(skip["vaultId"] for skip in named(tx, "CopySkipped"))


def test_a_trade_that_was_halted_in_its_window_goes_on_when_it_is_resumed(world, strategy):
    hub = world.hub
    for follower in world.followers:
        world.open_vault(follower, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    hub.haltTrading(strategy, {"from": world.leader})
    hub.resumeTrading(strategy, {"from": world.owner})
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert len(named(tx, "TradeCopied")) == 2


@pytest.mark.parametrize("all_of_them", [True, False])
def test_everybody_leaves_with_everything_while_halted(world, strategy, vault, all_of_them):
    world.hub.haltTrading(0 if all_of_them else strategy, {"from": world.owner})
    _leave_with_everything(world, strategy, vault)


def test_a_vault_exits_while_a_halted_trade_is_open_and_its_hole_is_filled(world, strategy):
    hub = world.hub
    vaults = [world.open_vault(follower, strategy, 100 * USDC) for follower in world.followers]
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    hub.haltTrading(0, {"from": world.owner})
    for vault, follower in zip(vaults, world.followers, strict=True):
        hub.exit(vault, world.tokens, follower, {"from": follower})
        assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]
    next_block_at(named(tx, "TradeOpened")[0]["copyDeadline"] + 1)
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    hub.prune(strategy, 0, {"from": world.keeper})
    assert hub.strategyOf(strategy)["memberCount"] == 4


# Abdication


def test_without_an_owner_the_registry_is_frozen_and_nothing_else(world, guardian, strategy, vault):
    hub, former = world.hub, world.owner
    own = {"from": former}
    token = world.new_token()
    world.price(token)
    pool = world.uniswap.create_pool(
        world.weth.address, world.wbtc.address, 10_000, amount_a=20 * WETH, amount_b=WBTC
    )
    hub.renounceOwnership(own)
    for call in (
        lambda: hub.listToken(token, own),
        lambda: hub.listPool(pool.address, world.venue, own),
        lambda: hub.setTreasury(former, own),
        lambda: hub.setGuardian(former, own),
        lambda: hub.setGate(former, own),
        lambda: hub.resumeTrading(strategy, own),
    ):
        with refused("OwnableUnauthorizedAccount", former):
            call()
    with refused("NotAllowedToHalt"):
        hub.haltTrading(0, own)
    with refused("NotAllowedToVeto"):
        hub.veto(world.usdc, own)
    other, _ = world.create_strategy()
    world.open_vault(world.followers[1], other, 10 * USDC)
    hub.allocate(vault, USDC, {"from": world.followers[0]})
    world.trade(other, world.usdc, world.weth)
    world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL // 2))
    _leave_with_everything(world, strategy, vault)


def test_a_listing_that_waits_when_the_owner_goes_is_usable_unless_the_guardian_objects(
    world, guardian, waiting_token, waiting_pool
):
    hub = world.hub
    (token, token_usable), (pool, pool_usable) = waiting_token, waiting_pool
    hub.renounceOwnership({"from": world.owner})
    hub.veto(pool.address, {"from": guardian})
    mine_at(max(token_usable, pool_usable))
    assert hub.isListedToken(token)
    assert hub.venueOf(pool.address) == ZERO_ADDRESS
