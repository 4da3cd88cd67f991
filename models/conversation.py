"""机器人会话: the records of what a citizen, the chatbot, an agent and the hub say to one another in writing."""

from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

# What a citizen says before it is filed or told; more is dropped from the front.
MOST_SAID: Final = 50

By = Literal["citizen", "bot", "agent", "hub"]
State = Literal["bot", "waiting", "agent", "ended"]
Awaits = Literal["phone", "code", "call_back"]
# How the chatbot beside the hub stands.
ChatbotState = Literal["off", "preparing", "training", "starting", "ready", "failed"]


class Button(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quick reply: `payload` is what the bot gets in place of the title; one with `url` leads to a page instead."""

    title: str
    payload: str | None = None
    url: str | None = None


class Said(Struct, frozen=True):
    """Words of the citizen as they were, and which turn they were."""

    seq: int
    text: str


class Filed(Struct, frozen=True, kw_only=True):
    """A ticket that came of the conversation: whoever talks may ask for it without its query code."""

    number: str
    query_code: str
    is_emergency: bool = False


class Draft(Struct, frozen=True, kw_only=True):
    """What is gathered in the clear, sealed as a whole: `said` since the last ticket, what was asked for, what was filed."""

    said: tuple[Said, ...] = ()
    place: str | None = None
    time: str | None = None
    phone: str | None = None
    name: str | None = None
    filed: tuple[Filed, ...] = ()
    more: dict[str, Any] = {}

    @property
    def emergency(self) -> Filed | None:
        """The ticket of the emergency that the conversation is about, None where there is none."""
        return next((one for one in reversed(self.filed) if one.is_emergency), None)


class Conversation(Struct, frozen=True, kw_only=True):
    """Where one stands: `state` says whose turn it is to answer, `awaits` what the hub has asked for itself.

    `phone` was verified by a code; `outside` is who it is on a channel that is not the web. `agent` is who is given it or has it.
    """

    id: int
    channel: str
    interaction: int
    state: State
    agent: str | None
    awaits: Awaits | None
    token_hash: bytes | None
    outside_index: bytes | None
    outside: str | None
    phone_index: bytes | None
    phone: str | None
    verified_at: datetime | None
    consent_at: datetime
    draft: Draft
    outcome: str | None
    turn_count: int
    created_at: datetime
    last_at: datetime


class Turn(Struct, frozen=True, kw_only=True):
    """What one side said, opened; `intent` and `confidence` are how the chatbot read a citizen's."""

    seq: int
    by: By
    text: str
    masked_text: str
    buttons: tuple[Button, ...]
    intent: str | None
    confidence: float | None
    is_unanswered: bool
    at: datetime


class Words(Struct, frozen=True, kw_only=True):
    """What is about to be said, in the clear and masked."""

    by: By
    text: str
    masked_text: str
    buttons: tuple[Button, ...] = ()
