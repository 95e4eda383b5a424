"""Rasa's own Twilio channel, which calls Twilio at another address; runs in Rasa's environment."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.core.channels.twilio import TwilioInput, TwilioOutput


class TwilioHere(TwilioInput):
    """As Rasa ships it: its webhook answers once the turn is over, and a new client of Twilio's
    library is made for each message. Named in the credentials that bench/stock_server.py writes."""

    api = ""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TwilioHere:
        """With `api`, the address in place of https://api.twilio.com."""
        values = dict(credentials or {})
        cls.api = values.pop("api")
        return cls(**values)

    def get_output_channel(self) -> OutputChannel:
        """Whoever answers her."""
        channel = TwilioOutput(self.account_sid, self.auth_token, self.twilio_number)
        channel.api.base_url = self.api
        return channel
