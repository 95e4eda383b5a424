"""A short message, read in the light of the topic before it, whatever the model made of it alone.

"How much?" is about the topic that was answered, not about bringing one's family; "and for my
mother?" is the same question again; a town beside a kind of place is a search there.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import (
    blows,
    consulates,
    crisis,
    decisions,
    groundless,
    held_matter,
    hurt_child,
    own_matter,
    plain_signs,
    secrecy,
    sideways,
    strays,
)
from bot.conversation.facets import about
from bot.conversation.follow import of_the_list
from bot.conversation.listed import ask_them, asked, of_the_listed
from bot.conversation.not_an_order import Decide, is_it_now, must_go, no_order
from bot.conversation.on_the_topic import (
    CONSULATE,
    SAYS_NOTHING,
    SMALL,
    SURE,
    SURELY_ON,
    is_short,
    of_the_topic,
    side_of,
)
from bot.conversation.places import inform_location
from bot.conversation.privacy import leave
from bot.conversation.reporting import report_outdated
from bot.conversation.services import find_service
from bot.conversation.small_talk import repair, talk
from bot.conversation.state import ALARMS, ORDERS, PLACE_ONLY, UNCLEAR, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.topics import topics

RATHER = 0.3  # so likely what an alarm is instead, it is no more on the topic before
# Where hands on a throat are heard already.
CHOKED_TOO = ("ask_domestic_violence", "ask_sexual_violence", "ask_child_abuse",
              "ask_protection_order", "ask_safe_shelter",
              "ask_trafficking_exploitation")  # fmt: skip
_BEDS = frozenset(("slept_outside", "no_place"))
CERTAIN = 0.97  # of an alarm
HALF = 0.5
# Where somebody ill is heard already.
ILL_TOO = ("ask_sexual_reproductive_health", "ask_maternity_at_work", "ask_labour_rights",
           "find_service", "ask_detention_deportation")  # fmt: skip
RAPE = "ask_sexual_violence"
SEARCH, SHELTER, GRIEF = "ask_missing_relative", "ask_safe_shelter", "ask_emotional_support"
# What she may go to somewhere for, other than to be safe.
NOT_TO_GO = (SHELTER, "find_service", "ask_legal_aid", "ask_health_care", "ask_sexual_violence",
             "ask_emotional_support", "ask_consulate", "ask_protection_order")  # fmt: skip
OF_HEALTH, PLAIN = ("ask_health_care", "ask_sexual_reproductive_health"), 0.8
NEAR_HER = ("health", "food", "migrant_shelter", "hygiene", "children", "education")
TELLS, BESIDE = 10, 0.15  # words of a message that tells more than a place; share of what it asks


def reread(decide: Decide, turn: Turn, before: State, world: World) -> tuple[Decide, Turn]:
    """The decider and the turn as the conversation makes them; mostly as they are."""
    if turn.harmless and not turn.forced:  # nor is she asked whether it is danger
        calm = tuple(each for each in turn.ranking if each[0] not in ALARMS)
        turn = replace(turn, ranking=calm)
    if before.topic == RAPE and turn.cues.follow == "hours" and "a_day" in turn.cues.tells:
        # When it happened, and not when they are open: the hours that are left count.
        return answer_topic, replace(turn.about(RAPE), cues=replace(turn.cues, follow=None))
    if (ill := plain_signs.in_pregnancy(turn, before)) is not None:
        return crisis.emergency, ill
    side = asked(turn, before, world)
    if side is not None:
        return of_the_list, of_the_listed(turn, side)
    if _is_of_the_houses(turn, before):
        return ask_them, turn
    if _asks_for_hours(turn, before):
        return find_service, turn.about("find_service")
    if (danger := no_order(turn, before, world)) is not None:
        return danger
    other = groundless.instead(turn, before, world)
    if other is not None:
        # No sentence on that may be told either.
        never = turn.harmless or "seen_online" in turn.cues.tells
        misheard = (*ALARMS, turn.intent) if never else ALARMS
        calm = tuple(each for each in turn.ranking if each[0] not in misheard)
        alarm = turn.intent in ALARMS and other != groundless.REPORT
        heard = groundless.perhaps(turn) if alarm else None
        rather = alarm and dict(turn.ranking).get(other, 0.0) >= RATHER
        if other == "find_service" and not _BEDS.isdisjoint(turn.cues.tells):
            turn = replace(turn, service_type=turn.service_type or "migrant_shelter")
        stays = None if rather else turn.stays  # pills that run out are no more on the last matter
        turn = replace(turn.about(other), ranking=calm, perhaps=heard, stays=stays)
        decide = {"inform_location": inform_location, "nlu_fallback": repair,
                  "out_of_scope": talk, "find_service": find_service,
                  groundless.REPORT: report_outdated}.get(
            other, answer_topic)  # fmt: skip
    if must_go(turn):
        return leave, turn.about("quick_exit")
    if "not_forced" not in turn.cues.tells and sideways.is_told(turn, before):
        return sideways.heard, turn.about(sideways.TOPIC)
    if "fed" in turn.cues.tells and turn.intent == RAPE and not (turn.tapped or turn.is_grave):
        return repair, turn.about("nlu_fallback")
    if "struck_misspelt" in turn.cues.tells and _may_be_misread(turn, before, world):
        return answer_topic, turn.about("ask_domestic_violence")
    jokes = not {"only_jokes", "laughs"}.isdisjoint(turn.cues.tells)
    saying = "own_saying" in turn.cues.tells and not turn.forced
    if saying and turn.intent in ALARMS and crisis.is_on(before) and before.crisis != "distress":
        return crisis.taken_back, turn  # "it's just a saying, haha", after our alarm
    if saying and turn.intent in ALARMS and not crisis.is_on(before):
        heard = "distress" if turn.intent == ALARMS[1] and not turn.cues.killer else None
        return repair, replace(turn.about("nlu_fallback"), perhaps=heard)
    threat = turn.cues.killer and turn.intent in UNCLEAR
    laughs = "laughs" in turn.cues.tells and turn.confidence < HALF
    jokes = "only_jokes" in turn.cues.tells or ((laughs or threat) and jokes)
    if (
        jokes
        and (threat or (turn.intent == ALARMS[0] and turn.confidence < CERTAIN))
        and not (turn.forced or turn.tapped)
    ):
        return is_it_now, turn  # perhaps no joke: she is asked, once
    if turn.tapped or turn.forced or turn.intent in (*ALARMS, *ORDERS):
        return decide, turn
    if (today := decisions.about(turn, before)) is not None:
        return answer_topic, today
    if (kept := secrecy.of_the_named(turn, before)) is not None:
        return of_the_list, of_the_listed(turn, kept)
    theirs = secrecy.of_others(turn, before, world)
    if theirs is not None:
        return answer_topic, theirs
    if blows.are_misheard(turn, world) and not crisis.is_on(before):
        return answer_topic, replace(turn.about(blows.about_it(turn)), of_child=False)
    hers = turn.is_child and before.topic == hurt_child.TOPIC
    if hers and turn.intent in (*held_matter.GRAVE, "ask_detention_deportation"):
        return answer_topic, replace(turn.about(hurt_child.TOPIC), stays_on=True)
    if turn.of_child and turn.intent in hurt_child.OF_WOMEN:
        # Whatever papers or boss are beside it: what is told stays with the child.
        return answer_topic, replace(turn.about(hurt_child.TOPIC), stays_on=True)
    if strays.is_of_a_girl_at_home(turn, before):
        return answer_topic, turn.about(hurt_child.TOPIC)
    if _mourns(turn):
        return answer_topic, turn.about(GRIEF)
    if turn.forgotten:
        return decide, turn
    if turn.cues.thanks and turn.intent in ("greet", "out_of_scope") and is_short(turn):
        return talk, turn.about("thank")
    beside = _told_beside(turn) if turn.intent == "inform_location" else None
    if beside is not None and not (before.pending or crisis.is_on(before)):
        return answer_topic, turn.about(beside)
    if turn.not_in and not turn.country and turn.intent in PLACE_ONLY:
        return inform_location, turn.about("inform_location")
    known = turn.country or (before.country and turn.service_type == "migrant_shelter")
    introduces = turn.origin is not None and turn.country is not None and not turn.cues.asks
    introduces = introduces and "trade" in turn.cues.tells and not turn.is_grave
    if introduces and turn.intent in UNCLEAR:
        # "I am a nurse" seeks no hospital.
        return inform_location, replace(turn.about("inform_location"), service_type=None)
    if turn.service_type and known and turn.intent in UNCLEAR:
        return find_service, turn.about("find_service")
    if crisis.is_on(before):
        boss = "touched" in turn.cues.tells and not turn.is_child and _is_of_work(turn)
        return (answer_topic, turn.about(strays.HARASSED)) if boss else (decide, turn)
    if turn.intent == CONSULATE and consulates.speaks_of_one(turn) and _rings(turn):
        return report_outdated, turn.about(groundless.REPORT)
    if "attacked" in turn.cues.tells and not turn.harmless and not world.is_sensitive(turn.intent):
        return is_it_now, turn
    if _looks_for_no_consulate(turn):
        return find_service, turn.about("find_service")
    if (told := plain_signs.heard(turn, before, world)) is not None:
        return told
    if own_matter.is_named(turn, before, world):
        return decide, own_matter.alone(turn)
    plainly = None if turn.harmless else _plainly(turn, before, world)
    if plainly is not None:
        return answer_topic, plainly
    simpler = "simpler" in turn.cues.tells and turn.intent in (*UNCLEAR, *SMALL)
    if (turn.hint == "again" or simpler) and (before.told or before.listed):
        return decide, replace(turn, cues=replace(turn.cues, follow="explain"))
    if before.listed and before.service_type and is_short(turn) and side_of(turn) == "cost":
        # Whether these places charge, not what the topic before them costs.
        return decide, replace(turn, cues=replace(turn.cues, follow="cost"))
    if before.listed and before.service_type and _of_the_list(turn):
        return ask_them, turn
    if turn.cues.wrong and before.listed and is_short(turn) and not turn.cues.asks:
        return report_outdated, turn.about(groundless.REPORT)
    if turn.intent == "find_service" and not _BEDS.isdisjoint(turn.cues.tells):
        return find_service, replace(turn, service_type=turn.service_type or "migrant_shelter")
    if not before.topic or not world.is_topic(before.topic):
        return decide, turn
    if "not_struck" in turn.cues.tells and world.is_sensitive(turn.intent):
        # Of whom she spoke: a boss is no husband.
        return answer_topic, replace(about(turn, before.topic), ranking=((before.topic, 1.0),))
    if strays.is_one(turn, before, world) or held_matter.is_told_on(turn, before, world):
        return answer_topic, about(turn, before.topic)
    meant = of_the_topic(turn, before.topic)
    return (answer_topic, meant) if meant is not None else (decide, turn)


def _is_of_the_houses(turn: Turn, before: State) -> bool:
    """A question on shelters after houses for migrants were listed, without one word of harm."""
    listed = bool(before.listed) and before.service_type == "migrant_shelter"
    harm = turn.is_grave or not turn.cues.evidence.isdisjoint({"harm", "sexual"})
    other = turn.names_place or not turn.cues.asks or "hides" in turn.cues.tells
    return listed and turn.intent == SHELTER and not (harm or other)


def _asks_for_hours(turn: Turn, before: State) -> bool:
    """ "Are they open now?" and nothing else, which looks like danger or like leaving."""
    misread = turn.cues.open_now and turn.intent in (*ALARMS, *ORDERS)
    return misread and not (turn.is_grave or turn.tapped or turn.forced or crisis.is_on(before))


def _plainly(turn: Turn, before: State, world: World) -> Turn | None:
    """What her plain words are about, whatever the model made of them."""
    topic, tells = before.topic or "", turn.cues.tells
    hurt = world.is_sensitive(topic)
    described = topic == SEARCH and "describes" in tells and turn.intent != SEARCH
    if described and turn.confidence < SURE and not (turn.cues.asks or turn.is_grave):
        return turn.about(SEARCH)
    if hurt and "kin" in tells and not (turn.cues.rape or crisis.is_on(before)):
        # What is threatened to her family, wherever they are.
        return replace(turn.about(topic), stays_on=True)
    if turn.cues.rape and hurt and turn.intent != RAPE and not turn.of_child:
        return turn.about(RAPE)
    if turn.intent in ("thank", "greet", "goodbye") and "herself" in turn.another.signs:
        return turn.about("ask_domestic_violence")
    if "choked" in tells and turn.intent not in CHOKED_TOO:
        return turn.about("ask_domestic_violence")
    if "struck" in tells and not hurt and not world.is_sensitive(turn.intent):
        return turn.about("ask_domestic_violence")
    if "touched" in tells and not turn.is_child and _is_of_work(turn):
        return turn.about(strays.HARASSED)
    if "ill" in tells and turn.intent not in ILL_TOO and not world.is_sensitive(turn.intent):
        return turn.about("ask_health_care")
    if turn.intent == "ask_privacy" and "third" in tells and world.is_topic(topic):
        return about(turn, topic, "told_on")  # whether others pass it on, not we
    if hurt and "where_to_go" in tells and turn.intent not in NOT_TO_GO and turn.confidence < SURE:
        return turn.about(SHELTER)
    return None


def _may_be_misread(turn: Turn, before: State, world: World) -> bool:
    """Blows that only their spelling hides; an alarm, or what is violence already, stays."""
    heard = turn.intent in (*ALARMS, *ORDERS) or world.is_sensitive(turn.intent)
    return not (turn.tapped or turn.forced or turn.is_child or heard or crisis.is_on(before))


def _mourns(turn: Turn) -> bool:
    """Somebody of hers has died or is lost, and she asks nothing."""
    heard = turn.intent in (SEARCH, GRIEF, *UNCLEAR)
    mourns = "bereaved" in turn.cues.tells and not turn.cues.asks
    return heard and (mourns or "pines" in turn.another.signs)


def _rings(turn: Turn) -> bool:
    """Somebody does not answer, and that is what she tells."""
    return turn.cues.wrong or "no_answer" in turn.cues.tells


def _looks_for_no_consulate(turn: Turn) -> bool:
    """She tells where she is from, and looks for a hospital, food or a bed."""
    if turn.intent != CONSULATE or turn.service_type not in NEAR_HER:
        return False
    return not consulates.speaks_of_one(turn)


def _is_of_work(turn: Turn) -> bool:
    known = topics().get(turn.intent)
    return known is not None and known.group == "work"


def _told_beside(turn: Turn) -> str | None:
    """A long message that tells where she is mostly asks something as well."""
    name, share = next(((n, s) for n, s in turn.ranking if n in topics()), ("", 0.0))
    open_ = name in topics() and topics()[name].group in ("rights", "family", "work")
    return name if turn.words > TELLS and open_ and share >= BESIDE else None


def _of_the_list(turn: Turn) -> bool:
    """Whether it asks of the places that were listed what no record tells: "do they ask for ID"."""
    known = turn.cues.follow or turn.cues.listed or turn.cues.ordinal or turn.names_place
    if turn.stays_listed is None or known or turn.service_type or not turn.cues.asks:
        return False
    elsewhere = turn.stays is not None and turn.stays > turn.stays_listed
    if turn.intent in OF_HEALTH and turn.confidence >= PLAIN:
        return False  # "we have no insulin left": of no place that was listed
    other = turn.intent in topics() or turn.intent in SAYS_NOTHING
    return other and turn.stays_listed >= SURELY_ON and not elsewhere
