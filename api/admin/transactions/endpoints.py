"""Paths of keepers' transactions, for staff."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, cast

from fastapi import APIRouter, Query
from sqlalchemy import select

from api.access.caller import STAFF
from api.admin.transactions.schemas import (
    Attempt,
    KeeperTransaction,
    KeeperTransactions,
    State,
    TransactionsQuery,
)
from api.orders.repository import has_inbox
from api.paging import cut, decode_cursor
from api.problems import responses
from api.schemas import utc_of_microseconds
from api.snapshot import OpenSnapshot
from inbox import models

router = APIRouter(prefix="/v1/admin/transactions", tags=["staff"], dependencies=STAFF)

_NAME = "transactions"


@router.get(
    "", operation_id="listKeeperTransactions", summary="Keepers' transactions", responses=responses(401, 403)
)
def list_keeper_transactions(
    snapshot: OpenSnapshot, query: Annotated[TransactionsQuery, Query()]
) -> KeeperTransactions:
    """What the keepers of this inbox signed, for what, and what became of it, the newest first; for staff."""
    after = decode_cursor(_NAME, 1, query.cursor)
    if not has_inbox(snapshot.session):
        return KeeperTransactions(data=[], next_cursor=None)
    at = snapshot.deployment
    wanted = select(models.Transaction).filter_by(chain_id=at.chain_id, hub=at.hub)
    if query.state is not None:
        wanted = wanted.where(models.Transaction.state == query.state)
    if after is not None:
        wanted = wanted.where(models.Transaction.id < after[0])
    wanted = wanted.order_by(models.Transaction.id.desc()).limit(query.limit + 1)
    page, cursor = cut(_NAME, query.limit, snapshot.session.scalars(wanted).all(), lambda row: [row.id])
    tries = select(models.Attempt).where(models.Attempt.transaction_id.in_([row.id for row in page]))
    attempts: defaultdict[int, list[models.Attempt]] = defaultdict(list)
    for each in snapshot.session.scalars(tries.order_by(models.Attempt.number)):
        attempts[each.transaction_id].append(each)
    data = [_transaction(row, attempts[row.id]) for row in page]
    return KeeperTransactions(data=data, next_cursor=cursor)


def _transaction(row: models.Transaction, attempts: Sequence[models.Attempt]) -> KeeperTransaction:
    return KeeperTransaction(
        id=row.id,
        keeper=row.keeper,
        sender=row.sender,
        nonce=row.nonce,
        purpose=row.key,
        strategy_id=row.strategy_id,
        order=row.digest,
        state=cast(State, row.state),
        succeeded=row.succeeded,
        block=row.block_number,
        leased=utc_of_microseconds(row.leased_us),
        attempts=[
            Attempt(
                hash=each.hash,
                max_fee=str(each.max_fee),
                tip=str(each.tip),
                relay=each.relay,
                clears=each.clears,
                signed=utc_of_microseconds(each.signed_us),
                sent=None if each.sent_us is None else utc_of_microseconds(each.sent_us),
            )
            for each in attempts
        ],
    )
