"""A program that kills indexers: each is a forked process that follows a chain on paper, and is ended by
SIGKILL at a random moment. Prints how many were killed at work, and how many had come to the head.

Arguments: the node's URL, the database's, a seed, how many to kill.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
import traceback

from indexer.chain.heads import Heads
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.sync.lease import Lease
from indexer.sync.service import Indexer
from tests.indexer.lives import Life
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import DEPLOYMENT


async def follow_to_head(url: str, database_url: str) -> None:
    engine = open_engine(database_url)
    lease = Lease(engine, DEPLOYMENT.chain_id, DEPLOYMENT.hub)
    async with RpcClient(url) as rpc, lease.kept():
        reader = ChainReader(rpc)
        indexer = await Indexer.start(
            reader, Heads(reader, None), engine, DEPLOYMENT, max_range=2, lease=lease
        )
        await indexer.backfill_to_head()
        await indexer.prove()
    engine.dispose()


def start(url: str, database_url: str) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(follow_to_head(url, database_url))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def ended_itself(pid: int, seconds: float) -> bool:
    """Wait so long, then kill. True: it had come to the head before."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            if os.waitstatus_to_exitcode(status) != 0:
                raise RuntimeError("an indexer failed by itself")
            return True
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def main() -> None:
    url, database_url, seed, kills = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    chance, life = random.Random(seed), Life(PaperChain(url), seed, 12 + kills)
    killed = finished = 0
    life.grow(8)
    begun = time.monotonic()
    assert ended_itself(start(url, database_url), 120)
    whole = time.monotonic() - begun
    while killed < kills:
        if ended_itself(start(url, database_url), chance.uniform(0, whole)):
            finished += 1
            life.grow(chance.randint(2, 10))
            if chance.random() < 0.5:
                life.turn_back(chance.randint(1, 12))
        else:
            killed += 1
    while not life.over:
        life.grow(5)
    assert ended_itself(start(url, database_url), 300)
    print(json.dumps({"killed": killed, "finished": finished, "told": life.length, "seed": seed}))  # noqa: T201


if __name__ == "__main__":
    main()
