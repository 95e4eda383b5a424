"""What a message changes in what is remembered."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.state import State, Turn, absorb

TODAY = date(2026, 11, 25)
SERVED = frozenset({"HN", "MX", "GT", "US"})


def turn(**values: object) -> Turn:
    return Turn(**{"intent": "inform_location", "today": TODAY, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "message", "after"),
    [
        pytest.param({}, {"country": "MX", "city": "Tapachula", "origin": "HN"},
                     {"country": "MX", "city": "Tapachula", "origin": "HN"}, id="all at once"),
        pytest.param({"country": "MX", "city": "Tapachula"}, {"country": "GT"},
                     {"country": "GT", "city": None}, id="another country forgets the town"),
        pytest.param({"country": "MX", "city": "Tapachula"}, {"country": "MX"},
                     {"country": "MX", "city": "Tapachula"}, id="the same country keeps it"),
        pytest.param({"country": "MX"}, {"origin": "HN"},
                     {"country": "MX", "origin": "HN"}, id="an origin is no place"),
        pytest.param({}, {"destination": "US"}, {"country": "US"},
                     id="a destination is asked about when nothing else is known"),
        pytest.param({"country": "MX"}, {"destination": "US"}, {"country": "MX"},
                     id="a destination does not move her"),
        pytest.param({}, {"prefix_country": "HN"}, {"country": "HN"}, id="a number's prefix"),
        pytest.param({"country": "MX"}, {"prefix_country": "HN"}, {"country": "MX"},
                     id="what she said beats the prefix"),
        pytest.param({}, {"prefix_country": "FR"}, {"country": None},
                     id="a prefix that we do not serve says nothing"),
        pytest.param({"language": "es"}, {"language": "en"}, {"language": "en"}, id="language"),
        pytest.param({"language": "en"}, {"language": None}, {"language": "en"},
                     id="a word that tells nothing keeps the language"),
        pytest.param({"language": "es"}, {"language": "ht"}, {"language": "es"},
                     id="a language that we do not speak"),
    ],
)  # fmt: skip
def test_a_message_changes_only_what_it_says(
    before: dict[str, object], message: dict[str, object], after: dict[str, object]
) -> None:
    state = absorb(turn(**message), State(**before), SERVED)  # type: ignore[arg-type]

    assert {name: getattr(state, name) for name in after} == after


def test_a_state_survives_the_way_through_rasas_slots() -> None:
    state = State(language="en", country="MX", listed=("a", "b"), told=("c",), misunderstood=2,
                  offered=(("Sí", "/affirm"),), crisis="danger", sensitive=True)  # fmt: skip

    assert State.from_slots(state.as_slots()) == state


def test_empty_slots_are_a_fresh_state() -> None:
    assert State.from_slots(dict.fromkeys(State().as_slots())) == State()
