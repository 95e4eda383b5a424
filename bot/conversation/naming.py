"""What countries and topics are called, and which of them we have."""

from __future__ import annotations

from bot.conversation.wording import say
from bot.directory.countries import country_name
from bot.knowledge.content import country_record
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics

ANSWERED_GROUPS = ("violence", "rights", "family", "work")
SENSITIVE_GROUPS = ("violence", "safety")
WITH_THE = ("US", "DO")  # "the United States"


class Naming:
    """The part of the world that needs no database; `served`: codes of the countries we have."""

    served = frozenset(COUNTRY_CODES)

    def name(self, code: str, language: str) -> str:
        """A served country's name."""
        return country_record(code).name.get(language)

    def in_words(self, code: str, language: str) -> str:
        """Any country's name as it stands in a sentence."""
        name = self.any_name(code, language)
        return f"the {name}" if language == "en" and code in WITH_THE else name

    def any_name(self, code: str, language: str) -> str:
        """Any country's name."""
        if code in self.served:
            return self.name(code, language)
        return country_name(code, language) or say("elsewhere", language)

    def names(self, language: str) -> dict[str, str]:
        """The served countries' names by code."""
        return {code: self.name(code, language) for code in COUNTRY_CODES}

    def topic_name(self, intent: str, language: str) -> str:
        """The topic in plain words, with a capital, as a choice."""
        name = topics()[intent].name.get(language)
        return name[:1].upper() + name[1:]

    def topics_of(self, group: str) -> list[str]:
        """The topics of a group, in the order of data/topics.yml."""
        return [intent for intent, topic in topics().items() if topic.group == group]

    def is_topic(self, intent: str) -> bool:
        """Whether there are statements on it to be told."""
        topic = topics().get(intent)
        return topic is not None and topic.group in ANSWERED_GROUPS

    def is_sensitive(self, intent: str) -> bool:
        """Whether everything must be forgotten sooner after it."""
        topic = topics().get(intent)
        return topic is not None and topic.group in SENSITIVE_GROUPS

    def service_types(self, intent: str) -> tuple[str, ...]:
        """The kinds of service that help with it, the main one first."""
        topic = topics().get(intent)
        return tuple(topic.service_types) if topic else ()
