"""All that the deciders may ask: knowledge, directory, names. The database stays behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.directory.countries import country_name
from bot.directory.found import FoundService
from bot.directory.reports import report_service
from bot.directory.search import find_services
from bot.knowledge.answer import Answer, EmergencyNumber, answer
from bot.knowledge.content import country_record
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.knowledge.topics import topics
from bot.safety.numbers import first_number

ANSWERED_GROUPS = ("violence", "rights", "family", "work")
SENSITIVE_GROUPS = ("violence", "safety")
PEOPLE_TYPES = ("hotline", "legal")


@dataclass(frozen=True)
class World:
    """Read-only view of what the project knows."""

    engine: Engine

    served = frozenset(COUNTRY_CODES)

    def served_country(self, state: State) -> str | None:
        """Where she is, if we have that country."""
        return state.country if state.country in self.served else None

    def answer(self, intent: str, state: State, turn: Turn) -> Answer:
        """The statements on `intent` that she was not told yet."""
        with Session(self.engine) as session:
            return answer(
                session, intent, state.country or REGIONAL, state.language, turn.today,
                state.phase, state.city, without=state.told,
            )  # fmt: skip

    def services(self, kind: str, state: State, today: date, skip: int = 0) -> list[FoundService]:
        """Up to three services of one kind where she is."""
        with Session(self.engine) as session:
            return find_services(session, state.country or REGIONAL, (kind,), state.city,
                                 limit=3, skip=skip, today=today)  # fmt: skip

    def people(self, state: State, today: date) -> list[FoundService]:
        """Who answers a phone where she is."""
        with Session(self.engine) as session:
            found = find_services(session, state.country or REGIONAL, PEOPLE_TYPES, state.city,
                                  limit=12, today=today)  # fmt: skip
        return [service for service in found if service.phones or service.whatsapp][:3]

    def helper(self, intent: str, state: State, today: date) -> FoundService | None:
        """One service that may help with `intent`, with a phone if possible."""
        types = self.service_types(intent) or PEOPLE_TYPES
        with Session(self.engine) as session:
            found = find_services(session, state.country or REGIONAL, types, state.city, limit=8,
                                  today=today)  # fmt: skip
        return next((s for s in found if s.phones), found[0] if found else None)

    def report(self, service_id: str, today: date) -> str | None:
        """Note that she found a service wrong; its name."""
        return report_service(self.engine, service_id, today)

    def name(self, code: str, language: str) -> str:
        """A served country's name."""
        return country_record(code).name.get(language)

    def any_name(self, code: str, language: str) -> str:
        """Any country's name."""
        if code in self.served:
            return self.name(code, language)
        return country_name(code, language) or say("elsewhere", language)

    def names(self, language: str) -> dict[str, str]:
        """The served countries' names by code."""
        return {code: self.name(code, language) for code in COUNTRY_CODES}

    def topic_name(self, intent: str, language: str) -> str:
        """The topic in plain words, with a capital, as a choice."""
        name = topics()[intent].name.get(language)
        return name[:1].upper() + name[1:]

    def topics_of(self, group: str) -> list[str]:
        """The topics of a group, in the order of data/topics.yml."""
        return [intent for intent, topic in topics().items() if topic.group == group]

    def is_topic(self, intent: str) -> bool:
        """Whether there are statements on it to be told."""
        topic = topics().get(intent)
        return topic is not None and topic.group in ANSWERED_GROUPS

    def is_sensitive(self, intent: str) -> bool:
        """Whether everything must be forgotten sooner after it."""
        topic = topics().get(intent)
        return topic is not None and topic.group in SENSITIVE_GROUPS

    def service_types(self, intent: str) -> tuple[str, ...]:
        """The kinds of service that help with it, the main one first."""
        topic = topics().get(intent)
        return tuple(topic.service_types) if topic else ()

    def emergency_line(self, kind: str, state: State) -> str:
        """The first number of a card, with its hours, as it is dialled."""
        return first_number(kind, self.served_country(state))


def number_line(line: EmergencyNumber) -> str:
    """The number, bare and first: what a notification shows must give nothing away."""
    return f"{line.display} ({line.hours})." if line.hours else f"{line.display}."


def one_line(service: FoundService, language: str) -> str:
    """Name and the best way to reach it, in one line."""
    reach = list(service.phone_displays[:1])
    if service.whatsapp:
        reach.append(f"WhatsApp {service.whatsapp}")
    if not reach and service.url:
        reach.append(service.url)
    return ", ".join([service.name, *reach])


def described(service: FoundService, language: str) -> str:
    """A few short lines: name, how to reach it, where, when, how fresh."""
    where = ", ".join(filter(None, (service.address, service.town)))
    contact = ", ".join(service.phone_displays[:2])
    if service.whatsapp:
        contact = ", ".join(filter(None, (contact, f"WhatsApp {service.whatsapp}")))
    if not contact:
        contact = service.url or service.email or ""
    when = service.hours.get(language) if service.hours else ""
    lines = [service.name, contact, where, when, service.freshness.get(language)]
    return "\n".join(filter(None, lines))
