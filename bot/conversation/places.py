"""Where she is, or asks about: taking note, answering again for it, finding something closer."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, country_options, decide, menu_options
from bot.conversation.people import person
from bot.conversation.services import NONE_FOUND, find_service, list_services
from bot.conversation.state import State, Turn
from bot.conversation.topics import tell
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.towns import border_countries, town_on_side
from bot.knowledge.asked import NOTHING
from bot.safety.numbers import first_number
from connectors.contract import Option

_BARE = 3  # words


def inform_location(turn: Turn, state: State, world: World) -> Decision:
    """Take note of the place; answer again what was asked, for that place."""
    if turn.service_type and not turn.tapped and not crisis.is_on(state):
        return find_service(turn, state.but(listed=()), world)
    if turn.tapped and turn.city and not turn.country:
        said = _said_side(turn, state)
        if said is None:
            return _at_border(turn, state, world)
        turn, state = replace(turn, country=said.country, city=said.city), said
    if turn.tapped and not turn.names_place:
        return decide([say("location_unsure", state.language)], state, turn.intent, (),
                      "asked back")  # fmt: skip
    open_town = turn.city and not turn.country and len(turn.candidates) > 1
    if open_town and state.here not in turn.candidates:
        return _which(turn, state, world)
    if state.crisis and state.crisis_turns <= 3 and not turn.origin:
        return crisis.again(turn, state, world)
    return in_new_place(turn, state, world)


def _said_side(turn: Turn, state: State) -> State | None:
    """The side of the border that she is on, where she has said it; the town on that side."""
    sides, side = border_countries(turn.city or ""), state.here
    if side is None or side not in sides:
        return None
    return state.but(country=side, city=town_on_side(turn.city or "", side))


def _at_border(turn: Turn, state: State, world: World) -> Decision:
    """A shared location near a border: the town, the numbers of both sides, and which it is."""
    language, town = state.language, turn.city
    sides = border_countries(town or "")
    if not sides:
        return decide([say("location_unsure", language)], state.but(city=None), turn.intent, (),
                      "asked back")  # fmt: skip
    numbers = "; ".join(f"{world.any_name(cc, language)} {first_number('danger', cc)}"
                        for cc in sides)  # fmt: skip
    options = [
        Option(world.any_name(cc, language),
               f"/inform_location{_payload(cc, town_on_side(town or '', cc) or town)}")
        for cc in sides
    ]  # fmt: skip
    lines = [say("border_numbers", language, numbers=numbers), say("border", language, town=town)]
    return decide(lines, state.but(city=None), turn.intent, options, "asked back")


def _payload(country: str, city: str | None) -> str:
    return json.dumps({"country": country, "city": city}, ensure_ascii=False)


def in_new_place(turn: Turn, state: State, world: World) -> Decision:
    """What was asked before, for the place that she names now; else what she needs there."""
    if state.pending == "person_country":
        return person(turn, state, world)
    if state.pending == "service_country" or (state.listed and state.service_type):
        return list_services(turn, state.but(pending=None, listed=()), world)
    if state.topic and world.is_topic(state.topic) and state.country:
        if turn.city and world.told_here(state.topic, state):
            # Her question, for that town; where that is told, or all of it, who is near.
            more = tell(state.topic, _bare(turn), state.but(listed=()), world)
            if _only_the_town(turn) or not _tells_more(more, state):
                return _near_there(turn, state, world)
            return more
        asked = turn if turn.asked.aspects else _the_same(turn, state, world)
        return tell(state.topic, asked, state.but(listed=()), world)
    going = turn.maybe and turn.country is not None and state.here is None
    if not state.country or going or (turn.origin and not turn.country and not state.here):
        return _where_now(turn, state, world)
    return _noted(state, world)


def _only_the_town(turn: Turn) -> bool:
    """A town, and no more: what she was told holds there too, and she asks who is near."""
    return turn.tapped or (turn.words <= _BARE and not turn.origin)


def _tells_more(more: Decision, before: State) -> bool:
    """Whether it holds anything of that country that she was not told."""
    new = set(more.state.told) - set(before.told)
    own = f"{(before.country or '').lower()}."
    return more.outcome == "answered" and any(each.startswith(own) for each in new)


def _bare(turn: Turn) -> Turn:
    """The town and no more: what she asks was said before."""
    return replace(turn, asked=NOTHING)


def _the_same(turn: Turn, state: State, world: World) -> Turn:
    """The place and no more, as if she had chosen there what says the same as what she was told."""
    told = turn.last.told or state.told[-1:]  # what she was told before she was thanked
    code = world.same_there(state.topic or "", told, state, turn.today)
    bare = _bare(turn)
    return replace(bare, tapped=True, group=code) if code else bare


def _near_there(turn: Turn, state: State, world: World) -> Decision:
    """Who helps with the topic in that town: the first kind of place that is known there."""
    state = state.but(listed=(), pending=None)
    for kind in world.service_types(state.topic or ""):
        found = list_services(turn, state.but(service_type=kind), world)
        if found.outcome != NONE_FOUND:
            return found
    return person(turn, state, world)


def _which(turn: Turn, state: State, world: World) -> Decision:
    language = state.language
    options = [
        Option(world.any_name(cc, language), f'/inform_location{{"country":"{cc}"}}')
        for cc in turn.candidates[:9]
    ]
    return decide([say("ask_which_of", language, city=turn.city)], state, turn.intent, options,
                  "asked back")  # fmt: skip


def _where_now(turn: Turn, state: State, world: World) -> Decision:
    """She told where she comes from: where is she now?"""
    language = state.language
    key = "origin_noted" if turn.origin else "ask_country"
    return decide([say(key, language)], state.but(pending="country"), turn.intent,
                  country_options(world.names(language), language), "asked back")  # fmt: skip


def _noted(state: State, world: World) -> Decision:
    language = state.language
    country = world.in_words(state.country or "", language)
    place = f"{state.city}, {country}" if state.city else country
    key = "location_noted" if state.here in (None, state.country) else "place_asked"
    return decide([say(key, language, place=place)], state.but(pending=None),
                  "inform_location", menu_options(language))  # fmt: skip
