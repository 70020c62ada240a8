"""What need not be done before the next block: leaders' metrics, and the gas of transactions.

At the head it waits until no block has come for a moment, for blocks come together at times; where block
follows block without end, it waits a while and then takes its turn.
"""

import asyncio
import time
from typing import Any

from indexer.ledger.ledger import Ledger
from indexer.sync.finish import finish
from indexer.sync.gas import GasReading

_LEADERS_AT_ONCE = 50
"""Leaders whose metrics are made anew in one transaction of a backfill."""

_LEADERS_BETWEEN = 4
"""The same at the head: a block that comes meanwhile waits for them."""

_QUIET_S = 0.25
"""How long no block has come before anything of this is done at the head."""

_PATIENCE_S = 10.0
"""How long it waits for that where block follows block."""


class Later:
    """Work of one ledger that is put off, and whether there is any."""

    def __init__(self, ledger: Ledger, gas: GasReading) -> None:
        self._ledger = ledger
        self._gas = gas
        self._leaders = self._senders = False
        self._since = self._last = 0.0

    def note(self) -> None:
        """Take note that the ledger has changed."""
        self._last = time.monotonic()
        if not self._leaders and not self._senders:
            self._since = self._last
        self._leaders = self._senders = True

    async def between(self, coming: set[asyncio.Future[Any]]) -> bool:
        """Do some of it, unless one of what is waited for comes before it has been quiet; False when nothing
        is left.
        """
        if not self._leaders and not self._senders:
            return False
        rest = self._last + _QUIET_S - time.monotonic()
        if rest > 0:
            came, _ = await asyncio.wait(coming, timeout=rest, return_when=asyncio.FIRST_COMPLETED)
            if came:
                return True
        await self._some(_LEADERS_BETWEEN)
        return True

    async def when_overdue(self) -> None:
        """Do some of it if that has been put off for long."""
        if (self._leaders or self._senders) and time.monotonic() > self._since + _PATIENCE_S:
            await self._some(_LEADERS_BETWEEN)

    async def leaders(self, stop: asyncio.Event) -> None:
        """Make the metrics of all leaders anew that are due."""
        left = 1
        while left and not stop.is_set():
            left = await finish(self._ledger.refresh_leaders, _LEADERS_AT_ONCE)
        self._leaders = left > 0

    async def _some(self, limit: int) -> None:
        self._since = time.monotonic()
        if self._leaders:
            made = await finish(self._ledger.refresh_leaders, limit)
            self._leaders = made > 0
        else:
            self._senders = await self._gas.read_some()
