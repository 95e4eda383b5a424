"""What the gateway decides about a turn by itself, with a Rasa that only notes what it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.contract import Reply
from connectors.gsm7 import fold, segments
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.shown import spoken
from connectors.turns import take_turn

NEW = Memory()
MENU = ("/one", "/two", "/three")


class NotingAssistant:
    """Answers with one line; keeps what it was asked."""

    def __init__(self, acted_on: str = "ask_asylum", down: bool = False) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.acted_on, self.down = acted_on, down

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        self.asked.append((message, metadata))
        if self.down:
            raise RasaUnavailable("down")
        reply = Reply("An answer").as_dict()
        return RasaAnswer((reply,), self.acted_on, {"language": "es", "topic": self.acted_on})


def message_of(text: str = "", **more: Any) -> Message:
    given: dict[str, Any] = {
        "kind": "text", "text": text, "choice": None, "location": None, "style": "whatsapp",
        "received_at": datetime(2026, 11, 25, tzinfo=UTC), "idle_s": None, **more,
    }  # fmt: skip
    return Message(**given)


def turn(assistant: NotingAssistant, memory: Memory = NEW, **message: Any) -> Outcome:
    given = message_of(**message)
    return asyncio.run(take_turn(assistant, lambda _: (None, None), "p", given, memory))


@pytest.mark.parametrize(("text", "asked"), [
    ("2", "/two"), ("la segunda", "/two"), ("the first one", "/one"), ("tercero", "/three"),
    ("9", "9"), ("segundo piso", "segundo piso"),
])  # fmt: skip
def test_a_number_or_its_word_is_the_choice_that_was_offered(text: str, asked: str) -> None:
    assistant = NotingAssistant()

    turn(assistant, Memory(offered=MENU), text=text)

    assert assistant.asked[0][0] == asked


def test_beside_listed_services_the_second_is_a_service() -> None:
    assistant = NotingAssistant()

    turn(assistant, Memory(offered=("/ask_repeat_or_more", "/ask_menu")), text="el segundo")

    assert assistant.asked[0][0] == "el segundo"


@pytest.mark.parametrize("down", [False, True])
def test_a_tap_on_the_exit_leaves_fast_even_without_rasa(down: bool) -> None:
    memory = Memory(topic="ask_domestic_violence", country="GT", offered=("/quick_exit",))

    outcome = turn(NotingAssistant(down=down), memory, kind="choice", choice="/quick_exit")

    assert [reply.kind for reply in outcome.replies] == ["delete"]
    assert outcome.acted_on == "quick_exit"
    assert outcome.memory == Memory(introduced=True, left_fast=True, country="GT")


@pytest.mark.parametrize(("acted_on", "stop", "erase"), [
    ("stop_messages", True, False), ("delete_my_data", None, True), ("quick_exit", None, False),
])  # fmt: skip
def test_what_the_model_understands_is_done_as_what_the_gate_understands(
    acted_on: str, stop: bool | None, erase: bool
) -> None:
    outcome = turn(NotingAssistant(acted_on), Memory(topic="x"), text="…unas palabras raras")

    assert (outcome.stop, outcome.erase) == (stop, erase)
    assert outcome.memory.offered == ()


@pytest.mark.parametrize(("style", "told"), [
    ("whatsapp", 2), ("sms", 2), ("telegram", 1), ("web", 1),
])  # fmt: skip
def test_after_a_quick_exit_she_is_told_once_how_to_clear_the_chat(style: str, told: int) -> None:
    first = turn(NotingAssistant(), Memory(left_fast=True), text="hola amiga", style=style)
    second = turn(NotingAssistant(), first.memory, text="hola amiga", style=style)

    assert (len(first.replies), len(second.replies)) == (told, 1)
    assert first.memory.left_fast is False


@pytest.mark.parametrize(("style", "told"), [
    ("whatsapp", ("no me deja borrar", "Vaciar chat", "Restringir chat")),
    ("sms", ("no puedo borrar", "toca Borrar")),
])  # fmt: skip
def test_the_tip_says_what_we_cannot_delete_and_how_she_can(
    style: str, told: tuple[str, ...]
) -> None:
    tip = turn(NotingAssistant(), Memory(left_fast=True), text="hola amiga", style=style).replies[0]

    assert [each for each in told if each not in tip.text] == []


@pytest.mark.parametrize("acted_on", ["out_of_scope", "stop_messages", "greet", "ask_human"])
def test_he_who_looks_after_a_quick_exit_sees_no_tip(acted_on: str) -> None:
    outcome = turn(NotingAssistant(acted_on), Memory(left_fast=True), text="y el clima?")

    assert "vaciar un chat" not in "".join(reply.text for reply in outcome.replies)


def test_on_telegram_she_is_not_told_that_the_chat_stays() -> None:
    outcome = turn(NotingAssistant(), Memory(), text="borra todo", style="telegram")

    assert "sigue" not in outcome.replies[0].text


def test_nothing_stands_before_an_emergency() -> None:
    assistant = NotingAssistant("report_immediate_danger")

    outcome = turn(assistant, Memory(left_fast=True), text="auxilio")

    assert len(outcome.replies) == 1
    assert outcome.memory.left_fast is True


def test_when_somebody_else_writes_the_dialogue_forgets_and_the_reply_reveals_nothing() -> None:
    assistant = NotingAssistant()
    memory = Memory(introduced=True, topic="ask_domestic_violence", offered=MENU, more=("rest",))

    outcome = turn(assistant, memory, text="¿quién es este número? soy el marido")

    assert assistant.asked == [("/quick_exit", {"language": "es", "someone_else": True})]
    assert outcome.memory.topic is None
    assert outcome.memory.offered == outcome.memory.more == ()


@pytest.mark.parametrize("words", ["¿quién eres?", "quien es usted", "who are you", "qué es esto"])
def test_in_a_first_message_who_answers_is_asked_by_her(words: str) -> None:
    assistant = NotingAssistant("bot_challenge")

    outcome = turn(assistant, text=words)

    assert assistant.asked[0][0] == words
    assert outcome.acted_on == "bot_challenge"
    told = spoken(outcome, message_of(words), introduced=False, keeps=False)
    assert "Comadre" in told[0].text


@pytest.mark.parametrize("words", ["¿quién eres?", "quien es usted", "qué es esto"])
@pytest.mark.parametrize("before", [
    Memory(introduced=True, sensitive=True, topic="ask_domestic_violence"),
    Memory(introduced=True, left_fast=True),
])  # fmt: skip
def test_after_violence_or_leaving_who_answers_may_be_asked_by_him(
    words: str, before: Memory
) -> None:
    outcome = turn(NotingAssistant("bot_challenge"), before, text=words)

    assert [reply.text for reply in outcome.replies] == [say("someone_else", "es")]
    assert outcome.memory.topic is None


@pytest.mark.parametrize("words", [
    "¿quién habla?", "quien es", "mi mujer te escribió?", "who is texting me",
])  # fmt: skip
def test_who_does_not_know_the_number_learns_nothing_not_even_our_name(words: str) -> None:
    outcome = turn(NotingAssistant(), text=words)

    told = spoken(outcome, message_of(words), introduced=False, keeps=False)
    assert [reply.text for reply in told] in (
        [say("someone_else", "es")], [say("someone_else", "en")],
    )  # fmt: skip


def test_a_voice_note_after_an_emergency_gets_the_number_and_no_menu() -> None:
    memory = Memory(topic="report_immediate_danger", country="GT")

    outcome = turn(NotingAssistant(), memory, kind="voice")

    assert outcome.replies[0].text.startswith("110")
    assert outcome.replies[0].options == ()


def test_an_emergency_without_rasa_is_answered_from_disk_and_remembered() -> None:
    outcome = turn(NotingAssistant(down=True), Memory(country="NI"), text="auxilio me está pegando")

    assert outcome.replies[0].text.startswith("118")
    assert [option.payload for option in outcome.replies[0].options] == ["/affirm", "/deny"]
    assert (outcome.memory.topic, outcome.memory.sensitive) == ("report_immediate_danger", True)


@pytest.mark.parametrize(("idle_s", "memory", "forgotten"), [
    (90_000.0, Memory(introduced=True), True),
    (90_000.0, Memory(introduced=True, country="MX"), False),
    (60.0, Memory(introduced=True), False), (None, Memory(), False),
])  # fmt: skip
def test_the_dialogue_is_told_that_too_much_time_has_passed(
    idle_s: float | None, memory: Memory, forgotten: bool
) -> None:
    assistant = NotingAssistant()

    turn(assistant, memory, text="hola amiga", idle_s=idle_s)

    assert assistant.asked[0][1]["forgotten"] is forgotten


@pytest.mark.parametrize(("text", "first"), [
    ("vivo en Guatemala y me está pegando", "110"),
    ("vivo en Estados Unidos y me quiero matar", "988"),
    ("me está pegando", "118"), ("tengo 12 años, estoy en Guatemala, me está pegando", "1510"),
])  # fmt: skip
def test_without_rasa_a_country_in_the_message_gives_the_number(text: str, first: str) -> None:
    outcome = turn(NotingAssistant(down=True), text=text, prefix_country="NI")

    assert outcome.replies[0].text.startswith(first)


def test_when_rasa_is_back_it_is_told_of_the_crisis_that_it_missed() -> None:
    assistant = NotingAssistant()
    memory = turn(NotingAssistant(down=True), text="auxilio me está pegando").memory

    turn(assistant, memory, text="1")

    asked, metadata = assistant.asked[0]
    assert (asked, metadata["crisis"]) == ("/affirm", "report_immediate_danger")


@pytest.mark.parametrize(("text", "need"), [
    ("se me vino la fuente", "medical"), ("my baby won't drink since last night", "medical"),
    ("we are lost in the jungle", "lost"), ("police number", "police"), ("me está pegando", None),
])  # fmt: skip
def test_what_is_urgent_without_an_attack_goes_along_by_its_name(
    text: str, need: str | None
) -> None:
    assistant = NotingAssistant("report_immediate_danger")

    turn(assistant, text=text)

    assert assistant.asked[0][1]["force_intent"] == "report_immediate_danger"
    assert assistant.asked[0][1]["need"] == need


def test_a_birth_without_rasa_gets_the_ambulance_from_disk_and_no_crisis() -> None:
    out = turn(NotingAssistant(down=True), text="se me vino la fuente", prefix_country="SV")

    assert out.replies[0].text.startswith("132")
    assert "hospital" in out.replies[0].text
    assert out.memory.topic is None


def test_that_she_is_a_child_goes_along_with_every_later_message() -> None:
    assistant = NotingAssistant()

    first = turn(assistant, text="hi im 15 can i ask something")
    turn(assistant, first.memory, text="can i work?")

    assert assistant.asked[1][1]["child"] is True


@pytest.mark.parametrize(("text", "acted_on", "told"), [
    ("¿puedo trabajar en México?", "ask_work_permit", True), ("hola", "greet", True),
    ("mi hija está detenida y no sé", "nlu_fallback", True), ("gracias", "thank", False),
    ("ok", "affirm", False),
])  # fmt: skip
def test_after_stop_a_question_lifts_nothing_and_she_is_told_how_to_come_back(
    text: str, acted_on: str, told: bool
) -> None:
    out = turn(NotingAssistant(acted_on), text=text, opted_out=True)

    assert out.stop is None
    assert [reply.text for reply in out.replies] == [say("still_stopped", "es")] * told


@pytest.mark.parametrize("back", [
    {"text": "START"}, {"text": "alta"}, {"text": "ALTA", "kind": "choice",
                                          "choice": "/start_messages"},
])  # fmt: skip
@pytest.mark.parametrize("style", ["whatsapp", "sms", "telegram", "web"])
def test_start_brings_her_back_on_every_channel_with_the_answer_that_waits(
    back: dict[str, Any], style: str
) -> None:
    """On Telegram "START" is the button of a first message."""
    asked = turn(NotingAssistant(), text="¿puedo trabajar?", opted_out=True, style=style)

    out = turn(NotingAssistant(down=True), asked.memory, opted_out=True, style=style, **back)

    assert out.stop is False
    assert [reply.text for reply in out.replies] == [say("started_answered", "es"), "An answer"]


def test_after_stop_nobody_is_introduced_by_the_line_alone() -> None:
    """A day later nothing is remembered of her, save that she wrote STOP."""
    given = message_of("¿puedo trabajar?", opted_out=True)
    out = turn(NotingAssistant(), text="¿puedo trabajar?", opted_out=True)

    said = spoken(out, given, introduced=False, keeps=False)

    assert [reply.text for reply in said] == [say("still_stopped", "es")]
    assert not out.memory.introduced


@pytest.mark.parametrize(("text", "key"), [("salir", "left"), ("borra todo", "erased")])
def test_after_stop_leaving_and_erasing_say_that_they_were_done(text: str, key: str) -> None:
    given = message_of(text, opted_out=True)
    out = turn(NotingAssistant(), Memory(introduced=True), text=text, opted_out=True)

    said = spoken(out, given, introduced=True, keeps=False)

    assert [reply.text for reply in said] == [say(key, "es")]
    assert out.stop is None


@pytest.mark.parametrize("word", ["HELP", "Ayuda", "info."])
def test_the_carriers_word_for_help_says_whose_messages_these_are_and_how_to_stop_them(
    word: str,
) -> None:
    assistant, memory = NotingAssistant("ask_menu"), Memory(introduced=True)

    out = turn(assistant, memory, text=word, style="sms")
    elsewhere = turn(assistant, memory, text=word, style="whatsapp")
    longer = turn(assistant, memory, text=f"{word} con mis papeles", style="sms")

    assert out.replies[0].text == say("sms_help", "es")
    assert [r.text for r in out.replies[1:]] == [r.text for r in elsewhere.replies] == ["An answer"]
    assert len(longer.replies) == 1
    for language, stop in (("es", "ALTO"), ("en", "STOP")):
        text = fold(say("sms_help", language))
        assert "Comadre" in text
        assert stop in text
        assert segments(text) == 1


@pytest.mark.parametrize(("acted_on", "down"), [("nlu_fallback", False), ("ask_menu", True)])
def test_a_single_word_for_help_is_answered_even_after_stop(acted_on: str, down: bool) -> None:
    out = turn(NotingAssistant(acted_on, down), text="AYUDA", style="sms", opted_out=True)

    given = message_of("AYUDA", style="sms", opted_out=True)
    assert spoken(out, given, introduced=True, keeps=False) == out.replies
    assert out.replies
    assert out.stop is None


@pytest.mark.parametrize("text", ["/ /greet", "//greet", " / greet", "/\n/greet{}"])
def test_nobody_names_an_intent_by_slashes(text: str) -> None:
    assistant = NotingAssistant()

    turn(assistant, text=text)

    assert [asked for asked, _ in assistant.asked] == [text.replace("/", "").strip()]


def test_a_slash_before_a_cry_for_help_hides_it_from_nobody() -> None:
    assistant = NotingAssistant()

    turn(assistant, text="/me está pegando mi marido")

    asked, metadata = assistant.asked[0]
    assert asked == "me está pegando mi marido"  # Rasa takes "/…" for the name of an intent
    assert metadata["force_intent"] == "report_immediate_danger"


def test_signs_of_age_are_not_remembered_as_an_age() -> None:
    assistant = NotingAssistant()

    first = turn(assistant, text="my moms bf comes in my room")

    assert first.memory.child is False


def test_signs_of_age_bring_the_childrens_card_when_rasa_is_silent() -> None:
    out = turn(
        NotingAssistant(down=True),
        text="my stepdad is hitting me help he has a knife",
        prefix_country="GT",
    )

    assert out.replies[0].text.startswith("1510")


@pytest.mark.parametrize("word", ["START", "STOP", "start"])
def test_the_carriers_words_change_no_language(word: str) -> None:
    outcome = turn(NotingAssistant(), Memory(introduced=True, language="es"), text=word,
                   style="sms")  # fmt: skip

    assert outcome.memory.language == "es"
    assert {reply.language for reply in outcome.replies} == {"es"}
    assert not any(english in outcome.replies[0].text for english in ("How can", "I won't"))


def test_whoever_begins_with_an_english_word_is_answered_in_english() -> None:
    outcome = turn(NotingAssistant(), text="START", style="sms")

    assert outcome.memory.language == "en"


@pytest.mark.parametrize(("said", "waits"), [
    ({"text": "¿puedo trabajar en México?"}, True),
    ({"kind": "choice", "text": "Asilo", "choice": "/ask_asylum"}, True),
    ({"kind": "location", "location": (14.9, -92.2)}, True),
    ({"text": "me está pegando"}, False), ({"text": "se me vino la fuente"}, False),
    ({"kind": "choice", "text": "x", "choice": "/report_immediate_danger"}, False),
    ({"text": "salir"}, False), ({"text": "borra todo"}, False), ({"text": "STOP"}, False),
    ({"text": "¿quién es este número? soy el marido"}, False), ({"kind": "voice"}, False),
])  # fmt: skip
def test_without_rasa_only_what_is_not_urgent_waits(said: dict[str, Any], waits: bool) -> None:
    outcome = turn(NotingAssistant(down=True), Memory(introduced=True), **said)

    assert outcome.waits is waits
    assert outcome.replies[0].text.startswith(say("held", "es")) is waits


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("text", ["2", "la segunda"])
def test_leaving_by_its_number_needs_no_rasa(text: str, down: bool) -> None:
    offered = Memory(introduced=True, offered=("/ask_asylum", "/quick_exit"))

    outcome = turn(NotingAssistant(down=down), offered, text=text)

    assert (outcome.acted_on, outcome.hush) == ("quick_exit", True)


def test_every_try_of_a_message_bears_the_same_number() -> None:
    assistant = NotingAssistant()

    turn(assistant, text="¿puedo trabajar?", turn="12")

    assert assistant.asked[0][1]["turn"] == "12"
