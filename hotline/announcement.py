"""公开电话台账: a city that is taken over announces what it changes in the public register of telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.clock import kept_clock
from models.announcement import announcements
from models.store import announcements as store
from models.store import installation

if TYPE_CHECKING:
    from datetime import datetime

    from models.city import City
    from models.store.database import Session


async def take_over(session: Session, city: City, wall_at: datetime) -> int:
    """Keep a city's version and announce what it changes of the lines, from now on by the hub's clock; returns how many.

    The first register of all is announced to nobody.
    """
    await installation.keep_city(session, city, wall_at)
    row = await installation.clock(session)
    at = kept_clock(row).now() if row else wall_at
    before = await store.register(session)
    if before is not None and before[0] == city.version:
        return 0
    names = {code: one.name for code, one in city.departments.items()}
    found = [] if before is None else list(announcements(before[1], city.lines, names))
    for one in found:
        await store.add(session, one, city.version, at)
    await store.keep_register(session, city, at)
    return len(found)
