"""Reads histories: CSV (plain or gzipped) and Parquet, one line a moment, nothing believed before it is
checked.

Columns, in any order; docs/backtest.md has them with their units:

- ``time``: unix seconds, or ISO 8601 with a zone;
- ``token_in``, ``token_out``: symbols of what was sold and bought; both empty on a line of prices only;
- ``portion``: part of the holding that was sold, above 0 and at most 1; or ``amount_in``, in whole tokens;
- ``amount_out``: whole tokens that came of ``amount_in``; together they are the price of the trade;
- ``price_SYMBOL``: the oracle's price of a whole token in whole base tokens; empty: as before.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backtest.crowd import PRICE_UNIT
from backtest.errors import BacktestError
from backtest.exact import MAX_UNITS
from backtest.history import History, Moment, Sale, Tokens
from backtest.market import PoolState
from paper.state import WAD

BASE_DECIMALS, OTHER_DECIMALS = 6, 9
_COLUMNS = frozenset({"time", "token_in", "token_out", "portion", "amount_in", "amount_out"})
_PRICE = "price_"
_MOST_TOKENS = 16

Row = Mapping[str, str]


class _BadValueError(Exception):
    """A value that cannot be used, with what would be right."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def read_history(path: Path, *, base: str, decimals: Mapping[str, int] | None = None) -> History:
    """Read the history in ``path``, with ``base`` as the base token.

    ``decimals`` are those in which the backtest counts: `BASE_DECIMALS` for the base token and
    `OTHER_DECIMALS` for others unless said. Finer amounts are rounded down. Raises `BacktestError`.
    """
    rows, columns = _rows(path)
    _check_columns(path, columns)
    symbols = _symbols(path, rows, columns, base)
    given = decimals or {}
    usual = [BASE_DECIMALS] + [OTHER_DECIMALS] * (len(symbols) - 1)
    places = tuple(given.get(symbol, one) for symbol, one in zip(symbols, usual, strict=True))
    tokens = Tokens(symbols, places)
    moments = []
    for line, row in enumerate(rows, start=2):
        try:
            moments.append(_moment(line, row, tokens))
        except _BadValueError as error:
            raise BacktestError(f"{path.name}, line {line}: {error}.", remedy=error.remedy) from None
    return History(path.name, tokens, moments)


def read_pool(path: Path) -> list[PoolState]:
    """Read a pool after each of its recorded swaps: ``block_time``, ``sqrt_price_x96``, ``liquidity``."""
    rows, columns = _rows(path)
    missing = {"block_time", "sqrt_price_x96", "liquidity"} - columns
    if missing:
        raise _unusable(path, f"has no column {', '.join(sorted(missing))}")
    states = []
    for line, row in enumerate(rows, start=2):
        try:
            root, liquidity = int(row["sqrt_price_x96"]), int(row["liquidity"])
            states.append(PoolState(_time(row["block_time"]), root, liquidity))
        except (_BadValueError, ValueError) as error:
            remedy = "Give a recorded pool with one swap a line."
            raise BacktestError(f"{path.name}, line {line}: {error}.", remedy=remedy) from None
    if not states:
        raise _unusable(path, "has no swaps")
    return states


def _rows(path: Path) -> tuple[Sequence[Row], frozenset[str]]:
    try:
        if path.suffix == ".parquet":
            return _parquet(path)
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            reader = csv.DictReader(text, strict=True, restkey="")
            rows = [{name: value or "" for name, value in row.items()} for row in reader]
            columns = frozenset(reader.fieldnames or ())
    except FileNotFoundError:
        raise BacktestError(f"There is no file {path}.", remedy="Check the path.") from None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise _unusable(path, f"cannot be read ({error})") from error
    for line, row in enumerate(rows, start=2):
        if row.get(""):
            remedy = "Give each line as many values as there are columns."
            raise BacktestError(f"{path.name}, line {line}: it has more values than columns.", remedy=remedy)
    return rows, columns


def _parquet(path: Path) -> tuple[Sequence[Row], frozenset[str]]:
    # A tenth of a second that only Parquet costs.
    import pyarrow as arrow  # type: ignore[import-untyped]  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        table = parquet.read_table(path)
    except arrow.ArrowException as error:
        raise _unusable(path, f"is no Parquet file ({error})") from error
    rows = [{name: _text(value) for name, value in row.items()} for row in table.to_pylist()]
    return rows, frozenset(table.column_names)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _check_columns(path: Path, columns: frozenset[str]) -> None:
    missing = {"time", "token_in", "token_out"} - columns
    if missing:
        raise _unusable(path, f"has no column {', '.join(sorted(missing))}")
    if not columns & {"portion", "amount_in"}:
        raise _unusable(path, "has neither a column portion nor a column amount_in")
    unknown = sorted(name for name in columns - _COLUMNS if not name.startswith(_PRICE))
    if unknown:
        raise _unusable(path, f"has a column {unknown[0]}, which nothing is known of")


def _symbols(path: Path, rows: Sequence[Row], columns: frozenset[str], base: str) -> tuple[str, ...]:
    """The base token, then the others in alphabetical order: the file's order of columns changes nothing."""
    found = {name.removeprefix(_PRICE) for name in columns if name.startswith(_PRICE)}
    found |= {row[name] for row in rows for name in ("token_in", "token_out") if row[name]}
    others = sorted(found - {base})
    if not rows or base not in found | {base} or not others:
        raise _unusable(path, "names no token beside the base token")
    if len(others) >= _MOST_TOKENS:
        raise _unusable(path, f"names {len(others) + 1} tokens, more than a strategy's {_MOST_TOKENS}")
    return (base, *others)


def _moment(line: int, row: Row, tokens: Tokens) -> Moment:
    prices = {}
    for index, symbol in enumerate(tokens.symbols):
        text = row.get(_PRICE + symbol, "")
        if text and index:
            whole = _number(_PRICE + symbol, text)
            units = whole.scaleb(tokens.decimals[0] - tokens.decimals[index]) * PRICE_UNIT
            prices[index] = _positive(_PRICE + symbol, int(units))
    return Moment(line, _time(row["time"]), prices, _sale(row, tokens))


def _sale(row: Row, tokens: Tokens) -> Sale | None:
    names = [row["token_in"], row["token_out"]]
    given = {name: row[name] for name in ("portion", "amount_in", "amount_out") if row.get(name)}
    if not any(names):
        if given:
            raise _BadValueError("it has an amount and no tokens", "Name token_in and token_out.")
        return None
    if not all(names) or names[0] == names[1]:
        raise _BadValueError("a trade needs two different tokens", "Name token_in and token_out.")
    index_in, index_out = (tokens.index(name) for name in names)
    if "portion" not in given and "amount_in" not in given:
        raise _BadValueError("it says neither a portion nor an amount_in", "Give one of them.")
    portion = None
    if "portion" in given:
        portion = _positive("portion", int(_number("portion", given["portion"]) * WAD))
        if portion > WAD:
            raise _BadValueError(f"portion {given['portion']} is more than all", "Give at most 1.")
    amount_in, amount_out = (
        _units(name, given[name], tokens.decimals[index]) if name in given else None
        for name, index in (("amount_in", index_in), ("amount_out", index_out))
    )
    if amount_out is not None and amount_in is None:
        raise _BadValueError("amount_out without amount_in is no price", "Give both, or neither.")
    return Sale(index_in, index_out, portion, amount_in, amount_out)


def _units(name: str, text: str, decimals: int) -> int:
    units = _positive(name, int(_number(name, text).scaleb(decimals)))
    if units >= MAX_UNITS:
        raise _BadValueError(f"{name} {text} is too large", "Count the token in fewer --decimals.")
    return units


def _positive(name: str, value: int) -> int:
    if value <= 0:
        raise _BadValueError(f"{name} is not above 0", "Give a positive number, or count in more --decimals.")
    return value


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _BadValueError(f"{name} {text!r} is no number", "Write it like 1234.5.")
    return number


def _time(text: str) -> int:
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        remedy = "Write unix seconds, or 2024-01-05T00:00:23Z."
        raise _BadValueError(f"time {text!r} is no moment", remedy)
    return int(moment.timestamp())


def _unusable(path: Path, why: str) -> BacktestError:
    return BacktestError(f"{path} {why}.", remedy="docs/backtest.md describes the columns of a history.")
