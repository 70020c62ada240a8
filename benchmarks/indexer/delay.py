"""A line to a node with a long way on it: `python -m benchmarks.indexer.delay HOST PORT MILLISECONDS`
forwards TCP, each byte half the round trip later, and prints the port that it listens on. Nothing is slower
for it, only later.
"""

import asyncio
import sys

_CHUNK = 1 << 16


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=4_096)

    async def deliver() -> None:
        while True:
            at, data = await due.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()

    delivering = asyncio.create_task(deliver())
    try:
        while data := await reader.read(_CHUNK):
            await due.put((loop.time() + delay_s, data))
    except ConnectionError:
        pass  # the other side is told by the empty chunk below
    await due.put((loop.time() + delay_s, b""))
    await asyncio.gather(delivering, return_exceptions=True)


async def serve(host: str, port: int, round_trip_s: float) -> None:
    """Forward until cancelled."""

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, port)
        await asyncio.gather(_pump(reader, back, round_trip_s / 2), _pump(there, writer, round_trip_s / 2))

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1_000))
