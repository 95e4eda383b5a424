"""In Rasa's own environment: what bot/rasa does in place of Rasa, beside what Rasa itself does.

Prints one JSON object; tests/nlu/test_rasa_once.py judges it.
"""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

from bot.rasa import once
from bot.rasa.light import leave_out

really, once.install = once.install, lambda: None
leave_out()

from aiohttp import web  # noqa: E402
from jsonschema import ValidationError, validate  # noqa: E402
from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.core.policies.rule_policy import RulePolicy  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import Event  # noqa: E402
from rasa.shared.core.slots import AnySlot, TextSlot  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

from bot.rasa.answer import fits  # noqa: E402
from bot.rasa.runner import StraightRunner  # noqa: E402

LISTEN = {"prev_action": {"action_name": "action_listen"}}
SAY = {"prev_action": {"action_name": "action_say"}}


def _user(intent: str | None) -> dict[str, Any]:
    return {"user": {"intent": intent}}


RULES = [
    [{**LISTEN, **_user("greet")}],
    [{**LISTEN, **_user("thank")}],
    [{**LISTEN, **_user("greet")}, {**SAY, **_user("greet")}],
    [{**LISTEN, **_user("thank")}, {**SAY, **_user("thank")}],
    [SAY],
    [{**LISTEN, "user": {"intent": "should_not_be_set"}}],
    [{**LISTEN, "user": {"intent": "greet"}, "slots": {"language": [1.0]}}],
    [{}, {**LISTEN, **_user("greet")}],
    [_user("greet")],
]
STATES = [
    {}, LISTEN, SAY, _user("greet"), {**LISTEN, "user": {"text": "hola"}},
    *({**action, **_user(to)} for action in (LISTEN, SAY) for to in ("greet", "thank", "x")),
    {**LISTEN, **_user("greet"), "slots": {"language": (1.0,)}},
]  # fmt: skip


class Policy:
    """As much of RulePolicy as looking for rules needs."""

    _rule_key_to_state = staticmethod(RulePolicy._rule_key_to_state)
    _does_rule_match_state = staticmethod(RulePolicy._does_rule_match_state)
    _is_rule_applicable = RulePolicy._is_rule_applicable
    rasas = RulePolicy._get_possible_keys


def rules() -> Iterator[tuple[list[str], list[str]]]:
    """For every one, two and three turns: the rules that ours finds, and Rasa."""
    from bot.rasa.rules import possible

    lookup = {json.dumps(rule): "action_say" for rule in RULES}
    policy = Policy()
    for turns in (1, 2, 3):
        for states in itertools.product(STATES, repeat=turns):
            ours, theirs = possible(policy, lookup, [*states]), policy.rasas(lookup, [*states])
            yield sorted(ours), sorted(theirs)


_SET = {"event": "slot", "timestamp": None, "name": "country", "value": "MX"}
ANSWERS: list[Any] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "country", "value": "MX", "timestamp": None}]},
    {"events": [{"event": "slot", "name": "told", "value": ["a"]},
                {"event": "followup", "name": "x"}],
     "responses": [{"custom": {"replies": []}}]},
    # As our own actions answer, and nearly so.
    {"events": [_SET, {**_SET, "name": "told", "value": ["a"]}], "responses": [{"custom": {}}]},
    {"events": [{**_SET, "timestamp": 1.5}], "responses": []},
    {"events": [{**_SET, "timestamp": True}], "responses": []},
    {"events": [{**_SET, "timestamp": "now"}], "responses": []},
    {"events": [{**_SET, "metadata": []}], "responses": []},
    {"events": [{**_SET, "name": None}], "responses": []},
    {"events": [{**_SET, "event": "form"}], "responses": []},
    {"events": [_SET, 3], "responses": []},
    {"events": [_SET], "responses": ["text"]},
    {"events": [_SET], "responses": {}},
    {"events": {"a": _SET}, "responses": []},
    {"events": [{"event": "slot", "value": "no name"}]},
    {"events": [{"event": "slot", "name": 3, "value": 1}]},
    {"events": [{"event": "nothing of the kind"}]},
    {"events": [{"name": "no kind"}]},
    {"events": ["slot"]}, {"events": {}}, {"responses": [1]}, [],
]  # fmt: skip


def _accepts(check: Any) -> bool:
    try:
        check()
    except ValidationError:
        return False
    return True


class Adds(GraphComponent):
    """A node."""

    @classmethod
    def create(cls, config: Any, model_storage: Any, resource: Any, execution_context: Any) -> Adds:
        return cls()

    def run(self, a: int, b: int) -> int:
        return a * 10 + b


def _graph() -> GraphSchema:
    needs = {"first": ("one", "two"), "last": ("first", "second"), "second": ("two", "first"),
             "unasked": ("one", "missing")}  # fmt: skip
    return GraphSchema({
        name: SchemaNode(needs={"a": a, "b": b}, uses=Adds, constructor_name="create", fn="run",
                         config={}, is_input=False)
        for name, (a, b) in needs.items()
    })  # fmt: skip


def runs() -> list[Any]:
    """What both runners make of a graph."""
    schema = _graph()
    made = []
    for kind in (StraightRunner, DaskGraphRunner):
        runner = kind.create(schema, None, ExecutionContext(schema))
        inputs = {"one": 1, "two": 2}
        made.append(
            [runner.run(inputs, ["last"]), runner.run({"one": 3, "two": 4}, ["last", "one"])]
        )
    return made


async def connections() -> list[int]:
    """How many connections ten calls of an action server take: ours, Rasa's."""
    came: set[Any] = set()

    async def answer(request: web.Request) -> web.Response:
        came.add(request.transport)
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    numbers = []
    for session in (once.kept_session, EndpointConfig.session):
        came.clear()
        endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook")
        endpoint.session = session.__get__(endpoint)
        for _ in range(10):
            await endpoint.request(json={})
        numbers.append(len(came))
        if "kept" in endpoint.__dict__:
            await endpoint.kept.close()
    await runner.cleanup()
    return numbers


def slots() -> bool:
    """A copy is another slot of the same kind with the same state."""
    made = []
    for slot in (TextSlot("city", [{"type": "custom"}], "x"), AnySlot("told", [])):
        slot.value = ["a"] if slot.name == "told" else "b"
        twin = copy.copy(slot)
        made.append(type(twin) is type(slot) and twin is not slot and vars(twin) == vars(slot))
        twin.value = None
        made.append(slot.value is not None)
    return all(made)


def main() -> None:
    """Everything, before and after ours is in place."""
    spec = RemoteAction.action_response_format_spec
    found: dict[str, Any] = {
        "rules": [*rules()],
        "answers": [(_accepts(lambda a=a: fits(None, a)), _accepts(lambda a=a: validate(a, spec())))
                    for a in ANSWERS],
        "runs": runs(),
        "connections": asyncio.run(connections()),
    }  # fmt: skip
    empty, kind = Domain.empty().as_dict(), Event.resolve_by_type("slot")
    really()
    found["slots"] = slots()
    found["the same"] = Domain.empty().as_dict() == empty and Event.resolve_by_type("slot") is kind
    print(json.dumps(found))


if __name__ == "__main__":
    main()
