"""What is remembered between two messages, and what one message brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from bot.conversation.another import NOBODY, Another, Helped
from bot.conversation.cues import MOST_WORDS, NOTHING, Cues
from bot.conversation.doubt_words import Doubt
from bot.conversation.fraud_words import NO_MONEY, Money
from bot.knowledge.asked import NOTHING as NOTHING_ASKED
from bot.knowledge.asked import Asked


@dataclass(frozen=True)
class State:
    """The conversation's slots. Nothing here is something that she wrote."""

    language: str = "es"
    country: str | None = None  # the one that answers are for
    here: str | None = None  # where she said she is: emergencies are answered for it
    origin: str | None = None
    city: str | None = None
    phase: str | None = None
    topic: str | None = None
    service_type: str | None = None
    pending: str | None = None
    listed: tuple[str, ...] = ()
    misunderstood: int = 0
    crisis: str | None = None
    crisis_turns: int = 0
    sensitive: bool = False
    told: tuple[str, ...] = ()
    offered: tuple[tuple[str, str], ...] = ()  # title, payload

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> State:
        """From Rasa's slots; what is missing or empty takes its default."""
        return cls(
            language=slots.get("language") or "es",
            country=slots.get("country"),
            here=slots.get("here"),
            origin=slots.get("origin"),
            city=slots.get("city"),
            phase=slots.get("phase"),
            topic=slots.get("topic"),
            service_type=slots.get("service_type"),
            pending=slots.get("pending"),
            listed=tuple(slots.get("listed") or ()),
            misunderstood=int(slots.get("misunderstood") or 0),
            crisis=slots.get("crisis"),
            crisis_turns=int(slots.get("crisis_turns") or 0),
            sensitive=bool(slots.get("sensitive")),
            told=tuple(slots.get("told") or ()),
            offered=tuple((str(t), str(p)) for t, p in slots.get("offered") or ()),
        )

    def as_slots(self) -> dict[str, Any]:
        """JSON values, one per slot of domain.yml."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["listed"] = list(self.listed)
        values["told"] = list(self.told)
        values["offered"] = [list(pair) for pair in self.offered]
        values["misunderstood"] = float(self.misunderstood)
        values["crisis_turns"] = float(self.crisis_turns)
        return values

    def but(self, **changes: Any) -> State:
        """A copy with `changes`."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Last:
    """What she was told last. `told`: ids of statements and services, in that order."""

    told: tuple[str, ...] = ()
    lacked: bool = False  # that we do not know
    stuck: bool = False  # she called it wrong, or has heard it twice: again is of no use


@dataclass(frozen=True)
class Turn:
    """One message, understood. Its text is not part of it; `asked` lives for this turn alone."""

    intent: str
    today: date
    confidence: float = 1.0
    ranking: tuple[tuple[str, float], ...] = ()
    language: str | None = None  # None where the message does not tell
    country: str | None = None
    origin: str | None = None
    destination: str | None = None
    city: str | None = None
    candidates: tuple[str, ...] = ()  # countries that an ambiguous town may lie in
    service_type: str | None = None
    relative: str | None = None
    group: str | None = None
    phase: str | None = None
    cues: Cues = NOTHING
    words: int = 99  # length of the message, in words
    only_place: bool = False  # a place, and no word beside it
    stays: float | None = None  # how likely it goes on with the topic; None: not found out
    jungle: bool = False  # it tells of the Darién
    before: str | None = None  # the topic before it; None: none, or long ago
    stays_listed: float | None = None  # the same, of the places that were listed
    tapped: bool = False
    style: str = "web"
    now: datetime | None = None  # to tell whether a place is open; None: not told
    idle_s: float | None = None  # since her message before this one
    forced: bool = False  # the gate has recognised plain words of danger
    told_of_crisis: str | None = None  # the gateway answered one while we were silent
    forgotten: bool = False  # that was so long ago that nothing is remembered
    someone_else: bool = False  # somebody else seems to hold the phone
    need: str | None = None  # urgent, but no attack: medical, lost, police
    child_before: bool = False  # she said earlier that she is under 18
    prefix_country: str | None = None  # from the number's prefix, where there is a number
    asked: Asked = field(default=NOTHING_ASKED, repr=False)  # what her own words ask for
    money: Money = NO_MONEY  # somebody asks her to pay
    here: str | None = None  # where she says she is, in a message on another country
    clue: str | None = None  # the country that money or a word of one country only shows
    not_in: tuple[str, ...] = ()  # countries that she says she is not in
    hint: str | None = None  # what a short message asks of the topic before it
    names_family: bool = False
    for_other: bool = False  # she asks for somebody else
    asked_paper: str | None = None  # `own`: a nationality's paper, `host`: of where she lives
    bodies: tuple[str, ...] = ()  # words that may be the name of an office that she wants to reach
    of_named: str | None = None  # the same of places that were named: a side of theirs
    secrecy: str | None = None  # whose secrecy she asks for: bot/conversation/secrecy.py
    of_child: bool = False  # a child is hurt of whom she tells; set where the turn is played
    stays_on: bool = False  # nothing of another topic comes between
    mine: bool = False  # she says that she is in the country that she names
    maybe: bool = False  # only if, or some day
    past: bool = False  # she was in the country that she names, and is no more
    there: bool = False  # she asks about a country in which she is not
    mentioned: tuple[str, ...] = ()  # every country that comes up in it
    signs: frozenset[str] = frozenset()  # for which country it asks: data/whereabouts.yml
    nationality: str | None = None  # the country whose nationality she asks about
    another: Another = NOBODY  # of whom else it speaks, and what it asks for that one
    pregnant: bool = False  # in this message or before it: bot/conversation/plain_signs.py
    helped: Helped | None = None  # for whom she writes; set where the turn is played
    perhaps: str | None = None  # an alarm without one word of it, heard as something else: its kind
    calm: int = 0  # ordinary answers since the last sign of danger; set where it is played
    harmless: bool = False  # its words of harm are only a way of speaking
    doubt: Doubt | None = field(default=None, repr=False)  # of what she was told
    last: Last = field(default_factory=Last)  # set where the turn is played
    refuge: bool = False  # it came up before: bot/conversation/refuge.py; set there too
    noes: frozenset[str] = frozenset()  # what she said no to: bot/conversation/her_no.py; set too
    mourns: bool = False  # she told earlier that somebody of hers died; set there too

    @property
    def is_child(self) -> bool:
        """Whether she says, or has said, that she is under 18; or writes like it."""
        return self.cues.child or self.cues.young or self.child_before

    def about(self, intent: str) -> Turn:
        """The same message, understood as `intent`."""
        return replace(self, intent=intent)

    def relieved(self) -> Turn:
        """The same message, heard as one that says that she is safe."""
        return replace(self, cues=replace(self.cues, relief=True))

    @property
    def names_place(self) -> bool:
        """Whether the message says anything about a place."""
        return bool(self.country or self.city or self.origin or self.destination)

    @property
    def tells_of_blows(self) -> bool:
        """Whether she tells of blows, and of nothing sexual beside them."""
        tells = self.cues.tells
        sexual = self.cues.rape or not tells.isdisjoint({"of_sex", "assaulted"})
        return not (BLOWS.isdisjoint(tells) or sexual or self.harmless)

    @property
    def is_grave(self) -> bool:
        """Whether plain words say that she may be in danger, hurt, or about to die: no rule that
        only spares her a card may answer then."""
        cues = self.cues
        said = cues.threat or cues.unsafe or cues.returned or cues.killer or cues.rape
        told = not (GRAVE.isdisjoint(cues.tells) and HERSELF.isdisjoint(self.another.signs))
        return said or told or self.forced or self.need is not None


BLOWS = frozenset(("blows", "harmed_by", "struck", "struck_misspelt"))  # of data/tells.yml
ALARMS = ("report_immediate_danger", "express_suicidal_distress")
# Of data/tells.yml and data/for_another.yml: somebody is there now; blows now; dying.
NEAR = frozenset(("near", "silent", "locked"))
NEAR_OR_STRUCK = NEAR | {"struck", "choked"}
DIES = frozenset(("means", "dying", "harmed", "overdose", "wants_death"))
GRAVE = NEAR_OR_STRUCK | {
    "attacked", "struck_misspelt", "touched", "assaulted", "harmed", "overdose", "wants_death",
}  # fmt: skip
HERSELF = frozenset(("herself", "killed"))
ORDERS = ("quick_exit", "delete_my_data", "stop_messages", "change_language")
# What the understanding gives where it has not understood, or has only seen a place.
UNCLEAR = ("out_of_scope", "nlu_fallback", "ask_menu", "inform_location")
SHORT = MOST_WORDS  # words; a longer message is rather about something new
ALONE = "alone"  # pending: is she alone with her phone?
OTHER_LANGUAGES = ("fr", "ht", "pt", "quc", "kek", "mam", "kjb", "yua", "tzo", "tzh",
                   "myn")  # fmt: skip


NOISE_WORDS = 2
_SAYS_LITTLE = ("out_of_scope", "nlu_fallback", "affirm", "deny")
# Asked about a country as a rule before one is there.
ELSEWHERE = ("ask_find_job", "ask_travel_safety", "ask_work_permit", "ask_family_reunification",
             "ask_family_reunification_documents", "ask_family_reunification_cost_time",
             "ask_child_travel_permission", "ask_unaccompanied_children", "ask_missing_relative",
             "ask_return_home", "ask_send_money")  # fmt: skip
ARRESTED, REFUGE = "ask_detention_deportation", "ask_asylum"
FLED = ("SV", "HN", "GT", "NI")  # from whose numbers refuge is asked for abroad
LEAVING = "ask_child_travel_permission"
PLACE_ONLY = ("inform_location", "nlu_fallback", "deny", "affirm", "ask_consulate", "greet")


def absorb(turn: Turn, state: State, served: frozenset[str]) -> State:
    """`state` after what the message tells about language, place and phase.

    A country that the message names wins over the remembered one, unless it only comes up or lies
    behind her; a town of another country
    takes its country along; the origin never becomes the place where she is.
    """
    if _only_comes_up(turn, state, served):
        turn = replace(turn, country=None, city=None)
    if _is_behind_her(turn, state, served):
        turn = replace(turn, country=None, city=None)
    if _answers_origin(turn, state):
        turn = replace(turn, origin=turn.country, country=None, city=None, destination=None)
    if turn.not_in:
        state = _without(state, turn.not_in)
    changes: dict[str, Any] = {"here": turn.here or _here(turn, state, served)}
    if turn.language in ("es", "en") and not _is_noise(turn, state):
        changes["language"] = turn.language
    country = turn.country or (turn.destination if not state.country else None)
    goes_on_there = country is None and turn.for_other
    if (
        turn.intent == LEAVING
        and country == turn.destination
        and not (turn.cues.present or goes_on_there)
    ):
        country = _left(turn, state, served) or country
    if country and country != state.country:
        changes |= {"country": country, "city": None}
    if turn.city:
        changes["city"] = turn.city
    if turn.origin:
        changes["origin"] = turn.origin
    if not country and not state.country and _may_guess(turn, state, served):
        changes["country"] = turn.prefix_country
    elif not country and not state.country and turn.prefix_country not in served:
        changes["country"] = turn.clue
    if turn.phase:
        changes["phase"] = turn.phase
    if turn.service_type:
        changes["service_type"] = turn.service_type
    return replace(state, **changes)


def _only_comes_up(turn: Turn, state: State, served: frozenset[str]) -> bool:
    """Whether a country that we do not have is only mentioned: her own, or somebody of hers is
    there. Where she is, or where she goes, is another matter."""
    if turn.country is None or turn.country in served:
        return False
    if "sent_to" in turn.cues.tells:
        return True  # she fears to be sent there
    if turn.country == turn.destination:
        return False
    if (turn.there and turn.cues.asks) or (turn.maybe and not turn.cues.other):
        return False
    known = state.here or state.country or turn.prefix_country
    told = turn.mine or turn.cues.present or turn.cues.corrects or turn.intent == "inform_location"
    # A number of that country tells where it is from, not that she is there.
    return (known in served or known == turn.country) and not told and state.pending != "country"


def _is_behind_her(turn: Turn, state: State, served: frozenset[str]) -> bool:
    """The jungle between Colombia and Panama, told of with a number of a country north of it: what
    happened there is past, and help is needed where she is now."""
    now = state.here or turn.prefix_country
    urgent = turn.intent in ALARMS or turn.forced or turn.need is not None
    past = turn.jungle and not turn.cues.present and not urgent
    return past and now in served and now != turn.country


def _left(turn: Turn, state: State, served: frozenset[str]) -> str | None:
    """The country that a child leaves, whose law decides, where she says whereto she goes."""
    known = (turn.origin, state.here, state.country, turn.prefix_country)
    return next((each for each in known if each in served and each != turn.destination), None)


def _without(state: State, not_in: tuple[str, ...]) -> State:
    """She says where she is not: nothing of that stays."""
    if state.here in not_in:
        state = state.but(here=None)
    return state.but(country=None, city=None) if state.country in not_in else state


def _may_guess(turn: Turn, state: State, served: frozenset[str]) -> bool:
    """By her number's prefix: not where she denies it, nor while we wait for her to say, nor for
    somebody who was arrested: whom "la migra" takes is abroad."""
    if turn.intent == REFUGE and turn.prefix_country in FLED and not (state.here or state.country):
        return False  # nobody asks for refuge at home: with that number she is rather elsewhere
    if turn.intent == ARRESTED and turn.relative and turn.prefix_country not in ("US", "CA"):
        return False
    return (turn.prefix_country in served and turn.prefix_country not in turn.not_in
            and state.pending != "country")  # fmt: skip


def _is_noise(turn: Turn, state: State) -> bool:
    """Whether the message is too little to tell the language from ("no", "ok", "xyz"); the name of
    a place ("Bella Vista") tells nothing of the one that she wrote before."""
    named = turn.only_place and state.topic is not None
    return named or (turn.intent in _SAYS_LITTLE and turn.words <= NOISE_WORDS)


def _answers_origin(turn: Turn, state: State) -> bool:
    """Whether the country that she names answers "where do you come from?"."""
    asked = state.pending == "origin" and turn.intent in PLACE_ONLY
    said_so = not (turn.origin or turn.cues.present or turn.cues.corrects)
    return asked and turn.country is not None and said_so


def _here(turn: Turn, state: State, served: frozenset[str]) -> str | None:
    """Where she is. A country that she only asks about, goes to, or has somebody in is not it."""
    country, cues = turn.country, turn.cues
    if not country:
        said = turn.city and turn.intent == "inform_location" and not cues.other
        return state.country if said and state.country else state.here
    guess = turn.prefix_country in served and state.here is None
    about = guess and turn.intent in ELSEWHERE and not cues.present
    if cues.other or about or (country == turn.destination and not cues.present):
        prefix = turn.prefix_country if turn.prefix_country in served else None
        before = state.here or state.country or prefix
        return before if before != country else state.here
    if cues.follow == "place" and not cues.present:
        return state.here
    moved = cues.present or cues.corrects or turn.intent == "inform_location"
    return country if moved or not state.here else state.here
