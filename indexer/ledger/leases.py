"""Takes, renews and gives back the lease of a ledger: each one transaction, by the database's own clock.

The lease keeps a second indexer from starting. What keeps one that lost it unawares from doing harm is the
checkpoint, which moves only from where its writer left it (`move_checkpoint`).
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from indexer.ledger.models import Lease


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that writes, or would."""

    id: str
    host: str
    pid: int
    begun: str

    @property
    def machine(self) -> str:
        """The machine's name, as people know it."""
        return self.host.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Held:
    """A lease as it is now; times are unix microseconds of the database's clock."""

    holder: Holder
    taken_us: int
    renewed_us: int
    expires_us: int
    now_us: int

    @property
    def expired(self) -> bool:
        """Whether anybody may take it."""
        return self.expires_us <= self.now_us


def clock_us(connection: Connection) -> int:
    """The database's clock: unix microseconds. SQLite's is this machine's."""
    if connection.dialect.name == "sqlite":
        return time.time_ns() // 1000
    seconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
    return int(seconds * 1_000_000) if seconds is not None else 0


def read_lease(connection: Connection, chain_id: int, hub: str) -> Held | None:
    """The lease of a hub's ledger; None if nobody has one."""
    row = connection.execute(
        select(Lease.__table__).where(Lease.chain_id == chain_id, Lease.hub == hub)
    ).one_or_none()
    if row is None:
        return None
    holder = Holder(row.holder_id, row.host, row.pid, row.begun)
    return Held(holder, row.taken_us, row.renewed_us, row.expires_us, clock_us(connection))


def take_lease(
    engine: Engine, chain_id: int, hub: str, holder: Holder, length_us: int, *, from_dead: str | None = None
) -> Held:
    """Take the lease if nobody has it, it has expired, or `from_dead` (a holder's id) has it; say whose it is
    then.
    """
    insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
    with engine.begin() as connection:
        now = clock_us(connection)
        mine = {
            "holder_id": holder.id,
            "host": holder.host,
            "pid": holder.pid,
            "begun": holder.begun,
            "taken_us": now,
            "renewed_us": now,
            "expires_us": now + length_us,
        }
        # One statement that writes, so that of two who come at once only one finds it free.
        new = insert(Lease).values(chain_id=chain_id, hub=hub, **mine)
        free = or_(Lease.expires_us <= now, Lease.holder_id == from_dead)
        connection.execute(
            new.on_conflict_do_update(index_elements=["chain_id", "hub"], set_=mine, where=free)
        )
        held = read_lease(connection, chain_id, hub)
    if held is None:
        raise RuntimeError("a lease that was just written is not there")
    return held


def renew_lease(engine: Engine, chain_id: int, hub: str, holder: Holder, length_us: int) -> bool:
    """Put off the expiry. False: another has taken the lease meanwhile."""
    with engine.begin() as connection:
        now = clock_us(connection)
        renewed = connection.execute(
            update(Lease)
            .where(Lease.chain_id == chain_id, Lease.hub == hub, Lease.holder_id == holder.id)
            .values(renewed_us=now, expires_us=now + length_us)
        )
    return renewed.rowcount == 1


def give_back_lease(engine: Engine, chain_id: int, hub: str, holder: Holder) -> None:
    """Let the next one in at once."""
    with engine.begin() as connection:
        connection.execute(
            delete(Lease).where(Lease.chain_id == chain_id, Lease.hub == hub, Lease.holder_id == holder.id)
        )
