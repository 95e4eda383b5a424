"""Which language she writes: by the sentence that carries the words, and by little words."""

from __future__ import annotations

import pytest

from bot.nlu.language import LanguageModel
from tests.nlu.test_training_messages import MARK, messages


@pytest.fixture(scope="module")
def languages() -> LanguageModel:
    """Learnt from every eighth training message."""
    taught = messages()[::8]
    texts = [MARK.sub(r"\1", text) for _, _, _, text in taught]
    return LanguageModel.train(texts, [code for code, _, _, _ in taught])


@pytest.mark.parametrize("text", [
    "holi", "olis", "sipi", "Sip!", "nop", "nel", "naaa", "simonnn", "ehen", "ntp",
    "tqm", "grx", "xfis", "okis", "dale", "orale", "graxias amiga", "chaito", "ajammm", "porfis si",
])  # fmt: skip
def test_little_words_of_chats_are_spanish(languages: LanguageModel, text: str) -> None:
    assert languages.guess(text).code == "es"


@pytest.mark.parametrize("text", [
    "hiiiii", "heyyy", "hiya", "yup", "yeahhh", "nah", "nope", "thx",
    "tysm", "ty sis", "lol", "idk", "gotcha", "plz", "btw", "abeg", "thnx so much", "yep thats it",
])  # fmt: skip
def test_little_words_of_chats_are_english(languages: LanguageModel, text: str) -> None:
    assert languages.guess(text).code == "en"


@pytest.mark.parametrize(("code", "text"), [
    ("es", "ya no aguanto el overtime en la packing house y el supervisor no me paga"),
    ("es", "tengo mi court hearing mañana y no sé qué decir"),
    ("es", "me llegó un letter de immigration, qué hago"),
    ("es", "el landlord nos quiere sacar, es legal eso?"),
    ("es", "entra a www.freegiftcards.com/prize y gana un carro"),
    ("en", "my comadre needs a lawyer for her asylum, she is in Tapachula"),
    ("en", "they took my cédula and my partida, what can I do"),
    ("en", "my tía says I should ask you about the consulado"),
    ("en", "is the clínica free for people without papeles"),
    ("en", "read this first https://www.ejemplo.com/ayuda-para-mujeres is it true"),
])  # fmt: skip
def test_the_sentence_decides_not_the_nouns_in_it(
    languages: LanguageModel, code: str, text: str
) -> None:
    assert languages.guess(text).code == code


def test_what_both_languages_have_settles_nothing(languages: LanguageModel) -> None:
    assert not languages.guess("https://www.ejemplo.com/ayuda").sure
    assert not languages.guess("🙏").sure
    assert languages.guess("mwen bezwen ede").code == "ht"


@pytest.mark.parametrize(("text", "code"), [
    ("la utz awach, k'o jun nuk'axk'ol", "quc"), ("K’iche’", "quc"), ("kiche", "quc"),
    ("Q'eqchi'", "kek"), ("in nawaj tenq'a", "kek"), ("b'an us, k'a choq'", "myn"),
])  # fmt: skip
def test_a_mayan_language_is_known_by_its_name_and_its_broken_consonants(
    languages: LanguageModel, text: str, code: str
) -> None:
    assert languages.guess(text).code == code


@pytest.mark.parametrize("text", [
    "I don't know, it's o'clock already", "rock'n'roll c'mon y'all", "pa' que m'ijo no venga",
    "q'ago q'el me pega", "q'onda q'ase", "me violo, q'ago? q'ospital", "mam",
    "haitiano", "frances",
    "dice q'el me mata si ablo, q'ago, ayuda x favor q'esta aki",
])  # fmt: skip
def test_a_shortened_word_is_no_mayan(languages: LanguageModel, text: str) -> None:
    assert languages.guess(text).code in ("es", "en")
