"""分中心对账: every day a sub-centre says what it has of that day, and the hub answers what is missing, older or too many.

From its first record on a sub-centre owes a list a day, by an hour of the next day; where none has come, who is on duty is
told. What differs is looked up anew each time: a record that is sent after all settles its difference.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline.alarm import alarm
from models.calendar import CHINA_TIME
from models.errors import InvalidRequest, NotFound
from models.store import feeds, timers
from models.store import reconciliations as store
from models.vocabulary import Integration

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.line import Line
    from models.store.database import Session
    from models.ticket import Timer

SUBJECT: Final = "reconcile:"
MOST_LISTED: Final = 20_000
DAY: Final = timedelta(days=1)

Version = Annotated[int, Meta(ge=0, le=2**53)]
RecordId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,200}$")]


class ListedRecord(Struct, frozen=True):
    """A record of the sub-centre and its version there."""

    external_id: RecordId
    version: Version


class DayList(Struct, kw_only=True):
    """What a sub-centre has of a day, all records that were made or changed there on it: a list, or only their `count` and `digest`.

    The digest is SHA-256 in hex over lines `external_id version`, sorted by external_id byte by byte, parted by a line feed.
    """

    records: Annotated[list[ListedRecord], Meta(max_length=MOST_LISTED)] | None = None
    count: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


def subcenter(hub: Hub, number: str) -> Line:
    """Return a sub-centre's line; raises NotFound."""
    line = hub.city.lines.get(number)
    if line is None or line.integration is not Integration.SUBCENTER:
        raise NotFound(f"“{number}”不是分中心的热线号码")
    return line


async def put_record(hub: Hub, line: Line, external_id: str, version: int, content: str, day: date | None) -> bool:
    """Keep a mirror record; False where ours is as new or newer. Its day is the day on which it comes, if none is told.

    Raises InvalidRequest for a day to come.
    """
    _check_day(hub, day or hub.today())

    async def work(session: Session) -> bool:
        at = hub.now()
        is_kept = await feeds.put(session, line.number, external_id, version, content, day or hub.today(), at)
        if is_kept:
            await store.owe(session, f"{SUBJECT}{line.number}", _due_at(hub, hub.today()))
        return is_kept

    return await hub.database.write(work)


async def put_list(hub: Hub, line: Line, day: date, said: DayList) -> None:
    """Keep what a sub-centre says of a day. Raises InvalidRequest."""
    _check_day(hub, day)
    if said.records is None:
        if said.count is None or said.digest is None:
            raise InvalidRequest("请提供 records（清单），或 count 和 digest（件数和摘要）")
        count, digest = said.count, said.digest
        await hub.database.write(lambda session: store.keep_digest(session, line.number, day, count, digest, hub.now()))
        return
    records = {one.external_id: one.version for one in said.records}
    if len(records) != len(said.records):
        raise InvalidRequest("records 中有重复的 external_id，每件只列当日最新版本")
    await hub.database.write(lambda session: store.keep_list(session, line.number, day, records, hub.now()))


async def told(hub: Hub, line: Line, day: date, after: str, size: int) -> dict[str, Any]:
    """Return how a day stands, with some of what differs after a record. Raises NotFound where nothing was said of it."""

    async def work(session: Session) -> dict[str, Any]:
        found = await store.days(session, line.number, day + DAY, 1)
        if not found or found[0].day != day:
            raise NotFound(f"{line.number}{line.name}还没有报送{day}的对账清单")
        differences = await store.differences(session, line.number, day, after, size)
        return {"day": found[0], "differences": differences}

    return await hub.database.read_together(work)


async def list_due(hub: Hub, session: Session, timer: Timer) -> None:
    """A day's list should be there: where it is not, who is on duty at the sub-centre and the hotline is told."""
    current = await timers.get(session, timer.ticket_id, timer.subject)
    line = hub.city.lines.get(timer.subject.removeprefix(SUBJECT))
    if current is None or current.due_at != timer.due_at:
        return
    if line is None or line.integration is not Integration.SUBCENTER:
        await timers.drop(session, timer)
        return
    day, at = timer.due_at.astimezone(CHINA_TIME).date() - DAY, hub.now()
    if await store.late(session, line.number, day, at):
        told = {hub.city.hotline_department, line.department or hub.city.hotline_department}
        words = f"{line.number}{line.name}{day}的对账清单未按时报送，请尽快补报。"
        await alarm(hub, session, f"{line.number}_{day}", told, words, at)
    await store.owe_next(session, timer.subject, timer.due_at + DAY)


def _check_day(hub: Hub, day: date) -> None:
    if day > hub.today():
        raise InvalidRequest(f"日期{day}还没有到")


def _due_at(hub: Hub, day: date) -> datetime:
    """Return by when the list of a day is owed."""
    by = time.fromisoformat(hub.city.line_rule.reconcile_by)
    return datetime.combine(day + DAY, by, CHINA_TIME).astimezone(UTC)
