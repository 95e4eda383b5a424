"""Words that hide what she tells: the frame counts, and what is near to it does not."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation import own_country
from bot.conversation.cues import read_cues
from bot.conversation.secrecy import read_named
from bot.conversation.state import State
from tests.conversation.heard import hear, text

TOLD = {
    "struck_misspelt": ["m pga mi esposo", "mi marido me pga mucho", "me golpia mi novio",
                        "mi pareja m esta golpiando"],
    "assaulted": ["the man who drives the van did something to me sunday night. i said no",
                  "me hizo algo que yo no quería", "se metió a mi cuarto y no pude gritar",
                  "desperté sin ropa y no me acuerdo", "le dije que no y no paró",
                  "woke up without my clothes", "i said no and he didnt stop",
                  "he came into my room and i couldnt scream"],
    "last_things": ["ya dejé apuntado quién se queda con mis cosas", "les dejé carta a mis hijos",
                    "i gave away my stuff", "i wrote letters to my kids"],
    "writes_little": ["no puedo escribir bien", "casi no se leer ni escribir", "i cant write good",
                      "no se escribir bien puedo mandar audio"],
    "leaves_for": ["mejor me voy a México", "me voy con mi hermana", "im going to my sister"],
    "until": ["how long do I have to claim", "cuánto tiempo tengo para reclamar"],
    "nods": ["ok", "vale", "está bien", "ya", "ok entiendo"],
    "bare_yes": ["sí", "yes"], "bare_no": ["no"],
}  # fmt: skip
NEAR = {
    "struck_misspelt": ["mi patrón me paga poco", "mi esposo me paga la renta",
                        "se me pegó la gripe de mi esposo", "mi marido no me pega"],
    "assaulted": ["me hizo algo de comer", "i said no to the job", "me hizo un favor",
                  "se metió a mi cuenta y no pude entrar", "le dije que no quiero el trabajo"],
    "last_things": ["les dejé carta poder a mis hijos con mi mamá",
                    "me dieron una carta de trabajo",
                    "quién cuida a mis hijos mientras trabajo"],
    "writes_little": ["no puedo escribir, él está aquí", "mi hijo no sabe leer",
                      "no sé leer, ¿hay clases?"],
    "leaves_for": ["ya me voy para siempre", "me voy a morir", "me voy a matar", "im going to die"],
    "until": ["how long does it take", "cuánto tarda"],
    "nods": ["ok y cuánto cuesta", "ya llegué"], "bare_yes": ["si estoy en México"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "words"), [(n, w) for n, each in TOLD.items() for w in each])
def test_it_is_told_in_such_words(name: str, words: str) -> None:
    assert name in read_cues(words).tells


@pytest.mark.parametrize(("name", "words"), [(n, w) for n, each in NEAR.items() for w in each])
def test_what_only_looks_like_it_is_not(name: str, words: str) -> None:
    assert name not in read_cues(words).tells


@pytest.mark.parametrize(("words", "side"), [
    ("¿guardan el secreto?", "secret_kept"), ("le cuentan a la policía?", "tells"),
    ("es confidencial?", "secret_kept"), ("le dicen a mi marido?", "secret_kept"),
    ("do they tell the police", "tells"), ("tú guardas el secreto?", None),
    ("is this chat confidential", None), ("me pueden deportar", None),
])  # fmt: skip
def test_whose_secret_is_asked_for(words: str, side: str | None) -> None:
    assert read_named(words) == side


def test_refuge_at_home_is_asked_for_abroad(honduras: Engine) -> None:
    decision = hear(honduras, "quiero pedir refugio",
                    State(country="HN", here="HN", origin="HN"), "ask_asylum")  # fmt: skip

    assert "El refugio se pide en otro país" in text(decision)
    assert set(own_country.at_home()) >= {"hn.threats_extortion.3"}


def test_her_yes_or_no_after_she_was_asked_plainly(honduras: Engine) -> None:
    despair = State(country="HN", here="HN", crisis="distress", sensitive=True,
                    topic="express_suicidal_distress")  # fmt: skip
    asked = hear(honduras, "ya regalé mis cosas", despair, "nlu_fallback", 0.3)
    yes = hear(honduras, "sí", asked.state, "affirm")
    no = hear(honduras, "no", asked.state, "deny")

    assert "¿Estás pensando en quitarte la vida hoy?" in text(asked)
    assert "No lo tengas cerca" in text(yes)
    assert "Igual puedes llamar" in text(no)
    assert no.state.crisis == "distress"
