"""Passport, cédula, DUI: by the rules of her own country, and with its consulate where she is."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.places import inform_location
from bot.conversation.state import State
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from tests.conversation.reading import heard

PAPERS = "ask_identity_documents"


def asked(engine: Engine, text: str, prefix: str | None = None,
          before: State | None = None) -> Decision:  # fmt: skip
    return play(answer_topic, heard(text, PAPERS, prefix), before or State(), World(engine))


def text_of(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


@pytest.mark.parametrize(("text", "prefix", "country", "words", "never"), [
    ("DUI en usa como lo renuevo", "SV", "US", "DUI", "Estados Unidos, lo repone"),
    ("se me perdió el pasaporte, soy hondureña y estoy en Guatemala", None, "GT",
     "Papeles de Honduras", "pasaporte guatemalteco"),
    ("Hola perdi los papeles en el bus, pasaporte y partida. stoy en guatemala", "HN", "GT",
     "por tu número", "guatemalteco"),
    ("cuanto cuesta el pasaporte nica en costa rica", None, "CR", "Papeles de Nicaragua",
     "costarricense"),
    ("necesito mi DPI, vivo en Houston", None, "US", "DPI", "Para Estados Unidos"),
])  # fmt: skip
def test_her_papers_follow_her_nationality(
    filled_engine: Engine, text: str, prefix: str | None, country: str, words: str, never: str
) -> None:
    decision = asked(filled_engine, text, prefix)

    assert words in text_of(decision)
    assert never not in text_of(decision)
    assert decision.state.country == country  # where she is has not changed


def test_a_paper_of_where_she_lives_stays_there(filled_engine: Engine) -> None:
    living = State(country="MX", here="MX", origin="HN")

    decision = asked(filled_engine, "perdí mi tarjeta de residencia", "HN", living)

    assert "Para México" in text_of(decision)


def test_a_guatemalan_in_guatemala_is_told_of_hers(filled_engine: Engine) -> None:
    decision = asked(filled_engine, "¿cómo saco mi pasaporte en Guatemala?", "GT")

    assert "Para Guatemala" in text_of(decision)
    assert decision.state.pending is None


def test_where_nothing_tells_whose_paper_it_is_she_is_asked(filled_engine: Engine) -> None:
    decision = asked(filled_engine, "perdí mi pasaporte, estoy en Guatemala")
    assert "¿De qué país es el documento?" in text_of(decision)

    told = play(inform_location, heard("de Honduras", "inform_location"), decision.state,
                World(filled_engine))  # fmt: skip
    assert told.state.origin == "HN"
    assert "Papeles de Honduras" in text_of(told)


def test_once_told_she_gets_the_consulate_where_she_is(filled_engine: Engine) -> None:
    text = "Hola perdi los papeles en el bus, pasaporte y partida. stoy en guatemala"
    world = World(filled_engine)
    first = asked(filled_engine, text, "HN")

    then = play(inform_location, heard("d honduras soy", "inform_location", "HN"), first.state,
                world)  # fmt: skip

    assert then.state.origin == "HN"
    assert "Honduras" in text_of(then)
    assert "no tengo un dato seguro" not in text_of(then)
