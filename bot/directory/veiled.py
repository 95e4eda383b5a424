"""A service's own words as they may be told: of a secret place nothing that says where it is.

What is told in a conversation, what is searched and what is exported all pass here, so that none of
them can betray what another hides.
"""

from __future__ import annotations

from bot.directory.hsds_secret import Veil, state_of
from bot.directory.hsds_words import name_of_country, service_type_name, words
from bot.directory.models import Service
from bot.knowledge.bilingual import Bilingual

NOTHING = Bilingual("", "")


def told_name(service: Service, veil: Veil) -> Bilingual:
    """Its own name; where that names the town, what it is and the state."""
    if not veil.hides(service.name):
        return Bilingual(service.name, service.name)
    kind = service_type_name(service.types[0].type if service.types else "hotline")
    states = [state_of(place, is_secret=True) for place in service.locations]
    where = next((each for each in states if each), None)
    country = name_of_country(service.country)
    form = words().phrases["no_town_told"]
    return Bilingual(
        form.es.format(kind=kind.es, where=where or country.es),
        form.en.format(kind=kind.en, where=where or country.en),
    )


def searched_text(service: Service, veil: Veil) -> str:
    """The words by which a service may be found."""
    texts = (
        told_name(service, veil).es,
        veil.one(service.organization.name),
        *(veil.both(service.description_es, service.description_en) or NOTHING),
        (veil.both(service.for_whom_es, service.for_whom_en) or NOTHING).es,
    )
    return " ".join(each for each in texts if each)
