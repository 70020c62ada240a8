"""What stands on a local chain before anybody comes: tokens, feeds, Uniswap with its pools, the protocol."""

from collections.abc import Callable
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from demo.anvil import Anvil
from demo.chain import Chain
from demo.checkout import Checkout
from demo.deployment import BATCH_SIZE, Deployment, compile_contracts, deploy_protocol
from demo.exchange import Exchange, deploy_tokens, mint_supply, open_exchange
from demo.market import Market
from demo.prices import Tick

ETHER_FOR_GAS = 1_000 * 10**18


@dataclass(frozen=True, slots=True)
class Opened:
    """A chain that is ready. The market's approvals are queued, not mined."""

    chain: Chain
    exchange: Exchange
    contracts: Deployment
    market: Market


def open_market(
    node: Anvil,
    checkout: Checkout,
    start: Tick,
    *,
    trader: LocalAccount,
    treasury: ChecksumAddress,
    batch_size: int = BATCH_SIZE,
    keepers_are_paid: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Opened:
    """Opens everything at the prices of `start` on a chain that has just started; blocks are a second apart.

    `trader` owns tokens and feeds. `progress` is told each stage.

    Raises:
        DemoError: a program or an artifact is missing, or the protocol cannot be deployed.
    """
    progress("Compiling the contracts")
    compile_contracts(checkout)
    chain = Chain(node.http_url)
    chain.request("anvil_setBlockTimestampInterval", 1)
    chain.batch([("anvil_setBalance", [who, hex(ETHER_FOR_GAS)]) for who in (trader.address, treasury)])
    progress("Deploying tokens, price feeds and Uniswap V3")
    with chain.automine():
        tokens = deploy_tokens(chain.w3, checkout, trader.address)
    mint_supply(chain, tokens, trader, start)
    with chain.automine():
        exchange = open_exchange(chain.w3, checkout, tokens, start)
        progress("Deploying Lockstep")
        contracts = deploy_protocol(
            node,
            chain.w3,
            checkout,
            exchange,
            treasury=treasury,
            batch_size=batch_size,
            keepers_are_paid=keepers_are_paid,
        )
    if checkout.deployments is not None:
        head = int(chain.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003
        chain.request("evm_setNextBlockTimestamp", head + 1)
    chain.contracts = (contracts.hub, contracts.oracle)
    market = Market(chain, exchange, trader)
    market.open()
    return Opened(chain, exchange, contracts, market)
