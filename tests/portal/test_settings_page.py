"""An administrator sees what is set, changes what promises no woman anything, and nobody sees a
secret."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.portal.mailing import Postwoman
from bot.portal.menu import MENUS
from bot.portal.models import Audit, SetHere
from bot.portal.price_form import CURRENCIES
from bot.portal.set_here import MAILS, prices_now, put
from bot.portal.settings_page import blocks
from bot.portal.sms_price import SETTING as SMS_PRICES
from bot.portal.sms_price import prices
from bot.portal.words import texts
from bot.settings import read_settings
from tests.portal.desk import Desk, on_both

SECRETS = {
    "COMADRE_SECRET_KEY": "hidden-root-secret-hidden-root-secret",
    "COMADRE_SECRET_KEY_OLD": "hidden-former-secret",
    "COMADRE_DATABASE_URL": "postgresql://hidden-user:hidden-password@localhost/hidden-name",
    "COMADRE_REDIS_URL": "redis://:hidden-redis@localhost", "COMADRE_RASA_TOKEN": "hidden-token",
    "COMADRE_SMTP_HOST": "hidden-host.example", "COMADRE_MAIL_FROM": "hidden@red.example",
    "COMADRE_SMTP_USER": "hidden-user", "COMADRE_SMTP_PASSWORD": "hidden-password",
    "TELEGRAM_BOT_TOKEN": "hidden-bot", "TELEGRAM_WEBHOOK_SECRET": "hidden-webhook",
    "TWILIO_ACCOUNT_SID": "hidden-sid", "TWILIO_AUTH_TOKEN": "hidden-auth",
    "TWILIO_SMS_FROM": "+15550100", "WHATSAPP_APP_SECRET": "hidden-app",
    "WHATSAPP_ACCESS_TOKEN": "hidden-access", "COMADRE_PUBLIC_URL": "https://hidden.example",
}  # fmt: skip


@on_both
def test_it_shows_what_is_set_and_by_which_name_it_is_changed(desk: Desk) -> None:
    settings = read_settings({
        **SECRETS, "COMADRE_RETENTION_SENSITIVE_S": "5400", "COMADRE_FIGURES_THRESHOLD": "12",
        "COMADRE_UNANSWERED": "on", "COMADRE_UNANSWERED_PEOPLE": "15",
    })  # fmt: skip
    desk.site.shown_settings = blocks(settings, ["telegram"], ["twilio", "whatsapp"])

    page = desk.worker("administrator", "Clara").open("/portal/settings")

    for told in (
        "después de 24 h COMADRE_RETENTION_S", "1.5 h COMADRE_RETENTION_SENSITIVE_S",
        "12 COMADRE_FIGURES_THRESHOLD", "sin respuesta sí COMADRE_UNANSWERED",
        "15 COMADRE_UNANSWERED_PEOPLE", "Telegram sí", "WhatsApp no",
        f"Base de datos {desk.engine.dialect.name}",
    ):  # fmt: skip
        assert told in page.words, told
    assert re.search(r"Forma de la base de datos 00\d\d", page.words)
    assert "hidden" not in re.sub(r'class="hidden"|type="hidden"', "", page.text)
    assert "15550100" not in page.text
    for amount in ("1", "0,08"):  # over what was set before, on both databases
        page.send("/settings", country="GT", amount=amount, currency="USD")
    assert "Guatemala 0,08 US$ Puesto aquí" in page.words
    page.send("/settings", do="price_back")
    assert "Guatemala sin precio" in page.words


def test_every_line_has_words_and_none_of_the_server_can_be_sent(desk: Desk) -> None:
    settings = read_settings({"COMADRE_SECRET_KEY": "s" * 32})
    channels = ["sms", "telegram", "twilio", "web", "whatsapp"]
    desk.site.shown_settings = found = blocks(settings, channels, [])
    assert {each.key for each in found} | {line.key for each in found for line in each.lines} | {
        f"currency_{each}" for each in CURRENCIES
    } <= set(texts())

    page = desk.worker("administrator", "Clara").open("/portal/settings")
    assert [(each["action"], each["fields"].get("do")) for each in page.forms()] == [
        ("/portal/logout", None), ("/portal/settings", ["price"]),
    ]  # fmt: skip
    assert "es una promesa a las mujeres" in page.words
    assert page.send_bare("/portal/settings", do="retention", to="9").status == 400
    assert "/portal/settings" in dict(MENUS["administrator"].far)


def test_nobody_but_an_administrator_sees_it(desk: Desk) -> None:
    for role in ("editor", "analyst"):
        more = {"country": "HN"} if role == "editor" else {}
        worker = desk.worker(role, role.title(), **more)
        assert worker.open("/portal/settings").status == 403
        sent = {"do": "price", "country": "HN", "amount": "1", "currency": "USD"}
        assert worker.open("/portal/account").send_bare("/portal/settings", **sent).status == 403
    assert set_here(desk) == {}


def set_here(desk: Desk) -> dict[str, str]:
    with Session(desk.engine) as session:
        return {each.name: each.value for each in session.scalars(select(SetHere))}


def noted(desk: Desk) -> list[tuple[str, str, str]]:
    with Session(desk.engine) as session:
        found = session.scalars(select(Audit).order_by(Audit.id))
        return [(each.action, each.subject, each.role) for each in found]


def test_what_an_sms_costs_is_set_without_a_terminal_and_counts_in_every_process(
    desk: Desk,
) -> None:
    desk.site.sms_prices = prices({SMS_PRICES: "HN=0.05 USD"})
    another = Desk.open(desk.engine, desk.loop)  # a process that began before, by the same server
    another.site.sms_prices = desk.site.sms_prices
    editor = another.editor()
    place = f"/portal/services/{desk.service().id}"
    boss = desk.worker("administrator", "Clara").open("/portal/settings?country=HN")
    assert "Honduras 0,05 US$ Puesto en el servidor: COMADRE_SMS_PRICES" in boss.words
    assert "México 0,1819 US$ precio de lista" in boss.words
    assert "Guatemala sin precio" in boss.words
    assert boss.forms()[-1]["fields"]["amount"] == ["0,05"]  # as it stands

    boss.send("/settings", amount="1,25", currency="HNL")

    assert "Guardado" in boss.words
    assert "Honduras 1,25 HNL Puesto aquí el 25 de noviembre de 2026" in boss.words
    assert "HNL a Honduras (el precio que pone tu red)" in editor.open(place).words
    boss.send("/settings", do="price", country="HN", amount=".5", currency="USD")
    assert set_here(desk) == {"sms_price HN": "0.5 USD"}

    boss.send("/settings", do="price_back")

    assert "Honduras 0,05 US$ Puesto en el servidor" in boss.words
    assert prices_now(desk.engine, desk.site.sms_prices) == desk.site.sms_prices
    assert noted(desk) == [
        ("price_set", "HN 1.25 HNL", "administrator"),
        ("price_set", "HN 0.5 USD", "administrator"), ("price_back", "HN", "administrator"),
    ]  # fmt: skip
    assert "puso el precio de un SMS HN 1.25 HNL" in boss.open("/portal/audit").words


@pytest.mark.parametrize(("field", "typed", "told"), [
    ("amount", "gratis", "Escribe solo el número, como 0,065"),
    ("amount", "0,000", "más que cero"),
    ("amount", "1234567", "seis cifras como mucho"),
    ("country", "ES", "Elige un país de la lista"),
    ("currency", "<b>", "Elige una moneda de la lista"),
])  # fmt: skip
def test_a_price_that_is_none_is_said_so_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, field: str, typed: str, told: str
) -> None:
    boss = desk.worker("administrator", "Clara").open("/portal/settings")
    right = {"country": "GT", "amount": "0,07", "currency": "GTQ"}

    boss.send("/settings", **right | {field: typed})

    assert boss.status == 422
    assert "falta corregir algo" in boss.words
    assert told in re.sub(r"<[^>]+>", " ", boss.text.split(f'id="w-{field}"')[1])[:200]
    kept = {name: boss.forms()[-1]["fields"][name] for name in right}
    expected = right | {field: "" if field == "country" else typed}  # of a list none is chosen
    assert kept == {name: [each] for name, each in expected.items()}
    assert set_here(desk) == {}
    assert noted(desk) == []


def test_in_english_it_is_told_and_taken_in_english(desk: Desk) -> None:
    boss = desk.worker("administrator", "Clara").open("/portal/language/en")
    boss.open("/portal/settings").send("/settings", country="GT", amount="0,07", currency="USD")
    assert "Guatemala US$0.07 Set here on 25 November 2026" in boss.words
    boss.send("/settings", country="GT", amount="seven cents", currency="USD")
    assert "Write only the number, such as 0.065" in boss.words


def test_what_a_later_version_wrote_counts_as_not_set(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        put(session, "sms_price HN", "by weight", "administrator", desk.clock())
        put(session, MAILS, "weekly", "administrator", desk.clock())
    assert prices_now(desk.engine, {}) == {}
    assert not Postwoman(desk.engine, desk.site.secrets, "", "", print, server=False).is_wanted()
    boss = desk.worker("administrator", "Clara").open("/portal/settings")
    assert "Honduras sin precio" in boss.words


def test_mails_are_turned_on_and_off_where_there_is_a_server_for_them(desk: Desk) -> None:
    postwoman = Postwoman(desk.engine, desk.site.secrets, "", "", print, server=False)
    boss = desk.worker("administrator", "Clara").open("/portal/settings")
    assert "hace falta un servidor de correo" in boss.words
    assert boss.send_bare("/portal/settings", do="mails", to="on").status == 409
    desk.site.post = lambda _email, _action: None
    assert "Los correos se encienden en «Ajustes»" in boss.open("/portal/reminders").words
    boss.open("/portal/settings")
    assert "Ahora no sale ninguno solo. Puesto en el servidor: COMADRE_REMINDERS" in boss.words

    boss.send("/settings", do="mails", to="on")

    assert "Ahora salen solos. Puesto aquí el 25 de noviembre de 2026" in boss.words
    assert postwoman.is_wanted()
    assert "Los correos salen solos" in boss.open("/portal/reminders").words
    boss.open("/portal/settings").send("/settings", do="mails", to="off")
    assert not postwoman.is_wanted()
    assert not replace(postwoman, server=True).is_wanted()
    boss.send("/settings", do="mails", to="back")
    assert replace(postwoman, server=True).is_wanted()
    assert set_here(desk) == {}
    assert boss.send_bare("/portal/settings", do="mails", to="weekly").status == 400
    assert noted(desk) == [
        (f"mails_{each}", "", "administrator") for each in ("on", "off", "back")
    ]  # fmt: skip
