"""What the page is made of: a section each question, with its drawing, its words and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.analytics.charts import bars
from bot.analytics.compare import change_told, in_words, with_change
from bot.analytics.figures import Figure, Figures, added
from bot.analytics.words import capital, text

Bar = tuple[str, Figure, Figure | None]  # a name, its number, and that of the period before
TOO_LARGE = 3  # times the largest row: a rest beyond that would press all bars flat


@dataclass(frozen=True)
class Section:
    """One question that people ask of the figures. `slides`: the drawing may be wider than
    the screen; `folds`: what the table says is seen without it."""

    name: str
    title: str
    chart: Markup | None
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    note: str = ""
    lead: str = ""  # what the figures say, before the drawing
    reading: str = ""  # how to read the drawing, below it
    slides: bool = False
    folds: bool = False


@dataclass(frozen=True)
class Asked:
    """What the reader chose."""

    country: str
    language: str


def drawn(values: Sequence[Bar], title: str, language: str, pale: Sequence[str] = (),
          ) -> tuple[Markup | None, str]:  # fmt: skip
    """Bars; a single number is no drawing but a sentence."""
    told = [(name, each.value, with_change(each, then, language)) for name, each, then in values]
    if len(told) == 1:
        name, _, number = told[0]
        key = "only_together" if name == capital(text("together", language)) else "only_one"
        return None, text(key, language, what=name, number=number)
    least = {name for name, each, _ in values if each.is_least}
    return (bars(told, title, pale, least=least) if told else None), ""


def least_note(values: Sequence[Bar], language: str) -> str:
    """How to read bars that go on, where there are any."""
    goes_on = len(values) > 1 and any(each.is_least for _, each, _ in values)
    return text("least_bar", language) if goes_on else ""


def without_greys(values: Sequence[Bar], greys: Sequence[str], language: str, *,
                  is_whole: bool) -> tuple[list[Bar], str, str]:  # fmt: skip
    """A rest that is much larger than all rows would press them flat: it is not drawn, and that is
    said before the drawing. Else it is grey, and that is said below."""
    plain = [each for each in values if each[0] not in greys]
    sums = [now for name, now, _ in values if name in greys]
    largest = max((now.value for _, now, _ in plain), default=0)
    if not sums or not plain or max(each.value for each in sums) <= TOO_LARGE * largest:
        return [*values], "", text("grey_bar", language) if sums and len(values) > 1 else ""
    number = in_words(added(sums, is_least=not is_whole), language)
    return plain, text("grey_left_out", language, number=number), ""


def compared(each: Figure | None, then: Figure | None, before: Figures | None, language: str,
             *, is_sum: bool = False) -> list[str]:  # fmt: skip
    """A number, that of the period before where there is one, and how much that is. Of a rest
    alone: what is in it changes from period to period, which would look like growth."""
    cells = [in_words(each, language)]
    if before is None:
        return cells
    if is_sum:
        return [*cells, "", ""]
    return [*cells, in_words(then, language), change_told(each, then, language)]


def columns_of(unit: str, before: Figures | None, language: str) -> list[str]:
    """The heads of those cells."""
    more = ("before", "change") if before else ()
    return [text(each, language) for each in (unit, *more)]


def sentences(*told: str) -> str:
    """Those that say something, after one another."""
    return " ".join(each for each in told if each)
