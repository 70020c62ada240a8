"""Tables as CSV (RFC 4180): what others have written is made harmless to spreadsheets."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def text_cell(text: str) -> str:
    """Return foreign text, such as a name, so that no spreadsheet takes it for a formula; numbers stay."""
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give a table line by line, as it is made; None is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(["" if cell is None else cell for cell in row])
        yield buffer.getvalue()
