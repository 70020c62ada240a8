"""One address and one storage, two contracts of code: the hub runs its extension, nobody else can use it."""

import brownie
import pytest
from brownie import ZERO_ADDRESS, accounts, web3
from world import ALL, LISTING_DELAY, MAX_DEVIATION_BPS, NO_LIMITS, USDC, named, refused

OWNERSHIP = {"owner", "pendingOwner", "transferOwnership", "acceptOwnership", "renounceOwnership"}
NOTHING = {"address": ZERO_ADDRESS, "bool": False, "string": "", "bytes": b""}


@pytest.fixture
def extension(world):
    """The extension when it is called at its own address, with all that the hub answers."""
    return brownie.Contract.from_abi("Extension", world.extension.address, world.hub.abi, persist=False)


def _functions(abi):
    return {entry["name"]: entry for entry in abi if entry["type"] == "function"}


def _nothing(parameter):
    """An argument of a parameter's type that says nothing."""
    kind = parameter["type"]
    if kind.endswith("[]"):
        return []
    if kind == "tuple":
        return tuple(_nothing(part) for part in parameter["components"])
    return NOTHING.get(kind, 0)


def _asked(address, entry):
    """What an address answers to a function called by a stranger with nothing: data, and if it reverted."""
    function = web3.eth.contract(address=address, abi=[entry]).functions[entry["name"]]
    data = function(*map(_nothing, entry["inputs"]))._encode_transaction_data()
    question = {"from": accounts[4].address, "to": address, "data": data}
    answer = web3.provider.make_request("eth_call", [question, "latest"])
    if "error" in answer:
        return answer["error"].get("data", "0x"), True
    return answer["result"], False


def _selector(error):
    kinds = ",".join(parameter["type"] for parameter in error["inputs"])
    return "0x" + web3.keccak(text=f"{error['name']}({kinds})").hex().removeprefix("0x")[:8]


def test_every_function_of_the_interface_answers_at_the_hubs_address(world, interface):
    errors = {_selector(entry) for entry in world.hub.abi if entry["type"] == "error"}
    functions = _functions(interface.IHub.abi)
    assert len(functions) > 45
    for name, entry in functions.items():
        data, reverted = _asked(world.hub.address, entry)
        if reverted:
            assert data[:10] in errors, name
            assert entry["stateMutability"] != "view", name
        else:
            assert (data != "0x") == bool(entry["outputs"]), name


def test_the_two_halves_have_no_function_in_common_but_ownership(world):
    halves = [set(_functions(half.abi)) for half in (world.contracts.Hub, world.contracts.HubExtension)]
    assert halves[0] & halves[1] == OWNERSHIP


def test_the_interface_is_the_two_halves_and_nothing_of_it_is_missing(world, interface):
    functions = set(_functions(interface.IHub.abi))
    assert functions <= set(_functions(world.hub.abi))
    beside = set(_functions(world.hub.abi)) - functions - OWNERSHIP
    caps = {name for name in beside if name.startswith("MAX_")}
    assert beside - caps == {"extension", "eip712Domain", "multicall"}


def test_the_halves_fit_into_the_size_of_a_contract(world):
    for contract in (world.hub, world.extension):
        assert len(web3.eth.get_code(contract.address)) <= 24_576


@pytest.mark.parametrize("data", ["0x", "0x00", "0x12345678", "0xffffffff" + "00" * 64])
def test_what_is_no_function_is_refused(world, data):
    with brownie.reverts():
        world.stranger.transfer(world.hub, 0, data=data)


def test_the_hub_takes_no_ether(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy()
    vault = world.open_vault(follower, strategy, 100 * USDC)
    calls = {
        "nothing": "0x",
        "of the extension": hub.pause.encode_input(vault),
        "a view of the extension": hub.batchSize.encode_input(),
        "of the hub": hub.cancelOrders.encode_input(0, 1),
        "a view of the hub": hub.closedNonces.encode_input(follower, 0),
        "of both": hub.owner.encode_input(),
    }
    for data in calls.values():
        with brownie.reverts():
            follower.transfer(hub, 1, data=data)
    assert hub.balance() == 0
    for data in list(calls.values())[1:]:
        follower.transfer(hub, 0, data=data)


def test_a_vault_opened_by_one_half_is_traded_by_the_other(world):
    hub, follower = world.hub, world.followers[0]
    strategy, leader_vault = world.create_strategy(copy_fee_bps=100)
    vault = world.open_vault(follower, strategy, 100 * USDC, (0, 40 * USDC))
    tx = world.trade(strategy, world.usdc, world.weth)
    bought = {copy["vaultId"]: copy["amountOut"] for copy in named(tx, "TradeCopied")}
    assert set(bought) == {leader_vault, vault}
    assert hub.vaultBalance(vault, world.usdc) == 60 * USDC
    assert hub.vaultBalance(vault, world.weth) == bought[vault]
    assert hub.feeBalance(world.leader, world.usdc) == 40 * USDC // 100
    hub.claimFees(world.usdc, {"from": world.leader})
    owned = world.weth.balanceOf(follower)
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert world.weth.balanceOf(follower) == owned + bought[vault]
    hub.cancelOrders(0, 0b10, {"from": follower})
    assert hub.closedNonces(follower, 0) == 0b10
    assert hub.strategyOf(strategy)["sequence"] == 1


def test_one_half_knows_what_trade_the_other_left_open(world):
    hub = world.hub
    strategy, _ = world.create_strategy()
    vaults = [world.open_vault(follower, strategy, 100 * USDC) for follower in world.followers]
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert hub.fanoutOf(strategy)["cursor"] == 3
    hub.leaveStrategy(vaults[0], {"from": world.followers[0]})
    assert hub.strategyOf(strategy)["memberCount"] == 5
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    hub.prune(strategy, 0, {"from": world.keeper})
    assert hub.strategyOf(strategy)["memberCount"] == 4


def test_several_calls_reach_both_halves(world):
    hub, leader = world.hub, world.leader
    calls = [
        hub.deposit.encode_input(world.usdc, 100 * USDC, leader),
        hub.createStrategy.encode_input(world.terms()),
        hub.allocate.encode_input(1, 100 * USDC),
        hub.trade.encode_input(world.trade_params(1, world.usdc, world.weth)),
        hub.cancelOrders.encode_input(0, 1),
        hub.haltTrading.encode_input(1),
    ]
    hub.multicall(calls, {"from": leader})
    assert (hub.vaultBalance(1, world.usdc), hub.closedNonces(leader, 0)) == (0, 1)
    assert hub.vaultBalance(1, world.weth) > 0
    assert hub.strategyOf(1)["halted"]


def test_the_owner_of_one_half_is_the_owner_of_the_other(world):
    hub = world.hub
    hub.transferOwnership(world.keeper, {"from": world.owner})
    hub.acceptOwnership({"from": world.keeper})
    hub.setTreasury(world.stranger, {"from": world.keeper})
    with refused("OwnableUnauthorizedAccount", world.owner):
        hub.setTreasury(world.owner, {"from": world.owner})
    assert hub.treasury() == world.stranger


def test_nothing_can_be_listed_in_the_extension_itself(world, extension):
    assert (extension.owner(), extension.pendingOwner()) == (extension, ZERO_ADDRESS)
    assert (extension.batchSize(), extension.oracle()) == (world.hub.batchSize(), world.oracle)
    assert (extension.listingDelay(), extension.maxDeviationBps()) == (LISTING_DELAY, MAX_DEVIATION_BPS)
    pool = world.pool(world.usdc, world.weth)
    for who in (world.owner, world.keeper, world.leader):
        intruder = {"from": who}
        for call in (
            lambda sender: extension.listToken(world.usdc, sender),
            lambda sender: extension.listPool(pool, world.venue, sender),
            lambda sender: extension.setTreasury(sender["from"], sender),
            lambda sender: extension.setGuardian(sender["from"], sender),
            lambda sender: extension.setGate(sender["from"], sender),
            lambda sender: extension.transferOwnership(sender["from"], sender),
            extension.acceptOwnership,
            lambda sender: extension.multicall([extension.listToken.encode_input(world.usdc)], sender),
        ):
            with refused("OwnableUnauthorizedAccount", who):
                call(intruder)
    assert not extension.isListedToken(world.usdc)


def test_nobody_can_leave_anything_in_the_extension_or_trade_there(world, extension):
    follower = {"from": world.followers[0]}
    world.usdc.approve(extension, 100 * USDC, follower)
    with refused("TokenNotListed", world.usdc):
        extension.deposit(world.usdc, 100 * USDC, world.followers[0], follower)
    with refused("TokenNotListed", world.usdc):
        extension.createStrategy(world.terms(), follower)
    with refused("UnknownStrategy", 1):
        extension.openVault(1, NO_LIMITS, 0, follower)
    with refused("NotAllowedToHalt"):
        extension.haltTrading(0, follower)
    with refused("NotAllowedToVeto"):
        extension.veto(world.usdc, follower)
    with brownie.reverts():
        extension.trade(world.trade_params(1, world.usdc, world.weth), follower)
    with brownie.reverts():
        follower["from"].transfer(extension, 1)
    assert world.usdc.balanceOf(extension) == 0
    assert (extension.strategyCount(), extension.vaultCount()) == (0, 0)


def test_what_happens_in_the_hub_is_nothing_to_the_extension(world, extension):
    strategy, _ = world.create_strategy()
    world.open_vault(world.followers[0], strategy, 100 * USDC)
    assert (world.hub.strategyCount(), world.hub.vaultCount()) == (1, 2)
    assert (extension.strategyCount(), extension.vaultCount()) == (0, 0)
    assert extension.accountBalance(world.leader, world.usdc) == 0
    assert extension.treasury() == ZERO_ADDRESS
