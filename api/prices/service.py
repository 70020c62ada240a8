"""Answers about prices: candles of the price that the ledger values holdings with.

That price is a step function of time: the latest record of a pair holds until the next. A candle is that
function over its step, looked at when the step begins and at the end of each hour.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from accounting.execution import Rate, unit_price
from accounting.windows import DAY_S, HOUR_S
from api.paging import cut, decode_cursor
from api.prices import repository
from api.prices.schemas import Candle, Step
from api.schemas import Page, utc
from api.snapshot import Snapshot
from api.tokens.catalogue import TokenCatalogue
from indexer.ledger.models import PriceHour

_SECONDS: dict[Step, int] = {"1h": HOUR_S, "4h": 4 * HOUR_S, "1d": DAY_S}


def list_candles(
    snapshot: Snapshot, *, token: str, base: str, step: Step, limit: int, cursor: str | None
) -> Page[Candle]:
    """Return a page of candles, newest first. Reads at most the hours of ``limit`` candles and two more."""
    name = f"{step} prices of {token} in {base}"
    key = decode_cursor(name, 1, cursor)
    seconds, known = _SECONDS[step], snapshot.tokens.by_address
    if token not in known or base not in known or token == base:
        return Page(as_of_block=snapshot.block, data=[], next_cursor=None)
    hours = repository.list_hours(
        snapshot.session,
        snapshot.deployment_id,
        (token, base),
        before=key[0] if key else None,
        limit=(limit + 1) * seconds // HOUR_S + 1,
    )
    prices = [_price(row, token, base, snapshot.tokens) for row in hours]
    candles = _candles(hours, prices, seconds)[: limit + 1]
    page, following = cut(name, limit, candles, lambda candle: (int(candle.start.timestamp()),))
    return Page(as_of_block=snapshot.block, data=list(page), next_cursor=following)


def _candles(hours: Sequence[PriceHour], prices: Sequence[Decimal], seconds: int) -> Sequence[Candle]:
    """Group hours, newest first, by the step they are in. The last may lack hours that were not read."""
    found, at = [], 0
    for start, group in groupby(hours, lambda row: row.hour - row.hour % seconds):
        own = list(group)
        within = prices[at : at + len(own)]
        at += len(own)
        first = prices[at] if at < len(prices) else within[-1]
        found.append(
            Candle(
                start=utc(start),
                open=first,
                high=max(first, *within),
                low=min(first, *within),
                close=within[0],
                hours=len(own),
                block=own[0].recorded_block,
            )
        )
    return found


def _price(row: PriceHour, token: str, base: str, tokens: TokenCatalogue) -> Decimal:
    """Whole base tokens for one whole token."""
    amounts = {row.token_a: row.amount_a, row.token_b: row.amount_b}
    return unit_price(Rate(amounts[token], amounts[base]), tokens.decimals(token), tokens.decimals(base))
