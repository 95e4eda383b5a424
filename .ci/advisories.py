"""Known faults from a copy of the Python packages' advisory database, where there is no network.

The copy is a folder as https://github.com/pypa/advisory-database has it: vulns/NAME/ID.yaml, in the
format of osv.dev. Only as good as it is new: `newest` is the day of its last change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version

_LOCKED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.M)
_MODIFIED = re.compile(r"^modified: ['\"]?(\d{4}-\d\d-\d\d)", re.M)
_FIRST = "0"  # an event's way of saying "from the first version on"


class Advisories:
    """A copy of the database; raises FileNotFoundError where the folder holds none."""

    def __init__(self, folder: Path, today: date) -> None:
        self._of: dict[str, list[Path]] = {}
        newest = ""
        for path in sorted(folder.glob("vulns/*/*.yaml")):
            self._of.setdefault(canonicalize_name(path.parent.name), []).append(path)
            modified = _MODIFIED.search(path.read_text(encoding="utf-8"))
            # Some are dated in the future, by mistake: they would make an old copy look new.
            if modified and modified[1] <= today.isoformat():
                newest = max(newest, modified[1])
        if not newest:
            raise FileNotFoundError(f"{folder} holds no vulns/NAME/ID.yaml")
        self.newest = date.fromisoformat(newest)

    def of_all(self, requirements: str) -> list[dict[str, Any]]:
        """Of each locked package what pip-audit would say: name, version, vulns."""
        return [
            {"name": name, "version": version, "vulns": list(self.of(name, version))}
            for name, version in _LOCKED.findall(requirements)
        ]

    def of(self, name: str, version: str) -> Iterator[dict[str, Any]]:
        """Each fault that is known of that version and was not withdrawn."""
        name = canonicalize_name(name)
        for path in self._of.get(name, ()):
            read = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
            own = [
                each
                for each in read.get("affected", ())
                if canonicalize_name(each["package"]["name"]) == name
            ]
            if read.get("withdrawn") or not any(is_affected(version, each) for each in own):
                continue
            fixed = {event["fixed"] for events in map(_events, own) for event in events
                     if "fixed" in event}  # fmt: skip
            yield {"id": read["id"], "aliases": read.get("aliases", []),
                   "fix_versions": sorted(fixed, key=Version)}  # fmt: skip


def _events(affected: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [
        event
        for span in affected.get("ranges", ())
        if span["type"] == "ECOSYSTEM"
        for event in span["events"]
    ]


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """By the list of versions, or by the ranges of what is told of one package."""
    own = Version(version)
    if any(each == version or _is(own, each) for each in affected.get("versions", ())):
        return True
    spans = (each for each in affected.get("ranges", ()) if each["type"] == "ECOSYSTEM")
    return any(_is_within(own, each["events"]) for each in spans)


def _is(own: Version, other: str) -> bool:
    try:
        return own == Version(other)
    except ValueError:  # versions of before PEP 440
        return False


def _is_within(own: Version, events: Sequence[Mapping[str, str]]) -> bool:
    """After the last event before it; what ends a span comes after what begins one there."""
    ordered: list[tuple[Version, bool, str]] = []
    for event in events:
        kind, at = next(iter(event.items()))
        ordered.append((Version("0.dev0" if at == _FIRST else at), kind != "introduced", kind))
    within = False
    for at_version, _, kind in sorted(ordered):
        if kind == "introduced":
            within = within or own >= at_version
        elif kind == "last_affected":
            within = within and own <= at_version
        else:
            within = within and own < at_version
    return within
