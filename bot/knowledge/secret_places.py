"""Whether a statement tells where a secret place is.

The directory hides where a refuge for women stands; "hay una casa refugio en La Ceiba", written as
a statement, would tell every woman, and whoever reads her telephone. So one that speaks of refuges,
or of a secret place by its name, names no town, street or point, in neither language. What a town
is, is looked up as the veil over services does (bot/directory/hsds_secret.py).

Not meant: where migrants sleep, and "refugio" in the sense of asylum; both have open doors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.hsds_secret import Veil
from bot.directory.models import Organization, Service, ServiceType
from bot.directory.text import fold
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

# Of folded text. What only refuges for women are called, whatever follows.
_REFUGES = re.compile(
    r"\b(casas? (de )?refugio|casas? seguras?|caimus?|safe houses?|women s (shelters?|refuges?)"
    r"|(domestic|family|gender) violence (shelters?|refuges?))\b"
)
# What may be open, and for migrants, too.
_HOUSES = re.compile(
    r"\b(casas? de acogida|(refugios?|albergues?|hogar(es)?) (para|de) mujeres"
    r"|(refuges?|shelters?) for women)\b(?! (\w+ ){0,3}(migra\w*|refugiadas?|refugees?|trans)\b)"
)
_FOR_VICTIMS = re.compile(
    r"\b(refugios?|albergues?|hogar(es)?|casas?|shelters?|refuges?|homes?|houses?) (\w+ )?"
    r"(para|de|for) ((las?|los|mujeres|ninas|ninos|hijas|hijos|personas|adolescentes|migrantes"
    r"|y|e|o|de|que|sufren|huyen|viven|women|girls|children|people|migrant|and|or|of|who|are|fleeing"
    r"|escaping) )*"
    r"(victimas?|sobrevivientes?|maltratadas?|violentadas?|agredidas?|golpeadas?|violencia"
    r"|victims?|survivors?|battered|abused|violence)\b"
)
# With these a name says what a place is: what stands before is how people call it.
_KINDS = {"domestic", "violence", "outreach", "center", "centre", "shelter", "helpline", "hotline"}
# "La Línea Nacional" begins with no town, though Los Angeles is also called LA.
_ARTICLE = re.compile(r"\b(La|El|Las|Los)\b")
# A town that somebody typed small: "una casa refugio en tapachula".
_SMALL_TOWN = re.compile(r"\b(en|in|at|near|cerca de) ([^\W\d_])")


def names_of(
    name: str, organization: str, organization_kind: str, *, is_line: bool
) -> frozenset[str]:
    """What a statement may call a secret place. A ministry has open offices as well: only the
    service's own name counts there. A telephone line is called, and nobody looks for its door;
    whoever runs it may have houses."""
    names = [] if is_line else [name]
    if organization_kind in ("ngo", "church"):
        names.append(organization)
    found = set()
    for part in (part.strip() for each in names for part in re.split(r"[()/:]", each)):
        if not part[:1].isupper():  # "(casas seguras)" is no name
            continue
        words = _plain(part).split()
        found.add(" ".join(words))
        # "Hope Haven Domestic Violence Outreach Center" is called Hope Haven.
        kinds = (at for at, word in enumerate(words) if word.lower() in _KINDS)
        if (end := next(kinds, 0)) > 1:
            found.add(" ".join(words[:end]))
    return frozenset(found - {""})


def secret_names(session: Session, country: str) -> frozenset[str]:
    """What the secret places are called that a statement of the country may speak of; one of the
    region may speak of all."""
    kind = select(ServiceType.type).where(ServiceType.service_id == Service.id)
    first = kind.order_by(ServiceType.position).limit(1).scalar_subquery()
    wanted = (
        select(Service.name, Organization.name, Organization.kind, first)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.confidential_location)
    )
    if country != REGIONAL:
        wanted = wanted.where(Service.country.in_((country, REGIONAL)))
    return frozenset[str]().union(
        *(names_of(name, owner, owner_kind, is_line=main == "hotline")
          for name, owner, owner_kind, main in session.execute(wanted))
    )  # fmt: skip


def telling(country: str, es: str, en: str, names: Iterable[str]) -> tuple[str, ...]:
    """Of a statement's two languages ("es", "en") those that say where a secret place is. `names`:
    of the secret places (`secret_names`). Of a country that is none of ours: those of the region.
    """
    texts = {"es": es, "en": en}
    if not any(_speaks_of_one(text, names) for text in texts.values()):
        return ()
    countries = (country,) if country in COUNTRY_CODES else COUNTRY_CODES
    veil = Veil(is_secret=True, countries=countries, hidden=())
    return tuple(each for each, text in texts.items() if veil.hides_note(_as_typed_well(text)))


def _speaks_of_one(text: str, names: Iterable[str]) -> bool:
    folded, plain = fold(text), _plain(text)
    kinds = (_REFUGES, _HOUSES, _FOR_VICTIMS)
    return any(each.search(folded) for each in kinds) or any(
        _called(name).search(plain) for name in names
    )


def _as_typed_well(text: str) -> str:
    small = _ARTICLE.sub(lambda found: found[0].lower(), text)
    return _SMALL_TOWN.sub(lambda found: f"{found[1]} {found[2].upper()}", small)


def _plain(text: str) -> str:
    """As `fold`, but with its capitals: "Calidad de Vida" is a house, "calidad de vida" is not."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[A-Za-z0-9]+", plain))


@lru_cache(maxsize=2_000)
def _called(name: str) -> re.Pattern[str]:
    """The name in a text of `_plain`: what is a capital in it is one there."""
    words = (
        f"{word[0]}(?i:{word[1:]})" if word[0].isupper() else f"(?i:{word})"
        for word in name.split()
    )
    return re.compile(rf"\b{' '.join(words)}\b")
