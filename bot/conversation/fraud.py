"""Money asked for a job, a paper, an appointment, a release: it may be fraud.

Told whatever the message looks like otherwise, for nobody sees it in time who is asked to hurry.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis, questions
from bot.conversation.compose import Decision, decide
from bot.conversation.fraud_words import matters, unless
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import ALARMS, ORDERS, UNCLEAR, State, Turn
from bot.conversation.topics import answer_topic, remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.asked import NOTHING

SPOKEN = "fraud:"  # pending, and in `told`: fraud was spoken of, and in which matter
_THREATS = (*ALARMS, "ask_threats_extortion", "nlu_fallback")
# What he who asks for money brings along: she is still at it.
_ALONG = ("ask_threats_extortion", "ask_send_money")
_OF_MONEY = ("ask_unpaid_wages", "ask_send_money")
_SHORT = 12
_CLEAR = 0.5
_CHILD, _ADULT = "ask_unaccompanied_children", "ask_detention_deportation"


def fraud(turn: Turn, state: State, world: World) -> Decision | None:
    """What is told where somebody seems to want her money; None where it is something else."""
    money = turn.money
    offered = money.asks and money.matter is not None
    asked = state.pending in questions.ASKED and not offered
    elsewhere = crisis.is_on(state) or turn.need or asked
    told = turn.forced or turn.is_grave or "harm" in turn.cues.evidence
    sure = turn.intent in ALARMS and turn.confidence >= crisis.SURE and (told or not offered)
    sure = sure and not (_spoken(state) and money.urgent and money.loses and not turn.forced)
    if elsewhere or sure or turn.intent in ORDERS or money.other:
        return None
    before = _spoken(state)
    matter = money.matter or before or _after(state.topic)
    if matter is None or _is_something_else(turn, state):
        return None
    spoken = before or _after(state.topic) or (offered and not told)
    hurried = before and money.urgent and money.loses and not turn.forced
    if turn.intent in ALARMS and not ((money.asks and spoken) or hurried):
        return None
    if "knows_where" in turn.cues.tells:
        return None  # a threat now, whatever it began with
    if turn.intent in _THREATS and "hurt" in turn.cues.tells:  # a ransom, whatever was spoken of
        return None
    if money.paid and (before or money.matter or money.named):
        return _told("fraud_paid", matter, turn, state, world)
    if before and money.urgent:
        return _told("fraud_urgent", before, turn, state, world)
    if before and money.kept:
        return _told("fraud_kept", before, turn, state, world)
    if money.named or (money.asks and not money.office):
        return _told("fraud", matter, turn, state, world)
    if before and state.pending == SPOKEN + before and money.whom and turn.words <= _SHORT:
        return _told("fraud_whom", before, turn, state, world)
    if before and money.rightly and turn.intent in UNCLEAR:
        topic = matters()[before].topic
        plain = replace(turn.about(topic), asked=NOTHING)  # from the beginning
        fresh = state.but(pending=None, told=(SPOKEN + before,))
        return answer_topic(plain, fresh, world)
    return None


def _is_something_else(turn: Turn, state: State) -> bool:
    """A message of which the understanding is clear, and that nothing before makes a fraud."""
    unless_spoken, unless_fraud = unless()
    if _spoken(state) or turn.confidence < _CLEAR:
        return False
    if turn.money.asks and turn.money.matter and turn.intent in _OF_MONEY:
        return False  # "just the 900 for the processing left to pay"
    return turn.intent in unless_fraud or (
        turn.intent in unless_spoken and _after(state.topic) is None
    )


def _spoken(state: State) -> str | None:
    """In which matter fraud was spoken of, for as long as she is at it."""
    marks = [each.removeprefix(SPOKEN) for each in state.told if each.startswith(SPOKEN)]
    known = matters().get(marks[-1]) if marks else None
    at_it = known is not None and state.topic in (known.topic, *known.after, *_ALONG)
    return marks[-1] if at_it else None


def _after(topic: str | None) -> str | None:
    return next((name for name, each in matters().items() if topic in each.after), None)


def _told(key: str, matter: str, turn: Turn, state: State, world: World) -> Decision:
    language, known = state.language, matters()[matter]
    helper = world.helper(_helping(matter, state), state, turn.today)
    lines = [say(key, language)]
    found, citation = world.first_of(known.ways, state, turn.today)
    fresh = [each for each in found if each.id not in state.told or key == "fraud"]
    if fresh and key != "fraud_whom":
        lines += [*(each.text.get(language) for each in fresh), source_line(citation, language)]
    if helper is not None:
        lines.append(say("fraud_check", language, service=one_line(helper, language)))
    topic = known.topic if state.topic not in known.after else str(state.topic)
    told = dict.fromkeys((*state.told, SPOKEN + matter, *(each.id for each in found)))
    state = state.but(pending=SPOKEN + matter, topic=topic, misunderstood=0, told=tuple(told),
                      listed=(helper.id,) if helper else (), service_type=None)  # fmt: skip
    return decide(lines, state, topic, remaining_options(topic, state, world),
                  records=[each.id for each in found])  # fmt: skip


def _helping(matter: str, state: State) -> str:
    """Which topic's place confirms it; of a child in custody another than of a grown-up."""
    helper = matters()[matter].helper
    spoke = state.topic == _CHILD or any("unaccompanied" in each for each in state.told)
    return _ADULT if helper == _CHILD and not spoke else helper
