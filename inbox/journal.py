"""What keepers have promised, signed and sent: claims, leased nonces, transactions and their attempts.

Every step is written before it is taken, so that whoever finds the journal after a crash knows what may
have happened: a leased nonce without an attempt was never sent; an attempt may have been.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.models import Attempt, Claim, Keeper, SenderNonce, Transaction
from inbox.writing import insert_new, writing

LIVE = ("leased", "sent", "mined")
"""States of a transaction that is still followed."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a transaction is for: the claim's key, and what is called."""

    key: str
    strategy_id: int
    urgency: int
    digest: str | None
    data: str
    gas: int


class Journal:
    """The journal of one keeper on one hub; other keepers' rows are in the same tables.

    `lease_s` is how long others leave alone what this one has claimed, counted from its last sign of life.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        chain_id: int,
        hub: str,
        keeper: str,
        sender: str,
        lease_s: float = 60,
        clock: Clock = now_us,
    ) -> None:
        self.keeper = keeper
        self.sender = sender
        self._engine = engine
        self._chain_id = chain_id
        self._hub = hub
        self._lease_us = int(lease_s * 1_000_000)
        self._clock = clock

    def lease(self, purpose: Purpose, *, chain_nonce: int) -> Transaction | None:
        """Claim the purpose and lease the sender's next nonce for it, at least `chain_nonce`.

        None where another keeper, or this one, has claimed it.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            expired = self._claims & (Claim.key == purpose.key) & (Claim.until_us < now)
            connection.execute(delete(Claim).where(expired))
            until = now + self._lease_us
            claim = {"chain_id": self._chain_id, "hub": self._hub, "key": purpose.key}
            if not insert_new(connection, Claim, **claim, keeper=self.keeper, until_us=until):
                return None
            nonce = self._next_nonce(connection, chain_nonce)
            insert_new(
                connection,
                Transaction,
                chain_id=self._chain_id,
                hub=self._hub,
                keeper=self.keeper,
                sender=self.sender,
                nonce=nonce,
                key=purpose.key,
                strategy_id=purpose.strategy_id,
                urgency=purpose.urgency,
                digest=purpose.digest,
                data=purpose.data,
                gas=purpose.gas,
                state="leased",
                leased_us=now,
            )
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(
                select(Transaction).where(self._own_nonces, Transaction.nonce == nonce)
            ).one()

    def give_back(self, transaction: Transaction) -> bool:
        """Return a leased nonce that was never used, and the claim; False where a later one is leased."""
        with writing(self._engine) as connection:
            own = (SenderNonce.chain_id == self._chain_id, SenderNonce.sender == self.sender)
            returned = connection.execute(
                update(SenderNonce)
                .where(*own, SenderNonce.next == transaction.nonce + 1)
                .where(~exists().where(Attempt.transaction_id == transaction.id))
                .values(next=transaction.nonce)
            )
            if returned.rowcount != 1:
                return False
            connection.execute(delete(Transaction).where(Transaction.id == transaction.id))
            connection.execute(delete(Claim).where(self._claims, Claim.key == transaction.key))
        return True

    def attempt(self, row: Attempt) -> bool:
        """Note a signed form before it is sent; False where another process has noted one in its place."""
        with writing(self._engine) as connection:
            columns = {column.key: getattr(row, column.key) for column in Attempt.__table__.columns}
            return insert_new(connection, Attempt, **columns)

    def sent(self, transaction: Transaction, attempt: Attempt) -> None:
        """Note that a relay has taken the attempt."""
        with writing(self._engine) as connection:
            connection.execute(
                update(Attempt)
                .where(Attempt.transaction_id == transaction.id, Attempt.number == attempt.number)
                .values(sent_us=self._clock())
            )
            connection.execute(
                update(Transaction)
                .where(Transaction.id == transaction.id, Transaction.state == "leased")
                .values(state="sent")
            )

    def mined(
        self, transaction: Transaction, *, succeeded: bool, block_number: int, block_hash: str, final: bool
    ) -> None:
        """Note where a transaction was mined. Its claim ends soon: the chain tells what is left to do.

        One that failed keeps its claim a little longer each time, so that it is not sent again at once.
        """
        with writing(self._engine) as connection:
            connection.execute(
                update(Transaction)
                .where(Transaction.id == transaction.id)
                .values(
                    state="final" if final else "mined",
                    succeeded=succeeded,
                    block_number=block_number,
                    block_hash=block_hash,
                )
            )
            if transaction.state in {"leased", "sent"}:
                self._end_claim(connection, transaction, 0 if succeeded else self._lease_us // 4)

    def unmined(self, transaction: Transaction) -> None:
        """A reorg took the block of a transaction: it is on its way again."""
        self._set_state(transaction, "sent", succeeded=None, block_number=None, block_hash=None)

    def void(self, transaction: Transaction) -> None:
        """The nonce was used by something that is not in this journal; nothing of this row will be mined."""
        with writing(self._engine) as connection:
            own = Transaction.id == transaction.id
            connection.execute(update(Transaction).where(own).values(state="void"))
            self._end_claim(connection, transaction, 0)

    def live(self) -> Sequence[Transaction]:
        """What this keeper follows: its own, and those of its key that another process has abandoned."""
        with Session(self._engine, expire_on_commit=False) as session:
            held = (
                exists()
                .where(self._claims, Claim.key == Transaction.key, Claim.keeper == Transaction.keeper)
                .where(Claim.until_us >= self._clock())
            )
            query = select(Transaction).where(
                self._own_nonces,
                Transaction.state.in_(LIVE),
                (Transaction.keeper == self.keeper) | ~held,
            )
            return session.scalars(query.order_by(Transaction.nonce)).all()

    def attempts(self, transactions: Sequence[Transaction]) -> dict[int, list[Attempt]]:
        """All attempts of transactions, in order, by the transaction's id."""
        found: dict[int, list[Attempt]] = {each.id: [] for each in transactions}
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(Attempt).where(Attempt.transaction_id.in_(found)).order_by(Attempt.number)
            for row in session.scalars(query):
                found[row.transaction_id].append(row)
        return found

    def claimed(self) -> frozenset[str]:
        """What anybody has claimed now."""
        with self._engine.connect() as connection:
            query = select(Claim.key).where(self._claims, Claim.until_us >= self._clock())
            return frozenset(connection.scalars(query))

    def in_flight(self) -> Sequence[Transaction]:
        """What any keeper has on its way now: unmined, and claimed by one that lives."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = (
                select(Transaction)
                .join(Claim, (Claim.key == Transaction.key) & self._claims)
                .where(
                    Transaction.chain_id == self._chain_id,
                    Transaction.hub == self._hub,
                    Transaction.state.in_(("leased", "sent")),
                    (Claim.until_us >= self._clock()) | (Transaction.keeper == self.keeper),
                )
            )
            return session.scalars(query.order_by(Transaction.id)).all()

    def alive(
        self,
        *,
        started_us: int,
        head: tuple[int, int] | None,
        carries: int,
        breakers: str,
        in_flight: int,
        held: int,
    ) -> None:
        """Give a sign of life, and keep the claims of what is on its way."""
        now = self._clock()
        key = {"chain_id": self._chain_id, "hub": self._hub, "name": self.keeper}
        values = {
            "sender": self.sender,
            "started_us": started_us,
            "seen_us": now,
            "head_number": None if head is None else head[0],
            "head_time": None if head is None else head[1],
            "carries": carries,
            "breakers": breakers,
            "in_flight": in_flight,
            "held": held,
        }
        with writing(self._engine) as connection:
            if not insert_new(connection, Keeper, **key, **values):
                own = (getattr(Keeper, name) == value for name, value in key.items())
                connection.execute(update(Keeper).where(*own).values(**values))
            mine = select(Transaction.key).where(
                self._own_nonces,
                Transaction.keeper == self.keeper,
                Transaction.state.in_(("leased", "sent")),
            )
            connection.execute(
                update(Claim)
                .where(self._claims, Claim.keeper == self.keeper, Claim.key.in_(mine))
                .values(until_us=now + self._lease_us)
            )

    @property
    def _claims(self) -> ColumnElement[bool]:
        return (Claim.chain_id == self._chain_id) & (Claim.hub == self._hub)

    @property
    def _own_nonces(self) -> ColumnElement[bool]:
        return (Transaction.chain_id == self._chain_id) & (Transaction.sender == self.sender)

    def _next_nonce(self, connection: Connection, chain_nonce: int) -> int:
        own = (SenderNonce.chain_id == self._chain_id, SenderNonce.sender == self.sender)
        stored = connection.scalar(select(SenderNonce.next).where(*own))
        nonce = chain_nonce if stored is None else max(stored, chain_nonce)
        key = {"chain_id": self._chain_id, "sender": self.sender}
        if not insert_new(connection, SenderNonce, **key, next=nonce + 1):
            connection.execute(update(SenderNonce).where(*own).values(next=nonce + 1))
        return nonce

    def _set_state(self, transaction: Transaction, state: str, **values: object) -> None:
        with writing(self._engine) as connection:
            own = Transaction.id == transaction.id
            connection.execute(update(Transaction).where(own).values(state=state, **values))

    def _end_claim(self, connection: Connection, transaction: Transaction, after_us: int) -> None:
        until = self._clock() + after_us - 1
        own = (self._claims, Claim.key == transaction.key, Claim.keeper == transaction.keeper)
        connection.execute(update(Claim).where(*own).values(until_us=until))
