"""What only the model took for danger, violence or despair, though no word of it is in the message.

"It finishes in December", "where do I report", "San Miguel, El Salvador" are about the matter that
was spoken of. Plain words are the gate's, and never come here; a message that says little and
nothing ordinary either ("I picked a date") keeps its alarm.
"""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.another import DESPAIR
from bot.conversation.state import ALARMS, DIES, NEAR, State, Turn
from bot.conversation.world import World

NEVER = 2.0  # more sure than anything can be
SURE = 0.97  # that few words are all that she can say
FEW = 2  # content words: with so few it leans on what was spoken of before
PLAIN_YES = 4  # words; so few may be an answer to whether she thinks of hurting herself
SHORT = 12  # words of a follow-up; a longer message stands for itself
MANY = 18  # words; a longer message stands for itself
# How sure an alarm with no word of it must be, after an ordinary matter and after one of violence.
# Readers of 2,100 turns found 66 such alarms above nothing; none was right, also not the surest.
BARE = {"despair": (NEVER, NEVER), "harm": (0.7, 0.5)}
TERSE = 8  # words: so few may be all that she can say, if the model is sure
# From here on what was no alarm still brings one line with the number, at the end of the answer.
PERHAPS = {"despair": 0.9, "harm": 0.6}
RATHER = 0.7  # the same of despair that is only guessed and that nothing else explains
_LIKELY, _POSSIBLE, _BESIDE = 0.1, 0.05, 0.02
ON = 0.3  # so likely it goes on with what was spoken of
_RAPE, _ONLINE, _SUPPORT = "ask_sexual_violence", "ask_digital_violence", "ask_emotional_support"
_OF_CHILDREN, _SUPPORT_OF_CHILDREN = "ask_child_abuse", "ask_child_custody_support"
_PLAINLY_NONE = frozenset(("heard_from", "no_support", "who_comes", "signed_up"))
_HELD = ("ask_trafficking_exploitation", "ask_domestic_violence")
_LIKELIER, _NEARLY = 0.65, 0.3
# What we had asked that has nothing to do with danger.
_NOT_OF_DANGER = (None, "did_you_mean", "origin", "country", "service_country")
HALF = 0.45  # below, despair is a guess beside something likelier
_OF_HARM = ("ask_domestic_violence", "ask_threats_extortion", _RAPE)
_TO_BE_SAFE = ("ask_safe_shelter", "ask_protection_order")
ERASE, REPORT = "delete_my_data", "report_outdated_information"
_OF_MEDICINE = ("ask_health_care", "ask_sexual_reproductive_health")


def instead(turn: Turn, before: State, world: World) -> str | None:
    """The intent that the message has instead; None: it is what it was taken for."""
    if turn.tapped or turn.forced or turn.is_child or "threatened" in turn.another.signs:
        return None
    if turn.harmless and turn.intent in (*ALARMS, *_OF_HARM, *_TO_BE_SAFE):
        return _as_it_is_said(turn, before, world)
    if _only_wants_school(turn):
        return _next(turn, world, _BESIDE) or "nlu_fallback"
    if (plain := _is_no_alarm(turn, before, world)) is not None:
        return plain
    if "signed_up" in turn.cues.tells and turn.intent == ALARMS[1] and not _may_die(turn):
        return "nlu_fallback"
    if turn.intent == ERASE:
        return _not_of_us(turn, before, world)
    if turn.intent in ALARMS and "whether_for_her" in turn.cues.tells and not _may_die(turn):
        return "nlu_fallback"
    if turn.intent in ALARMS and _rings_out(turn):
        return REPORT
    if _was_an_accident(turn):
        return _next(turn, world, 0.0) or "ask_health_care"
    if _is_of_a_body(turn, before):
        known = _OF_MEDICINE if "medicine" in turn.cues.tells else _OF_MEDICINE[:1]
        return next((name for name, _ in turn.ranking if name in known), known[0])
    if turn.intent == _ONLINE and "seen_online" in turn.cues.tells and not turn.is_grave:
        return _next(turn, world, _BESIDE) or _ordinary(before, world)
    if turn.intent in ALARMS:
        return _no_alarm(turn, before, world) if _is_groundless(turn, before, world) else None
    if not world.is_topic(turn.intent) or not world.is_sensitive(turn.intent):
        return None
    topic = _ordinary(before, world)
    words = turn.cues.evidence
    if turn.cues.rape or before.topic == _RAPE:
        return None
    spoken = topic is not None or crisis.is_on(before)
    if turn.intent == _RAPE and "sexual" not in words and turn.words <= MANY and spoken:
        return _next(turn, world, _POSSIBLE, sensitive=True) or topic
    if topic is None or crisis.is_on(before):
        return None
    few = len(turn.asked.stems) <= FEW or _is_of_nobody(turn)
    return topic if few and words.isdisjoint({"harm", "sexual", "despair"}) else None


def _is_no_alarm(turn: Turn, before: State, world: World) -> str | None:
    """What only sounds like one: who was lost has called, the father sends nothing, who travels
    with her, a joke about a film, a question on somebody else."""
    tells, ranked = turn.cues.tells, turn.ranking[0][0] if turn.ranking else ""
    if (
        turn.intent == ALARMS[1]
        and "choked" in tells
        and tells.isdisjoint({"means", "wants_death"})
    ):
        return _OF_HARM[0]  # "he tried to strangle me and I saw black"
    for_whom = turn.another.signs & {"says_so", "for_whom"} and DESPAIR not in turn.another.signs
    if turn.intent == ALARMS[1] and for_whom and not _may_die(turn):
        return "nlu_fallback"  # "the help is not for me, it is for my daughter"
    if turn.is_grave and ranked in ALARMS:
        return None
    if turn.intent == ALARMS[0] and not turn.is_grave and not crisis.is_on(before):
        if "heard_from" in tells and not (turn.cues.evidence or turn.money.asks):
            return "nlu_fallback"
        if "no_support" in tells and not turn.money.asks:
            return _next(turn, world, _LIKELY) or _SUPPORT_OF_CHILDREN
    if "hospital_bill" in tells and not turn.is_grave and turn.intent in (*ALARMS, *_HELD):
        return _OF_MEDICINE[0]
    if turn.intent == _RAPE and turn.confidence < _LIKELIER and len(turn.ranking) > 1:
        # "They caught my niece at the crossing": no word of it, and something else as likely.
        name, share = turn.ranking[1]
        bare = turn.cues.evidence.isdisjoint({"sexual"}) and not (turn.cues.rape or turn.is_grave)
        if bare and share >= _NEARLY and world.is_topic(name):
            return name
    alarmed = turn.intent in (*ALARMS, *_OF_HARM, _OF_CHILDREN) and not crisis.is_on(before)
    if "who_comes" in tells and alarmed:
        return _ordinary(before, world) or "inform_location"
    dies = not tells.isdisjoint({"dying", "harmed", "wants_death"})
    if turn.intent != ALARMS[1] or turn.confidence >= HALF or dies:
        return None
    if "laughs" in tells and ranked not in ALARMS:
        return ranked if world.is_topic(ranked) else "out_of_scope"
    asks = turn.cues.asks and world.is_topic(ranked) and not tells.isdisjoint({"of_him", "of_them"})
    return ranked if asks and before.topic is not None else None


def _is_of_nobody(turn: Turn) -> bool:
    """ "Each time I cross that counts against me": nobody is in it who could do her harm. In
    Spanish the verb alone may name him ("me controla"), so there nothing follows from it."""
    told = turn.cues.tells & {"of_them", "kin", "a_child", "locked", "hides", "watched"}
    on = (turn.stays or 0.0) >= ON and turn.intent == _OF_HARM[0]
    return on and turn.language == "en" and not (told or turn.is_grave)


def _as_it_is_said(turn: Turn, before: State, world: World) -> str:
    """ "They will cut off the light": an ordinary matter where one is likely, else it is asked."""
    if crisis.is_on(before) and not turn.cues.asks:
        return "nlu_fallback"
    on = _ordinary(before, world) if (turn.stays or 0.0) >= ON else None
    return _next(turn, world, _LIKELY) or on or "nlu_fallback"


def _only_wants_school(turn: Turn) -> bool:
    """ "I want to go on at school", taken for despair, with no word of that or of harm in it."""
    hard = {"harm", "sexual", "despair"} & turn.cues.evidence
    wants = turn.intent == ALARMS[1] and "wants_school" in turn.cues.tells
    return wants and not (hard or _may_die(turn) or turn.is_grave)


def _was_an_accident(turn: Turn) -> bool:
    """ "The knife slipped, they gave me six stitches": nobody did it, and it is seen to."""
    return turn.intent == ALARMS[0] and "stitched" in turn.cues.tells and not turn.is_grave


def _rings_out(turn: Turn) -> bool:
    """A number that nobody answers, without one word of danger or of dying beside it."""
    tells, cues = turn.cues.tells, turn.cues
    kind = "harm" if turn.intent == ALARMS[0] else "despair"
    grave = kind in cues.evidence or cues.threat or cues.returned or cues.unsafe
    grave = grave or not tells.isdisjoint(NEAR | DIES)
    return "no_answer" in tells and not grave


def _not_of_us(turn: Turn, before: State, world: World) -> str | None:
    """What she asks whether to delete, or what somebody forgot, is on the matter."""
    if "deletes" not in turn.cues.tells:
        return None
    spoken = before.topic if before.topic and world.is_topic(before.topic) else None
    return spoken or _next(turn, world, _POSSIBLE, sensitive=True) or "nlu_fallback"


def _is_of_a_body(turn: Turn, before: State) -> bool:
    """Medicine and what it does to her, an arm that hurts: not where she wants to die of it."""
    tells = turn.cues.tells
    if turn.intent not in ALARMS or tells.isdisjoint({"medicine", "aches"}):
        return False
    if turn.intent == ALARMS[0] and (turn.cues.threat or "harm" in turn.cues.evidence):
        return False
    if crisis.is_on(before) and before.crisis == "distress":
        return "medicine" in tells and not _may_die(turn)
    return tells.isdisjoint({"overdose", "wants_death"})


def _may_die(turn: Turn) -> bool:
    """Whether one word speaks of dying, or of something to die by."""
    return not turn.cues.tells.isdisjoint({"means", "dying"})


def _is_half_heard(turn: Turn, before: State) -> bool:
    """Despair that the model only guesses in the middle of a conversation. Of 50 such turns that
    readers labelled none was, but in a crisis that was on, or where she spoke of dying."""
    bare = turn.cues.evidence.isdisjoint({"despair"}) and not (_may_die(turn) or turn.is_grave)
    if before.pending == "distress_check" and turn.confidence < crisis.LIKELY and bare:
        return turn.intent == ALARMS[1] and turn.words > PLAIN_YES
    known = before.topic or before.listed or before.told or before.offered or turn.last.told
    spoken = bool(known or turn.last.lacked) and before.pending in _NOT_OF_DANGER
    least = crisis.LIKELY if _may_die(turn) else crisis.SURE
    plain = "dying" in turn.cues.tells or turn.is_grave or turn.cues.bye
    half = spoken and turn.confidence < least and not (plain or crisis.is_on(before))
    return half and turn.intent == ALARMS[1]


def _is_groundless(turn: Turn, before: State, world: World) -> bool:
    if _is_half_heard(turn, before):
        return True
    words = turn.cues.evidence
    kind = "harm" if turn.intent == ALARMS[0] else "despair"
    near = turn.cues.threat or turn.cues.returned or turn.cues.unsafe
    near = near or not turn.cues.tells.isdisjoint(NEAR)
    if kind in words or (kind == "harm" and near) or (kind == "despair" and _may_die(turn)):
        return False
    if turn.only_place:
        return True
    if turn.stays is not None and turn.confidence < _least(kind, turn, before, world):
        return True
    if crisis.is_on(before) and before.crisis != "distress" and kind == "despair":
        return True  # in danger, what says nothing of dying is about the danger
    follows = turn.words <= SHORT and (_ordinary(before, world) or crisis.is_on(before))
    unsure = turn.confidence < crisis.LIKELY and turn.cues.asks
    return "ordinary" in words and bool(follows or unsure)


def _least(kind: str, turn: Turn, before: State, world: World) -> float:
    """How sure an alarm with no word of it must be, after what was spoken of just before."""
    topic = before.topic or ""
    if not world.is_topic(topic) or crisis.is_on(before):
        return 0.0
    if turn.cues.sorry or turn.cues.bye or turn.cues.thanks:
        return 0.0  # a kind word ends it
    terse = turn.words <= TERSE and turn.confidence >= SURE and not turn.cues.asks
    if kind == "despair" and terse and "ordinary" not in turn.cues.evidence:
        return 0.0
    return BARE[kind][int(world.is_sensitive(topic))]


def perhaps(turn: Turn) -> str | None:
    """`distress` or `danger`, where a line with the number follows what was no alarm."""
    kind, name = ("harm", "danger") if turn.intent == ALARMS[0] else ("despair", "distress")
    spoken = turn.harmless and kind == "despair" and turn.confidence < SURE
    if spoken or "choked" in turn.cues.tells or not _PLAINLY_NONE.isdisjoint(turn.cues.tells):
        return None
    bare = not (turn.harmless or {"medicine", "aches"} & turn.cues.tells)
    least = RATHER if kind == "despair" and bare else PERHAPS[kind]
    return name if turn.confidence >= least and not turn.only_place else None


def _no_alarm(turn: Turn, before: State, world: World) -> str:
    if turn.only_place and not crisis.is_on(before):
        return "inform_location"
    if crisis.is_on(before) and not turn.cues.asks:
        return "nlu_fallback"
    spoken = before.topic if before.topic and world.is_topic(before.topic) else None
    if spoken and turn.intent == ALARMS[1] and (turn.stays or 0.0) < ON:
        spoken = None
    if turn.intent == ALARMS[1] and dict(turn.ranking).get(_SUPPORT, 0.0) >= _POSSIBLE:
        return _SUPPORT
    if turn.ranking and turn.ranking[0][0] == "find_service":
        return "find_service"
    return _next(turn, world, _LIKELY) or spoken or "nlu_fallback"


def _ordinary(before: State, world: World) -> str | None:
    """What was spoken of, where it was neither violence nor a crisis."""
    topic = before.topic
    known = topic is not None and world.is_topic(topic) and not world.is_sensitive(topic)
    return topic if known else None


def _next(turn: Turn, world: World, share: float, *, sensitive: bool = False) -> str | None:
    for name, likely in turn.ranking:
        fits = world.is_topic(name) and (sensitive or not world.is_sensitive(name))
        if likely >= share and fits and name != turn.intent:
            return name
    return None
