"""Who works in the portal, and what each may do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.directory.models import Service

Role = Literal["contributor", "editor", "administrator", "analyst"]
ROLES: tuple[str, ...] = get_args(Role)
DIRECTORY = ("contributor", "editor", "administrator")  # who sees services
REVIEWERS = ("editor", "administrator")  # who decides on statements, reports, sheets


@dataclass(frozen=True)
class Person:
    """The account behind a session."""

    id: int
    name: str
    email: str
    role: str
    country: str | None
    organization_id: str | None
    has_totp: bool

    @property
    def must_set_up_totp(self) -> bool:
        """Whoever can open the door to others needs two locks."""
        return self.role == "administrator" and not self.has_totp

    @property
    def history_role(self) -> str:
        """How lifecycle.DUE_DAYS calls it: who runs a service knows of changes first."""
        return "organization" if self.role == "contributor" else "editor"

    def may_work_in(self, country: str) -> bool:
        """Whether records of that country are hers to decide on."""
        if self.role == "editor":
            return country == self.country
        return self.role == "administrator"

    def may_edit(self, service: Service) -> bool:
        """Whether she sees and changes that service."""
        if self.role == "contributor":
            return service.organization_id == self.organization_id
        return self.may_work_in(service.country)
