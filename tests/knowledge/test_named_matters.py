"""What she names in a word or two goes to the office that deals with it, not to one for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.directory.text import fold
from bot.knowledge.library import Library, opened
from bot.knowledge.matters import matters, matters_in
from tests.knowledge.test_matters import asked_of, named

# By matter: how she says it, then what only sounds like it.
SAID = {
    "child_taken_abroad": (
        ["el papá se llevó a mi hija a México y no me la devuelve",
         "no me los quiere regresar, los tiene en Estados Unidos",
         "my ex took my son to guatemala without asking me",
         "qué es eso del convenio de la Haya"],
        ["mi esposo se llevó mi pasaporte a México", "ICE took my son to another country",
         "necesito apostilla del convenio de la Haya", "quiero llevar a mi hija a México",
         "migración se lo llevó a otro país"],
    ),
    "father_refuses": (
        ["el papá no firma si no le dan 3 mil dólares", "no me quiere dar el permiso",
         "se niega a firmar la salida de los niños", "he won't sign for the kids to travel"],
        ["dónde firmo el permiso", "mi hija no tiene papeles", "no me dan permiso en el trabajo",
         "do i need his signature"],
    ),
    "children_law": (
        ["él no me da nada para los niños", "cómo pido la custodia", "pensión alimenticia",
         "how do i get child support"],
        ["mi pensión de vejez", "CPS quiere la custodia de mi hijo", "quién cuida a los niños"],
    ),
    "stateless": (
        ["¿soy apátrida entonces?", "me quitaron la nacionalidad", "no tengo nacionalidad",
         "i am stateless", "they took my citizenship",
         "en el consulado dicen que no aparezco en el sistema"],
        ["qué nacionalidad tiene mi hijo que nació aquí", "no aparezco en el sistema del IGSS",
         "quiero la nacionalidad de mi esposo", "how do i get nationality"],
    ),
    "death_abroad": (
        ["cómo traigo el cuerpo de mi hermano", "mi primo murió en Estados Unidos",
         "repatriación del cuerpo", "who helps send the body home", "he died in the desert"],
        ["me duele todo el cuerpo", "mi esposo murió en la pandemia", "quiero repatriarme",
         "my body hurts"],
    ),
    "displaced": (
        ["nos dijeron que teníamos hasta el sábado para dejar la casa", "somos desplazadas",
         "cuál oficina, la de víctimas?", "registro nacional de víctimas",
         "tuvimos que dejar la colonia por las maras", "we are internally displaced"],
        ["la oficina de víctimas de trata", "quiero dejar la casa de mi suegra",
         "mi marido me dijo que me vaya", "victim of rape"],
    ),
    "customs": (
        ["qué pago en la aduana por mis muebles", "cómo saco el menaje de casa",
         "quiero llevar mis cosas y el carro de regreso, pago impuestos?",
         "can i take my furniture back home"],
        ["me ayudan con la mudanza al otro cuarto", "tengo una cosa de regreso en el pecho",
         "i want to go back home"],
    ),
    "pension": (
        ["trabajé ocho años allá, me dan pensión?", "cómo me jubilo", "mis semanas del afore",
         "i worked there 12 years, is there a pension"],
        ["pensión alimenticia, llevo tres años sin nada", "el retiro de dinero del banco",
         "trabajé dos años sin sueldo",
         "my mom wants to retire at home"],
    ),
    "hiv": (
        ["llevo 6 días sin la pastilla, soy VIH positiva", "where do i get my hiv medicine"],
        ["me siento mal desde hace 6 días", "la vacuna de mi hijo"],
    ),
    "abortion": (
        ["quiero abortar", "cómo interrumpo mi embarazo", "where can i get an abortion"],
        ["tuve un aborto espontáneo", "no quiero tener más hijos", "embarazo de alto riesgo"],
    ),
    "trans": (
        ["soy una mujer trans", "i'm trans", "me hormono y se me acabó"],
        ["el transporte no pasa", "transferencia de dinero", "soy lesbiana"],
    ),
    "lgbt": (
        ["soy lesbiana y me insultan", "mi novia y yo", "i am gay"],
        ["mi novio y yo", "mi hermana y yo"],
    ),
    "work_papers_refused": (
        ["mi jefa no acepta mi permiso de trabajo", "el patrón pide otra tarjeta",
         "my manager say bring new work card or don't come monday",
         "boss refuses my tps card"],
        ["mi patrón no acepta pagarme", "my boss refuses to pay overtime",
         "perdí mi tarjeta de trabajo"],
    ),
    "migration_agents": (
        ["quiero quejarme de un agente de migración", "la migra me pegó",
         "complain about an ICE officer", "border patrol took my money, they stole it"],
        ["migración me pide papeles", "report to ICE next week", "la policía me pegó"],
    ),
    "police_abuse": (
        ["los policías paran el bus y piden 100 quetzales", "la policía me quitó el dinero",
         "solo vi el número de la patrulla", "how do i complain about a cop"],
        ["denunciar en la policía a mi marido", "llamé a la policía", "report to the police"],
    ),
    "desert": (
        ["mi hermano se quedó en el desierto", "lo dejaron botado en el desierto",
         "he was left in the desert"],
        ["cómo se cruza el desierto", "is the desert hot", "dejé todo atrás"],
    ),
    "returned": (
        ["me deportaron ayer", "soy retornada, quién me ayuda", "llega el avión de deportados",
         "i was deported last week"],
        ["me van a deportar?", "me deportaron, cuándo puedo pedir visa", "retorno voluntario",
         "can they deport me"],
    ),
    "diploma": (
        ["cómo convalido mi título", "mi carrera de allá vale aquí?",
         "get my degree recognized", "revalidar estudios de mi hija"],
        ["quiero estudiar una carrera", "la directora no reconoce a mi hijo",
         "i want a degree"],
    ),
    "bank": (
        ["el banco me quitó 200", "el banco no me deja abrir cuenta", "queja contra un banco",
         "the bank froze my money"],
        ["el banco de comida no me da nada", "qué banco manda dinero", "which bank is near",
         "debemos al banco y el coyote sigue cobrando"],
    ),
    "consumer": (
        ["compré una lavadora y no sirve", "la tienda no me quiere cambiar el teléfono",
         "the store won't give me a refund"],
        ["no me devuelve la garantía del cuarto", "compré comida", "where is the store",
         "en la charla dicen que los migrantes tenemos garantías"],
    ),
    "taxes": (
        ["cuánto cuesta sacar el ITIN", "cómo saco el NIT", "do i file taxes"],
        ["el ITIN avisa a migración?", "con el ITIN te abren una cuenta?",
         "cuánto impuesto hay por mandar dinero",
         "mi patrón me descuenta impuestos", "does the IRS tell ICE",
         "i pay taxes since 2003, do i get papers"],
    ),
    "discrimination": (
        ["me discriminan por mi acento", "no me atienden por ser haitiana", "they are racist"],
        ["es difícil ser migrante", "me gusta el color negro"],
    ),
    "dui": (["se me venció el DUI"], ["tengo un duende", "mi dpi"]),
}  # fmt: skip
FITS = [(name, text) for name, (fits, _) in SAID.items() for text in fits]
MISSES = [(name, text) for name, (_, misses) in SAID.items() for text in misses]


@pytest.fixture
def library(filled_engine: Engine) -> Iterator[Library]:
    with Session(filled_engine) as session:
        yield opened(session)


@pytest.mark.parametrize(("name", "text"), FITS)
def test_her_words_are_of_that_matter(name: str, text: str) -> None:
    assert name in matters_in(fold(text))


@pytest.mark.parametrize(("name", "text"), MISSES)
def test_what_only_sounds_like_it_is_not(name: str, text: str) -> None:
    assert name not in matters_in(fold(text))


def test_a_foreign_ministry_is_named_only_for_its_own_people(library: Library) -> None:
    """In Mexico most who ask are of elsewhere; in Guatemala, most who say nothing are of there."""
    text, intent = "mi hermano murió en Estados Unidos", "ask_missing_relative"
    mexican = named(library, asked_of("MX", intent, text, origin="MX"))
    unknown = named(library, asked_of("MX", intent, text))
    in_guatemala = named(library, asked_of("GT", intent, text))
    cuban = named(library, asked_of("GT", intent, text, origin="CU"))

    assert mexican == ("mx.ciam", "mx.ciam")
    assert "mx.ciam" not in unknown
    assert in_guatemala == ("gt.minex-fallecidos", "gt.minex-fallecidos")
    assert "gt.minex-fallecidos" not in cuban


def test_where_she_is_hurt_no_office_for_papers_comes_first() -> None:
    for each in matters().values():
        assert not each.counts_beside("ask_domestic_violence")
        assert not each.counts_beside("ask_sexual_violence")
