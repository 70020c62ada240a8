"""Presents prices: what one fill paid, got, and how it compares, and the limit that a trade had."""

from decimal import Decimal

from accounting import execution
from accounting.execution import Rate
from accounting.rounding import decimal_string
from api.schemas import Amount
from api.tokens.catalogue import TokenCatalogue
from api.trades.schemas import Difference, Fill
from indexer.ledger import models


def present_fill(
    copy: models.Copy,
    clearing: models.Clearing,
    leader_clearing: models.Clearing,
    tokens: TokenCatalogue,
) -> Fill:
    """Return a filled copy as the API shows it."""
    sold, bought = clearing.token_in, clearing.token_out
    rate = Rate(copy.amount_in, copy.amount_out)
    return Fill(
        sold=tokens.amount(sold, copy.amount_in),
        fee=tokens.amount(sold, copy.fee),
        bought=tokens.amount(bought, copy.amount_out),
        price=price(rate, sold, bought, tokens),
        batch=clearing.batch,
        against_leader=against(rate, leader_rate(leader_clearing), bought, tokens),
        against_oracle=against(rate, oracle_rate(clearing), bought, tokens),
    )


def portion(scaled: int) -> Decimal:
    """Return a portion of a holding, 1e18 on chain for all of it, as 1 for all of it."""
    return Decimal(decimal_string(scaled, 18))


def limit_price(trade: models.Trade, tokens: TokenCatalogue) -> Decimal:
    """Return a trade's limit, exact, as whole tokens bought for one sold."""
    shift = tokens.decimals(trade.token_in) - tokens.decimals(trade.token_out)
    return Decimal(decimal_string(trade.limit_price * 10 ** max(shift, 0), 36 + max(-shift, 0)))


def leader_rate(leader_clearing: models.Clearing) -> Rate:
    """Return the price that the leader got: that of the clearing with the leader's own fill."""
    return Rate(leader_clearing.amount_in, leader_clearing.amount_out)


def oracle_rate(clearing: models.Clearing) -> Rate:
    """Return the price that the oracle gave at a clearing."""
    return Rate(clearing.amount_in, clearing.oracle_out)


def price(rate: Rate, sold: str, bought: str, tokens: TokenCatalogue) -> Decimal | None:
    """Return whole tokens bought for one sold; None for an empty fill."""
    if not rate.amount_in:
        return None
    return execution.unit_price(rate, tokens.decimals(sold), tokens.decimals(bought))


def against(rate: Rate, reference: Rate, bought: str, tokens: TokenCatalogue) -> Difference:
    """Return a fill against a reference price, in the token bought."""
    found = execution.difference(rate, reference)
    return Difference(amount=Amount.of(tokens.by_address[bought], found.units), bps=found.bps)
