"""One world for the whole run; each test starts from it and leaves no trace."""

import time

import pytest
from brownie import project, web3
from brownie.project.main import TempProject
from web3.middleware import Web3Middleware
from world import ROOT, USDC, World


class Mined(Web3Middleware):
    """Answers a transaction when it is mined. Anvil answers before, and then knows the sender's next nonce
    for a moment before it knows the receipt: Brownie takes such a transaction for lost, or sleeps a second.
    """

    def wrap_make_request(self, make_request):
        def request(method, params):
            response = make_request(method, params)
            if method == "eth_sendTransaction" and response.get("result"):
                give_up = time.monotonic() + 30
                while make_request("eth_getTransactionReceipt", [response["result"]]).get("result") is None:
                    assert time.monotonic() < give_up, "the transaction was never mined"
                    time.sleep(0.001)
            return response

        return request


@pytest.fixture(scope="session")
def world():
    web3.middleware_onion.add(Mined, "mined")
    return World(project.get_loaded_projects()[0])


@pytest.fixture(scope="session")
def hostile():
    """The contracts that mean harm or stand for others' own, compiled as the hub is."""
    names = ("HostileTokens", "DishonestVenue", "LeadersPool", "DatedFeed", "DenyList", "LeadersWallet")
    files = ["contracts/interfaces/IGate.sol", *(f"tests/contracts/support/{name}.sol" for name in names)]
    sources = {file: (ROOT / file).read_text() for file in files}
    return TempProject("Hostile", sources, project.get_loaded_projects()[0]._compiler_config)


@pytest.fixture(scope="module")
def module_isolation(world):
    """Keeps the world from module to module, where Brownie would start each on an empty chain."""


@pytest.fixture(autouse=True)
def isolated(world, fn_isolation):
    """Whatever a test does is undone."""


@pytest.fixture
def dishonest(world, hostile):
    """A listed venue that does what it is told, with tokens of its own, and a strategy that trades there."""
    venue = hostile.DishonestVenue.deploy(world.hub, world.usdc, world.weth, {"from": world.stranger})
    pool = venue.address
    world.hub.listPool(pool, venue, {"from": world.owner})
    world.usdc.mint(venue, 10**6 * USDC, {"from": world.owner})
    world.weth.mint(venue, 2**130, {"from": world.owner})
    strategy, _ = world.create_strategy(tokens=[world.weth], pools=[pool], max_slippage_bps=300)

    def trade(hand_back, pay, *, sold=world.usdc, bought=world.weth, average=None, **changes):
        """The venue claims the oracle's own price for its average, unless another is given."""
        venue.plan(hand_back, pay, {"from": world.stranger})
        average = average or world.oracle.priceDown(sold, bought)
        venue.planAverage(average, {"from": world.stranger})
        return world.trade(strategy, sold, bought, pool=pool, **changes)

    trade.strategy, trade.pool, trade.venue = strategy, pool, venue
    return trade
