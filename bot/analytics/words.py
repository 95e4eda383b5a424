"""What the page of figures says: names of rows and countries, in Spanish and English."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.analytics.cuts import cuts
from bot.analytics.figures import Period
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.vocabulary import COUNTRIES, LANGUAGES, UNKNOWN
from bot.conversation.wording import say
from bot.directory.countries import country_name
from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both
from bot.knowledge.topics import topics


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: dict[str, Both]
    section: dict[str, Both]
    short: dict[str, Both]
    row: dict[str, Both]
    months: list[Both]


@cache
def _words() -> _Words:
    return parse_one(Path(__file__).with_name("words.yml"), _Words)


def text(key: str, language: str, **values: object) -> str:
    """A sentence or label of the page."""
    return _words().text[key].get(language).format(**values)


def heading(cut: str, language: str) -> str:
    """A section's title."""
    return _words().section[cut].get(language)


def short(cut: str, language: str) -> str:
    """A section in the list of contents."""
    return _words().short[cut].get(language)


def row_name(row: str, language: str) -> str:
    """A row in words: "ask_asylum", "whatsapp:es", "rest:rights", "HN"."""
    if row.startswith(f"{REST}:"):
        what = row_name(row.partition(":")[2], language)
        # «de» and the article of «el Caribe» are one word.
        return _words().row["rest_of"].get(language).format(what=what).replace(" de el ", " del ")
    first, _, second = row.partition(":")
    if second in LANGUAGES:  # «otro · otro» does not say what of it is which
        named = {f"channel_{first}": first, f"language_{second}": second}
        return " · ".join(row_name(key if key in _words().row else part, language)
                          for key, part in named.items())  # fmt: skip
    if second:
        return " · ".join(row_name(part, language) for part in row.split(":"))
    if row in SERVICE_TYPES:
        return say(f"type_{row}", language)
    if row in topics() and row not in _words().row:
        return topics()[row].name.get(language)
    if row in _words().row:
        return _words().row[row].get(language)
    return country_name(row, language) or row


def capital(words: str) -> str:
    """As a label or a sentence begins: «Asilo o refugio»."""
    return words[:1].upper() + words[1:]


def month(name: str, language: str) -> str:
    """ "2026-04" as «abril»."""
    return _words().months[int(name[5:]) - 1].get(language)


def span(period: Period, language: str) -> str:
    """«abril a junio de 2026»."""
    first, last = (month(each, language) for each in (period.months[0], period.months[-1]))
    return text("span", language, first=first, last=last, year=period.name[:4])


def period_name(period: Period, language: str) -> str:
    """«marzo de 2026», «enero a marzo de 2026», «2026»."""
    if len(period.months) == 12:
        return period.name
    if len(period.months) > 1:
        return span(period, language)
    between = " " if language == "en" else " de "
    return f"{month(period.name, language)}{between}{period.name[:4]}"


def week_name(monday: date, language: str) -> str:
    """«del 30 de marzo al 5 de abril de 2026»."""
    last = monday + timedelta(days=6)
    first, end = (month(f"{each:%Y-%m}", language) for each in (monday, last))
    begins = "" if first == end else first
    return text("week_in" if begins else "week", language, day=monday.day, month=begins,
                last=last.day, end=end, year=last.year)  # fmt: skip


def name_among(row: str, cut: str, shown: Collection[str], language: str) -> str:
    """A row in words, beside the others shown: a sum that stands alone is no rest."""
    if row == REST and len(shown) == 1:
        return text("together", language)
    if row.startswith(f"{REST}:"):
        group = row.partition(":")[2]
        if not any(cuts()[cut].rows.get(each) == group for each in shown):
            return text("not_split", language, what=row_name(group, language))
    return row_name(row, language)


def sum_of_rows(row: str, cut: str, shown: Collection[str], language: str) -> str:
    """Rows that are small everywhere, added up: «Lo demás de derechos, en todos los países
    juntos»; of a group none of whose rows is shown, «Derechos, sin separar»."""
    name = name_among(row, cut, shown, language)
    if name == row_name(row, language):
        name = rest_in_words(row, cut, language, is_of_all=True)
    return capital(name)


def rest_of_each(row: str, cut: str, language: str) -> str:
    """What is hidden in each country, added up there: «Lo demás, en cada país»."""
    return capital(rest_in_words(row, cut, language, is_of_all=False))


def rest_in_words(row: str, cut: str, language: str, *, is_of_all: bool) -> str:
    """«lo demás de derechos, en cada país» or «…, en todos los países juntos»: the one name of what
    was little, with where it was added up."""
    of_countries = cuts()[cut].columns == COUNTRIES
    if is_of_all:
        key = "countries_together" if of_countries else "channels_together"
    else:
        key = "each_country" if of_countries else "each_channel"
    return text("rest_in", language, what=row_name(row, language), where=text(key, language))


def percent(now: int, then: int) -> str:
    """How much more or less: "+12 %", "±0 %"."""
    change = round(100 * (now - then) / then)
    return f"{change:+d} %" if change else "±0 %"  # «0 %» alone was read as a share


def column_name(cut: str, column: str, language: str) -> str:
    """A column of a table: mostly a country, in "delivery" a channel."""
    if cuts()[cut].columns == COUNTRIES:
        return place_name(column, language)
    return row_name("other_channels" if column == OTHERS else column, language)


def place_name(country: str, language: str) -> str:
    """A country, "all", or "countries with few"."""
    if country in (ALL, UNKNOWN):
        return text("all" if country == ALL else "unknown_place", language)
    return row_name("others" if country == OTHERS else country, language)
