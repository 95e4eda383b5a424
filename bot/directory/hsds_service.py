"""One service and one organisation as HSDS has them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.directory.hsds_places import (
    is_always_open,
    part_id,
    phones,
    schedules,
    service_areas,
    service_at_locations,
)
from bot.directory.hsds_secret import Veil, veil_of
from bot.directory.hsds_taxonomy import attribute
from bot.directory.hsds_words import (
    Json,
    name_of_country,
    present,
    with_texts,
    words,
)
from bot.directory.models import Organization, Service, hsds_id
from bot.directory.veiled import told_name
from bot.directory.words import cost_in_words, freshness
from bot.knowledge.bilingual import Bilingual

ONE_TO_ONE = (
    "id", "organization_id", "name", "description", "url", "email", "status",
    "interpretation_services", "fees_description", "eligibility_description", "assured_date",
    "alert", "last_modified", "source_date", "translations", "organization",
)  # fmt: skip


def full_service(service: Service, changed_at: datetime | None) -> Json:
    """The service with everything nested. `changed_at`: when it last changed, if known."""
    veil = veil_of(service)
    record = {
        **_basics(service, veil, changed_at),
        "phones": phones(service, veil),
        "schedules": schedules(service, veil),
        "service_areas": service_areas(service),
        "service_at_locations": service_at_locations(service),
        "languages": _languages(service),
        "cost_options": _cost_options(service, veil),
        "attributes": _attributes(service),
    }
    return present(record)


def basic_service(full: Json) -> Json:
    """Of a full service the fields that lists carry."""
    return {name: full[name] for name in ONE_TO_ONE if name in full}


def basic_organization(organization: Organization) -> Json:
    """The organisation; its kind and country make its description."""
    kind = words().organization_kinds[organization.kind].name
    country = name_of_country(organization.country)
    return with_texts(
        {"id": str(hsds_id(organization.id)), "name": organization.name},
        {"description": Bilingual(f"{kind.es}: {country.es}", f"{kind.en}: {country.en}")},
    )


def full_organization(organization: Organization, services: list[Json]) -> Json:
    """The organisation with its kind and the given services."""
    basics = basic_organization(organization)
    kind = organization_attribute(organization)
    return {**basics, "attributes": [kind], "services": services}


def organization_attribute(organization: Organization) -> Json:
    """Its kind, as a term of our taxonomy."""
    link = str(hsds_id(organization.id))
    return attribute(link, "organization", "organization_kind", organization.kind)


def is_linked(service: Service) -> bool:
    """Whether it may be told who runs the service: not where that name gives a place away."""
    return not veil_of(service).hides(service.organization.name)


def moment(when: datetime) -> str:
    """With milliseconds, in UTC, as HSDS wants it."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _basics(service: Service, veil: Veil, changed_at: datetime | None) -> Json:
    owner = basic_organization(service.organization) if is_linked(service) else {}
    record = {
        "id": str(hsds_id(service.id)),
        "organization_id": owner.get("id"),
        "country": service.country,
        "url": veil.link(service.url),
        "email": veil.link(service.email),
        "status": service.status,
        # Only a person's confirmation counts as a check; the source's own date is told beside it.
        "assured_date": service.verified_at.date().isoformat() if service.verified_at else None,
        "source_date": service.as_of,
        "last_modified": moment(changed_at) if changed_at else None,
        "organization": owner,
    }
    alert = _alert(service, veil)
    texts = {
        "name": told_name(service, veil),
        "description": veil.both(service.description_es, service.description_en),
        "eligibility_description": veil.both(service.for_whom_es, service.for_whom_en),
        "fees_description": _fees(service, veil),
        "interpretation_services": words().phrases["interpreters"]
        if service.interpreters
        else None,
        "alert": alert,
    }
    return with_texts(record, texts)


def _alert(service: Service, veil: Veil) -> Bilingual | None:
    """What an editor warns of, else that the data is not confirmed."""
    if warned := veil.one(service.alert):
        return Bilingual(warned, warned)
    if service.hidden:
        return freshness(None, None, date.max, is_doubted=True)
    if service.call_first and service.verified_at is None:
        return freshness(None, None, date.max, call_first=True)  # the words hold on any day
    return None


def _fees(service: Service, veil: Veil) -> Bilingual | None:
    note = veil.both(service.cost_note_es, service.cost_note_en)
    return cost_in_words(service.cost, note)


def _cost_options(service: Service, veil: Veil) -> list[Json]:
    """One option, with an amount only where it is nothing."""
    fees = _fees(service, veil)
    if service.cost == "unknown" or fees is None:
        return []
    record = {
        "id": part_id(service, "cost_option"),
        "service_id": str(hsds_id(service.id)),
        "option": service.cost,
        "amount": 0 if service.cost == "free" else None,
    }
    return [with_texts(record, {"amount_description": fees})]


def _languages(service: Service) -> list[Json]:
    return [
        with_texts(
            {"id": part_id(service, f"language/{code}"), "code": code},
            {"name": words().languages.get(code)},
        )
        for code in service.languages.split()
    ]


def _attributes(service: Service) -> list[Json]:
    features = {
        "confidential_location": service.confidential_location,
        "confidential_service": service.confidential_service,
        "always_open": is_always_open(service),
        "interpreters": service.interpreters,
        "call_first": service.call_first and service.verified_at is None,
    }
    terms = [("service_type", each.type) for each in service.types]
    terms += [("service_feature", name) for name, has in features.items() if has]
    link = str(hsds_id(service.id))
    return [attribute(link, "service", taxonomy, code) for taxonomy, code in terms]
