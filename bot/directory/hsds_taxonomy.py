"""Our three taxonomies and their terms as HSDS has them: service types, features, organisations.

A term's `code` is unique over all of them, so there is one row a term, with English beside it.
"""

from __future__ import annotations

from functools import cache

from bot.directory.hsds_words import Json, Named, service_type_name, with_texts, words
from bot.directory.models import hsds_id


def taxonomy_id(taxonomy: str) -> str:
    """The taxonomy's UUID."""
    return str(hsds_id(f"taxonomy/{taxonomy}"))


def term_id(taxonomy: str, code: str) -> str:
    """The term's UUID."""
    return str(hsds_id(f"taxonomy/{taxonomy}/{code}"))


@cache
def taxonomies() -> tuple[Json, ...]:
    """All taxonomies."""
    return tuple(
        with_texts(
            {"id": taxonomy_id(key), "version": "1"},
            {"name": each.name, "description": each.description},
        )
        for key, each in words().taxonomies.items()
    )


@cache
def taxonomy_terms() -> tuple[Json, ...]:
    """All terms, taxonomy by taxonomy."""
    return tuple(term(taxonomy, code) for taxonomy, codes in _terms().items() for code in codes)


@cache
def term(taxonomy: str, code: str) -> Json:
    """One term; raises KeyError where words.yml does not have it."""
    named = _terms()[taxonomy][code]
    key = {
        "id": term_id(taxonomy, code),
        "code": code,
        "taxonomy": words().taxonomies[taxonomy].name.es,
        "taxonomy_id": taxonomy_id(taxonomy),
        "language": "es",
    }
    return with_texts(key, {"name": named.name, "description": named.description})


def attribute(link_id: str, link_entity: str, taxonomy: str, code: str) -> Json:
    """The record `link_id` has the term."""
    named = term(taxonomy, code)
    record = {
        "id": str(hsds_id(f"{link_id}/attribute/{taxonomy}/{code}")),
        "link_id": link_id,
        "link_entity": link_entity,
        "link_type": taxonomy,
        "value": code,
        "taxonomy_term_id": named["id"],
        "taxonomy_term": named,
    }
    return with_texts(record, {"label": _terms()[taxonomy][code].name})


@cache
def _terms() -> dict[str, dict[str, Named]]:
    known = words()
    types = {
        code: Named(name=service_type_name(code), description=description)
        for code, description in known.service_types.items()
    }
    return {
        "service_type": types,
        "service_feature": known.service_features,
        "organization_kind": known.organization_kinds,
    }
