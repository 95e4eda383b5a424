"""When it is not she who suffers: a neighbour, a sister, a mother far away.

The conversation remembers for whom she writes, and where that one is, until she says otherwise. The
number is the one of the country where the one in danger is; then what a helper can do, with its
source. Whoever is hurt herself beside the other is never answered like this.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis, doubts, roof
from bot.conversation.another import (
    DESPAIR,
    HURT,
    RANSOM,
    Helped,
    known_as,
    statements,
)
from bot.conversation.compose import Decision, decide
from bot.conversation.from_afar import (
    VIOLENCE,
    afar,
    dialled_there,
    is_abroad,
    led,
    number_for,
    there_is,
    told_first,
    whose_numbers,
)
from bot.conversation.helped import ASKS, SAYS, takes_her_along
from bot.conversation.shown import one_line
from bot.conversation.state import ALARMS, NOISE_WORDS, ORDERS, UNCLEAR, State, Turn
from bot.conversation.topics import MOST_TOLD, remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World

SUPPORT = "ask_emotional_support"
_TOPIC = {HURT: VIOLENCE, DESPAIR: SUPPORT}
_CARD = {HURT: "danger", DESPAIR: "suicide"}
_LINE = {HURT: "violence", DESPAIR: "suicide"}
_SMALL = (*UNCLEAR, "ask_human", "affirm", "deny", "bot_challenge", "report_outdated_information")
_FIRST = (VIOLENCE, "ask_child_abuse", "ask_protection_order", "ask_safe_shelter",
          "ask_travel_safety", "ask_report_rights_abuse", SUPPORT, *_SMALL, "greet")  # fmt: skip
_SURE, _CERTAIN, _MOST_SAID = 0.6, 0.8, 18  # the last in words


def answer(turn: Turn, state: State, world: World, spoken: str = "es") -> Decision | None:
    """What a helper is told; None where the message is no such thing. `spoken`: before it."""
    helped = turn.helped
    if "for_me" in turn.another.signs and turn.intent in UNCLEAR:
        return decide([say("helped_for_you", state.language)], state.but(pending=None), "affirm")
    if helped is None:
        return _feared(turn, state, world)
    if helped.matter == RANSOM or turn.intent in ORDERS or turn.of_child:
        return None
    if turn.need not in (None, "police"):
        return None
    if roof.is_sought(turn, helped):
        return roof.refuges(turn, helped, state, world)
    card = _card_for(turn, state, world)
    if card is not None:
        return _card(card, turn, helped, state, world)
    if (said := _beside(turn, helped, state, world, spoken)) is not None:
        return said
    if turn.tapped:
        more = turn.intent == "ask_repeat_or_more" and helped.matter in _TOPIC
        return _told("help", turn, helped, state, world, more=True) if more else None
    signs = turn.another.signs
    if helped.matter is None:
        if signs & set(SAYS) and not _is_a_question(turn, world) and turn.words <= _MOST_SAID:
            return _what_happens(turn, helped, state, world)
        return None
    kind = next((each for each in ASKS if each in signs), None)
    if kind is None and signs & set(SAYS) and turn.intent in _FIRST and not _tells_it(turn):
        return _told("help", turn, helped, state, world, lead="helped_sorry")
    if kind is not None and _is_of_it(turn, kind):
        return _told(_KIND[kind], turn, helped, state, world)
    if turn.intent == "ask_sexual_violence":
        return None
    unsure = not (world.is_sensitive(turn.intent) or turn.cues.asks) and turn.confidence < _SURE
    ordered = turn.intent == "ask_protection_order" and not turn.cues.asks
    if HURT in signs and (turn.intent in _HURT_NOW or ordered or unsure):
        return _told("help", turn, helped, state, world)
    if helped.matter == DESPAIR and turn.intent == SUPPORT and "i_am" not in signs:
        return _told("help", turn, helped, state, world)
    told = "address" in turn.cues.tells and helped.now and not turn.cues.asks
    if told or "the_number" in signs or turn.intent in (*_SMALL, *ALARMS):
        return _stay(turn, helped, state, world)
    return None


_HURT_NOW = (VIOLENCE, "ask_child_abuse", SUPPORT, *_SMALL, "greet", *ALARMS)
_KIND = {"what_to_say": "say", "may_call": "call", "can_help": "help"}


def _tells_it(turn: Turn) -> bool:
    """Whether the message tells what happens, beside for whom it is."""
    return bool(turn.another.signs & {HURT, DESPAIR})


def _beside(turn: Turn, helped: Helped, state: State, world: World, spoken: str) -> Decision | None:
    """A doubt, thanks, or whether the children stay with her: answered for where that one is."""
    if turn.tapped or helped.matter not in _TOPIC or turn.another.signs & {HURT, DESPAIR, *ASKS}:
        return None
    there, matter = there_is(helped, state), helped.matter
    number = number_for(_kind(helped, state), turn, helped, state, world)
    who = known_as(helped.who).get(state.language)
    topic = _TOPIC[matter]
    if matter == HURT and "their_kids" in turn.another.signs:
        lines = [f"{number}.", say("helped_kids", state.language, who=who)]
        knows = world.helper("ask_protection_order", there, turn.today)
        if knows is not None:
            service = one_line(knows, state.language)
            lines.append(say("helped_who_knows", state.language, service=service))
        kept = _kept(state, there, matter)
        return decide(lines, kept, topic, remaining_options(topic, kept, world), "no answer",
                      [knows.id] if knows else ())  # fmt: skip
    if not world.is_sensitive(state.topic or ""):
        return None  # she has gone on to a matter of her own
    if turn.doubt is not None:
        told = doubts.doubted(turn, there, world)
        if told is None:
            return None
        return dialled_there(told, turn, helped, state, world)
    if turn.intent in ("thank", "goodbye"):
        state = state.but(language=spoken if turn.words <= NOISE_WORDS else state.language)
        who = known_as(helped.who).get(state.language)
        number = number_for(_kind(helped, state), turn, helped, state, world)
        text = say("helped_thanked", state.language, number=number, who=who)
        kept = _kept(state, there, matter)
        return decide([text], kept, turn.intent, remaining_options(topic, kept, world))
    return None


def _kind(helped: Helped, state: State) -> str:
    """Which number: of immediate danger only where that was told, or where a man is hurt."""
    matter = helped.matter or HURT
    urgent = known_as(helped.who).he or set(statements(HURT, "now")) & set(state.told)
    return _CARD[matter] if urgent else _LINE[matter]


def _feared(turn: Turn, state: State, world: World) -> Decision | None:
    """ "My mother is afraid that he kills me": that is danger, whoever says it."""
    if takes_her_along(turn) and not turn.tapped:
        return crisis.emergency(turn.about(ALARMS[0]), state, world)
    if "threatened" in turn.another.signs and turn.intent in (*_FIRST, *UNCLEAR, *ALARMS):
        turn = turn.about(UNCLEAR[0])
        if not turn.cues.asks:
            signs = turn.another.signs | {"killed"}
            turn = replace(turn, another=replace(turn.another, signs=signs))
    heard = "killed" in turn.another.signs and turn.intent in UNCLEAR
    heard = heard and "laughs" not in turn.cues.tells and not turn.harmless
    if not heard or turn.tapped or crisis.is_on(state) or turn.is_child:
        return None
    return crisis.emergency(turn.about(ALARMS[0]), state, world)


def _is_a_question(turn: Turn, world: World) -> bool:
    """Whether she asks for that one what is no matter of danger: "for my sister, asylum"."""
    ordinary = world.is_topic(turn.intent) and not world.is_sensitive(turn.intent)
    if turn.intent == "out_of_scope" and turn.confidence >= _CERTAIN:
        return True
    return (ordinary and (turn.confidence >= _SURE or turn.cues.asks)) or bool(turn.service_type)


def _is_of_it(turn: Turn, kind: str) -> bool:
    """Whether what she asks is asked for that one: not another matter, plainly named."""
    return kind != "can_help" or turn.intent in (*_FIRST, *ALARMS) or turn.confidence < _SURE


def _card_for(turn: Turn, state: State, world: World) -> str | None:
    """The matter of the card that the message needs; None: no card."""
    signs = turn.another.signs
    asks = bool(signs & set(ASKS)) and not turn.forced
    if turn.helped is None or asks:
        return None
    ordinary = world.is_topic(turn.intent) and not world.is_sensitive(turn.intent)
    if ordinary and not turn.forced and turn.confidence >= _SURE:
        return None  # "my mother wants to die at home": how she gets there
    if turn.intent == ALARMS[1] or DESPAIR in signs:
        known = DESPAIR in signs or turn.helped.matter == DESPAIR
        return DESPAIR if turn.forced or known else None
    if turn.intent == ALARMS[0] or turn.need == "police":
        known = turn.helped.matter == HURT and crisis.is_believed(turn, state, world)
        return HURT if turn.forced or turn.need == "police" or known else None
    return None


def _card(matter: str, turn: Turn, helped: Helped, state: State, world: World) -> Decision:
    """The number of where that one is, then what to do, and whether she may call."""
    language = state.language
    who = known_as(helped.who).get(language)
    there = there_is(helped, state)
    key = "helped_line" if matter == HURT else "helped_line_despair"
    done = matter == DESPAIR and "done" in turn.another.signs
    key = "helped_done" if done else key
    where = world.served_country(there)
    lines = [
        crisis.card_with(
            "ambulance" if done else _CARD[matter], where, language, say(key, language, who=who)
        )
    ]
    abroad = is_abroad(helped, turn, state)
    lines.append(whose_numbers(helped, there, world, abroad=abroad))
    more, told = afar(matter, turn, helped, there, state, world)
    lines, ids = [*lines, *more], [*told]  # before who may call, and which number
    if matter == DESPAIR and not done:
        lines.append(say("helped_despair", language, who=who))
    kinds: tuple[str, ...] = () if done else ("now", "help", "call")
    if matter == HURT:
        kinds = ("call",) if abroad else ("now", "call")  # who is abroad hears no blows
    he = known_as(helped.who).he and matter == HURT
    for kind in kinds:
        known = (*ids, *state.told) if kind == "help" or matter == DESPAIR else ids
        more, told = told_first(statements(matter, kind, he=he), there, turn, world,
                                without=known)  # fmt: skip
        lines += [led(kind, there, more[0], world)] if more and abroad else more
        ids += told
    now = statements(HURT, "now") if matter == HURT else ()
    state = _kept(state.but(told=(*state.told, *ids, *now)), there, matter)
    acted_on = ALARMS[0] if matter == HURT else ALARMS[1]
    return decide(lines, state, acted_on, (), "crisis card", ids)


def _told(kind: str, turn: Turn, helped: Helped, state: State, world: World, *,
          lead: str = "", more: bool = False) -> Decision | None:  # fmt: skip
    """The number first, then the next of what a helper is told; `more`: only what is new."""
    language, matter = state.language, helped.matter or HURT
    who = known_as(helped.who).get(language)
    there = there_is(helped, state)
    told: list[str] = []
    abroad = is_abroad(helped, turn, state)
    he = known_as(helped.who).he and matter == HURT
    # The line for women is not his.
    lines = [f"{number_for(_CARD[matter] if he else _LINE[matter], turn, helped, state, world)}."]
    ids = statements(matter, kind, he=he)
    known = state.told if kind == "help" else ()  # a plain question is answered again
    found, told = told_first(ids, there, turn, world, without=known)
    if not found and more:
        return None
    if not found:
        found, told = told_first(ids, there, turn, world)
    if helped.at:
        country = world.in_words(helped.at, language)
        who = say("helped_whom", language, who=who, country=country)
    again = state.but(told=()) if kind == "call" else state
    from_afar, of_afar = afar(matter, turn, helped, there, again, world)
    if kind == "call" and abroad:
        found = [*from_afar, *(led(kind, there, each, world) for each in found)]
    if found:
        lines += [say(lead or f"helped_{_HEAD[kind]}", language, who=who), *found]
    elif he:
        lines.append(say("helped_man", language, who=who))
    if kind != "call" or not abroad:
        lines += from_afar
    if kind == "help" and matter == HURT and not more:
        found, called = told_first(statements(matter, "call", he=he), there, turn, world,
                                  without=(*told, *state.told))  # fmt: skip
        found = [led("call", there, each, world) for each in found] if abroad else found
        lines, told = [*lines, *found], [*told, *called]
    told = [*told, *of_afar]
    topic = _TOPIC[matter]
    helper = world.helper(topic, there, turn.today) if not (from_afar or he) else None
    if helper is not None:
        lines.append(say("next_step", language, service=one_line(helper, language)))
    state = _kept(state.but(told=(*state.told, *told)), there, matter)
    records = [*told, helper.id] if helper else told
    return decide(lines, state, topic, remaining_options(topic, state, world), records=records)


_HEAD = {"help": "how", "call": "call", "say": "say"}


def _stay(turn: Turn, helped: Helped, state: State, world: World) -> Decision:
    """Small talk and confusion in between: the number, and that we are still on that one."""
    there = there_is(helped, state)
    matter = helped.matter or HURT
    language = state.language
    who = known_as(helped.who).get(language)
    number = number_for(_kind(helped, state), turn, helped, state, world)
    address = "address" in turn.cues.tells
    lines = [say("helped_address" if address else "helped_stay", language, number=number, who=who)]
    if address:
        more, _ = afar(matter, turn, helped, there, state.but(told=()), world)
        lines += more
    elif "the_number" in turn.another.signs or turn.only_place or turn.intent == "inform_location":
        lines.insert(0, crisis.card_with(_CARD[matter], world.served_country(there), language, ""))
        abroad = is_abroad(helped, turn, state)
        lines[1:] = [whose_numbers(helped, there, world, abroad=abroad)]
        more, _ = afar(matter, turn, helped, there, state, world)
        lines += more
    topic = _TOPIC[matter]
    state = _kept(state, there, matter)
    return decide(lines, state, topic, remaining_options(topic, state, world))


def _what_happens(turn: Turn, helped: Helped, state: State, world: World) -> Decision:
    """She has told for whom it is, and no more."""
    there = there_is(helped, state)
    language, where = state.language, world.served_country(there)
    who = known_as(helped.who)
    number = number_for("danger", turn, helped, state, world)
    known = helped.at or (where if who.near else None)
    values = {"who": who.get(language), "number": number}
    if known:
        country = world.in_words(known, language)
        lines = [say("helped_told_at", language, country=country, **values)]
    else:
        lines = [say("helped_told", language, **values)]
    return decide(lines, state.but(pending=None, misunderstood=0), "ask_menu", (), "asked back")


def _kept(state: State, there: State, matter: str) -> State:
    """What is remembered: where that one is, for what is asked next; no crisis of her own."""
    told = tuple(dict.fromkeys(state.told))[-MOST_TOLD:]
    return state.but(country=there.country, city=there.city, topic=_TOPIC[matter], told=told,
                     sensitive=True, pending=None, misunderstood=0, crisis=None, crisis_turns=0,
                     listed=(), service_type=None)  # fmt: skip
