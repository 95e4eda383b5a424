"""She doubts what she was told: heard as that and as nothing else, and answered with its source."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.compose import Decision
from bot.conversation.doubt_words import read_doubt
from bot.conversation.explain import by_parts
from bot.conversation.state import State
from bot.safety.card import NEUTRAL
from tests.conversation.heard import hear, text

DOUBTS = [
    ("eso me lo dijo diferente mi prima, está segura?", "otherwise"),
    ("Me suena raro lo que me dices, en un grupo de facebook dicen otra cosa", "otherwise"),
    ("mi vecina Marta me dijo otra cosa", "otherwise"),
    ("everybody in the group says its not true", "otherwise"),
    ("my lawyer says otherwise", "expert"),
    ("that's not what they told me at the office", "expert"),
    ("eso no me lo dijeron asi en el consulado", "expert"),
    ("ur making that up lol where does it say that", "disbelief"),
    ("no te creo", "disbelief"),
    ("kien te dijo eso", "source"),
    ("de donde sacas eso", "source"),
    ("where u get that from", "source"),
    ("pero eso es de verdad o solo papel", "in_life"),
    ("y si lo cumplen de verdad?", "in_life"),
    ("y eso sigue igual?", "still"),
    ("eso ya cambió", "still"),
    ("is that still true in 2026", "still"),
    ("are u sure", "sure"),
    ("estas segura de eso q dises", "sure"),
    ("es cierto?", "really"),
    ("eso no es lo que pregunté", "not_asked"),
]
QUESTIONS = [
    "mi prima dice que pagan 500, es cierto que si no pago pierdo la cita?",
    "es cierto que me pueden deportar?",
    "my lawyer says I need the birth certificate, where do i get it",
    "en facebook dicen que ya abrieron la frontera, es verdad?",
    "mi marido dice que me va a quitar los niños, es cierto?",
    "eso no es lo que pregunté, quiero saber cuánto tarda",
    "de donde saco el acta de nacimiento",
    "es seguro ese albergue?",
    "estoy segura que me sigue",
    "no creo que pueda mas",
    "no confio en la policia",
    "mi abogada dice que no pague",
    "si es cierto",
    "de verdad necesito ayuda",
    "/ask_asylum",
]


@pytest.mark.parametrize(("words", "kind"), DOUBTS)
def test_a_doubt_is_heard_in_many_words(words: str, kind: str) -> None:
    doubt = read_doubt(words)

    assert doubt is not None
    assert (doubt.kind, doubt.rest) == (kind, frozenset())


@pytest.mark.parametrize("words", QUESTIONS)
def test_what_says_more_than_a_doubt_is_a_question_of_its_own(words: str) -> None:
    assert read_doubt(words) is None


def told(engine: Engine, topic: str = "ask_asylum") -> Decision:
    return hear(engine, "cómo pido refugio", State(country="HN", here="HN"), topic)


def test_a_doubt_brings_the_source_and_who_confirms_it_not_the_same_again(honduras: Engine) -> None:
    first = told(honduras)

    answer = hear(honduras, "de donde sacas eso", first.state)

    assert "Lo que te dije viene de: " in text(answer)
    assert "https://" in text(answer)
    assert "Soy una máquina" in text(answer)
    assert "Antes de decidir" in text(answer)
    assert text(first).split("\n\n")[1] not in text(answer)


def test_nothing_of_her_words_stays(honduras: Engine) -> None:
    answer = hear(honduras, "mi vecina Marta me dijo otra cosa", told(honduras).state)

    assert "arta" not in str(answer.state.as_slots())


def test_whether_it_is_what_was_told_is_a_doubt_and_of_something_else_is_not(
    honduras: Engine,
) -> None:
    before = told(honduras, "ask_education").state

    other = hear(honduras, "estas segura que son 77 pesos", before)

    assert "viene de" not in text(other)


def test_without_anything_told_it_is_no_doubt(honduras: Engine) -> None:
    answer = hear(honduras, "quien te dijo eso", State(country="HN"))

    assert "viene de" not in text(answer)


def test_after_violence_no_message_begins_with_what_it_is_about(honduras: Engine) -> None:
    before = told(honduras, "ask_domestic_violence").state

    answer = hear(honduras, "no te creo", before)

    assert answer.replies[0].text[:1].isdigit()
    assert "https://" not in text(answer)
    assert all("violencia" not in each.text[:NEUTRAL].lower() for each in answer.replies)


def test_told_twice_in_vain_she_is_asked_what_she_needs(honduras: Engine) -> None:
    once = hear(honduras, "explícame más despacio", told(honduras).state)

    twice = hear(honduras, "habla más fácil", once.state)

    assert "Va otra vez" in text(once)
    assert "¿Qué necesitas saber?" in text(twice)


def test_more_slowly_is_one_thing_a_line_in_the_same_words() -> None:
    assert by_parts("Ve a la oficina; es gratis. Lleva tu acta.") == (
        "• Ve a la oficina\n• Es gratis.\n• Lleva tu acta."
    )
    assert by_parts("Abre de 8 a. m. a 4 p. m.") == "Abre de 8 a. m. a 4 p. m."
