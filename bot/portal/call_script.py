"""What to say on the telephone about one report, in the language of who is called: who they are,
which number, and what was reported. A text is no place to call: there the source is read again.

Nothing of a secret place is in it but what women are told anyway (bot/directory/found.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.found import FoundPhone, FoundService
from bot.directory.models import Service
from bot.portal.reminders import ENGLISH
from bot.portal.words import tell


@dataclass(frozen=True)
class Script:
    """Of one report; `own` is the same in the language of whoever reads it, "" where that is it."""

    language: str
    text: str
    own: str
    others: tuple[FoundPhone, ...]  # whom to try where the reported number does not answer


def script(record: Service, told: FoundService, number: str, people: int, reads: str) -> Script:
    """For a report of `number` ("": the whole place) by so many women; nobody's: a colleague hid
    it. `reads`: the language of who calls."""
    language = _spoken(record)
    says = {each: _says(record, told, number, people, each) for each in (language, reads)}
    others = tuple(each for each in told.phones if each.number != number)
    own = "" if language == reads else says[reads]
    return Script(language, says[language], own, others)


def _spoken(record: Service) -> str:
    """The country's, unless the place says that it does not speak it: a consulate."""
    usual, other = ("en", "es") if record.country in ENGLISH else ("es", "en")
    spoken = (record.languages or "").split()
    return other if other in spoken and usual not in spoken else usual


def _says(record: Service, told: FoundService, number: str, people: int, language: str) -> str:
    if number:
        shown = next((each.display for each in record.phones if each.number == number), number)
        why = tell("script_number" if people else "script_hidden", language, number=shown)
    else:
        known = [told.hours.get(language) if told.hours else None, told.address, told.town]
        what = ", ".join(filter(None, known))
        why = tell("script_whole" if people else "script_whole_hidden", language)
        why += " " + tell("script_we_say", language, what=what) if what else ""
    return tell("script", language, name=told.names.get(language), why=why)
