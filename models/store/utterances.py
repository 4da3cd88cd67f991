"""What citizens said that the chatbot did not surely understand, what people made of it, and how conversations go."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("utterances")

Decision = Literal["taught", "dismissed"]
Place = tuple[datetime, int, int]


class Utterance(Struct, frozen=True, kw_only=True):
    """One turn of a citizen, masked, as the chatbot read it, and the first thing that was answered."""

    conversation: int
    seq: int
    text: str
    intent: str | None
    confidence: float | None
    is_unanswered: bool
    at: datetime
    answer: str | None


class Review(Struct, frozen=True, kw_only=True):
    """What a person makes of a turn: an example of an intent in these words, or nothing."""

    conversation: int
    seq: int
    decision: Decision
    intent: str | None
    text: str
    by: str


class Taught(Struct, frozen=True, kw_only=True):
    """An example to train the chatbot on."""

    conversation: int
    seq: int
    text: str
    intent: str
    reviewed_by: str
    reviewed_at: datetime


class ChatCounts(Struct, frozen=True, kw_only=True):
    """How the conversations of a period went; `turns_to_ticket` is the median, None where no ticket came of any."""

    conversations: int
    under_way: int
    ended: int
    completed: int
    taken_over: int
    contained: int
    with_ticket: int
    emergencies: int
    turns: int
    unanswered: int
    turns_to_ticket: float | None


async def waiting(session: Session, before: Place | None, size: int) -> list[Utterance]:
    """Return what nobody has reviewed, the newest first."""
    at, conversation, seq = before or (None, None, None)
    rows = _SQL.waiting(
        session.connection,
        city_code=session.city_code,
        before_at=at,
        before_conversation=conversation,
        before_seq=seq,
        page_size=size,
    )
    return [Utterance(**row) async for row in rows]


async def masked_text(session: Session, conversation: int, seq: int) -> str:
    """Return what a citizen said in a turn, masked; raises NotFound."""
    row = await _SQL.turn(session.connection, city_code=session.city_code, conversation=conversation, seq=seq)
    if row is None:
        raise NotFound("没有这一句，请刷新列表")
    return str(row["masked_text"])


async def review(session: Session, made: Review, at: datetime) -> None:
    """Keep what a person makes of a turn."""
    await _SQL.review(
        session.connection,
        city_code=session.city_code,
        conversation=made.conversation,
        seq=made.seq,
        decision=made.decision,
        intent=made.intent,
        text=made.text,
        reviewed_by=made.by,
        at=at,
    )


async def taught(session: Session, after: Place | None, size: int) -> list[Taught]:
    """Return one page of the examples that people have made, the oldest first."""
    at, conversation, seq = after or (None, None, None)
    rows = _SQL.taught(
        session.connection,
        city_code=session.city_code,
        after_at=at,
        after_conversation=conversation,
        after_seq=seq,
        page_size=size,
    )
    return [Taught(**row) async for row in rows]


async def figures(session: Session, since: datetime, until: datetime) -> ChatCounts:
    """Return how the conversations that began in a period went."""
    return ChatCounts(**await _SQL.figures(session.connection, city_code=session.city_code, since=since, until=until))


async def now(session: Session) -> dict[str, int]:
    """Return how many conversations stand where at this moment."""
    return {row["state"]: row["n"] async for row in _SQL.now(session.connection, city_code=session.city_code)}
