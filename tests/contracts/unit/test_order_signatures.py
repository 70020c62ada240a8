"""Orders that a leader signs and anybody carries: what is signed, by whom, and that it counts once."""

import pytest
from brownie import chain, web3
from eth_account import Account
from eth_account.messages import encode_typed_data
from hexbytes import HexBytes
from world import (
    ALL,
    BPS,
    LEADERS,
    LIMIT,
    MARKET,
    STOP_LIMIT,
    STOP_LOSS,
    TAKE_PROFIT,
    USDC,
    Reason,
    events,
    named,
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
        "by": world.leader,
        "kind": LEADERS,
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
        "keeperFee": 0,
        "keeper": world.stranger,
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
            "reducedBy": Reason.NONE,
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
    twin = world.deploy_hub(world.keepers)
    for token in world.tokens:
        twin.listToken(token, own)
    pool = world.pool(world.usdc, world.weth)
    twin.listPool(pool, world.venue, own)
    twin.createStrategy(world.offer(pools=[pool]), leader)
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
    contract.execute(hub, hub.createStrategy.encode_input(world.offer()), {"from": owner})
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
    assert world.is_closed(5, contract)
    assert not world.is_closed(5, owner)


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
    word, bit = nonce >> 8, 1 << (nonce & 255)
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
