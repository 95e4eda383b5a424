"""Every promise «in one place» is held against the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.registry import DECIDERS
from bot.conversation.state import State
from bot.conversation.wording import all_texts
from bot.paths import DATA, ROOT
from connectors.registry import NAMES, handler

TAXONOMY = yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = {intent: group for group, names in TAXONOMY["intents"].items() for intent in names}
RULES = [
    rule
    for path in sorted((DATA / "stories").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8")).get("rules", [])
]


def test_the_domain_knows_every_intent_of_the_vocabulary_and_no_other() -> None:
    assert set(DOMAIN["intents"]) == {*INTENTS, "nlu_fallback"}


def test_every_intent_leads_to_exactly_one_action() -> None:
    led = [step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step]

    assert sorted(led) == sorted({*INTENTS, "nlu_fallback"})


def test_every_action_of_the_rules_is_in_the_domain_and_decided_by_a_function() -> None:
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}

    assert used == set(DOMAIN["actions"]) - {"action_repair"} | {"action_repair"}
    assert set(DOMAIN["actions"]) == set(DECIDERS)


def test_the_slots_of_the_domain_are_the_fields_of_the_state() -> None:
    assert set(DOMAIN["slots"]) == set(State().as_slots())


def _entities() -> dict[str, list[str]]:
    found = {}
    for entity in DOMAIN["entities"]:
        name, roles = next(iter(entity.items())) if isinstance(entity, dict) else (entity, {})
        found[name] = roles.get("roles", []) if roles else []
    return found


def test_the_entities_of_the_vocabulary_are_in_the_domain_with_their_roles() -> None:
    entities = _entities()

    assert set(TAXONOMY["entities"]) <= set(entities)
    for name in ("country", "city"):
        assert entities[name] == TAXONOMY["entities"][name]["roles"]


@pytest.mark.parametrize("key", sorted(all_texts()))
def test_a_text_has_at_most_sixty_words_in_both_languages(key: str) -> None:
    for language, text in all_texts()[key].items():
        assert len(text.split()) <= 60, f"{key} ({language})"


def test_every_kind_of_service_has_a_name_that_fits_on_a_button() -> None:
    for kind in TAXONOMY["entities"]["service_type"]:
        for text in all_texts()[f"type_{kind}"].values():
            assert len(text) <= 20, f"{kind}: {text}"


def test_no_requirement_file_names_a_package_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "http" not in re.sub(r"\bhttpx?\d?\b|httpcore|httptools|aiohttp\S*", "",
                                    path.read_text(encoding="utf-8")), path.name  # fmt: skip


def test_every_setting_that_the_program_reads_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    vendors = {name.split("_")[0] for each in NAMES for name in handler(each).missing({})}
    read = {
        name
        for folder in ("bot", "connectors", "actions")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(rf'"((?:{"|".join(["COMADRE", *vendors])})_[A-Z_]+)"',
                               path.read_text(encoding="utf-8"))
    }  # fmt: skip
    internal = {"COMADRE_ACTIONS_URL", "COMADRE_TRACKER_URL"}  # between our own processes

    assert {name for name in read - internal if name not in documented} == set()


def _said_twice(node: yaml.Node) -> Iterator[str]:
    """Keys of one mapping that stand there twice: YAML keeps the last and says nothing."""
    children = node.value if isinstance(node, yaml.CollectionNode) else []
    if isinstance(node, yaml.MappingNode):
        keys = [str(key.value) for key, _ in node.value]
        yield from (f"line {node.start_mark.line + 1}: {k}" for k in keys if keys.count(k) > 1)
        children = [value for _, value in node.value]
    for child in children:
        yield from _said_twice(child)


DATA_FILES = sorted((ROOT / "data").rglob("*.yml"))


@pytest.mark.parametrize("path", [p for p in DATA_FILES if "nlu" not in p.parts],
                         ids=lambda p: str(p.relative_to(ROOT)))  # fmt: skip
def test_nothing_in_a_data_file_is_said_twice(path: Path) -> None:
    node = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)

    assert node is None or not sorted(set(_said_twice(node)))
