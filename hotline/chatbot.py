"""The client of the chatbot beside the hub: what a citizen says goes there masked, what it answers comes back; and how it stands.

Whoever starts the chatbot writes one word into `chatbot-state` of the data folder. Without that file it is simply asked.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import msgspec
from msgspec import Struct
from prometheus_client import Counter, Histogram

from hotline.http_client import HttpClient
from models.conversation import Button, ChatbotState
from models.errors import HotlineError

if TYPE_CHECKING:
    from pathlib import Path

STATE_FILE: Final = "chatbot-state"
# What the chatbot shows when it asks the hub to act (POST /api/v1/chat/actions).
TOKEN_FILE: Final = "chatbot-token"  # noqa: S105 - a file name
# Who talks while it warms up.
NOBODY: Final = "c0"
ANSWERS_WITHIN_S: Final = 5.0
FRESH_FOR_S: Final = 0.5
ANSWERED: Final = Histogram(
    "hotline_chatbot_answer_seconds",
    "机器人应答用时（本进程）",
    buckets=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0, 5.0),
)
UNANSWERED: Final = Counter("hotline_chatbot_unavailable", "机器人没有应答的次数（本进程）")


class ChatbotUnavailable(HotlineError):
    """The chatbot is off, not ready yet, gone or too slow; `state` says which as far as is known."""

    code = "chatbot_unavailable"
    status = 503

    def __init__(self, state: ChatbotState) -> None:
        super().__init__("机器人启动中" if state in {"preparing", "training", "starting"} else "机器人暂时不可用")
        self.state = state


class Reply(Struct, frozen=True, kw_only=True):
    """One message of the chatbot's."""

    text: str | None = None
    buttons: tuple[Button, ...] = ()


class Chatbot:
    """Asks the chatbot on a port of this machine."""

    def __init__(self, folder: Path, port: int, *, is_on: bool) -> None:
        self._file = folder / STATE_FILE
        self._url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        self._is_on = is_on
        # An address of our own, so that what is no public one is no fault here.
        self._http = HttpClient(any_target=True)
        self._known: tuple[float, ChatbotState] = (0.0, "off")

    @property
    def state(self) -> ChatbotState:
        """How it stands, as its starter last said; `starting` where nobody has said anything."""
        if not self._is_on:
            return "off"
        until, state = self._known
        if time.monotonic() >= until:
            state = self._read()
            self._known = (time.monotonic() + FRESH_FOR_S, state)
        return state

    async def ask(self, sender: str, text: str, metadata: dict[str, Any]) -> tuple[Reply, ...]:
        """Return what it answers; raises ChatbotUnavailable after five seconds at the latest."""
        state = self.state
        if state != "ready" and (state == "off" or self._file.exists()):
            raise ChatbotUnavailable(state)
        said = msgspec.json.encode({"sender": sender, "message": text, "metadata": metadata})
        try:
            with ANSWERED.time():
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    answer = await self._http.post(self._url, said, {})
            if not answer.is_taken:
                raise ChatbotUnavailable("failed")
            return msgspec.json.decode(answer.body, type=tuple[Reply, ...])
        except (HotlineError, TimeoutError, msgspec.DecodeError) as error:
            UNANSWERED.inc()
            raise ChatbotUnavailable("failed" if state == "ready" else state) from error

    async def close(self) -> None:
        """Close the connection to it."""
        await self._http.close()

    def _read(self) -> ChatbotState:
        try:
            word = self._file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            word = ""
        return cast("ChatbotState", word) if word in get_args(ChatbotState) else "starting"
