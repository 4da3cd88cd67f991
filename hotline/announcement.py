"""公开电话台账: a city that is taken over announces what it changes in the public register of telephone numbers.

What is decided is announced ahead, with the day from which it will hold; the register itself changes with the city's next version.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from hotline.clock import kept_clock
from hotline.fields import Grounds, Moment, required
from models.announcement import Announcement, announcements
from models.errors import Conflict, InvalidRequest, NotFound
from models.store import announcements as store
from models.store import installation

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.city import City
    from models.store.announcements import Announced
    from models.store.database import Session
    from models.ticket import Actor


LONGEST_AHEAD: Final = timedelta(days=2 * 366)


class PlannedChange(Struct, kw_only=True):
    """预告: a number that will come, go or change `holds_from` a time to come, in phrases; one that comes has a `name`."""

    line: Annotated[str, Meta(pattern="^[0-9]{3,12}$")]
    change: Literal["added", "removed", "changed"]
    name: Annotated[str, Meta(max_length=64)] = ""
    details: Annotated[list[Annotated[str, Meta(min_length=2, max_length=200)]], Meta(min_length=1, max_length=10)]
    holds_from: Moment


class AnnouncementStep(Struct, kw_only=True):
    """What was announced ahead is called off, and the public is told why."""

    action: Literal["call_off"]
    reason: Grounds


async def plan(hub: Hub, actor: Actor, fields: PlannedChange) -> Announced:
    """Announce a change ahead. Raises InvalidRequest, NotFound, Conflict."""
    at, known = hub.now(), hub.city.lines.get(fields.line)
    if not at < fields.holds_from <= at + LONGEST_AHEAD:
        raise InvalidRequest("生效时间 holds_from 应晚于现在，最长预告两年；已经变更的号码由台账更新时自动公告")
    if fields.change == "added":
        if known is not None:
            raise Conflict(f"公开电话台账中已有号码“{fields.line}”，请预告变更（changed）或停用（removed）")
        name = required(fields.name, "号码名称 name", 2)
    elif known is None:
        raise NotFound(f"公开电话台账中没有号码“{fields.line}”")
    else:
        name = known.name
    details = tuple(hub.mask(required(phrase, "变更内容 details", 2)) for phrase in fields.details)
    told = Announcement(line=fields.line, name=name, change=fields.change, details=details)

    async def work(session: Session) -> Announced:
        found = await store.plan(session, told, hub.city.version, at, fields.holds_from, actor.name)
        return await store.get(session, found)

    return await hub.database.write(work)


async def move(hub: Hub, announcement_id: int, fields: AnnouncementStep) -> Announced:
    """Call off what was announced ahead. Raises NotFound, InvalidRequest, Conflict."""
    because = hub.mask(required(fields.reason, "取消理由", 4))

    async def work(session: Session) -> Announced:
        found, at = await store.get(session, announcement_id), hub.now()
        if found.state_at(at) not in {"planned", "overdue"}:
            raise Conflict("只有尚未实施、也未取消的预告可以取消")
        await store.call_off(session, found, because, at)
        return await store.get(session, announcement_id)

    return await hub.database.write(work)


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
        await store.done(session, one, at)
        await store.add(session, one, city.version, at)
    await store.keep_register(session, city, at)
    return len(found)
