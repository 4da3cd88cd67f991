"""事件提示: pile-ups that a person opens an incident for or dismisses, and the tickets that told of a keyword."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from models.errors import NotFound
from models.store.database import queries
from models.store.waves import Member

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.store.database import Session

_SQL = queries("prompts")
LAST: Final = 2**63 - 1


class KeywordHit(Struct, frozen=True, kw_only=True):
    """A new ticket that tells of a sort of incident; `district` is empty where it is not known."""

    city_code: str
    ticket_id: int
    keyword: str
    district: str
    at: datetime
    is_counted: bool = False


class Pile(Struct, frozen=True, kw_only=True):
    """A pile-up: a wave's tickets, or a keyword's in a district; of them those since a time and with ids above `after`."""

    wave: int | None = None
    keyword: str | None = None
    district: str = ""
    since: datetime
    after: int = 0

    @property
    def subject(self) -> str:
        """By what the same pile-up is known again."""
        return f"wave:{self.wave}" if self.wave is not None else f"keyword:{self.keyword}@{self.district}"


class Counted(Struct, frozen=True, kw_only=True):
    """What of a pile-up lies by itself; `newest` is the highest ticket id, 0 where there is none."""

    tickets: int
    callers: int
    first_at: datetime | None
    last_at: datetime | None
    newest: int


class Prompt(Struct, frozen=True, kw_only=True):
    """A pile-up that somebody is asked about: `open`, `opened` as an incident, `dismissed`, `covered` by another's, or `over`."""

    id: int
    wave: int | None
    keyword: str | None
    district: str
    state: str
    since: datetime
    after: int
    tickets: int
    callers: int
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    described: int
    sentence: str
    place: str | None
    category: str
    representative: int
    settled_callers: int
    settled_by: str | None
    settled_role: str | None
    settled_at: datetime | None
    reason: str | None
    incident: int | None
    attached_to: int

    @property
    def pile(self) -> Pile:
        """What it asks about."""
        return Pile(wave=self.wave, keyword=self.keyword, district=self.district, since=self.since, after=self.after)


class Said(Struct, frozen=True, kw_only=True):
    """How a pile-up is described; `described` is how many tickets it had then."""

    described: int
    sentence: str
    place: str | None
    category: str
    representative: int


class Settled(Struct, frozen=True, kw_only=True):
    """How somebody has settled a prompt."""

    state: str
    by: str
    role: str
    at: datetime
    reason: str | None = None
    incident: int | None = None


async def piles(session: Session, batch: int) -> list[tuple[str, str]]:
    """Take the next tickets that told of a keyword; return the (keyword, district) that they have grown."""
    return [
        (row["keyword"], row["district"])
        async for row in _SQL.piles(session.connection, city_code=session.city_code, batch=batch)
    ]


async def grown_waves(session: Session, since: datetime, batch: int) -> list[int]:
    """Take and return raised waves that have grown since they were looked at."""
    rows = _SQL.waves(session.connection, city_code=session.city_code, since=since, batch=batch)
    return [row["id"] async for row in rows]


async def of_pile(session: Session, pile: Pile) -> Prompt | None:
    """Lock and return the prompt of a pile-up, None before the first."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, subject=pile.subject)
    return _prompt(row) if row else None


async def lock(session: Session, prompt_id: int) -> Prompt:
    """Lock and return a prompt; raises NotFound."""
    return _found(await _SQL.lock_id(session.connection, city_code=session.city_code, id=prompt_id), prompt_id)


async def get(session: Session, prompt_id: int) -> Prompt:
    """Return a prompt; raises NotFound."""
    return _found(await _SQL.find(session.connection, city_code=session.city_code, id=prompt_id), prompt_id)


async def count(session: Session, pile: Pile) -> Counted:
    """Count what of a pile-up lies by itself."""
    return Counted(**await _SQL.count(session.connection, city_code=session.city_code, **_columns(pile)))


async def newest(session: Session, pile: Pile, most: int) -> list[Member]:
    """Return the newest tickets of a pile-up, in the order of their numbers."""
    rows = _SQL.newest(session.connection, city_code=session.city_code, most=most, **_columns(pile))
    return [Member(**row) async for row in rows]


async def known(session: Session, ids: Collection[int], but: Pile) -> int:
    """Return how many of some tickets lie in the pile-up of another prompt that is open, or was dismissed and goes on."""
    return int(await _SQL.known(session.connection, city_code=session.city_code, ids=list(ids), but=but.subject))


async def ask(session: Session, pile: Pile, counted: Counted, said: Said, *, at: datetime) -> None:
    """Ask about a pile-up, or keep how far it has grown."""
    await _SQL.ask(
        session.connection,
        city_code=session.city_code,
        subject=pile.subject,
        **_columns(pile),
        tickets=counted.tickets,
        callers=counted.callers,
        first_at=counted.first_at,
        last_at=counted.last_at,
        at=at,
        described=said.described,
        sentence=said.sentence,
        place=said.place,
        category=said.category,
        representative=said.representative,
    )


async def saw(session: Session, pile: Pile, at: datetime) -> None:
    """Keep that a settled pile-up was looked at."""
    await _SQL.saw(session.connection, city_code=session.city_code, subject=pile.subject, last_at=at)


async def renew(session: Session, pile: Pile, at: datetime) -> None:
    """Keep that a settled pile-up is over, and that another one of the same subject may have begun."""
    await _SQL.renew(
        session.connection, city_code=session.city_code, subject=pile.subject, since=pile.since, last_at=at
    )


async def settle(session: Session, prompt_id: int, settled: Settled, *, after: int) -> None:
    """Keep how somebody has settled a prompt; only tickets above `after` can raise it again."""
    await _SQL.settle(
        session.connection,
        city_code=session.city_code,
        id=prompt_id,
        after=after,
        **{name: getattr(settled, name) for name in Settled.__struct_fields__},
    )


async def cover(session: Session, ids: Collection[int], incident: int, at: datetime) -> None:
    """Let prompts ask no more whose tickets an incident has taken in."""
    await _SQL.cover(session.connection, city_code=session.city_code, ids=list(ids), incident=incident, at=at)


async def attachable(session: Session, prompt: Prompt, lead: int, size: int) -> list[int]:
    """Return the next tickets of an opened pile-up that are to be attached to its lead."""
    columns = _columns(prompt.pile) | {"lead": lead, "attached_to": prompt.attached_to, "page_size": size}
    rows = _SQL.attachable(session.connection, city_code=session.city_code, **columns)
    return [row["id"] async for row in rows]


async def attached(session: Session, prompt_id: int, to: int) -> None:
    """Keep how far the tickets of an opened pile-up were gone through."""
    await _SQL.attached(session.connection, city_code=session.city_code, id=prompt_id, attached_to=to)


async def attaching(session: Session, batch: int) -> list[Prompt]:
    """Return opened prompts with tickets that were not gone through yet."""
    return [_prompt(row) async for row in _SQL.attaching(session.connection, city_code=session.city_code, batch=batch)]


async def page(session: Session, state: str, before: int | None, size: int) -> list[Prompt]:
    """Return one page of prompts of a state, the newest first."""
    rows = _SQL.page(
        session.connection, city_code=session.city_code, state=state, before=before or LAST, page_size=size
    )
    return [_prompt(row) async for row in rows]


async def waiting(session: Session) -> int:
    """Return how many prompts nobody has settled."""
    return int(await _SQL.waiting(session.connection, city_code=session.city_code))


async def lead(session: Session, pile: Pile, named: int | None = None) -> int | None:
    """Return the ticket that is to lead, None where none of the pile-up is open (or the named one is not among them)."""
    row = await _SQL.lead(session.connection, city_code=session.city_code, named=named, **_columns(pile))
    return int(row["id"]) if row else None


def _columns(pile: Pile) -> dict[str, Any]:
    return {name: getattr(pile, name) for name in Pile.__struct_fields__}


def _found(row: Any, prompt_id: int) -> Prompt:
    if row is None:
        raise NotFound(f"没有编号为{prompt_id}的事件提示")
    return _prompt(row)


def _prompt(row: Any) -> Prompt:
    return Prompt(**{name: row[name] for name in Prompt.__struct_fields__})
