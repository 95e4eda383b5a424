"""What holds in one state alone is not told to her who is in another."""

from __future__ import annotations

import pytest

from bot.knowledge.of_states import holds_elsewhere, state_of

TAMAULIPAS = "En Tamaulipas, Salud dice que ningún hospital puede negar el parto."
QUEBEC = "En Quebec tu semana normal es de 40 horas."


def test_another_state_than_that_of_her_town() -> None:
    assert holds_elsewhere(TAMAULIPAS, "MX", "Tapachula")
    assert holds_elsewhere(QUEBEC, "CA", "Leamington")


def test_her_own_state_by_a_town_or_by_its_name() -> None:
    assert not holds_elsewhere(TAMAULIPAS, "MX", "Reynosa")
    assert not holds_elsewhere(QUEBEC, "CA", "Quebec")
    assert not holds_elsewhere("En Ontario la escuela no puede rechazarlo.", "CA", "Ontario")


@pytest.mark.parametrize("city", [None, "Nowhere at all"])
def test_where_her_state_is_not_known_nothing_is_kept_back(city: str | None) -> None:
    assert not holds_elsewhere(QUEBEC, "CA", city)


def test_a_country_with_one_law_has_no_other_states() -> None:
    assert not holds_elsewhere("En Alajuela atiende la oficina.", "CR", "Limón")


@pytest.mark.parametrize("text", [
    "En Ontario y Quebec hay clínicas gratis.",  # of two
    "Sin papeles te cobrarán; en Ontario hay centros comunitarios.",  # an example further on
    "En 22 estados un programa paga el parto.",
])  # fmt: skip
def test_an_example_is_no_rule_of_one_state(text: str) -> None:
    assert state_of(text, "CA") is None
    assert state_of(text, "US") is None


def test_a_state_is_known_by_its_spanish_name() -> None:
    assert state_of("En Carolina del Norte pide la orden en el juzgado.", "US") == "North Carolina"
    assert state_of("En Columbia Británica llama al 310-1234.", "CA") == "British Columbia"


def test_a_country_is_not_its_state_of_the_same_name() -> None:
    assert not holds_elsewhere("En México pide la CURP sin costo.", "MX", "Tapachula")
    assert state_of("En el estado de México pide la CURP.", "MX") == "Estado de México"
    assert holds_elsewhere("En el Estado de México hay refugios.", "MX", "Tapachula")
