"""保存期限: once a day what is over its time is erased, a small batch in a transaction, whoever of the workers is first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from msgspec.structs import replace

from hotline import erasing
from hotline.duplicates import LOOKED_BACK
from hotline.erasing import Because
from hotline.step import CLOCK
from models.errors import Unavailable
from models.retention import NAMES
from models.store import erasures, retention, tickets

if TYPE_CHECKING:
    from datetime import date, datetime

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.retention import Retention
    from models.store.database import Session
    from models.store.retention import Due, Run

LOG = structlog.get_logger()
# A ticket is some thirty statements, everything else a row.
TICKETS_AT_ONCE: Final = 20
ROWS_AT_ONCE: Final = 500
# By which near texts are found: nobody looks so far back, nor does an import add to months as old.
BANDS: Final = "bands"
BANDS_LAST: Final = 3 * LOOKED_BACK


async def turn(hub: Hub, settings: Settings) -> int:
    """Erase one batch of what is over its time, and the files of what was erased before; returns how many were looked at."""
    removed = await erasing.remove_files(hub, settings.attachments_dir)
    if hub.city.retention is None:
        return removed
    day = hub.today()
    over = await hub.database.read(lambda session: retention.finished(session, day))
    wanted = {**untils(hub.city.retention, hub.now()), BANDS: hub.now() - BANDS_LAST}
    # Tickets last: one that cannot be erased holds up nothing else.
    for rule in reversed(wanted):
        if rule in over:
            continue
        try:
            looked_at = await _one(hub, day, rule, wanted[rule])
        except Unavailable:
            raise
        except Exception:
            # One rule that fails keeps no other from its day.
            LOG.exception("nothing can be erased by a rule", rule=rule)
            continue
        if looked_at:
            return looked_at
    return removed


async def _one(hub: Hub, day: date, rule: str, until: datetime) -> int:
    return await hub.database.write(lambda session: _batch(hub, session, day, rule, until))


def untils(terms: Retention, now: datetime) -> dict[str, datetime]:
    """Return of each kind from before when it is over its time."""
    return {rule: getattr(terms, rule).kept_for.before(now) for rule in NAMES}


async def _batch(hub: Hub, session: Session, day: date, rule: str, until: datetime) -> int:
    """Do one batch and write how far that is, both or neither; returns how many were looked at."""
    run = await retention.claim(session, day, rule, until)
    if run is None:
        return 0
    if rule == BANDS:
        last = run.until.year * 100 + run.until.month
        months = [month for month in await retention.full_bands(session) if month < last]
        done, looked_at, most = await retention.empty_bands(session, months), 0, 1
        run = replace(run, done=run.done + done)
    elif rule in retention.DELETED:
        looked_at, most = await retention.delete(session, rule, run.until, ROWS_AT_ONCE), ROWS_AT_ONCE
        run = replace(run, done=run.done + looked_at)
    else:
        most = TICKETS_AT_ONCE if rule in {"tickets", "tip_offs"} else ROWS_AT_ONCE
        found = await retention.due(session, run, most)
        run, looked_at = await _erased(hub, session, run, found), len(found)
    await retention.advance(session, run, hub.now() if looked_at < most else None)
    return looked_at


async def _erased(hub: Hub, session: Session, run: Run, found: list[Due]) -> Run:
    """Erase what of these need not stay."""
    if not found:
        return run
    if run.rule in {"tickets", "tip_offs"}:
        done = await _tickets(hub, session, [one.id for one in found])
    else:
        done = await erasures.erase_calls(session, [one.call for one in found], is_over=True)
    last = found[-1]
    held = run.held + len(found) - done
    return replace(run, done=run.done + done, held=held, after_at=last.at, after_id=last.id)


async def _tickets(hub: Hub, session: Session, ids: list[int]) -> int:
    free = []
    for ticket_id in sorted(ids):
        ticket = await tickets.lock(session, ticket_id)
        if await erasing.must_stay(session, ticket) is None:
            free.append(ticket_id)
    await erasing.erase(hub, session, CLOCK, free, Because.OVER, at=hub.now())
    return len(free)
