"""Shapes of Twilio content templates: everything in them is a variable, so 23 shapes are enough.

Twilio sends buttons and lists only by template (twilio.com/docs/content/twilio-quick-reply and
twiliolist-picker). Within 24 hours of her message no approval is needed. A variable holds up to
1,600 characters (twilio.com/docs/content/using-variables-with-content-api, 2026-07-31).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.contract import Option, Outgoing
from connectors.render import MAX_BUTTONS, MAX_OPTIONS


def _described(outgoing: Outgoing) -> bool:
    """Variables must not be empty: a list has second lines everywhere or nowhere."""
    return outgoing.kind == "list" and any(o.description for o in outgoing.options)


def shape_name(outgoing: Outgoing) -> str:
    """The template's name in the account."""
    described = "_described" if _described(outgoing) else ""
    return f"comadre_{outgoing.kind}_{len(outgoing.options)}{described}_v1"


def shape_variables(outgoing: Outgoing) -> dict[str, str]:
    """The values for one message."""
    values = {"body": outgoing.text}
    if outgoing.kind == "list":
        values["button"] = outgoing.list_button
    for n, option in enumerate(outgoing.options, 1):
        values[f"title{n}"], values[f"id{n}"] = option.title, option.payload
        if _described(outgoing):
            values[f"about{n}"] = option.description or option.title
    return values


def shape_types(outgoing: Outgoing) -> dict[str, Any]:
    """`types` and sample `variables` for making the template."""
    numbers = range(1, len(outgoing.options) + 1)
    if outgoing.kind == "buttons":
        actions = [
            {"type": "QUICK_REPLY", "title": f"{{{{title{n}}}}}", "id": f"{{{{id{n}}}}}"}
            for n in numbers
        ]
        content: dict[str, Any] = {"twilio/quick-reply": {"body": "{{body}}", "actions": actions}}
    else:
        items = [{"item": f"{{{{title{n}}}}}", "id": f"{{{{id{n}}}}}"} for n in numbers]
        if _described(outgoing):
            items = [{**item, "description": f"{{{{about{n}}}}}"}
                     for n, item in zip(numbers, items, strict=True)]  # fmt: skip
        content = {
            "twilio/list-picker": {"body": "{{body}}", "button": "{{button}}", "items": items}
        }
    samples = {key: key for key in shape_variables(outgoing)}
    return {"types": content, "variables": samples}


def wish(outgoing: Outgoing) -> dict[str, Any]:
    """What the template of this shape is made with."""
    return {"friendly_name": shape_name(outgoing), "language": "es", **shape_types(outgoing)}


def shapes() -> Iterator[Outgoing]:
    """One message of every shape that can be sent."""
    for count in range(1, MAX_BUTTONS + 1):
        yield Outgoing("body", "buttons", (Option("title", "id"),) * count)
    for count in range(1, MAX_OPTIONS + 1):
        for about in ("", "about"):
            yield Outgoing("body", "list", (Option("title", "id", about),) * count)


def missing_or_other(there: Mapping[str, Any]) -> tuple[list[Outgoing], list[str]]:
    """Shapes without a template among those by name, and names of templates in another form."""
    missing = [shape for shape in shapes() if shape_name(shape) not in there]
    other = [
        shape_name(shape) for shape in shapes()
        if shape_name(shape) in there
        and not _holds(there[shape_name(shape)], shape_types(shape)["types"])
    ]  # fmt: skip
    return missing, other


def _holds(there: Any, ours: Any) -> bool:
    """Whether all of ours is there; the vendor may add fields of its own."""
    if isinstance(ours, dict):
        return isinstance(there, dict) and all(
            _holds(there.get(key), value) for key, value in ours.items()
        )
    if isinstance(ours, list):
        return (
            isinstance(there, list) and len(there) == len(ours)
            and all(map(_holds, there, ours))
        )  # fmt: skip
    return bool(there == ours)
