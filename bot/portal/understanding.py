"""What Comadre understands: the network's examples, a training and what it changes, which model
answers."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.improving.examples import all_examples, take_out
from bot.improving.workshop import BASE, Progress, Workshop
from bot.knowledge.topics import topics
from bot.portal.site import Refused, Visit

FIGURES = ("es", "en", "danger", "violence", "outside", "taught")


def understanding(visit: Visit) -> Response:
    """All of it on one page."""
    shop = visit.site.workshop
    standing = shop.standing if shop else None
    newest = shop.newest if shop else None
    with Session(visit.engine) as session:
        return visit.page(
            "understanding.html", examples=all_examples(session), topics=topics(),
            progress=shop.progress if shop else Progress(), standing=standing, newest=newest,
            is_offered=bool(standing and newest and newest.number != standing.present
                            and standing.wanted is None),
            figures=FIGURES, base=BASE,
        )  # fmt: skip


def train(visit: Visit) -> Response:
    """Asked for; the supervisor begins it."""
    shop = _workshop(visit)
    if shop.progress.is_busy:
        raise Refused(409, "understanding_busy")
    shop.put_progress(Progress("waiting"))
    shop.wish("train")
    visit.note("asked_training")
    return visit.go("/portal/understanding", "training")


def use(visit: Visit) -> Response:
    """Another model answers from now on: the new one, or the one before."""
    shop, number = _workshop(visit), visit.form.get("number", "")
    standing = shop.standing
    if standing.wanted is not None:
        raise Refused(409, "understanding_busy")
    newest = shop.newest
    known = {standing.before} | ({newest.number} if newest else set())
    if not number.isdigit() or int(number) not in known or int(number) == standing.present:
        raise Refused(404, "nothing_here")
    is_new = newest is not None and int(number) == newest.number and int(number) != standing.before
    if is_new and newest and newest.is_worse_in_danger and not visit.form.get("even_so"):
        raise Refused(409, "understanding_worse")
    shop.wish("use", int(number))
    visit.note("changed_model", f"model {number}")
    return visit.go("/portal/understanding", "changing_model")


def take_example_out(visit: Visit) -> Response:
    """Not taught any more, from the next training on."""
    number = visit.form.get("id", "")
    if number.isdigit():
        with transaction(visit.engine) as session:
            take_out(session, int(number))
        visit.note("untaught", number)
    return visit.go("/portal/understanding", "saved")


def _workshop(visit: Visit) -> Workshop:
    if visit.site.workshop is None:
        raise Refused(404, "understanding_apart")
    return visit.site.workshop
