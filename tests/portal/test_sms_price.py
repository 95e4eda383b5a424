"""An SMS is told in money, with where its price is from; or it is said that we have none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.portal.sms_price import SETTING, cost, list_prices, money, prices
from bot.settings import SettingError
from tests.portal.desk import Desk
from tests.portal.test_try import Dialogue


def test_parts_become_money_with_whose_price_it_is_and_of_when() -> None:
    told = cost(list_prices(), "MX", 2, "es")
    assert told.text == (
        "2 partes de SMS, unos 0,36 US$ a México (precio de lista de Twilio, octubre de 2026)"
    )
    assert told.page == "https://www.twilio.com/en-us/sms/pricing/mx"
    english = cost(list_prices(), "MX", 1, "en").text
    assert english == "1 SMS part, about US$0.18 to Mexico (Twilio's list price, October 2026)"
    adding = cost(list_prices(), "US", 3, "es").text
    assert "unos 0,02 US$" in adding
    assert adding.endswith("más lo que agregue la compañía de teléfono")


def test_no_price_is_made_up_where_no_source_was_found() -> None:
    for country in ("GT", "HN", "SV", "NI", "BZ"):
        told = cost(list_prices(), country, 2, "es")
        assert told.text.startswith("2 partes de SMS; no hay un precio a ")
        assert not told.page
        assert not any(sign in told.text for sign in ("$", "unos"))
    assert cost(list_prices(), "XX", 2, "es").text == "2 partes de SMS"  # of all countries


def test_every_listed_price_says_where_and_when_it_was_read() -> None:
    for country, price in list_prices().items():
        assert f"/sms/pricing/{country.lower()}" in price.page
        assert "2026-01" <= price.month <= "2026-12"
        assert Decimal("0.001") < price.amount < 1


def test_an_installation_tells_what_it_pays_in_its_own_money() -> None:
    own = prices({SETTING: "HN=0.065 USD, MX=1.5 MXN"})
    assert cost(own, "HN", 2, "es").text == (
        "2 partes de SMS, unos 0,13 US$ a Honduras (el precio que pone tu red)"
    )
    assert "about MXN 3.00 to Mexico" in cost(own, "MX", 2, "en").text
    assert own["CR"] == list_prices()["CR"]
    assert prices({}) == list_prices()


@pytest.mark.parametrize("wrong", [
    "HN", "HN=gratis USD", "HN=0,06 USD", "ES=0.06 USD", "HN=0.06", "HN=0 USD", "HN=0.000 USD",
    "HN=1 USD, HN=2 USD",
])  # fmt: skip
def test_a_price_that_cannot_be_read_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingError, match=SETTING):
        prices({SETTING: wrong})


def test_what_is_paid_for_is_never_told_as_nothing() -> None:
    assert money(Decimal("0.0001"), "USD", "es") == "0,01 US$"


def test_preview_and_text_and_trial_tell_the_money(desk: Desk) -> None:
    desk.site.sms_prices = prices({SETTING: "HN=0.5 HNL"})
    desk.site.assistant = Dialogue(desk.site.world)
    editor = desk.editor().open(f"/portal/services/{desk.service().id}")
    assert editor.words.count("HNL a Honduras (el precio que pone tu red)") == 2  # es, en

    editor.open("/portal/statements/new").send(
        "/statements/new", part="checks", text_es="Llama al 911.", text_en="Call 911."
    )
    assert editor.words.count("1 parte de SMS, unos 0,50 HNL a Honduras") == 2

    editor.open("/portal/try").send("/try#last", country="HN", style="sms", text="hola")
    assert "Lo que se ve aquí cuesta: " in editor.words
    assert "HNL a Honduras (el precio que pone tu red)" in editor.words
    editor.send("/try#last", do="anew")
    editor.send("/try#last", country="HN", style="whatsapp", text="hola")
    assert "HNL" not in editor.words
