"""What every table shares: the amount column, and the place in the chain an event's row came from."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Numeric, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

Address = String(42)
Hash = String(66)


def _whole(value: str | Decimal | None) -> int | None:
    return None if value is None else int(value)


class Amount(TypeDecorator[int]):
    """An exact integer of up to 256 bits: NUMERIC(78, 0) on PostgreSQL, decimal text on SQLite.

    SQLite has no integer above 64 bits and would turn a larger one into a float. Its text does not order or
    add up as a number: order by position in the chain, and add with `amount_sum`.
    """

    impl = Numeric(78, 0)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text where the database has no wide integer."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(78, 0))

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | Decimal | None:
        """Turn the integer into what the column stores."""
        if value is None:
            return None
        return str(value) if dialect.name == "sqlite" else Decimal(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int | None]:
        """Return what turns what the column stores into the integer; rows have many of them."""
        del dialect, coltype
        return _whole


class amount_sum(GenericFunction[int]):  # noqa: N801 (named as it is written in SQL)
    """Exact sum of an amount column. `open_engine` registers the aggregate on SQLite."""

    type = Amount()
    inherit_cache = True
    name = "amount_sum"


@compiles(amount_sum, "postgresql")
def _postgresql_sum(element: amount_sum, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"sum({compiler.process(element.clauses, **keywords)})"


class Base(DeclarativeBase):
    """The ledger's metadata."""


class EventRow:
    """Columns of a row that one event made: the deployment and the event's place in its chain."""

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-10)
    block_number: Mapped[int] = mapped_column(BigInteger, sort_order=10)
    log_index: Mapped[int] = mapped_column(Integer, sort_order=11)
    block_time: Mapped[int] = mapped_column(BigInteger, sort_order=12)
    tx_hash: Mapped[str] = mapped_column(Hash, sort_order=13)


class LogRow:
    """Columns of a row that is known by its event's place in the chain alone: one row a log."""

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-10)
    block_number: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, sort_order=-9
    )
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, sort_order=-8)
    block_time: Mapped[int] = mapped_column(BigInteger, sort_order=10)
    tx_hash: Mapped[str] = mapped_column(Hash, sort_order=11)
