"""A tap on the wrong button does not close what women reported, and says no more than was done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.emergency import is_emergency
from bot.directory.models import Service
from bot.directory.reporter import speaking
from bot.directory.reports import open_cases, report_record
from bot.knowledge.confirm import confirm
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden, Report, ReportKey, Verification
from bot.serve.forgetting import forget_old
from tests.portal.desk import NOW, Desk, Worker, on_both
from tests.portal.test_texts_and_sheets import statement


def reported(desk: Desk, record_id: str, *who: str) -> None:
    for each in who:
        with speaking(each, "twilio sms"):
            report_record(desk.engine, record_id, desk.clock().date())


def hideable(desk: Desk) -> Service:
    """A place whose first number is nobody's emergency line."""
    with Session(desk.engine) as session:
        rows = session.scalars(select(Service).order_by(Service.id).where(
            Service.country == "HN", Service.publication == "published"))  # fmt: skip
        found = next(each.id for each in rows if each.phones
                     and not any(is_emergency(session, each, phone.number)
                                 for phone in each.phones))  # fmt: skip
    return desk.read(found)


def tapped(desk: Desk, service: Service) -> Worker:
    """She meant to call, and met the button beside it."""
    editor = desk.editor().open("/portal/reports")
    return editor.send(f"/records/{service.id}/still-true")


def counted(desk: Desk) -> list[tuple[str, int, bool]]:
    with Session(desk.engine) as session:
        return [(each.number, each.people, each.hidden) for each in open_cases(session)]


@on_both
def test_a_wrong_tap_is_taken_back_and_the_reports_wait_again(desk: Desk) -> None:
    service = hideable(desk)
    reported(desk, service.id, "ana", "berta", "clara")
    before = counted(desk)
    assert before[0][1:] == (3, True)
    editor = tapped(desk, service)
    assert counted(desk) == []

    editor.send("/not-checked")

    assert "sus avisos esperan otra vez" in editor.words
    assert counted(desk) == before
    assert desk.read(service.id).verified_at == service.verified_at
    with Session(desk.engine) as session:
        assert session.scalars(select(Verification)).all() == []
        # Who it was stays forgotten.
        assert session.get(ReportKey, service.id) is None
    assert "Se retiró la comprobación" in editor.open(f"/portal/records/{service.id}/history").words


@on_both
def test_the_check_of_before_counts_again(desk: Desk) -> None:
    service = desk.service()
    confirm(desk.engine, service.id, "organization", desk.clock().date() - timedelta(days=300))
    before = desk.read(service.id).verified_at
    editor = tapped_in_list(desk, service)

    editor.send("/not-checked")

    assert (desk.read(service.id).verified_at, desk.read(service.id).verified_by) == (
        before, "organization"
    )  # fmt: skip


def tapped_in_list(desk: Desk, service: Service) -> Worker:
    editor = desk.editor().open("/portal/")
    path = f"/portal/records/{service.id}/still-true"
    return editor.send_bare(path, back="/portal/services")


def test_after_a_quarter_of_an_hour_or_another_s_check_it_stays(desk: Desk) -> None:
    service = desk.service()
    reported(desk, service.id, "ana")
    editor, path = tapped(desk, service), f"/portal/records/{service.id}/not-checked"
    assert desk.editor("Rosa").open("/portal/").send_bare(path).status == 409  # not hers
    rosa = desk.editor("Rosaura").open("/portal/")
    rosa.send_bare(f"/portal/records/{service.id}/still-true")
    assert editor.open("/portal/").send_bare(path).status == 409
    assert "Deshacer" in rosa.words
    desk.clock.pass_by(minutes=16)

    assert rosa.open("/portal/").send_bare(path).status == 409

    assert "ya no se puede deshacer" in rosa.words
    assert counted(desk) == []


def test_taken_back_twice_changes_nothing_more(desk: Desk) -> None:
    service = desk.service()
    reported(desk, service.id, "ana")
    editor = tapped(desk, service)
    editor.send("/not-checked")
    again = f"/portal/records/{service.id}/not-checked"

    assert editor.open("/portal/").send_bare(again).status == 409

    assert [each[1] for each in counted(desk)] == [1]


@on_both
def test_nobody_is_said_to_have_called_who_only_tapped(desk: Desk) -> None:
    service = desk.service()
    reported(desk, service.id, "ana")
    editor = tapped(desk, service)

    def methods() -> list[str]:
        with Session(desk.engine) as session:
            return list(session.scalars(select(Verification.method)))

    assert methods() == ["unsaid"]
    assert "¿Cómo lo supiste?" in editor.words
    editor.send("/how", method="call")
    assert methods() == ["call"]
    assert editor.send_bare(f"/portal/records/{service.id}/how", method="dream").status == 409


@on_both
def test_what_a_check_closed_is_not_kept_for_long(desk: Desk) -> None:
    service = hideable(desk)
    reported(desk, service.id, "ana", "berta", "clara")
    tapped(desk, service)

    forget_old(desk.engine, desk.site.world.rule, NOW + timedelta(days=2))

    with Session(desk.engine) as session:
        assert session.scalars(select(Verification.closed)).all() == [None]
        assert set(session.scalars(select(Report.state))) == {"resolved"}
        assert session.scalars(select(Hidden)).all() == []


@on_both
def test_what_she_stopped_showing_with_a_slip_is_shown_again_without_an_editor(desk: Desk) -> None:
    """The button stands beside "still true", and showing her own place again needed an editor."""
    service = desk.service()
    berta = desk.contributor(service).open(f"/portal/services/{service.id}")
    berta.send("/publication", publication="withdrawn")
    assert desk.read(service.id).publication == "withdrawn"
    assert "ya no se muestra" in berta.words

    berta.send("/tell-again")

    assert "Otra vez se muestra, como antes" in berta.words
    assert desk.read(service.id).publication == "published"
    assert berta.send_bare(f"/portal/records/{service.id}/tell-again").status == 409


def test_a_text_that_two_must_read_is_told_again_after_a_slip(desk: Desk) -> None:
    said = statement(desk, second=True)
    editor = desk.editor().open(f"/portal/statements/{said.id}")
    editor.send("/status", status="withdrawn")

    editor.send("/tell-again")

    assert "Otra vez se muestra" in editor.words
    with Session(desk.engine) as session:
        assert session.get_one(Statement, said.id).status == "published"


def test_a_draft_what_was_changed_since_and_another_s_place_are_not_shown_so(desk: Desk) -> None:
    service = desk.service()
    path, again = f"/portal/services/{service.id}", f"/portal/records/{service.id}/tell-again"
    berta = desk.contributor(service).open(path)
    berta.send("/publication", publication="withdrawn")
    assert desk.editor("Sara").open(path).send_bare(again).status == 409  # not her slip
    berta.open(path).send(path, name="Otro nombre", do="save")
    assert berta.open(path).send_bare(again).status == 409

    berta.open(path).send("/publication", publication="draft")
    berta.send_bare(f"{path}/publication", publication="withdrawn")  # what was not shown
    assert "Deshacer" not in berta.words
    assert berta.send_bare(again).status == 409
    assert desk.read(service.id).publication == "withdrawn"


def test_after_a_quarter_of_an_hour_it_stays_unshown(desk: Desk) -> None:
    service = desk.service()
    berta = desk.contributor(service).open(f"/portal/services/{service.id}")
    berta.send("/publication", publication="withdrawn")
    desk.clock.pass_by(minutes=16)

    assert berta.send_bare(f"/portal/records/{service.id}/tell-again").status == 409
    assert "ya no se puede deshacer" in berta.words
