"""The chains that are indexed: the real hub, with real trades that many vaults copy on the real Uniswap V3.

A dense chain has a trade of some hundred vaults in each block, a sparse one a trade of two. Mining hundreds
of thousands of copies takes minutes, so a chain is kept between runs, as anvil dumps it.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import track
from web3.contract import Contract

from benchmarks.gas import GENESIS_TIME, Bench, bench
from demo.anvil import BLOCK_GAS_LIMIT, Anvil, anvil
from demo.chain import Chain
from demo.checkout import Checkout
from demo.deployment import hub_abi, sources_digest

WAD = 10**18
PRICES_LAST = 50
"""Blocks mined by one order; the prices are posted as often, which the oracle asks for once a day."""

_BLOCK_S = 1_600
"""Seconds between blocks: what the pool's fees cost leaks out of a leader's loss budget at this pace."""

_PORTION = WAD // 100
"""What the leader buys with: so little that thousands of round trips cost no more than a tenth."""

_EVENTS_BESIDE_COPIES = 4
"""`TradeOpened`, `BatchCleared`, the leader's own `TradeCopied`, and `TradeCompleted`."""

_SPARE_GAS = 2.5
"""Gas given to a trade, and to a block: a second trade finds no room in it, and blocks are less than half
full, so that the base fee does not rise.
"""


@dataclass(frozen=True, slots=True)
class Size:
    """So many blocks, each with a trade that so many events tell of."""

    name: str
    blocks: int
    events_a_block: int

    @property
    def followers(self) -> int:
        """Vaults that copy each trade, beside the leader's own."""
        return self.events_a_block - _EVENTS_BESIDE_COPIES


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a chain that was made: addresses, calldata of the leader's two trades, and how many
    events the hub has logged up to `head`.
    """

    deployment: dict[str, Any]
    leader: str
    leader_vault: int
    feeds: dict[str, str]
    bought: str
    buy: str
    sell: str
    gas: int
    head: int
    events: int


@dataclass(frozen=True, slots=True)
class Market:
    """A chain to index, running, with its deployment file; it can be traded on."""

    node: Anvil
    chain: Chain
    hub: Contract
    deployment: Path
    facts: Facts

    def first_of(self, size: Size) -> int:
        """The first of the blocks that a chain of a size was made for: those with trades, and with prices."""
        return self.facts.head - size.blocks - -(-size.blocks // PRICES_LAST) + 1

    def trade(self, blocks: int) -> None:
        """Mine blocks with one trade of the leader each: some is swapped, and with the next all of it
        back.
        """
        self.post_prices()
        _trade(self.chain, self.hub, self.facts, blocks)

    def post_prices(self) -> None:
        """Mine a block with new prices."""
        _post_prices(self.chain, self.facts.leader, self.facts.feeds)

    def queue_trade(self) -> int:
        """Leave one trade for the next block; the height so far."""
        [held] = self.chain.read(
            [self.hub.functions.vaultBalance(self.facts.leader_vault, self.facts.bought)]
        )
        data = self.facts.sell if held else self.facts.buy
        fields = {"from": self.facts.leader, "to": self.hub.address, "data": data, "gas": hex(self.facts.gas)}
        self.chain.request("eth_sendTransaction", fields)
        return int(self.chain.request("eth_blockNumber"), 16)


@contextmanager
def market(size: Size) -> Iterator[Market]:
    """The chain of a size, made now or in an earlier run."""
    checkout = Checkout.here()
    kept = checkout.root / "build" / "bench-indexer"
    stem = f"{size.name}-{size.blocks}x{size.events_a_block}-{sources_digest(checkout)[:12]}"
    state, known = kept / f"{stem}.state.json", kept / f"{stem}.facts.json"
    if not known.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        made, facts = _make(size)
        state.write_bytes(made)
        known.write_text(json.dumps(asdict(facts)))
    facts = Facts(**json.loads(known.read_text()))
    with TemporaryDirectory() as folder:
        deployment = Path(folder) / "deployment.json"
        deployment.write_text(json.dumps(facts.deployment))
        log = Path(folder) / "anvil.log"
        with anvil(checkout.anvil, genesis_time=GENESIS_TIME, log=log, state=state) as node:
            chain = Chain(node.http_url)
            chain.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC knows no names
            # A chain that was loaded goes on, but its clock has started anew.
            newest = int(chain.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003
            chain.request("evm_setNextBlockTimestamp", newest + _BLOCK_S)
            chain.request("anvil_setBlockTimestampInterval", _BLOCK_S)
            chain.request("anvil_impersonateAccount", facts.leader)
            hub = chain.w3.eth.contract(address=facts.deployment["hub"], abi=hub_abi(checkout))
            yield Market(node, chain, hub, deployment, facts)


def _make(size: Size) -> tuple[bytes, Facts]:
    """Mine the chain; its state as anvil loads it, and what is known of it."""
    with TemporaryDirectory() as folder, bench(Path(folder)) as at:
        facts = _open(at, size, json.loads((Path(folder) / "deployment.json").read_text()))
        at.chain.request("anvil_impersonateAccount", facts.leader)
        at.chain.request("anvil_setBlockTimestampInterval", _BLOCK_S)
        steps = range(0, size.blocks, PRICES_LAST)
        for done in track(steps, f"Chain {size.name}", console=Console(stderr=True)):
            _post_prices(at.chain, facts.leader, facts.feeds)
            _trade(at.chain, at.hub, facts, min(PRICES_LAST, size.blocks - done))
        head = int(at.chain.request("eth_blockNumber"), 16)
        logged = sum(_count(at.chain, at.hub, first, head) for first in range(0, head + 1, PRICES_LAST))
        if logged < size.blocks * size.events_a_block:
            raise RuntimeError(f"{logged} events in {size.blocks} blocks: the hub refused trades")
        known = {**asdict(facts), "head": head, "events": logged}
        return gzip.decompress(bytes.fromhex(at.chain.request("anvil_dumpState")[2:])), Facts(**known)


def _open(at: Bench, size: Size, deployment: dict[str, Any]) -> Facts:
    """A strategy with its followers, and a trade in either direction to see what it costs."""
    strategy = at.open_strategy(size.followers)
    leader_vault = at.newest_vault() - size.followers
    usdc, weth = at.token("USDC").address, at.token("WETH").address
    pool = at.exchange.pool("USDC", "WETH").address

    def call(sold: str, bought: str, portion: int) -> str:
        terms = (strategy, pool, sold, bought, portion, 0, 2**40 - 1)
        return str(at.hub.encode_abi("trade", [terms]))

    buy, sell = call(usdc, weth, _PORTION), call(weth, usdc, WAD)
    trades = [at.hub.functions.trade((strategy, pool, usdc, weth, _PORTION, 0, 2**40 - 1))]
    trades.append(at.hub.functions.trade((strategy, pool, weth, usdc, WAD, 0, 2**40 - 1)))
    used = [at.send(trade) for _ in range(2) for trade in trades]
    feeds: dict[str, str] = {
        token.feed.address: token.feed.encode_abi("post", [at.start.price(symbol)])
        for symbol, token in at.exchange.tokens.items()
    }
    gas = int(max(used[2:]) * _SPARE_GAS)
    return Facts(deployment, at.person.address, leader_vault, feeds, weth, buy, sell, gas, 0, 0)


def _post_prices(chain: Chain, sender: str, feeds: dict[str, str]) -> None:
    for feed, data in feeds.items():
        chain.request("eth_sendTransaction", {"from": sender, "to": feed, "data": data, "gas": hex(200_000)})
    chain.request("evm_mine")


def _trade(chain: Chain, hub: Contract, facts: Facts, blocks: int) -> None:
    """Have the node mine the leader's trades, one a block: its limit on gas is lowered to that of one
    trade.
    """
    [held] = chain.read([hub.functions.vaultBalance(facts.leader_vault, facts.bought)])
    nonce = int(chain.request("eth_getTransactionCount", facts.leader, "latest"), 16)
    fields = {"from": facts.leader, "to": hub.address, "gas": hex(facts.gas)}
    both = [facts.sell, facts.buy] if held else [facts.buy, facts.sell]
    chain.request("evm_setBlockGasLimit", hex(facts.gas))
    chain.batch(
        [
            ("eth_sendTransaction", [{**fields, "data": both[at % 2], "nonce": hex(nonce + at)}])
            for at in range(blocks)
        ]
    )
    chain.request("anvil_mine", hex(blocks), hex(_BLOCK_S))
    chain.request("evm_setBlockGasLimit", hex(BLOCK_GAS_LIMIT))


def _count(chain: Chain, hub: Contract, first: int, head: int) -> int:
    last = min(head, first + PRICES_LAST - 1)
    return len(
        chain.request("eth_getLogs", {"address": hub.address, "fromBlock": hex(first), "toBlock": hex(last)})
    )
