"""What most people write first: web3.py and an ORM. `python -m benchmarks.indexer.plain` takes the arguments
of `benchmarks.indexer.run` after its stage, and prints the same.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from eth_utils.abi import event_abi_to_log_topic
from sqlalchemy import JSON, BigInteger, Integer, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from web3 import HTTPProvider, Web3
from web3._utils.events import get_event_data
from web3.types import FilterParams

from benchmarks.indexer.memory import peak_rss_mb
from demo.checkout import Checkout
from demo.deployment import hub_abi

_BLOCKS = 50


class Base(DeclarativeBase):
    """Tables of the plain indexer."""


class Event(Base):
    """One event with its arguments."""

    __tablename__ = "plain_events"

    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True)
    tx_hash: Mapped[str] = mapped_column(String(66))
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, str]] = mapped_column(JSON)


def index(rpc_url: str, deployment: Path, head: int, database_url: str) -> tuple[int, float]:
    """Index up to the head; events and seconds."""
    place = json.loads(deployment.read_text())
    w3 = Web3(HTTPProvider(rpc_url, request_kwargs={"timeout": 120}))
    abi: list[Any] = [each for each in hub_abi(Checkout.here()) if each["type"] == "event"]
    by_topic = {event_abi_to_log_topic(event): event for event in abi}
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    Base.metadata.create_all(engine)
    events, began = 0, time.perf_counter()
    for first in range(place["block"], head + 1, _BLOCKS):
        asked: FilterParams = {
            "address": place["hub"],
            "fromBlock": first,
            "toBlock": min(head, first + _BLOCKS - 1),
        }
        with Session(engine) as session:
            for log in w3.eth.get_logs(asked):
                found = get_event_data(w3.codec, by_topic[bytes(log["topics"][0])], log)
                session.add(
                    Event(
                        block_number=found["blockNumber"],
                        log_index=found["logIndex"],
                        tx_hash=found["transactionHash"].to_0x_hex(),
                        name=found["event"],
                        arguments={name: str(value) for name, value in found["args"].items()},
                    )
                )
                events += 1
            session.commit()
    seconds = time.perf_counter() - began
    engine.dispose()
    return events, seconds


if __name__ == "__main__":
    url, file, last, database = sys.argv[1:]
    count, took = index(url, Path(file), int(last), database)
    sys.stdout.write(json.dumps({"events": count, "seconds": took, "peak_rss_mb": peak_rss_mb()}))
