"""Paths of follows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.access.caller import InSession, SignedIn
from api.follows import schemas, service
from api.notifications.schemas import Done
from api.notifications.service import Notifications, notifications
from api.paging import PageQuery
from api.problems import responses
from api.schemas import Page
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from api.strategies.endpoints import StrategyId
from api.trades.schemas import Trade

router = APIRouter(prefix="/v1", tags=["social"])

_Told = Annotated[Notifications, Depends(notifications)]


@router.get("/follows", operation_id="listFollows", summary="What you watch", responses=responses(401, 403))
def list_follows(of: TheBook, told: _Told, caller: SignedIn, snapshot: OpenSnapshot) -> schemas.Follows:
    """Strategies that the caller watches without money. Others see how many watch, and not who."""
    return service.list_follows(of, told, snapshot, caller)


@router.post(
    "/follows",
    operation_id="follow",
    summary="Watch a strategy",
    responses=responses(401, 403, 404, 429),
)
def follow(
    of: TheBook, told: _Told, caller: InSession, snapshot: OpenSnapshot, body: schemas.FollowOrder
) -> schemas.Follow:
    """Puts a strategy among those that the caller watches: no money moves, and the leader is not told.

    To be told of its trades, add a rule of `leader_traded` at `/v1/notifications/rules`.
    """
    return service.add(of, told, snapshot, caller, body.strategy_id)


@router.delete(
    "/follows/{strategy_id}",
    operation_id="unfollow",
    summary="Watch a strategy no more",
    responses=responses(401, 403, 404),
)
def unfollow(of: TheBook, caller: InSession, snapshot: OpenSnapshot, strategy_id: StrategyId) -> Done:
    """Takes a strategy from those that the caller watches. Rules of notifications stay as they are."""
    return service.remove(of, snapshot, caller, strategy_id)


@router.get(
    "/signals", operation_id="listSignals", summary="What your leaders trade", responses=responses(401, 403)
)
def list_signals(
    of: TheBook, caller: SignedIn, snapshot: OpenSnapshot, query: Annotated[PageQuery, Query()]
) -> Page[Trade]:
    """Trades of the leaders of all strategies that the caller watches, the newest first."""
    return service.list_news(of, snapshot, caller, query)
