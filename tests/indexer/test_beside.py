"""Rows are written in a thread of their own, in order, and what fails there fails the range."""

import threading

import pytest
from sqlalchemy import Connection, Engine, text

from indexer.ledger.beside import Beside
from indexer.ledger.database import open_engine

MANY = 10_000


def test_work_is_done_in_order_and_beside_the_caller_on_postgresql(engine: Engine) -> None:
    done: list[tuple[int, bool]] = []

    def work(connection: Connection, number: int) -> None:
        assert connection.scalar(text("SELECT 1")) == 1
        done.append((number, threading.current_thread() is threading.main_thread()))

    with engine.begin() as connection, Beside(connection, MANY) as beside:
        for number in range(5):
            beside.do(work, number)
        assert beside.connection() is connection
        assert done == [(number, engine.dialect.name != "postgresql") for number in range(5)]
        beside.do(work, number=5)
    assert len(done) == 6


def test_after_a_failure_nothing_more_is_sent_and_the_caller_is_told(engine: Engine) -> None:
    done: list[str] = []

    def fail(connection: Connection) -> None:
        del connection
        raise KeyError("planted")

    def work(connection: Connection) -> None:
        del connection
        done.append("work")

    def range_of_rows(*, asks: bool) -> None:
        with engine.begin() as connection, Beside(connection, MANY) as beside:
            beside.do(work)
            beside.do(fail)
            beside.do(work)
            if asks:
                beside.connection()
                done.append("went on")

    for asks in (False, True):
        done.clear()
        with pytest.raises(KeyError, match="planted"):
            range_of_rows(asks=asks)
        assert done == ["work"]


def test_error_of_the_work_is_told_before_one_of_the_caller(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)

    def fail(connection: Connection) -> None:
        del connection
        raise KeyError("of the work")

    def both() -> None:
        with engine.begin() as connection, Beside(connection, MANY) as beside:
            beside.do(fail)
            raise ValueError("of the caller")

    with pytest.raises(KeyError, match="of the work"):
        both()
    engine.dispose()
