"""What is said while Rasa is silent: the emergency card and its question, or a plain line.

Neither the model nor the database is needed; the country comes from what the gateway remembers, the
number's prefix, or a country's name in the message.
"""

from __future__ import annotations

from functools import cache

from bot.conversation.compose import yes_no
from bot.conversation.crisis import ABOUT, NEEDS
from bot.conversation.cues import fold, read_flags
from bot.conversation.state import ALARMS
from bot.conversation.wording import say
from bot.knowledge.content import country_record
from bot.knowledge.schema import COUNTRY_CODES
from bot.safety.card import card
from connectors.contract import Reply
from connectors.memory import Memory
from connectors.outcome import Message, Outcome

DANGER, DISTRESS = ALARMS


def degraded(intent: str, message: Message, memory: Memory, need: str | None = None, *,
             waits: bool = False) -> Outcome:  # fmt: skip
    """The outcome of a turn that Rasa did not answer in time; `need` as in `crisis.needed`.

    `waits`: what is not urgent is answered later, and she is told so.
    """
    if need is not None:
        return _needed(need, message, memory)
    if intent in ALARMS:
        return _urgent(intent, message, memory)
    language = memory.language
    line = say("held" if waits else "busy", language)
    reply = Reply(f"{line}\n\n{number_line(message, memory)}", language=language)
    return Outcome((reply,), memory.but(more=()), "unavailable", outcome="unavailable",
                   waits=waits)  # fmt: skip


def number_line(message: Message, memory: Memory) -> str:
    """The number for an emergency, in words that anybody may see."""
    return card("danger", _country(message, memory), memory.language)


def _urgent(intent: str, message: Message, memory: Memory) -> Outcome:
    """As the dialogue would have said it; what she answers finds the dialogue informed."""
    language, country = memory.language, _country(message, memory)
    if intent == DISTRESS:
        texts = [card("suicide", country, language), say("distress", language),
                 say("distress_ask", language)]  # fmt: skip
    else:
        kind = "child" if read_flags(message.text, "child", "young") else "danger"
        texts = [card(kind, country, language), say("safe_to_talk", language)]
    options = yes_no(language)
    last = Reply("\n\n".join(texts[-2:] if intent == DISTRESS else texts), options, "choices",
                 language)  # fmt: skip
    before = (Reply(texts[0], language=language),) if intent == DISTRESS else ()
    kept = memory.but(topic=intent, sensitive=True, introduced=True, country=country, more=(),
                      offered=tuple(option.payload for option in options))  # fmt: skip
    crisis = "distress" if intent == DISTRESS else "danger"
    slots = {"language": language, "country": country, "crisis": crisis, "topic": intent}
    return Outcome((*before, last), kept, intent, slots, "unavailable")


def _needed(need: str, message: Message, memory: Memory) -> Outcome:
    """A birth, a very ill child, somebody left behind, the police's number: no attack."""
    language, country = memory.language, _country(message, memory)
    kind, key = NEEDS[need]
    text = f"{card(kind, country, language)}\n\n{say(key, language)}"
    kept = memory.but(introduced=True, country=country, more=(), offered=())
    about = {"crisis": need, "topic": ABOUT[need]} if need in ABOUT else {"pending": "danger_check"}
    slots = {"language": language, "country": country, **about}  # for the figures
    return Outcome((Reply(text, language=language),), kept, DANGER, slots, "unavailable")


def _country(message: Message, memory: Memory) -> str | None:
    return _named(message.text) or memory.country or message.prefix_country


def _named(text: str) -> str | None:
    """The one country that the message names; None for none or several."""
    words = f" {fold(text)} "
    found = {code for name, code in _names().items() if f" {name} " in words}
    return found.pop() if len(found) == 1 else None


@cache
def _names() -> dict[str, str]:
    return {
        fold(country_record(code).name.get(language)): code
        for code in COUNTRY_CODES
        for language in ("es", "en")
    }
