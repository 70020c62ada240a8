"""The figures of a statement: flows, balances, profit and returns of a replayed history."""

from collections.abc import Sequence
from decimal import Decimal

from accounting.execution import Rate, unit_price
from accounting.fees import performance_fee
from accounting.history import History
from accounting.marks import Marks
from accounting.quotes import RecordedPrice
from api.schemas import Amount, Token, utc
from api.statements.schemas import Balance, Costs, Flows, GainFee, Profit, Returns, Valuation
from api.tokens.catalogue import TokenCatalogue

_RETURN_PLACES = Decimal("1e-12")


def flows(history: History, base: Token) -> Flows:
    """Return what came in and left."""
    book = history.book
    return Flows(
        deposited=Amount.of(base, book.deposited),
        withdrawn=Amount.of(base, book.withdrawn),
        net_deposits=Amount.of(base, book.deposited - book.withdrawn),
    )


def balances(history: History, base: Token, tokens: TokenCatalogue) -> list[Balance]:
    """Return what is held, the base token first and then whatever is not zero."""
    cash = Amount.of(base, history.book.cash)
    held = [Balance(amount=cash, cost_basis=None, value=cash, valuation=None)]
    for address, position in history.book.positions.items():
        if not position.quantity:
            continue
        token, found = tokens.by_address[address], history.prices.get(address)
        worth = None if found is None else Amount.of(base, found.price.value(position.quantity))
        held.append(
            Balance(
                amount=Amount.of(token, position.quantity),
                cost_basis=Amount.of(base, position.cost),
                value=worth,
                valuation=None if found is None else _valuation(found, token, base, tokens),
            )
        )
    return held


def profit(history: History, base: Token, tokens: TokenCatalogue) -> Profit:
    """Return the result, with a reason where a price is missing."""
    found = history.profit

    def known(units: int | None) -> Amount | None:
        return None if units is None else Amount.of(base, units)

    return Profit(
        equity=known(found.equity),
        realized_pnl=Amount.of(base, found.realized),
        unrealized_pnl=known(found.unrealized),
        costs=Costs(
            **{kind: Amount.of(base, units) for kind, units in found.costs.items()},
            total=Amount.of(base, history.book.total_costs),
        ),
        net_pnl=known(found.net),
        unavailable=_missing(found.missing, base, tokens),
    )


def gain_fee(history: History, base: Token, mark: int, performance_bps: int) -> GainFee | None:
    """Return what the vault would owe for its gain if all of it left now; None when its worth is unknown."""
    equity = history.profit.equity
    if equity is None:
        return None
    return GainFee(
        gain=Amount.of(base, Marks(mark=mark).gain(equity)),
        due=Amount.of(base, performance_fee(equity, performance_bps, equity, mark)),
    )


def returns(history: History) -> Returns:
    """Return the returns, with a reason where they are not defined."""
    if history.observations is None:
        reason = "A token that was held at a deposit, a withdrawal or the end had no recorded price."
        return Returns(
            time_weighted_return=None, money_weighted_return=None, max_drawdown=None, unavailable=reason
        )
    grown = history.time_weighted_return
    return Returns(
        time_weighted_return=_shown(grown),
        money_weighted_return=_shown(history.money_weighted_return),
        max_drawdown=None if grown is None else _shown(history.max_drawdown),
        unavailable="The vault has not held money for any time yet." if grown is None else None,
    )


def _shown(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio.quantize(_RETURN_PLACES)


def _valuation(found: RecordedPrice, token: Token, base: Token, tokens: TokenCatalogue) -> Valuation:
    rate = Rate(found.price.token_units, found.price.base_units)
    source = f"valued at the oracle price recorded at block {found.block}"
    if found.via is not None:
        between = tokens.by_address[found.via].symbol
        source = f"valued through {between} at oracle prices recorded from block {found.block} on"
    return Valuation(
        price=unit_price(rate, token.decimals, base.decimals),
        block=found.block,
        time=utc(found.time),
        via=found.via,
        source=source,
    )


def _missing(addresses: Sequence[str], base: Token, tokens: TokenCatalogue) -> str | None:
    if not addresses:
        return None
    symbols = ", ".join(tokens.by_address[address].symbol for address in addresses)
    return f"No oracle price of {symbols} in {base.symbol} has been recorded since the vault was opened."
