"""Why the gate decides: signs, whole messages, words inside; and what goes before what."""

from __future__ import annotations

import pytest

from bot.safety import gate as module
from bot.safety.gate import Decision, explain, gate


@pytest.mark.parametrize("text", ["🚪", "❌❌", "❌🚪🏃✖", "🏃🏽\u200d♀️", "🏃\u200d♂️"])
def test_a_sign_alone_is_an_exit_in_any_language(text: str) -> None:
    reason = explain(text, style="sms")

    assert reason is not None
    assert reason.decision == Decision("leave", None, "sure")
    assert (reason.group, "🚪" in reason.pattern) == ("signs", True)


@pytest.mark.parametrize("text", ["♀", "🚪🙂", "🙂", "", "   ", "..."])
def test_other_signs_or_none_decide_nothing(text: str) -> None:
    assert gate(text, style="sms") is None


@pytest.mark.parametrize(("text", "certainty", "pattern"), [
    ("salir", "sure", "salir"), ("S-A-L-I-R", "sure", "salir"), ("saluir", "likely", "salir "),
    ("hola salir", "sure", "ola salir "), ("ya. salir. ya", "sure", "ia salir ia "),
    ("salir salir salir salir salir salir", "sure", "salir "),
    ("salir salir salir salir", "sure", "salir "),
])  # fmt: skip
def test_a_whole_message_is_an_exit_however_it_is_written(
    text: str, certainty: str, pattern: str
) -> None:
    reason = explain(text, style="web")

    assert reason is not None
    assert (reason.decision.kind, reason.decision.language) == ("leave", "es")
    assert (reason.decision.certainty, reason.group, reason.pattern) == (
        certainty, "whole", pattern,
    )  # fmt: skip


def test_an_exit_word_among_so_many_others_is_left_to_the_model() -> None:
    eleven = "por favor gracias ya por favor gracias ya por favor gracias"

    assert gate(f"salir {eleven}", style="sms") == Decision("leave", "es", "sure")
    assert gate(f"salir {eleven} ya", style="sms") is None


@pytest.mark.parametrize("text", [
    "quiero morir y me está pegando", "me está pegando y quiero morir",
    "I want to die, me está pegando",
])  # fmt: skip
def test_danger_from_another_goes_before_danger_from_herself(text: str) -> None:
    decision = gate(text, style="sms")

    assert decision is not None
    assert decision.kind == "emergency"


def test_words_of_english_are_answered_in_english() -> None:
    assert gate("he is hitting me", style="sms") == Decision("emergency", "en", "sure")


def test_a_pattern_for_short_messages_does_not_speak_in_a_long_one() -> None:
    assert gate("tiene un cuchillo", style="sms") is not None
    assert gate("tiene un cuchillo y " + "arroz " * 9, style="sms") is None


def test_only_a_slip_within_the_alarm_makes_it_less_sure() -> None:
    near = gate("auxilio me está pegndo", style="sms")
    far = gate("ahorta estoy en la cosina. me está pegando", style="sms")

    assert near is not None
    assert far is not None
    assert (near.certainty, far.certainty) == ("likely", "sure")


def test_the_patterns_are_read_at_the_start_so_that_no_message_waits_for_that() -> None:
    for each in (module._speakers, module._kinds):
        each.cache_clear()

    module.load()

    assert module._speakers.cache_info().currsize == module._kinds.cache_info().currsize == 1
