"""Every flow of the back office in chromium, on a telephone's screen unless it says otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.sheet import write_csv
from bot.directory.sheet_export import sheet_rows
from bot.improving.workshop import Progress, Standing, Workshop
from bot.knowledge.models import Statement
from bot.portal import sheets
from bot.portal.recovery import MANY
from bot.portal.reminders import link_to
from bot.portal.sms_price import SETTING, prices
from bot.unanswered.looking import Looking
from tests.portal.desk import PASSWORD, Desk
from tests.portal.test_in_browser import Visitor, accept, busy, choose_password, served, visit
from tests.portal.test_questions import KEYS, ask
from tests.portal.test_teaching import trained
from tests.portal.test_texts_and_sheets import statement
from tests.portal.test_try import Dialogue
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser
LOOKS = ("WhatsApp", "Telegram", "SMS")
PRICE = re.compile(r"\d partes de SMS, unos 0,\d\d US\$ a Honduras \(el precio que pone tu red\)")


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def menu(page: Page, name: str) -> None:
    """From the menu; on a telephone what is not needed every week stands behind "More"."""
    link = page.get_by_role("navigation", name="Menú").get_by_role("link", name=name, exact=True)
    if not link.filter(visible=True).count():
        page.locator(".more summary").click()
    link.filter(visible=True).click()


def says(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def sound(visitor: Visitor, axe: Axe, name: str) -> None:  # noqa: F811
    """Not wider than the screen, open to a screen reader, and kept as a picture."""
    assert not visitor.is_too_wide(), name
    assert axe.serious(visitor.page) == [], name
    visitor.shot(f"flow-{name}")


def sound_on_both(visitor: Visitor, axe: Axe, name: str) -> None:  # noqa: F811
    """On a telephone, on which it is, and on a laptop too."""
    sound(visitor, axe, f"{name}-phone")
    visitor.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    sound(visitor, axe, f"{name}-laptop")
    visitor.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})


def sign_in(page: Page, url: str, mail: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/portal/login")
    page.get_by_label("Correo").fill(mail)
    page.get_by_label("Contraseña").fill(password)
    button(page, "Entrar")


def test_a_second_lock_another_device_and_a_new_password(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    boss = desk.worker("administrator", "Eva")
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        page.goto(f"{url}{link}")
        expect(page.get_by_text("Editora: cuida un país")).to_contain_text("Honduras")
        sound_on_both(visitor, axe, "invitation")
        choose_password(page)
        page.get_by_role("link", name="Poner el segundo candado").click()
        sound_on_both(visitor, axe, "totp")
        key = (page.locator(".secret").text_content() or "").replace(" ", "")
        page.get_by_role("textbox", name="Código").fill(pyotp.TOTP(key).at(desk.clock()))
        page.get_by_label("Contraseña de ahora").fill(PASSWORD)
        button(page, "Poner el segundo candado")
        says(page, "El segundo candado está puesto")
        expect(page.locator("code.secret")).to_have_count(MANY)
        sound_on_both(visitor, axe, "recovery-codes")
        kept = page.locator("code.secret").first.text_content() or ""
        page.get_by_role("link", name="Ya los guardé").click()
        expect(page.get_by_role("heading", name="Hola, Ana")).to_be_visible()

        with visit(browser, url, NARROW) as telephone:
            desk.clock.pass_by(minutes=1)
            sign_in(telephone.page, url, "ana@red.example")
            sound_on_both(telephone, axe, "code")
            telephone.page.get_by_role("textbox", name="Código").fill(
                pyotp.TOTP(key).at(desk.clock())
            )
            button(telephone.page, "Seguir")
            expect(telephone.page.get_by_role("heading", name="Hola, Ana")).to_be_visible()

            with visit(browser, url, NARROW) as third:
                sign_in(third.page, url, "ana@red.example")
                third.page.get_by_role("link", name="Entra con un código de reserva").click()
                third.page.get_by_role("textbox", name="Código de reserva").fill(kept)
                sound_on_both(third, axe, "recovery")
                button(third.page, "Seguir")
                says(third.page, "Entraste con un código de reserva")
                button(third.page, "Salir")

            page.goto(f"{url}/portal/account")
            expect(page.get_by_role("button", name="Cerrar")).to_have_count(1)
            page.get_by_label("Contraseña de ahora").fill(PASSWORD)
            page.get_by_label("Contraseña nueva", exact=True).fill("una frase nueva de ayer")
            page.get_by_label("Otra vez la contraseña nueva").fill("una frase nueva de ayer")
            button(page, "Cambiar la contraseña")
            says(page, "Los otros aparatos salieron")
            button(page, "Salir de todas partes")
            sound_on_both(visitor, axe, "login")
            telephone.page.goto(f"{url}/portal/")
            expect(telephone.page.get_by_role("heading", name="Entrar")).to_be_visible()

        boss.open("/portal/people").send("/people/2", do="reset")
        reset = re.search(r"/portal/invitation/[\w-]+", boss.text)
        assert reset
        page.goto(f"{url}{reset[0]}")
        page.get_by_label("Contraseña nueva", exact=True).fill("otra frase muy larga de mar")
        page.get_by_label("Otra vez la contraseña nueva").fill("otra frase muy larga de mar")
        button(page, "Guardar y entrar")
        expect(page.get_by_role("heading", name="Hola, Ana")).to_be_visible()
        button(page, "Salir")
        sign_in(page, url, "ana@red.example")
        expect(page.get_by_role("alert")).to_contain_text("no son correctos")


def test_a_place_is_found_moved_on_the_map_and_brought_back(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service = busy(desk)
    desk.site.sms_prices = prices({SETTING: "HN=0.065 USD"})
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        menu(page, "Lugares")
        page.get_by_label("Nombre").fill("clinica de violencia")
        page.get_by_text("Más filtros").click()
        page.get_by_label("Qué tan al día").select_option(label="atrasado")
        button(page, "Filtrar")
        sound(visitor, axe, "list")
        page.locator("ul.list h2 a").click()
        pin = page.locator(".map .spot")
        before = pin.get_attribute("transform")
        page.get_by_label("Estado o departamento").fill("Cortés")
        page.get_by_label("Ciudad o pueblo").fill("San Pedro Sula")
        page.get_by_label("Dirección").fill("Calle 1")
        expect(page.locator("[data-pin]")).to_have_text("En el mapa: San Pedro Sula.")
        assert pin.get_attribute("transform") != before

        page.get_by_text("Escribir el horario con días y horas").click()
        page.get_by_label("No se sabe el horario").check()
        button(page, "Ver cómo lo recibe ella")
        page.get_by_label("No se sabe el horario").uncheck()  # it stays open where it was ticked
        rows = page.locator("fieldset.when")
        for n, days, closes in ((0, ("lunes", "martes"), "17:00"), (1, ("sábado",), "12:00")):
            for day in days:
                rows.nth(n).get_by_label(day, exact=True).check()
            rows.nth(n).get_by_label("Abre").fill("08:00")
            rows.nth(n).get_by_label("Cierra").fill(closes)
        sound(visitor, axe, "hours")
        button(page, "Ver cómo lo recibe ella")
        expect(page.get_by_label("Horario, en español")).to_have_value(
            "Lunes y martes, de 8 a 17; sábado, de 8 a 12"
        )
        for look in LOOKS:
            for language in ("Español", "English"):
                expect(page.get_by_role("heading", name=f"{look} · {language}")).to_be_visible()
        told = page.locator(".look.sms .cost").first
        expect(told).to_have_text(PRICE)
        expect(page.locator("[data-pin]")).to_contain_text("San Pedro Sula, Cortés")
        sound(visitor, axe, "place")
        button(page, "Guardar")
        says(page, "Guardado")
        assert desk.read(service.id).locations[0].city == "San Pedro Sula"

        page.get_by_role("link", name="Lo que decía antes").click()
        sound(visitor, axe, "history")
        button(page, "Volver a como era antes de todo")
        says(page, "De vuelta como era")
    assert desk.read(service.id).locations[0].city == service.locations[0].city


def test_a_new_place_that_is_there_already_and_one_that_becomes_secret(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    there = desk.service()
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/new")
        page.locator("#f-name").fill(there.name)
        page.locator("#f-organization").fill("Otra red")
        page.locator("#f-phone_1").fill(there.phones[0].display)
        page.get_by_label("Salud").check()
        for box, text in (
            ("description_es", "Consulta."),
            ("description_en", "A visit."),
            ("for_whom_es", "Mujeres"),
            ("for_whom_en", "Women"),
        ):
            page.locator(f"#f-{box}").fill(text)
        button(page, "Guardar")
        expect(page.get_by_text("Se parece a un lugar que ya está")).to_be_visible()
        sound(visitor, axe, "duplicate")
        page.get_by_label("Es otro lugar").check()
        button(page, "Guardar")
        says(page, "Guardado como borrador")
        button(page, "Mostrar a las mujeres")

        page.get_by_label("Ciudad o pueblo").fill("Choloma")
        page.get_by_label("El lugar es secreto").check()
        expect(page.get_by_label("Ciudad o pueblo")).to_be_hidden()
        button(page, "Guardar")
        says(page, "Guardado")
        expect(page.get_by_text("Este lugar es secreto")).to_be_visible()
        sound(visitor, axe, "secret")
        assert "Choloma" not in page.content()


def test_an_organisation_answers_its_link_without_an_account(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service = desk.service()
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        with Session(desk.engine) as session:
            address = link_to(desk.site.secrets, url, session.get_one(Service, service.id))
        page = visitor.page
        page.goto(address)
        sound(visitor, axe, "link")
        page.get_by_label("No, algo cambió").fill("Cerramos los lunes")
        button(page, "Enviar lo que cambió")
        says(page, "La red lo lee y lo corrige")
        accept(desk, visitor, link)
        expect(page.get_by_text("Cerramos los lunes")).to_be_visible()
        page.goto(f"{url}/portal/reminders")
        asked = page.get_by_role("button", name="Ya se la envié")
        many = asked.count()
        sound(visitor, axe, "letters")
        asked.first.click()
        expect(asked).to_have_count(many - 1)

        with visit(browser, url, NARROW) as organization:
            organization.page.goto(address)
            button(organization.page, "Sí, sigue igual")
            says(organization.page, "Quedó anotado")
            sound(organization, axe, "link-thanks")
            button(organization.page, "Fue sin querer: deshacer")
            says(organization.page, "no quedó anotado nada")
            button(organization.page, "Sí, sigue igual")
    assert desk.read(service.id).verified_by == "organization"


def test_a_text_is_measured_as_she_types_and_read_by_a_second_person(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    said = statement(desk, second=True)
    links = [desk.invite("editor", name, country="HN") for name in ("Ana", "Berta")]
    with served(desk) as url, visit(browser, url, WIDE) as visitor:
        page = visitor.page
        accept(desk, visitor, links[0])
        page.goto(f"{url}/portal/statements/{said.id}")
        page.locator("#f-text_es").fill("palabra " * 70 + "2234-5678")
        expect(page.locator("#checks-es li.no").first).to_contain_text("71 palabras de 60")
        expect(page.locator("#checks-en")).to_contain_text("no tienen los mismos números")
        hard = "La interposición de solicitudes imposibilita automáticamente procedimientos."
        page.locator("#f-text_es").fill(hard)
        marked = page.locator("ul.checklist[aria-busy]")
        expect(marked).to_have_count(2)  # what stands there is of the text before
        sound(visitor, axe, "checks-old")
        expect(marked).to_have_count(0)
        expect(page.locator("#checks-es")).to_contain_text("Difícil de leer")
        sound(visitor, axe, "checks")
        page.locator("#f-text_es").fill("Pide ayuda gratis. Nadie te cobra.")
        page.locator("#f-text_en").fill("Ask for help, it is free. Nobody charges you.")
        expect(page.locator("#checks-es")).to_contain_text("Se lee desde los")
        page.get_by_label("Se dice desde").fill("2026-12-24")
        page.get_by_label("Vale hasta").fill("2027-12-24")
        page.get_by_label("Por qué cambia").fill("Es más corto")
        button(page, "Enviar a otra persona")
        says(page, "Cambia cuando otra persona lo acepte")
        page.goto(f"{url}/portal/")
        expect(page.get_by_text("Lo escribiste tú")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Aceptar"))).to_have_count(0)

        with visit(browser, url, NARROW) as second:
            accept(desk, second, links[1])
            expect(second.page.get_by_text("Es más corto")).to_be_visible()
            sound(second, axe, "second-person")
            second.page.locator("details.refusal summary").click()
            second.page.get_by_label("¿Por qué no?").fill("Falta decir dónde")
            sound(second, axe, "refusing")
            button(second.page, "No aceptar, y decírselo")
            says(second.page, "No se aceptó")

            page.reload()
            expect(page.get_by_text("Falta decir dónde")).to_be_visible()
            sound(visitor, axe, "refused-proposal")
            button(page, "Lo leí")
            expect(page.get_by_text("Falta decir dónde")).to_have_count(0)
            page.goto(f"{url}/portal/statements/{said.id}")
            page.locator("#f-text_es").fill("Pide ayuda gratis en la oficina. Nadie te cobra.")
            page.locator("#f-text_en").fill("Ask at the office, it is free. Nobody charges you.")
            page.get_by_label("Se dice desde").fill("2026-12-24")
            page.get_by_label("Vale hasta").fill("2027-12-24")
            button(page, "Enviar a otra persona")
            says(page, "Cambia cuando otra persona lo acepte")

            second.page.goto(f"{url}/portal/")
            button(second.page, "Aceptar")
            second.page.goto(f"{url}/portal/statements/{said.id}")
            expect(second.page.get_by_text("Está programado")).to_contain_text("24 de diciembre")
            second.page.get_by_text("Qué cambió desde la versión anterior").click()
            expect(second.page.locator("ins").first).to_be_visible()
            sound(second, axe, "what-changed")
            button(second.page, "Dejar de mostrar")
            says(second.page, "ya no se muestra")
            sound(second, axe, "shown-no-more")
            button(second.page, "Deshacer: mostrar otra vez")
            says(second.page, "Otra vez se muestra")
            button(second.page, "Dejar de mostrar")
            says(second.page, "ya no se muestra")
            second.page.get_by_role("link", name="Lo que decía antes").click()
            sound(second, axe, "history-of-a-text")
            button(second.page, "Volver a como era antes de todo")
            says(second.page, "Cambia cuando otra persona lo acepte")
    with Session(desk.engine) as session:
        told = session.get_one(Statement, said.id)
        assert told.status == "withdrawn"
        assert str(told.valid_until) == "2027-12-24"


def test_a_new_text_is_measured_too(desk: Desk, browser: Browser) -> None:  # noqa: F811
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/statements/new")
        page.locator("#f-text_es").fill("Llama al 2234-5678.")
        expect(page.locator("#checks-es")).to_contain_text("no tienen los mismos números")
        expect(page.locator("#checks-es")).to_contain_text("No dice de dónde se sabe")
        button(page, "Comprobar sin guardar")
        expect(page.get_by_text("Elige uno").first).to_be_visible()


def test_a_sheet_with_a_wrong_cell_is_written_with_its_progress_and_undone(
    desk: Desk, browser: Browser, axe: Axe, tmp_path: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sheets, "LONG", 1)
    with Session(desk.engine) as session:
        found = session.query(Service).filter_by(country="HN", confidential_location=False)
        rows = sheet_rows(found.order_by(Service.id).limit(5))
    rows = [row | {"hours_es": "Diario", "hours_en": "Daily"} for row in rows]
    rows[4] |= {"phone_1": "no tiene"}
    (tmp_path / "lugares.csv").write_bytes(write_csv(rows))
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        menu(page, "Hojas de cálculo")
        with page.expect_download() as download:
            page.get_by_role("link", name="Con mis lugares (CSV)").click()
        assert download.value.suggested_filename == "servicios.csv"
        page.get_by_label("El archivo de tu hoja").set_input_files(tmp_path / "lugares.csv")
        button(page, "Ver qué cambiaría")
        expect(page.get_by_text("fila 6, «")).to_contain_text("no tiene")
        sound(visitor, axe, "sheet-preview")
        button(page, "Sí, hacer estos cambios")
        says(page, "Cambios hechos")  # the bar gives way to it by itself
        sound(visitor, axe, "sheet-done")
        assert desk.read(rows[0]["id"]).hours_es == "Diario"
        page.locator("main").get_by_role("link", name="Hojas de cálculo").first.click()
        button(page, "Deshacer")
        says(page, "Deshecho")
    assert desk.read(rows[0]["id"]).hours_es != "Diario"


def test_a_report_is_hidden_corrected_and_its_time_told(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service = busy(desk)
    desk.clock.pass_by(days=3)
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        menu(page, "Avisos")
        expect(page.get_by_text("espera hace 3 días")).to_be_visible()
        # No script for a telephone where none is known.
        expect(page.get_by_text("No sabemos a qué número llamar")).to_be_visible()
        sound(visitor, axe, "reports")
        button(page, "Ocultar por ahora")
        says(page, "Oculto hasta que alguien lo compruebe")
        button(page, "Lo comprobé: está bien")
        says(page, "queda comprobado")
        expect(page.get_by_text("Tardó en corregirse, en días: 3")).to_be_visible()
    assert desk.read(service.id).verified_by == "editor"


def test_she_talks_to_the_assistant_and_jumps_to_the_text_that_answered(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    desk.site.assistant = Dialogue(desk.site.world)
    desk.site.sms_prices = prices({SETTING: "HN=0.065 USD"})
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        menu(page, "Probar")
        page.get_by_label("Canal").select_option(label="SMS")
        page.get_by_label("Lo que ella escribe").fill("pago que me deben")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Esta respuesta viene de:")).to_be_visible()
        expect(page.locator(".cost")).to_contain_text(PRICE)
        sound(visitor, axe, "try")
        page.locator(".used a").first.click()
        expect(page.locator("#f-text_es")).to_be_visible()


def test_what_had_no_answer_is_taught_trained_used_and_taken_back(
    desk: Desk, browser: Browser, axe: Axe, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    ask(desk, 12, "clases de piscina")
    ask(desk, 12, "partido de futbol", first=20)
    shop = desk.site.workshop = Workshop(tmp_path)
    shop.put_inputs("f")
    link = desk.invite("administrator", "Clara")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.get_by_role("link", name=re.compile("no hubo respuesta")).click()
        other = page.locator("li.item", has_text="partido")
        other.get_by_role("button", name="No es para nosotras").click()
        says(page, "no queda nada de ellas")
        expect(other).to_have_count(0)
        page.locator("select[name=topic]").first.select_option("ask_education")
        button(page, "Enseñárselo a Comadre")
        page.get_by_label("Ejemplos, en español").fill("hay clases de natación")
        sound(visitor, axe, "teach")
        button(page, "Guardar los ejemplos")
        says(page, "Comadre lo aprende con el próximo entrenamiento")

        menu(page, "Comprensión")
        expect(page.get_by_text("hay clases de natación", exact=True)).to_be_visible()
        button(page, "Volver a entrenar")
        assert shop.progress == Progress("waiting")
        shop.put_progress(Progress("training", 40, 3))
        page.goto(f"{url}/portal/understanding")
        expect(page.get_by_role("progressbar")).to_be_visible()
        trained(shop)
        shop.put_progress(Progress("done"))
        expect(page.get_by_role("columnheader", name="Después")).to_be_visible(timeout=15_000)
        sound(visitor, axe, "understanding")
        button(page, "Usar este modelo desde ya")
        says(page, "El modelo está entrando")
        assert shop.take_wish() == ("use", 1)
        shop.put_standing(Standing(present=1, before=0))
        page.goto(f"{url}/portal/understanding")
        button(page, "Volver a:")
        says(page, "El modelo está entrando")
        assert shop.take_wish() == ("use", 0)
        button(page, "Quitar")
        expect(page.get_by_text("hay clases de natación", exact=True)).to_have_count(0)


def test_my_work_with_the_keyboard_alone_in_english(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, WIDE) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/language/en?from=/portal/")
        expect(page.get_by_role("heading", name="Hello, Ana")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # past the menu
        for _ in range(40):
            page.keyboard.press("Tab")
            if "Still true" in page.evaluate("document.activeElement.textContent"):
                break
        page.keyboard.press("Enter")
        says(page, "it is checked as of today")


@pytest.mark.parametrize(("role", "sees", "does_not"), [
    ("contributor", "Hojas de cálculo", ("Textos", "Personas", "Cifras", "Comprensión")),
    ("editor", "Textos", ("Personas", "Cifras", "Comprensión")),
    ("analyst", "Cifras", ("Lugares", "Textos", "Personas", "Avisos")),
])  # fmt: skip
def test_each_role_has_its_own_menu(
    desk: Desk, browser: Browser, axe: Axe, role: str, sees: str,  # noqa: F811
    does_not: tuple[str, ...],
) -> None:  # fmt: skip
    service = desk.service()
    more = {"contributor": {"organization_id": service.organization_id},
            "editor": {"country": "HN"}}.get(role, {})  # fmt: skip
    link = desk.invite(role, **more)
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        links = page.get_by_role("navigation", name="Menú")
        if role != "analyst":
            page.locator(".more summary").click()
        expect(links.get_by_role("link", name=sees)).to_be_visible()
        for each in does_not:
            expect(links.get_by_role("link", name=each)).to_have_count(0)
        sound(visitor, axe, f"home-{role}")
        if role == "analyst":
            menu(page, "Cifras")
            sound(visitor, axe, "figures")
            menu(page, "Mi trabajo")
            expect(page.get_by_role("heading", name="Lo que hay, por país")).to_be_visible()


def test_a_place_taken_out_of_a_list_leaves_the_list_as_it_was(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    with transaction(desk.engine) as session:
        for each in session.query(Service).filter_by(country="HN"):
            each.as_of = "2019"
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services?fresh=overdue&town=tegucigalpa")
        many = page.locator("ul.list li.item").count()
        button(page, "Sigue igual")
        says(page, "queda comprobado")
        expect(page.get_by_label("Ciudad o pueblo")).to_have_value("tegucigalpa")
        expect(page.locator("ul.list li.item")).to_have_count(many - 1)
