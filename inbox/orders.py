"""The orders of one hub in the inbox. Each change of one is a compare-and-set and an event, in one commit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.errors import FloodError, UnknownOrderError
from inbox.lifecycle import OPEN, Change, Status
from inbox.models import InboxOrder, OrderEvent, ScanCursor
from inbox.news import TRANSITION, note
from inbox.writing import insert_new, writing
from orders.document import SignedOrder
from orders.order import Order, OrderKind, Trade

MAX_OPEN = 50
"""Open orders of one leader."""
MAX_A_MINUTE = 60
"""Orders that one leader may send in a minute."""
_MINUTE_US = 60_000_000


class Orders:
    """The inbox of one hub. `by` signs the events that this process writes."""

    def __init__(self, engine: Engine, *, chain_id: int, hub: str, by: str, clock: Clock = now_us) -> None:
        self.chain_id = chain_id
        self.hub = hub
        self._engine = engine
        self._by = by
        self._clock = clock

    def receive(self, signed: SignedOrder, *, seen_us: int | None = None) -> bool:
        """Store a checked order; False where it is there already: the same order twice is one order.

        Raises `FloodError`.
        """
        now = self._clock()
        order, trade, digest = signed.order, signed.order.trade, "0x" + signed.digest.hex()
        with writing(self._engine) as connection:
            if connection.scalar(select(InboxOrder.id).where(self._mine, InboxOrder.digest == digest)):
                return False
            self._refuse_flood(connection, signed.leader, now)
            insert_new(
                connection,
                InboxOrder,
                chain_id=self.chain_id,
                hub=self.hub,
                digest=digest,
                leader=signed.leader,
                strategy_id=trade.strategy_id,
                pool=trade.pool,
                token_in=trade.token_in,
                token_out=trade.token_out,
                portion=trade.portion,
                limit_price=trade.limit_price,
                deadline=trade.deadline,
                kind=int(order.kind),
                min_fill=order.min_fill,
                trigger_price=order.trigger_price,
                nonce=order.nonce,
                signature="0x" + signed.signature.hex(),
                received_us=now,
                status=Status.RECEIVED,
                why=None,
                filled=0,
                withdrawn=False,
                settled=False,
                changed_block=None,
                version=1,
            )
            order_id = connection.scalar(select(InboxOrder.id).where(self._mine, InboxOrder.digest == digest))
            received = Change(Status.RECEIVED, None, 0, None)
            self._write_event(
                connection,
                order_id,
                1,
                received,
                seen_us=now if seen_us is None else seen_us,
                now=now,
            )
        return True

    def apply(self, order: InboxOrder, change: Change, *, seen_us: int, settled: bool = False) -> bool:
        """Make a transition; False where somebody else changed the order since it was read."""
        with writing(self._engine) as connection:
            done = connection.execute(
                update(InboxOrder)
                .where(InboxOrder.id == order.id, InboxOrder.version == order.version)
                .values(
                    status=change.status,
                    why=change.why,
                    filled=change.filled,
                    changed_block=None if change.place is None else change.place.number,
                    settled=settled,
                    version=order.version + 1,
                )
            )
            if done.rowcount != 1:
                return False
            number, now = order.version + 1, self._clock()
            self._write_event(connection, order.id, number, change, seen_us=seen_us, now=now)
        return True

    def settle(self, order: InboxOrder) -> None:
        """Watch an order no longer."""
        with writing(self._engine) as connection:
            connection.execute(
                update(InboxOrder)
                .where(InboxOrder.id == order.id, InboxOrder.version == order.version)
                .values(settled=True)
            )

    def withdraw(self, digest: str) -> None:
        """Note that the leader wants no keeper to carry it any more. Keepers obey at their next look.

        Raises `UnknownOrderError`.
        """
        with writing(self._engine) as connection:
            done = connection.execute(
                update(InboxOrder).where(self._mine, InboxOrder.digest == digest).values(withdrawn=True)
            )
        if done.rowcount != 1:
            raise UnknownOrderError(
                f"The inbox holds no order {digest}.", remedy="Check the digest with `lockstep order list`."
            )

    def watched(self) -> Sequence[InboxOrder]:
        """Every order that may still change, oldest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(InboxOrder).where(self._mine, InboxOrder.settled.is_(False))
            return session.scalars(query.order_by(InboxOrder.id)).all()

    def find(self, digest: str) -> InboxOrder | None:
        """One order."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(
                select(InboxOrder).where(self._mine, InboxOrder.digest == digest)
            ).one_or_none()

    def events(self, order_id: int) -> Sequence[OrderEvent]:
        """An order's transitions, in order."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(OrderEvent).where(OrderEvent.order_id == order_id)
            return session.scalars(query.order_by(OrderEvent.sequence)).all()

    def newest(self) -> tuple[int, int]:
        """Changes when an order comes in, or is changed by anybody: the inbox's cheap doorbell."""
        query = select(func.count(), func.sum(InboxOrder.version), func.sum(InboxOrder.withdrawn.cast(_INT)))
        with self._engine.connect() as connection:
            count, versions, withdrawn = connection.execute(query.where(self._mine)).one()
        return count, int(versions or 0) + int(withdrawn or 0)

    def scanned(self) -> int | None:
        """Up to which block fills have been read."""
        with self._engine.connect() as connection:
            return connection.scalar(
                select(ScanCursor.block).where(
                    ScanCursor.chain_id == self.chain_id, ScanCursor.hub == self.hub
                )
            )

    def set_scanned(self, block: int) -> None:
        """Note up to which block fills have been read."""
        with writing(self._engine) as connection:
            if not insert_new(connection, ScanCursor, chain_id=self.chain_id, hub=self.hub, block=block):
                own = (ScanCursor.chain_id == self.chain_id, ScanCursor.hub == self.hub)
                connection.execute(update(ScanCursor).where(*own).values(block=block))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (InboxOrder.chain_id == self.chain_id) & (InboxOrder.hub == self.hub)

    def _refuse_flood(self, connection: Connection, leader: str, now: int) -> None:
        theirs = select(func.count()).where(self._mine, InboxOrder.leader == leader)
        is_open = InboxOrder.status.in_(OPEN)
        found = connection.scalar(theirs.where(is_open)) or 0
        if found >= MAX_OPEN:
            raise FloodError(
                f"{leader} has {found} open orders.",
                remedy=f"Cancel some: at most {MAX_OPEN} are open at a time.",
            )
        lately = connection.scalar(theirs.where(InboxOrder.received_us > now - _MINUTE_US)) or 0
        if lately >= MAX_A_MINUTE:
            raise FloodError(
                f"{leader} has sent {lately} orders within a minute.",
                remedy=f"Send at most {MAX_A_MINUTE} a minute.",
            )

    def _write_event(
        self, connection: Connection, order_id: Any, number: int, change: Change, *, seen_us: int, now: int
    ) -> None:
        place = change.place
        insert_new(
            connection,
            OrderEvent,
            order_id=order_id,
            sequence=number,
            status=change.status,
            why=change.why,
            filled=change.filled,
            by=self._by,
            tx_hash=None if place is None else place.tx_hash,
            trade_id=None if place is None else place.trade_id,
            block_number=None if place is None else place.number,
            block_hash=None if place is None else place.hash,
            block_time=None if place is None else place.time,
            seen_us=seen_us,
            processed_us=now,
        )
        note(connection, TRANSITION, order_id, number, chain_id=self.chain_id, hub=self.hub)


_INT: Any = InboxOrder.version.type


def signed(order: InboxOrder) -> SignedOrder:
    """The order as its leader signed it."""
    trade = Trade(
        order.strategy_id,
        order.pool,  # type: ignore[arg-type]  # stored as EIP-55
        order.token_in,  # type: ignore[arg-type]
        order.token_out,  # type: ignore[arg-type]
        order.portion,
        order.limit_price,
        order.deadline,
    )
    terms = Order(trade, order.nonce, OrderKind(order.kind), order.min_fill, order.trigger_price)
    hub, leader = order.hub, order.leader
    return SignedOrder(order.chain_id, hub, leader, terms, bytes.fromhex(order.signature[2:]))  # type: ignore[arg-type]
