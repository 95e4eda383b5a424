"""When someone is in danger, or wants to die: the number first, then stay."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.compose import Decision, decide, menu_options, yes_no
from bot.conversation.shown import one_line
from bot.conversation.state import ALARMS, ORDERS, State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from bot.knowledge.cards import cards
from bot.safety.card import card
from connectors.contract import Option

STAY_TURNS = 6  # for so many turns after an emergency no menu and no small talk come first
# Urgent, but nobody attacks: the card, and the line that goes with it.
NEEDS = {"medical": ("ambulance", "need_medical"), "lost": ("ambulance", "need_lost"),
         "police": ("danger", "need_police")}  # fmt: skip
# What they are about; of whom asks for the police's number, nobody knows it yet.
ABOUT = {"medical": "ask_health_care", "lost": "ask_missing_relative"}
# Where an alarm is only the model's: from `SURE` on it is believed; from `LIKELY` on where nothing
# else was spoken of before. Below, she is asked.
SURE, LIKELY = 0.8, 0.55
FEW_WORDS = 4
MEANS = "means_near"  # pending: does she think of dying today, and has she anything to do it with?
SUPPORT = "ask_emotional_support"
FEW_TOLD, FEW_TURNS, CERTAIN = 8, 3, 0.95
MOST_HEARD = 16  # words; a longer message may say something else as well


def emergency(turn: Turn, state: State, world: World) -> Decision:
    """The card of the country where she is, then whether she can write safely."""
    if turn.need in NEEDS:
        return needed(str(turn.need), turn, state, world)
    locked = "locked" in turn.cues.tells or state.crisis == "locked"
    state = state.but(crisis="danger", crisis_turns=0, pending="safe_to_talk", sensitive=True,
                      topic="report_immediate_danger", misunderstood=0)  # fmt: skip
    kind = "child" if turn.is_child else "danger"
    text = card(kind, _where(turn, state, world), state.language)
    if kind == "danger" and locked:
        state = state.but(crisis="locked")
        text = _locked(text, _where(turn, state, world), state.language)
    lines = [text, *_by_number(turn, state, world), say("safe_to_talk", state.language)]
    return decide(lines, state, "report_immediate_danger", yes_no(state.language),
                  "crisis card")  # fmt: skip


def again(turn: Turn, state: State, world: World) -> Decision:
    """The card of her crisis for the place that she has told since."""
    if state.crisis == "distress":
        return distress(turn, state, world)
    if state.crisis in NEEDS:
        return needed(state.crisis, turn, state, world)
    return emergency(turn, state, world)


def _locked(text: str, country: str | None, language: str) -> str:
    """The card without the advice to walk away: she cannot."""
    line = cards(country or "").danger.line
    away = line.en if language == "en" else line.es
    instead = say("locked", language)
    return text.replace(away, instead) if away in text else f"{text}\n{instead}"


def card_with(kind: str, country: str | None, language: str, instead: str) -> str:
    """The card with another line below its numbers: for somebody who is not in danger herself."""
    text = card(kind, country, language)
    line = cards(country or "").card(kind).line
    said = line.en if language == "en" else line.es
    return (text.replace(said, instead) if said in text else f"{text}\n{instead}").strip()


def needed(need: str, turn: Turn, state: State, world: World) -> Decision:
    """A birth, a very ill child, somebody left behind, the number of the police."""
    kind, key = NEEDS[need]
    language = state.language
    lines = [card(kind, _where(turn, state, world), language), say(key, language)]
    state = state.but(misunderstood=0, pending=None)
    if need == "police":
        state = state.but(pending="danger_check", sensitive=True)
        options = yes_no(language)
    else:
        topic = ABOUT[need]
        state = state.but(topic=topic, told=(), listed=(), service_type=None, crisis=need,
                          crisis_turns=0, sensitive=True)  # fmt: skip
        options = (Option(say("option_near", language), f"/{topic}"),)
    return decide(lines, state, "report_immediate_danger", options, "crisis card")


# In this order, each with what she is told.
_IN_DISTRESS = (("gave_away", "gave_away"), ("a_means", "means_away"), ("means", "means_away"),
                ("at_her_door", "distress_accompanied"), ("near_person", "go_to_her"),
                ("could_call", "call_her"), ("helper_comes", "distress_accompanied"),
                ("no_calls", "no_calls"))  # fmt: skip


def in_distress(turn: Turn, before: State, state: State, world: World) -> Decision | None:
    """While she wants to die her own words are heard: what she has at hand, who is near or comes,
    that nobody should be called."""
    on = is_on(before) and before.crisis == "distress"
    if on and _says_goodbye(turn, before):
        said = _line_and("not_yet", state, "goodbye", world)
        return replace(said, state=said.state.but(pending=MEANS))
    settled = "last_things" in turn.cues.tells and (on or before.topic == SUPPORT)
    if settled and not turn.tapped and turn.cues.tells.isdisjoint({"harmed", "overdose"}):
        attacked = turn.cues.killer or turn.cues.threat or turn.intent == ALARMS[0]
        if not (attacked or turn.need is not None):
            return last_things(state, world)
    if not on or turn.tapped or turn.forced:
        return None
    if before.pending == MEANS and turn.intent in ("affirm", "deny") and turn.words <= FEW_WORDS:
        key = "means_away" if turn.intent == "affirm" else "last_things_no"
        return _line_and(key, state, turn.intent, world)
    if turn.cues.erases or turn.words > MOST_HEARD:
        return None
    told = turn.cues.tells - ({"a_means"} if turn.intent in ORDERS else frozenset())
    if "harmed" in told:
        return distress(turn, state, world)
    heard = next((key for name, key in _IN_DISTRESS if name in told), None)
    if heard == "distress_accompanied" and turn.cues.alone:
        heard = "distress_alone"  # who comes at six is not there at five
    if heard is None and before.pending == "accompanied" and "with_child" in told:
        heard = "with_child"
    alone = "only_alone" in told and not turn.cues.together
    if heard is None and before.pending == "accompanied" and alone:
        heard = "distress_alone"
    if heard is None and _only_looks_like_more(turn, before, world):
        return stay(turn, state, world)
    if heard is None:
        return None
    acted_on = {"no_calls": "ask_privacy", "distress_alone": "deny"}.get(heard, "affirm")
    return _line_and(heard, state, acted_on, world)


def _only_looks_like_more(turn: Turn, before: State, world: World) -> bool:
    """ "And the children", right after the card: a few words that ask nothing are about her."""
    few = turn.words <= FEW_TOLD and not turn.cues.asks and before.crisis_turns <= FEW_TURNS
    plain = not turn.cues.tells.isdisjoint({"everyday", "own_matter"})
    matter = world.is_topic(turn.intent) and not world.is_sensitive(turn.intent)
    return few and matter and not plain and turn.confidence < CERTAIN


def _says_goodbye(turn: Turn, before: State) -> bool:
    """Right after the card, before she said whether anybody is with her: it may be for good."""
    bye = turn.cues.bye or turn.intent == "goodbye"
    spared = turn.cues.relief or turn.cues.together or turn.tapped
    spared = spared or not turn.cues.tells.isdisjoint({"somebody_came", "helper_comes"})
    return bye and before.pending == "accompanied" and not spared


def last_things(state: State, world: World) -> Decision:
    """She has settled what is to come after her: she is asked plainly, and not left."""
    state = state.but(crisis="distress", crisis_turns=0, sensitive=True, misunderstood=0,
                      topic="express_suicidal_distress")  # fmt: skip
    said = _line_and("last_things", state, "express_suicidal_distress", world)
    return replace(said, state=said.state.but(pending=MEANS))


def _line_and(key: str, state: State, acted_on: str, world: World) -> Decision:
    line = world.emergency_line("suicide", state)
    return decide([say(key, state.language, number=line)], state.but(pending=None), acted_on, (),
                  "crisis card")  # fmt: skip


def _where(turn: Turn, state: State, world: World) -> str | None:
    """The country that the message itself names, else where she is."""
    named = turn.country if turn.country != turn.destination else None
    return named if named in world.served else world.served_country(state)


def _by_number(turn: Turn, state: State, world: World) -> list[str]:
    """Whose numbers these are, where only her own number tells where she is."""
    where = _where(turn, state, world)
    if where is None or state.here or turn.country or turn.prefix_country != where:
        return []
    country = world.in_words(where, state.language)
    return [say("card_by_number", state.language, country=country)]


def distress(turn: Turn, state: State, world: World) -> Decision:
    """Warm, direct, the line of her country; then whether somebody is with her."""
    language = state.language
    state = state.but(crisis="distress", crisis_turns=0, pending="accompanied", sensitive=True,
                      topic="express_suicidal_distress", misunderstood=0)  # fmt: skip
    where = _where(turn, state, world)
    if "harmed" in turn.cues.tells and not turn.of_child:
        lines = [card("ambulance", where, language), say("harm_done", language)]
        line = world.emergency_line("suicide", state)
        lines.append(say("harm_line", language, number=line))
    else:
        lines = [card("suicide", where, language), say("distress", language)]
    lines += [*_by_number(turn, state, world), say("distress_ask", language)]
    return decide(lines, state, "express_suicidal_distress", yes_no(language), "crisis card")


def doubtful(state: State, world: World, kind: str = "danger") -> Decision:
    """Perhaps an emergency: ask once, with the number for someone who cannot write any more."""
    language = state.language
    number = world.emergency_line("suicide" if kind == "distress" else "danger", state)
    lines = [say("danger_check_number", language, number=number), say(f"{kind}_check", language)]
    return decide(lines, state.but(pending=f"{kind}_check", sensitive=True), "nlu_fallback",
                  yes_no(language), "asked back")  # fmt: skip


def is_believed(turn: Turn, state: State, world: World) -> bool:
    """Whether an alarm that only the model gives is sure enough for a card."""
    if not state.topic or not world.is_topic(state.topic):
        return turn.confidence >= LIKELY
    # "And if I don't go?" is about what was spoken of: so few words that are plain are the gate's.
    ellipsis = turn.words <= FEW_WORDS and not world.is_sensitive(state.topic)
    return turn.confidence >= SURE and not ellipsis


def calmed(turn: Turn, state: State, world: World) -> Decision:
    """She is better, says sorry, thanks or goodbye: a kind line; the number stays at hand."""
    language = state.language
    cues = turn.cues
    lines = []
    if is_on(state):
        lines.append(say("calm_number", language, number=number(state, world)))
    denies = is_worn_out(turn)
    key = ("denied" if denies else "relief" if cues.relief else
           "goodbye" if cues.bye or turn.intent == "goodbye" else
           "sorry" if cues.sorry else "thanked")  # fmt: skip
    lines.append(say(key, language, number=world.emergency_line("suicide", state)))
    acted_on = "goodbye" if cues.bye else "thank"
    if cues.relief and not denies:
        state = over(state)
    elif is_on(state):
        state = state.but(crisis_turns=max(state.crisis_turns, STAY_TURNS - 1))
    return decide(lines, state.but(misunderstood=0), acted_on, (), "answered")


def taken_back(turn: Turn, state: State, world: World) -> Decision:
    """It was only a way of speaking, she says: the number once more, and no alarm any longer."""
    return calmed(turn.relieved(), state, world)


def is_worn_out(turn: Turn) -> bool:
    """She does not want to die, and is not well either."""
    cues = turn.cues
    denies = "denies" in cues.tells and not (cues.bye or cues.thanks)
    return denies and ("tired" in cues.tells or not cues.relief)


def over(state: State) -> State:
    """The state when the danger, or the wish to die, is over."""
    urgent = state.topic in ALARMS
    return state.but(crisis=None, crisis_turns=0, pending=None,
                     topic=None if urgent else state.topic)  # fmt: skip


def answered_yes(turn: Turn, state: State, world: World) -> Decision | None:
    """Her yes to one of our crisis questions; None where we had asked none."""
    language = state.language
    if state.pending == "danger_check":
        return emergency(turn, state, world)
    if state.pending == "distress_check":
        return distress(turn, state, world)
    if state.pending == "safe_to_talk":
        return safe_now(turn, state, world)
    if state.pending == "accompanied":
        number = world.emergency_line("suicide", state)
        return decide([say("distress_accompanied", language, number=number)],
                      state.but(pending=None), "affirm", (), "crisis card")  # fmt: skip
    return None


def safe_now(turn: Turn, state: State, world: World, key: str = "crisis_yes") -> Decision:
    """She can write: the number again, then who takes her in or stands by her.

    The women's line comes first only where she has said yes; else the one for danger stays first.
    """
    language = state.language
    first = world.emergency_line("violence" if key == "crisis_yes" else "danger", state)
    if state.crisis == "locked":
        key = "locked_yes" if key == "crisis_yes" else "told_locked"
    service = world.helper("ask_safe_shelter", world.at_home(state), turn.today)
    lines = [say(key, language, number=first)]
    if service is not None:
        lines.append(say("crisis_service", language, service=one_line(service, language)))
    lines.append(say("crisis_tell", language))
    listed = (service.id,) if service else ()
    return decide(lines, state.but(pending=None, listed=listed, service_type=None), "affirm", (),
                  "crisis card", listed)  # fmt: skip


def answered_no(turn: Turn, state: State, world: World) -> Decision | None:
    """Her no to one of our crisis questions; None where we had asked none."""
    language = state.language
    if state.pending == "safe_to_talk":
        number = world.emergency_line("danger", state)
        return decide([say("crisis_no", language, number=number)], state.but(pending=None),
                      "deny", (), "crisis card")  # fmt: skip
    if state.pending == "accompanied":
        number = world.emergency_line("suicide", state)
        return decide([say("distress_alone", language, number=number)], state.but(pending=None),
                      "deny", (), "crisis card")  # fmt: skip
    if state.pending in ("danger_check", "distress_check"):
        key = "danger_over" if state.pending == "danger_check" else "relief"
        return decide([say(key, language)], over(state), "deny", menu_options(language))
    return None


def taken_over(topic: str, state: State) -> State:
    """The state after a crisis that the gateway had to answer alone."""
    kind, pending = ("distress", "accompanied") if topic == "express_suicidal_distress" else (
        "danger", "safe_to_talk")  # fmt: skip
    return state.but(crisis=kind, crisis_turns=0, pending=pending, sensitive=True, topic=topic)


def is_on(state: State) -> bool:
    """Whether she told of danger, or of wanting to die, a few turns ago."""
    return state.crisis is not None and state.crisis_turns <= STAY_TURNS


def stay(turn: Turn, state: State, world: World) -> Decision | None:
    """After an emergency, small talk and confusion get presence instead of a menu."""
    if not is_on(state):
        return None
    if state.crisis == "distress" and "thought" in turn.cues.tells:
        text = say("distress_thought", state.language, number=number(state, world))
        return decide([text], state, turn.intent, (), "crisis card")
    return decide([stay_line(state, world)], state, turn.intent, (), "crisis card")


def number(state: State, world: World) -> str:
    """The first number for the crisis that she is in."""
    kind = {"distress": "suicide", "medical": "ambulance", "lost": "ambulance"}.get(
        state.crisis or "", "danger")  # fmt: skip
    return world.emergency_line(kind, state)


def stay_line(state: State, world: World) -> str:
    """One line that says that we are still here, with the number."""
    name = {"distress": "distress_stay", "medical": "medical_stay", "lost": "lost_stay"}.get(
        state.crisis or "", "crisis_stay")  # fmt: skip
    # A friend does not say the same thing twice in a row.
    keys = [key for key in (name, f"{name}_2", f"{name}_3") if has(key)]
    key = keys[max(state.crisis_turns - 1, 0) % len(keys)]
    return say(key, state.language, number=number(state, world))
