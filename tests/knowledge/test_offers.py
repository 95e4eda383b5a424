"""Where nothing answers her plainly she may choose among questions that come near hers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.knowledge.answer import answer
from bot.knowledge.library import opened
from bot.knowledge.offers import chosen, code_of
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from connectors.render import PAYLOAD_BYTES


@pytest.fixture
def session(filled_engine: Engine) -> Iterator[Session]:
    with Session(filled_engine) as opened_session:
        yield opened_session


TODAY = date(2026, 11, 22)


def test_the_code_of_a_statement_stays_the_same_for_ever() -> None:
    assert code_of("us.asylum.4") == code_of("us.asylum.4") != code_of("us.asylum.5")
    assert len(code_of("us.asylum.4")) == 10


def test_every_statement_can_be_chosen_by_a_tap_of_its_own(session: Session) -> None:
    library = opened(session)
    every = [each for code in (*COUNTRY_CODES, REGIONAL) for each in library.of(code).statements]
    taps = {f'/{each.intent}{{"group":"{code_of(each.id)}"}}': each.id for each in every}
    assert len(taps) == len(every) > 2_000
    too_long = [tap for tap in taps if len(tap.encode()) > PAYLOAD_BYTES]
    assert not too_long


def test_what_she_chose_is_what_she_is_told(session: Session) -> None:
    library = opened(session)
    wanted = next(each for each in library.of("MX").statements if each.intent == "ask_asylum")
    told = answer(session, "ask_asylum", "MX", "es", TODAY, tapped=code_of(wanted.id))
    assert [each.id for each in told.statements] == [wanted.id]
    assert not (told.closest)
    assert not (told.missed)
    assert not (told.offers)


def test_what_is_gone_meanwhile_is_answered_as_its_topic(session: Session) -> None:
    assert chosen(opened(session), "MX", code_of("mx.asylum.never")) is None
    told = answer(session, "ask_asylum", "MX", "es", TODAY, tapped=code_of("mx.asylum.never"))
    assert told.statements
    assert {each.intent for each in told.statements} == {"ask_asylum"}
