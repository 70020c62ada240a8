"""Paths of what is said about a strategy as a whole."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import SignedIn
from api.opinions import schemas, service
from api.problems import responses
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from api.strategies.endpoints import StrategyId

router = APIRouter(prefix="/v1", tags=["social"])


@router.get(
    "/social/{strategy_id}",
    operation_id="getSocialSummary",
    summary="What people say of a strategy",
    responses=responses(404),
)
def get_social_summary(of: TheBook, snapshot: OpenSnapshot, strategy_id: StrategyId) -> schemas.SocialSummary:
    """The leader's profile, and how many watch, comment and review: no ranking is made of it."""
    return service.summary(of, snapshot, strategy_id)


@router.get(
    "/my/posts",
    operation_id="listMyPosts",
    summary="What of it is yours",
    responses=responses(401, 403, 404),
)
def list_my_posts(
    of: TheBook, caller: SignedIn, snapshot: OpenSnapshot, query: Annotated[schemas.OwnPostsQuery, Query()]
) -> schemas.OwnPosts:
    """Which comments on a strategy the caller wrote, and their review: others are not told whose they are."""
    return service.own_posts(of, snapshot, caller, query.strategy_id)
