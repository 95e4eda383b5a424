"""What she tells on, after violence was spoken of, is on that: an address, who is there, no credit.

Such a message holds no word of danger, so the model takes it for another matter: "residencial Los
Cafetos" for a residence permit, "she writes when the lady sleeps" for the rules of housework. A
question, an order or a matter plainly of her own leaves the grave one; a detail does not.
"""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.state import ALARMS, BLOWS, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World

GRAVE = ("ask_trafficking_exploitation", "ask_domestic_violence", "ask_child_abuse",
         "ask_sexual_violence", "ask_digital_violence", "ask_threats_extortion",
         "ask_protection_order", "ask_safe_shelter")  # fmt: skip
_SAID = ("address", "tell_nobody")  # of data/tells.yml
_PLAIN = 0.75  # from here on an ordinary matter is one
_FEW = 3  # words that tell something
_ONLY_TOLD = ("nlu_fallback", "find_service", "report_outdated_information", "ask_privacy",
              "inform_location")  # fmt: skip
# Beside these it is another matter, or the end of it.
_ELSEWHERE = frozenset(("everyday", "over", "own_matter", "denies", "bereaved", "heard_from"))
_BLOWS = frozenset(("hurt", "hurt_herself", "harmed_by", *BLOWS))


def told(turn: Turn, before: State, state: State, world: World) -> Decision | None:
    """An address, or that nobody is to know: the number of the matter, and that we send nobody."""
    if before.topic not in GRAVE or crisis.is_on(before) or turn.tapped or turn.forced:
        return None
    name = next((each for each in _SAID if each in turn.cues.tells), None)
    if turn.intent in ALARMS or name is None or turn.cues.asks or turn.service_type or turn.need:
        return None
    if turn.is_grave or not _BLOWS.isdisjoint(turn.cues.tells) or "harm" in turn.cues.evidence:
        return None  # what was done to her, beside a place
    number = world.emergency_line("danger", state)
    line = say(f"told_{name}_held" if name == "address" else f"told_{name}", state.language,
               number=number)  # fmt: skip
    kept = state.but(topic=before.topic, pending=None, misunderstood=0, sensitive=True)
    return decide(
        [line], kept, str(before.topic), remaining_options(str(before.topic), kept, world)
    )


def is_told_on(turn: Turn, before: State, world: World) -> bool:
    """Whether the message only tells on about the violence that was spoken of."""
    cues = turn.cues
    if before.topic not in GRAVE or crisis.is_on(before) or turn.harmless or turn.is_grave:
        return False
    ends = cues.thanks or cues.bye or cues.relief or cues.sorry or cues.rude or cues.help
    asks = cues.asks or cues.follow or cues.listed or cues.ordinal or cues.number or turn.hint
    ends = ends or "wants_now" in cues.tells
    if ends or asks or turn.doubt is not None or turn.words < _FEW or turn.need:
        return False
    if not _ELSEWHERE.isdisjoint(cues.tells) and turn.intent != "nlu_fallback":
        return False
    if turn.intent in _ONLY_TOLD:
        return turn.service_type is None and not (turn.only_place or turn.mine)
    ordinary = world.is_topic(turn.intent) and not world.is_sensitive(turn.intent)
    return ordinary and turn.confidence < _PLAIN
