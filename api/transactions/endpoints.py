"""Paths of transactions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.addresses import Address
from api.paging import PageQuery
from api.problems import responses
from api.schemas import HASH_EXAMPLE, Answer, Page
from api.snapshot import OpenSnapshot
from api.transactions import service
from api.transactions.schemas import Transaction

router = APIRouter(prefix="/v1", tags=["transactions"])


@router.get(
    "/transactions/{tx_hash}",
    operation_id="getTransaction",
    summary="Who sent a transaction, and its gas",
    responses=responses(404),
)
def get_transaction(
    snapshot: OpenSnapshot,
    tx_hash: Annotated[str, Path(description="Transaction hash.", max_length=80, examples=[HASH_EXAMPLE])],
) -> Answer[Transaction]:
    """A transaction with events of the hub: who sent it, what gas it used, and what the sender paid.

    It is here a moment after its block: receipts are read when the block's own rows are written.
    """
    return service.get_transaction(snapshot, tx_hash)


@router.get(
    "/accounts/{owner}/transactions",
    operation_id="listSentTransactions",
    summary="What an address sent, and its gas",
    responses=responses(),
)
def list_sent(
    snapshot: OpenSnapshot,
    owner: Annotated[Address, Path(description="Follower, leader, keeper or whoever else sent some.")],
    query: Annotated[PageQuery, Query()],
) -> Page[Transaction]:
    """The address's own transactions with events of the hub, newest first.

    They add up to the account's `gas`.
    """
    return service.list_sent(snapshot, owner, limit=query.limit, cursor=query.cursor)
