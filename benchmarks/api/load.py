"""Requests at a fixed rate, and many who listen: measured from when each should have begun."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple

import aiohttp


class Read(NamedTuple):
    """How a read went: latencies in milliseconds at ``rps`` requests a second, and how many were answered
    a second when four clients asked as fast as they could.
    """

    rps: int
    p50_ms: float
    p99_ms: float
    most_rps: float


CLIENTS = 64
"""Connections that are open at once. The kernel deals them out among the server's processes, so few of them
could all come to one.
"""


async def read_at(url: str, paths: Iterator[str], rps: int, seconds: float) -> Read:
    """Ask for ``paths`` as fast as it goes, and then at a rate, whether or not the server keeps up."""
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(url, connector=connector) as session:

        async def ask(path: str) -> None:
            async with session.get(path) as answer:
                body = await answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")

        async def timed(path: str, due: float) -> float:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await ask(path)
            return (time.perf_counter() - due) * 1_000

        for _ in range(20):
            await ask(next(paths))
        most = await _most(ask, paths, seconds / 2)
        await asyncio.gather(*(ask(next(paths)) for _ in range(CLIENTS)))
        begin = time.perf_counter() + 0.1
        count = int(rps * seconds)
        waits = await asyncio.gather(*(timed(next(paths), begin + at / rps) for at in range(count)))
    return Read(rps, round(statistics.median(waits), 2), round(percentile(waits, 99), 2), round(most, 1))


async def _most(ask: Callable[[str], Awaitable[None]], paths: Iterator[str], seconds: float) -> float:
    done, end = 0, time.perf_counter() + seconds

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask(next(paths))
            done += 1

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(4)))
    return done / (time.perf_counter() - begin)


async def listen(url: str, many: int, happen: Callable[[], None], times: int) -> list[float]:
    """Return, for each time that something happens, milliseconds until the last of many has heard of it."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as session:
        streams = await asyncio.gather(*(session.get("/v1/events?type=copy") for _ in range(many)))
        heard: asyncio.Queue[float] = asyncio.Queue()

        async def hear(stream: aiohttp.ClientResponse) -> None:
            async for line in stream.content:
                if line.startswith(b"event: block"):
                    heard.put_nowait(time.perf_counter())

        hearing = [asyncio.create_task(hear(stream)) for stream in streams]
        await asyncio.sleep(1)
        found = []
        for _ in range(times):
            await asyncio.to_thread(happen)
            begin = time.perf_counter()
            last = begin
            for _ in range(many):
                last = max(last, await asyncio.wait_for(heard.get(), 60))
            found.append((last - begin) * 1_000)
            await asyncio.sleep(0.2)
        for task in hearing:
            task.cancel()
        for stream in streams:
            stream.close()
    return found


def percentile(values: Sequence[float], part: int) -> float:
    """Return a percentile of values."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]
