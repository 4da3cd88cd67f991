"""机器人会话: the records of what a citizen, the chatbot, an agent and the hub say to one another in writing."""

from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

# What a citizen says before it is filed or told; more is dropped from the front.
MOST_SAID: Final = 50

By = Literal["citizen", "bot", "agent", "hub"]
State = Literal["bot", "waiting", "agent", "ended"]
Awaits = Literal["phone", "code", "call_back"]
# What a citizen can want, as the chatbot tells it by words (chatbot/domain/intents.yml).
INTENT_NAMES: Final[dict[str, str]] = {
    "report": "反映诉求",
    "want_report": "要反映问题，还没说是什么",
    "inquire": "咨询",
    "ask_progress": "查进度",
    "supplement": "补充诉求",
    "urge": "催办",
    "withdraw": "撤诉",
    "rate": "评价",
    "ask_reopen": "要求重办",
    "give_number": "报工单号、查询码",
    "affirm": "肯定",
    "deny": "否定",
    "correct": "更正",
    "cancel": "不办了",
    "repeat": "没听清，请再说",
    "inform": "只答地点、时间、电话、姓名",
    "dont_know": "说不清",
    "stay_anonymous": "要求匿名、保密",
    "takeover": "转人工",
    "greet": "问好",
    "goodbye": "道别",
    "thank": "道谢",
    "small_talk": "闲聊",
    "ask_help": "问怎么用",
    "abuse": "辱骂",
    "complain_bot": "对机器人不满",
}
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
