"""The understanding as Rasa components: intent, language, places, kinds of service, relatives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.answering import WIDTH
from bot.nlu.encoder import ManyProcesses, UniversalSentenceEncoder
from bot.nlu.follow_ups import FollowUps, read_examples
from bot.nlu.greeting import after_greeting, after_place
from bot.nlu.language import LanguageModel
from bot.nlu.lexicon import relatives, services
from bot.nlu.meanings import as_text, parts
from bot.nlu.model import IntentModel
from bot.nlu.place_names import load_gazetteer
from bot.nlu.place_only import says_only_places
from bot.nlu.place_text import words
from bot.nlu.places import PlaceFinder, summarise
from bot.nlu.spelling import Spelling

RANKING = 6
FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
INFORM, SURE = "inform_location", 0.8  # "masaya": whatever the model makes of a town's name
UNSURE = 0.6  # below it a small suspicion of being out of scope is believed
NEVER = 2.0  # no share is as large
GREETINGS, CLEAR = ("greet", "thank"), 0.5  # so clear must the question after one be
PLAIN = 0.7  # and what follows where she is, which may be more of that


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(GraphComponent):
    """Intent and language of a message, learnt from data/nlu."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: below it the assistant asks. `safety_threshold`: from it on it never asks.

        `out_of_scope_threshold`: from it on a doubtful message is taken for something else. All
        three were chosen on the development set (docs/decisions/0003-intent-model.md).
        """
        return {
            "threshold": 0.3,
            "safety_threshold": {
                "report_immediate_danger": 0.2,
                "express_suicidal_distress": 0.25,
            },
            "out_of_scope_threshold": 0.15,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self.model: IntentModel | None = None
        self.languages: LanguageModel | None = None
        self.follow_ups: FollowUps | None = None
        self.spelling: Spelling | None = None

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> Understanding:  # fmt: skip
        """A component to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> Understanding:  # fmt: skip
        """A trained component."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.model = IntentModel.load(Path(folder), UniversalSentenceEncoder())
            odds = np.load(Path(folder) / "language.npy", allow_pickle=False)
            component.languages = LanguageModel(odds)
            component.follow_ups = FollowUps.load(Path(folder), component.model.labels)
            component.spelling = Spelling.load(Path(folder))
        component.model.rank(["hola"])  # the encoder opens with its first text: seconds
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the models and stores them."""
        examples = [e for e in training_data.intent_examples if e.get("text")]
        texts = [str(e.get("text")) for e in examples]
        intents = [str(e.get("intent")) for e in examples]
        self.model = IntentModel.train(texts, intents, ManyProcesses())
        languages = [_language_of(e) for e in examples]
        self.languages = LanguageModel.train(texts, languages)
        self.follow_ups = _learn_follow_ups(self.model)
        self.spelling = Spelling.train(texts, languages, load_gazetteer().names)
        with self._storage.write_to(self._resource) as folder:
            self.model.save(Path(folder))
            np.save(Path(folder) / "language.npy", self.languages.odds)
            self.follow_ups.save(Path(folder))
            self.spelling.save(Path(folder))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing that later components would need."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent`, its ranking, `language`, whether it is sure, `spelt`, `stays`, `meaning`.

        `spelt` is what she wrote, made regular: only where that changes it. `stays` tells by topic
        how likely the message goes on with it; `meaning` are its vectors, its own and its clauses',
        for the choice among statements. They live as long as the message itself: for this turn.
        """
        for message in messages:
            text = message.get("text")
            if not text or message.get("intent"):
                continue  # a tap: the choice itself names its intent
            self._understand(message, str(text))
        return messages

    def _heard(self, text: str) -> tuple[Any, Any]:
        """The vectors of the message and its clauses, and every intent's share; what she says after
        a greeting, or after where she is, is heard by itself."""
        assert self.model is not None
        vectors, shares = self._read(text)
        first = self.model.labels[int(np.argmax(shares))]
        if first not in (*GREETINGS, INFORM):
            return vectors, shares
        told = first == INFORM
        rest = after_place(text) if told else after_greeting(text)
        if rest is None:
            return vectors, shares
        own, of_rest = self._read(rest)
        best = int(np.argmax(of_rest))
        asks = self.model.labels[best].startswith(("ask_", "find_", "report_", "express_"))
        return (
            (own, of_rest)
            if asks and of_rest[best] >= (PLAIN if told else CLEAR)
            else (vectors, shares)
        )

    def _read(self, text: str) -> tuple[Any, Any]:
        assert self.model is not None
        vectors = self.model.both(parts(text))
        return vectors, self.model.probabilities([text], vectors[:1, :WIDTH])[0]

    def _understand(self, message: Message, text: str) -> None:
        assert self.model is not None
        assert self.languages is not None
        assert self.follow_ups is not None
        assert self.spelling is not None
        guess = self.languages.guess(text)
        message.set("language", guess.code, add_to_output=True)
        message.set("language_sure", guess.sure, add_to_output=True)
        if guess.code == "es" and (spelt := self.spelling.mend(text)) != text:
            message.set("spelt", spelt, add_to_output=True)
            text = spelt
        vectors, shares = self._heard(text)
        ranking = self.model.ranked(shares, RANKING)
        stays = self.follow_ups.stays(text, vectors[0, :WIDTH], shares)
        message.set("stays", stays, add_to_output=True)
        message.set("meaning", as_text(vectors), add_to_output=True)
        forced = (message.get("metadata") or {}).get("force_intent")
        # The gate has recognised plain words of danger: no model may overrule it.
        intent, confidence = (forced, 1.0) if forced else _decide(ranking, self._config)
        message.set("intent", {"name": intent, "confidence": confidence}, add_to_output=True)
        message.set(
            "intent_ranking",
            [{"name": name, "confidence": score} for name, score in ranking],
            add_to_output=True,
        )


def _learn_follow_ups(model: IntentModel) -> FollowUps:
    examples = read_examples()
    texts = [each.text for each in examples]
    vectors = model.vectors(texts)
    return FollowUps.train(model.labels, examples, vectors, model.probabilities(texts, vectors))


def _decide(ranking: list[tuple[str, float]], config: dict[str, Any]) -> tuple[str, float]:
    """The intent that the conversation acts on."""
    for name, score in ranking:
        if score >= config["safety_threshold"].get(name, NEVER):
            return name, score
    name, score = ranking[0]
    outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
    if score < UNSURE and outside >= config["out_of_scope_threshold"]:
        return OUT_OF_SCOPE, outside
    return (name, score) if score >= config["threshold"] else (FALLBACK, score)


def _language_of(example: Message) -> str:
    """From the metadata that every block of data/nlu carries (`voice: es-…` or `en-…`)."""
    metadata = example.get("metadata") or {}
    voice = str((metadata.get("intent") or {}).get("voice", "es"))
    return "en" if voice.startswith("en") else "es"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Places(GraphComponent):
    """Countries, towns, kinds of service and relatives, from word lists and gazetteers."""

    def __init__(self) -> None:
        self.finder = PlaceFinder.load()

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> Places:  # fmt: skip
        """Reads its data files."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `entities` and the summary `places`; spans are those of `spelt` where it is set."""
        for message in messages:
            text = message.get("spelt") or message.get("text")
            if text and not str(text).startswith("/"):
                self._extract(message, str(text)[:2_000])
        return messages

    def _extract(self, message: Message, text: str) -> None:
        places = self.finder.find(text)
        intent = message.get("intent") or {}
        if intent.get("confidence", 1.0) < SURE and says_only_places(text, places):
            message.set("intent", {"name": INFORM, "confidence": SURE}, add_to_output=True)
        found = [_entity(place) for place in places if place.value]
        said = words(text)
        for name, listed in (("service_type", services()), ("relative", relatives())):
            if value := listed.find(said):
                found.append({"entity": name, "value": value, "start": 0, "end": 0,
                              "extractor": "Places"})  # fmt: skip
        message.set("entities", list(message.get("entities") or []) + found, add_to_output=True)
        summary = summarise(places)
        message.set("places", {
            "country": summary.country, "origin": summary.origin,
            "destination": summary.destination, "city": summary.city,
            "candidates": list(summary.candidates), "guessed": summary.guessed,
        }, add_to_output=True)  # fmt: skip


def _entity(place: Any) -> dict[str, Any]:
    return {
        "entity": place.entity, "value": place.value, "role": place.role,
        "start": place.start, "end": place.end, "extractor": "Places",
    }  # fmt: skip
