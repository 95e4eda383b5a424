"""Where she says she is not, and where somebody else is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.conversation.places_said import Said, places_said
from bot.conversation.state import State, Turn, absorb
from tests.conversation.reading import heard

TODAY = date(2026, 11, 25)
SERVED = frozenset({"NI", "CR", "US", "GT", "HN", "SV", "MX"})


def said(text: str, intent: str, found: dict[str, Any], *places: tuple[str, str, str]) -> Said:
    entities = [{"entity": kind, "value": value, "start": text.index(written)}
                for kind, value, written in places]  # fmt: skip
    return places_said(text, entities, found, intent)


def test_a_denied_country_is_not_where_she_is() -> None:
    text = "yo no estoy en nicaragua ese es mi numero nomas, estoy en costa rica"
    found = said(text, "inform_location", {"country": "NI"},
                 ("country", "NI", "nicaragua"), ("country", "CR", "costa rica"))  # fmt: skip

    assert (found.country, found.not_in) == ("CR", ("NI",))


@pytest.mark.parametrize("text", ["no estoy en Nicaragua", "I am not in Nicaragua"])
def test_a_denied_country_alone_leaves_none(text: str) -> None:
    found = said(text, "inform_location", {"country": "NI"}, ("country", "NI", "Nicaragua"))
    turn = Turn("inform_location", TODAY, country=found.country, not_in=found.not_in,
                prefix_country="NI")  # fmt: skip

    state = absorb(turn, State(country="NI", here="NI"), SERVED)

    assert (state.country, state.here) == (None, None)


def test_a_correction_is_no_denial() -> None:
    text = "no I'm in Austin"
    found = said(text, "inform_location", {"country": "US", "city": "Austin"},
                 ("city", "Austin", "Austin"))  # fmt: skip

    assert (found.country, found.not_in) == ("US", ())


def test_her_sisters_country_is_asked_about_and_hers_is_kept() -> None:
    text = "yo estoy en los angeles pero es para mi hermana q esta en guatemala"
    read = {"country": "US", "city": "Los Angeles"}
    places = (("city", "Los Angeles", "los angeles"), ("country", "GT", "guatemala"))
    found = said(text, "ask_domestic_violence", read, *places)

    assert (found.country, found.here, found.other) == ("GT", "US", True)


def test_her_husband_abroad_does_not_move_her_danger() -> None:
    text = "mi suegro me quiere abusar. mi esposo esta en el norte"
    found = said(text, "ask_sexual_violence", {"country": "US"}, ("country", "US", "el norte"))

    assert found.country is None


def test_a_job_abroad_does_not_move_her() -> None:
    turn = Turn("ask_find_job", TODAY, country="GT", prefix_country="SV")

    state = absorb(turn, State(), SERVED)

    assert (state.country, state.here) == ("GT", "SV")


@pytest.mark.parametrize(("text", "intent", "prefix", "country"), [
    ("mi esposo se fue para el norte y no contesta desde que llegó a Reynosa",
     "ask_missing_relative", "GT", "MX"),
    ("my brother left for the US and the last time he called was from Tapachula",
     "ask_missing_relative", "HN", "MX"),
    ("soy de Huehuetenango, a mi hija la devolvieron de los Estados Unidos y no come",
     "ask_emotional_support", "GT", "GT"),
    ("a mi hijo lo deportaron de México, estamos en San Pedro Sula", "ask_return_home", "HN", "HN"),
    ("mi hija nació en Guatemala pero yo soy mexicana, cómo la registro",
     "ask_birth_registration", "MX", "MX"),
    ("san pedro de macori", "inform_location", None, "DO"),
    ("voy saliendo para Costa Rica con mi niña y el papá no quiere firmar",
     "ask_child_travel_permission", "NI", "NI"),
    ("mi ex se llevó a mis hijos a República Dominicana y no los devuelve",
     "ask_child_custody_support", "US", "US"),
    # As before: nothing of this in the message.
    ("mi bebé nació en Costa Rica, soy nicaragüense, cómo lo registro",
     "ask_birth_registration", "CR", "CR"),
    ("estoy en Panamá con mi niña, quiero salir a Costa Rica",
     "ask_child_travel_permission", None, "PA"),
])  # fmt: skip
def test_the_verb_beside_a_place_tells_whose_it_is(
    text: str, intent: str, prefix: str | None, country: str
) -> None:
    state = absorb(heard(text, intent, prefix), State(), SERVED | {"DO", "PA"})

    assert state.country == country


@pytest.mark.parametrize(("text", "intent", "prefix", "country", "origin"), [
    ("I am Haiti, I have TPS, is it finished?", "ask_asylum", "US", "US", "HT"),
    ("su papá está en España y no contesta, me quiero ir con mi niño",
     "ask_child_travel_permission", "HN", "HN", None),
    ("how do I send money cheap to my mother in Montego Bay", "ask_send_money", "BZ", "BZ", None),
])  # fmt: skip
def test_a_country_that_we_do_not_have_takes_nobody_away(
    text: str, intent: str, prefix: str, country: str, origin: str | None
) -> None:
    state = absorb(heard(text, intent, prefix), State(), SERVED | {"BZ"})

    assert (state.country, state.origin) == (country, origin)


@pytest.mark.parametrize(("text", "intent"), [
    ("estoy en España, ¿cómo pido asilo?", "ask_asylum"),
    ("quiero irme a España a cuidar ancianos", "ask_find_job"),
])  # fmt: skip
def test_where_she_is_or_goes_is_told_also_where_we_do_not_have_it(text: str, intent: str) -> None:
    state = absorb(heard(text, intent, "NI"), State(), SERVED)

    assert state.country == "ES"


def test_whoever_was_not_paid_is_told_of_where_she_worked() -> None:
    text = "regresé a Nicaragua en agosto, la señora donde trabajaba en Heredia no me pagó"
    state = absorb(heard(text, "ask_unpaid_wages", "NI"), State(), SERVED)

    assert state.country == "CR"


@pytest.mark.parametrize(("text", "intent"), [
    ("llegamos a Ciudad Hidalgo con mi esposo y dos niños, ¿dónde pedimos refugio?", "ask_asylum"),
    ("quiero solicitar el refugio para mí y mi mamá", "ask_asylum"),
    ("¿dónde pido refugio? mi marido me pega", "ask_safe_shelter"),
    ("necesito un refugio para esta noche", "ask_safe_shelter"),
])  # fmt: skip
def test_refuge_is_asylum_where_nobody_hurts_her(text: str, intent: str) -> None:
    assert heard(text, "ask_safe_shelter").intent == intent


@pytest.mark.parametrize(("prefix", "country"), [("MX", "MX"), ("PA", "PA"), (None, "PA")])
def test_what_happened_in_the_jungle_is_behind_her(prefix: str | None, country: str) -> None:
    text = "I pass the Darien with my daughter, bad thing happen to me there, it is 5 weeks now"
    state = absorb(heard(text, "ask_sexual_violence", prefix), State(), SERVED | {"PA"})

    assert state.country == country


@pytest.mark.parametrize(("text", "taken", "hers"), [
    ("mi esposo lo agarro la migra en Houston ayer, le escribo desde Huehuetenango",
     "Houston", "Huehuetenango"),
    ("mi hijo esta detenido en Houston y yo estoy en Huehuetenango, como hablo con el",
     "Houston", "Huehuetenango"),
])  # fmt: skip
@pytest.mark.parametrize("intent", ["ask_detention_deportation", "inform_location"])
def test_where_he_was_taken_decides_and_not_where_she_writes_from(
    text: str, taken: str, hers: str, intent: str
) -> None:
    entities = [{"entity": "city", "value": value, "start": text.index(value), "role": "location"}
                for value in (taken, hers)]  # fmt: skip

    found = places_said(text, entities, {"country": "GT", "city": hers}, intent)

    assert (found.country, found.city, found.here) == ("US", "Houston", "GT")


@pytest.mark.parametrize(("text", "intent", "prefix"), [
    ("does the fiscalía here even do anything if he's not in DR", "ask_child_custody_support",
     "DO"),
    ("el papa de mi hijo ya no está en Costa Rica", "ask_child_custody_support", "NI"),
    ("my mom doesn't live in El Salvador anymore", "ask_family_reunification", "US"),
    ("They're telling him to sign so he can be home in Mexico", "ask_detention_deportation", "US"),
    ("van a deportar a mi esposo a Honduras", "ask_detention_deportation", "US"),
])  # fmt: skip
def test_where_somebody_else_is_not_says_nothing_of_her(
    text: str, intent: str, prefix: str
) -> None:
    turn = heard(text, intent, prefix)
    known = State(country=prefix, here=prefix)

    after = absorb(turn, known, SERVED | {"DO"})

    assert (turn.not_in, turn.destination) == ((), None)
    assert (after.country, after.here) == (prefix, prefix)


@pytest.mark.parametrize(("text", "not_in"), [
    ("I'm not in Mexico", ("MX",)), ("i don't live in Mexico", ("MX",)),
    ("no, not Mexico", ("MX",)),
    ("he told me I am not in Mexico", ("MX",)), ("my sister says she is not in Mexico", ()),
    ("I have work permit with asylum, not green card", ()), ("no tengo TPS", ()),
])  # fmt: skip
def test_only_she_denies_her_country_and_no_paper_is_one(
    text: str, not_in: tuple[str, ...]
) -> None:
    assert heard(text, "inform_location", "MX").not_in == not_in


def test_a_woman_abroad_is_answered_for_and_not_moved_to() -> None:
    text = "si ella habla con la policia alla (en Estados Unidos) la van a deportar?"
    turn = heard(text, "ask_protection_order", "GT")

    after = absorb(turn, State(country="GT", here="GT"), SERVED)

    assert (after.country, after.here) == ("US", "GT")
