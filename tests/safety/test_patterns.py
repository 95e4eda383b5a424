"""The pattern language: what matches, and which mistakes are told to whoever writes patterns."""

from __future__ import annotations

import re

import pytest

from bot.safety.patterns import START, Dialect, PatternError, compile_pattern

DIALECT = Dialect(
    lists={"weapon": "(cuchillo|machete)", "loop": "{loop}"},
    spell=str.lower,
    gap_stops=("no",),
)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("tiene un cuchillo", "el tiene un cuchillo ", True),
        ("tiene un cuchillo", "tiene el cuchillo ", False),
        ("(me|nos) pega", "nos pega ", True),
        ("me pega [ahora|ya]", "me pega ", True),
        ("amarrad-a-o", "amarrado ", True),
        ("amarrad-a-o", "amarrad ", False),
        ("tiene/n", "tienen ", True),
        ("tiene/n", "tiene ", True),
        ("tiene <1> {weapon}", "tiene un machete ", True),
        ("tiene <1> {weapon}", "tiene un gran machete ", False),
        ("tiene <3> {weapon}", "tiene hambre . un machete ", False),
        ("tiene <3> {weapon}", "tiene miedo no un machete ", False),
        ("me mato <end>", "yo me mato . adios ", True),
        ("me mato <end>", "me mato trabajando ", False),
        ("pega", "despega ", False),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, text: str, matches: bool) -> None:
    regex = re.compile(START + compile_pattern(pattern, DIALECT).regex)

    assert bool(regex.search(text)) is matches


@pytest.mark.parametrize(
    "pattern", ["(me|nos", "me)", "[ya", "{unknown}", "{loop}", "<x>", "me } pega", "", "{weapon"]
)
def test_a_pattern_that_cannot_be_read_is_refused_with_its_text(pattern: str) -> None:
    with pytest.raises(PatternError, match=re.escape(f"«{pattern}»") if pattern else "empty"):
        compile_pattern(pattern, DIALECT)


def test_the_anchor_is_a_word_that_every_match_holds() -> None:
    pattern = compile_pattern("me [ya] <2> (cuchillo|machete)", DIALECT)

    assert pattern.anchor == {"cuchillo", "machete"}


def test_what_may_be_missing_is_no_anchor() -> None:
    assert compile_pattern("[cuchillo] <2>", DIALECT).anchor == frozenset()
