"""The lines around an answer: for which country, what is not known, what she may ask instead."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.manner import Manner
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.answer import Answer
from bot.knowledge.offers import Offer
from connectors.contract import Option

TOGETHER = 46  # words that stay in one message also under a neutral line


def offered(offers: Sequence[Offer], style: str, language: str) -> tuple[list[Option], str]:
    """Questions near hers in the place of "more", and the line above them; never beside anything
    that is nobody's to see. Where a choice has room for few letters, they stand in the text."""
    whole = style in ("sms", "telegram")
    near = [Option(each.title if whole else str(n), f'/{each.intent}{{"group":"{each.code}"}}')
            for n, each in enumerate(offers, 1)]  # fmt: skip
    lines = [] if whole else [f"{n}. {each.title}" for n, each in enumerate(offers, 1)]
    return near, "\n".join([say("offered", language), *lines])


def heading(answer: Answer, guessed: bool, state: State, manner: Manner, world: World) -> str:
    if answer.unknown:
        return ""
    if state.country and state.country not in world.served:
        name = world.in_words(state.country, state.language)
        return say("not_served", state.language, country=name)
    if answer.again:
        return say("as_told", state.language)
    if not state.country or answer.is_regional:
        return say("answer_everywhere", state.language)
    if answer.closest:
        place = world.in_words(state.country, state.language)
        key = "answer_closest_guess" if guessed else "answer_closest"
        return manner.say(key, state.language, country=place)
    key = "answer_for_guess" if guessed else "answer_for"
    return manner.say(key, state.language, country=world.in_words(state.country, state.language))


def fit_together(text: str, source: str) -> bool:
    return bool(source) and len(f"{text} {source}".split()) <= TOGETHER


def missed(answer: Answer, turn: Turn, state: State, world: World) -> str:
    """Nothing known answers her one question: that is said, with who may know."""
    service = answer.next_step or answer.ask
    if service is None:
        return say("unknown_nobody", state.language)
    reach = one_line(service, state.language)
    if "deadline" in turn.asked.aspects:
        place = place_name(state, world)
        return say("unknown_deadline", state.language, country=place, service=reach)
    for side in ("cost", "time", "papers"):
        if side in turn.asked.aspects:
            place = place_name(state, world)
            return say(f"unknown_{side}", state.language, country=place, service=reach)
    return say("not_that", state.language, country=place_name(state, world), service=reach)


def unknown(answer: Answer, state: State, world: World) -> str:
    if state.country is None and not state.told:  # where she is, she is asked in the next line
        return say("depends_on_country", state.language)
    if answer.ask is None:
        return say("unknown_nobody", state.language)
    return say("unknown", state.language, country=place_name(state, world),
               service=one_line(answer.ask, state.language))  # fmt: skip


def place_name(state: State, world: World) -> str:
    """The country that the answer is for, or the region."""
    country = state.country if state.country in world.served else None
    return world.in_words(country, state.language) if country else say("region", state.language)
