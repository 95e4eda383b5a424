"""Rasa's command line without what this assistant never uses, and without doing things twice
(bot/rasa/once.py).

`python -m bot.rasa.light run …` is `rasa run …`. Rasa imports every component it ships, and with
them TensorFlow, plotting and the clients of other people's databases: most of its start and half
of its memory. Our pipeline needs none of them, so a stand-in takes their place; whoever does use
one after all is told its name. Training with Rasa's own components: use `rasa` itself.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, MutableSequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = (
    # learning
    "keras", "tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text",
    "transformers",
    # other people's databases, queues and clouds
    "azure", "boto3", "botocore", "confluent_kafka", "google", "pika", "psycopg2", "pymongo",
    # channels that face the outside: ours are in connectors/
    "aiogram", "cachecontrol", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack",
    "socketio", "twilio", "webexteamssdk",
    # pictures and questions at a terminal
    "matplotlib", "questionary",
)  # fmt: skip
LEARNING = ("sklearn",)  # our own training uses it, answering does not
COMPONENTS = "rasa.engine.recipes.default_components"


class NotHere(ImportError):
    """Something needs a library that was left out."""


class _Anything(type):
    """A class that can be named, inherited from and asked for more, but not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {"__module__": cls.__module__})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__module__.split(".")[0] in _TOPS:
            raise NotHere(f"{cls.__module__}.{cls.__name__} was left out by bot/rasa/light.py")
        return super().__call__(*args, **kwargs)


_TOPS = {*UNUSED, *LEARNING}


class _StandIn(ModuleType):
    """In place of an unused library, with every name that one may import from it."""

    __path__: MutableSequence[str] = []  # noqa: RUF012  # as in ModuleType
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {"__module__": self.__name__})


class _Finder(MetaPathFinder, Loader):
    def __init__(self, unused: Collection[str]) -> None:
        self._unused = frozenset(unused)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Ours where the library is unused."""
        if name.split(".")[0] in self._unused:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The stand-in."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def leave_out(*, training: bool = False) -> None:
    """From now on, in this process. Before anything of Rasa is imported."""
    sys.meta_path.insert(0, _Finder(UNUSED if training else (*UNUSED, *LEARNING)))
    components = ModuleType(COMPONENTS)
    # Our own components register themselves when config.yml names them.
    components.DEFAULT_COMPONENTS = []  # type: ignore[attr-defined]
    sys.modules[COMPONENTS] = components
    from rasa.core.policies.rule_policy import RulePolicy

    components.DEFAULT_COMPONENTS.append(RulePolicy)
    from bot.rasa.once import install

    install()


if __name__ == "__main__":
    leave_out(training="train" in sys.argv[1:2])
    from rasa.__main__ import main

    main()
