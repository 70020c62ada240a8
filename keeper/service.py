"""One keeper: looks, plans, tries, submits, follows; again and again, until it is asked to stop."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from inbox.clock import Clock, now_us
from inbox.journal import Journal, Purpose
from inbox.models import InboxOrder, Transaction
from inbox.orders import Orders, signed
from inbox.stops import Scope, Stops
from indexer.chain.errors import ChainError
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import why
from indexer.sync.deployment import Deployment
from keeper.breakers import Breakers, Tolerance
from keeper.following import Following
from keeper.gas import GasPolicy
from keeper.keys import Signer
from keeper.metrics import BREAKERS, Metrics
from keeper.planner import Execute, Intent, Limits, Plan, plan
from keeper.reader import Reader, Seen
from keeper.relays import PrivateRelay, PublicRelay
from keeper.simulator import Refused, Simulator
from keeper.state import Held, OrderState, State
from keeper.submitter import Patience, Submitter
from keeper.views import Head, Views

log = structlog.get_logger()

_SIGN_OF_LIFE_US = 2_000_000
_DATABASE_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a keeper works. `name` tells it from others in the database; `head_poll_s`, `inbox_poll_s`: how
    often it asks the node and the database. `upkeep_every`: heads in which each strategy has its turn once.
    """

    name: str
    gas: GasPolicy = field(default_factory=GasPolicy)
    tolerance: Tolerance = field(default_factory=Tolerance)
    patience: Patience = field(default_factory=Patience)
    limits: Limits = field(default_factory=Limits)
    upkeep_every: int = 25
    settle_after_s: int = 7 * 86_400
    lease_s: float = 60
    private_relay: str | None = None
    head_poll_s: float = 0.5
    inbox_poll_s: float = 0.02


@dataclass(frozen=True, slots=True)
class Step:
    """What one look came to."""

    head: Head | None
    sent: int
    in_flight: int


@dataclass(slots=True)
class _Memory:
    """What is kept from one look to the next; nothing that the journal or the chain would not tell again."""

    head: Head | None = None
    seen: Seen | None = None
    orders: Sequence[InboxOrder] = ()
    states: tuple[OrderState, ...] = ()
    doorbell: tuple[int, int] | None = None
    sent: int = 0
    alive_us: int = 0
    breakers: tuple[str, ...] = ()
    refusals: dict[str, str] | None = None


class KeeperService:
    """A keeper of one hub. `open_keeper` puts one together."""

    def __init__(
        self,
        *,
        views: Views,
        reader: Reader,
        oracle: str,
        orders: Orders,
        stops: Stops,
        journal: Journal,
        following: Following,
        simulator: Simulator,
        submitter: Submitter,
        breakers: Breakers,
        metrics: Metrics,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.breakers = breakers
        self.metrics = metrics
        self._views = views
        self._reader = reader
        self._oracle = oracle
        self._orders = orders
        self._stops = stops
        self._journal = journal
        self._following = following
        self._simulator = simulator
        self._submitter = submitter
        self._settings = settings
        self._memory = _Memory()
        self._clock = clock
        self._started_us = clock()
        for name in BREAKERS:
            metrics.breaker.labels(name).set(0)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        log.info("keeper_started", keeper=self._settings.name, sender=self._journal.sender)
        next_head = 0.0
        while not stop.is_set():
            look = time.monotonic() >= next_head
            if look:
                next_head = time.monotonic() + self._settings.head_poll_s
            try:
                step = await self.step(look=look)
            except OperationalError as error:
                # Every write is one transaction: what was not written has not happened, or is found again.
                log.warning("database_failed", reason=why(error))
                await _wait(stop, _DATABASE_PAUSE_S)
                continue
            if not step.sent:
                await _wait(stop, self._settings.inbox_poll_s)
        log.info("keeper_stopped", keeper=self._settings.name)

    async def step(self, *, look: bool = True) -> Step:
        """One look at the world and what follows from it. Without `look` the head is not asked for anew.

        A node that fails ends the step, not the keeper: what was begun is in the journal.
        """
        memory = self._memory
        began = time.perf_counter()
        try:
            head, is_new = await self._head(look=look)
            if head is None:
                return Step(None, 0, 0)
            doorbell = self._orders.newest()
            if not is_new and doorbell == memory.doorbell and not memory.sent:
                self._tell(Plan((), ()), only_if_due=True)
                return Step(head, 0, 0)
            sent, in_flight = await self._work(head, is_new=is_new)
            memory.doorbell = self._orders.newest()
        except ChainError as error:
            self.breakers.failed()
            memory.sent, memory.doorbell = 0, None
            log.warning("node_failed", reason=str(error), remedy=error.remedy)
            self.metrics.steps.labels("node_failed").inc()
            self._tell(Plan((), ()))
            return Step(memory.head, 0, 0)
        memory.sent = sent
        self.metrics.steps.labels("done").inc()
        self.metrics.step_seconds.observe(time.perf_counter() - began)
        return Step(head, sent, in_flight)

    # ------------------------------------------------------------ looking

    async def _head(self, *, look: bool) -> tuple[Head | None, bool]:
        memory = self._memory
        if not look and memory.head is not None:
            return memory.head, False
        asked = time.perf_counter()
        head = await self._views.head()
        self.breakers.looked(time.perf_counter() - asked, base_fee=head.base_fee, head_time=head.time)
        self.metrics.head.set(head.number)
        is_new = memory.head is None or head.hash != memory.head.hash
        memory.head = head
        return head, is_new

    async def _work(self, head: Head, *, is_new: bool) -> tuple[int, int]:
        memory, seen_us = self._memory, self._clock()
        held = self._held()
        given_up = frozenset(
            order.digest
            for order in self._orders.watched()
            if order.withdrawn or order.leader in held.leaders or order.strategy_id in held.strategies
        )
        for outcome in await self._submitter.follow(head, given_up=given_up):
            self.metrics.transactions.labels(outcome.what).inc()
        seen = await self._look(head, is_new=is_new)
        in_flight = self._journal.in_flight()
        memory.orders, changes = await self._following.update(
            head, seen_us, {each.digest: None for each in in_flight if each.digest}, seen.strategies
        )
        for each in changes:
            self.metrics.orders.labels(each.status).inc()
        bases = {strategy.id: strategy.base for strategy in seen.strategies}
        memory.states = await self._following.states(memory.orders, self._oracle, bases)
        prices = [order.price for order in memory.states]
        self.breakers.priced(oracle_gone=bool(prices) and all(price is None for price in prices))
        mine = [each for each in in_flight if each.sender == self._journal.sender]
        state = self._state(head, seen, held, in_flight, len(mine))
        planned = plan(state, self._settings.limits)
        sent = await self._carry_out(planned, head, seen_us)
        self._tell(planned, in_flight=len(mine) + sent)
        return sent, len(mine) + sent

    async def _look(self, head: Head, *, is_new: bool) -> Seen:
        memory, seen = self._memory, self._memory.seen
        if is_new or seen is None:
            seen = await self._reader.look(head)
        else:
            trades = await self._reader.reopen(seen.strategies)
            strategies = tuple(replace(each, trade=trades.get(each.id)) for each in seen.strategies)
            seen = replace(seen, strategies=strategies)
        memory.seen = seen
        return seen

    def _held(self) -> Held:
        stops = self._stops.all(lifted=False)
        return Held(
            any(each.scope == Scope.ENTRIES for each in stops),
            frozenset(each.subject for each in stops if each.scope == Scope.LEADER),
            frozenset(int(each.subject) for each in stops if each.scope == Scope.STRATEGY),
        )

    def _state(
        self, head: Head, seen: Seen, held: Held, in_flight: Sequence[Transaction], mine: int
    ) -> State:
        return State(
            head.number,
            head.time,
            seen.strategies,
            self._memory.states,
            seen.vaults,
            seen.dues,
            held,
            seen.halted,
            self.breakers.carries,
            self._journal.claimed(),
            frozenset(each.strategy_id for each in in_flight if each.digest),
            mine,
        )

    # ------------------------------------------------------------ doing

    async def _carry_out(self, planned: Plan, head: Head, seen_us: int) -> int:
        orders = {order.digest: order for order in self._memory.orders}
        done: set[str] = set()
        refusals: dict[str, str] = {}
        for intent in planned.intents:
            if intent.group in done:
                continue
            order = orders[intent.action.digest] if isinstance(intent.action, Execute) else None
            found = await self._simulator.find(intent, None if order is None else signed(order))
            if isinstance(found, Refused):
                self.metrics.refused.labels(found.error.name or "reverted").inc()
                refusals[intent.key] = str(found.error)
                if order is not None and found.never:
                    self._following.reject(order, str(found.error), seen_us)
                continue
            digest = None if order is None else order.digest
            purpose = Purpose(intent.key, intent.strategy_id, intent.urgency, digest, found.data, found.gas)
            tx_hash = await self._submitter.submit(purpose, head)
            if tx_hash is None:
                continue
            done.add(intent.group)
            self._sent(intent, order, tx_hash, head, seen_us)
        self._tell_refusals(refusals)
        return len(done)

    def _sent(self, intent: Intent, order: InboxOrder | None, tx_hash: str, head: Head, seen_us: int) -> None:
        self.metrics.sent.labels(intent.urgency.name.lower()).inc()
        if order is not None:
            self.metrics.submit_seconds.observe((self._clock() - order.received_us) / 1e6)
            self._following.working(order, tx_hash, head, seen_us)

    # ------------------------------------------------------------ telling

    def _tell(self, planned: Plan, *, in_flight: int = 0, only_if_due: bool = False) -> None:
        memory = self._memory
        opened = self.breakers.open
        if tuple(opened) != memory.breakers:
            for name in set(opened) - set(memory.breakers):
                log.warning("breaker_opened", breaker=name, carries=_word(opened[name]))
            for name in set(memory.breakers) - set(opened):
                log.info("breaker_closed", breaker=name)
            memory.breakers = tuple(opened)
        elif only_if_due and self._clock() - memory.alive_us < _SIGN_OF_LIFE_US:
            return
        carries = self.breakers.carries
        for name in BREAKERS:
            self.metrics.breaker.labels(name).set(name in opened)
        self.metrics.carries.set(-1 if carries is None else carries)
        if not only_if_due:
            self.metrics.in_flight.set(in_flight)
            self.metrics.left.clear()
            for each in planned.left:
                self.metrics.left.labels(each.why).inc()
        head = memory.head
        self._journal.alive(
            started_us=self._started_us,
            head=None if head is None else (head.number, head.time),
            carries=-1 if carries is None else carries,
            breakers=json.dumps({name: _word(allowed) for name, allowed in opened.items()}),
            in_flight=in_flight,
            held=len(planned.left),
        )
        memory.alive_us = self._clock()

    def _tell_refusals(self, refusals: Mapping[str, str]) -> None:
        """Each only when it changes: an order may wait at its limit for a week."""
        before = self._memory.refusals or {}
        for key, reason in refusals.items():
            if before.get(key, "").split("(")[0] != reason.split("(")[0]:
                log.info("not_now", key=key, reason=reason)
        self._memory.refusals = dict(refusals)


@asynccontextmanager
async def open_keeper(
    rpc: RpcClient,
    engine: Engine,
    deployment: Deployment,
    signer: Signer,
    settings: Settings,
    *,
    metrics: Metrics | None = None,
    clock: Clock = now_us,
) -> AsyncIterator[KeeperService]:
    """A keeper, ready to `step` or `run`, of a hub whose inbox's tables are there. `clock` tells it the time.

    Raises `ChainError` where the node is away, on another chain, or knows no hub at the address.
    """
    chain = ChainReader(rpc)
    await chain.require_chain(deployment.chain_id)
    await chain.code(deployment.hub)
    views = Views(rpc, deployment.hub)
    batch_size, oracle = await views.many([("batchSize", ()), ("oracle", ())])
    chain_id, hub_address = deployment.chain_id, deployment.hub
    orders = Orders(engine, by=settings.name, chain_id=chain_id, hub=hub_address, clock=clock)
    journal = Journal(
        engine,
        chain_id=chain_id,
        hub=hub_address,
        keeper=settings.name,
        sender=signer.address,
        lease_s=settings.lease_s,
        clock=clock,
    )
    simulator = Simulator(views, signer.address, batch_size=batch_size)
    submitter = Submitter(
        rpc,
        journal,
        signer,
        chain_id=chain_id,
        hub_address=hub_address,
        simulator=simulator,
        public=PublicRelay(rpc),
        private=None if settings.private_relay is None else PrivateRelay(settings.private_relay),
        gas=settings.gas,
        patience=settings.patience,
        clock=clock,
    )
    confirmations = settings.patience.confirmations
    yield KeeperService(
        views=views,
        reader=Reader(
            views,
            since=deployment.block,
            upkeep_every=settings.upkeep_every,
            settle_after_s=settings.settle_after_s,
        ),
        oracle=oracle,
        orders=orders,
        stops=Stops(engine, chain_id=chain_id, hub=hub_address, clock=clock),
        journal=journal,
        following=Following(orders, views, since=deployment.block, confirmations=confirmations),
        simulator=simulator,
        submitter=submitter,
        breakers=Breakers(settings.gas, settings.tolerance, lambda: clock() / 1e6),
        metrics=metrics or Metrics(),
        settings=settings,
        clock=clock,
    )


def _word(urgency: object) -> str:
    return "nothing" if urgency is None else str(getattr(urgency, "name", urgency)).lower()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
