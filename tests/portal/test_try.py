"""Talking to the assistant from the back office: as women do, with nothing of it kept."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.registry import DECIDERS
from actions.turn import TurnAction
from bot.conversation.world import World
from bot.database import Base, transaction
from bot.directory.models import Service
from bot.knowledge.models import Statement
from bot.rasa_client import TRIAL, RasaAnswer, RasaUnavailable, _read
from tests.portal.desk import NOW, Desk, Worker, on_both
from tests.turns import RULES

MEANT = {"asilo": "ask_asylum", "pago": "ask_unpaid_wages", "refugio": "find_service",
         "mal": "report_outdated_information", "hola": "greet", "gracias": "thank"}  # fmt: skip


@dataclass
class Dialogue:
    """In Rasa's place: the real actions; what a message means is read from its first word."""

    world: World
    is_away: bool = False
    slots: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        self.asked.append((pseudonym, metadata))
        if self.is_away:
            raise RasaUnavailable
        word = message.split()[0].lower().strip(",")
        tap = re.match(r"/([a-z_]+)(\{.*\})?$", message)
        intent = tap[1] if tap else MEANT.get(word, "nlu_fallback")
        entities = [{"entity": "service_type", "value": "violence_shelter"}] * (word == "refugio")
        if tap and tap[2]:
            entities = [{"entity": k, "value": v} for k, v in json.loads(tap[2]).items()]
        slots = self.slots.setdefault(pseudonym, {})
        tracker: Any = SimpleNamespace(sender_id=pseudonym, slots=slots, latest_message={
            "text": message, "intent": {"name": intent, "confidence": 0.9}, "entities": entities,
            "metadata": metadata, "language": "es", "language_sure": True,
        })  # fmt: skip
        said = CollectingDispatcher()
        action = TurnAction(RULES[intent], DECIDERS[RULES[intent]], self.world)
        events = await action.run(said, tracker, {})
        slots.update({str(event["name"]): event["value"] for event in events})
        return _read(said.messages)


@pytest.fixture
def dialogue(desk: Desk) -> Dialogue:
    desk.site.assistant = made = Dialogue(desk.site.world)
    return made


def say(worker: Worker, text: str, **begin: str) -> Worker:
    if begin:
        worker.open("/portal/try")
    return worker.send("/try#last", text=text, **begin)


def rows(desk: Desk) -> dict[str, int]:
    with Session(desk.engine) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_an_editor_sees_which_texts_answered_and_opens_them(desk: Desk, dialogue: Dialogue) -> None:
    editor = say(desk.editor(), "pago, ¿cómo lo pido?", country="HN", style="whatsapp")

    assert "Esta respuesta viene de" in editor.words
    links = re.findall(r'href="/portal/statements/([^"]+)"', editor.text)
    with Session(desk.engine) as session:
        told = [session.get_one(Statement, each) for each in links]
        assert {each.intent for each in told} == {"ask_unpaid_wages"}
        shown = re.sub(r"\s+", " ", editor.words)
        assert all(each.text_es.split(". ")[0] in shown for each in told)
    assert editor.open(f"/portal/statements/{links[0]}").status == 200
    say(editor, "pago, ¿cómo lo pido?", country="BZ", style="telegram")
    assert "Esta respuesta viene de" in editor.words
    assert "/portal/statements/bz" not in editor.text  # not hers to change


def test_a_contributor_may_open_her_own_places_and_a_secret_one_has_no_town(
    desk: Desk, dialogue: Dialogue
) -> None:
    secret = desk.service(confidential_location=True)
    with transaction(desk.engine) as session:
        every = select(Service).filter_by(confidential_location=True, country="HN")
        for each in session.scalars(every):
            each.name = "Casa Luz de Choloma"
            each.description_es = each.description_en = "Está en Choloma."
    mine = desk.contributor(secret)

    say(mine, "refugio por favor", country="HN", style="telegram")

    used = mine.text.split('class="used"')[1]
    with Session(desk.engine) as session:
        own = {each.id for each in session.scalars(select(Service).filter_by(
            organization_id=secret.organization_id))}  # fmt: skip
        links = set(re.findall(r'href="/portal/services/([^"]+)"', used))
        assert links
        assert links <= own
    assert "Choloma" not in mine.text
    assert "lugar secreto" in used
    assert "/portal/statements/" not in mine.text


@on_both
def test_nothing_of_a_trial_is_kept_and_its_reports_are_no_reports(
    desk: Desk, dialogue: Dialogue
) -> None:
    editor = desk.editor().open("/portal/try")
    before = rows(desk)

    say(editor, "hola", country="HN", style="whatsapp")
    say(editor, "refugio por favor")
    say(editor, "mal, ya cerró")
    assert "¿Cuál" in editor.words
    editor.send("/try#last", choice='/report_outdated_information{"group":"1"}', text="")
    assert "Gracias" in editor.words
    say(editor, "xyzzy")

    assert rows(desk) == before


def test_a_trial_belongs_to_one_sign_in_and_to_its_time(desk: Desk, dialogue: Dialogue) -> None:
    ana = say(desk.editor(), "hola", country="HN", style="sms")
    sealed = ana.forms()[-1]["fields"]["trial"][0]
    other = desk.editor("Eva").open("/portal/try")

    other.send_bare("/portal/try", trial=sealed, text="hola")

    assert "ya terminó" in other.words
    assert len(dialogue.asked) == 1
    say(other, "hola", country="HN", style="sms")
    assert len({who for who, _ in dialogue.asked}) == 2
    desk.clock.pass_by(hours=2.1)
    assert "ya terminó" in say(ana, "hola").words
    assert "ya terminó" in ana.open("/portal/try").send_bare("/portal/try", trial="AAAA").words


def test_each_channel_looks_as_it_does_for_her(desk: Desk, dialogue: Dialogue) -> None:
    editor = say(desk.editor(), "refugio por favor", country="HN", style="sms")
    assert 'name="choice"' not in editor.text  # an SMS has no buttons: numbers
    assert "partes de SMS" in editor.words
    say(editor, "refugio por favor", country="HN", style="telegram")
    assert 'name="choice"' in editor.text
    assert dialogue.asked[-1][1]["prefix_country"] is None
    editor.send("/try#last", choice="/ask_menu", text="")
    assert "/ask_menu" not in editor.words  # she tapped words
    say(editor, "STOP", country="HN", style="sms")
    assert "No recibe nada" in say(editor, "gracias").words
    editor.send("/try#last", do="anew", text="")
    assert "Canal" in editor.words


def test_where_the_assistant_is_silent_the_page_says_so(desk: Desk, dialogue: Dialogue) -> None:
    dialogue.is_away = True

    editor = say(desk.editor(), "hola", country="HN", style="whatsapp")

    assert "El asistente no contestó" in editor.words
    assert "911" in editor.words


def test_only_who_works_with_records_may_try_and_only_where_there_is_whom(
    desk: Desk, dialogue: Dialogue
) -> None:
    assert desk.worker("analyst", "Nora").open("/portal/try").status == 403
    assert desk.browser().open("/portal/try").path == "/portal/login"
    eva = desk.editor("Eva").open("/portal/try")
    assert eva.send_bare("/portal/try", text="hola", country="XX", style="fax").status == 400
    desk.site.assistant = None
    assert eva.open("/portal/try").status == 404


@pytest.mark.parametrize(("who", "metadata"), [
    ("a" * 32, {"trial": {"country": "HN"}}), (f"{TRIAL}x", {}), (f"{TRIAL}x", {"trial": "yes"}),
])  # fmt: skip
def test_no_woman_is_ever_taken_for_a_trial(desk: Desk, who: str, metadata: dict[str, Any]) -> None:
    """Neither the mark nor the name is enough, and words are neither."""
    told = {"now": NOW.isoformat(), "prefix_country": "HN", **metadata}
    asked = Dialogue(desk.site.world).ask(who, 'asilo {"trial": {"country": "HN"}}', told)

    answer = asyncio.run(asked)

    assert answer.replies
    assert answer.records == ()
