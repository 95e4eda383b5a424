"""The tests that every channel must pass. A channel's test file fills the table, and inherits.

Nothing here opens a socket: the vendor is a function.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from connectors.channel import DeliveryStatus, Handler
from connectors.contract import (
    BadSignature,
    ChannelError,
    IncomingMessage,
    Option,
    Outgoing,
    Reply,
    Request,
    UnknownPayload,
)
from connectors.twin import Said

LONG = "Puedes pedir refugio en la COMAR. El trámite no cuesta nada. " * 120
NONSENSE = (
    b"", b"{", b"null", b"[]", b"{}", b'{"a": 1}', b"\xff\xfe\x00", b"[" * 100_000, b"a=b&a=c",
    b"\xf0\x28\x8c\x28=%ff%fe", b'"\\ud800"',
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A line of the table: a payload as the vendor sends it, and what it means."""

    payload: str  # file name in payloads/, without .json
    expected: tuple[Mapping[str, Any], ...] = ()  # fields of each message
    statuses: tuple[DeliveryStatus, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """What the vendor answers to a message of ours, and the error it must become."""

    status: int
    body: Any
    error: type[ChannelError]
    attributes: Mapping[str, Any]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The vendor's answer."""
        return httpx.Response(self.status, json=self.body)


def vendor(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """A client whose calls end in `answer`."""
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


class ChannelHarness:
    """Inherit as `TestTwilio` and the like."""

    handler: ClassVar[Handler]
    settings: ClassVar[Any]
    unset: ClassVar[Any]  # the same settings with the secret empty
    post: ClassVar[Callable[..., Request]]  # body, settings → a request as the vendor makes it
    said: ClassVar[Callable[..., Request]]  # the twin's `request`
    answer: ClassVar[Callable[[httpx.Request], httpx.Response]]
    address: ClassVar[str]
    styles: ClassVar[tuple[str, ...]]
    cases: ClassVar[tuple[Case, ...]]
    refusals: ClassVar[tuple[Refusal, ...]] = ()
    secrets: ClassVar[tuple[str, ...]] = ()  # must never be in an error
    folder: ClassVar[Path]

    @staticmethod
    def encode(payload: Any) -> bytes:
        """A payload file's content as a body."""
        return json.dumps(payload).encode()

    def request(self, payload: str) -> Request:
        """The payload file as a signed request."""
        text = (self.folder / "payloads" / f"{payload}.json").read_text("utf-8")
        return type(self).post(self.encode(json.loads(text)), self.settings)

    def outcome(self, request: Request) -> list[IncomingMessage]:
        """Parsed, with nonsense as nothing."""
        with suppress(UnknownPayload):
            self.handler.parse_statuses(request, self.settings)
        try:
            return self.handler.parse(request, self.settings)
        except UnknownPayload:
            return []

    # -- what comes in

    def test_every_recorded_payload_is_in_the_table(self) -> None:
        recorded = {path.stem for path in (self.folder / "payloads").glob("*.json")}

        assert recorded == {case.payload for case in self.cases}

    def test_each_payload_means_what_the_table_says(self) -> None:
        for case in self.cases:
            request = self.request(case.payload)
            self.handler.verify(request, self.settings)
            messages = self.handler.parse(request, self.settings)

            assert len(messages) == len(case.expected), case.payload
            for message, expected in zip(messages, case.expected, strict=True):
                got = {key: getattr(message, key) for key in expected}
                assert got == dict(expected), case.payload
                assert message.channel == self.handler.name
                assert message.message_id, case.payload

    def test_each_delivery_report_means_what_the_table_says(self) -> None:
        for case in self.cases:
            if case.statuses:
                found = self.handler.parse_statuses(self.request(case.payload), self.settings)

                assert tuple(found) == case.statuses, case.payload

    def test_a_request_without_proof_is_refused(self) -> None:
        request = self.request(self.cases[0].payload)

        for forged in self.forgeries(request):
            with pytest.raises(BadSignature):
                self.handler.verify(forged, self.settings)

    def forgeries(self, request: Request) -> list[Request]:
        """Requests that must be refused."""
        return [
            replace(request, headers={}),
            replace(request, headers=dict.fromkeys(request.headers, "")),
            replace(request, headers=dict.fromkeys(request.headers, "ñ\udcff")),
        ]

    def test_nothing_is_accepted_while_the_secret_is_not_set(self) -> None:
        body = self.request(self.cases[0].payload).body

        with pytest.raises(BadSignature):
            self.handler.verify(type(self).post(body, self.unset), self.unset)

    def test_the_same_delivery_twice_is_the_same_message(self) -> None:
        for case in self.cases:
            first, again = self.request(case.payload), self.request(case.payload)

            ids = [m.message_id for m in self.handler.parse(first, self.settings)]
            assert ids == [m.message_id for m in self.handler.parse(again, self.settings)], (
                case.payload
            )
            assert len(set(ids)) == len(ids)

    def test_nonsense_is_survived_and_named(self) -> None:
        for body in NONSENSE:
            request = type(self).post(b"", self.settings)
            request = replace(request, body=body)

            assert self.outcome(request) == []
            self.handler.acknowledge(request)

    def test_every_answer_to_the_vendor_is_a_success(self) -> None:
        for case in self.cases:
            assert self.handler.acknowledge(self.request(case.payload)).status_code in (200, 204)

    def test_the_twin_says_what_is_understood(self) -> None:
        for said, expected in (
            (Said("m1", 1, text="¿Qué tal? 👋"), {"kind": "text", "text": "¿Qué tal? 👋"}),
            (Said("m2", 2, choice=("/affirm", "Sí")), {"kind": "choice", "choice": "/affirm"}),
            (Said("m3", 3, location=(14.9, -92.2)), {"location": (14.9, -92.2)}),
            (Said("m4", 4, media="voice"), {"kind": "voice"}),
            (Said("m5", 5, media="photo"), {"kind": "photo"}),
            (Said("m6", 6, media="document"), {"kind": "document"}),
            (Said("m7", 7, media="sticker"), {"kind": "sticker"}),
        ):
            request = type(self).said(self.settings, self.address, said)
            self.handler.verify(request, self.settings)
            (message,) = self.handler.parse(request, self.settings)

            assert {key: getattr(message, key) for key in expected} == expected

    @effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_no_change_to_a_payload_breaks_the_parser(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.cases))
        text = (self.folder / "payloads" / f"{case.payload}.json").read_text("utf-8")
        changed = data.draw(mutated(json.loads(text)))
        try:
            body = self.encode(changed)
        except (UnicodeEncodeError, AttributeError, TypeError):
            return  # cannot be sent at all
        request = replace(type(self).post(b"", self.settings), body=body)

        for message in self.outcome(request):
            message.text.encode("utf-8")
            assert message.address
        self.handler.acknowledge(request)

    # -- what goes out

    def test_a_long_reply_with_choices_stays_within_the_limits(self) -> None:
        reply = Reply(LONG, tuple(Option(f"Opción número {n}", f"/o{n}") for n in range(5)))
        for style in self.styles:
            outgoing, rest = self.handler.render(reply, style)

            assert outgoing
            assert all(len(message.text) <= 4_096 for message in outgoing)
            assert [o.payload for o in outgoing[-1].options][:5] == [f"/o{n}" for n in range(5)]
            assert bool(rest) == (style == "sms")

    async def test_each_kind_of_message_is_taken_by_the_vendor(self) -> None:
        options = (Option("Sí", "/affirm"), Option("No", "/deny", "mejor no"))
        async with vendor(type(self).answer) as client:
            for outgoing in (
                Outgoing("Hola"), Outgoing("¿Sí?", "buttons", options),
                Outgoing("Elige", "list", options, list_button="Ver opciones"),
                Outgoing("¿Dónde?", "location_request", list_button="Enviar"),
                Outgoing("Buen día", "delete"),
            ):  # fmt: skip
                sent = await self.handler.send(client, self.settings, self.address, outgoing, "k")
                assert sent

    async def test_silence_calls_nobody(self) -> None:
        def fail(request: httpx.Request) -> httpx.Response:
            raise AssertionError("called")

        async with vendor(fail) as client:
            silent = Outgoing("", "silent")
            assert not await self.handler.send(client, self.settings, self.address, silent, "k")

    async def test_the_vendors_refusals_become_our_errors(self) -> None:
        for refusal in self.refusals:
            with pytest.raises(refusal.error) as caught:
                await self.send_against(refusal.answer)

            for name, value in refusal.attributes.items():
                assert getattr(caught.value, name) == value, (refusal.body, name)

    async def send_against(self, answer: Callable[[httpx.Request], httpx.Response]) -> str:
        """Sends "Hola" to a vendor that answers so."""
        async with vendor(answer) as client:
            return await self.handler.send(
                client, self.settings, self.address, Outgoing("Hola"), "key"
            )

    async def test_no_secret_gets_into_an_error(self) -> None:
        if not self.secrets:
            return
        for failure in (httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError):

            def fail(request: httpx.Request, failure: Any = failure) -> httpx.Response:
                raise failure(f"no answer from {request.url}", request=request)

            with pytest.raises(ChannelError) as caught:
                await self.send_against(fail)

            shown = f"{caught.value!r} {caught.value.__cause__!r}"
            assert caught.value.__suppress_context__
            assert not [secret for secret in self.secrets if secret in shown]


_JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]),
    st.just({}), st.just([{}]), st.just("\ud800"), st.just(10**30), st.just("9" * 400),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """`value` with junk in the place of one or more of its parts, or a part missing."""
    for _ in range(draw(st.integers(1, 3))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        if not draw(st.integers(0, 4)):
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _changed(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _changed(draw, value[place]), *value[place + 1 :]]
    return draw(_JUNK)
