"""A history from the ledger: the trades that a strategy really made, at the prices that it really got."""

from collections.abc import Sequence

from backtest.crowd import PRICE_UNIT
from backtest.errors import BacktestError
from backtest.history import History, Moment, Sale, Tokens
from practice.recorded import Cleared, Offer


def history_of(offer: Offer, clearings: Sequence[Cleared], tokens: Tokens) -> History:
    """Return the leader's trades as moments, and every other clearing as one of prices.

    ``tokens`` are the strategy's, by symbol. Raises `BacktestError`.
    """
    prices: dict[int, int] = {}
    moments = []
    for line, each in enumerate(clearings, start=1):
        index_in, index_out = offer.index_of(each.token_in), offer.index_of(each.token_out)
        scales = [
            10 ** max(0, offer.tokens[at].decimals - tokens.decimals[at]) for at in range(len(offer.tokens))
        ]
        _price(prices, index_in, index_out, each, scales)
        sale = None
        if each.leads:
            # The price as a ratio of units of the backtest, without rounding either amount.
            paid, got = each.amount_in * scales[index_out], each.amount_out * scales[index_in]
            sale = Sale(index_in, index_out, each.portion, paid, got)
        moments.append(Moment(line, each.time, dict(prices), sale))
    name = f"strategy {offer.strategy_id}"
    if not moments:
        raise BacktestError(
            f"The ledger has no trades of {name}.", remedy="Wait until its leader has traded."
        )
    return History(name, tokens, moments)


def _price(
    prices: dict[int, int], index_in: int, index_out: int, each: Cleared, scales: Sequence[int]
) -> None:
    """Take the oracle's word for the price of the clearing's token, of two for the one that has none yet."""
    if not each.oracle_out:
        return
    worth_in, worth_out = each.amount_in * scales[index_out], each.oracle_out * scales[index_in]
    if index_in == 0:
        prices[index_out] = worth_in * PRICE_UNIT // worth_out
    elif index_out == 0:
        prices[index_in] = worth_out * PRICE_UNIT // worth_in
    elif index_in in prices:
        prices[index_out] = prices[index_in] * worth_in // worth_out
