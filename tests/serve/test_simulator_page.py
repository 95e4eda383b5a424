"""The simulator in a real browser: what a visitor sees, taps and hears read aloud."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import httpx
import pytest
from playwright.sync_api import Route, expect

from bot.conversation.wording import say
from bot.paths import ROOT
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, PATIENCE_MS, Browser, Chat
from tests.serve.system import System

pytestmark = [pytest.mark.browser, pytest.mark.running]
QUESTION = "Soy hondureña y estoy en Tapachula, ¿puedo pedir refugio?"
LOOKS = ("whatsapp", "telegram", "sms")
PICTURES = ROOT / "artefacts"


def test_a_spanish_question_gets_an_answer_with_its_source(chat: Chat) -> None:
    chat.say(QUESTION)

    expect(chat.hers).to_have_text(QUESTION)
    answer = "\n".join(chat.replies.all_inner_texts())
    assert "COMAR" in answer
    assert re.search(r"Fuente: .+20\d\d", answer)
    expect(chat.page.locator("#status")).to_have_text("en línea")


def test_an_english_question_is_answered_in_english(chat: Chat) -> None:
    chat.speak("en")

    chat.say("I'm Honduran in Tapachula, can I ask for asylum?")

    assert re.search(r"Source: .+20\d\d", "\n".join(chat.replies.all_inner_texts()))


def test_a_tapped_choice_is_said_in_her_name_and_answered(chat: Chat) -> None:
    chat.say(QUESTION)
    title = chat.choices.first.inner_text()

    with chat.answer():
        chat.choices.first.click()

    expect(chat.hers.last).to_have_text(title)


def test_a_whatsapp_list_opens_and_works_with_the_keyboard(chat: Chat) -> None:
    chat.say("Hola")
    opener = chat.page.get_by_role("button", name=say("channel_list_button", "es"))

    opener.last.press("Enter")
    expect(chat.options).to_be_visible()
    first = chat.options.get_by_role("button").first
    expect(first).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(chat.options.get_by_role("button").nth(1)).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.options).to_be_hidden()
    expect(opener.last).to_be_focused()  # she is where she was

    chat.page.keyboard.press("Enter")
    title = first.inner_text()
    with chat.answer():
        chat.page.keyboard.press("Enter")

    expect(chat.options).to_be_hidden()
    expect(chat.hers.last).to_have_text(title)


def test_a_list_closes_by_its_button_and_by_a_tap_beside_it(chat: Chat) -> None:
    chat.say("Hola")
    opener = chat.page.get_by_role("button", name=say("channel_list_button", "es")).last

    opener.click()
    chat.options.get_by_role("button", name="Cerrar").click()
    expect(chat.options).to_be_hidden()
    opener.click()
    chat.page.mouse.click(5, 5)

    expect(chat.options).to_be_hidden()
    expect(chat.hers).to_have_count(1)


def test_sms_shows_numbered_text_and_the_number_of_parts(chat: Chat) -> None:
    chat.look_like("sms")

    chat.say("Hola")

    menu = chat.replies.last.inner_text()
    assert re.search(r"^1 \S.*\n2 \S", menu, re.M)
    assert re.search(r"^\d partes? de SMS$", menu, re.M)
    expect(chat.choices).to_have_count(0)

    chat.say("1")

    assert re.search(r"^1 \S", chat.replies.last.inner_text(), re.M)
    assert chat.replies.last.inner_text() != menu


def test_salir_on_telegram_empties_the_chat(chat: Chat) -> None:
    chat.look_like("telegram")
    chat.say("mi marido me pega")
    assert "911" in chat.page.inner_text("#messages")

    chat.page.fill("#text", "SALIR")
    chat.page.press("#text", "Enter")
    expect(chat.all.last).to_have_text(say("left", "es"), timeout=PATIENCE_MS)

    expect(chat.hers).to_have_count(0)
    expect(chat.replies).to_have_count(1)
    assert "911" not in chat.page.inner_text("#messages")


def test_another_language_changes_every_text_of_the_page(chat: Chat) -> None:
    spanish = chat.page.inner_text("main")
    expect(chat.page.locator("html")).to_have_attribute("lang", "es")

    chat.speak("en")

    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.page).to_have_title("Comadre · chat simulator")
    expect(chat.page.get_by_role("button", name="Start again")).to_be_visible()
    expect(chat.page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Send")).to_be_visible()
    names = {"Comadre", "WhatsApp", "Telegram", "SMS", "Español", "English"}
    kept = set(spanish.splitlines()) & set(chat.page.inner_text("main").splitlines()) - {""}
    assert kept == names
    chat.speak("es")
    assert chat.page.inner_text("main") == spanish


def test_the_page_has_every_text_in_both_languages(chat: Chat) -> None:
    keys = chat.page.evaluate("() => [Object.keys(WORDS.es), Object.keys(WORDS.en)]")

    assert keys[0] == keys[1]


def test_a_shared_location_is_understood(chat: Chat) -> None:
    with chat.answer():
        chat.page.get_by_role("button", name="Compartir ubicación").click()

    assert "Tapachula" in chat.hers.last.inner_text()
    assert re.search("México|Tapachula", "\n".join(chat.replies.all_inner_texts()))


def test_the_whole_chat_works_without_a_mouse(chat: Chat) -> None:
    page = chat.page
    page.keyboard.press("Tab")
    assert chat.focused() == "style=whatsapp"
    page.keyboard.press("ArrowRight")
    assert chat.focused() == "style=telegram"
    expect(page.locator("body")).to_have_attribute("data-style", "telegram")
    seen = [chat.focused()]
    while seen[-1] != "text":
        page.keyboard.press("Tab")
        seen.append(chat.focused())
        assert len(seen) < 30
    assert "language=es" in seen
    assert {"restart", "log", "location"} <= set(seen)
    assert set(page.locator("#examples button").all_inner_texts()) <= set(seen)

    with chat.answer():
        page.keyboard.type("Hola")
        page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert chat.focused() == chat.choices.last.inner_text()
    with chat.answer():
        page.keyboard.press("Enter")

    expect(chat.hers).to_have_count(2)


def test_shift_enter_begins_a_new_line_and_nothing_empty_is_sent(chat: Chat) -> None:
    chat.page.press("#text", "Enter")
    chat.page.fill("#text", "   ")
    chat.page.press("#text", "Enter")
    chat.page.fill("#text", "uno")
    chat.page.press("#text", "Shift+Enter")
    chat.page.keyboard.type("dos")

    expect(chat.page.locator("#text")).to_have_value("uno\ndos")
    expect(chat.hers).to_have_count(0)


def test_what_she_writes_is_shown_as_text_never_run(chat: Chat) -> None:
    markup = '<img src=x onerror="document.title=1"><script>1</script>'

    chat.say(markup)

    expect(chat.hers).to_have_text(markup)
    assert chat.page.locator("#messages img, #messages script").count() == 0


def test_starting_again_forgets_what_was_shown(chat: Chat) -> None:
    chat.say("Hola")

    chat.page.get_by_role("button", name="Empezar de nuevo").click()

    expect(chat.hers).to_have_count(0)
    expect(chat.all).to_have_text(["Escribe un mensaje, o toca un ejemplo."])


def test_a_page_left_open_over_a_restart_of_the_program_still_gets_its_replies(chat: Chat) -> None:
    """The new program counts messages from 1 again."""
    told: list[dict[str, Any]] = [
        {"life": "old", "messages": [_message(7, "antes")]},
        {"life": "new", "messages": []},
        {"life": "new", "messages": [_message(1, "después")]},
    ]
    left: defaultdict[str, list[dict[str, Any]]] = defaultdict(lambda: list(told))

    def answer(route: Route) -> None:
        query = httpx.URL(route.request.url).params
        assert "session" not in query, "an address is written down by proxies"
        answers = left[route.request.headers["x-session"]]
        nothing: dict[str, Any] = {"life": "new", "messages": []}
        found = answers.pop(0) if answers else nothing
        news = [message for message in found["messages"] if message["n"] > int(query["after"])]
        body = json.dumps({**found, "messages": news})
        route.fulfill(body=body, content_type="application/json")

    chat.page.route("**/simulator/replies?*", answer)
    chat.page.get_by_role("button", name="Empezar de nuevo").click()

    expect(chat.replies).to_have_text(["antes", "después"])
    chat.page.unroute("**/simulator/replies?*")


def _message(number: int, text: str) -> dict[str, Any]:
    return {"n": number, "kind": "text", "text": text, "options": [], "segments": 1}


def test_a_narrow_phone_shows_the_chat_at_once_and_nothing_sticks_out(
    browser: Browser, running: System
) -> None:
    with browser.chat(running.url, NARROW) as chat:
        expect(chat.page.locator("#text")).to_be_in_viewport()
        expect(chat.page.locator("#examples")).to_be_hidden()
        chat.say("https://example.org/" + "muy-largo" * 60)
        chat.say(QUESTION)
        expect(chat.page.locator("#text")).to_be_in_viewport()
        width = chat.page.evaluate("() => document.documentElement.scrollWidth")
        inner = chat.page.evaluate("() => { const l = document.getElementById('log');"
                                   " return l.scrollWidth - l.clientWidth; }")  # fmt: skip
        chat.page.screenshot(path=PICTURES / "simulator-360.png")
        chat.page.get_by_text("Opciones y ejemplos").click()
        expect(chat.page.locator("#examples")).to_be_visible()

    assert width <= NARROW[0]
    assert inner == 0


def test_the_page_may_load_nothing_from_elsewhere(chat: Chat) -> None:
    """The fixture refuses a request to another host in every test; the policy forbids it."""
    answer = chat.page.request.get(f"{chat.url}/")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("look", LOOKS)
def test_accessibility_checks_find_nothing_serious(chat: Chat, axe: Axe, look: str) -> None:
    chat.look_like(look)
    chat.say(QUESTION)
    chat.say("Hola")
    chat.page.wait_for_timeout(500)
    chat.page.screenshot(path=PICTURES / f"simulator-{look}.png")

    assert axe.serious(chat.page) == []

    if look == "whatsapp":
        chat.page.get_by_role("button", name=say("channel_list_button", "es")).last.click()
        chat.page.screenshot(path=PICTURES / "simulator-list.png")
        assert axe.serious(chat.page) == []
    chat.page.keyboard.press("Escape")
    chat.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert axe.serious(chat.page) == []
