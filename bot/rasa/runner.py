"""Runs a loaded model's graph straight through; Rasa's own plans it anew for every message."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class StraightRunner(GraphRunner):
    """The nodes that a target needs, one after another."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._order = lru_cache(self._ordered)

    @classmethod
    def create(cls, graph_schema: GraphSchema, model_storage: ModelStorage,
               execution_context: ExecutionContext,
               hooks: list[GraphNodeHook] | None = None) -> StraightRunner:  # fmt: skip
        """As Rasa's own does. What a model loads (names of places, pieces of words) stays as long
        as it does: to look through all of it for what can be let go took a quarter of a second in
        the middle of a message."""
        made = cls(graph_schema, {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        })  # fmt: skip
        gc.unfreeze()  # of the model before, if there was one
        gc.collect()
        gc.freeze()
        return made

    def run(self, inputs: dict[str, Any] | None = None,
            targets: Sequence[str] | None = None) -> dict[str, Any]:  # fmt: skip
        """What each target makes of the inputs, by its name."""
        wanted = tuple(targets or self._schema.target_names)
        found = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._order(wanted):
                found[name] = self._nodes[name](*(found.get(each, each) for each in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: found[name][1] for name in wanted}

    def _ordered(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that the targets need, each after what it needs itself."""
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        return [(name, needs[name]) for name in TopologicalSorter(needs).static_order()
                if name in needs]  # fmt: skip
