"""Paths of markets, for staff. Changing them takes a proposal."""

from fastapi import APIRouter

from api.access.caller import STAFF
from api.admin.markets import repository
from api.admin.markets.schemas import Market, State
from api.events import event_of
from api.problems import responses
from api.schemas import Answer, Token, utc, utc_or_none
from api.snapshot import OpenSnapshot, Snapshot
from indexer.ledger import models

router = APIRouter(prefix="/v1/admin/markets", tags=["staff"], dependencies=STAFF)


@router.get("", operation_id="listMarkets", summary="What is listed", responses=responses(401, 403))
def list_markets(snapshot: OpenSnapshot) -> Answer[list[Market]]:
    """Every listing of a token or pool with who uses it, those that wait and were vetoed too; for all staff.

    Listing, vetoing and giving a token its feed: `POST /v1/admin/proposals`.
    """
    session, deployment_id = snapshot.session, snapshot.deployment_id
    users, priced = repository.users(session, deployment_id), repository.priced(session, deployment_id)
    found = [
        *(_market(snapshot, row, users, priced) for row in repository.tokens(session, deployment_id)),
        *(_market(snapshot, row, users, priced) for row in repository.pools(session, deployment_id)),
    ]
    return Answer(as_of_block=snapshot.block, data=found)


def _market(
    snapshot: Snapshot, row: models.Token | models.Pool, users: dict[str, int], priced: dict[str, int]
) -> Market:
    is_pool = isinstance(row, models.Pool)
    at = priced.get(row.address)
    return Market(
        kind="pool" if is_pool else "token",
        address=row.address,
        tokens=_tokens(snapshot, row),
        venue=row.venue if isinstance(row, models.Pool) else None,
        state=_state(snapshot, row),
        usable_from=utc_or_none(row.usable_from),
        listed=event_of(row),
        vetoed_by=row.vetoed_by,
        strategies=users.get(row.address, 0),
        priced=None if at is None else utc(at),
    )


def _tokens(snapshot: Snapshot, row: models.Token | models.Pool) -> list[Token]:
    if isinstance(row, models.Token):
        return [Token(address=row.address, symbol=row.symbol, decimals=row.decimals)]
    return [snapshot.tokens.by_address[token] for token in (row.token0, row.token1)]


def _state(snapshot: Snapshot, row: models.Listing) -> State:
    if row.vetoed_block is not None:
        return "vetoed"
    return "waiting" if row.usable_from > snapshot.time else "usable"
