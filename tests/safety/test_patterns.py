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


def test_a_match_covers_as_much_as_it_can() -> None:
    """How sure an alarm is depends on the words that it covers."""
    for source in ("(pega|pega duro)", "(pega duro|pega)", "peg-a-ando", "pega/n"):
        regex = compile_pattern(source, DIALECT).regex
        longest = {"peg-a-ando": "pegando ", "pega/n": "pegan "}.get(source, "pega duro ")

        match = re.match(regex, longest)
        assert match is not None
        assert match.group() == longest


def test_of_two_spellings_the_one_of_more_words_is_covered() -> None:
    dialect = Dialect(lists={}, spell={"darle": "dar", "darles": "dar les"}.get)  # type: ignore[arg-type]
    match = re.match(compile_pattern("darle/s", dialect).regex, "dar les ")

    assert match is not None
    assert match.group() == "dar les "


def test_every_word_that_a_pattern_can_match_is_known_to_the_speller() -> None:
    pattern = compile_pattern("tiene/n <2> [un] {weapon} (ya|en la mano)", DIALECT)

    assert pattern.words == {
        "tiene", "tienen", "un", "cuchillo", "machete", "ya", "en", "la", "mano",
    }  # fmt: skip


@pytest.mark.parametrize(("pattern", "anchor"), [
    ("(me|nos) pega", {"pega"}), ("[ya] pega", {"pega"}), ("pega [ya]", {"pega"}),
    ("(pega|[ya] mata)", {"pega", "mata"}), ("(pega|[ya])", set()),
    ("{weapon} aqui", {"cuchillo", "machete"}), ("tiene/n", {"tiene", "tienen"}),
    ("<2> <end>", set()),
])  # fmt: skip
def test_what_must_be_there_is_told(pattern: str, anchor: set[str]) -> None:
    assert compile_pattern(pattern, DIALECT).anchor == anchor


def test_a_spelling_of_several_words_is_known_by_one_of_them() -> None:
    dialect = Dialect(lists={}, spell={"amatar": "a matar"}.get)  # type: ignore[arg-type]
    pattern = compile_pattern("amatar", dialect)

    assert re.fullmatch(pattern.regex, "a matar ")
    assert (pattern.words, pattern.anchor) == ({"a", "matar"}, {"matar"})


@pytest.mark.parametrize(("pattern", "literals"), [
    ("salir ya", ("salir ya",)), ("salir [ya]", ()), ("sal-ir-ga", ()), ("sale/n", ()),
    ("{weapon}", ()), ("salir <1>", ()), ("(salir)", ()),
])  # fmt: skip
def test_only_a_pattern_of_plain_words_is_a_phrase(pattern: str, literals: tuple[str, ...]) -> None:
    assert compile_pattern(pattern, DIALECT).literals == literals


@pytest.mark.parametrize(("pattern", "text", "matches"), [
    ("<start> salir", "salir ", True), ("<start> salir", "hola . salir ", True),
    ("<start> salir", "hola salir ", False), ("salir <end>", "salir ", True),
    ("[me] pega", "pega ", True), ("tiene <0> {weapon}", "tiene un machete ", False),
    ("pega <1> ya", "pega . ya ", False),
])  # fmt: skip
def test_sentences_begin_and_end(pattern: str, text: str, matches: bool) -> None:
    regex = re.compile(START + compile_pattern(pattern, DIALECT).regex)

    assert bool(regex.search(text)) is matches


def test_a_gap_of_a_language_without_such_words_skips_any_word() -> None:
    plain = Dialect(lists={}, spell=str.lower)

    assert re.fullmatch(compile_pattern("pega <1> ya", plain).regex, "pega no ya ")
    assert not re.fullmatch(compile_pattern("pega <1> ya", plain).regex, "pega . ya ")


@pytest.mark.parametrize(("pattern", "fault"), [
    ("(me", "leaves a bracket open"), ("[me)", "leaves a bracket open"), ("me)", "closes"),
    ("me }", "means nothing"), ("{none}", "names the list none"), ("", "is empty"), ("()", "empty"),
])  # fmt: skip
def test_each_fault_is_told_in_words(pattern: str, fault: str) -> None:
    with pytest.raises(PatternError, match=fault):
        compile_pattern(pattern, DIALECT)


def test_a_word_that_is_nothing_when_folded_is_refused() -> None:
    with pytest.raises(PatternError, match="without letters"):
        compile_pattern("me h", Dialect(lists={}, spell=lambda word: word.replace("h", "")))


def test_a_list_within_a_list_may_not_come_round_to_itself() -> None:
    dialect = Dialect(lists={"a": "{b}", "b": "{a}", "c": "({d}|x)", "d": "y"}, spell=str.lower)

    with pytest.raises(PatternError, match="inside itself"):
        compile_pattern("{a}", dialect)
    assert compile_pattern("{c} {d}", dialect).words == {"x", "y"}
