"""What a country's files may say: statements, emergency lines, the country itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    model_validator,
)

from bot.knowledge.bilingual import Bilingual

COUNTRY_CODES = ("BZ", "CA", "CR", "DO", "GT", "HN", "MX", "NI", "PA", "SV", "US")
REGIONAL = "XX"

Kind = Literal[
    "hotline", "procedure", "institution", "right", "deadline", "requirement", "law", "fee",
    "warning",
]  # fmt: skip
Confidence = Literal["high", "medium", "low"]
Shown = Literal["yes", "call_first", "no"]
NumberKind = Literal["phone", "short_code", "local"]
Need = Literal[
    "danger", "violence", "sexual_violence", "child", "trafficking", "suicide", "ambulance",
    "threats",
]  # fmt: skip
Phase = Literal["origin", "transit", "destination", "return"]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
RecordId = Annotated[str, Field(pattern=r"^[a-z]{2}\.[a-z0-9_.-]+$", max_length=80)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
SourceDate = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-[0-3]\d)?)?$")]


def _as_bilingual(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"es", "en"} and all(value.values()):
        return Bilingual(es=value["es"], en=value["en"])
    if isinstance(value, Bilingual):
        return value
    raise ValueError("expected the text in both languages, as es: and en:")


def _is_e164(number: str) -> str:
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        valid = False
    if not valid:
        raise ValueError("expected a number that exists, with + and its country code")
    return number


Both = Annotated[Bilingual, BeforeValidator(_as_bilingual)]
InternationalNumber = Annotated[str, AfterValidator(_is_e164)]
ShortCode = Annotated[str, Field(pattern=r"^[*#0-9]{2,6}$")]


class FileRecord(BaseModel):
    """Parent of everything read from a country file: unknown fields are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRecord(FileRecord):
    """Where a fact was read."""

    url: HttpUrl
    title: Text
    publisher: Text


class SecondReading(FileRecord):
    """What an independent reader found."""

    date: SourceDate
    result: Literal["confirmed", "corrected", "unconfirmed", "new"]


class Fact(FileRecord):
    """What statements, emergency lines and services have in common."""

    id: RecordId
    as_of: SourceDate | None = None
    confidence: Confidence
    second_reading: SecondReading | None = None
    shown: Shown = "yes"
    sources: list[SourceRecord] = Field(default_factory=list)

    @property
    def status(self) -> str:
        """`draft` until an editor confirms what may not be told yet."""
        return "draft" if self.shown == "no" else "published"

    @property
    def may_be_told(self) -> bool:
        """Low confidence and no source both forbid telling (docs/add-a-country.md)."""
        return self.confidence != "low" and bool(self.sources)


Question = Annotated[str, Field(min_length=3, max_length=120, pattern=r"\S")]


class Questions(FileRecord):
    """What women ask when a statement is the answer, in their words."""

    es: tuple[Question, ...] = Field(min_length=1, max_length=12)
    en: tuple[Question, ...] = Field(min_length=1, max_length=12)


class StatementRecord(Fact):
    """A sentence that she may be told."""

    intent: Text
    kind: Kind
    es: Text
    en: Text
    volatile: bool
    asked: Questions | None = None  # what it answers: the choice among statements rests on it
    follows: RecordId | None = None  # makes sense only after that statement
    priority: int = Field(default=0, ge=0, le=9)  # above 0: she must not miss it
    # The last day on which it is told. Left out of the record's fingerprint where there is none:
    # else every statement would count as changed, and what editors confirmed be forgotten.
    valid_until: date | None = Field(default=None, exclude_if=lambda day: day is None)


class DialledNumber(FileRecord):
    """A number as stored, and as people dial it in its country."""

    number: Text
    kind: NumberKind = "phone"
    display: Text

    def fault(self) -> str | None:
        """Why the number cannot be right, or None."""
        if self.kind != "phone":
            return None
        try:
            _is_e164(self.number)
        except ValueError as error:
            return f"{error}; write kind: short_code or kind: local for others"
        return None


def checked_number(value: DialledNumber) -> DialledNumber:
    """The number, or an error that says what was expected."""
    if fault := value.fault():
        raise ValueError(f"{fault} (number {value.number!r})")
    return value


class TextNumber(FileRecord):
    """Where to send a text message, and the word to send, if one is asked for."""

    number: Text
    display: Text
    word: str | None = None


class EmergencyRecord(Fact):
    """A line that answers people in danger."""

    label: Both
    purpose: Both = Field(alias="for")
    number: Text
    kind: NumberKind = "phone"
    display: Text
    sms: TextNumber | None = None
    whatsapp: InternationalNumber | None = None
    hours: Both | None = None

    @model_validator(mode="after")
    def _number_exists(self) -> EmergencyRecord:
        checked_number(DialledNumber(number=self.number, kind=self.kind, display=self.display))
        return self


class CountryRecord(FileRecord):
    """The country itself."""

    code: CountryCode
    name: Both
    languages: list[Language] = Field(min_length=1)
    calling_codes: list[Annotated[str, Field(pattern=r"^\+\d{1,4}$")]]
    timezones: list[Text]
    compiled: SourceDate
    ask_first: list[RecordId] = Field(min_length=1)  # who answers when nothing is known
    # who listens to anybody who wants to talk to a person, whatever it is about
    listens: list[RecordId] = Field(default_factory=list)
    # intent: service chosen by hand; null where we know nobody and say so
    next_steps: dict[str, RecordId | None] = Field(default_factory=dict)
    # phase of the journey: by intent, who fits a woman in that phase better than `next_steps`
    phase_steps: dict[Phase, dict[str, RecordId]] = Field(default_factory=dict)
    # matter of data/matters.yml: who knows of it, before whoever is named for the topic
    matters: dict[str, RecordId] = Field(default_factory=dict)


class GapRecord(FileRecord):
    """Something that is not known yet."""

    id: RecordId
    text: Text
