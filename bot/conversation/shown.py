"""A service or a number as lines that she reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.directory.found import FoundService
from bot.knowledge.answer import EmergencyNumber

_noted: ContextVar[dict[str, str] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[dict[str, str]]:
    """Which services were made into lines inside, each with its name; not all of them are said."""
    found: dict[str, str] = {}
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def named(service: FoundService, language: str) -> str:
    """Its name, noted as made into a line."""
    name = service.names.get(language)
    if (noted := _noted.get()) is not None:
        noted[service.id] = name
    return name


def number_line(line: EmergencyNumber) -> str:
    """The number, bare and first: what a notification shows must give nothing away."""
    return f"{line.display} ({line.hours})." if line.hours else f"{line.display}."


def one_line(service: FoundService, language: str) -> str:
    """Name and the best way to reach it, in one line."""
    reach = list(service.phone_displays[:1])
    if service.whatsapp:
        reach.append(f"WhatsApp {service.whatsapp}")
    if not reach and service.address:
        reach.append(", ".join(filter(None, (service.address, service.town))))
    if not reach and service.url:
        reach.append(service.url)
    return ", ".join(dict.fromkeys([named(service, language), *reach]))


def described(service: FoundService, language: str, far: str = "") -> str:
    """A few short lines: name, how to reach it, where and how `far`, when, how fresh."""
    where = ", ".join(filter(None, (service.address, service.town, far)))
    reach = contact(service) or service.url or service.email or ""
    when = service.hours.get(language) if service.hours else ""
    lines = [named(service, language), reach, where, when, service.freshness.get(language)]
    return "\n".join(filter(None, lines))


def contact(service: FoundService) -> str:
    """Its phones, and its WhatsApp."""
    whatsapp = f"WhatsApp {service.whatsapp}" if service.whatsapp else ""
    return ", ".join(filter(None, (*service.phone_displays[:2], whatsapp)))
