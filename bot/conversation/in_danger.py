"""In danger, what she tells is heard before any script: who is near, can she speak, get out.

Each answer begins with the number. What she tells and what is said stand in data/tells.yml and
data/wording/in_danger.yml.
"""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide, yes_no
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from bot.knowledge.cards import cards

# In this order: what must not be missed comes first.
_HEARD = ("silent", "inside", "near", "hears_coming", "landmarks", "address", "tell_nobody",
          "no_language", "police_absent",
          "police_fear", "blame", "there", "called", "asleep", "gone", "locked", "no_credit",
          "leaves_for")  # fmt: skip
# Plain words of danger beside the others of them are new danger: the card.
_NEVER_IF_FORCED = ("landmarks", "address", "tell_nobody",
                    "police_absent", "blame", "there", "called", "gone", "ransom",
                    "leaves_for")  # fmt: skip
RANSOM = "ransom"  # she is held, and money is asked for
_OVER = ("there", "called", "gone")
_EVEN_IF_ASKED = ("silent", "near", "no_language", "ransom", "no_credit")
# With these she is told who stands by her, beside the number.
_WITH_SERVICE = ("police_absent", "police_fear", "there", "asleep", "gone")
_WITH_WOMENS_LINE = ("police_absent",)
_CLEAR, _SURE, _UNSURE = 0.5, 0.85, 0.5
_FEW, _AT_FIRST = 8, 3


def told(turn: Turn, state: State, world: World) -> Decision | None:
    """The answer to what she tells of the danger she is in; None: nothing of it is told."""
    if turn.tapped or not crisis.is_on(state) or state.crisis == "distress":
        return None
    sought = world.is_topic(turn.intent) or turn.intent in ("find_service", "ask_human")
    asks = sought and turn.confidence >= _CLEAR and turn.cues.asks
    tells = turn.cues.tells
    exits = turn.intent == "quick_exit" and "exits" in tells
    if exits or turn.cues.erases or turn.cues.stops:
        return None  # an order in plain words is obeyed, whatever is told beside it
    name = next((each for each in _HEARD if each in tells), None)
    if name is None and "no_police" in tells:
        name = "police_fear"
    if state.crisis == "locked" and "demand" in tells and name in (None, "locked"):
        name = RANSOM
    if name == "leaves_for" and not (turn.names_place or turn.relative):
        name = None  # "I am going to hide under the bed"
    if name is None and _still(turn, state, world):
        return crisis.stay(turn, state, world)
    if name is None or (asks and name not in _EVEN_IF_ASKED):
        return None
    if turn.forced and (name in _NEVER_IF_FORCED or turn.need):
        return None
    # "The police came, I'm ok" is over; "he left but came back" has begun again.
    if name in _OVER and (turn.cues.relief or turn.cues.returned):
        return None
    if "locked" in tells and state.crisis == "danger":
        state = state.but(crisis="locked")
    if not has(_key(name, state)):
        return None
    return _said(name, turn, state, world)


def _still(turn: Turn, state: State, world: World) -> bool:
    """Whether a few words, right after the card, only look like another topic: "with my baby"."""
    few = turn.words <= _FEW or turn.confidence < _UNSURE
    few = few and not (turn.cues.asks or turn.forced or turn.is_child)
    if "everyday" in turn.cues.tells and turn.confidence >= _CLEAR:
        return False  # her boss, her papers: that is answered, and the number goes along
    topic = world.is_topic(turn.intent) and turn.confidence < _SURE
    return few and topic and state.crisis_turns <= _AT_FIRST


def _key(name: str, state: State) -> str:
    """The text for the kind of danger she is in, where there is one."""
    own = f"told_{name}_{state.crisis}"
    if has(own):
        return own
    return f"told_{name}" if state.crisis in ("danger", "locked") else "-"


def _said(name: str, turn: Turn, state: State, world: World) -> Decision:
    language = state.language
    womens = world.emergency_line("violence", state)
    number = womens if name in _WITH_WOMENS_LINE else crisis.number(state, world)
    lines = [say(_key(name, state), language, number=number)]
    if name in ("silent", "no_credit") and (way := without_a_voice(state, world)):
        lines.append(say("told_way", language, number=way))
    service = None
    if name in _WITH_SERVICE and state.crisis in ("danger", "locked"):
        service = world.helper("ask_safe_shelter", world.at_home(state), turn.today)
        if service is not None:
            lines.append(say("crisis_service", language, service=one_line(service, language)))
    listed = (service.id,) if service else state.listed
    state = state.but(pending=None, misunderstood=0, listed=listed, service_type=None)
    options = yes_no(language) if turn.forced else ()
    if options:
        state = state.but(pending="safe_to_talk")
        lines.append(say("safe_to_talk", language))
    return decide(lines, state, "report_immediate_danger", options, "crisis card",
                  listed if service else ())  # fmt: skip


def without_a_voice(state: State, world: World) -> str | None:
    """A number that reads messages, where one is known."""
    known = cards(world.served_country(state) or "")
    for kind in ("danger", "violence", "trafficking"):
        for each in known.card(kind).numbers:
            if each.sms:
                return f"SMS {each.sms.number}"
            if each.whatsapp:
                return f"WhatsApp {each.whatsapp}"
    return None
