"""What the owner lists: tokens, pools and the treasury; and what a hub cannot be built with."""

import brownie
from brownie import ZERO_ADDRESS
from world import BATCH_SIZE, LISTING_DELAY, MAX_DEVIATION_BPS, WBTC, WETH, events, refused


def test_a_hub_is_built_with_its_parts_oracle_and_settings(world):
    own = {"from": world.owner}
    offers = world.contracts.HubOffers.deploy(world.oracle, 7, 123, 99, own)
    extension = world.contracts.HubExtension.deploy(offers, own)
    keepers = world.contracts.HubKeepers.deploy(extension, world.weth, own)
    hub = world.at_one_address(world.contracts.Hub.deploy(world.stranger, world.treasury, keepers, own))
    assert (hub.keepers(), hub.extension(), hub.offers()) == (keepers, extension, offers)
    assert (hub.oracle(), hub.batchSize(), hub.wrappedNative()) == (world.oracle, 7, world.weth)
    assert (hub.owner(), hub.treasury(), hub.listingDelay()) == (world.stranger, world.treasury, 99)
    assert (hub.maxDeviationBps(), world.hub.maxDeviationBps()) == (123, MAX_DEVIATION_BPS)
    assert (hub.guardian(), hub.gate(), hub.halted()) == (ZERO_ADDRESS, ZERO_ADDRESS, False)
    assert (hub.strategyCount(), hub.vaultCount()) == (0, 0)
    assert (world.hub.batchSize(), world.hub.listingDelay()) == (BATCH_SIZE, LISTING_DELAY)


def test_its_construction_tells_of_owner_and_treasury(world):
    built = world.contracts.Hub.deploy(world.stranger, world.treasury, world.keepers, {"from": world.owner})
    assert events(built.tx, built) == [
        ("OwnershipTransferred", {"previousOwner": ZERO_ADDRESS, "newOwner": world.stranger}),
        ("TreasurySet", {"treasury": world.treasury}),
    ]


def test_a_hub_needs_an_owner_an_oracle_a_treasury_and_room_in_a_batch(world):
    own = {"from": world.owner}
    with refused("OwnableInvalidOwner", ZERO_ADDRESS):
        world.contracts.Hub.deploy(ZERO_ADDRESS, world.treasury, world.keepers, own)
    with refused("ZeroAddress"):
        world.contracts.HubOffers.deploy(ZERO_ADDRESS, 7, MAX_DEVIATION_BPS, LISTING_DELAY, own)
    with refused("ZeroAddress"):
        world.contracts.Hub.deploy(world.owner, ZERO_ADDRESS, world.keepers, own)
    with refused("ZeroAmount"):
        world.contracts.HubOffers.deploy(world.oracle, 0, MAX_DEVIATION_BPS, LISTING_DELAY, own)
    for part, arguments in (
        ("Hub", (world.owner, world.treasury, world.keeper)),
        ("HubKeepers", (world.keeper, ZERO_ADDRESS)),
        ("HubExtension", (world.keeper,)),
    ):
        with brownie.reverts():
            getattr(world.contracts, part).deploy(*arguments, own)


def test_a_listed_token_is_listed_for_good(world):
    token = world.new_token()
    assert not world.hub.isListedToken(token)
    tx = world.list_token(token)
    assert events(tx, world.hub) == [("TokenListed", {"token": token, "usableFrom": tx.timestamp})]
    assert world.hub.isListedToken(token)
    with refused("AlreadyListed", token):
        world.hub.listToken(token, {"from": world.owner})


def test_a_token_without_a_price_is_not_listed(world):
    token = world.new_token()
    with refused("FeedMissing", token):
        world.hub.listToken(token, {"from": world.owner})
    assert not world.hub.isListedToken(token)


def test_the_zero_address_is_no_token(world):
    with refused("ZeroAddress"):
        world.hub.listToken(ZERO_ADDRESS, {"from": world.owner})


def test_a_listed_pool_is_listed_with_its_venue_and_tokens(world):
    pool = world.uniswap.create_pool(
        world.weth.address, world.wbtc.address, 10_000, amount_a=20 * WETH, amount_b=WBTC
    )
    tx = world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    listed = {"pool": pool.address, "venue": world.venue, "token0": pool.token0, "token1": pool.token1}
    assert events(tx, world.hub) == [("PoolListed", listed | {"usableFrom": tx.timestamp})]
    assert world.hub.venueOf(pool.address) == world.venue


def test_a_pool_is_listed_once(world):
    pool = world.pool(world.usdc, world.weth)
    with refused("AlreadyListed", pool):
        world.hub.listPool(pool, world.venue, {"from": world.owner})


def test_a_pool_needs_both_its_tokens_listed(world):
    own = {"from": world.owner}
    token, other = world.new_token(), world.new_token()
    pool = world.uniswap.create_pool(token.address, world.weth.address, 500, amount_a=1, amount_b=1)
    with refused("TokenNotListed", token):
        world.hub.listPool(pool.address, world.venue, own)
    world.list_token(token)
    pool = world.uniswap.create_pool(token.address, other.address, 500, amount_a=1, amount_b=1)
    with refused("TokenNotListed", other):
        world.hub.listPool(pool.address, world.venue, own)
    assert world.hub.venueOf(pool.address) == ZERO_ADDRESS


def test_a_leaders_own_pool_is_not_listed(world, hostile):
    own = {"from": world.owner}
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    with refused("NotAPool", pool):
        world.hub.listPool(pool, world.venue, own)


def test_the_treasury_is_replaced(world):
    tx = world.hub.setTreasury(world.keeper, {"from": world.owner})
    assert events(tx, world.hub) == [("TreasurySet", {"treasury": world.keeper})]
    assert world.hub.treasury() == world.keeper


def test_there_is_always_a_treasury(world):
    with refused("ZeroAddress"):
        world.hub.setTreasury(ZERO_ADDRESS, {"from": world.owner})
    assert world.hub.treasury() == world.treasury
