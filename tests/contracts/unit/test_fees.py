"""What a vault pays, to whom, and what happens where there is no price: on the real hub, told to the unit.

That they fall on gains alone, once, and whatever the order, is proven in tests/contracts/fees.
"""

from decimal import Decimal, localcontext

import pytest
from brownie import ZERO_ADDRESS, web3
from world import (
    ALL,
    DAY,
    LISTING_DELAY,
    MANAGEMENT,
    NO_LIMITS,
    PERFORMANCE,
    SUBSCRIPTION,
    USDC,
    WITHDRAWAL,
    events,
    mine_at,
    named,
    next_block_at,
    refused,
)

from protocol.types import FeeTerms

HELD = 1_000 * USDC
WEEK = 7 * DAY
FEES = FeeTerms(performance_bps=2_000, withdrawal_bps=100, referrer_bps=2_500)


@pytest.fixture
def vault(world):
    """A vault of the first follower with 1,000 USDC, all of it in WETH, that the keeper has referred."""
    world.hub.setProtocolShare(1_000, {"from": world.owner})
    strategy, _ = world.create_strategy(fees=FEES)
    vault = world.open_vault(world.followers[0], strategy, HELD, referrer=world.keeper)
    world.trade(strategy, world.usdc, world.weth)
    return vault


def _post_all(world, weth_dollars):
    for token, dollars in zip(world.tokens, (1, weth_dollars, 50_000), strict=True):
        world.feeds[token.address].post(dollars * 10**8, {"from": world.owner})


def _shares(amount):
    """What protocol and referrer get of a fee: a tenth, and a quarter of the rest."""
    to_protocol = amount // 10
    return to_protocol, (amount - to_protocol) // 4


def _charged(world, vault, token, kind, amount):
    to_protocol, to_referrer = _shares(amount)
    return {
        "vaultId": vault,
        "token": token,
        "kind": kind,
        "amount": amount,
        "toProtocol": to_protocol,
        "toReferrer": to_referrer,
    }


def test_what_leaves_pays_its_share_of_the_gain_and_the_shares_add_up(world, vault):
    hub, follower, weth = world.hub, world.followers[0], world.weth
    held = hub.vaultBalance(vault, weth)
    _post_all(world, 3_000)
    equity = held * 3_000 // 10**12
    gain = equity - HELD
    assert hub.equityOf(vault) == equity
    amount = held // 3
    withdrawal = amount // 100
    performance = amount * 2_000 * gain // (equity * 10_000)
    assert tuple(hub.previewOutflow(vault, weth, amount)) == (withdrawal, performance, 0)
    with refused("InsufficientBalance", held, held + 1):
        hub.previewOutflow(vault, weth, held + 1)

    tx = hub.deallocate(vault, weth, amount, {"from": follower})

    worth = amount * 3_000 // 10**12
    mark, invested = HELD - HELD * worth // equity, HELD - HELD * worth // equity
    paid = amount - withdrawal - performance
    assert events(tx, hub) == [
        ("FeeCharged", _charged(world, vault, weth, WITHDRAWAL, withdrawal)),
        ("FeeCharged", _charged(world, vault, weth, PERFORMANCE, performance)),
        ("VaultMarked", {"vaultId": vault, "mark": mark, "invested": invested}),
        ("Deallocated", {"vaultId": vault, "owner": follower, "token": weth, "amount": paid}),
    ]
    assert tuple(hub.marksOf(vault)) == (mark, invested)
    assert hub.accountBalance(follower, weth) == paid
    got = [hub.feeBalance(who, weth) for who in (world.leader, world.keeper)]
    protocol, referrer = (sum(part) for part in zip(_shares(withdrawal), _shares(performance), strict=True))
    assert got == [withdrawal + performance - protocol - referrer, referrer]
    assert named(tx, "FeeCharged")[0]["toProtocol"] + named(tx, "FeeCharged")[1]["toProtocol"] == protocol


def test_without_a_gain_nothing_is_charged_for_one(world, vault):
    hub, weth = world.hub, world.weth
    held = hub.vaultBalance(vault, weth)
    tx = hub.exit(vault, [weth], world.followers[0], {"from": world.followers[0]})
    assert [fee["kind"] for fee in named(tx, "FeeCharged")] == [WITHDRAWAL]
    assert named(tx, "Withdrawn")[0]["amount"] == held - held // 100


def test_without_a_price_the_fees_own_share_waits_and_is_divided_when_there_is_one(world, vault):
    hub, follower, weth = world.hub, world.followers[0], world.weth
    amount = hub.vaultBalance(vault, weth)
    with refused("NothingEscrowed", vault):
        hub.settleEscrow(vault, {"from": world.stranger})
    world.kill_oracle()
    withdrawal, held = amount // 100, amount * 2_000 // 10_000
    assert tuple(hub.previewOutflow(vault, weth, amount)) == (withdrawal, 0, held)
    owned = weth.balanceOf(follower)
    tx = hub.exit(vault, [weth], follower, {"from": follower})
    assert named(tx, "FeeEscrowed") == [{"vaultId": vault, "token": weth, "outflow": amount, "held": held}]
    assert named(tx, "VaultMarked") == []
    assert weth.balanceOf(follower) == owned + amount - withdrawal - held
    assert tuple(hub.escrowOf(vault, 1)) == (amount, held)
    assert hub.riskOf(vault)["escrowed"]
    with refused("PriceNeeded"):
        hub.settleEscrow(vault, {"from": world.stranger})

    _post_all(world, 3_000)
    tx = hub.settleEscrow(vault, {"from": world.stranger})
    whole = amount * 3_000 // 10**12
    to_fees = held * (whole - HELD) // whole
    settled = {
        "vaultId": vault,
        "owner": follower,
        "token": weth,
        "toFees": to_fees,
        "toOwner": held - to_fees,
    }
    assert events(tx, hub) == [
        ("EscrowSettled", settled),
        ("FeeCharged", _charged(world, vault, weth, PERFORMANCE, to_fees)),
        ("VaultMarked", {"vaultId": vault, "mark": 0, "invested": 0}),
    ]
    assert hub.accountBalance(follower, weth) == held - to_fees
    assert tuple(hub.escrowOf(vault, 1)) == (0, 0)
    with refused("NothingEscrowed", vault):
        hub.settleEscrow(vault, {"from": world.stranger})


def test_a_gain_is_charged_while_it_stays_in_the_day_after_its_period_and_once(world):
    hub = world.hub
    strategy, _ = world.create_strategy(fees=FeeTerms(performance_bps=2_000, performance_period=WEEK))
    vault = world.open_vault(world.followers[0], strategy, HELD)
    world.trade(strategy, world.usdc, world.weth)
    due = hub.vaultOf(vault)["settleFrom"]
    assert due == hub.vaultOf(vault)["accruedAt"] + WEEK
    mine_at(due - 100)
    _post_all(world, 3_000)
    assert events(hub.settle(vault, {"from": world.stranger}), hub) == []
    next_block_at(due)
    held = hub.vaultBalance(vault, world.weth)
    equity = held * 3_000 // 10**12
    tx = hub.settle(vault, {"from": world.stranger})
    fee = held * 2_000 * (equity - HELD) // (equity * 10_000)
    charged = {"vaultId": vault, "token": world.weth, "kind": PERFORMANCE, "amount": fee}
    assert events(tx, hub) == [
        ("FeeCharged", charged | {"toProtocol": 0, "toReferrer": 0}),
        ("VaultMarked", {"vaultId": vault, "mark": equity, "invested": HELD}),
    ]
    assert hub.vaultBalance(vault, world.weth) == held - fee
    assert hub.feeBalance(world.leader, world.weth) == fee
    assert hub.vaultOf(vault)["settleFrom"] == due + WEEK
    assert events(hub.settle(vault, {"from": world.stranger}), hub) == []
    mine_at(due + WEEK + 10)
    with refused("PriceNeeded"):
        hub.settle(vault, {"from": world.stranger})
    with refused("BadStatus", 0):
        hub.settle(99, {"from": world.stranger})


def test_a_year_of_management_is_what_its_rate_compounds_to(world):
    hub = world.hub
    strategy, _ = world.create_strategy(fees=FeeTerms(management_bps=100))
    vault = world.open_vault(world.followers[0], strategy, HELD)
    next_block_at(hub.vaultOf(vault)["accruedAt"] + 365 * DAY)
    tx = hub.settle(vault, {"from": world.stranger})
    with localcontext(prec=40):
        exact = HELD * (1 - (Decimal(-100) / 10_000).exp())
    (fee,) = named(tx, "FeeCharged")
    assert (fee["kind"], fee["token"]) == (MANAGEMENT, world.usdc)
    assert fee["amount"] == int(exact)
    assert hub.vaultBalance(vault, world.usdc) == HELD - int(exact)


def test_whole_periods_of_a_subscription_are_paid_from_base_token(world):
    hub = world.hub
    terms = FeeTerms(subscription=4 * USDC, subscription_period=WEEK)
    strategy, _ = world.create_strategy(fees=terms, min_deposit=HELD)
    vault = world.open_vault(world.followers[0], strategy, HELD)
    opened = hub.vaultOf(vault)["subscribedUntil"]
    next_block_at(opened + 4 * WEEK - 1)
    tx = hub.settle(vault, {"from": world.stranger})
    (fee,) = named(tx, "FeeCharged")
    assert (fee["kind"], fee["amount"]) == (SUBSCRIPTION, 3 * 4 * USDC)
    assert hub.vaultOf(vault)["subscribedUntil"] == opened + 3 * WEEK
    # Two hundredths of the smallest deposit in thirty days, and a weeks' part of that.
    cap = HELD * 200 * WEEK // (10_000 * 30 * DAY)
    with refused("AboveCap", cap + 1, cap):
        world.create_strategy(fees=FeeTerms(subscription=cap + 1, subscription_period=WEEK), min_deposit=HELD)


def test_the_protocols_share_has_a_cap_and_is_for_strategies_to_come(world):
    hub, own = world.hub, {"from": world.owner}
    before, _ = world.create_strategy(stake=0)
    assert hub.MAX_PROTOCOL_BPS() == 2_000
    tx = hub.setProtocolShare(2_000, own)
    assert events(tx, hub) == [("ProtocolShareSet", {"protocolBps": 2_000})]
    after, _ = world.create_strategy(stake=0)
    assert [hub.strategyOf(strategy)["protocolBps"] for strategy in (before, after)] == [0, 2_000]
    with refused("AboveCap", 2_001, 2_000):
        hub.setProtocolShare(2_001, own)
    with refused("OwnableUnauthorizedAccount", world.leader):
        hub.setProtocolShare(0, {"from": world.leader})


def test_copy_fees_are_shared_with_the_protocol_to_the_unit(world):
    world.hub.setProtocolShare(1_500, {"from": world.owner})
    strategy, _ = world.create_strategy(copy_fee_bps=37)
    world.open_vault(world.followers[0], strategy, 777_777_777)
    fees = 777_777_777 * 37 // 10_000
    (cleared,) = named(world.trade(strategy, world.usdc, world.weth), "BatchCleared")
    assert (cleared["copyFees"], cleared["dustIn"]) == (fees, 0)
    assert world.hub.feeBalance(world.treasury, world.usdc) == fees * 15 // 100
    assert world.hub.feeBalance(world.leader, world.usdc) == fees - fees * 15 // 100


# Terms


@pytest.mark.parametrize(
    ("term", "getter", "cap"),
    [
        ("performance_bps", "MAX_PERFORMANCE_BPS", 3_000),
        ("management_bps", "MAX_MANAGEMENT_BPS", 500),
        ("withdrawal_bps", "MAX_WITHDRAWAL_BPS", 100),
        ("referrer_bps", "MAX_REFERRER_BPS", 5_000),
    ],
)
def test_every_fee_reaches_its_cap_and_not_beyond(world, term, getter, cap):
    assert getattr(world.hub, getter)() == cap
    world.create_strategy(stake=0, fees=FeeTerms(**{term: cap}))
    with refused("AboveCap", cap + 1, cap):
        world.create_strategy(stake=0, fees=FeeTerms(**{term: cap + 1}))


def test_periods_have_bounds_and_go_with_what_they_are_for(world):
    hub = world.hub
    assert (hub.MIN_PERIOD(), hub.MAX_PERFORMANCE_PERIOD()) == (WEEK, 366 * DAY)
    assert hub.MAX_SUBSCRIPTION_BPS() == 200
    for terms in (
        FeeTerms(performance_period=WEEK),
        FeeTerms(performance_bps=1, performance_period=WEEK - 1),
        FeeTerms(subscription=1),
        FeeTerms(subscription_period=WEEK),
        FeeTerms(subscription=1, subscription_period=WEEK - 1),
    ):
        with refused("BadTerms"):
            world.create_strategy(stake=0, fees=terms)
    world.create_strategy(stake=0, fees=FeeTerms(performance_bps=1, performance_period=366 * DAY))
    with refused("AboveCap", 366 * DAY + 1, 366 * DAY):
        world.create_strategy(stake=0, fees=FeeTerms(performance_bps=1, performance_period=366 * DAY + 1))


def test_dearer_terms_wait_and_a_vault_keeps_its_own_until_its_owner_takes_others(world):
    hub, follower, leader = world.hub, world.followers[0], {"from": world.leader}
    strategy, _ = world.create_strategy(copy_fee_bps=10)
    vault = world.open_vault(follower, strategy, HELD)
    dearer = FeeTerms(copy_bps=20, withdrawal_bps=50).struct()
    with refused("NotLeader"):
        hub.proposeTerms(strategy, dearer, {"from": follower})
    with refused("NoPendingTerms", strategy, 0):
        hub.applyTerms(strategy, {"from": world.stranger})
    tx = hub.proposeTerms(strategy, dearer, leader)
    usable_from = tx.timestamp + LISTING_DELAY
    proposed = {"strategyId": strategy, "terms": dearer, "from": usable_from}
    assert events(tx, hub) == [("TermsProposed", proposed)]
    pending = hub.pendingTermsOf(strategy)
    assert (tuple(pending["terms"]), pending["from"]) == (dearer, usable_from)
    next_block_at(usable_from - 1)
    with refused("NoPendingTerms", strategy, usable_from):
        hub.applyTerms(strategy, {"from": world.stranger})
    next_block_at(usable_from)
    tx = hub.applyTerms(strategy, {"from": world.stranger})
    assert events(tx, hub) == [("TermsSet", {"strategyId": strategy, "version": 2, "terms": dearer})]
    assert tuple(hub.termsOf(strategy, 2)) == dearer
    assert (hub.vaultOf(vault)["termsVersion"], hub.vaultOf(vault)["copyFeeBps"]) == (1, 10)

    world.deposit(world.followers[1], 4 * HELD)
    with refused("StaleTerms", 2):
        hub.openVault(strategy, NO_LIMITS, HELD, 1, ZERO_ADDRESS, {"from": world.followers[1]})
    with refused("StaleTerms", 2):
        hub.acceptTerms(vault, 1, {"from": follower})
    tx = hub.acceptTerms(vault, 2, {"from": follower})
    assert events(tx, hub) == [("TermsAccepted", {"vaultId": vault, "version": 2, "copyFeeBps": 20})]
    assert (hub.vaultOf(vault)["termsVersion"], hub.vaultOf(vault)["copyFeeBps"]) == (2, 20)
    with refused("StaleTerms", 2):
        hub.acceptTerms(vault, 2, {"from": follower})
    # What is dearer in nothing holds at once.
    tx = hub.proposeTerms(strategy, FeeTerms(copy_bps=20).struct(), leader)
    assert [name for name, _ in events(tx, hub)] == ["TermsSet"]


def test_terms_with_another_rate_on_gains_are_taken_at_a_price_only(world, vault):
    hub, strategy = world.hub, 1
    hub.proposeTerms(strategy, FeeTerms(performance_bps=1_000).struct(), {"from": world.leader})
    world.kill_oracle()
    with refused("PriceNeeded"):
        hub.acceptTerms(vault, 2, {"from": world.followers[0]})
    _post_all(world, 3_000)
    held = hub.vaultBalance(vault, world.weth)
    equity = held * 3_000 // 10**12
    tx = hub.acceptTerms(vault, 2, {"from": world.followers[0]})
    fee = held * 2_000 * (equity - HELD) // (equity * 10_000)
    assert named(tx, "FeeCharged") == [_charged(world, vault, world.weth, PERFORMANCE, fee)]
    assert hub.marksOf(vault)["mark"] == equity


# A leader's limits


@pytest.mark.parametrize(
    ("limit", "getter", "cap", "may_be_zero"),
    [
        ("loss_budget_bps", "MAX_LOSS_BUDGET_BPS", 2_000, False),
        ("max_drawdown_bps", "MAX_DRAWDOWN_BPS", 5_000, False),
        ("max_impact_bps", "MAX_IMPACT_BPS", 1_000, False),
        ("max_token_bps", None, 10_000, False),
        ("max_exposure_bps", None, 10_000, False),
        ("stop_bps", "MAX_STOP_BPS", 5_000, True),
        ("min_interval", "MAX_INTERVAL", DAY, True),
    ],
)
def test_every_limit_reaches_its_cap_and_is_not_nothing(world, limit, getter, cap, *, may_be_zero):
    if getter:
        assert getattr(world.hub, getter)() == cap
    world.create_strategy(stake=0, limits={limit: cap})
    with refused("AboveCap", cap + 1, cap):
        world.create_strategy(stake=0, limits={limit: cap + 1})
    if may_be_zero:
        world.create_strategy(stake=0, limits={limit: 0})
    else:
        with refused("BadLimits"):
            world.create_strategy(stake=0, limits={limit: 0})


def test_a_stake_is_at_least_the_smallest_deposit_and_never_nothing(world):
    assert world.hub.MIN_STAKE() == 10_000
    for min_deposit, least in ((0, 10_000), (20_000, 20_000)):
        world.create_strategy(stake=0, min_deposit=min_deposit, limits={"min_stake": least})
        with refused("BadLimits"):
            world.create_strategy(stake=0, min_deposit=min_deposit, limits={"min_stake": least - 1})
    with refused("BadLimits"):
        world.create_strategy(stake=0, limits={"max_round_trips": 0})


# Permits


def _permit(world, owner, amount, deadline):
    """The owner's EIP-2612 signature that lets the hub take USDC: v, r and s."""
    fields = {
        "EIP712Domain": ["string name", "string version", "uint256 chainId", "address verifyingContract"],
        "Permit": [
            "address owner",
            "address spender",
            "uint256 value",
            "uint256 nonce",
            "uint256 deadline",
        ],
    }
    typed = {
        "types": {
            kind: [dict(zip(("type", "name"), field.split(), strict=True)) for field in parts]
            for kind, parts in fields.items()
        },
        "primaryType": "Permit",
        "domain": {
            "name": "USD Coin",
            "version": "1",
            "chainId": str(web3.eth.chain_id),
            "verifyingContract": world.usdc.address,
        },
        "message": {
            "owner": owner.address,
            "spender": world.hub.address,
            "value": str(amount),
            "nonce": str(world.usdc.nonces(owner)),
            "deadline": str(deadline),
        },
    }
    answer = web3.provider.make_request("eth_signTypedData_v4", [owner.address, typed])["result"]
    signature = bytes.fromhex(answer.removeprefix("0x"))
    return signature[64], "0x" + signature[:32].hex(), "0x" + signature[32:64].hex()


def test_one_transaction_deposits_with_a_permit_and_joins(world):
    hub, follower, deadline = world.hub, world.followers[0], 2**40 - 1
    strategy, _ = world.create_strategy()
    world.usdc.approve(hub, 0, {"from": follower})
    permit = _permit(world, follower, 4 * HELD, deadline)
    calls = [
        hub.depositWithPermit.encode_input(world.usdc, 4 * HELD, deadline, *permit),
        hub.openVault.encode_input(strategy, NO_LIMITS, HELD, 1, ZERO_ADDRESS),
    ]
    tx = hub.multicall(calls, {"from": follower})
    assert [name for name, _ in events(tx, hub)][:2] == ["Deposited", "VaultOpened"]
    assert (hub.vaultBalance(2, world.usdc), hub.accountBalance(follower, world.usdc)) == (HELD, 3 * HELD)


def test_a_permit_that_somebody_used_first_does_no_harm(world):
    hub, follower, deadline = world.hub, world.followers[0], 2**40 - 1
    world.usdc.approve(hub, 0, {"from": follower})
    permit = _permit(world, follower, HELD, deadline)
    world.usdc.permit(follower, hub, HELD, deadline, *permit, {"from": world.stranger})
    hub.depositWithPermit(world.usdc, HELD, deadline, *permit, {"from": follower})
    assert hub.accountBalance(follower, world.usdc) == HELD
    # Of nobody's signature there is no allowance.
    with refused("ERC20InsufficientAllowance", hub, 0, ALL):
        hub.depositWithPermit(world.usdc, ALL, deadline, *permit, {"from": follower})
