"""What a worker sees of her own work: how long reports waited, what was missing, where she was."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.analytics.models import Publication, PublishedFigure
from bot.database import transaction
from bot.directory.models import Phone, Service
from bot.directory.reporter import speaking
from bot.directory.reports import report_record
from bot.knowledge.sources import put_sources, sources_of
from bot.knowledge.trust import Hidden, Verification
from tests.portal.desk import NOW, Desk, on_both
from tests.portal.test_texts_and_sheets import statement

CASE = '<h2 class="h3">'  # the head of each report in the queue


def reported(desk: Desk, service_id: str, who: str, days_ago: int) -> None:
    with speaking(who, "twilio sms"):
        report_record(desk.engine, service_id, (desk.clock() - timedelta(days=days_ago)).date())


@on_both
def test_the_queue_tells_how_long_reports_wait_and_how_long_they_took(desk: Desk) -> None:
    slow, quick = desk.service(id="hn.clinica-hosp-escuela").id, desk.service().id
    for who, days in (("ana", 9), ("berta", 2)):
        reported(desk, slow, who, days)
    reported(desk, quick, "clara", 4)
    editor = desk.editor().open("/portal/reports")
    assert "Aquí verás cuánto tarda" in editor.words
    assert "espera hace 9 días" in editor.words
    assert "Qué decir por teléfono" in editor.words

    for each in (slow, quick):
        editor.send(f"/records/{each}/still-true")

    assert "Avisos resueltos en los últimos 90 días: 2." in editor.open("/portal/reports").words
    assert "uno se corrigió en 4 días o menos; el que más tardó, en 9" in editor.words
    other = desk.editor("Dora", country="BZ").open("/portal/reports")
    assert "Aquí verás cuánto tarda" in other.words  # what another country took is not hers
    desk.clock.pass_by(days=120)
    later = desk.editor("Eva").open("/portal/reports")
    assert "Aquí verás cuánto tarda" in later.words


@on_both
def test_a_long_queue_has_pages_and_a_tap_leaves_her_on_hers(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        hers = Service.country == "HN", Service.publication == "published"
        for each in session.scalars(select(Service.id).where(*hers)).all():
            session.add(Hidden(record_id=each, number="", since=NOW.date()))
    editor = desk.editor()
    told = re.search(r"(\d+) avisos", editor.open("/portal/").words)
    many = int(told[1]) if told else 0
    assert many > 25
    first = editor.open("/portal/reports").text.count(CASE)
    second = editor.open("/portal/reports?page=2").text.count(CASE)
    assert (first, second) == (25, min(25, many - 25))
    act = next(each["action"] for each in editor.forms() if "/still-true" in each["action"])

    editor.send(act)

    assert editor.path == "/portal/reports"
    assert "queda comprobado" in editor.words
    assert "Página 2 de" in editor.words
    assert editor.text.count(CASE) == min(25, many - 26)


@on_both
def test_what_is_mended_on_the_same_day_took_none(desk: Desk) -> None:
    reported(desk, desk.service().id, "ana", 0)
    editor = desk.editor().open("/portal/reports")
    editor.send(f"/records/{desk.service().id}/still-true")

    assert "Tardó en corregirse, en días: 0" in editor.open("/portal/reports").words


def publish(desk: Desk, *figures: tuple[str, str, str, int]) -> None:
    with transaction(desk.engine) as session:
        session.add(Publication(month="2026-10", published_at=NOW, threshold=10, step=5))
        for cut, row, country, value in figures:
            session.add(PublishedFigure(
                month="2026-10", cut=cut, row=row, country=country, value=value
            ))  # fmt: skip


@on_both
def test_what_had_no_place_and_no_answer_in_her_country_is_on_my_work(desk: Desk) -> None:
    publish(
        desk, ("services", "food:none_found", "HN", 35),
        ("services", "food:service_found", "HN", 80),
        ("services", "housing:none_found", "HN", 0), ("services", "legal:none_found", "BZ", 90),
        ("services", "rest:food", "HN", 50), ("unanswered", "ask_asylum", "HN", 20),
        ("services", "legal:none_found", "*", 95),
    )  # fmt: skip
    editor = desk.editor().open("/portal/")
    assert "Lo que pidieron y no hubo, octubre de 2026" in editor.words
    assert "Sin lugar: Comida conversaciones: 35" in editor.words
    assert "Sin respuesta: asilo o refugio conversaciones: 20" in editor.words
    assert "Ayuda legal conversaciones" not in editor.words

    editor.open("/portal/services/new?type=food")
    assert editor.forms()[-1]["fields"]["service_types"] == ["food"]
    editor.open("/portal/statements/new?topic=ask_asylum")
    assert editor.forms()[-1]["fields"]["topic"] == ["ask_asylum"]
    assert "Sin lugar: Ayuda legal conversaciones: 95" in desk.worker(
        "administrator", "Eva").open("/portal/").words  # fmt: skip
    berta = desk.contributor(desk.service()).open("/portal/")
    assert "Sin lugar: Comida conversaciones: 35" in berta.words
    assert "Sin respuesta:" not in berta.words  # texts are not hers to write


@on_both
def test_what_was_missing_is_closed_with_one_tap_and_comes_again(desk: Desk) -> None:
    publish(desk, ("services", "food:none_found", "HN", 35),
            ("services", "health:none_found", "HN", 25),
            ("unanswered", "ask_asylum", "HN", 20))  # fmt: skip
    berta = desk.contributor(desk.service()).open("/portal/")
    berta.send("/gaps", key="food")
    assert "Sin lugar: Comida" not in berta.words
    ana, rosa = desk.editor(), desk.editor("Rosa")
    assert "Sin lugar: Comida" in ana.open("/portal/").words  # her organisation alone has seen it

    for key in ("health", "ask_asylum"):
        form = next(each for each in ana.forms() if each["fields"].get("key") == [key])
        ana.send_bare("/portal/gaps", **{name: value[0] for name, value in form["fields"].items()
                                         if name != "csrf"})  # fmt: skip

    assert "ya no está en tu lista" in ana.words
    for worker in (ana, rosa):
        words = worker.open("/portal/").words
        assert "Sin respuesta:" not in words
        assert "Ya no están en esta lista: 2" in words
    assert "Sin lugar:" not in berta.open("/portal/").words  # closed for the whole country
    rosa.send_bare("/portal/gaps", month="2026-10", do="again")
    assert rosa.words.count("Sin lugar: ") == 2
    assert "Sin respuesta: asilo o refugio" in rosa.words
    assert rosa.send_bare("/portal/gaps", month="2026-10", cut="services", key="x").status == 400
    assert rosa.send_bare("/portal/gaps", month="2025-01", do="again").status == 400


@on_both
def test_every_text_that_is_due_is_one_tap_from_done_in_the_list(desk: Desk) -> None:
    editor = desk.editor().open("/portal/")
    assert re.search(r"Ver los \d+", editor.words)
    editor.open("/portal/statements?state=waiting")
    acts = [each["action"] for each in editor.forms() if "/still-true" in each["action"]]
    assert len(acts) == 25

    editor.send(acts[3])

    assert "queda comprobado hoy" in editor.words
    assert 'value="waiting" selected' in editor.text  # she stays where she was
    assert acts[3] not in editor.text.partition("<main")[2].partition('<ul class="list"')[2]
    with Session(desk.engine) as session:
        assert session.scalars(select(Verification.method)).all() == ["page"]


def test_what_to_say_names_who_is_called_the_number_and_what_was_reported(desk: Desk) -> None:
    service = desk.service()
    number = service.phones[0]
    reported(desk, service.id, "ana", 2)
    words = desk.editor().open("/portal/reports").words
    assert f"¿Hablo con {service.name}?" in words
    assert f"Nos avisaron que el {number.display} no sirve" in words
    assert "Nunca digas quién avisó" in words


def test_who_is_called_in_belize_is_spoken_to_in_english(desk: Desk) -> None:
    with Session(desk.engine) as session:
        rows = select(Service).where(Service.country == "BZ", Service.publication == "published")
        place = next(each for each in session.scalars(rows.order_by(Service.id))
                     if each.phones and "en" in (each.languages or "en").split())  # fmt: skip
        place_id = place.id
    reported(desk, place_id, "ana", 2)
    words = desk.editor("Dora", country="BZ").open("/portal/reports").words

    assert "Hello, I am calling from the network" in words
    assert "In your language" not in words
    assert "En tu idioma: «Hola, llamo de la red" in words


def test_a_text_that_was_reported_is_checked_at_its_source_and_nobody_is_called(
    desk: Desk,
) -> None:
    said = statement(desk, second=False)
    reported(desk, said.id, "ana", 2)
    page = desk.editor().open("/portal/reports")

    assert "Aquí no se llama a nadie" in page.words
    assert "Qué decir por teléfono" not in page.words
    with Session(desk.engine) as session:
        assert all(each.url in page.text.replace("&amp;", "&")
                   for each in sources_of(session, said.id))  # fmt: skip
    page.send(f"/records/{said.id}/still-true")
    with Session(desk.engine) as session:
        assert session.scalars(select(Verification.method)).all() == ["page"]


def test_the_four_that_were_asked_for_most_are_on_my_work_the_most_first(desk: Desk) -> None:
    kinds = {"food": 10, "health": 60, "legal": 40, "cash": 30, "education": 50}
    publish(desk, *(("services", f"{kind}:none_found", "HN", many) for kind, many in kinds.items()))
    words = desk.editor().open("/portal/").words

    shown = [int(each) for each in re.findall(r"Sin lugar: .{3,40}? conversaciones: (\d+)", words)]
    assert shown == [60, 50, 40, 30]


def test_before_a_month_is_published_my_work_says_nothing_of_it(desk: Desk) -> None:
    assert "Lo que pidieron" not in desk.editor().open("/portal/").words


def test_one_tap_in_a_list_leaves_her_where_she_was(desk: Desk) -> None:
    editor = desk.editor().open("/portal/services?fresh=overdue&town=san+pedro")
    first = editor.forms()[2]["action"]

    editor.send(first)

    assert "queda comprobado hoy" in editor.words
    assert 'name="town" value="san pedro"' in editor.text
    assert first not in editor.text  # it is no longer overdue


def test_nobody_is_sent_elsewhere_after_a_tap(desk: Desk) -> None:
    editor = desk.editor()
    for back in ("https://evil.example/", "//evil.example", "/portal/services?done=x&next=//evil",
                 "/portal/people"):  # fmt: skip
        editor.open("/portal/")
        editor.send_bare(f"/portal/records/{desk.service().id}/still-true", back=back)
        assert editor.path in ("/portal/", "/portal/services")
        assert "evil" not in str(editor.client.cookies) + editor.text


def test_languages_are_ticked_by_name_and_others_are_kept(desk: Desk) -> None:
    service = desk.service()
    editor = desk.editor().open(f"/portal/services/{service.id}")
    assert "criollo haitiano" in editor.words

    editor.send(editor.path, languages=["es", "ht"], languages_more="zh, kjb", do="save")

    assert desk.read(service.id).languages == "es ht zh kjb"
    editor.open(f"/portal/services/{service.id}")
    again = editor.send(editor.path, do="preview")
    assert "No has cambiado nada" in again.words


def test_a_text_is_measured_while_she_types_and_nothing_is_saved(desk: Desk) -> None:
    editor = desk.editor().open("/portal/statements/new")

    editor.send("/statements/new", part="checks", topic="ask_protection_order",
                text_es="Violencia: llama al 2234-5678.", text_en="Call 911 now.")  # fmt: skip

    assert "<form" not in editor.text
    assert len(editor.text) < 3_000
    assert "La pantalla bloqueada mostraría" in editor.words
    assert "no tienen los mismos números" in editor.words
    assert "No dice de dónde se sabe" in editor.words
    assert "Se lee desde los" in editor.words


def without_numbers(desk: Desk, service_id: str) -> str:
    """Nobody can be called there; the title of the page where it was read."""
    with transaction(desk.engine) as session:
        place = session.get_one(Service, service_id)
        place.phones, place.whatsapp, place.email, place.url = [], None, None, None
        return sources_of(session, service_id)[0].title


def test_where_nobody_can_be_called_the_page_where_it_was_read_is_a_tap_away(desk: Desk) -> None:
    """What to say on the telephone was told of places that have none, and no page of a place said
    where it is known from."""
    editor = desk.editor().open("/portal/services?fresh=overdue")
    first = re.search(r'href="/portal/services/(hn[\w.-]+)"', editor.text)
    service = desk.read(first[1] if first else "")
    title = without_numbers(desk, service.id)
    for path in ("/portal/", "/portal/services?fresh=overdue", f"/portal/services/{service.id}"):
        assert f'title="{title}"' in editor.open(path).text, path
        assert "De dónde se sabe:" in editor.words
    reported(desk, service.id, "ana", 1)

    reports = editor.open("/portal/reports").words

    assert "sin teléfono, correo ni página" in reports
    assert title in reports
    assert "Hola, llamo" not in reports
    with transaction(desk.engine) as session:
        session.get_one(Service, service.id).email = "casa@red.example"
    assert "casa@red.example" in editor.open("/portal/reports").words
    assert "sin teléfono" not in editor.words


def test_of_a_secret_place_nobody_is_sent_to_the_page_where_it_was_read(desk: Desk) -> None:
    service = desk.service(confidential_location=True)
    title = without_numbers(desk, service.id)
    reported(desk, service.id, "ana", 1)
    editor = desk.editor(country=service.country)
    for path in ("/portal/", "/portal/services", "/portal/reports",
                 f"/portal/services/{service.id}"):  # fmt: skip
        assert title not in editor.open(path).text, path


def test_what_my_work_counts_is_what_its_link_lists(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service).open("/portal/")
    with transaction(desk.engine) as session:
        own = Service.organization_id == service.organization_id
        for each in session.scalars(select(Service).where(own)):
            each.publication = "withdrawn"
        place = session.get_one(Service, service.id)
        place.publication, place.as_of = "published", "2026-02"  # due, and not overdue yet
    reported(desk, service.id, "ana", 1)  # so that it stands above, among the reports

    worker.open("/portal/")
    tile = re.search(r'<a href="([^"]+)"><strong>1</strong> lugares por comprobar', worker.text)
    assert tile

    assert "Lugares: 1" in worker.open(tile[1]).words
    assert service.id in worker.text


def test_an_emergency_number_says_why_it_cannot_be_hidden(desk: Desk) -> None:
    with Session(desk.engine) as session:
        line = session.scalars(select(Phone).where(Phone.number == "114")).first()
        assert line
    with speaking("ana", "twilio sms"):
        report_record(desk.engine, line.service_id, desk.clock().date())

    assert "es de emergencia y nunca se oculta" in desk.editor().open("/portal/reports").words


def test_the_last_that_was_written_leaves_no_word_that_all_is_up_to_date(desk: Desk) -> None:
    editor = desk.editor().open("/portal/waiting")  # while places and texts wait on my work
    assert "De esto ya no espera nada" in editor.words
    assert "Todo está al día" not in editor.words


def test_two_pages_of_one_publisher_are_told_apart(desk: Desk) -> None:
    service = desk.service()
    pages = [{"url": f"https://red.example/{each}", "title": each, "publisher": "La Red"}
             for each in ("Oficinas", "Horarios")]  # fmt: skip
    with transaction(desk.engine) as session:
        put_sources(session, service.id, pages)

    words = desk.editor().open(f"/portal/services/{service.id}").words

    assert "La Red: Oficinas" in words
    assert "La Red: Horarios" in words
