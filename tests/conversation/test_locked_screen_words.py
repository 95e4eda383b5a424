"""What shows on a locked screen of each message on violence, looked at with words of our own."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bot.conversation.compose import replies
from bot.conversation.wording import say
from bot.paths import COUNTRIES

# Not taken from data/safety/cards_wording.yml, so that what it leaves out is seen.
TELLS = re.compile(
    r"\b(agresor|agresi[oó]n|agredi\w+|aggressor|abuser|violenc\w+|viola\w*|maltrat\w+|violaci[oó]n"
    r"|raped?|orden(es)? de (protecci[oó]n|alejamiento)|medidas? de protecci[oó]n"
    r"|protect\w+ order|restraining"
    r"|casas? seguras?|safe houses?|shelters?|refugios?|embaraz\w+|pregnan\w+|abort\w+|feminicid\w+"
    r"|secuestr\w+|kidnap\w*|stalk\w+|harass\w+|acos(o|a|an|ador)\b|esclav\w+|slave\w*|prostit\w+)",
    re.I,
)
OF_VIOLENCE = ("domestic", "sexual", "threat", "shelter", "traffick", "protection_order",
               "digital_viol", "immediate_danger", "femicide", "pregnan", "stalk")  # fmt: skip


def statements() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(COUNTRIES.glob("*/statements.yml")):
        read = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        found += [each for each in read if any(word in each["intent"] for word in OF_VIOLENCE)]
    return found


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_answer_on_violence_tells_on_a_locked_screen_what_it_is_about(language: str) -> None:
    texts = [each[language] for each in statements()]
    shown = [reply.text[:40] for text in texts for reply in replies([text], language, quiet=True)]

    assert len(texts) > 200
    assert [each for each in shown if TELLS.search(each)] == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_cannot_talk_is_told_to_delete_the_chat_where_no_notification_shows_it(
    language: str,
) -> None:
    text = say("crisis_no", language, number="911")

    assert not re.search("borra|delete", text[:40])
    assert re.search("borra este chat|delete this chat", text)
