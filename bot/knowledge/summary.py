"""What a load of the country files did, one line per country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CountrySummary:
    """What the database now holds about one country, and what this load changed."""

    code: str
    statements: int
    services: int
    emergency_lines: int
    not_told: int  # kept, but not told until an editor confirms
    added: int
    changed: int
    withdrawn: int
    kept: int  # edited in the portal, so not overwritten

    def __str__(self) -> str:
        change = f"+{self.added} ~{self.changed} -{self.withdrawn}"
        kept = f", {self.kept} kept as edited" if self.kept else ""
        return (
            f"{self.code}  {self.statements:4} statements  {self.services:3} services  "
            f"{self.emergency_lines:2} lines  {self.not_told:3} not told yet  {change}{kept}"
        )


@dataclass(frozen=True)
class Summary:
    """What a load did; `skipped` when the files are the ones already loaded."""

    skipped: bool
    countries: tuple[CountrySummary, ...] = ()

    @property
    def changes(self) -> int:
        return sum(each.added + each.changed + each.withdrawn for each in self.countries)

    def __str__(self) -> str:
        if self.skipped:
            return "Countries: unchanged since the last load."
        return "\n".join(str(each) for each in self.countries)
