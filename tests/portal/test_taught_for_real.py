"""Five women are not understood; the network teaches their question, trains, compares, uses the new
model and goes back: the whole system as `make run` starts it, seen from outside.

Nothing stands in for anything: the training, the evaluation and both Rasas are the program's own.
Only the corpus is a small one (tests/portal/small_program.py); the model that answers at first is
the one that came with the program.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from bot.commands.model import fingerprint
from bot.improving.workshop import Standing, Workshop
from tests.portal.desk import PASSWORD
from tests.portal.small_program import small_program
from tests.portal.test_flows_in_browser import button, menu, says, sound
from tests.portal.test_in_browser import choose_password, visit
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, Browser
from tests.serve.conftest import axe, browser, chromium, model  # noqa: F401 - fixtures
from tests.serve.system import READY_S, System, wait_for
from tests.serve.test_running import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.running]
ASKED = "busco clases de zumba"
TAUGHT = "¿dónde hay clases de zumba?\nbusco clases de zumba para mujeres\nquiero clases de zumba"
PEOPLE = 5  # the fewest that may be set
TRAINING_MS = 400_000  # half a minute of the processor; it yields to everything else


@pytest.fixture(scope="module")
def small(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:  # noqa: F811
    """The system of a program with few training messages, and the model of the real one."""
    folder = tmp_path_factory.mktemp("taught")
    root = small_program(folder)
    shutil.copy(model, root / "models" / f"comadre-{fingerprint(root)}.tar.gz")
    own = {"COMADRE_MODEL": "", "COMADRE_UNANSWERED": "on",
           "COMADRE_UNANSWERED_PEOPLE": str(PEOPLE)}  # fmt: skip
    with System.running(folder, model, root, own) as system:
        yield system


def told(system: System) -> str:
    """What a woman who was never there before is told."""
    with httpx.Client(base_url=system.url, timeout=60) as client:
        return " ".join(each["text"] for each in Visitor(client).ask(text=ASKED))


def test_what_five_women_asked_is_taught_trained_judged_used_and_taken_back(
    small: System, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    shop = Workshop(small.folder / "understanding")
    not_understood = {told(small) for _ in range(PEOPLE)}
    assert len(not_understood) == 1
    assert "De eso no sé" in next(iter(not_understood))
    link = re.search(r"/portal/invitation/[\w-]+", small.output)
    assert link
    with visit(browser, small.url, NARROW) as visitor:
        page = visitor.page
        page.goto(f"{small.url}{link[0]}")
        page.get_by_label("Tu correo").fill("clara@red.example")
        choose_password(page)
        _second_lock(page)
        page.get_by_role("link", name=re.compile("no hubo respuesta")).click()
        expect(page.get_by_role("heading", name="clases")).to_be_visible()  # nor any rarer word
        page.locator("select[name=topic]").last.select_option("ask_education")
        button(page, "Enseñárselo a Comadre")
        page.get_by_label("Ejemplos, en español").fill(TAUGHT)
        button(page, "Guardar los ejemplos")
        says(page, "Comadre lo aprende con el próximo entrenamiento")

        menu(page, "Comprensión")
        button(page, "Volver a entrenar")
        expect(page.get_by_role("columnheader", name="Después")).to_be_visible(timeout=TRAINING_MS)
        judged = shop.newest
        assert judged is not None
        assert (judged.before["taught"], judged.figures["taught"]) == (0.0, 100.0)
        assert judged.before["messages"] == judged.figures["messages"] > 200
        assert judged.is_worse_in_danger  # so few messages do not teach that as well
        expect(page.get_by_role("row", name="ejemplos de la red")).to_contain_text("100.0 % ▲")
        sound(visitor, axe, "judged-for-real")
        page.get_by_label("Lo he visto").check()
        button(page, "Usar este modelo desde ya")
        says(page, "El modelo está entrando")
        wait_for("the new model", lambda: shop.standing == Standing(1, 0), READY_S)
        assert "derecho a estudiar" in told(small)

        page.goto(f"{small.url}/portal/understanding")
        button(page, "Volver a: El modelo que vino con el programa")
        wait_for("the model before", lambda: shop.standing == Standing(0, 1), READY_S)
        assert {told(small)} == not_understood


def _second_lock(page: Page) -> None:
    """No administrator goes on without."""
    key = (page.locator(".secret").text_content() or "").replace(" ", "")
    page.get_by_role("textbox", name="Código").fill(pyotp.TOTP(key).at(datetime.now(UTC)))
    page.get_by_label("Contraseña de ahora").fill(PASSWORD)
    button(page, "Poner el segundo candado")
    page.get_by_role("link", name="Ya los guardé").click()
