"""A laugh, a name, a postal code; back again after she had to leave; whose money a ransom is."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.privacy import LEFT
from bot.conversation.state import State
from tests.conversation.heard import hear, text

SPOKEN = State(country="HN", here="HN", topic="ask_detention_deportation")


@pytest.mark.parametrize(("words", "says"), [
    ("se llama wilmer pineda", "No me mandes nombres"),
    ("jajaja ay no", "Aquí sigo"),
    ("lol ok", "Aquí sigo"),
    ("78741", "código postal"),
])  # fmt: skip
def test_small_things_get_a_light_line_and_the_matter_stays(
    honduras: Engine, words: str, says: str
) -> None:
    decision = hear(honduras, words, SPOKEN, "out_of_scope")

    assert says in text(decision)
    assert decision.state.topic == SPOKEN.topic


def test_a_laugh_hides_no_question(honduras: Engine) -> None:
    decision = hear(honduras, "jaja y me cobran algo por eso?", SPOKEN, "out_of_scope", 0.4)

    assert "Aquí sigo" not in text(decision)


def test_thanks_with_a_wish_is_thanks(honduras: Engine) -> None:
    decision = hear(honduras, "gracias, que tenga buen día", SPOKEN, "greet")

    assert decision.acted_on == "thank"


@pytest.mark.parametrize("words", ["ya puedo. deme otra vez el número", "he left, the number again",
                                   "ya estoy sola, a donde llamo"])  # fmt: skip
def test_back_again_and_alone_she_gets_the_number(honduras: Engine, words: str) -> None:
    state = State(country="HN", pending=LEFT)

    decision = hear(honduras, words, state, "ask_menu", 0.5)

    assert "114" in text(decision)
    assert "violencia" not in text(decision)
    assert decision.state.pending is None


def test_whoever_only_says_hello_after_that_learns_nothing(honduras: Engine) -> None:
    decision = hear(honduras, "hola", State(country="HN", pending=LEFT), "greet")

    assert "114" not in text(decision)


def test_where_somebody_holds_her_money_is_a_ransom(honduras: Engine) -> None:
    state = State(country="HN", here="HN", crisis="locked", topic="report_immediate_danger",
                  sensitive=True)  # fmt: skip

    decision = hear(honduras, "mi mamá no tiene ese dinero", state, "ask_send_money", 0.9)

    assert text(decision).startswith("911")
    assert "no pague sola" in text(decision)


def test_for_somebody_who_was_arrested_her_number_tells_no_country(honduras: Engine) -> None:
    relative = [{"entity": "relative", "value": "sibling"}]
    decision = hear(
        honduras, "a mi hermano lo agarró la migra ayer", State(), "ask_detention_deportation",
        entities=relative, prefix_country="HN",
    )  # fmt: skip

    assert "¿En qué país está?" in text(decision)


@pytest.mark.parametrize("words", [
    "ayuda a mi esposo lo agarraron en reynosa me están pidiendo 5 mil dólares",
    "secuestraron a mi hijo y quieren 3000 dólares",
    "they have my brother, they want 4000 dollars or they kill him",
])  # fmt: skip
def test_a_ransom_is_answered_at_once_and_spoken_of_on(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, State(), "ask_threats_extortion", 0.6, prefix_country="HN")

    told = text(decision)
    assert "No pagues ni vayas sola" in told or "Don't pay or go alone" in told
    assert decision.state.topic == "ask_threats_extortion"
    assert decision.state.pending is None


def test_what_she_owes_her_boss_is_no_ransom(honduras: Engine) -> None:
    words = "mi patrón me pide 500 dólares por los papeles"
    decision = hear(honduras, words, State(), "nlu_fallback", 0.8, prefix_country="HN")

    assert "antisecuestro" not in text(decision)


def test_without_credit_in_danger_she_learns_that_the_number_is_free(honduras: Engine) -> None:
    state = State(country="HN", here="HN", crisis="danger", topic="report_immediate_danger",
                  sensitive=True)  # fmt: skip
    decision = hear(honduras, "no tengo saldo solo internet", state, "find_service", 0.8)

    assert text(decision).startswith("911")
    assert "sin saldo" in text(decision)


def test_after_violence_nothing_is_told_off_as_out_of_scope(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_threats_extortion", sensitive=True)
    decision = hear(honduras, "que sea el de las noticias ay dios mio", state, "out_of_scope")

    assert "De eso no sé" not in text(decision)
    assert "aquí sigo" in text(decision)


def test_another_one_please_is_no_cry(honduras: Engine) -> None:
    state = State(country="HN", here="HN", service_type="food", listed=("hn.dipampco",))
    decision = hear(honduras, "otro pls", state, "nlu_fallback", 0.3,
                    ranking=(("report_immediate_danger", 0.2),))  # fmt: skip

    assert "peligro" not in text(decision)


DESPAIR = State(country="HN", here="HN", crisis="distress", topic="express_suicidal_distress",
                pending="accompanied", sensitive=True)  # fmt: skip


@pytest.mark.parametrize(("words", "says", "never"), [
    ("mi hermana ya viene", "911", "Hoy hay"),
    ("my sister is coming", "911", "Hoy hay"),
    ("mi hermana no viene", "", "no estás sola"),
    ("mi mamá llegó y me pega", "", "no estás sola"),
    ("tengo las pastillas aquí", "Dale eso ahora", "Qué es lo que más"),
    ("i have pills from the doctor", "Dale eso ahora", "weighs"),
    ("ya se las di a mi vecina", "Hiciste muy bien", "emergencia"),
    ("a lady upstairs, i can go to her", "ve con ella ahora", "puedes llamar"),
    ("estoy con mi hija de 10, está dormida", "persona grande", "Dile a esa persona"),
    ("no llamen a nadie por favor", "No llamo ni le digo a nadie", "dato seguro"),
    ("please dont call anyone", "No llamo ni le digo a nadie", "dato seguro"),
])  # fmt: skip
def test_wanting_to_die_she_is_heard(honduras: Engine, words: str, says: str, never: str) -> None:
    decision = hear(honduras, words, DESPAIR, "nlu_fallback", 0.4)

    assert says in text(decision)
    assert never not in text(decision)
    assert decision.state.crisis == "distress"


@pytest.mark.parametrize("words", ["ya dejé la carta para mi hermana, que me perdone",
                                   "perdón, sí tengo pastillas aquí"])  # fmt: skip
def test_a_polite_word_hides_no_letter_and_no_pills(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, State(country="HN"), "express_suicidal_distress", 0.8)

    assert decision.outcome == "crisis card"
    assert "No pasa nada" not in text(decision)


def test_who_wants_to_disappear_has_not_answered_whether_she_can_write(honduras: Engine) -> None:
    state = State(country="HN", here="HN", crisis="danger", topic="report_immediate_danger",
                  pending="safe_to_talk", sensitive=True)  # fmt: skip
    decision = hear(honduras, "i feel so stupid i just wanna disappear", state,
                    "express_suicidal_distress", 0.9)  # fmt: skip

    assert decision.acted_on == "express_suicidal_distress"


def test_a_plain_sentence_on_the_matter_is_no_wish_to_die(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_travel_safety")
    decision = hear(honduras, "y si mejor paso caminando", state, "express_suicidal_distress", 0.6,
                    stays={"ask_travel_safety": 0.9})  # fmt: skip

    assert decision.state.topic == "ask_travel_safety"
    assert "daño" not in text(decision)


def test_whose_son_has_died_is_not_sent_to_search_for_him(honduras: Engine) -> None:
    decision = hear(honduras, "mi hijo se murió en el desierto, lo trajeron en caja", State(),
                    "ask_missing_relative", 0.9, prefix_country="HN")  # fmt: skip

    assert "Lo siento mucho" in text(decision)
    assert decision.state.topic == "ask_emotional_support"


def test_where_she_can_sleep_after_violence_is_a_shelter(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_protection_order", sensitive=True)
    decision = hear(honduras, "y donde me meto con mi muchachito", state,
                    "ask_family_reunification", 0.7,
                    stays={"ask_protection_order": 0.9})  # fmt: skip

    assert decision.state.topic == "ask_safe_shelter"


LOCKED = State(country="HN", here="HN", crisis="locked", topic="report_immediate_danger",
               sensitive=True)  # fmt: skip


@pytest.mark.parametrize("words", ["no tengo dinero para irme", "i cant pay for a taxi",
                                   "no tengo plata para un taxi"])  # fmt: skip
def test_a_husband_who_locks_in_is_no_kidnapper(honduras: Engine, words: str) -> None:
    assert "antisecuestro" not in text(hear(honduras, words, LOCKED, "ask_send_money", 0.6))


@pytest.mark.parametrize("words", [
    "me tiene encerrado mi marido, necesito que alguien me rescate",
    "me tiene amenazada y quiere quitarme el dinero",
    "they have my son's birth certificate and want 50 dollars",
])  # fmt: skip
def test_no_ransom_without_somebody_who_is_held_for_it(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, State(), "nlu_fallback", 0.5, prefix_country="HN")

    assert "vayas sola" not in text(decision)
    assert "go alone" not in text(decision)


@pytest.mark.parametrize(("words", "intent"), [
    ("ya se durmió, me quiero morir", "express_suicidal_distress"),
    ("he left but he said he will kill me when he comes back", "report_immediate_danger"),
])  # fmt: skip
def test_back_again_an_alarm_is_an_alarm(honduras: Engine, words: str, intent: str) -> None:
    decision = hear(honduras, words, State(country="HN", pending=LEFT), intent, 0.95)

    assert "Dime qué necesitas; si llega" not in text(decision)
    assert decision.state.crisis is not None


def test_back_and_no_more_is_no_reason_for_a_number(honduras: Engine) -> None:
    decision = hear(honduras, "ya puedo", State(country="HN", pending=LEFT), "affirm", 0.6)

    assert "114" not in text(decision)


@pytest.mark.parametrize("words", ["ya no aguanto, quiero acabar con todo", "quiero hacerme daño",
                                   "i want to end it all",
                                   "they'd be better off without me"])  # fmt: skip
def test_a_sure_wish_to_die_is_never_one_more_on_wages(honduras: Engine, words: str) -> None:
    state = State(country="HN", here="HN", topic="ask_unpaid_wages")
    decision = hear(honduras, words, state, "express_suicidal_distress", 0.95,
                    stays={"ask_unpaid_wages": 0.9})  # fmt: skip

    assert decision.acted_on in ("express_suicidal_distress", "nlu_fallback")
    assert decision.state.topic != "ask_unpaid_wages" or "daño" in text(decision)


@pytest.mark.parametrize("words", [
    "no sé si se murió, hace dos meses que no llama mi esposo",
    "creo que lo mataron, no aparece", "se me murió el teléfono y no sé de mi hijo",
])  # fmt: skip
def test_who_searches_is_not_told_that_he_is_dead(honduras: Engine, words: str) -> None:
    decision = hear(honduras, words, State(), "ask_missing_relative", 0.9, prefix_country="HN")

    assert "Lo siento mucho" not in text(decision)


def test_where_to_report_is_no_shelter(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_domestic_violence", sensitive=True)
    decision = hear(honduras, "¿a dónde voy a poner la denuncia?", state,
                    "ask_report_rights_abuse", 0.7)  # fmt: skip

    assert decision.state.topic != "ask_safe_shelter"


def test_whether_others_pass_it_on_is_not_answered_for_us(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_unpaid_wages")
    decision = hear(honduras, "¿y el ministerio le avisa a migración?", state, "ask_privacy", 0.9)

    assert "No aviso a migración" not in text(decision)
    assert decision.state.topic == "ask_unpaid_wages"


def test_hands_on_her_throat_are_heard_whatever_the_model_hears(honduras: Engine) -> None:
    decision = hear(honduras, "he choked her last week", State(), "ask_return_home", 0.6,
                    prefix_country="HN")  # fmt: skip

    assert decision.state.topic == "ask_domestic_violence"


def test_who_cannot_speak_after_violence_is_in_danger(honduras: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_trafficking_exploitation", sensitive=True)
    decision = hear(honduras, "no puedo hablar nos oyen", state, "deny", 0.6)

    assert decision.outcome == "crisis card"
    assert text(decision).startswith("911")


def test_not_wanting_to_die_is_no_alarm(honduras: Engine) -> None:
    decision = hear(honduras, "no, no es que me quiera matar", State(country="HN"),
                    "express_suicidal_distress", 0.9)  # fmt: skip

    assert "hacerte daño" not in text(decision)


@pytest.mark.parametrize("words", [
    "vuelvo a escribir dspues viene el supervisor", "le sigo luego ya llego mi patron",
    "sorry cannot type now madam near", "ahi viene la señora le escribo al rato",
    "ill text later my boss is coming",
])  # fmt: skip
def test_somebody_comes_and_nothing_is_left(filled_engine: Engine, words: str) -> None:
    state = State(country="CA", topic="ask_trafficking_exploitation", sensitive=True)

    decision = hear(filled_engine, words, state, "ask_workplace_harassment")

    assert decision.acted_on == "quick_exit"
    assert decision.state.topic is None


@pytest.mark.parametrize("words", [
    "luego viene borracho y me pega", "el cheque viene despues?", "cuando llega mi cita",
])  # fmt: skip
def test_who_only_tells_of_coming_does_not_leave(filled_engine: Engine, words: str) -> None:
    state = State(country="CA", topic="ask_domestic_violence", sensitive=True)

    assert hear(filled_engine, words, state, "ask_domestic_violence").acted_on != "quick_exit"


def test_a_death_is_mourned_before_anything_is_asked(filled_engine: Engine) -> None:
    state = State(country="US", here="US")

    decision = hear(filled_engine, "Mi mamá falleció hoy.", state, "ask_missing_relative",
                    forgotten=True, idle_s=200_000.0, prefix_country="US")  # fmt: skip

    assert "Lo siento mucho" in text(decision)
    assert decision.state.pending != "country"


def test_a_wish_for_spanish_does_not_swallow_the_question(filled_engine: Engine) -> None:
    words = "mejor en español. ¿cuánto cuesta pedir el refugio y cuánto se tarda?"
    ranking = (("change_language", 0.9), ("ask_asylum", 0.08))
    state = State(language="en", country="MX", here="MX")

    decision = hear(filled_engine, words, state, "change_language", ranking=ranking)

    assert decision.acted_on == "ask_asylum"
    assert decision.state.language == "es"
    assert "COMAR" in text(decision)


def test_another_place_where_nobody_answers(filled_engine: Engine) -> None:
    ids = ("mx.casa-migrante-juarez",)
    state = State(country="MX", here="MX", city="Ciudad Juárez", service_type="migrant_shelter",
                  listed=ids)  # fmt: skip

    decision = hear(filled_engine, "ese no contesta, otro?", state, "ask_missing_relative", 0.5)

    assert decision.acted_on == "find_service"


@pytest.mark.parametrize("words", ["i cant text he is here", "no puedo escribir ya viene"])
def test_that_she_cannot_write_stays_an_alarm_where_it_is_one(
    filled_engine: Engine, words: str
) -> None:
    state = State(country="US", here="US", topic="ask_domestic_violence", sensitive=True)

    decision = hear(filled_engine, words, state, "report_immediate_danger", 0.95)

    assert decision.acted_on != "quick_exit"
    assert text(decision)[:1].isdigit()
