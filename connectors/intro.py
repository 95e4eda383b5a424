"""Who we are, in front of the first reply; never in front of an emergency."""

from __future__ import annotations

from bot.conversation.wording import say
from bot.knowledge.content import country_record
from bot.knowledge.schema import COUNTRY_CODES
from bot.safety.numbers import first_number
from connectors.contract import Reply
from connectors.turns import Message, Outcome

_WITHOUT = ("report_immediate_danger", "express_suicidal_distress", "quick_exit",
            "delete_my_data", "stop_messages", "unavailable", "blocked", "unblocked")  # fmt: skip


def _name(country: object, language: str) -> str:
    return str(country_record(str(country)).name.get(language))


def introduce(replies: tuple[Reply, ...], outcome: Outcome, message: Message, *,
              keeps: bool = False) -> tuple[Reply, ...]:  # fmt: skip
    """`replies` with the introduction as a message of its own before them; where unanswered
    questions are kept (`keeps`), it does not say that all is erased within a day."""
    if not replies or outcome.acted_on in _WITHOUT:
        return replies
    language = str(outcome.slots.get("language") or outcome.memory.language)
    if replies[0].text in (say("someone_else", "es"), say("someone_else", "en")):
        return replies  # he is not told how one leaves and erases here
    text = say("intro_kept" if keeps else "intro", language)
    # Where she says she is before where her telephone is from; Telegram tells no number at all.
    slots = outcome.slots
    here = slots.get("here") or message.prefix_country or slots.get("country")
    town = slots.get("country") if slots.get("city") and not slots.get("here") else None
    countries = [each for each in dict.fromkeys((here, town)) if each in COUNTRY_CODES]
    numbers = {each: first_number("danger", str(each)) for each in countries}
    if len(set(numbers.values())) > 1:  # she may be in the town that she names, or ask about it
        told = [f"{number} ({_name(each, language)})" for each, number in numbers.items()]
        text = f"{text} {say('intro_number', language, number=', '.join(told))}"
    elif numbers:
        text = f"{text} {say('intro_number', language, number=next(iter(numbers.values())))}"
    return (Reply(text, language=language), *replies)
