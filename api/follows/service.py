"""Answers about follows."""

from collections.abc import Sequence

from sqlalchemy import select

from api.access.caller import Caller
from api.follows import schemas
from api.notifications.schemas import Done
from api.notifications.service import Notifications
from api.paging import PageQuery
from api.schemas import Page, utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.problems import refusals
from api.strategies.existence import require_strategy
from api.trades.schemas import Trade
from api.trades.service import list_signals
from indexer.ledger.models import Strategy
from notices.book.kinds import Kind
from social import models


def list_follows(of: Social, told: Notifications, snapshot: Snapshot, caller: Caller) -> schemas.Follows:
    """Return what the caller watches."""
    book, address = of.found(snapshot), address_of(caller)
    rows = [] if book is None else book.follows.of(address)
    return schemas.Follows(follows=_present(told, snapshot, address, rows))


def add(
    of: Social, told: Notifications, snapshot: Snapshot, caller: Caller, strategy_id: int
) -> schemas.Follow:
    """Have the caller watch a strategy. Raises `StrategyNotFoundError`."""
    require_strategy(snapshot, strategy_id)
    address = address_of(caller)
    with refusals():
        made = of.made(snapshot).follows.add(address, strategy_id)
    return _present(told, snapshot, address, [made])[0]


def remove(of: Social, snapshot: Snapshot, caller: Caller, strategy_id: int) -> Done:
    """Have the caller watch a strategy no more."""
    with refusals():
        of.made(snapshot).follows.remove(address_of(caller), strategy_id)
    return Done()


def list_news(of: Social, snapshot: Snapshot, caller: Caller, query: PageQuery) -> Page[Trade]:
    """Return a page of trades of what the caller watches, the newest first."""
    book = of.found(snapshot)
    rows = [] if book is None else book.follows.of(address_of(caller))
    wanted = [row.strategy_id for row in rows]
    return list_signals(snapshot, wanted, limit=query.limit, cursor=query.cursor)


def _present(
    told: Notifications, snapshot: Snapshot, address: str, rows: Sequence[models.Follow]
) -> list[schemas.Follow]:
    """Follows as they are shown; those whose strategy a reorg took are left out."""
    query = select(Strategy).where(
        Strategy.deployment_id == snapshot.deployment_id,
        Strategy.strategy_id.in_([row.strategy_id for row in rows]),
    )
    known = {strategy.strategy_id: strategy for strategy in snapshot.session.scalars(query)}
    rules = [each.wish for each in told.rules(snapshot).all(address) if Kind.LEADER_TRADED in each.wish.kinds]
    return [
        schemas.Follow(
            strategy_id=row.strategy_id,
            name=known[row.strategy_id].name,
            leader=known[row.strategy_id].leader,
            since=utc_of_microseconds(row.since_us),
            told_by=sorted({wish.channel_id for wish in rules if row.strategy_id in wish.strategies}),
        )
        for row in rows
        if row.strategy_id in known
    ]
