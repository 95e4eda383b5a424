"""What is said to her who leaves, erases, stops or comes back; and what of her stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation.wording import has, say
from bot.safety.files import Kind
from connectors.contract import Option, Reply
from connectors.letting_go import (
    COME_BACK,
    FORGETS,
    TAPS,
    asks_for_help,
    is_for_stopped,
    let_go,
    muted,
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


def test_stop_ends_a_crisis_too_and_keeps_the_rest() -> None:
    done = let_go("stop", "es", FULL.but(told_stop=True), {"country": "GT"})

    assert done.memory == FULL.but(offered=(), more=(), away=False, topic=None)
    assert (done.stop, done.erase, done.hush) == (True, False, False)
    assert (done.acted_on, done.replies[0].text) == ("stop_messages", say("stopped", "es"))
    assert done.slots == {"country": "GT"}


KEPT = FULL.but(unread=(ANSWER.as_dict(), SECOND.as_dict()), told_stop=True)


def test_start_answers_what_she_asked_after_stop() -> None:
    done = let_go("start", "es", KEPT.but(sensitive=False), {"country": "GT"})

    back = [say("started_answered", "es"), ANSWER.text, SECOND.text]
    assert [each.text for each in done.replies] == back
    assert done.memory == KEPT.but(
        offered=(), more=(), away=False, unread=(), sensitive=False, told_stop=False
    )
    assert (done.stop, done.acted_on) == (False, "greet")


def test_an_answer_about_violence_is_read_on_a_tap_after_start() -> None:
    """Another hand may have written START."""
    done = let_go("start", "es", KEPT, {})

    assert [each.text for each in done.replies] == [say("started", "es")]
    assert done.memory.unread == KEPT.unread
    assert done.stop is False


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
    assert TAPS == {"/quick_exit": "leave", "/delete_my_data": "erase", "/stop_messages": "stop",
                    COME_BACK: "start"}  # fmt: skip


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


STOPPED = Memory(language="en", introduced=True, left_fast=True)


def line(*options: Option) -> Reply:
    kind = "choices" if options else "text"
    return Reply(say("still_stopped", "en"), options, kind, "en")


@pytest.mark.parametrize(("style", "options"), [
    ("sms", ()), ("whatsapp", (Option("START", COME_BACK),)),
    ("telegram", (Option("START", COME_BACK),)),
])  # fmt: skip
def test_after_stop_a_question_gets_one_line_and_its_answer_waits(
    style: str, options: tuple[Option, ...]
) -> None:
    """Any question lifted a STOP, and was answered; she never came to know that it was lifted."""
    told = muted(outcome(), message("busco un albergue", style), STOPPED)

    assert told.replies == (line(*options),)
    assert told.stop is None
    assert told.memory.unread == (ANSWER.as_dict(), SECOND.as_dict())
    assert told.memory.offered == tuple(each.payload for each in options)
    assert told.memory.left_fast


def test_the_line_comes_once_and_the_last_answer_is_the_one_that_waits() -> None:
    first = muted(outcome(), message("busco un albergue"), STOPPED).memory

    again = muted(outcome("ask_asylum", Reply("Asilo")), message("¿y asilo?"), first)

    assert again.replies == ()
    assert again.muted
    assert again.memory.unread == (Reply("Asilo").as_dict(),)


@pytest.mark.parametrize(("acted_on", "lines"), [
    ("thank", 0), ("goodbye", 0), ("affirm", 0), ("deny", 0), ("ask_privacy", 0), ("greet", 1),
    ("out_of_scope", 1), ("nlu_fallback", 1), ("error", 1),
])  # fmt: skip
def test_small_words_after_stop_bring_nothing_that_waits(acted_on: str, lines: int) -> None:
    told = muted(outcome(acted_on), message("ok ya"), STOPPED)

    assert len(told.replies) == lines
    assert told.memory.unread == ()
    assert told.stop is None


def test_what_was_written_before_stop_brings_no_line_and_no_answer() -> None:
    told = muted(outcome(), message("busco un albergue", stopped_after=True), STOPPED)

    assert (told.replies, told.memory.unread, told.memory.told_stop) == ((), (), False)


@pytest.mark.parametrize("acted_on", [
    "report_immediate_danger", "express_suicidal_distress", "quick_exit", "delete_my_data",
])  # fmt: skip
def test_danger_and_leaving_are_answered_after_stop_and_nothing_stands_before(
    acted_on: str,
) -> None:
    before = outcome(acted_on)

    assert muted(before, message("me va a matar"), STOPPED) == before
    assert is_for_stopped(before, message("me va a matar"))
    assert with_tip(before, message("me va a matar")) == before


def test_a_cry_that_is_the_carriers_word_is_answered_and_lifts_no_stop() -> None:
    for said in ("ayuda", "HELP"):
        assert muted(outcome("ask_menu"), message(said), STOPPED) == outcome("ask_menu")
        assert is_for_stopped(outcome("ask_menu"), message(said))
    assert not is_for_stopped(outcome("ask_menu"), message("menú"))


def test_a_crisis_that_began_after_stop_goes_on_and_one_of_before_does_not() -> None:
    """She was asked whether she can talk, said yes, and heard nothing more."""
    crisis = outcome("affirm")
    crisis = replace(crisis, memory=crisis.memory.but(topic="report_immediate_danger"))

    begun = muted(crisis, message("sí"), STOPPED.but(topic="report_immediate_danger"))
    earlier = muted(crisis, message("sí"), STOPPED)

    assert begun == crisis
    assert (earlier.replies, earlier.memory.topic) == ((), None)


def test_who_says_stop_anew_or_is_somebody_else_learns_nothing() -> None:
    anew, other = outcome("stop_messages", stop=True), outcome("ask_privacy", hush=True)

    for each in (anew, other):
        assert muted(each, message("no me escriban más por favor"), STOPPED) == each
        assert not is_for_stopped(each, message("no me escriban más por favor"))


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
