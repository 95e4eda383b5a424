"""`python -m bot setup <vendor>`: registers webhooks and templates at a vendor; `--check` looks.

A step of deployment, never done at the start: a second copy of the program that somebody tries
out must not take the women's messages away from the first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.serve.supervisor import say as to_stderr
from connectors.steps import Step, Trouble, without_secrets
from connectors.telegram.setup import set_up as telegram
from connectors.twilio.setup import set_up as twilio
from connectors.whatsapp.setup import set_up as meta

VENDORS: Mapping[str, Callable[[Mapping[str, str], bool], Iterator[Step]]] = {
    "telegram": telegram,
    "twilio": twilio,
    "meta": meta,
}


def setup(
    vendor: str, env: Mapping[str, str], check: bool, say: Callable[[str], None] = to_stderr
) -> int:
    """The exit code: 1 where something failed, or where `--check` found something to change."""
    for noisy in ("httpx", "telegram", "twilio", "urllib3"):  # addresses of calls hold a token
        logging.getLogger(noisy).setLevel(logging.ERROR)
    marks: list[str] = []

    def tell(step: Step) -> None:
        marks.append(step.mark)
        # The last guard: no step should hold one in the first place.
        say(f"{step.mark:8} {without_secrets(step.words, env)}")

    try:
        for step in VENDORS[vendor](env, check):
            tell(step)
    except Trouble as trouble:
        tell(trouble.step)
    say(_summary(marks))
    return 1 if {"failed", "differs"} & set(marks) else 0


def _summary(marks: Sequence[str]) -> str:
    changed, differs = marks.count("changed"), marks.count("differs")
    sent = "the secret was sent again" if "sent" in marks else ""
    if "failed" in marks:
        done = f"{changed} changed before that; " if changed else "Nothing changed. "
        done = f"{changed} changed before that, {sent}; " if sent else done
        return f"{done}Put that right and run it again: what is done already stays as it is."
    if differs:
        return f"{differs} to change; nothing was. Without --check they are set."
    if sent:
        return f"{changed} changed; {sent}."
    return f"{changed} changed." if changed else "Nothing changed: everything was set up already."
