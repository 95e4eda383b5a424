"""What Comadre understands: the network's examples, a training and what it changes, which model
answers."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.text import fold
from bot.improving.examples import all_examples, take_out
from bot.improving.room import TRAINING_MB, fits, room_mb
from bot.improving.workshop import BASE, Progress, Workshop
from bot.knowledge.topics import topics
from bot.portal.site import Refused, Visit, whole_number

PAGE = 50  # examples
FIGURES = ("es", "en", "danger", "violence", "outside", "taught")


def understanding(visit: Visit) -> Response:
    """All of it on one page."""
    shop = visit.site.workshop
    standing = shop.standing if shop else None
    room = room_mb()
    searched = visit.query.get("q", "")[:80]
    with Session(visit.engine) as session:
        every = all_examples(session)
        found = [each for each in every if fold(searched) in fold(each.text)]
        page, pages = visit.page_of(len(found), PAGE)
        return visit.page(
            "understanding.html", examples=found[(page - 1) * PAGE : page * PAGE],
            many=len(every), searched=searched, page=page, pages=pages,
            query=urlencode({"q": searched}) if searched else "", topics=topics(),
            progress=shop.progress if shop else Progress(), standing=standing,
            newest=shop.newest if shop else None, is_offered=bool(shop and shop.offered),
            former=shop.former if shop else None, is_named=bool(shop and not shop.inputs),
            figures=FIGURES, base=BASE, room=room, needed=TRAINING_MB, fits=fits(room),
        )  # fmt: skip


def train(visit: Visit) -> Response:
    """Asked for; the supervisor begins it."""
    shop = _workshop(visit)
    if shop.progress.is_busy:
        raise Refused(409, "understanding_busy")
    if not fits(room := room_mb()):
        raise Refused(409, "train_no_room", needed=TRAINING_MB, room=room)
    shop.put_progress(Progress("waiting"))
    visit.note("asked_training")
    return visit.go("/portal/understanding", "training")


def use(visit: Visit) -> Response:
    """Another model answers from now on: the new one, or the one before."""
    shop, number = _workshop(visit), whole_number(visit.form.get("number", ""))
    if shop.standing.wanted is not None:
        raise Refused(409, "understanding_busy")
    new, former = shop.offered, shop.former
    if number is None or number not in (new.number if new else None, former):
        raise Refused(404, "nothing_here")
    is_worse = new is not None and number != former and new.is_worse_in_danger
    if is_worse and not visit.form.get("even_so"):
        raise Refused(409, "understanding_worse")
    shop.wish("use", number)
    visit.note("changed_model", f"model {number}")
    return visit.go("/portal/understanding", "changing_model")


def take_example_out(visit: Visit) -> Response:
    """Not taught any more, from the next training on."""
    number = whole_number(visit.form.get("id", ""))
    if number is not None:
        with transaction(visit.engine) as session:
            take_out(session, number)
        visit.note("untaught", str(number))
    return visit.go("/portal/understanding", "saved")


def _workshop(visit: Visit) -> Workshop:
    if visit.site.workshop is None:
        raise Refused(404, "understanding_apart")
    return visit.site.workshop
