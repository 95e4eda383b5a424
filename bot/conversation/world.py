"""All that the deciders may ask: knowledge, directory, names. The database stays behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation import her_no
from bot.conversation.afraid import fears_migration
from bot.conversation.another import for_helpers
from bot.conversation.bodies import called
from bot.conversation.first_told import of_the_dead, speaks_of_the_dead
from bot.conversation.listeners import PEOPLE_TYPES, who_listens
from bot.conversation.naming import Naming
from bot.conversation.near import fits, is_near, not_far
from bot.conversation.opening import is_open
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.directory.clocks import zones_at
from bot.directory.consulates import MANY, Consulates, consulates_of
from bot.directory.found import (
    FoundService,
    best_to_name,
    is_for_own_abroad,
    is_reachable,
)
from bot.directory.here import distance_to, where_she_is
from bot.directory.models import Location, Schedule
from bot.directory.reports import Rule
from bot.directory.search import find_service, find_services
from bot.knowledge import part
from bot.knowledge.answer import LAST, Answer, answer, may_be_told
from bot.knowledge.by_meaning import plainly
from bot.knowledge.citing import Citation, cite
from bot.knowledge.kept_for import belongs_to, is_for
from bot.knowledge.library import Library
from bot.knowledge.models import Statement
from bot.knowledge.next_step import (
    EmergencyNumber,
    Question,
    emergency_number,
    next_step,
    who_may_know,
)
from bot.knowledge.offers import code_of
from bot.knowledge.ranking import Signs
from bot.knowledge.same_there import same_there
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.speaking import Speaker, speaking
from bot.knowledge.topics import topics
from bot.safety.numbers import first_number


def signs_of(turn: Turn, settled: str, told: Mapping[str, str]) -> Signs:
    """What orders the statements that may answer the turn, on the topic `settled`; `told`: what
    she was told before, each with its topic."""
    return Signs(
        settled,
        dict(turn.ranking) or {settled: 1.0},
        turn.before,
        turn.stays or 0.0,
        turn.cues.asks,
        turn.words,
        frozenset(told.values()),
        frozenset(told),
    )


@dataclass(frozen=True)
class World(Naming):
    """Read-only view of what the project knows."""

    engine: Engine
    rule: Rule = field(default_factory=Rule)  # how many reports hide a number
    keeps_unanswered: bool = False  # for thirty days, and says so

    def served_country(self, state: State) -> str | None:
        """Where she is, if we have that country: emergencies are answered for it."""
        country = state.here or state.country
        return country if country in self.served else None

    def at_home(self, state: State) -> State:
        """`state` for what must be near her, when she last asked about another country."""
        if state.here is None or state.here == state.country:
            return state
        return state.but(country=state.here, city=None)

    def answer(self, intent: str, state: State, turn: Turn) -> Answer:
        """The statements on `intent` that she was not told yet."""
        tells = not (turn.cues.asks or turn.asked.aspects or turn.hint)
        asked = replace(turn.asked, tells=tells)
        with self._library() as library:
            told = self._topics_told(library, state)
            library = part.for_a_child(library) if turn.of_child else library
            library = part.on(intent, library) if turn.stays_on else library
            # What speaks to a helper is never told to who is hurt: for_another.py alone tells it.
            library = part.without("helpers", for_helpers(), library)
            if her_no.FORCED in turn.noes and intent != her_no.RAPE:
                library = part.of(library, "not_forced", her_no.is_of_rape)
            if intent == her_no.HEALTH_CARE and not her_no.speaks_of_rape(turn):
                library = part.of(library, "not_of_rape", her_no.names_rape)
            if intent == her_no.HEALTH_CARE and "coughs" not in turn.cues.tells:
                library = part.of(library, "no_cough", her_no.speaks_of_coughing)
            if not turn.noes.isdisjoint({her_no.POLICE, her_no.STATE}):
                library = part.of(library, "no_report", her_no.reports)
            if not her_no.has_no_papers(turn):
                library = part.without("papers", her_no.for_no_papers(), library)
            if not speaks_of_the_dead(turn):
                library = part.without("dead", of_the_dead(), library)
            if turn.tells_of_blows and intent != "ask_sexual_violence":
                library = part.not_of_sex(library)
            found = answer(
                library, intent, state.country or REGIONAL, state.language, turn.today,
                state.phase, state.city, without=state.told, asked=asked, style=turn.style,
                origin=state.origin, signs=signs_of(turn, intent, told),
                tapped=turn.group if turn.tapped else None,
            )  # fmt: skip
        afraid = topics()[found.intent].note_if_afraid
        # By SMS any other would cost a part more.
        noted = fears_migration(turn, state) if afraid else turn.style != "sms"
        return found if noted else replace(found, note=None)

    def plainly(self, turn: Turn, state: State) -> str | None:
        """The topic of what answers plainly, for a message that the model made nothing of."""
        question = Question(
            state.topic or "", self._place(state), state.language, turn.today,
            without=frozenset(state.told), asked=turn.asked, origin=state.origin,
            last=state.told[-LAST:], chosen=False,
        )  # fmt: skip
        with self._library() as library:
            told = self._topics_told(library, state)
            signs = signs_of(turn, state.topic or turn.intent, told)
            return plainly(library, replace(question, signs=signs))

    def _topics_told(self, library: Library, state: State) -> dict[str, str]:
        """By id: the topic of what she was told, where she is or asks about, or of the region."""
        there = {self._place(state), state.here or REGIONAL, REGIONAL}
        return {each.id: each.intent for each in library.statements(state.told, there)}

    def told_here(self, intent: str, state: State) -> bool:
        """Whether she was told anything on `intent` for the country that she asks about."""
        with self._library() as library:
            known = library.of(self._place(state)).by_topic.get(intent, ())
            return any(each.id in state.told for each in known)

    def same_there(self, intent: str, ids: Sequence[str], state: State, today: date) -> str | None:
        """The code of what answers where she asks about now what these told of elsewhere."""
        with self._library() as library:
            told = library.statements(ids, {*COUNTRY_CODES, REGIONAL})
            found = same_there(library, told, intent, self._place(state), today)
        return code_of(found.id) if found is not None else None

    def services(
        self,
        kind: str,
        state: State,
        today: date,
        without: Collection[str] = (),
        most: int | None = 3,
        *,
        far: bool = False,
    ) -> list[FoundService]:
        """Services of one kind where she is, but for some, those that she can reach first.

        What is hours away comes only when she asks for others, or for what is `far` too.
        """
        with self._library() as library:
            found = find_services(library, state.country or REGIONAL, (kind,), state.city,
                                  limit=200, today=today)  # fmt: skip
            topic = topics().get(state.topic or "")
            if topic is not None and kind in topic.service_types:
                near = any(is_near(state.city, each) for each in found[:3])
                if not near:  # all equally far: those for the topic first
                    found.sort(key=lambda each: not fits(each, topic))
        wanted = [
            each
            for each in found
            if not is_for_own_abroad(each) or (kind == "consulate" and not each.is_regional)
        ]
        wanted = [each for each in wanted if belongs_to(each, kind, state.topic)]
        if not (without or far):
            wanted = not_far(state.city, wanted)
        wanted.sort(key=lambda each: not (is_reachable(each) or is_near(state.city, each)))
        return [each for each in wanted if each.id not in without][:most]

    def people(self, state: State, today: date) -> list[FoundService]:
        """Who answers a phone where she is: for what she spoke of, who listens to anybody, and
        who is in her town."""
        danger = self.emergency_line("danger", state)
        with self._library() as library:
            return who_listens(library, self._place(state), state, today, danger)

    def own_line(self, state: State) -> str:
        """The number of the card that belongs to what she spoke of, e.g. the line for children;
        after violence, whatever she asked since, the line for that."""
        topic = topics().get(state.topic or "")
        kind = topic.emergency if topic is not None else None
        kind = kind or ("violence" if state.sensitive else None)
        return f"{self.emergency_line(kind, state)}." if kind not in (None, "danger") else ""

    def helper(self, intent: str, state: State, today: date) -> FoundService | None:
        """One service that may help with `intent`, with a phone if possible."""
        topic = topics().get(intent)
        place = self._place(state)
        with self._library() as library:
            if topic is not None and topic.service_types:
                question = Question(intent, place, state.language, today, state.phase,
                                    state.city, origin=state.origin)  # fmt: skip
                return next_step(library, question, topic, None)
            found = find_services(library, place, PEOPLE_TYPES, state.city, limit=30, today=today)
        return best_to_name([each for each in found
                             if is_for(each, intent) and not is_for_own_abroad(each)])  # fmt: skip

    def service(self, service_id: str, today: date) -> FoundService | None:
        """One service by its id."""
        with self._library() as library:
            return find_service(library, service_id, today)

    def called(self, names: Sequence[str], state: State, today: date) -> list[FoundService]:
        """Services where she is that one of these names means: in her town, then those with a
        telephone, then those for her topic first."""
        with self._library() as library:
            every = find_services(library, state.country or REGIONAL, (), state.city, limit=MANY,
                                  today=today)  # fmt: skip
        kinds = set(self.service_types(state.topic or ""))
        found = called(names, [each for each in every if not is_for_own_abroad(each)])
        return sorted(found, key=lambda each: (each.country == REGIONAL,
                                               not is_near(state.city, each),
                                               not is_reachable(each),
                                               kinds.isdisjoint(each.service_types)))  # fmt: skip

    def consulates(self, state: State, today: date) -> Consulates:
        """Her country's consulates where she is, its own consular lines, and those next door."""
        with self._library() as library:
            return consulates_of(library, state.origin or "", self._place(state), state.city, today)

    def who_knows(self, intent: str, state: State, today: date) -> FoundService | None:
        """A body of the country where she is that may know, else the region's own page."""
        here = Question(intent, self._place(state), state.language, today)
        region = replace(here, intent="ask_rights_overview", country=REGIONAL)
        with self._library() as library:
            return who_may_know(library, here) or who_may_know(library, region)

    def speakers(self, code: str, state: State, today: date, *, fears: bool) -> Speaker | None:
        """Who answers a phone in another language where she is; no consulate for her who `fears`
        her government."""
        place = self.served_country(state) or REGIONAL
        with self._library() as library:
            return speaking(library, code, place, state.city, today, origin=state.origin,
                            is_hers=not fears)  # fmt: skip

    def told(
        self, state: State, today: date, most: int, shown: int = 1
    ) -> tuple[list[Statement], Citation]:
        """The first `shown` of the last that she was told on her topic, if they still hold."""
        last = state.told[-most:]
        with self._library() as library:
            rows = library.statements(last, {self._place(state), state.origin or "", REGIONAL})
            first = sorted((row for row in rows
                            if row.intent == state.topic and may_be_told(row, today)),
                           key=lambda row: last.index(row.id))[:shown]  # fmt: skip
            return first, cite(library, first, today)

    def first_of(
        self, ids: Sequence[str], state: State, today: date
    ) -> tuple[list[Statement], Citation]:
        """Of these statements the first that may be told where she is, else in the region."""
        with self._library() as library:
            rows = library.statements(ids, {self._place(state), REGIONAL})
            told_now = [row for row in rows if may_be_told(row, today)]
            known = sorted(told_now, key=lambda row: (row.country == REGIONAL, ids.index(row.id)))
            return known[:1], cite(library, known[:1], today)

    def these(
        self, ids: Sequence[str], state: State, today: date
    ) -> tuple[list[Statement], Citation]:
        """Of these statements all that may be told where she is, in this order."""
        with self._library() as library:
            rows = library.statements(ids, {self._place(state), REGIONAL})
            known = sorted((row for row in rows if may_be_told(row, today)),
                           key=lambda row: ids.index(row.id))  # fmt: skip
            return known, cite(library, known, today)

    def how_far(self, service: FoundService, state: State, today: date) -> str:
        """The kilometres from her town, where both points are known and the place is not secret."""
        if service.confidential_location or not state.city:
            return ""
        with self._library() as library:
            row = library.service(service.id)
            here = where_she_is(state.country or REGIONAL, state.city)
            km = distance_to(row, here) if row is not None else None
        return "" if km is None else say("km_away", state.language, km=str(max(1, round(km))))

    def is_open(self, service: FoundService, now: datetime | None) -> bool | None:
        """Whether somebody answers there now; None where that is not known."""
        if now is None or service.country not in self.served:
            return None
        with Session(self.engine) as session:
            schedules = session.scalars(
                select(Schedule).where(Schedule.service_id == service.id)).all()  # fmt: skip
            place = session.scalar(
                select(Location).where(Location.service_id == service.id)
                .order_by(Location.position).limit(1)
            )  # fmt: skip
        zones = (
            zones_at(place.country, place.state_province, place.city)
            if place
            else zones_at(service.country, None, None)
        )
        hours = [(each.byday, each.opens_at, each.closes_at) for each in schedules]
        return is_open(hours, zones, now)

    @contextmanager
    def _library(self) -> Iterator[Library]:
        with self.engine.connect() as connection:
            yield Library(connection)

    def _place(self, state: State) -> str:
        return state.country if state.country in self.served else REGIONAL

    def main_kind(self, state: State) -> str | None:
        """The kind of place that helps first with what was spoken of."""
        return next(iter(self.service_types(state.topic or "")), None)

    def safe_topic(self, state: State) -> list[str]:
        """The number before anything on violence: it is what a notification shows."""
        if state.topic and self.is_sensitive(state.topic):
            return [self.emergency_line("violence", state) + "."]
        return []

    def emergency(self, intent: str, state: State) -> EmergencyNumber | None:
        """The number that belongs to a topic, of where she is."""
        return emergency_number(topics()[intent], self.served_country(state) or REGIONAL,
                                state.language)  # fmt: skip

    def emergency_line(self, kind: str, state: State) -> str:
        """The first number of a card, with its hours, as it is dialled."""
        return first_number(kind, self.served_country(state))
