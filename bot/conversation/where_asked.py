"""She is asked once in which country she is; after that a short line now and then is enough.

Who does not say it may not want to, or has not seen the question: what holds everywhere is told all
the same, and ten countries to choose from are no answer.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.compose import Decision
from bot.conversation.marks import Marks
from bot.conversation.state import State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Option, Reply

AGAIN_AFTER = 3  # turns
_PENDING = ("country", "person_country", "service_country")
_BESIDE = ("ask_country", "ask_country_theirs")  # asked at the end of an answer
_ALONE = ("ask_country_or_town",)  # nothing can be told without it


def asked_less(turn: Turn, decision: Decision, marks: Marks, world: World
               ) -> tuple[Decision, Marks]:  # fmt: skip
    """The decision, with less of the question where it was asked before; and the marks after it."""
    state = decision.state
    if state.country is not None:
        return decision, replace(marks, asked=None)
    asks = state.pending in _PENDING and not turn.tapped
    if marks.asked is None:
        return decision, replace(marks, asked=0 if asks else None)
    since = marks.asked + 1
    if not asks:
        return decision, replace(marks, asked=since)
    if turn.not_in:  # she says that she is elsewhere now: then where?
        return decision, replace(marks, asked=0)
    question = _question(decision.replies[-1], state.language)
    if question is None:
        return decision, replace(marks, asked=0)
    if question in _ALONE:
        return _with_options(decision, decision.replies, ()), replace(marks, asked=0)
    again = since >= AGAIN_AFTER
    shorter = _without(decision.replies, say(question, state.language), state, again=again)
    options = _options(state, world)
    return _with_options(decision, shorter, options), replace(marks, asked=0 if again else since)


def _question(last: Reply, language: str) -> str | None:
    """The text with which she is asked at the end of the last message."""
    return next((key for key in (*_BESIDE, *_ALONE)
                 if last.text.endswith(say(key, language))), None)  # fmt: skip


def _without(replies: tuple[Reply, ...], asked: str, state: State, *, again: bool
             ) -> tuple[Reply, ...]:  # fmt: skip
    *before, last = replies
    rest = last.text.removesuffix(asked).rstrip()
    line = say("ask_country_short", state.language) if again or not (rest or before) else ""
    text = "\n\n".join(filter(None, (rest, line)))
    return (*before, replace(last, text=text)) if text else tuple(before)


def _options(state: State, world: World) -> tuple[Option, ...]:
    topic = state.topic or ""
    return remaining_options(topic, state, world) if world.is_topic(topic) else ()


def _with_options(decision: Decision, replies: tuple[Reply, ...], options: tuple[Option, ...]
                  ) -> Decision:  # fmt: skip
    *before, last = replies
    last = replace(last, options=options, kind="choices" if options else "text")
    offered = tuple((option.title, option.payload) for option in options)
    return replace(decision, replies=(*before, last), state=decision.state.but(offered=offered))
