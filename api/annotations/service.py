"""Answers about annotations. One whose trade a reorg took is not shown."""

from collections.abc import Sequence

from sqlalchemy import select

from api.access.caller import Caller
from api.annotations import schemas
from api.annotations.schemas import AnnotationsQuery
from api.paging import cut, decode_cursor
from api.problems import FieldError, InvalidRequestError
from api.schemas import Page, utc, utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.present import hidden_of, state_of
from api.social.problems import PostNotFoundError, refusals
from api.strategies.existence import require_strategy
from api.trades import ids
from api.trades.repository import find_trade
from api.trades.service import TradeNotFoundError
from indexer.ledger.models import Strategy, Trade
from social.annotations import OwnTrade
from social.book import Book
from social.models import Post

_NAME = "annotations"


def list_annotations(of: Social, snapshot: Snapshot, query: AnnotationsQuery) -> Page[schemas.Annotation]:
    """Return a page of annotations, the newest first. Raises `StrategyNotFoundError`."""
    block = snapshot.block
    if query.strategy_id is None and query.trade_id is None:
        detail = "A strategy or a trade is needed."
        raise InvalidRequestError(
            detail,
            remedy="Send strategy_id or trade_id.",
            errors=[FieldError(at="query.strategy_id", detail=detail)],
        )
    if query.strategy_id is not None:
        require_strategy(snapshot, query.strategy_id)
    trade_id = None if query.trade_id is None else ids.parse(query.trade_id)
    after, book = decode_cursor(_NAME, 1, query.cursor), of.found(snapshot)
    rows: Sequence[Post] = []
    if book is not None and (trade_id or 0) < 2**63:  # no column holds more, and no strategy counts that far
        rows = book.annotations.newest(
            strategy_id=query.strategy_id,
            trade_id=trade_id,
            before=None if after is None else after[0],
            limit=query.limit + 1,
        )
    page, cursor = cut(_NAME, query.limit, rows, lambda row: [row.id])
    data = [] if book is None else _present(book, snapshot, page)
    return Page(as_of_block=block, data=data, next_cursor=cursor)


def add(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.AnnotationOrder) -> schemas.Annotation:
    """Annotate one of the caller's trades. Raises `TradeNotFoundError`."""
    address, book = address_of(caller), of.made(snapshot)
    trade = _own_trade(snapshot, address, body.trade_id)
    own = OwnTrade(trade.trade_id, trade.tx_hash, trade.strategy_id)
    with refusals():
        made = book.annotations.add(address, own, body.text, chain_s=snapshot.time)
    return _one(book, snapshot, made)


def change(
    of: Social, snapshot: Snapshot, caller: Caller, number: int, body: schemas.AnnotationText
) -> schemas.Annotation:
    """Write one of the caller's annotations anew."""
    book = of.made(snapshot)
    with refusals():
        _one(book, snapshot, book.annotations.get(number))
        made = book.annotations.change(number, address_of(caller), body.text, chain_s=snapshot.time)
    return _one(book, snapshot, made)


def withdraw(of: Social, snapshot: Snapshot, caller: Caller, number: int) -> schemas.Annotation:
    """Take one of the caller's annotations back."""
    book = of.made(snapshot)
    with refusals():
        _one(book, snapshot, book.annotations.get(number))
        made = book.annotations.withdraw(number, address_of(caller), chain_s=snapshot.time)
    return _one(book, snapshot, made)


def _own_trade(snapshot: Snapshot, address: str, text: str) -> Trade:
    """A trade that the caller ordered as a strategy's leader. Raises `TradeNotFoundError`."""
    found = find_trade(snapshot.session, snapshot.deployment_id, ids.parse(text))
    if found is not None and found.kind == "leader":
        leader = snapshot.session.get(Strategy, (snapshot.deployment_id, found.strategy_id))
        if leader is not None and leader.leader == address:
            return found
    raise TradeNotFoundError(
        f"No trade {text} of yours is known at block {snapshot.block.number}.",
        remedy="Leaders annotate their own trades; list them with GET /v1/trades.",
    )


def _one(book: Book, snapshot: Snapshot, row: Post) -> schemas.Annotation:
    shown = _present(book, snapshot, [row])
    if not shown:
        raise PostNotFoundError(
            f"The trade of annotation {row.id} is no more.", remedy="Annotate the trade that there is now."
        )
    return shown[0]


def _present(book: Book, snapshot: Snapshot, rows: Sequence[Post]) -> list[schemas.Annotation]:
    wanted = [row.trade_id for row in rows]
    query = select(Trade).where(Trade.deployment_id == snapshot.deployment_id, Trade.trade_id.in_(wanted))
    trades = {(trade.trade_id, trade.tx_hash): trade for trade in snapshot.session.scalars(query)}
    revisions = book.annotations.revisions([row.id for row in rows])
    found = []
    for row in rows:
        trade = trades.get((row.trade_id or 0, row.trade_tx or ""))
        if trade is None:
            continue
        state = state_of(row)
        told = [
            schemas.AnnotationRevision(
                written=utc_of_microseconds(each.written_us),
                after_trade_s=(each.chain_s or 0) - trade.block_time,
                text=each.text,
            )
            for each in revisions[row.id]
        ]
        found.append(
            schemas.Annotation(
                id=row.id,
                trade_id=ids.show(trade.trade_id),
                strategy_id=row.strategy_id,
                traded=utc(trade.block_time),
                written=told[0].written,
                after_trade_s=told[0].after_trade_s,
                text=row.text if state == "shown" else None,
                state=state,
                hidden=hidden_of(row),
                revisions=[] if state == "hidden" else told,
            )
        )
    return found
