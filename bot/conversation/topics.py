"""The answer to a question on a topic, for a country."""

from __future__ import annotations

from bot.conversation.compose import Decision, country_options, decide
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World, number_line, one_line
from bot.directory.words import date_in_words
from bot.knowledge.answer import Answer
from connectors.contract import Option


def answer_topic(turn: Turn, state: State, world: World) -> Decision:
    """Tell what is known on `turn.intent` where she is; unknown country: what holds everywhere."""
    return tell(turn.intent, turn, state.but(topic=turn.intent, told=(), listed=()), world)


def tell(intent: str, turn: Turn, state: State, world: World) -> Decision:
    """The next statements on `intent` that she has not been told yet."""
    language = state.language
    served = state.country in world.served
    answer = world.answer(intent, state, turn)
    if state.told and answer.unknown:
        return _nothing_more(intent, turn, state, world)
    before = state.told
    state = state.but(
        told=(*before, *(s.id for s in answer.statements)),
        sensitive=state.sensitive or world.is_sensitive(intent),
        misunderstood=0,
        crisis=state.crisis,
        pending=None,
    )
    lines = [_emergency(answer, language), _heading(answer, state, world)]
    lines += [s.text for s in answer.statements]
    records = [s.id for s in answer.statements]
    if answer.act_early:
        lines.append(say("act_early", language))
    if answer.note and not before:
        lines.append(answer.note)
    if answer.unknown:
        lines.append(_unknown(answer, state, world))
    else:
        lines.append(_source(answer, language))
    if answer.next_step is not None and not answer.unknown:
        lines.append(say("next_step", language, service=one_line(answer.next_step, language)))
        records.append(answer.next_step.id)
    if not served and not state.country:
        lines.append(say("ask_country", language))
        return decide(lines, state.but(pending="country"), intent,
                      country_options(world.names(language), language), records=records)  # fmt: skip
    outcome = "no answer" if answer.unknown else "answered"
    return decide(lines, state, intent, _after(intent, state, world), outcome, records)


def _heading(answer: Answer, state: State, world: World) -> str:
    if answer.unknown:
        return ""
    if state.country and state.country not in world.served:
        name = world.any_name(state.country, state.language)
        return say("not_served", state.language, country=name)
    if not state.country or answer.is_regional:
        return say("answer_everywhere", state.language)
    return say("answer_for", state.language, country=world.name(state.country, state.language))


def _emergency(answer: Answer, language: str) -> str:
    """The number comes first and bare: what a notification shows must give nothing away."""
    return number_line(answer.emergency) if answer.emergency else ""


def _source(answer: Answer, language: str) -> str:
    date = date_in_words(answer.oldest).get(language) if answer.oldest else ""
    shown = say("source_date", language, date=date) if date else say("no_date", language)
    text = say("source", language, name=answer.source_name, date=shown)
    return f"{text} {say('confirm_first', language)}" if answer.confirm_first else text


def _unknown(answer: Answer, state: State, world: World) -> str:
    if answer.ask is None:
        return say("unknown_nobody", state.language)
    country = state.country if state.country in world.served else None
    name = world.name(country, state.language) if country else say("region", state.language)
    return say("unknown", state.language, country=name,
               service=one_line(answer.ask, state.language))  # fmt: skip


def _nothing_more(intent: str, turn: Turn, state: State, world: World) -> Decision:
    service = world.helper(intent, state, turn.today)
    text = (
        say("no_more", state.language, service=one_line(service, state.language))
        if service
        else say("unknown_nobody", state.language)
    )
    return decide([text], state.but(pending=None), intent, _after(intent, state, world)[1:])


def _after(intent: str, state: State, world: World) -> tuple[Option, ...]:
    language = state.language
    types = world.service_types(intent)
    near = f'/find_service{{"service_type":"{types[0]}"}}' if types else "/ask_human"
    return (
        Option(say("option_more", language), "/ask_repeat_or_more"),
        Option(say("option_near", language), near),
        Option(say("option_other_topic", language), "/ask_menu"),
    )
