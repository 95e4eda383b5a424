"""A place's numbers beyond the two for which a sheet has columns, and what is known of each one.

Lines of help have up to seven numbers. Whoever reads in a report that one of them is wrong must
find it in the form, and whoever fills in a form must see which one women are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.models import Phone, Service
from bot.directory.numbers import WrongNumber, read_number
from bot.directory.sheet import Line
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.snapshot import columns
from bot.knowledge.trust import Report
from bot.portal.words import both

IN_SHEET = 2
MOST = 12  # of one place; the most that one has are seven
_NAME = re.compile(r"phone_(\d{1,2})")
Row = dict[str, Any]  # a telephone, by its columns


def more_cells(service: Service) -> dict[str, str]:
    """`phone_3` and so on, as people dial them; one box is empty where another may follow."""
    more = [each.display for each in service.phones[IN_SHEET:]]
    if IN_SHEET <= len(service.phones) < MOST:
        more.append("")
    return {f"phone_{n}": each for n, each in enumerate(more, IN_SHEET + 1)}


def more_sent(form: Mapping[str, str]) -> dict[str, str]:
    """Those boxes of a form that was sent; none where it had none."""
    return {
        name: text for name, text in form.items()
        if (found := _NAME.fullmatch(name)) and IN_SHEET < int(found[1]) <= MOST
    }  # fmt: skip


def names_of(cells: Mapping[str, str]) -> dict[str, Bilingual]:
    """What such boxes are called, in their order."""
    names = sorted(more_sent(cells), key=lambda name: int(name.removeprefix("phone_")))
    title = both("label_phone_more")
    return {
        name: Bilingual(*(text.format(n=name.removeprefix("phone_"))
                          for text in (title.es, title.en)))
        for name in names
    }  # fmt: skip


def read_more(
    service: Service, line: Line, wrong: dict[str, Bilingual]
) -> list[Row]:  # fmt: skip
    """Their telephones. A number that the place had stays as it was, whatever box it stands in;
    what is no number is put into `wrong` by its field."""
    found: list[Row] = []
    known = {each.display: as_row(each) for each in service.phones}
    by_number = {each.number: as_row(each) for each in service.phones}
    for name in names_of(line.cells):
        text = line.cells[name]
        if not text:
            continue
        if text in known:
            found.append(known[text])
            continue
        try:
            number, kind, display = read_number(text, service.country)
        except WrongNumber as error:
            wrong.setdefault(name, line.fault(name, error.key, error.says).text)
            continue
        found.append(by_number.get(number) or {
            "number": number, "kind": kind, "type": "voice", "display": display,
            "label_es": None, "label_en": None, "shown": True,
        })  # fmt: skip
    return found


def as_row(phone: Phone) -> Row:
    """By the columns that a version keeps."""
    return {name: getattr(phone, name) for name in columns(Phone)}


def joined(first: list[Row], more: list[Row]) -> list[Row]:
    """Each once. The same number may stand there twice, as it is dialled at home and abroad."""
    found: dict[tuple[str, str], Row] = {}
    for each in (*first, *more):
        found.setdefault((each["number"], each["display"]), each)
    return list(found.values())


def known_of_each(session: Session, service: Service) -> dict[str, str]:
    """By the name of the box: the key of what should be known of that number. Women reported it,
    or they are not told it."""
    wanted = select(Report.number).where(Report.record_id == service.id, Report.state == "open")
    reported = set(session.scalars(wanted))
    told: dict[str, str] = {}
    for n, each in enumerate(service.phones, 1):
        if each.number in reported:
            told[f"phone_{n}"] = "phone_reported"
        elif not each.shown:
            told[f"phone_{n}"] = "phone_untold"
    if service.whatsapp and service.whatsapp in reported:
        told["whatsapp"] = "phone_reported"
    return told
