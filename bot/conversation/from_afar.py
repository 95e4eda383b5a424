"""Where the one in trouble is, and what of it holds for her who writes from another country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.another import HURT, Helped, from_abroad, known_as
from bot.conversation.compose import Decision
from bot.conversation.near import fits
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.knowledge.topics import topics

VIOLENCE = "ask_domestic_violence"


def is_abroad(helped: Helped, turn: Turn, state: State) -> bool:
    """Whether that one is in a country in which she is not."""
    home = state.here or turn.prefix_country
    return helped.at is not None and home is not None and home != helped.at


def number_there(kind: str, country: str | None, there: State, world: World) -> str:
    """The number where that one is; with `country`, where it is dialled: for whoever is abroad.

    A short number answers where the phone is: 911 of Honduras is another police in Houston.
    """
    number = world.emergency_line(kind, there)
    if country is None:
        return number
    where = world.in_words(country, there.language)
    return say("helped_number_there", there.language, number=number, country=where)


def reached_from_afar(topic: str, there: State, turn: Turn, world: World) -> FoundService | None:
    """Somebody who helps with `topic` there, with WhatsApp or a whole telephone number."""
    known = topics()[topic]
    for kind in world.service_types(topic):
        for each in world.services(kind, there.but(topic=topic), turn.today, most=None, far=True):
            whole = any(phone.number.startswith("+") for phone in each.phones[:1])
            reached = (whole or each.whatsapp) and not each.is_doubted
            wide = not (each.state or each.town)  # for the whole country
            if reached and wide and each.country == there.country and fits(each, known):
                return each
    return None


def there_is(helped: Helped, state: State) -> State:
    """`state` as it is for the one in trouble: numbers and statements of that country."""
    if helped.at is None:
        return state.but(country=state.here or state.country)
    city = state.city if state.country == helped.at else None
    return state.but(country=helped.at, here=helped.at, city=city)


def number_for(kind: str, turn: Turn, helped: Helped, state: State, world: World) -> str:
    """The number of where that one is, and that it is dialled there if she is elsewhere."""
    where = helped.at if is_abroad(helped, turn, state) else None
    return number_there(kind, where, there_is(helped, state), world)


def dialled_there(told: Decision, turn: Turn, helped: Helped, state: State, world: World
                  ) -> Decision:  # fmt: skip
    """`told` about where that one is: the number that it begins with is dialled there, if she is
    elsewhere, and where she is stays as it was."""
    there = there_is(helped, state)
    first, *others = told.replies
    number = re.escape(world.emergency_line("violence", there))
    if is_abroad(helped, turn, state):
        where = f"{number_for('violence', turn, helped, state, world)}."
        text = re.sub(rf"^{number}(?: \([^)]*\))?\.", lambda _: where, first.text)
        first = replace(first, text=text)
    return replace(told, replies=(first, *others), state=told.state.but(here=state.here))


def led(kind: str, there: State, text: str, world: World) -> str:
    """Who may call, told to somebody abroad: it holds for whoever calls from there."""
    if kind != "call" or not there.country:
        return text
    country = world.in_words(there.country, there.language)
    return f"{say('helped_call_there', there.language, country=country)}\n{text}"


def whose_numbers(helped: Helped, there: State, world: World, *, abroad: bool = False) -> str:
    """Of which country the numbers are, where that is not plain."""
    language, where = there.language, world.served_country(there)
    who = known_as(helped.who)
    if where is None:
        return ""
    country = world.in_words(where, language)
    if helped.at:
        key = "helped_numbers_afar" if abroad else "helped_numbers_of"
        return say(key, language, country=country, who=who.get(language))
    if who.near:
        return ""
    text = say("helped_where", language, country=country, who=who.get(language))
    return text.replace("¿t", "¿T").replace("¿e", "¿E")


def afar(matter: str, turn: Turn, helped: Helped, there: State, state: State, world: World
         ) -> tuple[list[str], list[str]]:  # fmt: skip
    """Where she is in another country than that one: short numbers may not connect, who does."""
    if not is_abroad(helped, turn, state):
        return [], []
    lines: list[str] = []
    told: list[str] = []
    if not set(from_abroad()) & set(state.told):
        lines, told = told_first(from_abroad(), there, turn, world)
    service = reached_from_afar(VIOLENCE, there, turn, world) if matter == HURT else None
    if service is not None:
        text = one_line(service, state.language)
        lines.append(say("helped_from_afar", state.language, service=text))
    return lines, told


def told_first(ids: tuple[str, ...], there: State, turn: Turn, world: World, *,
               without: Sequence[str] = ()) -> tuple[list[str], list[str]]:  # fmt: skip
    """The first of these statements that may be told there, with its source."""
    wanted = [each for each in ids if each not in without]
    found, citation = world.first_of(wanted, there, turn.today) if wanted else ([], None)
    if not found or citation is None:
        return [], []
    text = found[0].text.get(there.language)
    return [f"{text}\n{source_line(citation, there.language)}"], [found[0].id]
