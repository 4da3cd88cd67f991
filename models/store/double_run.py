"""Our tickets as a double run (并行运行) compares them with another platform's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.double_run import NOT_TOLD, Compared, day_of, on_time
from models.store.database import queries
from models.ticket import MONTH, first_id, number_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("double_run")
PAGE: Final = 5_000
MAIN_CATEGORY: Final = 2  # digits of the first level's code


async def registered(
    session: Session, since: datetime, until: datetime, now: datetime
) -> AsyncIterator[list[Compared]]:
    """Yield the tickets that were registered in [since, until), page by page."""
    low = first_id(since)
    high = first_id(until) + MONTH
    after = 0
    while True:
        found = _SQL.page(
            session.connection,
            city_code=session.city_code,
            after=after,
            low=low,
            high=high,
            since=since,
            until=until,
            page_size=PAGE,
        )
        rows = [row async for row in found]
        if rows:
            yield [
                Compared(
                    name=number_of(row["id"]),
                    numbers=tuple(row["numbers"]),
                    day=day_of(row["registered_at"]),
                    line=row["line"] or NOT_TOLD,
                    category=row["category"][:MAIN_CATEGORY],
                    department=row["lead"] or NOT_TOLD,
                    is_on_time=on_time(row["closed_at"], row["promised_at"], now),
                )
                for row in rows
            ]
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]
