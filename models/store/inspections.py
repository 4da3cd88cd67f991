"""质检: what was drawn, scored, appealed against and decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.barring import NOBODY
from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from models.barring import Barring
    from models.inspection import Sample
    from models.store.database import Session

_SQL = queries("inspections")
LAST: Final = 2**63 - 1
_CHANGED: Final = (
    "inspector", "scored_at", "points", "vetoes", "remark", "score", "appeal_by", "appealed_by", "appealed_at", "appeal",
    "decided_by", "decided_at", "decision", "final_score",
)  # fmt: skip


class Inspection(Struct, frozen=True, kw_only=True):
    """One interaction or ticket that is looked at; `agent` or `department` is whom it is about, `rule` why it was drawn.

    `final_score` is the score until an appeal is decided otherwise.
    """

    id: int
    of: str
    subject: int
    rule: str
    day: date
    agent: str | None = None
    seat_group: str | None = None
    department: str | None = None
    drawn_at: datetime
    picked_by: str | None = None
    reason: str | None = None
    inspector: str | None = None
    scored_at: datetime | None = None
    points: dict[str, int] | None = None
    vetoes: tuple[str, ...] = ()
    remark: str | None = None
    score: int | None = None
    appeal_by: datetime | None = None
    appealed_by: str | None = None
    appealed_at: datetime | None = None
    appeal: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    final_score: int | None = None

    @property
    def state(self) -> str:
        """Where it stands: drawn, scored, appealed or decided."""
        if self.scored_at is None:
            return "drawn"
        if self.appealed_at is None:
            return "scored"
        return "appealed" if self.decided_at is None else "decided"


class Tally(Struct, frozen=True, kw_only=True):
    """What was drawn of one agent or department: drawn = waiting + scored; `total` is the sum of the final scores."""

    of: str
    agent: str | None
    seat_group: str | None
    department: str | None
    drawn: int
    waiting: int
    scored: int
    vetoed: int
    appealed: int
    changed: int
    total: int


async def begin_day(session: Session, day: date, at: datetime) -> bool:
    """Take a day to draw; tells whether it was not drawn before."""
    return await _SQL.begin_day(session.connection, city_code=session.city_code, day=day, at=at) is not None


async def draw(session: Session, sample: Sample, day: date, since: datetime, until: datetime, at: datetime) -> int:
    """Draw by one rule of the plan of what ended in [since, until); returns how many are new."""
    of_day: dict[str, Any] = {"rule": sample.code, "day": day, "since": since, "until": until, "at": at}
    plan = {"outcomes": list(sample.outcomes), "share": sample.share, "a_week": sample.a_week}
    city = session.city_code
    if sample.of == "interaction":
        return int(await _SQL.draw_interactions(session.connection, city_code=city, **of_day, **plan))
    found = await _SQL.draw_tickets(session.connection, city_code=city, complained=sample.complained, **of_day, **plan)
    return int(found)


async def add(session: Session, picked: Inspection) -> int | None:
    """Take one interaction or ticket by hand; returns its id, None where it cannot be, or is there already."""
    insert = _SQL.add_interaction if picked.of == "interaction" else _SQL.add_ticket
    found: int | None = await insert(
        session.connection,
        city_code=session.city_code,
        subject=picked.subject,
        rule=picked.rule,
        day=picked.day,
        at=picked.drawn_at,
        by=picked.picked_by,
        reason=picked.reason,
    )
    return found


async def get(session: Session, inspection_id: int) -> Inspection:
    """Return an inspection; raises NotFound."""
    return _found(await _SQL.find(session.connection, city_code=session.city_code, id=inspection_id), inspection_id)


async def lock(session: Session, inspection_id: int) -> Inspection:
    """Lock and return an inspection; raises NotFound."""
    return _found(await _SQL.lock(session.connection, city_code=session.city_code, id=inspection_id), inspection_id)


async def page(
    session: Session,
    before: int | None,
    size: int,
    *,
    state: str,
    agent: str | None,
    department: str | None,
    of: str | None,
    barred: Barring = NOBODY,
) -> list[Inspection]:
    """Return one page of inspections, the newest first; an empty state is all of them."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        state=state,
        agent=agent,
        department=department,
        of=of,
        before=before or LAST,
        barred=list(barred.units),
        own=list(barred.own),
        page_size=size,
    )
    return [_inspection(row) async for row in rows]


async def change(session: Session, inspection: Inspection) -> None:
    """Keep what became of an inspection."""
    changed = {name: getattr(inspection, name) for name in _CHANGED}
    changed["vetoes"] = list(inspection.vetoes)
    await _SQL.change(session.connection, city_code=session.city_code, id=inspection.id, **changed)


async def took_part(session: Session, ticket_id: int, name: str) -> bool:
    """Tell whether somebody took a step of a ticket."""
    return bool(await _SQL.took_part(session.connection, city_code=session.city_code, ticket_id=ticket_id, name=name))


async def figures(session: Session, first: date, last: date) -> list[Tally]:
    """Count what was drawn of some days, by what it is of, agent, seat group and department."""
    rows = _SQL.figures(session.connection, city_code=session.city_code, first_day=first, last_day=last)
    return [Tally(**row) async for row in rows]


def _found(row: Any, inspection_id: int) -> Inspection:
    if row is None:
        raise NotFound(f"没有编号为{inspection_id}的质检")
    return _inspection(row)


def _inspection(row: Any) -> Inspection:
    values = {name: row[name] for name in Inspection.__struct_fields__}
    return Inspection(**{**values, "vetoes": tuple(row["vetoes"] or ())})
