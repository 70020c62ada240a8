"""Runs a transaction in a thread, whatever becomes of the task that waits for it."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def finish(work: Callable[P, T], *args: P.args, **keywords: P.kwargs) -> T:
    """Run a transaction in a thread, and see it end even when the caller is cancelled meanwhile."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **keywords))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
