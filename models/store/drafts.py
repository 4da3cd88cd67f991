"""草稿: registrations that are not finished, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

_SQL = queries("drafts")


class Draft(Struct, frozen=True, kw_only=True):
    """What an agent has written so far; it is theirs, or a seat group's that it was handed to."""

    id: str
    agent: str | None
    seat_group: str | None
    interaction: int | None
    fields: dict[str, Any]
    written_at: datetime


async def write(session: Session, draft: Draft, seat_groups: Sequence[str]) -> bool:
    """Keep a draft of `draft.agent`, who answers for those groups; False where it is somebody else's."""
    sealed = session.keyring.seal(msgspec.json.encode(draft.fields).decode(), "drafts", "fields", draft.id)
    return bool(
        await _SQL.write(
            session.connection,
            city_code=session.city_code,
            id=draft.id,
            agent=draft.agent,
            interaction=draft.interaction,
            fields=sealed,
            at=draft.written_at,
            seat_groups=list(seat_groups),
        )
    )


async def page(session: Session, agent: str, seat_groups: Sequence[str], after: str, size: int) -> list[Draft]:
    """Return one page of the drafts that an agent may go on with."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        agent=agent,
        seat_groups=list(seat_groups),
        after=after,
        page_size=size,
    )
    found = []
    async for row in rows:
        opened = session.keyring.unseal(row["fields"], "drafts", "fields", row["id"])
        found.append(Draft(**{**row, "fields": msgspec.json.decode(opened)}))
    return found


async def others(session: Session, agent: str, draft_id: str) -> int:
    """Return how many drafts an agent has besides one."""
    return int(await _SQL.count(session.connection, city_code=session.city_code, agent=agent, id=draft_id))


async def drop(session: Session, agent: str, seat_groups: Sequence[str], draft_id: str) -> bool:
    """Forget a draft; False where it is not the agent's."""
    dropped = await _SQL.drop(
        session.connection, city_code=session.city_code, id=draft_id, agent=agent, seat_groups=list(seat_groups)
    )
    return bool(dropped)


async def hand_over(session: Session, from_agent: str, to_agent: str | None, to_seat_group: str | None) -> list[str]:
    """Make all drafts of an agent another's, or a group's; returns their ids in order."""
    rows = _SQL.hand_over(
        session.connection,
        city_code=session.city_code,
        from_agent=from_agent,
        to_agent=to_agent,
        to_seat_group=to_seat_group,
    )
    return sorted([row["id"] async for row in rows])
