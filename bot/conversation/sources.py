"""Who says so, and of when: the line under what she is told."""

from __future__ import annotations

from bot.conversation.wording import say
from bot.directory.words import date_in_words
from bot.knowledge.citing import Citation, Cited


def source_line(citation: Citation, language: str) -> str:
    """Who says so and when, source by source; that it may have changed, where it may."""
    shown = "; ".join(cited(each, language) for each in citation.sources if each.name)
    text = say("source", language, sources=shown)
    return f"{text} {say('confirm_first', language)}" if citation.confirm_first else text


def cited(source: Cited, language: str) -> str:
    """Who, and of when."""
    date = date_in_words(source.date).get(language) if source.date else ""
    shown = date or say("no_date", language)
    if date and source.confirmed:
        shown = say("source_confirmed", language, date=date)
    return f"{source.name}, {shown}" if source.name.endswith(")") else f"{source.name} ({shown})"
