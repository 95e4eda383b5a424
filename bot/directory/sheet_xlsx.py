"""The spreadsheet as XLSX: every cell is text, so that no program makes a number of a telephone or
runs what begins like a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.directory.sheet import harmless, sheet

TEXT = "@"  # what a spreadsheet program calls a cell that holds text, whatever is typed into it
WIDE, NARROW, LONG = 44, 18, 40  # characters
_BROAD = ("name", "organization", "service_types", "address", "url")


def write_xlsx(rows: Iterable[Mapping[str, str]], language: str = "es") -> bytes:
    """A sheet with `rows`, by the columns' keys; read back by sheet.read_lines."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(sheet().columns["name"].get(language))
    page.freeze_panes = "A2"
    for number, key in enumerate(sheet().columns, 1):
        is_wide = key in _BROAD or key.endswith(("_es", "_en"))
        page.column_dimensions[get_column_letter(number)].width = WIDE if is_wide else NARROW
    page.append(list(_titles(page, language)))
    for row in rows:
        page.append([_cell(page, row.get(key, "")) for key in sheet().columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template_xlsx(language: str = "es") -> bytes:
    """An empty sheet with one example."""
    return write_xlsx([sheet().example], language)


def _titles(page: Any, language: str) -> Iterator[Any]:
    for title in sheet().columns.values():
        cell = WriteOnlyCell(page, value=title.get(language).strip())
        cell.font = Font(bold=True)
        yield cell


def _cell(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=harmless(ILLEGAL_CHARACTERS_RE.sub("", text)))
    cell.data_type = "s"
    cell.number_format = TEXT
    if len(text) > LONG:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
