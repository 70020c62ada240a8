"""From an order in the inbox to its transaction at the node: how long, and how much of it is the node's."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from web3 import Web3

from benchmarks.keeper.crowd import Crowd, account
from demo.opening import ETHER_FOR_GAS
from inbox.lifecycle import Status
from inbox.models import Attempt, InboxOrder, Transaction
from inbox.orders import Orders
from indexer.chain.rpc import RpcClient
from keeper.breakers import Tolerance
from keeper.keys import LocalSigner
from keeper.service import Settings, open_keeper

_BLOCK_S = 2
_ORDERS_A_SECOND = 2.0
_PATIENCE_S = 300


class TimedRpc(RpcClient):
    """Notes when it waited for a node: from the request's first byte to the answer's headers."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.waits: list[tuple[float, float]] = []

    async def __aenter__(self) -> Self:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._began)
        trace.on_request_end.append(self._ended)
        self._session = aiohttp.ClientSession(timeout=self._timeout, trace_configs=[trace])
        return self

    async def _began(self, _: Any, context: SimpleNamespace, __: Any) -> None:
        context.began = time.time()

    async def _ended(self, _: Any, context: SimpleNamespace, __: Any) -> None:
        self.waits.append((context.began, time.time()))


@dataclass(frozen=True, slots=True)
class Submitted:
    """Seconds from acceptance to the transaction, of each order: in all, and without waiting for the node."""

    in_all: Sequence[float]
    own: Sequence[float]
    orders: int
    filled: int
    rejected: int
    transactions: int
    reverted: int


@dataclass(slots=True)
class _Blocks:
    """Seals a block every two seconds, dated by the chain's own clock."""

    crowd: Crowd
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while not self.stop.is_set():
            self.crowd.time += _BLOCK_S
            await asyncio.to_thread(self.crowd.opened.chain.seal, self.crowd.time)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), _BLOCK_S)


async def submit(crowd: Crowd, engine: Engine, *, orders: int, seed: int = 1) -> Submitted:
    """Posts orders at random moments, two a second, while a keeper runs; waits until all are filled."""
    chance = random.Random(seed)  # noqa: S311 - a schedule to be repeated
    inbox = Orders(engine, chain_id=crowd.deployment.chain_id, hub=crowd.deployment.hub, by="benchmark")
    who, stop, blocks = account("keeper"), asyncio.Event(), _Blocks(crowd)
    crowd.opened.chain.request("anvil_setBalance", who.address, hex(ETHER_FOR_GAS))
    settings = Settings(name="measured", tolerance=Tolerance(stale_s=None))
    async with TimedRpc(crowd.node.http_url) as rpc:
        async with open_keeper(rpc, engine, crowd.deployment, LocalSigner(who), settings) as keeper:
            tasks = [asyncio.create_task(keeper.run(stop)), asyncio.create_task(blocks.run())]
            await asyncio.sleep(3 * _BLOCK_S)
            # Signing is the leaders' work, not the keeper's.
            signed = [crowd.sign(at % len(crowd.leaders) + 1) for at in range(orders)]
            for each in signed:
                await asyncio.sleep(chance.expovariate(_ORDERS_A_SECOND))
                await asyncio.to_thread(inbox.receive, each)
            await _until_quiet(engine, orders)
            stop.set()
            blocks.stop.set()
            await asyncio.gather(*tasks)
        waits = rpc.waits
    return _read(engine, waits)


async def _until_quiet(engine: Engine, orders: int) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    ended = select(InboxOrder.id).where(InboxOrder.status.in_([Status.FILLED, Status.REJECTED]))
    while time.monotonic() < give_up:
        with Session(engine) as session:
            if len(session.scalars(ended).all()) == orders:
                return
        await asyncio.sleep(0.5)


def _read(engine: Engine, waits: Sequence[tuple[float, float]]) -> Submitted:
    with Session(engine) as session:
        orders = session.scalars(select(InboxOrder)).all()
        first = select(Transaction.digest, Attempt.sent_us).join_from(
            Transaction, Attempt, Attempt.transaction_id == Transaction.id
        )
        sent: dict[str, int] = {}
        for digest, at in session.execute(
            first.where(Transaction.digest.is_not(None)).order_by(Attempt.sent_us)
        ):
            if at is not None and digest is not None:
                sent.setdefault(digest, at)
        transactions = session.scalars(select(Transaction)).all()
        spans = [(each.received_us / 1e6, sent[each.digest] / 1e6) for each in orders if each.digest in sent]
        return Submitted(
            in_all=[end - begin for begin, end in spans],
            own=[end - begin - _waited(begin, end, waits) for begin, end in spans],
            orders=len(orders),
            filled=sum(each.status == Status.FILLED for each in orders),
            rejected=sum(each.status == Status.REJECTED for each in orders),
            transactions=len(transactions),
            reverted=sum(each.succeeded is False for each in transactions),
        )


def _waited(begin: float, end: float, waits: Sequence[tuple[float, float]]) -> float:
    """Seconds between begin and end in which at least one request was unanswered."""
    total, reached = 0.0, begin
    for first, last in sorted(waits):
        first, last = max(first, reached), min(last, end)  # noqa: PLW2901
        if first < last:
            total += last - first
            reached = last
    return total


def copies(crowd: Crowd) -> tuple[int, int, int]:
    """Copies the hub made, those of them in the leader's own transaction, and those it skipped."""
    events: Any = crowd.opened.contracts.hub.events
    topics = {name: Web3.to_hex(Web3.keccak(text=events[name]().signature)) for name in _NAMES}
    logs = crowd.opened.chain.request(
        "eth_getLogs",
        {"fromBlock": "0x0", "address": crowd.deployment.hub, "topics": [list(topics.values())]},
    )
    opened = {
        log["topics"][1]: log["transactionHash"] for log in logs if log["topics"][0] == topics[_NAMES[0]]
    }
    copied = [log for log in logs if log["topics"][0] == topics[_NAMES[1]]]
    together = sum(opened[log["topics"][1]] == log["transactionHash"] for log in copied)
    return len(copied), together, len(logs) - len(opened) - len(copied)


_NAMES = ("TradeOpened", "TradeCopied", "CopySkipped")
