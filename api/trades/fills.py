"""Presents what one fill paid, got, and how its price compares."""

from decimal import Decimal

from accounting import execution
from accounting.execution import Rate
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
