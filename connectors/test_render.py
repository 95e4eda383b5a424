"""Replies in the looks of each channel, and never beyond its limits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation.wording import say
from connectors.contract import Option, Outgoing, Reply
from connectors.gsm7 import fold, is_gsm7, segments
from connectors.render import META, TELEGRAM, TWILIO, Limits, render
from connectors.sms import MAX_SEGMENTS, MORE
from connectors.split import cut, parts, shorten, utf16_length, within

YES_NO = (Option("Sí", "/affirm"), Option("No", "/deny"))
TOPICS = tuple(Option(f"Tema número {n}", f"/topic_{n}") for n in range(1, 8))
SENTENCE = "Puedes pedir refugio en la COMAR. "


def shown(reply: Reply, style: str, limits: Limits = META) -> list[Outgoing]:
    return render(reply, style, limits)[0]


# -- WhatsApp


def test_up_to_three_short_choices_are_buttons() -> None:
    (message,) = shown(Reply("¿Estás bien?", YES_NO, "choices"), "whatsapp")

    assert (message.kind, message.options) == ("buttons", YES_NO)


def test_more_choices_are_a_list_with_a_word_in_her_language() -> None:
    (spanish,) = shown(Reply("Elige", TOPICS, "choices"), "whatsapp")
    (english,) = shown(Reply("Choose", TOPICS, "choices", "en"), "whatsapp")

    assert (spanish.kind, spanish.list_button) == ("list", "Ver opciones")
    assert english.list_button == "See options"


def test_a_title_too_long_for_a_row_stands_whole_in_the_second_line() -> None:
    title = "Reunificación familiar con mis hijos menores"
    (message,) = shown(Reply("Elige", (Option(title, "/a"), *YES_NO), "choices"), "whatsapp")

    assert message.kind == "list"
    assert message.options[0] == Option("Reunificación familiar…", "/a", title)


def test_a_long_answer_goes_ahead_and_the_question_carries_the_choices() -> None:
    text = SENTENCE * 40 + "\n\n¿Quieres saber más?"
    first, last = shown(Reply(text, YES_NO, "choices"), "whatsapp")

    assert first.options == ()
    assert first.text.endswith("COMAR.")
    assert (last.text, last.kind) == ("¿Quieres saber más?", "buttons")


def test_one_endless_paragraph_is_cut_at_a_sentence() -> None:
    first, last = shown(Reply(SENTENCE * 40, YES_NO), "whatsapp")

    assert first.text.endswith("COMAR.")
    assert last.text.startswith("Puedes")
    assert f"{first.text} {last.text}" == (SENTENCE * 40).strip()


@pytest.mark.parametrize(
    "options",
    [
        (Option("Sí", "/a"), Option("Sí", "/b")), (Option("", "/a"), Option("No", "/b")),
        (Option("Sí", "/" + "a" * 64), Option("No", "/b")), (Option("Sí", ""), Option("No", "/b")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("style", ["whatsapp", "telegram", "web"])
def test_choices_that_a_vendor_would_refuse_become_numbered_lines(
    style: str, options: tuple[Option, ...]
) -> None:
    (message,) = shown(Reply("¿Sí?", options), style)

    assert message.kind == "text"
    assert message.text.startswith("¿Sí?\n\n1")
    assert message.options == options


def test_twilio_gets_shorter_messages_than_meta() -> None:
    text = SENTENCE * 100

    assert len(shown(Reply(text), "whatsapp", META)) == 1
    assert [utf16_length(m.text) <= 1_600 for m in shown(Reply(text), "whatsapp", TWILIO)] == [
        True, True, True,
    ]  # fmt: skip


# -- the place


def test_each_channel_asks_for_the_place_in_its_own_way() -> None:
    reply = Reply("¿Dónde estás?", kind="ask_location")

    assert shown(reply, "whatsapp")[0].kind == "location_request"
    telegram = shown(reply, "telegram")[0]
    assert (telegram.kind, telegram.list_button) == ("location_request", "Enviar mi ubicación")
    for style in ("sms", "web"):
        (message,) = shown(reply, style)
        assert message.kind == "text"
        assert "ciudad o pueblo" in message.text


def test_choices_and_the_place_are_two_messages() -> None:
    choices, place = shown(Reply("¿En qué país?", YES_NO, "ask_location"), "whatsapp")

    assert choices.kind == "buttons"
    assert place.kind == "location_request"


# -- SMS


def test_sms_choices_are_numbered_lines_in_gsm7() -> None:
    (message,) = shown(Reply("¿Estás en peligro?", YES_NO), "sms")

    assert message.text == "¿Estas en peligro?\n1 Si\n2 No"
    assert (message.kind, message.segments, message.options) == ("text", 1, YES_NO)


def test_a_long_answer_waits_behind_one_equals_more() -> None:
    (message,), rest = render(Reply(SENTENCE * 30), "sms")

    assert message.text.endswith("COMAR.\n1 = mas")
    assert message.segments <= MAX_SEGMENTS
    assert [o.payload for o in message.options] == [MORE]
    (more,), _ = render(Reply(rest[0]), "sms")
    assert more.text.startswith("Puedes pedir")


def test_beside_choices_more_is_the_last_number() -> None:
    (message,), rest = render(Reply(SENTENCE * 30, YES_NO, language="en"), "sms")

    assert message.text.endswith("\n1 Si\n2 No\n3 = more")
    assert [o.payload for o in message.options] == ["/affirm", "/deny", MORE]
    assert rest


def test_all_parts_together_are_the_whole_answer() -> None:
    text = "\n\n".join(f"Punto {n}. {SENTENCE}" for n in range(40))
    told = ""
    waiting: tuple[str, ...] = (text,)
    while waiting:
        (message,), waiting = render(Reply("\n\n".join(waiting)), "sms")
        told += " " + message.text.removesuffix("1 = mas")

    assert told.split() == text.split()


def test_telephone_numbers_and_abbreviations_are_not_torn() -> None:
    text = "Llama al 55 1234 5678 o al 800 123 4567 en Av. Juárez 20"
    for limit in range(25, len(text)):
        for part in parts(text, within(limit)):
            assert not part.endswith(("Av", "55", "1234", "800", "123"))


# -- other kinds


@pytest.mark.parametrize("style", ["whatsapp", "sms", "telegram", "web"])
def test_leaving_fast_shows_only_the_neutral_line(style: str) -> None:
    (message,) = shown(Reply("Hoy hay sol.", kind="delete"), style)

    assert (message.text, message.kind, message.options) == ("Hoy hay sol.", "delete", ())


@pytest.mark.parametrize("style", ["whatsapp", "sms", "telegram", "web"])
def test_silence_and_nothing_to_say(style: str) -> None:
    assert shown(Reply("", kind="silent"), style) == [Outgoing("", "silent")]
    assert shown(Reply(""), style) == []


def test_words_that_channels_add_fit_where_they_stand() -> None:
    for language in ("es", "en"):
        assert len(say("channel_list_button", language)) <= 20
        assert len(say("channel_location_button", language)) <= 64


# -- whatever the reply, no message exceeds a limit

_TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["palabra", "niña.", "👩‍👧", "¿sí?", "\n\n", "字", "55 1234"]),
             max_size=900).map(" ".join),
    st.integers(0, 9_000).map(lambda n: "x" * n),
)  # fmt: skip
_OPTIONS = st.lists(
    st.builds(Option, st.text(max_size=90), st.text(max_size=70), st.text(max_size=100)),
    max_size=14,
).map(tuple)
_REPLIES = st.builds(
    Reply, _TEXT, _OPTIONS, st.sampled_from(["text", "choices", "ask_location"]),
    st.sampled_from(["es", "en"]),
)  # fmt: skip
_STYLES = st.sampled_from(
    [("whatsapp", META), ("whatsapp", TWILIO), ("telegram", TELEGRAM), ("web", META)]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_REPLIES, _STYLES)
def test_no_message_exceeds_a_limit(reply: Reply, look: tuple[str, Limits]) -> None:
    style, limits = look
    for message in shown(reply, style, limits):
        assert message.text.strip()
        assert utf16_length(message.text) <= limits.text
        if message.kind in ("buttons", "list"):
            _within_choice_limits(message, style)
        elif message.kind == "location_request":
            assert utf16_length(message.text) <= 1_024


def _within_choice_limits(message: Outgoing, style: str) -> None:
    titles = [option.title for option in message.options]
    assert len(set(titles)) == len(titles) <= 10
    assert all(titles)
    assert all(0 < len(o.payload.encode()) <= 64 for o in message.options)
    if style == "telegram":
        return
    assert utf16_length(message.text) <= 1_024
    assert all(len(o.description) <= 72 for o in message.options)
    limit = 20 if message.kind == "buttons" else 24
    assert all(len(title) <= limit for title in titles)
    assert message.kind == "list" or len(titles) <= 3


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_REPLIES)
def test_no_sms_takes_more_than_three_parts(reply: Reply) -> None:
    outgoing, _rest = render(reply, "sms")
    for message in outgoing:
        assert message.segments == segments(message.text) <= MAX_SEGMENTS
        ours = "".join([reply.text, *(option.title for option in reply.options)])
        assert is_gsm7(message.text) or not is_gsm7(fold(ours))
        assert len([o for o in message.options if o.payload == MORE]) <= 1 + sum(
            o.payload == MORE for o in reply.options
        )


@given(st.text(max_size=400), st.integers(1, 60))
def test_cutting_loses_nothing_but_blanks(text: str, limit: int) -> None:
    head, tail = cut(text, lambda piece: len(piece) <= limit)

    assert "".join((head + tail).split()) == "".join(text.split())
    assert len(head) <= limit


@given(st.text(max_size=200), st.integers(5, 60))
def test_a_shortened_title_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
