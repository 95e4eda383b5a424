"""What a first answer costs her network by SMS, over every topic and country in both languages.

Each part is paid. The shares may only grow: of the answers that fit in two parts (306 letters) it
was 7 in 100 before answers were worded for SMS.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from actions.registry import DECIDERS
from bot.conversation.compose import Decision
from bot.conversation.cues import NOTHING, read_cues
from bot.conversation.dialogue import play
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.cards import cards
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from connectors.contract import Outgoing
from connectors.gsm7 import fold, is_gsm7
from connectors.render import render
from tests.turns import RULES

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
MOST = 2  # parts
# Where she names a matter, any of the best statements will do; where she asks, the best one stays.
# Words that a locked screen may show, before "are you alone?", cost a third part in 4 of 100.
SHARES = {"names": 0.81, "asks": 0.74}
ASKS = read_cues("¿qué puedo hacer?")


def first_answers(world: World, how: str) -> Iterator[tuple[Turn, Decision, list[Outgoing]]]:
    cues = ASKS if how == "asks" else NOTHING
    for intent in topics():
        for country in COUNTRY_CODES:
            for language in ("es", "en"):
                turn = Turn(
                    intent, NOW.date(), now=NOW, confidence=0.95, words=8, style="sms",
                    country=country, here=country, language=language, cues=cues,
                )  # fmt: skip
                decision = play(DECIDERS[RULES[intent]], turn, State(language=language), world)
                sent = [each for reply in decision.replies for each in render(reply, "sms")[0]]
                yield turn, decision, sent


@pytest.mark.parametrize("how", SHARES)
def test_first_answers_fit_in_two_parts_and_lose_nothing_that_matters(
    filled_engine: Engine, how: str
) -> None:
    world = World(filled_engine)
    every = short = 0
    for turn, decision, sent in first_answers(world, how):
        every += 1
        short += sum(each.segments for each in sent) <= MOST
        text = "\n".join(each.text for each in sent)
        where = f"{turn.intent}, {turn.country}, {turn.language}: {text}"
        assert is_gsm7(text), where
        _has_its_number(turn, text, where)
        _says_what_may_have_changed(turn, decision, world, text, where)

    assert every == len(topics()) * len(COUNTRY_CODES) * 2
    assert short / every >= SHARES[how], f"{short} of {every}"


def _has_its_number(turn: Turn, text: str, where: str) -> None:
    """The whole number of the card, in the first line."""
    kind = topics()[turn.intent].emergency
    if kind is not None:
        number = cards(str(turn.country)).card(kind).numbers[0].display
        assert number in text.split("\n")[0], where


def _says_what_may_have_changed(turn: Turn, decision: Decision, world: World, text: str,
                                where: str) -> None:  # fmt: skip
    known, citation = world.these(decision.records, decision.state, NOW.date())
    if known and citation.confirm_first and turn.intent not in ALARMS:
        warned = (say(key, str(turn.language)) for key in ("confirm_first_sms", "confirm_first"))
        assert any(fold(each) in text for each in warned), where


def _statements(decision: Decision) -> list[str]:
    return [each for each in decision.records if ".asylum." in each]


def test_what_was_left_out_comes_with_more(filled_engine: Engine) -> None:
    world = World(filled_engine)
    turn = Turn("ask_asylum", NOW.date(), now=NOW, style="sms", country="MX", here="MX",
                language="es", confidence=0.95, words=8)  # fmt: skip
    first = play(DECIDERS[RULES["ask_asylum"]], turn, State(), world)
    more = Turn("ask_repeat_or_more", NOW.date(), now=NOW, style="sms", tapped=True)

    second = play(DECIDERS[RULES["ask_repeat_or_more"]], more, first.state, world)

    assert first.state.offered[0] == ("Más", "/ask_repeat_or_more")
    assert _statements(first) == ["mx.asylum.1"]
    assert len(_statements(second)) == 1
    assert _statements(second) != _statements(first)


def test_on_other_channels_she_is_told_all_at_once(filled_engine: Engine) -> None:
    turn = Turn("ask_asylum", NOW.date(), now=NOW, style="whatsapp", country="MX", here="MX",
                language="es", confidence=0.95, words=8)  # fmt: skip

    first = play(DECIDERS[RULES["ask_asylum"]], turn, State(), World(filled_engine))

    assert len(_statements(first)) > 1
    assert first.state.offered[0][0] == "Más información"
