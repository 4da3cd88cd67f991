"""预测: once an hour the worker counts, forecasts the next seven days, and says of every part that is due soon how likely it turns red.

What was learnt of red cards lies in the models' folder and is learnt anew each day; all else is kept in the database, where
whoever answers reads it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from msgspec import Struct

from models.calendar import OfficeHours
from models.capacity import WEEKS, Capacity, capacity
from models.errors import NotFound
from models.forecast import Span, Volume, forecast
from models.office_time import OpenTime
from models.red_proof import SPANS, Proof, moments, prove
from models.red_risk import NotEnoughHistory, RedModel, Risk, learn, risks
from models.store import forecast as store
from models.store.forecast import RedChance
from models.volume import gather, on_day

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.capacity import Load
    from models.red_risk import WatchedPart
    from models.volume import DayCount

LOG = structlog.get_logger()
EVERY: Final = timedelta(hours=1)
LEARN_EVERY: Final = timedelta(days=1)
# Two years show every holiday twice; half a year of parts is how departments work now.
DAYS_READ: Final = timedelta(days=730)
PARTS_SINCE: Final = timedelta(days=180)
MOST_PARTS: Final = 12_000
FILE: Final = "red_risk.json"
FARTHEST: Final = timedelta(hours=max(SPANS))
_NIGHT_AND_DAY: Final = OfficeHours("always", (("1-7", "00:00-24:00"),))
_WITHIN: Final = 1.2816


class Learnt(Struct, frozen=True, kw_only=True):
    """What was learnt of red cards and what it is worth; without a model where there is not enough past, and why."""

    at: datetime
    model: RedModel | None = None
    proofs: list[Proof] = []
    reason: str | None = None


class RedAhead(Struct, frozen=True, kw_only=True):
    """Open parts due within so many hours, and how many of them turn red; `red` is None where that cannot be told."""

    within: int
    due: int
    red: Span | None


class Outlook(Struct, frozen=True, kw_only=True):
    """Everything that was forecast at a time."""

    made_at: datetime
    volume: Volume
    capacity: list[Capacity]
    red: list[RedAhead]
    red_learnt_at: datetime
    red_parts: int
    red_proofs: list[Proof]
    red_reason: str | None


async def refresh(hub: Hub, settings: Settings) -> int:
    """Make the forecast anew where the last one is an hour old; returns how often."""
    now = hub.now()
    if not await hub.database.write(lambda session: store.claim(session, now, EVERY)):
        return 0
    await make(hub, settings)
    return 1


async def make(hub: Hub, settings: Settings) -> Outlook:
    """Count, forecast, score what is open, and keep all of it."""
    now, today = hub.now(), hub.today()
    await hub.database.write(store.count_days)
    counted = await hub.database.read(lambda session: store.days(session, today - DAYS_READ))
    loads = await hub.database.read(lambda session: store.loads(session, now))
    volume = await asyncio.to_thread(volume_of, hub, counted)
    learnt = await _learnt(hub, settings)
    parts = await hub.database.read(lambda session: store.open_parts(session, now, now + FARTHEST))
    told = await asyncio.to_thread(_risks, hub, learnt, parts, now)
    chances = [_chance(part, risk, now) for part, risk in zip(parts, told, strict=True)]
    await hub.database.write(lambda session: store.keep_risks(session, chances))
    outlook = Outlook(
        made_at=now,
        volume=volume,
        capacity=_capacity(loads, counted, volume),
        red=[_ahead(chances, now, within) for within in SPANS],
        red_learnt_at=learnt.at,
        red_parts=learnt.model.parts if learnt.model else 0,
        red_proofs=learnt.proofs,
        red_reason=learnt.reason,
    )
    body = msgspec.json.encode(outlook)
    await hub.database.write(lambda session: store.keep(session, now, body))
    return outlook


async def kept(hub: Hub) -> Outlook:
    """Return the forecast that was made last; raises NotFound before the first."""
    body = await hub.database.read(store.kept)
    if body is None:
        raise NotFound("还没有做过预测：后台进程启动后每小时做一次，请稍候再查")
    return msgspec.json.decode(body, type=Outlook)


def volume_of(hub: Hub, counted: Sequence[DayCount]) -> Volume:
    """Forecast the seven days from today on."""
    today = hub.today()
    return forecast(gather(counted, today), hub.provisional_calendar, on_day(counted, today))


def opening(hub: Hub) -> Callable[[str, int, int], OpenTime]:
    """Return how a department's hours over a range of days are told; one that the city no longer has is taken to be always open."""
    known: dict[tuple[str, int, int], OpenTime] = {}

    def of(department: str, first: int, last: int) -> OpenTime:
        hours = hub.office_hours(department) if hub.city.party(department) else _NIGHT_AND_DAY
        key = (hours.code, first, last)
        if key not in known:
            known[key] = OpenTime(hours, hub.provisional_calendar, first, last)
        return known[key]

    return of


async def _learnt(hub: Hub, settings: Settings) -> Learnt:
    """Return what is known of red cards, learnt anew where that is a day old."""
    now, file = hub.now(), settings.models_dir / FILE
    last = await asyncio.to_thread(_read, file)
    if last is not None and timedelta() <= now - last.at < LEARN_EVERY:
        return last
    parts = await hub.database.read(lambda session: store.past_parts(session, now - PARTS_SINCE, now, MOST_PARTS))
    learnt = await asyncio.to_thread(learn_from, hub, parts, now)
    await asyncio.to_thread(_write, file, learnt)
    return learnt


def learn_from(hub: Hub, parts: Sequence[WatchedPart], now: datetime) -> Learnt:
    """Learn from past parts; what it is worth is told of newer parts by what the older ones taught."""
    hours = opening(hub)
    try:
        return Learnt(at=now, proofs=prove(parts, hours), model=learn(moments(parts), hours))
    except NotEnoughHistory as error:
        return Learnt(at=now, reason=str(error))


def _read(file: Path) -> Learnt | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Learnt)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        LOG.warning("red cards are learnt anew", file=str(file), reason=str(error))
        return None


def _write(file: Path, learnt: Learnt) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f"{FILE}.", delete=False) as side:
        side.write(msgspec.json.encode(learnt))
    Path(side.name).replace(file)


def _risks(hub: Hub, learnt: Learnt, parts: Sequence[WatchedPart], now: datetime) -> list[Risk | None]:
    if learnt.model is None:
        return [None for _ in parts]
    return list(risks(learnt.model, parts, now, opening(hub)))


def _chance(part: WatchedPart, risk: Risk | None, now: datetime) -> RedChance:
    due = part.since_and_due(now)[1]
    return RedChance(
        ticket_id=part.ticket_id,
        ordinal=part.ordinal,
        department=part.department,
        reply_by=due,
        # Without a chance the nearest date comes first.
        rank=risk.chance if risk else -(due - now) / timedelta(hours=1),
        chance=risk.chance if risk else None,
        low=risk.low if risk else None,
        high=risk.high if risk else None,
    )


def _ahead(chances: Sequence[RedChance], now: datetime, within: int) -> RedAhead:
    """Add chances up; chance itself and what the model may be wrong by, which it is of all parts alike, widen the bounds."""
    due = [one for one in chances if one.reply_by <= now + timedelta(hours=within)]
    known = [(one.chance, one.low, one.high) for one in due if one.chance is not None]
    if len(known) < len(due) or not due:
        return RedAhead(within=within, due=len(due), red=None if due else Span(0.0, 0.0, 0.0))
    total = sum(chance for chance, _, _ in known)
    by_chance = _WITHIN * sqrt(sum(chance * (1 - chance) for chance, _, _ in known))
    by_model = sum((high or 0.0) - (low or 0.0) for _, low, high in known) / 2
    off = sqrt(by_chance**2 + by_model**2)
    return RedAhead(within=within, due=len(due), red=Span(total, max(total - off, 0.0), min(total + off, len(due))))


def _capacity(loads: Sequence[Load], counted: Sequence[DayCount], volume: Volume) -> list[Capacity]:
    since = volume.until - timedelta(weeks=WEEKS)
    requests = sum(one.tickets for one in counted if since <= one.day < volume.until)
    found = [capacity(load, requests, volume.week, weeks_seen=volume.days // 7) for load in loads]
    return sorted(found, key=lambda one: (-(one.days_to_clear or 0.0), one.department))
