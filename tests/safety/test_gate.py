"""What the gate decides, row by row: cases.yml reads as its specification."""

from __future__ import annotations

import pytest

from bot.safety.gate import Decision, explain, gate
from tests.safety.table import Case, cases

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.why}: {case.text[:60]}")
def test_each_message_of_the_table_is_decided_as_it_says(case: Case) -> None:
    decision = gate(case.text, style="sms")

    assert (decision.kind if decision else None) == case.kind
    assert (decision.language if decision else None) == case.language


def test_the_table_is_long_and_a_third_of_it_must_not_fire() -> None:
    silent = [case for case in CASES if case.kind is None]

    assert len(CASES) >= 300
    assert len(silent) >= len(CASES) / 3


def test_an_emergency_told_as_written_is_sure_and_a_misspelt_one_likely() -> None:
    assert gate("me está pegando", style="sms") == Decision("emergency", "es", "sure")
    assert gate("me esta pegndo", style="sms") == Decision("emergency", "es", "likely")


def test_start_on_telegram_is_its_greeting_and_not_a_wish_to_be_written_to() -> None:
    assert gate("/start", style="telegram") is None
    assert gate("START", style="sms") == Decision("start", "en", "sure")


@pytest.mark.parametrize("style", ["sms", "whatsapp", "telegram", "web"])
def test_the_exit_word_works_on_every_channel(style: str) -> None:
    decision = gate("SALIR", style=style)

    assert decision is not None
    assert decision.kind == "leave"


def test_danger_told_together_with_an_exit_word_is_danger() -> None:
    decision = gate("salir ya, viene con un machete", style="whatsapp")

    assert decision is not None
    assert decision.kind == "emergency"


def test_danger_at_the_end_of_a_very_long_message_is_still_read() -> None:
    long_story = "vine de Honduras con mis hijos y quiero saber de los papeles. " * 100

    decision = gate(long_story + "ayuda, me está ahorcando", style="whatsapp")

    assert decision is not None
    assert decision.kind == "emergency"


def test_a_denial_silences_its_own_sentence_only() -> None:
    assert gate("no me está pegando", style="sms") is None
    decision = gate("antes no me pegaba. ahora me está pegando", style="sms")
    assert decision is not None
    assert decision.kind == "emergency"


def test_whoever_mends_the_patterns_can_see_which_one_fired() -> None:
    reason = explain("tiene un cuchillo", style="sms")

    assert reason is not None
    assert reason.group == "weapon, and little else"
