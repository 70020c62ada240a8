"""A month's statement on paper. The same month at the same block is the same file, to the byte."""

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from api.exports.month import MonthStatement, rows_of, summary_of
from api.schemas import BlockRef

_COLUMNS = ("time", "kind", "trade", "sold", "bought", "amount", "realized", "costs")
_WIDTHS = (34, 28, 16, 42, 48, 42, 33, 33)


def pdf_of(found: MonthStatement, block: BlockRef) -> bytes:
    """Return the month as PDF."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_creation_date(block.time)
    pdf.set_title(f"Vault {found.row.vault.vault_id}, {found.month}")
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 14)
    _line(pdf, f"Vault {found.row.vault.vault_id}, {found.month}")
    pdf.set_font("Helvetica", "", 9)
    _line(pdf, f"Strategy {found.row.vault.strategy_id}, {found.row.strategy.name}")
    _line(pdf, f"Owner {found.row.vault.owner}")
    _line(pdf, f"In {found.base.symbol} ({found.base.address}), by average cost")
    _line(pdf, f"As of block {block.number}, {block.hash}")
    pdf.ln(4)
    for name, value in summary_of(found):
        pdf.cell(70, 5, _plain(name))
        pdf.cell(50, 5, _plain(value), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    gas = found.gas
    _line(
        pdf,
        f"Apart from it the owner paid {gas.paid.decimal} of the chain's own coin for the gas of "
        f"{gas.transactions} own transactions, counted up to block {gas.up_to_block}.",
    )
    pdf.ln(4)
    pdf.set_font("Helvetica", "", 7)
    with pdf.table(col_widths=_WIDTHS, line_height=4) as table:
        table.row([name.capitalize() for name in _COLUMNS])
        for cells in rows_of(found):
            table.row([_plain(text) for text in _shown(cells)])
    return bytes(pdf.output())


def _shown(cells: Sequence[object]) -> tuple[str, ...]:
    time, _, _, _, kind, trade, reason, sold, sold_in, _, bought, bought_in, amount, unit, _, made, costs = (
        "" if cell is None else str(cell) for cell in cells
    )
    return (
        time[:19],
        f"{kind}: {reason}" if reason else kind,
        trade,
        f"{sold} {sold_in}",
        f"{bought} {bought_in}",
        f"{amount} {unit}",
        made,
        costs,
    )


def _line(pdf: FPDF, text: str) -> None:
    pdf.cell(0, 5, _plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _plain(text: str) -> str:
    """What the built-in fonts can show; names may have anything."""
    return text[:120].encode("latin-1", "replace").decode("latin-1")
