"""How the manifests of deploy/kubernetes let a pod end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from bot.paths import ROOT


@dataclass(frozen=True)
class Ending:
    """How a manifest lets a pod end: seconds, `waits` by container before it is told."""

    grace_s: float
    waits: Mapping[str, float]


def ending(name: str) -> Ending:
    """Of the deployment of that name in deploy/kubernetes."""
    text = (ROOT / "deploy" / "kubernetes" / f"{name}.yml").read_text(encoding="utf-8")
    spec = next(iter(yaml.safe_load_all(text)))["spec"]["template"]["spec"]
    waits = {each["name"]: float(each["lifecycle"]["preStop"]["exec"]["command"][1])
             for each in spec["containers"] if "lifecycle" in each}  # fmt: skip
    return Ending(float(spec["terminationGracePeriodSeconds"]), waits)
