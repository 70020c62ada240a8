"""Paths of statements to keep."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from accounting.rounding import decimal_string
from accounting.trips import Disposal, disposals
from api.exports import month as months
from api.exports.cells import csv_lines, text_cell
from api.exports.pdf import pdf_of
from api.problems import responses
from api.schemas import Token, utc
from api.snapshot import OpenSnapshot, Snapshot
from api.vaults.endpoints import VaultId
from api.vaults.service import require_vault
from indexer.derived.lives import read_lives

router = APIRouter(prefix="/v1/vaults", tags=["vaults"])

CSV, PDF = "text/csv", "application/pdf"
_TAX_HEADER = ("token", "acquired", "disposed", "quantity", "cost", "proceeds", "gain", "base_token")


def _files(*kinds: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {200: {"description": "The file.", "content": content}}


@router.get(
    "/{vault_id}/statements/{month}",
    operation_id="getMonthlyStatement",
    summary="A month of a vault, as CSV or PDF",
    response_class=Response,
    responses={**responses(404), **_files(CSV, PDF)},
)
def get_monthly_statement(
    snapshot: OpenSnapshot,
    vault_id: VaultId,
    month: Annotated[
        str,
        Path(
            pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Year and month, UTC.", examples=["2024-01"]
        ),
    ],
    accept: Annotated[str, Header(description="text/csv, or application/pdf for paper.")] = CSV,
) -> Response:
    """Every line of the month by average cost; on paper with opening and closing equity and what lies
    between: they add up to the unit.
    """
    found = months.month_of(snapshot, vault_id, month)
    name = f"vault-{vault_id}-{month}"
    if PDF in accept:
        return _file(pdf_of(found, snapshot.block), PDF, f"{name}.pdf")
    return _file("".join(csv_lines(months.HEADER, months.rows_of(found))), CSV, f"{name}.csv")


@router.get(
    "/{vault_id}/tax-lots",
    operation_id="getTaxLots",
    summary="Every lot that a vault sold, as CSV",
    response_class=Response,
    responses={**responses(404), **_files(CSV)},
)
def get_tax_lots(snapshot: OpenSnapshot, vault_id: VaultId) -> Response:
    """First in, first out: when each lot was bought and sold, what it cost and brought after the fees of both
    sides. They add up to the closed trades. What was withdrawn or paid in kind is not sold.
    """
    table = "".join(csv_lines(_TAX_HEADER, _tax_rows(snapshot, vault_id)))
    return _file(table, CSV, f"vault-{vault_id}-tax.csv")


def _tax_rows(snapshot: Snapshot, vault_id: int) -> Iterator[tuple[object, ...]]:
    row = require_vault(snapshot, vault_id)
    connection = snapshot.session.connection()
    life = read_lives(connection, snapshot.deployment_id, [vault_id])[vault_id]
    tokens = snapshot.tokens.by_address
    base = tokens[row.strategy.base_token]
    unit = text_cell(base.symbol)
    for each in disposals(base.address, life):
        yield (*_lot(each, tokens[each.token], base.decimals), unit)


def _lot(each: Disposal, token: Token, base_decimals: int) -> tuple[object, ...]:
    return (
        text_cell(token.symbol),
        utc(each.acquired).isoformat(),
        utc(each.disposed).isoformat(),
        decimal_string(each.quantity, token.decimals),
        decimal_string(each.cost, base_decimals),
        decimal_string(each.proceeds, base_decimals),
        decimal_string(each.proceeds - each.cost, base_decimals),
    )


def _file(content: str | bytes, kind: str, name: str) -> Response:
    shown = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=shown)
