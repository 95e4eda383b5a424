"""An administrator sees what is set, and nobody sees a secret."""

from __future__ import annotations

import re

from bot.portal.menu import MENUS
from bot.portal.settings_page import blocks
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


def test_every_line_has_words_and_there_is_nothing_to_send(desk: Desk) -> None:
    settings = read_settings({"COMADRE_SECRET_KEY": "s" * 32})
    channels = ["sms", "telegram", "twilio", "web", "whatsapp"]
    desk.site.shown_settings = found = blocks(settings, channels, [])
    assert {each.key for each in found} | {
        line.key for each in found for line in each.lines
    } <= set(texts())

    page = desk.worker("administrator", "Clara").open("/portal/settings")
    actions = {each["action"] for each in page.forms()}
    assert actions == {"/portal/logout"}
    assert "/portal/settings" in dict(MENUS["administrator"].far)


def test_nobody_but_an_administrator_sees_it(desk: Desk) -> None:
    for role in ("editor", "analyst"):
        more = {"country": "HN"} if role == "editor" else {}
        assert desk.worker(role, role.title(), **more).open("/portal/settings").status == 403
