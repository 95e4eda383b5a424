"""When it is not she who suffers: remembered for whom she writes; her own danger never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.conversation.another import DESPAIR, HURT, RANSOM, Helped, for_helpers, read_another
from bot.conversation.marks import Marks, put_on, taken_off
from bot.conversation.state import State
from bot.knowledge.files import read_yaml
from bot.paths import COUNTRIES, DATA
from tests.conversation.heard import hear, text

NEIGHBOUR = Marks(helped=Helped("neighbour", None, HURT))
SISTER = Marks(helped=Helped("sister", "GT", HURT))
PANAMA = State(country="PA", here="PA", topic="ask_domestic_violence", sensitive=True)


@pytest.mark.parametrize(("words", "who", "sign"), [
    ("a mi hermana le pega el marido", "sister", HURT),
    ("mi ermana en onduras dise q se kiere matar", "sister", DESPAIR),
    ("mi mamá se quiere matar", "mother", DESPAIR),
    ("mi mama en guatemala ya no quiere vivir", "mother", DESPAIR),
    ("mi hermana llora, el marido de mi vecina la golpea", "neighbour", HURT),
    ("le pegan a mi vecina", "neighbour", HURT),
    ("mi mejor amiga me conto que la violaron", "friend", HURT),
    ("la señora de al lado, el marido la maltrata", "neighbour", HURT),
    ("Es por una vecina, nicaragüense", "neighbour", "for_whom"),
    ("soy la vecina, no soy la víctima", "neighbour", "says_so"),
    ("my sister is being beaten by her husband", "sister", HURT),
    ("my friend says she doesn't want to live", "friend", DESPAIR),
    ("my neighbour's husband beats her", "neighbour", HURT),
    ("mi neighbour di man dem beat har every night", "neighbour", HURT),
    ("my cousin cut her wrists", "cousin", DESPAIR),
    ("soy la mamá de ella, mi hija vive en monterrey y el marido la golpea",
     "grown_daughter", HURT),
    ("i'm her mother, my daughter's husband beats her", "grown_daughter", HURT),
    ("soy la hija, a mi mama le pega mi padrastro", "mother", HURT),
    ("soy su tia, el novio la golpea", "niece", HURT),
    ("soy la mama, mi hijo se quiere matar", "son", DESPAIR),
    ("soy la mama, mi hija de 8 años, su papa le pega", "daughter", HURT),
    ("soy la abuela, a mi nieto le pega el padrastro", "grandson", HURT),
])  # fmt: skip
def test_whom_it_is_about(words: str, who: str, sign: str) -> None:
    read = read_another(words)

    assert read.who == who
    assert sign in read.signs
    assert "herself" not in read.signs


@pytest.mark.parametrize("words", [
    "soy la hija que el viola", "i am the daughter he rapes", "soy la mama de dos niños",
    "i am the mother of two and he hits me", "soy la hija de el y me pega",
    "soy su hija y me pega", "soy su mama, tiene 15 y el novio le pega",
    "soy su mama, el papa la golpea", "soy la mama, a mi hija la viola mi esposo",
    "soy la mama, mi hija de quince, mi pareja abuso de ella",
])  # fmt: skip
def test_who_tells_whose_daughter_or_mother_she_is_writes_for_nobody_else(words: str) -> None:
    assert read_another(words).who not in ("mother", "grown_daughter")


@pytest.mark.parametrize("words", [
    "mi vecina y yo estamos encerradas, le pega a ella y a mi", "mi esposo le pega a ella y a mi",
    "mi marido me pega y tambien le pega a mi mama", "mi vecina me pega",
    "mi hermano me pega y a mi mama tambien", "my neighbor hits me and my sister",
    "mi mama se quiere matar y yo tambien quiero morirme", "he beats her and me",
    "mi amiga y yo: nos tiene encerradas", "mi vecina sabe que me golpea mi esposo",
    "i dont want to live, my brother paid for me with his life",
    "no quiero vivir, mi hermana no entiende", "mi mama tiene miedo de que me mate",
    "mi amiga dice que me quiere matar mi ex", "mi papa le pega a mi mama y tambien a mi",
    "my dad beats my mom and me every night", "golpea a mi mama y luego sigo yo",
    "mi vecino dice que va a matarnos",
])  # fmt: skip
def test_her_own_danger_is_heard(words: str) -> None:
    assert read_another(words).signs & {"herself", "killed"}


@pytest.mark.parametrize("words", [
    "mi mama y yo estamos preocupadas por mi hermana, el marido la golpea",
    "my mom and me hear screams, my neighbor is being beaten",
    "le pega a mi vecina y a mi me da miedo llamar", "le pega a mi mama y a mi hermana",
])  # fmt: skip
def test_whoever_only_fears_for_another_is_not_hurt(words: str) -> None:
    assert "herself" not in read_another(words).signs


@pytest.mark.parametrize("words", [
    "mi esposo quiere matarse y matarnos", "mi esposo quiere matarse y matar a los niños",
    "mi esposo dice que se va a matar y que nos va a llevar con el, tiene gasolina",
    "mi ex se quiere matar si no vuelvo y trae pistola, esta afuera",
    "my husband wants to kill himself and kill us",
    "my ex wants to kill himself and take the kids",
])  # fmt: skip
@pytest.mark.parametrize("forced", [True, False])
def test_a_man_who_would_take_her_along_is_her_danger(filled_engine: Engine, words: str,
                                                      forced: bool) -> None:  # fmt: skip
    decision = hear(filled_engine, words, State(), "express_suicidal_distress", 0.95,
                    prefix_country="PA", force_intent=forced)  # fmt: skip

    assert text(decision).startswith("104")
    assert decision.state.crisis == "danger"
    assert taken_off(decision.state)[1].helped is None


@pytest.mark.parametrize("words", [
    "me dijo que si la ayudo me va a cortar en pedazos", "me va a quemar viva",
    "he said he is going to shoot me",
])  # fmt: skip
@pytest.mark.parametrize("intent", ["ask_domestic_violence", "nlu_fallback"])
def test_a_threat_to_the_helper_is_her_own(filled_engine: Engine, words: str, intent: str) -> None:
    decision = hear(filled_engine, words, put_on(PANAMA, SISTER), intent, prefix_country="PA")

    assert text(decision).startswith("104")
    assert decision.state.crisis == "danger"


def test_small_talk_keeps_the_number_that_was_told(filled_engine: Engine) -> None:
    told = put_on(PANAMA.but(country="GT"), SISTER)

    thanked = hear(filled_engine, "gracias", told, "thank", prefix_country="PA")
    asked = hear(filled_engine, "no", told, "deny", prefix_country="PA")

    assert text(thanked).startswith("1572 (se marca en Guatemala)")
    assert text(asked).startswith("1572 (se marca en Guatemala)")


@pytest.mark.parametrize("words", ["que hago", "que le digo"])
def test_what_speaks_of_a_woman_is_not_told_for_a_man(filled_engine: Engine, words: str) -> None:
    state = put_on(PANAMA, Marks(helped=Helped("father", None, HURT)))

    decision = hear(filled_engine, words, state, "nlu_fallback", prefix_country="PA")

    assert text(decision).startswith("104")
    assert "una mujer" not in text(decision)


@pytest.mark.parametrize(("words", "intent"), [
    ("ya no puedo más, me siento vacía", "express_suicidal_distress"),
    ("viene con un cuchillo, estoy en el baño", "report_immediate_danger"),
])  # fmt: skip
def test_an_alarm_that_names_no_other_is_her_own(filled_engine: Engine, words: str, intent: str
                                                 ) -> None:  # fmt: skip
    decision = hear(filled_engine, words, put_on(PANAMA, SISTER), intent, 0.95,
                    prefix_country="PA")  # fmt: skip

    assert taken_off(decision.state)[1].helped is None
    assert "tu hermana" not in text(decision)
    assert decision.state.crisis in ("danger", "distress")


@pytest.mark.parametrize("words", [
    "mi marido me amenaza", "me pegó", "quiero morirme", "nos va a matar",
])  # fmt: skip
def test_it_is_for_herself_as_soon_as_she_is_hurt(filled_engine: Engine, words: str) -> None:
    before = put_on(PANAMA, NEIGHBOUR)

    decision = hear(filled_engine, words, before, "ask_domestic_violence", prefix_country="PA")

    assert taken_off(decision.state)[1].helped is None
    assert "tu vecina" not in text(decision)


@pytest.mark.parametrize("intent", ["nlu_fallback", "ask_travel_safety", "ask_human", "greet"])
@pytest.mark.parametrize("words", ["¿Qué puedo hacer yo sin ponerla en más peligro?", "que ago"])
def test_a_helper_is_told_what_she_can_do(filled_engine: Engine, words: str, intent: str) -> None:
    decision = hear(filled_engine, words, put_on(PANAMA, NEIGHBOUR), intent, 0.5,
                    prefix_country="PA")  # fmt: skip

    assert text(decision).startswith("182")
    assert "escúchala a solas" in text(decision)
    assert taken_off(decision.state)[1].helped == NEIGHBOUR.helped


def test_whether_she_may_call_is_answered_for_the_country_with_its_source(
    filled_engine: Engine,
) -> None:
    here = hear(filled_engine, "¿Y puedo llamar yo en vez de ella?", put_on(PANAMA, NEIGHBOUR),
                "ask_human", prefix_country="PA")  # fmt: skip
    far = hear(filled_engine, "puedo llamar yo por ella", put_on(PANAMA, SISTER), "ask_human",
               prefix_country="PA")  # fmt: skip

    assert "Puedes avisar tú" in text(here)
    assert "Fuente:" in text(here)
    assert text(far).startswith("1572")
    assert "no conectan con otro país" in text(far)
    assert far.state.here == "PA"


def test_no_helper_is_asked_whether_she_is_alone_with_her_phone(filled_engine: Engine) -> None:
    state = put_on(replace(PANAMA, sensitive=False), NEIGHBOUR)

    decision = hear(filled_engine, "cómo saca ella la orden de protección", state,
                    "ask_protection_order", prefix_country="PA")  # fmt: skip

    assert "¿Estás sola con tu teléfono?" not in text(decision)
    assert "Lo que sigue es para tu vecina" in text(decision)


def test_a_ransom_stays_with_where_it_happens(filled_engine: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_threats_extortion", sensitive=True)
    held = Marks(helped=Helped("son", "MX", RANSOM))

    decision = hear(filled_engine, "¿qué hago, pago o no pago?", put_on(state, held),
                    "ask_threats_extortion", prefix_country="HN")  # fmt: skip

    assert text(decision).startswith("089. Llama antes de pagar")
    assert decision.state.here == "HN"


def test_whose_danger_it_is_goes_as_soon_as_her_own(filled_engine: Engine) -> None:
    """Her phone may be looked at: she had left, is greeted in neutral words, and it is kept."""
    for words, intent, state in [
        ("a mi hermana le pega el marido", "greet", State(pending="left")),
        ("tienen secuestrado a mi primo y piden dinero, ¿dónde hay wifi?", "find_service", PANAMA),
        ("mi mamá en guatemala ya no quiere vivir", "change_language", State(country="MX")),
    ]:
        after = hear(filled_engine, words, state.but(sensitive=False), intent).state

        helped = taken_off(after)[1].helped
        assert helped is None or helped.matter is None or after.sensitive, words


@pytest.mark.parametrize("words", [
    "mi suegra le pega a mi hija de 5 años", "la vecina le pega a su niño",
    "my neighbour beats her kids",
])  # fmt: skip
def test_a_hurt_child_is_another_matter(filled_engine: Engine, words: str) -> None:
    decision = hear(filled_engine, words, State(country="PA", here="PA"), "ask_child_abuse",
                    prefix_country="PA")  # fmt: skip

    assert decision.state.topic == "ask_child_abuse"
    assert taken_off(decision.state)[1].helped is None


def test_a_place_alone_is_where_the_other_one_is(filled_engine: Engine) -> None:
    state = put_on(PANAMA, Marks(helped=Helped("friend", None, DESPAIR)))

    named = {"entity": "country", "value": "CR", "start": 8, "end": 18}
    decision = hear(
        filled_engine,
        "está en costa rica",
        state,
        "inform_location",
        places={"country": "CR"},
        prefix_country="PA",
        entities=[named],
    )

    assert text(decision).startswith("911")
    assert taken_off(decision.state)[1].helped == Helped("friend", "CR", DESPAIR)
    assert decision.state.here == "PA"


def test_every_mark_is_read_as_it_was_written() -> None:
    for helped in (
        Helped("sister"),
        Helped("mother", "NI", DESPAIR),
        Helped("someone", None, HURT),
    ):
        assert taken_off(put_on(State(), Marks(helped=helped)))[1].helped == helped


def test_whatever_is_told_to_a_helper_is_a_statement_of_ours() -> None:
    known = {each["id"] for path in Path(COUNTRIES).glob("*/statements.yml")
             for each in read_yaml(path)}  # fmt: skip
    told = {each for kinds in read_yaml(DATA / "for_another.yml")["tells"].values()
            for ids in kinds.values() for each in ids}  # fmt: skip

    assert told <= known
    assert for_helpers() <= known
