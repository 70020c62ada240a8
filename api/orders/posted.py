"""Presents what the inbox knows of an order."""

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from accounting.rounding import decimal_string
from api.orders.schemas import InboxEvent, InboxStatus, OrderKind, Posted
from api.schemas import utc, utc_of_microseconds, utc_or_none
from api.tokens.catalogue import TokenCatalogue
from api.trades import ids
from api.trades.fills import portion
from inbox.models import InboxOrder, OrderEvent
from orders import order as orders


def posted_of(order: InboxOrder, events: Sequence[OrderEvent], tokens: TokenCatalogue) -> Posted:
    """Return an order's terms and life."""
    return Posted(
        kind=cast(OrderKind, orders.OrderKind(order.kind).name.lower()),
        portion=portion(order.portion),
        min_fill=portion(order.min_fill),
        trigger_price=price_of(order.trigger_price, order.token_in, order.token_out, tokens)
        if order.trigger_price
        else None,
        deadline=utc_or_none(order.deadline),
        status=cast(InboxStatus, order.status),
        why=order.why,
        withdrawn=order.withdrawn,
        events=[step_of(each) for each in events],
    )


def price_of(scaled: int, token_in: str, token_out: str, tokens: TokenCatalogue) -> Decimal:
    """Return a price of units, scaled by 1e36, as whole tokens bought for one sold, exact."""
    known = tokens.by_address
    decimals = [known[each].decimals if each in known else 0 for each in (token_in, token_out)]
    shift = decimals[0] - decimals[1]
    return Decimal(decimal_string(scaled * 10 ** max(shift, 0), 36 + max(-shift, 0)))


def step_of(row: OrderEvent) -> InboxEvent:
    """Return one transition of an order."""
    return InboxEvent(
        status=cast(InboxStatus, row.status),
        why=row.why,
        by=row.by,
        filled=portion(row.filled),
        trade=None if row.trade_id is None else ids.show(row.trade_id),
        transaction=row.tx_hash,
        block=row.block_number,
        block_time=None if row.block_time is None else utc(row.block_time),
        seen=utc_of_microseconds(row.seen_us),
        processed=utc_of_microseconds(row.processed_us),
    )
