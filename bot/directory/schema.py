"""What a `services.yml` may say. Names and meanings follow Open Referral HSDS 3.1."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from bot.knowledge.schema import (
    Both,
    CountryCode,
    DialledNumber,
    Fact,
    FileRecord,
    InternationalNumber,
    Language,
    Shown,
    Text,
    checked_number,
)

ServiceType = Literal[
    "migrant_shelter", "violence_shelter", "health", "psychological", "legal", "food", "documents",
    "consulate", "labour", "education", "children", "connectivity", "hygiene", "cash", "hotline",
]  # fmt: skip
SERVICE_TYPES: tuple[str, ...] = get_args(ServiceType)
OrganizationKind = Literal["government", "ngo", "intergovernmental", "church", "consular"]
Cost = Literal["free", "low", "paid", "unknown"]
ByDay = Annotated[str, Field(pattern=r"^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class OrganizationRecord(FileRecord):
    """Who runs the service."""

    name: Text
    kind: OrganizationKind


class PhoneRecord(DialledNumber):
    """One phone of a service; `type` as in HSDS (RFC 6350)."""

    type: Literal["voice", "text", "textphone"] = "voice"
    label: Both | None = None
    shown: Shown = "yes"


class LocationRecord(FileRecord):
    """Where the service is; `country` only where it lies in another country than the file's."""

    country: CountryCode | None = None
    state: str | None = None
    city: str | None = None
    address: str | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class ScheduleRecord(FileRecord):
    """Weekly opening hours, local time."""

    byday: ByDay
    opens_at: TimeOfDay
    closes_at: TimeOfDay


class ServiceRecord(Fact):
    """A place or line that helps."""

    name: Text
    organization: OrganizationRecord
    service_types: list[ServiceType] = Field(min_length=1)
    for_whom: Both
    description: Both
    phones: list[Annotated[PhoneRecord, AfterValidator(checked_number)]] = Field(
        default_factory=list
    )
    whatsapp: InternationalNumber | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    url: HttpUrl | None = None
    location: LocationRecord | None = None
    service_area: list[CountryCode] = Field(default_factory=list)  # empty: the file's country
    hours: Both | None = None
    schedules: list[ScheduleRecord] = Field(default_factory=list)
    languages: list[Language] = Field(default_factory=list)
    interpreters: bool = False
    cost: Cost = "unknown"
    cost_note: Both | None = None
    confidential_service: bool = False
    confidential_location: bool = False

    @model_validator(mode="after")
    def _secret_place_stays_secret(self) -> ServiceRecord:
        place = self.location
        if self.confidential_location and place is not None:
            told = [
                name
                for name in ("address", "city", "latitude", "longitude")
                if getattr(place, name) is not None
            ]
            if told:
                raise ValueError(
                    "expected no address, city or coordinates where confidential_location is "
                    f"true, came {', '.join(told)}"
                )
        return self

    @model_validator(mode="after")
    def _shelter_place_is_decided(self) -> ServiceRecord:
        named = self.location is not None and self.location.address is not None
        if "violence_shelter" in self.service_types and not (self.confidential_location or named):
            raise ValueError(
                "expected confidential_location: true for a violence shelter without a published "
                "address"
            )
        return self
