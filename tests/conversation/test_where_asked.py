"""She is asked once where she is; plain clues count; nothing that she wrote is kept for it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.clues import read_clue
from bot.conversation.marks import Marks, put_on, taken_off
from bot.conversation.state import State
from tests.conversation.heard import hear, text

ASKED, SHORT = "¿En qué país estás?", "Si me dices en qué país estás"
WAGES = "ask_unpaid_wages"


def test_the_question_comes_in_full_once_and_then_in_short_every_third_turn(
    filled_engine: Engine,
) -> None:
    state, said = State(), []
    for words in ("no me pagan", "y sin contrato", "me deben dos meses", "tengo pruebas", "y ahora",
                  "me corrieron", "no firme nada"):  # fmt: skip
        decision = hear(filled_engine, words, state, WAGES)
        state = decision.state
        listed = any(option.title == "México" for reply in decision.replies
                     for option in reply.options)  # fmt: skip
        said.append((ASKED in text(decision), SHORT in text(decision), listed))

    assert said[0] == (True, False, True)
    assert [full or listed for full, _, listed in said[1:]] == [False] * 6
    assert [short for _, short, _ in said[1:]] == [False, False, True, False, False, True]


def test_who_says_that_she_is_elsewhere_is_asked_where(filled_engine: Engine) -> None:
    state = put_on(State(country="MX", here="MX", topic=WAGES), Marks(asked=0))
    entities = [{"entity": "country", "value": "MX", "start": 12, "end": 18}]

    decision = hear(filled_engine, "no estoy en México", state, "inform_location",
                    entities=entities, places={"country": "MX"})  # fmt: skip

    assert decision.state.country is None
    assert ASKED in text(decision)


def test_marks_are_kept_apart_from_what_was_told() -> None:
    state = State(told=("mx.labour_rights.1",))

    bare, marks = taken_off(put_on(state, Marks(asked=2, theirs=True)))

    assert (bare, marks) == (state, Marks(asked=2, theirs=True))
    assert taken_off(state) == (state, Marks())


@pytest.mark.parametrize(("words", "origin", "country"), [
    ("me pagan 1500 quetzales al mes", None, "GT"), ("y me deben la regalía", None, "DO"),
    ("they owe me 800 belize dollars", None, "BZ"), ("gano 300 córdobas al día", None, "NI"),
    ("soy de Azua y vine a la capital a trabajar", "DO", "DO"),
    ("le pagué 50000 quetzales al coyote", None, None), ("quiero ir a la capital", "DO", None),
    ("me pagan 300 lempiras o 100 quetzales", None, None), ("gano 250 dólares al mes", None, None),
    ("mi mamá me manda lempiras", None, None),
])  # fmt: skip
def test_money_and_words_of_one_country_are_a_clue(
    words: str, origin: str | None, country: str | None
) -> None:
    assert read_clue(words, origin) == country


def test_a_clue_never_moves_her(filled_engine: Engine) -> None:
    there = State(country="MX", here="MX")

    decision = hear(filled_engine, "me deben 500 quetzales", there, WAGES)

    assert decision.state.country == "MX"
