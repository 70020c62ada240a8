"""A vault's month: where it began and ended, what came in, was made and was charged, and every line of it.

To the unit: closing equity - opening equity = net deposits + realised + change of unrealised - costs, each
the difference of the vault's book at the two ends. A month ends at midnight UTC, or now if it is under way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounting.book import COST_KINDS, CostKind
from accounting.rounding import decimal_string
from api.exports.cells import text_cell
from api.problems import ApiError
from api.schemas import Amount, Token
from api.snapshot import Snapshot
from api.statements.history import Line, list_lines, place_of, steps_of, time_of
from api.statements.repository import end_before, first_block_since
from api.statements.schemas import FeeLine, FillLine, FlowLine, SkipLine
from api.statements.service import present_line
from api.statements.standing import market_of
from api.transactions.schemas import GasCost
from api.transactions.service import gas_of_vault
from api.vaults.repository import VaultRow
from api.vaults.service import require_vault
from indexer.derived.standing import load_states
from indexer.derived.state import VaultState
from indexer.ledger.models.places import Place

MOST_LINES = 20_000
_PAGE = 500

HEADER = (
    "time",
    "block",
    "log_index",
    "transaction",
    "kind",
    "trade",
    "reason",
    "sold",
    "sold_token",
    "fee",
    "bought",
    "bought_token",
    "amount",
    "amount_token",
    "value",
    "realized_pnl",
    "costs",
)


class MonthTooLongError(ApiError):
    """More happened in the month than one answer may have."""

    status, slug, title = 422, "too-many-lines", "Too many lines for one document"


class MonthNotThereError(ApiError):
    """The month lies outside the vault's life."""

    status, slug, title = 404, "no-such-month", "The vault has no such month"


@dataclass(frozen=True, slots=True)
class End:
    """A vault's book at one end of a month, in base token units; None while a price is missing."""

    equity: int | None
    deposited: int
    withdrawn: int
    realized: int
    unrealized: int | None
    costs: Mapping[CostKind, int]


@dataclass(frozen=True, slots=True)
class MonthStatement:
    """A month with its lines, oldest first."""

    month: str
    row: VaultRow
    base: Token
    begin: End
    end: End
    lines: Sequence[FlowLine | FeeLine | FillLine | SkipLine]
    gas: GasCost
    """Of the owner's own transactions in this vault; apart, as the vault does not pay it."""


def month_of(snapshot: Snapshot, vault_id: int, month: str) -> MonthStatement:
    """Draw up a month, `2024-01`.

    Raises `VaultNotFoundError`, `MonthNotThereError`, and `MonthTooLongError` above 20,000 lines.
    """
    row = require_vault(snapshot, vault_id)
    start, end = _span(month)
    if end <= row.vault.block_time or start > snapshot.time:
        raise MonthNotThereError(
            f"Vault {vault_id} was opened at {datetime.fromtimestamp(row.vault.block_time, UTC):%Y-%m}, and "
            f"the ledger is at {snapshot.block.time:%Y-%m}.",
            remedy="Ask for a month from the one to the other.",
        )
    return MonthStatement(
        month,
        row,
        snapshot.tokens.by_address[row.strategy.base_token],
        _end(snapshot, row, start),
        _end(snapshot, row, end),
        list(_lines(snapshot, row, start, end)),
        gas_of_vault(snapshot, row.vault, span=(start, end)),
    )


def rows_of(found: MonthStatement) -> Iterator[tuple[object, ...]]:
    """Give the month's lines as the cells of `HEADER`; amounts are whole tokens, exact."""
    for line in found.lines:
        event = line.event
        place = (event.time.isoformat(), event.block, event.log_index, event.transaction)
        if isinstance(line, SkipLine):
            yield (*place, line.kind, line.trade, line.reason.name, *(None,) * 10)
        elif isinstance(line, FillLine):
            fill = line.fill
            swap = (*_amount(fill.sold), fill.fee.decimal, *_amount(fill.bought))
            ends = (None, None, None, line.realized_pnl.decimal, line.costs.decimal)
            yield (*place, line.kind, line.trade, None, *swap, *ends)
        else:
            fee = isinstance(line, FeeLine)
            value = None if line.value is None else line.value.decimal
            kind = f"{line.fee} fee" if isinstance(line, FeeLine) else line.kind
            costs = value if fee else None
            moved = (*_amount(line.amount), value, line.realized_pnl.decimal, costs)
            yield (*place, kind, None, None, *(None,) * 5, *moved)


def summary_of(found: MonthStatement) -> list[tuple[str, str]]:
    """Return the month's figures in words and whole base tokens; they add up."""
    begin, end, base = found.begin, found.end, found.base

    def shown(units: int | None) -> str:
        return "not known" if units is None else decimal_string(units, base.decimals)

    unrealized = None
    if begin.unrealized is not None and end.unrealized is not None:
        unrealized = end.unrealized - begin.unrealized
    costs = [(f"{kind} fees", begin.costs[kind] - end.costs[kind]) for kind in COST_KINDS]
    return [
        ("Opening equity", shown(begin.equity)),
        ("Deposited", shown(end.deposited - begin.deposited)),
        ("Withdrawn", shown(begin.withdrawn - end.withdrawn)),
        ("Realized result", shown(end.realized - begin.realized)),
        ("Change of unrealized result", shown(unrealized)),
        *((name.capitalize(), shown(units)) for name, units in costs if units),
        ("Closing equity", shown(end.equity)),
    ]


def _span(month: str) -> tuple[int, int]:
    """The first second of a month and of the next."""
    year, number = int(month[:4]), int(month[5:])
    following = (year + number // 12, number % 12 + 1)
    start, end = datetime(year, number, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)
    return int(start.timestamp()), int(end.timestamp())


def _end(snapshot: Snapshot, row: VaultRow, time: int) -> End:
    connection = snapshot.session.connection()
    vault_id = row.vault.vault_id
    states, board = load_states(connection, snapshot.deployment_id, [vault_id], before=time)
    state: VaultState = states[vault_id]
    book = state.average
    prices = {token: found.price for token in book.positions if (found := state.price(token, board))}
    profit = book.profit(prices)
    return End(
        profit.equity, book.deposited, book.withdrawn, profit.realized, profit.unrealized, profit.costs
    )


def _lines(
    snapshot: Snapshot, row: VaultRow, start: int, end: int
) -> Iterator[FlowLine | FeeLine | FillLine | SkipLine]:
    """The month's lines, oldest first."""
    pages: list[tuple[Sequence[Line], int]] = []
    before: Place | None = (end_before(snapshot.session, snapshot.deployment_id, end), 0)
    first = (first_block_since(snapshot.session, snapshot.deployment_id, start), 0)
    while True:
        found = list_lines(snapshot, row.vault.vault_id, since=first, before=before, limit=_PAGE + 1)
        page = found[:_PAGE]
        # Of what was before the month nothing is read: that it is in another hour is enough.
        pages.append((page, time_of(found[_PAGE]) if len(found) > _PAGE else start - 1))
        if sum(len(lines) for lines, _ in pages) > MOST_LINES:
            raise MonthTooLongError(
                f"More than {MOST_LINES} lines are in this month.",
                remedy="Page through /v1/vaults/{vault_id}/statement instead.",
            )
        if len(page) < _PAGE:
            break
        before = place_of(page[-1])
    base, market = row.strategy.base_token, market_of(snapshot, row.strategy)
    for lines, older in reversed(pages):
        steps = steps_of(snapshot, row.vault, market, lines, older, method="average_cost")
        for line in reversed(lines):
            yield present_line(snapshot, line, steps.get(place_of(line)), base)


def _amount(amount: Amount) -> tuple[str, str]:
    return amount.decimal, text_cell(amount.symbol)
