"""A service or a number as lines that she reads."""

from __future__ import annotations

from bot.directory.found import FoundService
from bot.knowledge.answer import EmergencyNumber


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
    return ", ".join(dict.fromkeys([service.names.get(language), *reach]))


def described(service: FoundService, language: str) -> str:
    """A few short lines: name, how to reach it, where, when, how fresh."""
    where = ", ".join(filter(None, (service.address, service.town)))
    reach = contact(service) or service.url or service.email or ""
    when = service.hours.get(language) if service.hours else ""
    lines = [service.names.get(language), reach, where, when, service.freshness.get(language)]
    return "\n".join(filter(None, lines))


def contact(service: FoundService) -> str:
    """Its phones, and its WhatsApp."""
    whatsapp = f"WhatsApp {service.whatsapp}" if service.whatsapp else ""
    return ", ".join(filter(None, (*service.phone_displays[:2], whatsapp)))
