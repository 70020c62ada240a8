"""Presents prices: what one fill paid, got, and how it compares, and the limit that a trade had."""

from decimal import Decimal

from accounting import execution
from accounting.execution import Rate
from accounting.rounding import decimal_string, mul_div_down
from api.reasons.catalogue import reason_or_none
from api.schemas import Amount
from api.tokens.catalogue import TokenCatalogue
from api.trades.cells import ClearingCells, CopyCells
from api.trades.repository import CopyRow
from api.trades.schemas import Difference, Fill
from indexer.ledger import models


def present_fill(row: CopyRow, tokens: TokenCatalogue) -> Fill | None:
    """Return a copy's fill as the API shows it; None where there is none."""
    copy, clearing = row.copy, row.clearing
    if clearing is None:
        return None
    sold, bought = clearing.token_in, clearing.token_out
    rate, leader, oracle = Rate(copy.amount_in, copy.amount_out), row.leader_rate, oracle_rate(clearing)
    return Fill(
        sold=tokens.amount(sold, copy.amount_in),
        fee=tokens.amount(sold, copy.fee),
        bought=tokens.amount(bought, copy.amount_out),
        keeper_fee=tokens.amount(bought, keeper_part(copy, clearing)),
        price=price(rate, sold, bought, tokens),
        batch=clearing.batch,
        reduced_by=reason_or_none(copy.reduced_by),
        against_leader=None if leader is None else against(rate, leader, bought, tokens),
        against_oracle=None if oracle is None else against(rate, oracle, bought, tokens),
    )


def keeper_part(copy: CopyCells, clearing: ClearingCells) -> int:
    """Return a vault's part of what its batch paid the keeper, rounded down, in units of the token bought."""
    if not clearing.amount_out:
        return 0
    return mul_div_down(clearing.keeper_fee, copy.amount_out, clearing.amount_out)


def portion(scaled: int) -> Decimal:
    """Return a portion of a holding, 1e18 on chain for all of it, as 1 for all of it."""
    return Decimal(decimal_string(scaled, 18))


def limit_price(trade: models.Trade, tokens: TokenCatalogue) -> Decimal:
    """Return a trade's limit, exact, as whole tokens bought for one sold."""
    shift = tokens.decimals(trade.token_in) - tokens.decimals(trade.token_out)
    return Decimal(decimal_string(trade.limit_price * 10 ** max(shift, 0), 36 + max(-shift, 0)))


def oracle_rate(clearing: models.Clearing | ClearingCells) -> Rate | None:
    """Return the price that the oracle gave at a clearing; None where it gave none."""
    return Rate(clearing.amount_in, clearing.oracle_out) if clearing.oracle_out else None


def price(rate: Rate, sold: str, bought: str, tokens: TokenCatalogue) -> Decimal | None:
    """Return whole tokens bought for one sold; None for an empty fill."""
    if not rate.amount_in:
        return None
    return execution.unit_price(rate, tokens.decimals(sold), tokens.decimals(bought))


def against(rate: Rate, reference: Rate, bought: str, tokens: TokenCatalogue) -> Difference:
    """Return a fill against a reference price, in the token bought."""
    found = execution.difference(rate, reference)
    return Difference(amount=Amount.of(tokens.by_address[bought], found.units), bps=found.bps)
