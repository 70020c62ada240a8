"""Orders that a leader signs and anybody carries: what is signed, when they fill, how much, how they end."""

import re
from fractions import Fraction

import brownie
import pytest
from brownie import chain, web3
from brownie.exceptions import VirtualMachineError
from eth_account import Account
from eth_account.messages import encode_typed_data
from hexbytes import HexBytes
from world import (
    ALL,
    BPS,
    LIMIT,
    MARKET,
    PRICE_SCALE,
    STOP_LIMIT,
    STOP_LOSS,
    TAKE_PROFIT,
    USDC,
    WETH,
    events,
    named,
    next_block_at,
    refused,
    start_of,
)

# No vault's part of a fill is a whole number of units.
ODD = (333_333_333, 777_777_777, 123_456_789)
FEE_BPS = 37
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
LAST_NONCE = 2**256 - 1


@pytest.fixture
def strategy(world):
    """A strategy whose leader has 10,000 USDC in it."""
    return world.create_strategy(copy_fee_bps=FEE_BPS)[0]


@pytest.fixture
def vaults(world, strategy):
    """Three vaults, as many as a batch has room for."""
    return [world.open_vault(world.followers[i], strategy, amount) for i, amount in enumerate(ODD)]


@pytest.fixture
def in_weth(world, strategy):
    """The strategy when its leader has bought WETH for everything."""
    world.trade(strategy, world.usdc, world.weth)
    return strategy


def _limit(world, token_in, token_out, *, millionths):
    """A limit price so far below what the next unit sold would get."""
    return int(world.next_price(token_in, token_out) * (10**6 - millionths) / 10**6)


def _ceil(number, divisor):
    return -(-number // divisor)


def _word_and_bit(nonce):
    return nonce >> 8, 1 << (nonce & 255)


def _is_closed(world, nonce, leader=None):
    word, bit = _word_and_bit(nonce)
    return bool(world.hub.closedNonces(leader or world.leader, word) & bit)


# What is signed


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (MARKET, {}),
        (LIMIT, {"limit_price": 1, "min_fill": 1, "nonce": 7, "portion": 1}),
        (STOP_LIMIT, {"limit_price": 2**256 - 1, "trigger_price": 2**256 - 1, "nonce": LAST_NONCE}),
        (STOP_LOSS, {"trigger_price": 2**128 + 1, "deadline": 2**40 - 1, "portion": 2**64 - 1}),
        (TAKE_PROFIT, {"trigger_price": 1, "deadline": 0, "min_fill": 2**64 - 1}),
    ],
)
def test_what_a_leader_signs_is_what_wallets_call_typed_data(world, kind, terms):
    order = world.order(1, world.usdc, world.weth, kind, **terms)
    message = encode_typed_data(full_message=world.typed(order))
    digest = web3.keccak(b"\x19" + message.version + message.header + message.body)
    assert world.hub.orderDigest(order) == "0x" + digest.hex().removeprefix("0x")
    assert Account.recover_message(message, signature=world.sign(order)) == world.leader


def test_the_domain_is_told_to_whoever_asks(world):
    _, name, version, chain_id, contract, _, extensions = world.hub.eip712Domain()
    assert (name, version, chain_id, contract) == ("Lockstep", "1", chain.id, world.hub)
    assert tuple(extensions) == ()


def test_a_stranger_carries_an_order_and_it_fills_as_the_leaders_trade_would(world, strategy, vaults):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    order = world.order(strategy, usdc, weth, portion=ALL // 4, nonce=300)
    gross = [10_000 * USDC // 4, *(amount // 4 for amount in ODD)]
    fees = [0, *(amount * FEE_BPS // BPS for amount in gross[1:])]
    amounts = [amount - fee for amount, fee in zip(gross, fees, strict=True)]
    bought = world.bought(usdc, weth, sum(amounts))
    shares = [amount * bought // sum(amounts) for amount in amounts]
    dust = bought - sum(shares)

    trade_id, start = (strategy << 32) | 1, start_of(1, 3)
    carry = (order, world.sign(order), {"from": world.stranger})
    assert hub.executeOrder.call(*carry) == trade_id
    tx = hub.executeOrder(*carry)

    opened = {
        "tradeId": trade_id,
        "leader": world.leader,
        "pool": world.pool(usdc, weth),
        "tokenIn": usdc,
        "tokenOut": weth,
        "portion": ALL // 4,
        "limitPrice": 0,
        "start": start,
        "count": 3,
        "copyDeadline": tx.timestamp + 600,
    }
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": usdc,
        "tokenOut": weth,
        "cursor": 3,
        "portion": ALL // 4,
        "amountIn": sum(amounts),
        "dustIn": 0,
        "amountOut": bought,
        "dust": dust,
        "copyFees": sum(fees),
        "oracleOut": sum(amounts) * 10**12 // 2_500,
    }
    visited = [0, *(1 + (start + i) % 3 for i in range(3))]
    copies = [
        {
            "tradeId": trade_id,
            "vaultId": [1, *vaults][i],
            "policyRevision": min(i, 1),
            "amountIn": amounts[i],
            "fee": fees[i],
            "amountOut": shares[i],
        }
        for i in visited
    ]
    filled = {
        "orderHash": hub.orderDigest(order),
        "tradeId": trade_id,
        "leader": world.leader,
        "nonce": 300,
        "filled": ALL // 4,
        "complete": True,
        "keeper": world.stranger,
    }
    assert events(tx, hub) == [
        ("TradeOpened", opened),
        ("BatchCleared", cleared),
        *(("TradeCopied", copy) for copy in copies),
        ("TradeCompleted", {"tradeId": trade_id}),
        ("OrderFilled", filled),
    ]
    held = [10_000 * USDC, *ODD]
    for i, vault in enumerate((1, *vaults)):
        assert (hub.vaultBalance(vault, usdc), hub.vaultBalance(vault, weth)) == (
            held[i] - gross[i],
            shares[i],
        )
    assert hub.feeBalance(world.leader, usdc) == sum(fees)
    assert hub.feeBalance(world.treasury, weth) == dust
    assert hub.closedNonces(world.leader, 1) == 1 << 44
    assert hub.filledOf(world.leader, 300) == 0


def test_whoever_carries_an_order_gets_nothing_for_it_and_pays_nothing(world, strategy, vaults):
    hub, keeper = world.hub, world.keeper
    world.carry(world.order(strategy, world.usdc, world.weth))
    assert [token.balanceOf(keeper) for token in world.tokens] == [0, 0, 0]
    assert [hub.accountBalance(keeper, token) for token in world.tokens] == [0, 0, 0]
    assert [hub.feeBalance(keeper, token) for token in world.tokens] == [0, 0, 0]


@pytest.mark.parametrize("who", ["owner", "keeper", "stranger", "treasury"])
def test_only_the_leaders_signature_counts(world, strategy, who):
    order = world.order(strategy, world.usdc, world.weth)
    with refused("BadSignature"):
        world.carry(order, world.sign(order, getattr(world, who)))
    assert world.hub.strategyOf(strategy)["sequence"] == 0


def test_an_order_signed_for_another_place_is_refused(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    for elsewhere in (
        {"chainId": chain.id + 1},
        {"verifyingContract": world.extension.address},
        {"name": "Lockstop"},
        {"version": "2"},
    ):
        with refused("BadSignature"):
            world.carry(order, world.sign(order, **elsewhere))
    world.carry(order)


def test_an_order_for_one_hub_is_not_taken_by_another_with_the_same_strategy(world, strategy):
    own, leader = {"from": world.owner}, {"from": world.leader}
    twin = world.at_one_address(world.contracts.Hub.deploy(world.owner, world.treasury, world.extension, own))
    for token in world.tokens:
        twin.listToken(token, own)
    pool = world.pool(world.usdc, world.weth)
    twin.listPool(pool, world.venue, own)
    twin.createStrategy(world.terms(pools=[pool]), leader)
    assert twin.strategyOf(strategy)["leader"] == world.leader
    order = world.order(strategy, world.usdc, world.weth)
    with refused("BadSignature"):
        twin.executeOrder(order, world.sign(order), {"from": world.keeper})
    # Its own signature is good there; only the stake is missing.
    with refused("NothingToSell"):
        twin.executeOrder(order, world.sign(order, verifyingContract=twin.address), {"from": world.keeper})


@pytest.mark.parametrize(
    "changes",
    [
        {"strategy": 2},
        {"pool": "0x" + "11" * 20},
        {"token_in": "0x" + "22" * 20},
        {"token_out": "0x" + "33" * 20},
        {"portion": ALL // 2 + 1},
        {"limit_price": 2},
        {"deadline": 2**40 - 1},
        {"kind": LIMIT},
        {"min_fill": ALL - 1},
        {"nonce": 2},
    ],
)
def test_an_order_with_any_field_altered_is_not_the_one_that_was_signed(world, strategy, changes):
    world.create_strategy()
    signed = {"portion": ALL // 2, "limit_price": 1, "nonce": 1, "deadline": 2**40 - 2}
    order = world.order(strategy, world.usdc, world.weth, **signed)
    values = {"strategy": strategy, "token_in": world.usdc, "token_out": world.weth} | signed
    values = {"pool": world.pool(world.usdc, world.weth)} | values | changes
    with refused("BadSignature"):
        world.carry(world.order(**values), world.sign(order))
    world.carry(order)


def test_an_altered_trigger_is_not_the_one_that_was_signed(world, strategy):
    order = world.order(strategy, world.usdc, world.weth, STOP_LOSS, trigger_price=2**255)
    altered = world.order(strategy, world.usdc, world.weth, STOP_LOSS, trigger_price=2**255 - 1)
    altered = (order[0], *altered[1:])
    with refused("BadSignature"):
        world.carry(altered, world.sign(order))
    world.carry(order)


def test_what_is_no_signature_is_refused(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    signature = bytes.fromhex(world.sign(order).removeprefix("0x"))
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    mirrored = r + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([27 + 28 - v])
    for bad in (b"", signature[:-1], signature + b"\0", bytes(65), mirrored):
        with refused("BadSignature"):
            world.carry(order, "0x" + bad.hex())
    world.carry(order, "0x" + signature.hex())


def test_an_order_for_a_strategy_that_does_not_exist_has_nobodys_signature(world, strategy):
    order = world.order(strategy + 1, world.usdc, world.weth)
    for signature in (world.sign(order), "0x" + "00" * 65):
        with refused("BadSignature"):
            world.carry(order, signature)


# A leader that is a contract


@pytest.fixture
def wallet(world, hostile):
    """A contract that leads a strategy with 1,000 USDC, whose signature counts for it, and the strategy."""
    hub, owner = world.hub, world.followers[4]
    contract = hostile.LeadersWallet.deploy({"from": owner})
    contract.execute(hub, hub.createStrategy.encode_input(world.terms()), {"from": owner})
    strategy, vault = hub.strategyCount(), hub.vaultCount()
    hub.deposit(world.usdc, 1_000 * USDC, contract, {"from": owner})
    contract.execute(hub, hub.allocate.encode_input(vault, 1_000 * USDC), {"from": owner})
    return contract, owner, strategy


def test_a_leader_that_is_a_contract_signs_as_erc_1271_says(world, wallet):
    contract, owner, strategy = wallet
    bought = world.bought(world.usdc, world.weth, 1_000 * USDC)
    order = world.order(strategy, world.usdc, world.weth, nonce=5)
    tx = world.carry(order, world.sign(order, owner))
    (filled,) = named(tx, "OrderFilled")
    assert (filled["leader"], filled["nonce"], filled["complete"]) == (contract, 5, True)
    leader_vault = world.hub.strategyOf(strategy)["leaderVault"]
    assert world.hub.vaultBalance(leader_vault, world.weth) == bought
    assert _is_closed(world, 5, contract)
    assert not _is_closed(world, 5, owner)


def test_a_contract_that_does_not_vouch_for_a_signature_did_not_sign(world, wallet):
    contract, owner, strategy = wallet
    order = world.order(strategy, world.usdc, world.weth)
    for signature in (world.sign(order), world.sign(order, world.stranger), "0x", "0x" + "00" * 65):
        with refused("BadSignature"):
            world.carry(order, signature)
    contract.lock(True, {"from": owner})
    with refused("BadSignature"):
        world.carry(order, world.sign(order, owner))
    contract.lock(False, {"from": owner})
    world.carry(order, world.sign(order, owner))


def test_a_contract_cancels_its_own_orders(world, wallet):
    contract, owner, strategy = wallet
    order = world.order(strategy, world.usdc, world.weth, nonce=9)
    contract.execute(world.hub, world.hub.cancelOrders.encode_input(0, 1 << 9), {"from": owner})
    with refused("OrderClosed", contract, 9):
        world.carry(order, world.sign(order, owner))


# A leader whose address has got code (EIP-7702)


def _set_code(account, code):
    web3.provider.make_request("anvil_setCode", [account.address, code.to_0x_hex()])
    assert web3.eth.get_code(account.address) == code


def _delegation(contract):
    """What stands for code at an address whose key lets a contract act there."""
    return HexBytes(HexBytes("0xef0100") + HexBytes(contract.address))


@pytest.mark.parametrize("delegated", [True, False])
def test_a_leaders_key_still_signs_where_the_leaders_address_has_code(world, strategy, delegated):
    # A token's, which knows nothing of signatures: delegated to, or at the leader's address itself.
    code = _delegation(world.weth) if delegated else web3.eth.get_code(world.weth.address)
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    order = world.order(strategy, world.usdc, world.weth)
    signature, others = world.sign(order), world.sign(order, world.stranger)
    _set_code(world.leader, code)
    for bad in (others, "0x", "0x" + "00" * 65):
        with refused("BadSignature"):
            world.carry(order, bad)
    (filled,) = named(world.carry(order, signature), "OrderFilled")
    assert (filled["leader"], filled["complete"]) == (world.leader, True)
    assert world.hub.vaultBalance(1, world.weth) == bought


def test_code_at_a_leaders_address_vouches_for_signatures_beside_the_key(world, strategy, wallet):
    contract, owner, _ = wallet
    first, second = (
        world.order(strategy, world.usdc, world.weth, portion=ALL // 2, nonce=nonce) for nonce in range(2)
    )
    by_key, by_code = world.sign(first), world.sign(second, owner)
    with refused("BadSignature"):
        world.carry(second, by_code)
    _set_code(world.leader, _delegation(contract))
    world.carry(first, by_key)
    world.carry(second, by_code)
    assert world.hub.closedNonces(world.leader, 0) == 0b11


# Nonces


@pytest.mark.parametrize("nonce", [0, 255, 256, LAST_NONCE])
def test_an_order_fills_once(world, strategy, nonce):
    order = world.order(strategy, world.usdc, world.weth, portion=ALL // 2, nonce=nonce)
    word, bit = _word_and_bit(nonce)
    world.carry(order)
    assert world.hub.closedNonces(world.leader, word) == bit
    with refused("OrderClosed", world.leader, nonce):
        world.carry(order)


def test_nonces_need_no_order(world, strategy):
    for nonce in (5, 3, 4, 2**200):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL // 10, nonce=nonce))
    assert world.hub.closedNonces(world.leader, 0) == 0b111000


def test_a_nonce_of_one_strategy_is_used_for_all_of_its_leaders(world, strategy):
    other, _ = world.create_strategy()
    world.carry(world.order(strategy, world.usdc, world.weth, nonce=1))
    with refused("OrderClosed", world.leader, 1):
        world.carry(world.order(other, world.usdc, world.weth, nonce=1))


def test_a_mask_cancels_the_orders_it_names_and_no_other(world, strategy):
    hub = world.hub
    orders = [
        world.order(strategy, world.usdc, world.weth, portion=ALL // 10, nonce=256 + nonce)
        for nonce in range(3)
    ]
    tx = hub.cancelOrders(1, 0b101, {"from": world.leader})
    assert events(tx, hub) == [("OrdersCancelled", {"leader": world.leader, "word": 1, "mask": 0b101})]
    assert hub.closedNonces(world.leader, 1) == 0b101
    assert hub.closedNonces(world.leader, 0) == 0
    for cancelled in (0, 2):
        with refused("OrderClosed", world.leader, 256 + cancelled):
            world.carry(orders[cancelled])
    world.carry(orders[1])
    assert hub.closedNonces(world.leader, 1) == 0b111


def test_what_is_cancelled_stays_cancelled(world, strategy):
    hub, leader = world.hub, {"from": world.leader}
    hub.cancelOrders(2**248 - 1, 1 << 255, leader)
    hub.cancelOrders(2**248 - 1, 0, leader)
    hub.cancelOrders(2**248 - 1, 1, leader)
    assert hub.closedNonces(world.leader, 2**248 - 1) == (1 << 255) | 1
    with refused("OrderClosed", world.leader, LAST_NONCE):
        world.carry(world.order(strategy, world.usdc, world.weth, nonce=LAST_NONCE))


def test_nobody_cancels_anothers_orders(world, strategy):
    world.hub.cancelOrders(0, 2**256 - 1, {"from": world.stranger})
    assert world.hub.closedNonces(world.leader, 0) == 0
    world.carry(world.order(strategy, world.usdc, world.weth))


# Terms


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (MARKET, {"min_fill": 0}),
        (MARKET, {"min_fill": ALL + 1}),
        (MARKET, {"min_fill": ALL - 1}),
        (MARKET, {"trigger_price": 1}),
        (LIMIT, {"limit_price": 0}),
        (LIMIT, {"limit_price": 1, "trigger_price": 1}),
        (LIMIT, {"limit_price": 1, "min_fill": 0}),
        (LIMIT, {"limit_price": 1, "min_fill": ALL + 1}),
        (STOP_LIMIT, {"limit_price": 1}),
        (STOP_LIMIT, {"trigger_price": 2**255}),
        (STOP_LOSS, {}),
        (STOP_LOSS, {"trigger_price": 2**255, "min_fill": ALL - 1}),
        (TAKE_PROFIT, {}),
        (TAKE_PROFIT, {"trigger_price": 1, "min_fill": ALL - 1}),
    ],
)
def test_terms_that_contradict_each_other_are_refused(world, strategy, kind, terms):
    order = world.order(strategy, world.usdc, world.weth, kind, **terms)
    with refused("BadOrder"):
        world.carry(order)


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (MARKET, {}),
        (MARKET, {"limit_price": 1}),
        (MARKET, {"limit_price": 1, "min_fill": 1}),
        (LIMIT, {"limit_price": 1}),
        (LIMIT, {"limit_price": 1, "min_fill": 1}),
        (STOP_LIMIT, {"limit_price": 1, "trigger_price": 2**255}),
        (STOP_LOSS, {"trigger_price": 2**255}),
        (STOP_LOSS, {"trigger_price": 2**255, "limit_price": 1, "min_fill": 1}),
        (TAKE_PROFIT, {"trigger_price": 1}),
        (TAKE_PROFIT, {"trigger_price": 1, "limit_price": 1, "min_fill": 1}),
    ],
)
def test_terms_that_agree_fill_all_where_the_price_allows(world, strategy, kind, terms):
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    tx = world.carry(world.order(strategy, world.usdc, world.weth, kind, **terms))
    (filled,) = named(tx, "OrderFilled")
    (cleared,) = named(tx, "BatchCleared")
    assert (filled["filled"], filled["complete"]) == (ALL, True)
    assert (cleared["amountIn"], cleared["dustIn"], cleared["portion"]) == (10_000 * USDC, 0, ALL)
    assert world.hub.vaultBalance(1, world.weth) == bought
    assert world.hub.vaultBalance(1, world.usdc) == 0


def test_there_is_no_further_kind(world, strategy):
    order = world.order(strategy, world.usdc, world.weth, TAKE_PROFIT + 1, trigger_price=1)
    with brownie.reverts():
        world.carry(order, "0x" + "00" * 65)
    with brownie.reverts():
        world.hub.orderDigest(order)


def test_an_order_sells_more_than_nothing_and_at_most_all(world, strategy):
    with refused("BadPortion", ALL + 1):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL + 1))
    with refused("BadPortion", 0):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=0))
    # Whatever is wrong with it besides.
    with refused("BadPortion", ALL + 1):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL + 1, min_fill=0), "0x")
    for portion in (1, ALL):
        assert not _is_closed(world, 0)
        with refused("BadSignature"):
            world.carry(world.order(strategy, world.usdc, world.weth, portion=portion), "0x")


def test_an_order_may_fill_at_its_deadline_and_not_a_second_later(world, strategy):
    deadline = web3.eth.get_block("latest")["timestamp"] + 100
    orders = [
        world.order(strategy, world.usdc, world.weth, portion=ALL // 4, deadline=deadline, nonce=nonce)
        for nonce in range(2)
    ]
    signatures = [world.sign(order) for order in orders]
    next_block_at(deadline)
    world.carry(orders[0], signatures[0])
    next_block_at(deadline + 1)
    with refused("DeadlinePassed", deadline):
        world.carry(orders[1], signatures[1])


def test_no_order_fills_while_a_trade_is_being_copied_and_none_is_used_up(world, strategy):
    for follower in world.followers:
        world.open_vault(follower, strategy, 100 * USDC)
    first, second = (
        world.order(strategy, world.usdc, world.weth, portion=ALL // 2, nonce=nonce) for nonce in range(2)
    )
    tx = world.carry(first)
    assert named(tx, "TradeCompleted") == []
    assert named(tx, "OrderFilled")[0]["complete"]
    with refused("FanoutOpen", (strategy << 32) | 1):
        world.carry(second)
    rest = world.hub.continueTrade(strategy, 3, {"from": world.stranger})
    assert len(named(rest, "TradeCopied")) == 2
    assert not _is_closed(world, 1)
    world.carry(second)


def test_no_order_fills_while_trading_is_halted(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    world.hub.haltTrading(strategy, {"from": world.owner})
    with refused("Halted", strategy):
        world.carry(order)
    world.hub.resumeTrading(strategy, {"from": world.owner})
    world.carry(order)


def test_an_order_is_bounded_by_the_oracle_as_every_trade_is(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    world.feeds[world.weth.address].post(2_400 * 10**8, {"from": world.owner})
    least = _ceil(10_000 * WETH // 2_400 * (BPS - 300), BPS)
    with refused("PriceBelowOracle", bought, least):
        world.carry(order)


# Triggers


def _price(world):
    """What the oracle says of WETH in USDC."""
    return 2_500 * USDC * PRICE_SCALE // WETH


@pytest.mark.parametrize(
    ("kind", "off", "triggered"),
    [
        (STOP_LOSS, -1, False),
        (STOP_LOSS, 0, True),
        (STOP_LOSS, 1, True),
        (STOP_LIMIT, -1, False),
        (STOP_LIMIT, 0, True),
        (STOP_LIMIT, 1, True),
        (TAKE_PROFIT, -1, True),
        (TAKE_PROFIT, 0, True),
        (TAKE_PROFIT, 1, False),
    ],
)
def test_a_trigger_is_pulled_at_its_price_and_not_one_unit_before(world, in_weth, kind, off, triggered):
    price = _price(world)
    terms = {"trigger_price": price + off, "limit_price": 1 if kind == STOP_LIMIT else 0}
    order = world.order(in_weth, world.weth, world.usdc, kind, **terms)
    if triggered:
        assert named(world.carry(order), "OrderFilled")[0]["complete"]
    else:
        with refused("NotTriggered", price, price + off):
            world.carry(order)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [(STOP_LOSS, 2_451, 2_450), (STOP_LIMIT, 2_451, 2_450), (TAKE_PROFIT, 2_549, 2_550)],
)
def test_an_order_waits_until_the_oracles_price_comes_to_its_trigger(world, in_weth, kind, before, after):
    feed, own = world.feeds[world.weth.address], {"from": world.owner}
    trigger = after * USDC * PRICE_SCALE // WETH
    order = world.order(in_weth, world.weth, world.usdc, kind, trigger_price=trigger, limit_price=1)
    for dollars in (2_500, before):
        feed.post(dollars * 10**8, own)
        with refused("NotTriggered", dollars * USDC * PRICE_SCALE // WETH, trigger):
            world.carry(order)
    feed.post(after * 10**8, own)
    world.carry(order)
    assert world.hub.vaultBalance(1, world.weth) == 0


def test_pushing_the_pool_pulls_no_trigger(world, in_weth):
    trigger = _price(world) * 999 // 1_000
    order = world.order(in_weth, world.weth, world.usdc, STOP_LOSS, trigger_price=trigger)
    world.move_market(world.weth, world.usdc, 100 * WETH)
    assert world.next_price(world.weth, world.usdc) < trigger
    with refused("NotTriggered", _price(world), trigger):
        world.carry(order)


def test_a_stop_limit_that_is_triggered_still_has_its_limit(world, in_weth):
    amount_in = world.hub.vaultBalance(1, world.weth)
    price = world.bought(world.weth, world.usdc, amount_in) * PRICE_SCALE // amount_in
    terms = {"trigger_price": _price(world), "limit_price": price + 1}
    with refused("PriceBelowLimit", price, price + 1):
        world.carry(world.order(in_weth, world.weth, world.usdc, STOP_LIMIT, **terms))
    terms["limit_price"] = price
    world.carry(world.order(in_weth, world.weth, world.usdc, STOP_LIMIT, **terms))


def test_a_trigger_needs_a_living_oracle(world, in_weth):
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    order = world.order(in_weth, world.weth, world.usdc, STOP_LOSS, trigger_price=1, deadline=2**40 - 1)
    world.kill_oracle()
    with refused("FeedStale", world.weth, updated_at):
        world.carry(order)


# Partial fills


def _sell_up_to(world, token_in, token_out, order):
    """Carries an order: its transaction, and what the pool took and gave by the tokens' own books."""
    pool = world.pool(token_in, token_out)
    before = token_in.balanceOf(pool), token_out.balanceOf(pool)
    tx = world.carry(order)
    return tx, token_in.balanceOf(pool) - before[0], before[1] - token_out.balanceOf(pool)


@pytest.mark.parametrize("sells_base", [True, False])
def test_a_swap_stops_at_the_limit_price_and_is_shared_to_the_unit(world, strategy, vaults, sells_base):
    hub = world.hub
    token_in, token_out = (world.usdc, world.weth) if sells_base else (world.weth, world.usdc)
    if not sells_base:
        world.trade(strategy, world.usdc, world.weth)
    everyone = (1, *vaults)
    held_in = [hub.vaultBalance(vault, token_in) for vault in everyone]
    held_out = [hub.vaultBalance(vault, token_out) for vault in everyone]
    books = [(world.leader, token_in), (world.treasury, token_in), (world.treasury, token_out)]
    owed = [hub.feeBalance(*book) for book in books]
    hub_holds = token_in.balanceOf(hub), token_out.balanceOf(hub)
    portion = 9 * ALL // 10 + 7
    limit = _limit(world, token_in, token_out, millionths=200)
    order = world.order(
        strategy, token_in, token_out, LIMIT, limit_price=limit, portion=portion, min_fill=1, nonce=3
    )

    tx, sold, bought = _sell_up_to(world, token_in, token_out, order)

    gross = [amount * portion // ALL for amount in held_in]
    fees = [0, *(amount * FEE_BPS // BPS for amount in gross[1:])]
    offered = [amount - fee for amount, fee in zip(gross, fees, strict=True)]
    total = sum(offered)
    assert total // 10 < sold < total * 9 // 10
    inputs = [_ceil(amount * sold, total) for amount in offered]
    outputs = [amount * bought // total for amount in offered]
    paid = [fee * sold // total for fee in fees]
    dust_in, dust = sum(inputs) - sold, bought - sum(outputs)
    assert 0 < dust_in < 4
    assert 0 < dust < 4

    sequence = hub.strategyOf(strategy)["sequence"]
    trade_id, start = (strategy << 32) | sequence, start_of(sequence, 3)
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": token_in,
        "tokenOut": token_out,
        "cursor": 3,
        "portion": portion * sold // total,
        "amountIn": sold,
        "dustIn": dust_in,
        "amountOut": bought,
        "dust": dust,
        "copyFees": sum(paid),
        "oracleOut": sold * 10**12 // 2_500 if sells_base else sold * 2_500 // 10**12,
    }
    copies = [
        {
            "tradeId": trade_id,
            "vaultId": everyone[i],
            "policyRevision": min(i, 1),
            "amountIn": inputs[i],
            "fee": paid[i],
            "amountOut": outputs[i],
        }
        for i in (0, *(1 + (start + i) % 3 for i in range(3)))
    ]
    filled = {
        "orderHash": hub.orderDigest(order),
        "tradeId": trade_id,
        "leader": world.leader,
        "nonce": 3,
        "filled": portion * sold // total,
        "complete": False,
        "keeper": world.keeper,
    }
    assert named(tx, "TradeOpened")[0]["portion"] == portion
    assert events(tx, hub)[1:] == [
        ("BatchCleared", cleared),
        *(("TradeCopied", copy) for copy in copies),
        ("TradeCompleted", {"tradeId": trade_id}),
        ("OrderFilled", filled),
    ]
    assert [hub.vaultBalance(vault, token_in) for vault in everyone] == [
        held_in[i] - inputs[i] - paid[i] for i in range(4)
    ]
    assert [hub.vaultBalance(vault, token_out) for vault in everyone] == [
        held_out[i] + outputs[i] for i in range(4)
    ]
    assert [hub.feeBalance(*book) for book in books] == [
        owed[0] + sum(paid),
        owed[1] + dust_in,
        owed[2] + dust,
    ]
    assert (token_in.balanceOf(hub), token_out.balanceOf(hub)) == (hub_holds[0] - sold, hub_holds[1] + bought)
    assert [token.balanceOf(world.venue) for token in world.tokens] == [0, 0, 0]
    assert hub.filledOf(world.leader, 3) == filled["filled"]
    assert not _is_closed(world, 3)


@pytest.mark.parametrize(
    ("sold", "bought"), [("usdc", "weth"), ("weth", "usdc"), ("usdc", "wbtc"), ("wbtc", "usdc")]
)
def test_the_pool_is_left_at_the_limit_price_from_either_side(world, strategy, sold, bought):
    token_in, token_out = getattr(world, sold), getattr(world, bought)
    if token_in != world.usdc:
        world.trade(strategy, world.usdc, token_in)
    limit = _limit(world, token_in, token_out, millionths=100)
    order = world.order(strategy, token_in, token_out, LIMIT, limit_price=limit, min_fill=1)
    tx, taken, given = _sell_up_to(world, token_in, token_out, order)
    assert not named(tx, "OrderFilled")[0]["complete"]
    # The next unit would get the limit, to within a billionth; no unit before it got less.
    assert limit <= world.next_price(token_in, token_out) <= Fraction(limit * (10**9 + 1), 10**9)
    assert given * PRICE_SCALE >= taken * limit


def test_a_limit_the_whole_fill_stays_above_fills_all(world, strategy, vaults):
    limit = _limit(world, world.usdc, world.weth, millionths=1_000)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    tx = world.carry(order)
    assert named(tx, "OrderFilled")[0]["complete"]
    assert named(tx, "BatchCleared")[0]["dustIn"] == 0
    assert [world.hub.vaultBalance(vault, world.usdc) for vault in (1, *vaults)] == [0, 0, 0, 0]
    assert _is_closed(world, 0)


def test_all_or_nothing_is_judged_by_the_average_price(world, strategy):
    # 10,000 USDC move this pool by 400 millionths, and their average price by half of that.
    terms = {
        below: world.order(
            strategy,
            world.usdc,
            world.weth,
            LIMIT,
            limit_price=_limit(world, world.usdc, world.weth, millionths=below),
        )
        for below in (150, 250)
    }
    price = world.bought(world.usdc, world.weth, 10_000 * USDC) * PRICE_SCALE // (10_000 * USDC)
    with refused("PriceBelowLimit", price, terms[150][0][5]):
        world.carry(terms[150])
    world.carry(terms[250])
    assert world.hub.vaultBalance(1, world.usdc) == 0


def test_what_is_left_of_an_order_is_sold_in_later_trades_until_it_is_complete(world, strategy, vaults):
    hub, portion = world.hub, 6 * ALL // 10
    limit = _limit(world, world.usdc, world.weth, millionths=100)
    order = world.order(
        strategy, world.usdc, world.weth, LIMIT, limit_price=limit, portion=portion, min_fill=1, nonce=8
    )
    filled, parts = 0, 0
    while not _is_closed(world, 8):
        left = (portion - filled) * ALL // (ALL - filled)
        tx = world.carry(order)
        (told,) = named(tx, "OrderFilled")
        (cleared,) = named(tx, "BatchCleared")
        assert named(tx, "TradeOpened")[0]["portion"] == left
        parts += 1
        assert told["tradeId"] == (strategy << 32) | parts
        if told["complete"]:
            assert (told["filled"], cleared["portion"]) == (portion, left)
        else:
            assert 0 < cleared["portion"] < left
            filled += (ALL - filled) * cleared["portion"] // ALL
            assert told["filled"] == hub.filledOf(world.leader, 8) == filled
        # Somebody sells WETH, and the limit can be had again.
        world.move_market(world.weth, world.usdc, WETH)
    assert parts > 2
    assert hub.filledOf(world.leader, 8) == 0
    # Everybody has sold the portion of the first holding, but for a unit that each part may round.
    for vault, amount in zip((1, *vaults), (10_000 * USDC, *ODD), strict=True):
        assert abs(hub.vaultBalance(vault, world.usdc) - amount * 4 // 10) <= 2 * parts
    with refused("OrderClosed", world.leader, 8):
        world.carry(order)


def test_a_part_filled_order_is_cancelled_for_what_is_left(world, strategy):
    limit = _limit(world, world.usdc, world.weth, millionths=100)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    filled = named(world.carry(order), "OrderFilled")[0]["filled"]
    assert world.hub.filledOf(world.leader, 0) == filled > 0
    world.hub.cancelOrders(0, 1, {"from": world.leader})
    world.move_market(world.weth, world.usdc, 10 * WETH)
    with refused("OrderClosed", world.leader, 0):
        world.carry(order)


def test_orders_with_one_nonce_replace_each_other_and_share_what_is_filled(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    limit = _limit(world, usdc, weth, millionths=150)
    part = {"min_fill": 1, "nonce": 4}
    first = world.order(strategy, usdc, weth, LIMIT, limit_price=limit, portion=8 * ALL // 10, **part)
    filled = named(world.carry(first), "OrderFilled")[0]["filled"]
    assert ALL // 5 < filled < ALL // 2

    smaller = world.order(strategy, usdc, weth, MARKET, portion=filled, nonce=4)
    with refused("OrderClosed", world.leader, 4):
        world.carry(smaller)
    left = hub.vaultBalance(1, usdc)
    last = world.order(strategy, usdc, weth, MARKET, portion=ALL // 2, nonce=4)
    tx = world.carry(last)
    rest = (ALL // 2 - filled) * ALL // (ALL - filled)
    assert named(tx, "TradeOpened")[0]["portion"] == rest
    assert named(tx, "TradeCopied")[0]["amountIn"] == left * rest // ALL
    (told,) = named(tx, "OrderFilled")
    assert (told["filled"], told["complete"]) == (ALL // 2, True)
    assert told["orderHash"] == hub.orderDigest(last) != hub.orderDigest(first)
    assert (hub.filledOf(world.leader, 4), _is_closed(world, 4)) == (0, True)
    assert abs(hub.vaultBalance(1, usdc) - 5_000 * USDC) <= 2
    world.move_market(weth, usdc, 10 * WETH)
    with refused("OrderClosed", world.leader, 4):
        world.carry(first)


def test_a_pool_already_beyond_the_limit_sells_nothing(world, strategy, vaults):
    limit = int(world.next_price(world.usdc, world.weth)) + 1
    offered = 10_000 * USDC + sum(amount - amount * FEE_BPS // BPS for amount in ODD)
    for min_fill in (1, ALL // 3):
        order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=min_fill)
        with refused("FilledTooLittle", 0, _ceil(offered * min_fill, ALL)):
            world.carry(order)
    assert world.hub.filledOf(world.leader, 0) == 0
    assert world.hub.strategyOf(strategy)["sequence"] == 0


@pytest.mark.parametrize("sells_base", [True, False])
@pytest.mark.parametrize(
    "limit", [2**256 - 1, 2**255, 2**127 * PRICE_SCALE, 2**127 * PRICE_SCALE - 1, 2**64 * PRICE_SCALE]
)
def test_a_limit_beyond_any_pools_prices_sells_nothing(world, strategy, sells_base, limit):
    token_in, token_out = (world.usdc, world.weth) if sells_base else (world.weth, world.usdc)
    if not sells_base:
        world.trade(strategy, world.usdc, world.weth)
    held = world.hub.vaultBalance(1, token_in)
    for min_fill in (1, ALL - 1):
        order = world.order(strategy, token_in, token_out, LIMIT, limit_price=limit, min_fill=min_fill)
        with refused("FilledTooLittle", 0, _ceil(held * min_fill, ALL)):
            world.carry(order)
    price = world.bought(token_in, token_out, held) * PRICE_SCALE // held
    with refused("PriceBelowLimit", price, limit):
        world.carry(world.order(strategy, token_in, token_out, LIMIT, limit_price=limit))


def test_a_fill_reaches_its_smallest_part_or_does_not_happen(world, strategy, vaults):
    offered = 10_000 * USDC + sum(amount - amount * FEE_BPS // BPS for amount in ODD)
    limit = _limit(world, world.usdc, world.weth, millionths=200)

    def order(min_fill):
        return world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=min_fill)

    with pytest.raises(VirtualMachineError) as refusal:
        world.carry(order(ALL - 1))
    said = re.fullmatch(r"FilledTooLittle: (\d+), (\d+)", refusal.value.revert_msg)
    reached, least = int(said[1]), int(said[2])
    assert least == offered
    # As many units as can be had are enough, and one more is too many.
    enough, too_many = reached * ALL // offered, (reached + 1) * ALL // offered
    assert (_ceil(offered * enough, ALL), _ceil(offered * too_many, ALL)) == (reached, reached + 1)
    with refused("FilledTooLittle", reached, reached + 1):
        world.carry(order(too_many))
    _, sold, _ = _sell_up_to(world, world.usdc, world.weth, order(enough))
    assert sold == reached


def test_a_part_that_is_left_may_be_as_small_as_its_own_share(world, strategy):
    """`minFill` is of what is left, not of the whole."""
    limit = _limit(world, world.usdc, world.weth, millionths=100)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=ALL // 5)
    world.carry(order)
    left = world.hub.vaultBalance(1, world.usdc)
    world.move_market(world.weth, world.usdc, WETH * 7 // 10)
    _, sold, _ = _sell_up_to(world, world.usdc, world.weth, order)
    assert left // 5 <= sold < 10_000 * USDC // 5


def test_later_batches_sell_the_portion_that_the_first_one_sold(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    vaults = [world.open_vault(world.followers[i], strategy, (100 + i) * USDC + 1) for i in range(5)]
    start = start_of(1, 5)
    waiting = (vaults[start:] + vaults[:start])[3:]
    limit = _limit(world, usdc, weth, millionths=150)
    order = world.order(strategy, usdc, weth, LIMIT, limit_price=limit, min_fill=1)
    tx = world.carry(order)
    (cleared,) = named(tx, "BatchCleared")
    portion = cleared["portion"]
    assert ALL // 10 < portion < ALL // 2
    fanout = hub.fanoutOf(strategy)
    price = cleared["amountOut"] * PRICE_SCALE // cleared["amountIn"]
    assert fanout["portion"] == portion == named(tx, "OrderFilled")[0]["filled"]
    assert fanout["floorPrice"] == _ceil(price * (BPS - 100), BPS) < limit

    held = [hub.vaultBalance(vault, usdc) for vault in waiting]
    gross = [amount * portion // ALL for amount in held]
    offered = [amount - amount * FEE_BPS // BPS for amount in gross]
    # The first batch has sold down to the limit. It was the leader's: nobody else is left behind for it.
    bought = world.bought(usdc, weth, sum(offered))
    assert fanout["floorPrice"] < bought * PRICE_SCALE // sum(offered) < limit
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    (cleared,) = named(tx, "BatchCleared")
    assert (cleared["portion"], cleared["amountIn"], cleared["dustIn"]) == (portion, sum(offered), 0)
    assert cleared["amountOut"] == bought
    assert [hub.vaultBalance(vault, usdc) for vault in waiting] == [
        amount - sold for amount, sold in zip(held, gross, strict=True)
    ]
    assert named(tx, "OrderFilled") == []
    assert len(named(tx, "TradeCompleted")) == 1


def test_a_follower_who_comes_between_two_parts_sells_the_later_part_only(world, strategy):
    limit = _limit(world, world.usdc, world.weth, millionths=150)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    filled = named(world.carry(order), "OrderFilled")[0]["filled"]
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.move_market(world.weth, world.usdc, 10 * WETH)
    tx = world.carry(order)
    assert named(tx, "TradeOpened")[0]["portion"] == (ALL - filled) * ALL // (ALL - filled) == ALL
    assert named(tx, "TradeCopied")[1]["vaultId"] == vault
    assert world.hub.vaultBalance(vault, world.usdc) == 0
