"""Sub-centres' mirror records (分中心): kept, never reclassified, dispatched or timed by us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.store.database import Session

_SQL = queries("feeds")


async def put(
    session: Session, line: str, external_id: str, version: int, content: str, day: date, at: datetime
) -> bool:
    """Keep a record that was made or changed there on a day; False where ours is as new or newer."""
    sealed = session.keyring.seal(content, "feed_records", "body", f"{line}/{external_id}")
    kept = await _SQL.put(
        session.connection,
        city_code=session.city_code,
        line=line,
        external_id=external_id,
        version=version,
        body=sealed,
        day=day,
        at=at,
    )
    return kept is not None
