"""For Rasa, in Rasa's own environment: its real REST channel, logging and our tracker store.

Only the understanding is replaced: what a message means is read from a word in it ("{asylum}"). Run
as `COMADRE_RASA_TOKEN=… python -m tests.privacy.rasa_stand_in PORT ACTIONS_URL SLOTS_FILE`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

from bot.rasa.light import leave_out

leave_out()

import aiohttp  # noqa: E402
from rasa.core.channels import channel as channels  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import SlotSet  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402
from sanic import Sanic, response  # noqa: E402

from bot.rasa import tracker_store  # noqa: E402
from bot.rasa.rest import GuardedRest  # noqa: E402
from tests.privacy.meant import meaning_of  # noqa: E402

MEANT = {
    "asylum": ("action_answer_topic", "ask_asylum"),
    "violence": ("action_answer_topic", "ask_domestic_violence"),
    "service": ("action_find_service", "find_service"),
    "wrong": ("action_report_outdated", "report_outdated_info"),
    "greet": ("action_say", "greet"),
    "nothing": ("action_say", "out_of_scope"),
    "helper": ("action_answer_topic", "ask_domestic_violence"),
    "held": ("action_answer_topic", "ask_threats_extortion"),
    "doubt": ("action_repair", "nlu_fallback"),
}
SLOW_S = 3.0


class Agent:
    """Asks the real action server; keeps the slots in the real store."""

    def __init__(self, actions_url: str, slots: str) -> None:
        self.domain = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
        self.store = tracker_store.SlotStore(self.domain, url=slots)
        self.url = actions_url

    async def handle_message(self, message) -> None:
        """One turn."""
        text = message.text or ""
        if "{crash}" in text:
            raise ValueError(f"cannot read {text!r}")
        if "{slow}" in text:
            await asyncio.sleep(SLOW_S)
        if "{garbage}" in text:
            await message.output_channel.send_text_message(message.sender_id, "nonsense")
            return
        tracker = await self.store.retrieve(message.sender_id) or DialogueStateTracker(
            message.sender_id, self.domain.slots
        )
        if text.startswith(("/delete_my_data", "/quick_exit")):
            tracker._reset_slots()
            action, intent = "action_erase", text[1:]
        else:
            found = re.search(r"\{(\w+)\}", text)
            action, intent = MEANT.get(found[1] if found else "", MEANT["greet"])
        answer = await self._ask(action, intent, message, tracker)
        for each in answer["responses"]:
            await message.output_channel.send_custom_json(message.sender_id, each["custom"])
        for event in answer["events"]:
            tracker.update(SlotSet(event["name"], event["value"]), self.domain)
        await self.store.save(tracker)

    async def _ask(self, action, intent, message, tracker):
        said = re.search(r"dijo «[^»]*» y se fue", message.text or "")
        latest = {
            "meaning": meaning_of(said[0]) if said else None, "stays": {"ask_asylum": 0.9},
            "text": message.text, "intent": {"name": intent, "confidence": 0.9}, "entities": [],
            "metadata": message.metadata, "language": "es", "language_sure": True,
            "places": {"country": "GT", "city": "Quetzaltenango"},
        }  # fmt: skip
        state = {
            "sender_id": message.sender_id, "slots": tracker.current_slot_values(),
            "latest_message": latest, "latest_event_time": time.time(), "paused": False,
            "events": [], "active_loop": {}, "latest_action_name": None, "followup_action": None,
        }  # fmt: skip
        body = {"next_action": action, "sender_id": message.sender_id, "tracker": state}
        headers = {"Authorization": f"Bearer {os.environ['COMADRE_RASA_TOKEN']}"}
        async with (aiohttp.ClientSession(headers=headers) as session,
                    session.post(self.url, json=body) as got):  # fmt: skip
            got.raise_for_status()
            return json.loads(await got.text())


def main(port: str, actions_url: str, slots: str) -> None:
    """Until it is ended."""
    configure_structlog()
    app = Sanic("stand_in", configure_logging=False)
    app.config.RESPONSE_TIMEOUT = 60
    app.ctx.agent = Agent(actions_url, slots)
    channels.register([GuardedRest(os.environ["COMADRE_RASA_TOKEN"])], app, route="/webhooks/")

    @app.get("/")
    async def state(_):
        return response.json({"ok": True})

    app.run(host="127.0.0.1", port=int(port), access_log=False)


if __name__ == "__main__":
    tracker_store.SWEEP_S = 0.5
    main(*sys.argv[1:])
