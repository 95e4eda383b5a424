"""Shapes of Twilio content templates: everything in them is a variable, so 23 shapes are enough.

Twilio sends buttons and lists only by template (twilio.com/docs/content/twilio-quick-reply and
twiliolist-picker). Within 24 hours of her message no approval is needed. A variable holds up to
1,600 characters (twilio.com/docs/content/using-variables-with-content-api, 2026-07-31).
"""

from __future__ import annotations

from typing import Any

from connectors.contract import Outgoing


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
