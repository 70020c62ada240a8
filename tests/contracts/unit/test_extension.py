"""One address and one storage, four contracts of code: the hub runs the others, nobody else can use them."""

from itertools import combinations

import brownie
import pytest
from brownie import ZERO_ADDRESS, accounts, web3
from world import ALL, LISTING_DELAY, MAX_DEVIATION_BPS, NO_LIMITS, PARTS, USDC, Reason, named, refused

from protocol.types import Policy

OWNERSHIP = {"owner", "pendingOwner", "transferOwnership", "acceptOwnership", "renounceOwnership"}
NOTHING = {"address": ZERO_ADDRESS, "bool": False, "string": "", "bytes": b"", "bytes32": bytes(32)}


def _at_itself(world, part):
    """A part of the code when it is called at its own address, with all that the hub answers."""
    return brownie.Contract.from_abi("Part", part.address, world.hub.abi, persist=False)


@pytest.fixture
def extension(world):
    """The extension, which runs what it does not have itself from the offers' part, on its own storage."""
    return _at_itself(world, world.extension)


@pytest.fixture(params=["extension", "offers"])
def listing(world, request):
    """Each part that answers what owners ask, at its own address."""
    return _at_itself(world, getattr(world, request.param))


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
            # Of all that is only read, only this needs something to be there.
            assert entry["stateMutability"] != "view" or name == "previewOutflow", name
        else:
            assert (data != "0x") == bool(entry["outputs"]), name


def test_the_parts_have_no_function_in_common_but_ownership_and_what_they_are_built_with(world):
    parts = [set(_functions(getattr(world.contracts, part).abi)) for part in PARTS]
    shared = {"extension", "wrappedNative", "MAX_KEEPER_FEE_BPS", "DEFAULT_LEADER_CAP_BPS"}
    for one, other in combinations(parts, 2):
        assert one & other - shared == OWNERSHIP
    hub, keepers, extension, offers = parts
    assert hub & keepers == OWNERSHIP | {"extension", "wrappedNative", "MAX_KEEPER_FEE_BPS"}
    assert extension & offers == OWNERSHIP | {"DEFAULT_LEADER_CAP_BPS"}


def test_what_two_parts_were_built_with_is_the_same_in_both(world):
    assert world.hub.extension() == world.keepers.extension() == world.extension
    assert world.hub.wrappedNative() == world.keepers.wrappedNative() == ZERO_ADDRESS
    assert (world.hub.keepers(), world.extension.offers()) == (world.keepers, world.offers)
    assert world.hub.offers() == world.offers
    assert world.hub.MAX_KEEPER_FEE_BPS() == world.keepers.MAX_KEEPER_FEE_BPS() == 20
    for part in (world.hub, world.extension, world.offers):
        assert part.DEFAULT_LEADER_CAP_BPS() == 3_000


def test_the_interface_is_the_four_parts_and_nothing_of_it_is_missing(world, interface):
    functions = set(_functions(interface.IHub.abi))
    assert functions <= set(_functions(world.hub.abi))
    beside = set(_functions(world.hub.abi)) - functions - OWNERSHIP
    caps = {name for name in beside if name.startswith(("MAX_", "MIN_", "DEFAULT_"))}
    parts = {"keepers", "extension", "offers", "wrappedNative"}
    assert beside - caps == parts | {"eip712Domain", "multicall"}


def test_the_parts_fit_into_the_size_of_a_contract(world):
    for contract in (world.hub, world.keepers, world.extension, world.offers):
        assert 0 < len(web3.eth.get_code(contract.address)) <= 24_576


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


def test_a_vault_opened_by_one_part_is_traded_by_another(world):
    hub, follower = world.hub, world.followers[0]
    strategy, leader_vault = world.create_strategy(copy_fee_bps=100)
    vault = world.open_vault(follower, strategy, 100 * USDC, Policy(max_trade=40 * USDC))
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


def test_one_part_knows_what_trade_another_left_open(world):
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


def test_several_calls_reach_every_part(world):
    hub, leader = world.hub, world.leader
    founding = [
        hub.deposit.encode_input(world.usdc, 100 * USDC, leader),
        hub.createStrategy.encode_input(world.offer()),
        hub.allocate.encode_input(1, 100 * USDC),
    ]
    hub.multicall(founding, {"from": leader})
    for follower in world.followers[:4]:
        world.open_vault(follower, 1, 100 * USDC)
    calls = [
        hub.trade.encode_input(world.trade_params(1, world.usdc, world.weth)),
        hub.continueTrade.encode_input(1, 3),
        hub.cancelOrders.encode_input(0, 1),
        hub.haltTrading.encode_input(1),
    ]
    tx = hub.multicall(calls, {"from": leader})
    assert len(named(tx, "TradeCopied")) == 5
    assert (hub.vaultBalance(1, world.usdc), hub.closedNonces(leader, 0)) == (0, 1)
    assert hub.vaultBalance(1, world.weth) > 0
    assert hub.strategyOf(1)["halted"]


def test_the_owner_of_one_part_is_the_owner_of_the_others(world):
    hub = world.hub
    hub.transferOwnership(world.keeper, {"from": world.owner})
    hub.acceptOwnership({"from": world.keeper})
    hub.setTreasury(world.stranger, {"from": world.keeper})
    with refused("OwnableUnauthorizedAccount", world.owner):
        hub.setTreasury(world.owner, {"from": world.owner})
    assert hub.treasury() == world.stranger


def test_nothing_can_be_listed_in_a_part_itself(world, listing):
    assert (listing.owner(), listing.pendingOwner()) == (listing, ZERO_ADDRESS)
    assert (listing.batchSize(), listing.oracle()) == (world.hub.batchSize(), world.oracle)
    assert (listing.listingDelay(), listing.maxDeviationBps()) == (LISTING_DELAY, MAX_DEVIATION_BPS)
    pool = world.pool(world.usdc, world.weth)
    for who in (world.owner, world.keeper, world.leader):
        intruder = {"from": who}
        for call in (
            lambda sender: listing.listToken(world.usdc, sender),
            lambda sender: listing.listPool(pool, world.venue, sender),
            lambda sender: listing.setTreasury(sender["from"], sender),
            lambda sender: listing.setGuardian(sender["from"], sender),
            lambda sender: listing.setGate(sender["from"], sender),
            lambda sender: listing.transferOwnership(sender["from"], sender),
            listing.acceptOwnership,
        ):
            with refused("OwnableUnauthorizedAccount", who):
                call(intruder)
    assert not listing.isListedToken(world.usdc)


def test_nothing_can_be_listed_in_the_extension_by_a_detour(world, extension):
    with refused("OwnableUnauthorizedAccount", world.owner):
        extension.multicall([extension.listToken.encode_input(world.usdc)], {"from": world.owner})
    assert not extension.isListedToken(world.usdc)


def test_the_keepers_part_has_no_strategies_and_no_vaults_of_its_own(world):
    keepers, who = _at_itself(world, world.keepers), {"from": world.leader}
    world.create_strategy()
    pool = world.pool(world.usdc, world.weth)
    assert (keepers.owner(), keepers.pendingOwner()) == (keepers, ZERO_ADDRESS)
    with refused("NoFanout", 1):
        keepers.continueTrade(1, 1, who)
    with refused("UnknownStrategy", 1):
        keepers.closeVaults((1, pool, world.weth, [1]), who)
    with refused("NotVaultOwner"):
        keepers.manualTrade((1, pool, world.usdc, world.weth, 1, 0, 2**40 - 1), who)
    assert keepers.stopOf(1) == Reason.NONE
    # What is another part's is not answered here.
    with brownie.reverts():
        keepers.deposit(world.usdc, 1, world.leader, who)


def test_nobody_can_leave_anything_in_the_extension_or_trade_there(world, extension):
    follower = {"from": world.followers[0]}
    world.usdc.approve(extension, 100 * USDC, follower)
    with refused("TokenNotListed", world.usdc):
        extension.deposit(world.usdc, 100 * USDC, world.followers[0], follower)
    with refused("TokenNotListed", world.usdc):
        extension.createStrategy(world.offer(), follower)
    with refused("UnknownStrategy", 1):
        extension.openVault(1, NO_LIMITS, 0, 1, ZERO_ADDRESS, follower)
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
