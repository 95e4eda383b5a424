"""What is said to her who leaves, erases, stops or comes back; and what of her stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation.wording import has, say
from bot.safety.files import Kind
from connectors.contract import Reply
from connectors.letting_go import (
    FORGETS,
    TAPS,
    asks_for_help,
    back_in,
    let_go,
    with_program,
    with_tip,
)
from connectors.memory import Memory
from connectors.outcome import Message, Outcome

FULL = Memory(
    introduced=True, country="GT", sensitive=True, offered=("/a",), more=("b",), unread=({"c": 1},),
    her_refs=("SM1",), topic="ask_domestic_violence", away=True, child=True,
)  # fmt: skip
ANSWER, SECOND = Reply("Un albergue: 123", language="en"), Reply("Otro: 456", language="en")


def message(text: str = "hola", style: str = "sms", **more: Any) -> Message:
    given = {"kind": "text", "choice": None, "location": None, "idle_s": 1.0,
             "received_at": datetime.now(UTC), **more}  # fmt: skip
    return Message(text=text, style=style, **given)


def outcome(acted_on: str = "ask_shelter", *replies: Reply, **more: Any) -> Outcome:
    memory = Memory(language="en", introduced=True, left_fast=True)
    return Outcome(replies or (ANSWER, SECOND), memory, acted_on, **more)


@pytest.mark.parametrize(("kind", "kept", "line", "acted_on"), [
    ("leave", {"left_fast": True, "country": "GT", "her_refs": ("SM1",), "sensitive": True},
     "left", "quick_exit"),
    ("erase", {}, "erased", "delete_my_data"),
    ("someone_else", {"country": "GT", "her_refs": ("SM1",), "sensitive": True},
     "someone_else", "ask_privacy"),
])  # fmt: skip
def test_who_lets_go_leaves_as_little_behind_as_that_kind_needs(
    kind: Kind, kept: dict[str, Any], line: str, acted_on: str
) -> None:
    done = let_go(kind, "en", FULL, {})

    assert done.memory == Memory(introduced=True, language="en", **kept)
    assert [each.text for each in done.replies] == [say(line, "en")]
    assert [each.language for each in done.replies] == ["en"]
    assert (done.acted_on, done.hush, done.stop) == (acted_on, True, None)
    assert done.erase is (kind == "erase")
    assert done.slots == {"language": "en"}
    assert kind in FORGETS


@pytest.mark.parametrize(("kind", "stop", "line", "acted_on"), [
    ("stop", True, "stopped", "stop_messages"), ("start", False, "started", "greet"),
])  # fmt: skip
def test_the_carriers_words_stop_and_start_and_change_nothing_that_she_asked(
    kind: Kind, stop: bool, line: str, acted_on: str
) -> None:
    done = let_go(kind, "es", FULL, {"country": "GT"})

    assert done.memory == FULL.but(offered=(), more=(), away=False)
    assert (done.stop, done.erase, done.hush) == (stop, False, False)
    assert (done.acted_on, done.replies[0].text) == (acted_on, say(line, "es"))
    assert done.slots == {"country": "GT"}


def test_only_an_exit_takes_the_chats_messages_with_it() -> None:
    kinds: dict[Kind, str] = {"leave": "delete", "erase": "text", "stop": "text",
                              "someone_else": "text"}  # fmt: skip

    assert {kind: let_go(kind, "es", FULL, {}).replies[0].kind for kind in kinds} == kinds


def test_where_a_channel_can_do_more_its_line_says_so() -> None:
    assert has("erased_telegram")
    assert let_go("erase", "es", FULL, {}, "telegram").replies[0].text == say(
        "erased_telegram", "es"
    )
    assert let_go("erase", "es", FULL, {}, "sms").replies[0].text == say("erased", "es")


def test_the_buttons_of_letting_go_are_those_of_its_intents() -> None:
    assert TAPS == {"/quick_exit": "leave", "/delete_my_data": "erase", "/stop_messages": "stop"}


@pytest.mark.parametrize("text", ["HELP", "ayuda", "Info", " ayuda "])
def test_the_carriers_word_for_help_alone_may_be_a_cry(text: str) -> None:
    assert asks_for_help(message(text))
    assert asks_for_help(message(text, kind="edited"))
    assert not asks_for_help(message(text, kind="choice"))
    assert not asks_for_help(message(f"{text} con papeles"))


def test_help_by_sms_is_answered_with_whose_messages_these_are() -> None:
    answered = with_program(outcome(), message("HELP"))

    assert answered.replies == (Reply(say("sms_help", "en"), language="en"), ANSWER, SECOND)


@pytest.mark.parametrize("acted_on", [
    "report_immediate_danger", "express_suicidal_distress", "nlu_fallback",
])  # fmt: skip
def test_where_a_number_answers_the_cry_it_stays_the_first_line(acted_on: str) -> None:
    answered = with_program(outcome(acted_on), message("HELP"))

    first = replace(ANSWER, text=f"{ANSWER.text}\n\n{say('sms_help', 'en')}")
    assert answered.replies == (first, SECOND)


@pytest.mark.parametrize(("said", "replies"), [
    (message("HELP", "whatsapp"), (ANSWER,)), (message("hola"), (ANSWER,)), (message("HELP"), ()),
])  # fmt: skip
def test_elsewhere_nothing_is_said_of_carriers(said: Message, replies: tuple[Reply, ...]) -> None:
    before = replace(outcome(), replies=replies)

    assert with_program(before, said) == before


def test_who_had_said_stop_and_asks_again_is_answered_and_told_once_how_to_stop() -> None:
    answered = back_in(outcome(), message("busco un albergue"))

    note = Reply(say("stopped_before", "en"), language="en")
    assert answered.replies == (note, ANSWER, SECOND)
    assert answered.stop is False


@pytest.mark.parametrize("acted_on", [
    "thank", "goodbye", "affirm", "deny", "out_of_scope", "nlu_fallback", "ask_privacy",
    "unavailable", "error",
])  # fmt: skip
def test_a_bare_thanks_or_yes_after_stop_opens_nothing_but_a_cry_does(acted_on: str) -> None:
    assert back_in(outcome(acted_on), message("ok ya")).stop is None
    assert back_in(outcome(acted_on), message("ayuda")).stop is False


def test_three_words_that_nobody_understood_are_a_question_and_two_are_not() -> None:
    assert back_in(outcome("nlu_fallback"), message("xq zw yv")).stop is False
    assert back_in(outcome("nlu_fallback"), message("xq zw")).stop is None
    assert back_in(outcome("thank"), message("muchas gracias a todas")).stop is None


@pytest.mark.parametrize("acted_on", [
    "report_immediate_danger", "express_suicidal_distress", "quick_exit", "delete_my_data",
])  # fmt: skip
def test_in_danger_and_on_leaving_nothing_stands_before_the_answer(acted_on: str) -> None:
    before = outcome(acted_on)

    assert back_in(before, message("me va a matar")) == before
    assert with_tip(before, message("me va a matar")) == before


def test_who_says_stop_anew_is_not_brought_back_in() -> None:
    before = outcome("stop_messages", stop=True)

    assert back_in(before, message("no me escriban más por favor")) == before
    assert back_in(replace(outcome(), replies=()), message("hola a todas")).replies == ()


@pytest.mark.parametrize("style", ["sms", "whatsapp"])
def test_after_an_exit_she_is_told_once_how_to_clear_what_we_cannot(style: str) -> None:
    told = with_tip(outcome(), message(style=style))

    tip = Reply(say(f"tidy_{style}", "en"), language="en")
    assert told.replies == (tip, ANSWER, SECOND)
    assert not told.memory.left_fast


def test_where_both_sides_are_gone_there_is_no_tip_and_it_is_not_asked_again() -> None:
    told = with_tip(outcome(), message(style="telegram"))

    assert told.replies == (ANSWER, SECOND)
    assert not told.memory.left_fast


@pytest.mark.parametrize("acted_on", [
    "greet", "stop_messages", "ask_menu", "bot_challenge", "ask_human", "ask_repeat_or_more",
    "change_language", "thank", "ask_privacy", "error",
])  # fmt: skip
def test_whoever_has_asked_nothing_of_hers_is_told_nothing_of_an_exit(acted_on: str) -> None:
    before = outcome(acted_on)

    assert with_tip(before, message()) == before
    assert with_tip(replace(before, acted_on="ask_shelter", replies=()), message()).replies == ()
