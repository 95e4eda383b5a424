"""The report's drawing on A4: headings, bars, grids, streams, page numbers.

By fpdf2, in plain Python. The fonts are those that every PDF reader has (Helvetica, Windows-1252:
all letters of Spanish and English), so that nothing has to be shipped or installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.outline import OutlineSection

from bot.analytics.charts import BLUES
from bot.analytics.report.parts import NOTHING, Cell, Line
from bot.analytics.report.words import number, text

WIDE, LEFT, LOW = 174.0, 18.0, 22.0  # between the margins, beside them, below
GREY = -1  # instead of the largest number of a grid: its cells are not to be compared
STRIPE, STRIPES = 0.9, 3  # behind a bar that is at least so long: how wide each, how many
ROW = 6.0  # of bars; those of grids are a little lower
INK, SOFT, BLUE, LINE = (26, 26, 26), (90, 90, 90), (8, 69, 148), (200, 200, 200)
GREYS = (184, 184, 184)  # bars of what was little, added up
Colour = tuple[int, int, int]


def colour(code: str) -> Colour:
    """ "#0072B2" in numbers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


class Paper(FPDF):
    """A report in the making."""

    def __init__(self, language: str, running: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.core_fonts_encoding = "cp1252"
        self.language, self.running = language, running
        self.set_lang(language)
        self.set_margins(LEFT, 18, LEFT)
        self.c_margin = 0.0  # words, bars and grids begin and end on the same line
        self.set_auto_page_break(True, LOW)
        self.set_line_width(0.2)
        self.alias_nb_pages("{nb}")
        self._widths: dict[tuple[str, str, float], float] = {}

    def header(self) -> None:
        """The report's name on every page but the first."""
        if self.page_no() > 1:
            self.write_line(self.running, 8, tint=SOFT)
            self.ln(4)

    def footer(self) -> None:
        """The page's number."""
        if self.page_no() > 1:
            self.set_y(-14)
            self.pen(8, tint=SOFT)
            words = text("page", self.language, number=self.page_no(), all="{nb}")
            self.cell(WIDE, 5, words, align="R")

    def pen(self, size: float, *, bold: bool = False, tint: Colour = INK) -> None:
        """The next words' size and colour."""
        self.set_font("Helvetica", "B" if bold else "", size)
        self.set_text_color(*tint)

    def write_line(self, words: str, size: float, *, bold: bool = False,
                   tint: Colour = INK) -> None:  # fmt: skip
        """Words over the whole width, in as many lines as they need."""
        self.pen(size, bold=bold, tint=tint)
        for line in self.lines(words, WIDE - 2 * self.c_margin):
            self.cell(WIDE, size * 0.5, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def lines(self, words: str, wide: float) -> Iterator[str]:
        """The words in lines of that width. FPDF.multi_cell measures the whole line again at each
        letter: it took a third of the time that a report takes."""
        line, taken, space = "", 0.0, self.width(" ")
        for word in words.split():
            more = self.width(word)
            if line and taken + space + more > wide:
                yield line
                line, taken = word, more
            else:
                line, taken = (f"{line} {word}", taken + space + more) if line else (word, more)
        yield line

    def width(self, word: str) -> float:
        """Of a word with this pen, measured once."""
        key = (word, self.font_style, self.font_size_pt)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(word)
        return self._widths[key]

    def fitted(self, words: str, wide: float) -> str:
        """The words, shortened where they are wider."""
        if self.width(words) <= wide:
            return words
        while words and self.width(words + "…") > wide:
            words = words[:-1]
        return words.rstrip() + "…"

    def contents(self, outline: Sequence[OutlineSection]) -> None:
        """The chapters with their pages."""
        self.pen(10.5)
        self.set_x(LEFT)  # the pen comes from the foot of the last page
        for section in outline:
            link = self.add_link(page=section.page_number)
            page = self.pages[section.page_number].get_label()
            room = WIDE - self.width(section.name) - self.width(page) - 4
            self.cell(WIDE, 6, section.name, link=link, new_x=XPos.LMARGIN)
            dots = "." * int(room / self.width("."))
            self.cell(WIDE, 6, f"{dots} {page}", link=link, align="R",
                      new_x=XPos.LMARGIN, new_y=YPos.NEXT)  # fmt: skip

    def chapter(self, words: str) -> None:
        """A title, also in the list of contents."""
        self.start_section(words)
        self.write_line(words, 17, bold=True, tint=BLUE)
        self.ln(1.5)

    def heading(self, words: str, high: float) -> None:
        """A title over something that is `high` and stays with it, where a page can hold both."""
        if self.will_page_break(min(high + 10, 180)):
            self.add_page()
        self.write_line(words, 11.5, bold=True)
        self.ln(1.5)

    def bars(self, lines: Sequence[Line]) -> None:
        """One bar a row: name, length, and its words. A name in several lines where it is long, and
        bars as long as the words beside them leave room for."""
        most = max(each.value for each in lines) or 1
        self.pen(8.5)
        more = 2 * STRIPE * STRIPES if any(each.is_least for each in lines) else 0
        room = WIDE - 70 - more - max(self.width(each.words) for each in lines)
        for each in lines:
            self.pen(8.5)
            names = [*self.lines(each.name, 66)]
            high = ROW + 3.8 * (len(names) - 1)
            if self.will_page_break(high):
                self.add_page()
            y = self.get_y()
            for place, name in enumerate(names):
                self.set_xy(LEFT, y + 3.8 * place)
                self.cell(66, ROW, name, align="R")
            self.set_fill_color(*(GREYS if each.is_rest else (33, 113, 181)))
            wide = min(70.0, room) * each.value / most
            middle = y + (high - ROW) / 2
            self.rect(LEFT + 68, middle + 1.1, max(wide, 0.3), 3.8, style="F")
            if each.is_least:
                for number in range(STRIPES):
                    x = LEFT + 68 + wide + STRIPE * (2 * number + 1)
                    self.rect(x, middle + 1.1, STRIPE, 3.8, style="F")
                wide += more
            self.set_xy(LEFT + 70 + wide, middle)
            self.cell(0, ROW, each.words)
            self.set_xy(LEFT, y + high)
        self.ln(4)

    def grid(self, corner: str, columns: Sequence[str],
             rows: Sequence[tuple[str, Sequence[Cell]]]) -> None:  # fmt: skip
        """A heat map with its numbers in it: chart and table in one. The first column is a sum and
        stays white; rows of sums are grey."""
        wide = min(24.0, (WIDE - 52) / len(columns))
        names = min(70.0, WIDE - wide * len(columns)) if wide == 24 else WIDE - wide * len(columns)
        plain = [cells for _, cells in rows if NOTHING not in cells]
        most = max((each.value for cells in plain for each in cells[1:] if each), default=1)
        self._columns(corner, columns, names, wide)
        for name, cells in rows:
            self.pen(8)
            lines = [*self.lines(name, names - 2)]
            high = 5.6 + 3.6 * (len(lines) - 1)
            if self.will_page_break(high):
                self.add_page()
                self._columns(corner, columns, names, wide)
                self.pen(8)
            y = self.get_y()
            for place, line in enumerate(lines):
                self.set_xy(LEFT, y + 3.6 * place)
                self.cell(names, 5.6, line)
            self.set_xy(LEFT + names, y + (high - 5.6) / 2)
            for place, each in enumerate(cells):
                sums = NOTHING in cells
                self._cell(each, wide, GREY if sums else 0 if place == 0 else most)
            self.set_xy(LEFT, y + high)
        self.ln(1.5)

    def _columns(self, corner: str, columns: Sequence[str], names: float, wide: float) -> None:
        self.pen(7.5, bold=True)
        self.set_draw_color(*LINE)
        self.cell(names, 5.6, corner, border="B")
        for each in columns:
            self.cell(wide, 5.6, each, border="B", align="C")
        self.ln(5.6)

    def _cell(self, each: Cell, wide: float, most: int) -> None:
        x, y = self.get_x(), self.get_y()
        ink = INK
        if each == NOTHING:
            self.set_xy(x + wide, y)
            return
        if each is None:
            self._hatch(x + 0.3, y + 0.3, wide - 0.6, 5.0)
        elif most == GREY:
            self.set_fill_color(236)
            self.rect(x + 0.3, y + 0.3, wide - 0.6, 5.0, style="F")
        elif most:
            shade = min(len(BLUES) - 1, int(len(BLUES) * each.value / most))
            self.set_fill_color(*colour(BLUES[shade]))
            self.rect(x + 0.3, y + 0.3, wide - 0.6, 5.0, style="F")
            ink = (255, 255, 255) if shade >= 5 else INK
        if each is not None:
            self.pen(7.5, tint=ink)
            told = number(each, self.language)
            if (room := (wide - 1.4) / self.width(told)) < 1:  # large numbers in many columns
                self.pen(7.5 * room, tint=ink)
            self.text(x + (wide - self.width(told)) / 2, y + 2.8 + 0.3 * self.font_size, told)
        self.set_xy(x + wide, y)

    def _hatch(self, x: float, y: float, wide: float, high: float) -> None:
        self.set_draw_color(*LINE)
        with self.rect_clip(x, y, wide, high):
            for step in range(int((wide + high) / 2) + 1):
                self.line(x + 2 * step - high, y + high, x + 2 * step, y)
