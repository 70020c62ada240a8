"""Keeps what every request about one block reads alike, until a deployment's next block.

A block's hash stands for everything below it, so what was read of it once is what is read of it again. Only
what follows from the chain belongs here: not leaders' metrics, and nothing of the inbox.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

_MOST = 512
"""Things that are kept of one deployment at once."""


class Shelf:
    """What is kept of each deployment's last block, by key. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, tuple[str, dict[Hashable, Any]]] = {}

    def get(self, deployment_id: int, block_hash: str | None, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, made if it is not there. Without a block nothing is kept."""
        if block_hash is None:
            return make()
        with self._lock:
            last, kept = self._kept.get(deployment_id, ("", {}))
            if last == block_hash and key in kept:
                found: T = kept[key]
                return found
        made = make()
        with self._lock:
            last, kept = self._kept.get(deployment_id, ("", {}))
            if last != block_hash or len(kept) >= _MOST:
                kept = {}
                self._kept[deployment_id] = (block_hash, kept)
            kept[key] = made
        return made
