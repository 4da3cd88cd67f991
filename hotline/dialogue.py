"""One action of a chat (对话): what Rasa asks the hub to do next, with the citizen's clear words, and what is answered.

Rasa gets events and masked words only. What a citizen may read alone, the query code, stands in the words as a mark and is
filled in when they leave the hub.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.dialogue import Dialogue
from models.store import conversations
from nlu.chat_cues import names_somewhere
from nlu.english import is_english
from nlu.home import without_household
from nlu.masking import MASK
from nlu.normalise import plain
from nlu.reading import Request
from nlu.scope import NO_SUBSTANCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from models.conversation import Awaits, Conversation, Draft, Said
    from models.store.database import Session
    from models.ticket import Ticket
    from models.understanding import Understanding

KEPT: Final = "dialogue"
# What is said in Rasa's hearing in place of a query code.
CODE: Final = "〔查询码{number}〕"
_CODES: Final = re.compile(r"〔查询码([0-9]{14,17})〕")
# Ticket numbers and query codes are nothing that the chatbot must know.
LONG_NUMBER: Final = re.compile(r"\d{6,}")

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_A_SENTENCE: Final = 8  # characters

Buttons = tuple[tuple[str, str], ...]
PERSON: Final = ("转人工", "/takeover")
# What interrupts a form; rules of Rasa's are about it.
TALK: Final = frozenset({"greet", "thank", "small_talk", "ask_help", "abuse", "complain_bot", "goodbye"})
# Where Rasa is less sure than this it has not understood.
_DOUBT: Final = 0.4


class Asked(Struct, frozen=True, kw_only=True):
    """What Rasa asks for: `form` is the one under way, `slot` what it has asked for last. `is_back` after something in between."""

    action: str
    intent: str
    confidence: float
    form: str | None
    slot: str | None
    is_back: bool

    @property
    def sure_intent(self) -> str:
        """What is wanted, as far as Rasa is sure of it."""
        return self.intent if self.confidence >= _DOUBT else "nlu_fallback"


class Turn:
    """One action on a conversation: what is known goes in, what is said and set comes out."""

    def __init__(
        self,
        hub: Hub,
        conversation: Conversation,
        said: Said,
        asked: Asked,
        own: Callable[[str, str], Awaitable[Ticket]],
    ) -> None:
        self.hub = hub
        self.conversation = conversation
        self.draft: Draft = conversation.draft
        self.asked = asked
        # Gives the ticket of a number and a query code, to whoever knows both.
        self.own = own
        self.dialogue = dialogue_of(self.draft)
        self.text = said.text.strip()
        self.seq = said.seq
        self.events: list[dict[str, Any]] = []
        self.responses: list[dict[str, Any]] = []
        self.is_unanswered = False
        # What the hub itself asks for next.
        self.awaits: Awaits | None = conversation.awaits
        self.outcome = conversation.outcome
        self._read: Understanding | None = None

    @property
    def words(self) -> str:
        """What the citizen said last, in plain characters."""
        return plain(self.text).strip()

    @property
    def is_english(self) -> bool:
        """Whether the citizen writes English, or has before, and no sentence in Chinese now: a number has no language."""
        return is_english(self.text) or (self.dialogue.is_english and len(_CHINESE.findall(self.text)) < _A_SENTENCE)

    async def read(self) -> Understanding:
        """Return what the program understands of what was said last."""
        if self._read is None:
            self._read = await self.hub.readings(None, Request(self.text or "。", self.hub.now()))
        return self._read

    async def sure(self) -> float:
        """Return how sure the program is of a matter in what was said last; 0 where it finds nothing that is one (N10)."""
        read = await self.read()
        return 0.0 if any(doubt.code == NO_SUBSTANCE for doubt in read.scope) else read.sure

    def keep(self, **changes: Any) -> None:
        """Change what is kept of the dialogue."""
        self.dialogue = replace(self.dialogue, **changes)

    def note(self, **changes: Any) -> None:
        """Change the draft: place, time, phone, name, what was filed."""
        self.draft = replace(self.draft, **changes)

    def say(self, words: str, buttons: Buttons = (), *, english: str | None = None) -> None:
        """Say something; `english` stands beside for whoever writes English. Buttons are titles with what Rasa gets."""
        # The official words stay beside, in which the hotline is bound.
        told = f"{english}\n{words}" if english and self.is_english else words
        self.responses.append(
            {"text": told, "buttons": [{"title": title, "payload": payload} for title, payload in buttons]}
        )
        self.keep(last=told, is_english=self.is_english)

    def set(self, slot: str, value: str | None) -> None:
        """Set a slot of Rasa's: what is told, never what was said."""
        self.events.append({"event": "slot", "name": slot, "value": value, "timestamp": None})

    def lead_to(self, action: str) -> None:
        """Let Rasa go on with a form at once."""
        self.events.append({"event": "followup", "name": action, "timestamp": None})

    async def write(self, session: Session) -> None:
        """Keep what came of it, beside whatever the citizen has said meanwhile."""
        current = await conversations.lock(session, self.conversation.id)
        before, after = self.conversation.draft, self.draft
        changes = {
            name: getattr(after, name)
            for name in ("said", "place", "time", "phone", "name", "filed")
            if getattr(after, name) != getattr(before, name)
        }
        if "said" in changes:
            changes["said"] = tuple(one for one in current.draft.said if one not in before.said)
        if "filed" in changes:
            changes["filed"] = (*current.draft.filed, *(one for one in after.filed if one not in before.filed))
        more = {**current.draft.more, KEPT: msgspec.to_builtins(self.dialogue)}
        draft = replace(current.draft, **changes, more=more)
        # Asked for by nobody here: it stays as the hub has it by now.
        awaits = current.awaits if self.awaits == self.conversation.awaits else self.awaits
        changed = replace(current, draft=draft, awaits=awaits, outcome=self.outcome or current.outcome)
        await conversations.change(session, changed)
        await conversations.understood(
            session,
            self.conversation.id,
            self.seq,
            self.asked.intent,
            self.asked.confidence,
            is_unanswered=self.is_unanswered,
        )


def dialogue_of(draft: Draft) -> Dialogue:
    """Return what a draft keeps of the dialogue."""
    return msgspec.convert(draft.more.get(KEPT, {}), Dialogue)


def filled(words: str, draft: Draft) -> str:
    """Return what the citizen reads: the query codes of their own tickets in place of the marks."""
    codes = {one.number: one.query_code for one in draft.filed}
    return _CODES.sub(lambda mark: codes.get(mark[1], "见登记短信"), words)


def reading_told(read: Understanding) -> dict[str, Any]:
    """Return what the chatbot is told of a reading: what it is about, where and when, in words without numbers of anybody."""
    span = without_household(read.place.span) if read.place and is_somewhere(read) else None
    return {
        "categories": [{"code": guess.code, "p": round(guess.p, 3)} for guess in read.categories],
        "kind": read.kind,
        "kind_p": round(read.kind_p, 3),
        "place": {"span": LONG_NUMBER.sub(MASK, span)} if span else None,
        "time": LONG_NUMBER.sub(MASK, read.time) if read.time else None,
        "scope": [doubt.code for doubt in read.scope],
    }


def is_somewhere(understood: Understanding) -> bool:
    """Tell whether one could go there: what the gazetteer or the map has, or a road or an estate by its name; not 阿拉门口."""
    place = understood.place
    if place is None:
        return False
    return bool(place.name or place.street or place.district) or names_somewhere(place.span)
