"""The answer to a question on a topic, for a country."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation import (
    answer_lines,
    blows,
    consulates,
    crisis,
    decisions,
    dialled,
    her_no,
    own_country,
    papers,
    refuge,
)
from bot.conversation.another import HURT, Helped, known_as
from bot.conversation.compose import Decision, country_options, decide
from bot.conversation.manner import manner_of
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import ALONE, ARRESTED, SHORT, State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.directory.text import fold
from bot.knowledge.answer import Answer, Told
from bot.knowledge.asked import aspects
from connectors.contract import Option

# Not because of somebody who may look over her shoulder.
SUPPORT, SEARCH = "ask_emotional_support", "ask_missing_relative"
NO_HURRY = (SUPPORT,)
CLEARLY = 0.97  # unless it is so clearly on that other one
STILL = 0.8  # so likely on with its topic, a message leaves it to no other that answers once
MORE = "/ask_repeat_or_more"
_NOT_MISSED = ("deadline",)
_FEW_TOLD = 8  # words
MOST_TOLD = 40  # ids of statements that are remembered
NEAR_HER = ("ask_consulate", "ask_child_travel_permission")


def answer_topic(turn: Turn, state: State, world: World) -> Decision:
    """Tell what is known on `turn.intent` where she is; unknown country: what holds everywhere."""
    intent = turn.intent
    near = intent in NEAR_HER or world.is_sensitive(intent)
    if near and not turn.country and not turn.for_other:
        state = world.at_home(state)
    told = tuple(each for each in state.told if each != consulates.TOLD)
    if turn.tapped and not turn.group and state.topic != intent:  # from the menu: all of it
        told = ()
    fresh = state.but(topic=intent, told=told, listed=(), service_type=None)
    return tell(intent, turn, fresh, world)


def tell(intent: str, turn: Turn, state: State, world: World, *, lead: str = "") -> Decision:
    """The next statements on `intent` that she has not been told yet; `lead` stands before them."""
    hers = consulates.is_for_hers(intent, turn, state, world)
    if hers or (intent == "ask_consulate" and consulates.TOLD not in state.told):
        found = consulates.of_her_country(turn, state, world)
        if found is not None:
            return found
    language = state.language
    if turn.is_child and "told_on" in turn.asked.aspects and world.is_sensitive(intent):
        # What may come of it for her mother is no reason to be silent, and no matter for a girl.
        return decide([say("child_afraid", language)], state.but(misunderstood=0), intent,
                      remaining_options(intent, state, world))  # fmt: skip
    served = state.country in world.served
    sought = papers.of_her_country(intent, turn, state, world)
    own = sought is not state
    if own_country.is_asked(intent, turn, sought):
        return own_country.asylum(turn, state, world, source_line)
    answer = _told_or_not(world.answer(intent, sought, turn), turn, sought, world)
    answer = blows.with_what_to_do(answer, turn, sought, world)
    answer = _of_what_was_told(answer, turn, sought, world)
    answer = decisions.with_default(answer, turn, sought, world)
    lead = lead or decisions.lead(turn, language)
    answer = _without_whom_she_refuses(answer, turn, state, world)
    if answer.before and answer.unknown and not answer.missed:
        at = consulates.of_her_country(turn, state, world) if own else None
        return at or _nothing_more(intent, turn, state, world)
    manner = manner_of(turn.style)
    answer = manner.statements(answer, turn, sought, world)
    before = answer.before
    asks_alone = answer.emergency and not state.sensitive and not before and intent not in NO_HURRY
    asks_alone = asks_alone and turn.helped is None  # a neighbour's own phone is safe enough
    if _only_repeats(answer, turn, intent, state, world):
        return acknowledged(turn, state, world)
    told = dict.fromkeys((*state.told, *(s.id for s in answer.statements)))
    hurt = world.is_sensitive(intent) or world.is_sensitive(answer.intent)
    if answer.intent != intent and _moves(answer, intent, turn, world):
        intent = answer.intent  # from here on it is about that
        state = state.but(topic=intent)
    state = state.but(
        told=tuple(told)[-MOST_TOLD:],
        sensitive=state.sensitive or hurt,
        misunderstood=0,
        pending=ALONE if asks_alone else None,
    )
    known = not (answer.missed or answer.unknown)
    # The number comes first and bare: what a notification shows must give nothing away.
    number = manner.number(dialled.number_of_hers(answer, intent, turn, state, world), language)
    childs = dialled.child_abroad(turn, state, world)
    if childs and number:
        number = number.rstrip(".")
        number = say("helped_number_there", language, number=number, country=childs) + "."
    lines = [number, lead if known else ""]
    if intent == SUPPORT and "bereaved" in turn.cues.tells:
        lines.append(say("bereaved", language))
    elif intent == SUPPORT and "pines" in turn.another.signs:
        lines.append(say("pines_search" if turn.before == SEARCH else "pines", language))
    if (helped := _to_be_passed_on(turn)) and hurt and not before and intent != SUPPORT:
        who = known_as(helped.who).get(language)
        lines.append(say("helped_pass_on", language, who=who))
    if asks_alone:
        lines.append(manner.say("safe_first", language))
    # A prefix is only a guess: women keep their number on the way.
    guessed = not (before or state.here or turn.country) and turn.prefix_country == state.country
    if answer.missed:
        lines.append(answer_lines.missed(answer, turn, sought, world))
        if guessed and not answer.statements and not own:
            lines.append(say("missed_by_number", language,
                             country=world.in_words(str(state.country), language)))  # fmt: skip
    told_own = own and not answer.unknown and not answer.again
    heading = papers.heading(turn, state, sought, world) if told_own else ""
    heading = heading or answer_lines.heading(answer, guessed, sought, manner, world)
    lines += manner.told(heading, [s.text for s in answer.statements])
    source = "" if answer.unknown else manner.source(answer.citation, language)
    if state.sensitive and answer_lines.fit_together(lines[-1], source):
        # A source alone at the head of a message would give away what it is about.
        lines[-1], source = f"{lines[-1]}\n{source}", ""
    records = [s.id for s in answer.statements]
    if _leaves_her_afraid(answer, turn, intent, world):
        lines.append(say("told_on_unknown", language))
    if answer.act_early and not answer.again and not answer.missed:
        lines.append(manner.say("act_early", language))
    if answer.unknown and not answer.missed:
        lines.append(answer_lines.unknown(answer, sought, world))
    elif not answer.unknown:
        lines.append(source)
    if answer.note and not before:
        lines.append(answer.note)
    of_her_own = papers.consulate(turn, state.but(origin=sought.country), world) if own else None
    if of_her_own is not None and her_no.keeps_away(turn, of_her_own):
        of_her_own = None
    if of_her_own and not answer.missed:
        warned, why = refuge.warning(turn, state, world)
        lines += [*warned, say("next_step", language, service=one_line(of_her_own, language))]
        records += why
        state = state.but(listed=(of_her_own.id,), service_type=None)
    elif answer.next_step is not None and not answer.unknown and not answer.missed:
        helper = _at_hand(intent, turn, state, world) or answer.next_step
        how = "next_step_closest" if answer.closest else "next_step"
        lines.append(manner.step(how, helper, language, lines))
        records.append(helper.id)
        state = state.but(listed=(helper.id,), service_type=None)
    elif (named := (answer.next_step if answer.missed else None) or answer.ask) is not None:
        state = state.but(listed=(named.id,), service_type=None)
    whose = papers.must_ask_whose(intent, turn, state)
    if whose or (intent == "ask_consulate" and not state.origin and state.country):
        lines.append(manner.say("ask_whose_paper" if whose else "ask_origin", language))
        return decide(lines, state.but(pending="origin"), intent, (), records=records)
    if not served and not state.country:
        theirs = intent == ARRESTED and turn.relative
        lines.append(say("ask_country_theirs" if theirs else "ask_country", language))
        options = country_options(world.names(language), language)
        return decide(lines, state.but(pending="country"), intent, options, records=records)
    outcome = "no answer" if answer.unknown or answer.missed else "answered"
    options = remaining_options(intent, state, world)
    if answer.offers and not state.sensitive and not crisis.is_on(state):
        near, text = answer_lines.offered(answer.offers, turn.style, language)
        lines.append(text)
        options = (*near, *options[1:2])
    options = manner.options(options, language)
    return decide(lines, state, intent, options, outcome, records)


def acknowledged(turn: Turn, state: State, world: World) -> Decision:
    """Thanks for what she tells, and one question: nothing that is known answers it better than
    what she was told, and the next sentence on the topic would be one that she did not ask for."""
    language, topic = state.language, str(state.topic)
    thanks = say("fact_heard", language)
    if state.country is None and turn.prefix_country not in world.served:
        lines = [f"{thanks} {say('ask_country_short', language)}"]
        options = country_options(world.names(language), language)
        return decide(lines, state.but(misunderstood=0, pending="country"), topic, options,
                      "asked back")  # fmt: skip
    if world.is_sensitive(topic):
        number = world.emergency_line("violence", state)
        lines = [f"{number}.", f"{thanks} {say('fact_what', language)}"]
    else:
        name = world.topic_name(topic, language).lower()
        lines = [f"{thanks} {say('fact_what_of', language, topic=name)}"]
    return decide(lines, state.but(misunderstood=0), topic, remaining_options(topic, state, world))


def _only_repeats(answer: Answer, turn: Turn, intent: str, state: State, world: World) -> bool:
    """Whether she tells something in a few words, asks nothing, and would hear again what she heard
    just now. Who tells more may ask without asking ("he says I should come alone for my wages"):
    the same number once more is then better than thanks."""
    same = answer.again and {each.id for each in answer.statements} <= set(turn.last.told)
    # What she must not miss is worth hearing twice, before a decision above all.
    same = same and not any(each.kind in _NOT_MISSED for each in answer.statements)
    same = same and decisions.of(turn, turn.before) is None and turn.words <= _FEW_TOLD
    asks = turn.asked.is_question and turn.intent != "inform_location"  # "I came in August"
    tells = not (turn.cues.asks or asks or turn.tapped or turn.cues.follow)
    return same and tells and state.topic == intent and not world.is_sensitive(intent)


def _without_whom_she_refuses(answer: Answer, turn: Turn, state: State, world: World) -> Answer:
    """The answer, with nobody as a help whom her no keeps away; another in place. The number at
    the head stays: who is beaten and wants no report must still be able to call."""
    if not (turn.noes or "spent" in turn.cues.tells) or crisis.is_on(state):
        return answer
    step, ask = answer.next_step, answer.ask
    if any(each is not None and her_no.keeps_away(turn, each) for each in (step, ask)):
        home = world.at_home(state)
        kind = next(iter(world.service_types(answer.intent)), "legal")
        known = [*world.services(kind, home, turn.today), *world.people(home, turn.today)]
        near = [world.helper(answer.intent, home, turn.today), *known]
        other = her_no.another([each for each in near if each is not None], turn)
        step = other if step is not None and her_no.keeps_away(turn, step) else step
        ask = other if ask is not None and her_no.keeps_away(turn, ask) else ask
    return replace(answer, next_step=step, ask=ask)


def _to_be_passed_on(turn: Turn) -> Helped | None:
    """The grown woman for whom she asks: the sentences speak to that one."""
    helped = turn.helped
    return helped if helped and helped.matter == HURT and not turn.of_child else None


_TERM = re.compile(r"\b(tienes|dentro de|antes de|plazo de) .{0,24}\b(dias?|mes(es)?|anos?)\b")


def _is_a_term(text: str) -> bool:
    """Whether it says how long one has to do something, and not how long they take."""
    return bool(_TERM.search(fold(text)))


def _told_or_not(answer: Answer, turn: Turn, state: State, world: World) -> Answer:
    """The answer, unless she asks how long she has and nothing in it speaks of that: the nearest
    fact, told in its place, would be taken for the time that she has."""
    if "until" not in turn.cues.tells:
        return answer
    rows = [row for each in answer.statements
            for row in world.first_of([each.id], state, turn.today)[0]]  # fmt: skip
    if any(_is_a_term(row.text.get("es")) for row in rows):
        return answer
    before, _ = world.told(state.but(topic=answer.intent), turn.today, MOST_TOLD, MOST_TOLD)
    ids = [each.id for each in before if _is_a_term(each.text.get("es"))]
    again, citation = world.first_of(ids, state, turn.today)
    if again:
        row = again[0]
        told = Told(row.id, row.intent, row.kind, row.text.get(state.language), None)
        return replace(answer, statements=(told,), citation=citation, again=True, missed=False,
                       unknown=False, closest=False, offers=())  # fmt: skip
    if not answer.statements:
        return answer
    known = answer.ask or answer.next_step
    return replace(answer, statements=(), missed=True, unknown=True, closest=False, ask=known,
                   offers=())  # fmt: skip


def _of_what_was_told(answer: Answer, turn: Turn, state: State, world: World) -> Answer:
    """The answer, unless nothing new answers and what she was told last does: "and is it free?"
    after a sentence with the price."""
    asked = "cost" in turn.asked.aspects and turn.words <= SHORT
    if not (answer.missed and asked and turn.last.told):
        return answer
    rows, _ = world.these(turn.last.told, state, turn.today)
    ids = [row.id for row in rows if aspects()["cost"].is_answered_by(row)]
    again, citation = world.these(ids[:1], state, turn.today)
    if not again:
        return answer
    row = again[0]
    told = Told(row.id, row.intent, row.kind, row.text.get(state.language), row.as_of)
    return replace(answer, statements=(told,), citation=citation, again=True, missed=False,
                   unknown=False, closest=False, offers=())  # fmt: skip


def _moves(answer: Answer, intent: str, turn: Turn, world: World) -> bool:
    """Whether the conversation goes to the topic of what answers, or comes back to its own."""
    if turn.intent != intent or not world.is_topic(answer.intent):
        return False  # "tell me more" is on the topic that it is on
    if world.is_sensitive(intent) and not world.is_sensitive(answer.intent):
        return False
    return (
        world.is_sensitive(answer.intent)
        or turn.before != intent
        or (turn.stays or 0.0) < STILL
        or turn.confidence >= CLEARLY
    )


def _leaves_her_afraid(answer: Answer, turn: Turn, intent: str, world: World) -> bool:
    """She fears that it is passed on to migration, and no statement speaks of that."""
    third = "third" in turn.cues.tells
    if "told_on" not in turn.asked.aspects or answer.note:
        return False
    if not (third or world.is_sensitive(intent)):
        return False
    theirs = aspects()["told_on"].theirs
    return not any(theirs.search(fold(each.text)) for each in answer.statements)


def _at_hand(intent: str, turn: Turn, state: State, world: World) -> FoundService | None:
    """Where she asks about a country that we do not have: somebody where she is."""
    if not state.country or state.country in world.served:
        return None
    near = next((each for each in (state.here, state.origin, turn.prefix_country)
                 if each in world.served), None)  # fmt: skip
    return world.helper(intent, state.but(country=near, city=None), turn.today) if near else None


def _nothing_more(intent: str, turn: Turn, state: State, world: World) -> Decision:
    service = world.helper(intent, state, turn.today)
    text = (
        say("no_more", state.language, service=one_line(service, state.language),
            country=answer_lines.place_name(state, world))
        if service
        else say("unknown_nobody", state.language)
    )  # fmt: skip
    return decide(
        [text], state.but(pending=None), intent, remaining_options(intent, state, world)[1:]
    )


def remaining_options(intent: str, state: State, world: World) -> tuple[Option, ...]:
    language = state.language
    types = world.service_types(intent)
    near = f'/find_service{{"service_type":"{types[0]}"}}' if types else "/ask_human"
    more = Option(say("option_more", language), MORE)
    help_near = Option(say("option_near", language), near)
    if crisis.is_on(state):
        return (more, help_near)
    if world.is_sensitive(intent):
        return (more, help_near, Option(say("option_exit", language), "/quick_exit"))
    return (more, help_near, Option(say("option_other_topic", language), "/ask_menu"))
