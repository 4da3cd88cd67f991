"""建议: what departments answer to suggestions, the published ones, and who supports them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from msgspec import Struct

from models.errors import Conflict, NotFound
from models.store.database import queries
from models.ticket import MONTH, first_id
from models.vocabulary import Adoption, SuggestionState

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("suggestions")
LAST: Final = 2**63 - 1
MOST: Final = 2**31 - 1
_CHANGED: Final = ("state", "answer", "done", "studied_at", "decided_at", "done_at", "withdrawn_at")


class Suggestion(Struct, frozen=True, kw_only=True):
    """A published suggestion: words of the hotline's own, nothing of who suggested it. `answer` is the reason of its adoption or
    refusal, `done` what was done of it, `consent` how the citizen agreed.
    """

    id: int
    ticket_id: int
    state: SuggestionState
    title: str
    brief: str
    category: str
    answer: str | None
    consent: str
    published_by: str
    published_at: datetime
    supports: int = 0
    done: str | None = None
    studied_at: datetime | None = None
    decided_at: datetime | None = None
    done_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Topic(Struct, frozen=True, kw_only=True):
    """How the suggestions of one category were answered; what is left of `received` ended without an answer of the kind."""

    category: str
    received: int
    published: int
    adopted: int
    partly_adopted: int
    declined: int
    pending: int


class Supported(Struct, frozen=True):
    """A suggestion with how many of its supporters had a verified phone."""

    suggestion: Suggestion
    verified: int


async def say(session: Session, ticket_id: int, adoption: Adoption, department: str, at: datetime) -> None:
    """Keep what the lead answers; it does not hold yet."""
    await _SQL.say(
        session.connection,
        city_code=session.city_code,
        ticket_id=ticket_id,
        adoption=str(adoption),
        department=department,
        at=at,
    )


async def decide(session: Session, ticket_id: int, at: datetime) -> Adoption | None:
    """Let the lead's answer hold; returns it, None where the lead said nothing of the kind."""
    found = await _SQL.decide(session.connection, city_code=session.city_code, ticket_id=ticket_id, at=at)
    return Adoption(found) if found else None


async def decided(session: Session, ticket_id: int) -> Adoption | None:
    """Return the answer that holds, None where there is none."""
    found = await _SQL.decided(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return Adoption(found) if found else None


async def publish(session: Session, suggestion: Suggestion) -> int:
    """Publish a suggestion; returns its id. Raises Conflict where it is published already."""
    try:
        return int(
            await _SQL.publish(
                session.connection,
                city_code=session.city_code,
                ticket_id=suggestion.ticket_id,
                state=str(suggestion.state),
                title=suggestion.title,
                brief=suggestion.brief,
                category=suggestion.category,
                answer=suggestion.answer,
                consent=suggestion.consent,
                by=suggestion.published_by,
                at=suggestion.published_at,
                decided_at=suggestion.decided_at,
            )
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict("该建议已公开") from error


async def get(session: Session, suggestion_id: int) -> Suggestion:
    """Return a published suggestion; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=suggestion_id)
    if row is None:
        raise NotFound(f"没有编号为{suggestion_id}的公开建议")
    return _suggestion(row)


async def of_ticket(session: Session, ticket_id: int) -> Suggestion | None:
    """Return the published suggestion that a ticket is about, None where it is not published."""
    row = await _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return _suggestion(row) if row else None


async def newest(session: Session, state: str | None, below: int | None, size: int) -> list[Suggestion]:
    """Return one page of published suggestions, the newest first."""
    rows = _SQL.newest(
        session.connection, city_code=session.city_code, state=state, below=below or LAST, page_size=size
    )
    return [_suggestion(row) async for row in rows]


async def most_supported(
    session: Session, state: str | None, after: tuple[int, int] | None, size: int
) -> list[Suggestion]:
    """Return one page of published suggestions, the most supported first, after the cursor (supports, id)."""
    supports, below = after or (MOST, LAST)
    rows = _SQL.most_supported(
        session.connection,
        city_code=session.city_code,
        state=state,
        supports=supports,
        below=below,
        page_size=size,
    )
    return [_suggestion(row) async for row in rows]


async def change(session: Session, suggestion: Suggestion) -> None:
    """Keep what changed of a suggestion."""
    changed = {name: getattr(suggestion, name) for name in _CHANGED}
    changed["state"] = str(suggestion.state)
    await _SQL.change(session.connection, city_code=session.city_code, id=suggestion.id, **changed)


async def support(session: Session, suggestion_id: int, supporter: bytes, at: datetime, *, is_verified: bool) -> bool:
    """Count a supporter once; tells whether it was new. Raises Conflict where the suggestion takes no more support."""
    is_new = await _SQL.support(
        session.connection,
        city_code=session.city_code,
        id=suggestion_id,
        supporter=supporter,
        is_verified=is_verified,
        at=at,
    )
    if is_new is None:
        raise Conflict("该建议已有结论，不再征集支持")
    return bool(is_new)


async def by_topic(session: Session, since: datetime, until: datetime) -> list[Topic]:
    """Return how the suggestions registered within a time were answered, by category, the most frequent first."""
    rows = _SQL.by_topic(
        session.connection,
        city_code=session.city_code,
        low=first_id(since),
        # To the end of the month in which the time ends.
        high=first_id(until) + MONTH,
        since=since,
        until=until,
    )
    return [Topic(**dict(row)) async for row in rows]


async def published_within(session: Session, since: datetime, until: datetime, most: int) -> list[Supported]:
    """Return the most supported of the suggestions published within a time."""
    rows = _SQL.published_within(session.connection, city_code=session.city_code, since=since, until=until, most=most)
    return [Supported(_suggestion(row), row["verified"]) async for row in rows]


async def states_within(session: Session, since: datetime, until: datetime) -> dict[SuggestionState, int]:
    """Return where the suggestions published within a time stand now."""
    rows = _SQL.states_within(session.connection, city_code=session.city_code, since=since, until=until)
    return {SuggestionState(row["state"]): row["n"] async for row in rows}


def _suggestion(row: Any) -> Suggestion:
    found = {name: row[name] for name in Suggestion.__struct_fields__}
    return Suggestion(**{**found, "state": SuggestionState(found["state"])})
