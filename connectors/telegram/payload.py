"""What we read of a Telegram update; every other field is left unread (core.telegram.org/bots/api).

python-telegram-bot's `Update.de_json` was tried: it takes any value for any field (a text may be a
number) and fails on broken ones with four kinds of exception, so the checks would be ours anyway.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

# What Telegram itself writes into a chat: nobody said anything. The service messages of Bot API 9
# as python-telegram-bot 22.8 knows them (filters.StatusUpdate), read 2026-11-26.
SERVICE = frozenset({
    "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed",
    "chat_owner_left", "chat_shared", "checklist_tasks_added", "checklist_tasks_done",
    "connected_website", "delete_chat_photo", "direct_message_price_changed",
    "forum_topic_closed", "forum_topic_created", "forum_topic_edited", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift", "gift_upgrade_sent",
    "giveaway", "giveaway_completed", "giveaway_created", "giveaway_winners",
    "group_chat_created", "left_chat_member", "managed_bot_created",
    "message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id",
    "new_chat_members", "new_chat_photo", "new_chat_title", "paid_message_price_changed",
    "passport_data", "pinned_message", "poll_option_added", "poll_option_deleted",
    "proximity_alert_triggered", "refunded_payment", "successful_payment",
    "suggested_post_approval_failed", "suggested_post_approved", "suggested_post_declined",
    "suggested_post_paid", "suggested_post_refunded", "supergroup_chat_created", "unique_gift",
    "users_shared", "video_chat_ended", "video_chat_participants_invited",
    "video_chat_scheduled", "video_chat_started", "web_app_data", "write_access_allowed",
})  # fmt: skip


class Part(BaseModel):
    """Strict: a number is no text and a text is no number."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Chat(Part):
    """Only private chats are answered."""

    id: int = Field(ge=-(2**63), lt=2**63)
    type: str = ""


class User(Part):
    """Name and user name are not read."""

    id: int = Field(ge=0, lt=2**63)
    is_bot: bool = False


class Location(Part):
    """WGS84."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


class Venue(Part):
    """A place from the map."""

    location: Location


class Message(Part):
    """A message of hers; media are only noticed, never fetched."""

    message_id: int = Field(ge=0, lt=2**63)
    date: int = Field(ge=0, le=2**33)
    chat: Chat
    sender: User | None = Field(default=None, alias="from")
    text: str | None = None
    caption: str | None = None
    location: Location | None = None
    venue: Venue | None = None


class TappedMessage(Part):
    """The message under which she tapped; too old ones have no content."""

    chat: Chat


class CallbackQuery(Part):
    """A tap on a button."""

    id: str
    sender: User = Field(alias="from")
    message: TappedMessage | None = None
    data: str | None = None


class Member(Part):
    """ "kicked" = she blocked the bot."""

    status: str


class MemberChange(Part):
    """She blocked the bot, or let it in again."""

    date: int = Field(ge=0, le=2**33)
    chat: Chat
    new_chat_member: Member


class Update(Part):
    """At most one of the four is there; other kinds are not asked for in `allowed_updates`."""

    update_id: int = Field(ge=0, lt=2**63)
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MemberChange | None = None


def content_names(raw: dict[str, Any], key: str) -> frozenset[str]:
    """The names of a message's fields, by which its kind is told."""
    message = raw.get(key)
    return frozenset(message) if isinstance(message, dict) else frozenset()
