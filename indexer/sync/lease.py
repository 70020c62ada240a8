"""Holds a ledger's lease while an indexer runs: taken at start, renewed by a heartbeat, given back at last.

A process that was killed leaves its lease behind. On the same machine the next one sees that it is dead and
takes over at once; elsewhere it is free when it expires.
"""

import asyncio
import os
import platform
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.ledger.database import why
from indexer.ledger.leases import Held, Holder, give_back_lease, read_lease, renew_lease, take_lease
from indexer.sync.errors import LeaseHeldError, LeaseLostError

log = structlog.get_logger()

LENGTH_S = 30.0
HEARTBEAT_S = 5.0

_PROC = Path("/proc")


class Lease:
    """The lease of one hub's ledger, for this process."""

    def __init__(
        self,
        engine: Engine,
        chain_id: int,
        hub: str,
        *,
        length_s: float = LENGTH_S,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._engine = engine
        self._chain_id = chain_id
        self._hub = hub
        self._length_us = int(length_s * 1_000_000)
        self._heartbeat_s = heartbeat_s
        self._me = Holder(str(uuid.uuid4()), _host(), os.getpid(), _begun(os.getpid()))
        self._taken = False

    def take(self) -> None:
        """Take the lease, from a dead process of this machine too. Raises `LeaseHeldError` if another lives.

        The database must have its tables.
        """
        with self._engine.connect() as connection:
            before = read_lease(connection, self._chain_id, self._hub)
        dead = None if before is None or before.expired or not is_dead(before.holder) else before.holder.id
        held = take_lease(self._engine, self._chain_id, self._hub, self._me, self._length_us, from_dead=dead)
        if held.holder.id != self._me.id:
            raise self._held_error(held)
        self._taken = True
        if before is not None:
            log.warning("lease_taken_over", pid=before.holder.pid, host=before.holder.machine)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew the lease for as long as the block runs, and give it back.

        Ends the block with `LeaseLostError` when another process has taken the lease, as it may after this
        one has slept for longer than the lease.
        """
        body = asyncio.current_task()
        lost = asyncio.Event()

        async def beat() -> None:
            if await self._is_lost() and body is not None:
                lost.set()
                body.cancel()

        beating = asyncio.create_task(beat())
        try:
            yield
        except asyncio.CancelledError:
            if not lost.is_set() or body is None:
                raise
            body.uncancel()
            raise self._lost_error() from None
        finally:
            beating.cancel()
            await asyncio.wait({beating})
            if self._taken and not lost.is_set():
                await asyncio.to_thread(self._give_back)

    async def _is_lost(self) -> bool:
        """Renew again and again; True as soon as that is not possible any more."""
        while True:
            await asyncio.sleep(self._heartbeat_s)
            if not self._taken:
                continue
            try:
                if not await asyncio.to_thread(
                    renew_lease, self._engine, self._chain_id, self._hub, self._me, self._length_us
                ):
                    return True
            except DBAPIError as error:
                # What is written next fails too, and says so; a moment's absence is no reason to stop.
                log.warning("lease_not_renewed", problem=why(error))

    def _give_back(self) -> None:
        try:
            give_back_lease(self._engine, self._chain_id, self._hub, self._me)
        except DBAPIError as error:
            log.warning("lease_not_given_back", problem=why(error))

    def _held_error(self, held: Held) -> LeaseHeldError:
        left_s = max(1, -(-(held.expires_us - held.now_us) // 1_000_000))
        since = datetime.fromtimestamp(held.taken_us // 1_000_000, UTC)
        return LeaseHeldError(
            f"Process {held.holder.pid} on {held.holder.machine} has written the ledger of hub "
            f"{self._hub} on chain {self._chain_id} since {since:%Y-%m-%d %H:%M:%S} UTC.",
            remedy="One indexer is enough: let it work, or stop it and start this one again. If it crashed, "
            f"its lease ends in {left_s} s: start again then.",
        )

    def _lost_error(self) -> LeaseLostError:
        return LeaseLostError(
            f"Another indexer has taken over the ledger of hub {self._hub}, because this one did not renew "
            "its lease in time.",
            remedy="Nothing was written twice. Let one indexer run; see why this one stood still (a "
            "suspended process, a stopped machine, a database that was away).",
        )


def _host() -> str:
    """The machine, its boot, and its process numbers' name space: within one, a pid says who is meant."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        boot, space = str(uuid.uuid4()), ""  # nobody can tell whether we live: they wait for the expiry
    return f"{platform.node()[:200]}/{boot}/{space}"


def _begun(pid: int) -> str:
    """When a process began, in ticks since the boot; empty for one that is gone."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]


def is_dead(holder: Holder) -> bool:
    """Whether the process is known to have ended, which can be told of this machine's only."""
    return holder.host == _host() and _begun(holder.pid) != holder.begun
