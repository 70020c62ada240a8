"""Reconciles beside the indexer: at start, before anything new is written, and then every so often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.chain.errors import ChainError
from indexer.ledger.database import why
from indexer.sync.deployment import Deployment
from indexer.sync.errors import EmptyLedgerError
from indexer.sync.reconcile import reconcile
from indexer.sync.service import Indexer

log = structlog.get_logger()


@asynccontextmanager
async def reconcile_now_and_then(
    indexer: Indexer, engine: Engine, deployment: Deployment, *, every_s: float
) -> AsyncIterator[None]:
    """Compare the ledger with the chain now, and every `every_s` seconds (0: not again) while the block runs.

    A comparison that the node cannot answer is put off: it may have pruned the state of a ledger that stood
    still for long. One that fails does not stop the indexer: the report is stored, and readers see it.
    """
    await _compare(indexer, engine, deployment)
    repeating = asyncio.create_task(_repeat(indexer, engine, deployment, every_s))
    try:
        yield
    finally:
        repeating.cancel()
        await asyncio.wait({repeating})


async def _repeat(indexer: Indexer, engine: Engine, deployment: Deployment, every_s: float) -> None:
    while every_s:
        await asyncio.sleep(every_s)
        await _compare(indexer, engine, deployment)


async def _compare(indexer: Indexer, engine: Engine, deployment: Deployment) -> None:
    try:
        report = await reconcile(indexer.reader, engine, deployment)
    except EmptyLedgerError:
        return
    except ChainError as error:
        log.warning("reconcile_put_off", problem=str(error))
        return
    except DBAPIError as error:
        log.warning("reconcile_put_off", problem=why(error))
        return
    found = {"block": report.block.number, "figures": report.balances_checked}
    if report.differences:
        log.error("reconcile_differs", differences=len(report.differences), **found)
    else:
        log.info("reconciled", **found)
