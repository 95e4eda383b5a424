"""She doubts what she was just told: where it comes from, that it may be wrong, who confirms it.

It never argues and never only repeats. Where she says that it was no answer, she is asked what she
needs. What was told last is known from the marks (bot/conversation/marks.py), not from her words.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide, menu_options
from bot.conversation.listed import ask_there, last_listed, of_the_listed, tell
from bot.conversation.questions import ASKED
from bot.conversation.shown import one_line
from bot.conversation.sources import cited
from bot.conversation.state import ALARMS, NEAR_OR_STRUCK, ORDERS, Last, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService
from bot.knowledge.asked import stems
from bot.knowledge.citing import Citation
from bot.knowledge.origins import Origins, origins
from connectors.contract import Option

SAID_AGAIN = "ask_repeat_or_more"  # what such an answer counts as
_MOST_LINKS = 2
_MOST_LAST = 6  # ids
_LEADS = {"sure": "doubt_sure", "really": "doubt_sure", "disbelief": "doubt_disbelief",
          "otherwise": "doubt_otherwise", "expert": "doubt_expert"}  # fmt: skip
# After these, to hear it once more does not help her.
_CALLED_WRONG = ("disbelief", "otherwise", "expert", "not_asked")
_BARE = 2  # words of "no confío"; "no te creo" is said to us


def doubted(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer to a doubt; None where it is none, or where nothing was told."""
    doubt = turn.doubt
    if doubt is None or _is_other(turn, state):
        return None
    if not turn.last.told:
        return None if doubt.rest else _of_nothing(turn, state, world)
    found = origins(world.engine, turn.last.told, turn.today)
    if not _restates(doubt.rest, found) or (doubt.rest and turn.cues.wrong):
        return None
    if doubt.kind == "not_asked":
        return needs_what(turn, state, world, found)
    if found.rows:
        return _of_statements(turn, state, world, found)
    return None if turn.cues.wrong else _of_places(turn, state, world)


def _is_other(turn: Turn, state: State) -> bool:
    """A tap, an order, an alarm, thanks, or a number that is wrong."""
    cues = turn.cues
    if turn.tapped or turn.forced or turn.forgotten or turn.intent in ORDERS or turn.is_child:
        return True
    bare = turn.words <= _BARE and turn.doubt is not None and turn.doubt.kind == "disbelief"
    if state.pending in ASKED and bare:
        return True  # "I don't trust it", asked whether she is alone, is her answer
    if cues.threat or cues.returned or cues.thanks or not cues.tells.isdisjoint(NEAR_OR_STRUCK):
        return True
    if turn.intent in ALARMS and (turn.doubt is None or turn.doubt.rest):
        return True  # where all of it is a doubt, only the model hears an alarm in it
    return crisis.is_on(state) and state.crisis == "distress"


def _restates(rest: frozenset[str], found: Origins) -> bool:
    """Whether the words left of her doubt are of what was told: "are you sure it is 30 days"."""
    if not rest:
        return True
    told = " ".join(f"{row.text_es} {row.text_en}" for row in found.rows)
    numbers = {each for each in rest if each.isdigit()}
    return stems(" ".join(rest)) <= stems(told) and numbers <= set(told.replace("$", " ").split())


def _of_statements(turn: Turn, state: State, world: World, found: Origins) -> Decision:
    language, kind = state.language, turn.doubt.kind if turn.doubt else ""
    if turn.last.stuck and kind in _CALLED_WRONG:
        return _no_proof(turn, state, world, found)
    citation = found.citation
    shown = "; ".join(cited(each, language) for each in citation.sources if each.name)
    lines = [_number(state, world)]
    if kind in _LEADS:
        lines.append(say(_LEADS[kind], language))
    lines.append(say("doubt_from", language, sources=shown))
    # A page opened, or its preview in the chat, would show what violence answers are about; by SMS
    # a link is longer than the answer, so it must be what she asks for.
    secret = state.sensitive or crisis.is_on(state)
    if found.links and not secret and (turn.style != "sms" or kind == "source"):
        links = [say("doubt_links", language), *found.links[:_MOST_LINKS]]
        lines.append("\n".join(links))
    if kind == "in_life":
        lines.append(say("doubt_in_life", language))
    if kind == "still":
        lines.append(say("doubt_still_undated" if citation.undated else "doubt_still", language))
    changed = citation.confirm_first and kind != "still"
    lines.append(say("doubt_machine_changed" if changed else "doubt_machine", language))
    helper = _helper(turn, state, world, found)
    lines.append(_confirm(helper, language))
    records = [*(row.id for row in found.rows), *([helper.id] if helper else [])]
    if helper:
        state = state.but(listed=(helper.id,), service_type=None)
    return decide(lines, state.but(misunderstood=0), SAID_AGAIN,
                  _options(state, world), records=records)  # fmt: skip


def _number(state: State, world: World) -> str:
    """The number first, in a crisis and after violence."""
    if crisis.is_on(state):
        return f"{crisis.number(state, world)}."
    return next(iter(world.safe_topic(state)), "")


def _confirm(helper: FoundService | None, language: str) -> str:
    if helper is None:
        return say("doubt_confirm_nobody", language)
    return say("doubt_confirm", language, service=one_line(helper, language))


def _helper(turn: Turn, state: State, world: World, found: Origins) -> FoundService | None:
    """Who was named beside it, else whoever helps with it in its country."""
    named = (world.service(each, turn.today) for each in turn.last.told)
    helper = next((each for each in named if each is not None), None)
    if helper is not None:
        return helper
    first = found.rows[0] if found.rows else None
    there = first.country if first and first.country in world.served else state.country
    topic = first.intent if first else state.topic or "ask_rights_overview"
    place = state if there == state.country else state.but(country=there, city=None)
    return (world.helper(topic, place, turn.today)
            or world.helper("ask_rights_overview", place, turn.today))  # fmt: skip


def _of_places(turn: Turn, state: State, world: World) -> Decision | None:
    """Of listed places: whose word each is and of when, and how to ask there."""
    state = state.but(listed=state.listed or turn.last.told)
    told = tell(of_the_listed(turn, "checked"), state, world)
    if told is None:
        return None
    language = state.language
    number = [f"{crisis.number(state, world)}."] if crisis.is_on(state) else []
    lines = [*number, *(each.text for each in told.replies), say("doubt_machine", language),
             *ask_there(last_listed(turn, state, world), state, world)]  # fmt: skip
    return decide(lines, told.state, SAID_AGAIN, told.replies[-1].options, records=told.records)


def _of_nothing(turn: Turn, state: State, world: World) -> Decision | None:
    """We had said that we do not know, or given a number alone."""
    if not turn.last.lacked:
        return crisis.stay(turn.about(SAID_AGAIN), state, world)
    helper = _helper(turn, state, world, Origins((), Citation((), confirm_first=False), ()))
    key = "doubt_not_asked" if turn.doubt and turn.doubt.kind == "not_asked" else "doubt_of_nothing"
    lines = [_number(state, world), say(key, state.language), say("doubt_machine", state.language),
             _confirm(helper, state.language)]  # fmt: skip
    return decide(lines, state.but(misunderstood=0), SAID_AGAIN, _options(state, world),
                  "no answer", [helper.id] if helper else [])  # fmt: skip


def _no_proof(turn: Turn, state: State, world: World, found: Origins) -> Decision:
    """She has heard where it comes from and does not believe it: somebody else may tell her."""
    helper = _helper(turn, state, world, found)
    lines = [_number(state, world), say("doubt_no_proof", state.language),
             _confirm(helper, state.language)]  # fmt: skip
    return decide(lines, state.but(misunderstood=0), SAID_AGAIN, _options(state, world),
                  records=turn.last.told)  # fmt: skip


def needs_what(turn: Turn, state: State, world: World, found: Origins) -> Decision:
    """To hear it again does not help her: what does she need, and who could tell her."""
    language = state.language
    lines = [_number(state, world), say("doubt_not_asked", language)]
    helper = _helper(turn, state, world, found)
    if helper is not None:
        lines.append(say("doubt_ask_person", language, service=one_line(helper, language)))
    return decide(lines, state.but(misunderstood=0), SAID_AGAIN, _options(state, world),
                  "asked back", turn.last.told)  # fmt: skip


def _options(state: State, world: World) -> tuple[Option, ...]:
    topic = state.topic or ""
    return (remaining_options(topic, state, world) if world.is_topic(topic)
            else menu_options(state.language))  # fmt: skip


def noted(turn: Turn, decision: Decision, world: World) -> Last:
    """What stands as told last after the turn."""
    last, acted_on = turn.last, decision.acted_on
    if acted_on == SAID_AGAIN:
        kind = turn.doubt.kind if turn.doubt else ""
        said_again = bool(decision.records) and not set(last.told).isdisjoint(decision.records)
        return replace(last, stuck=kind in _CALLED_WRONG or not kind) if said_again else last
    if decision.outcome == "no answer":
        return Last(lacked=True) if world.is_topic(acted_on) else last
    if acted_on == "report_outdated_information":  # what was given in its place
        return Last(decision.state.listed[-1:])
    if decision.outcome == "crisis card":
        return Last(tuple(decision.records))
    if not decision.records:
        return last
    return Last(tuple(decision.records[:_MOST_LAST]))
