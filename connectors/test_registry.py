"""The list of channels and the folders agree; every folder is complete."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from bot.settings import Settings
from connectors.channel import is_forward
from connectors.contract import Request
from connectors.registry import NAMES, channels, handler, missing_settings
from connectors.render import MAX_OPTIONS, PAYLOAD_BYTES
from connectors.vendor import load_codes

FOLDERS = sorted(p.parent for p in Path(__file__).parent.glob("*/handler.py"))
WHATSAPP = {
    "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "v", "WHATSAPP_ACCESS_TOKEN": "a",
    "WHATSAPP_PHONE_NUMBER_ID": "1",
}  # fmt: skip

LACKING = {"TELEGRAM_BOT_TOKEN": "t"}


def settings(**environment: str) -> Settings:
    return Settings("sqlite://", b"k" * 32, "https://comadre.example", environment=environment)


def test_the_list_and_the_folders_agree() -> None:
    assert sorted(NAMES) == [folder.name for folder in FOLDERS]


def test_every_folder_has_its_test_its_readme_its_twin_and_its_payloads() -> None:
    for folder in FOLDERS:
        for part in ("test_handler.py", "README.md", "twin.py", "payloads"):
            assert (folder / part).exists(), f"{folder.name} lacks {part}"
        assert handler(folder.name).name == folder.name


def test_every_file_of_vendor_codes_can_be_read_and_says_what_each_means() -> None:
    for folder in FOLDERS:
        path = folder / "codes.yml"
        if path.exists():
            assert all(verdict.meaning for verdict in load_codes(path).values())


async def test_a_channel_without_credentials_is_off_and_says_what_it_lacks() -> None:
    async with httpx.AsyncClient() as client:
        on, off = channels(settings(**LACKING), client)

    assert list(on) == ["web"]
    assert off == ("twilio", "telegram", "whatsapp")
    assert missing_settings(LACKING)["telegram"] == ("TELEGRAM_WEBHOOK_SECRET",)


async def test_an_open_channel_answers_meta_with_403_where_the_token_does_not_fit() -> None:
    async with httpx.AsyncClient() as client:
        on, _ = channels(settings(**WHATSAPP), client)

    channel = on["whatsapp"]
    assert channel.handshake is not None
    assert channel.handshake({"hub.mode": "subscribe", "hub.verify_token": "x"}).status_code == 403
    assert on["web"].handshake is None
    assert channel.acknowledge().status_code == 200
    assert channel.acknowledge(Request("POST", "", {}, {}, b"{")).status_code == 200
    assert "'a'" not in repr(channel)


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ("queued", "sent", True), ("delivered", "sent", False), ("read", "delivered", False),
        ("delivered", "failed", True), ("failed", "delivered", False), ("sent", "sent", False),
    ],
)  # fmt: skip
def test_late_reports_never_move_a_message_back(before: str, after: str, news: bool) -> None:
    assert is_forward(before, after) is news  # type: ignore[arg-type]  # the table's strings


def test_ten_choices_of_sixty_four_bytes_are_the_contract() -> None:
    assert (MAX_OPTIONS, PAYLOAD_BYTES) == (10, 64)
