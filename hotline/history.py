"""历史导入: tickets of an old platform become ended tickets of ours, whole batches at a time and each number once.

Nobody is told, nothing is timed: what was owed then was owed there. The trail begins with one event, `imported`, that says where the
ticket comes from and holds all of its dates.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline.duplicates import LOOKED_BACK, kept_bands
from hotline.outgoing import place_told, without_traces
from hotline.request import kept_reading, phone_digits
from models.errors import Unavailable
from models.history_rows import Refusal, read_rows
from models.lifecycle import AssignmentState, TicketState
from models.store import history, steps
from models.store.history import Imported, ImportedMeanwhile, OldRating
from models.ticket import Actor, Assignment, Ticket, TicketText
from models.trail import IMPORTED, link
from models.understanding import Place
from models.vocabulary import AssignmentRole, Role
from nlu.reading import Past, Request
from routing.jurisdiction import Jurisdiction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hotline.hub import Hub
    from models.history_mapping import OldMapping
    from models.history_rows import FileRow, OldTicket
    from models.store.database import Session
    from models.understanding import Understanding

PROGRAM: Final = Actor(Role.PROGRAM, "import")
AT_ONCE: Final = 64  # requests that are read together
SHORT_TEXT: Final = 200
# New requests are compared with those of so many days, by whole months: bands of older ones would never be asked for.
MET_WITHIN: Final = LOOKED_BACK + timedelta(days=31)
LEAST_SATISFIED: Final = 3  # 基本满意
TRIES: Final = 3
# What the trail keeps of a part: it is all that `audit recompute` can compare its dates with.
PART_DATES: Final = (
    "dispatched_at",
    "acknowledge_by",
    "contact_by",
    "reply_by",
    "send_back_by",
    "first_acknowledge_by",
    "first_contact_by",
    "first_reply_by",
    "replied_at",
    "ended_at",
)


class Outcome(Struct, frozen=True):
    """What came of a batch of rows; refused rows are told one by one."""

    imported: int
    known: int
    refused: list[Refusal]


class Importer:
    """Takes over the tickets of one file in the hands of one process."""

    def __init__(self, hub: Hub, mapping: OldMapping, file: str) -> None:
        self._hub = hub
        self._mapping = mapping
        self._file = file
        self._months: set[int] = set()

    async def take(self, rows: Sequence[FileRow], *, is_dry: bool) -> Outcome:
        """Import rows, all that can be or none of them: one transaction. Raises Unavailable, with nothing written."""
        now = self._hub.now()
        olds, refused = read_rows(rows, self._mapping, now)
        for _ in range(TRIES):
            left = await self._unknown(olds)
            try:
                if not is_dry:
                    await self._write(left, now)
            except ImportedMeanwhile:
                continue
            return Outcome(len(left), len(olds) - len(left), refused)
        raise Unavailable("同一批工单正由另一个导入写入，请待其结束后重试")

    async def _unknown(self, olds: Sequence[OldTicket]) -> list[OldTicket]:
        numbers = [old.number for old in olds]
        known = await self._hub.database.read(lambda session: history.known(session, self._mapping.source, numbers))
        return [old for old in olds if old.number not in known]

    async def _write(self, olds: Sequence[OldTicket], now: datetime) -> None:
        if not olds:
            return
        await self._make_months(olds)
        hub = self._hub
        read = [one for at in range(0, len(olds), AT_ONCE) for one in self._read(olds[at : at + AT_ONCE])]

        async def work(session: Session) -> None:
            batch = []
            for old, one in zip(olds, read, strict=True):
                ticket_id = await hub.numbers.take(session, old.registered_at)
                batch.append(self._made(session, old, one, ticket_id, now))
            await history.write(session, batch)

        await hub.database.write(work)

    async def _make_months(self, olds: Sequence[OldTicket]) -> None:
        """Make the partitions first and apart: two imports that made them while writing would wait for each other."""
        months = {at.year * 100 + at.month: at for at in (old.registered_at for old in olds)}
        for month in sorted(months.keys() - self._months):
            await self._hub.database.write(lambda session, at=months[month]: steps.ensure_month(session, at))  # type: ignore[misc]
            self._months.add(month)

    def _read(self, olds: Sequence[OldTicket]) -> list[Understanding]:
        return self._hub.reader.recall_many([_past(old) for old in olds])

    def _made(self, session: Session, old: OldTicket, read: Understanding, ticket_id: int, now: datetime) -> Imported:
        seal = session.keyring.seal
        ticket = self._ticket(old, read, ticket_id)
        part = _part(ticket, old)
        answer = None if part else old.reply
        if part and old.reply:
            part = replace(part, reply=seal(old.reply, "assignments", "reply", f"{ticket_id}/{part.ordinal}"))
        event = link(
            ticket.city_code,
            ticket,
            IMPORTED,
            now,
            PROGRAM,
            self._fields(old, read, ticket, part),
            session.keyring.suite,
        )
        ticket = replace(ticket, event_count=event.seq, head_hash=event.hash)
        text = steps.NewText(
            ticket_id=ticket_id,
            content=_content(old, read, ticket, answer, kept_reading(read, self._hub.reader.names.without_somebody)),
            # Whoever looks for the old number finds the ticket.
            tokens=tuple(dict.fromkeys((*read.tokens, *self._hub.reader.search_tokens(old.number)))),
            bands=kept_bands(read) if old.registered_at >= now - MET_WITHIN else (),
            fingerprint=read.fingerprint,
        )
        return Imported(ticket=ticket, text=text, event=event, part=part, rating=_rating(ticket, old))

    def _ticket(self, old: OldTicket, read: Understanding, ticket_id: int) -> Ticket:
        hub, place = self._hub, read.place or Place(span="")
        where = self._where(old, read)
        words = place.name or place.span or (hub.mask(old.address, old.name) if old.address else "")
        promised_at = old.due_at or old.closed_at or old.replied_at or old.registered_at
        return Ticket(
            city_code=hub.database.city_code,
            id=ticket_id,
            state=old.state,
            kind=read.kind,
            urgency=read.urgency,
            category=read.categories[0].code,
            detail=read.detail,
            channel=old.channel,
            line=old.line,
            identity=old.identity,
            disclosure=old.disclosure,
            caller_index=hub.database.keyring.blind_index(phone_digits(old.phone)) if old.phone else None,
            place=place_told(words, read.masked_text, old.name, old.disclosure),
            lat=place.lat,
            lon=place.lon,
            grid=where.grid if where else None,
            street=where.street if where else None,
            district=where.district if where else None,
            flags=(),
            lead=old.department,
            because=f"由“{self._mapping.source}”导入，原编号{old.number}",
            duty=None,
            accused=None,
            grassroots=False,
            want_reply=False,
            desk_reason=None,
            registered_at=old.registered_at,
            received_at=old.received_at or old.registered_at,
            occurred_at=None,
            promised_at=promised_at,
            first_promised_at=promised_at,
            closed_at=old.closed_at or old.replied_at,
            dispatch_count=1 if old.department else 0,
            imported_from=self._mapping.source,
            old_number=old.number,
        )

    def _where(self, old: OldTicket, read: Understanding) -> Jurisdiction | None:
        """Return whose ground it is: what the old platform says of the district is believed before the words."""
        found = self._hub.atlas.by_place(read.place) if read.place else None
        if old.district is None or (found is not None and found.district == old.district):
            return found
        return Jurisdiction(old.district)

    def _fields(self, old: OldTicket, read: Understanding, ticket: Ticket, part: Assignment | None) -> dict[str, Any]:
        """Return what the trail keeps: where it comes from, who said what it is about, and every date."""
        dates = {name: getattr(part, name) for name in PART_DATES} if part else None
        return {
            "source": self._mapping.source,
            "old_number": old.number,
            "file": self._file,
            "line": old.row,
            "state": ticket.state,
            "kind": ticket.kind,
            "category": ticket.detail or ticket.category,
            "is_category_told": old.category is not None,
            "is_kind_told": old.kind is not None,
            "model": read.model_version,
            "lead": ticket.lead,
            "registered_at": ticket.registered_at,
            "closed_at": ticket.closed_at,
            "promised_at": ticket.promised_at,
            "part": dates,
            "score": old.score,
        }


def _past(old: OldTicket) -> Past:
    asked = Request(
        old.text, old.registered_at, title=old.title, line=old.line, caller_name=old.name, address=old.address
    )
    return Past(asked, old.category, old.kind, old.urgency)


def _part(ticket: Ticket, old: OldTicket) -> Assignment | None:
    """Return the lead's part: by the old platform's one due date, since its others are not known."""
    if old.department is None:
        return None
    due, begun = ticket.promised_at, old.dispatched_at or old.registered_at
    is_whole = old.state in {TicketState.ARCHIVED, TicketState.ANSWERED}
    return Assignment(
        city_code=ticket.city_code,
        ticket_id=ticket.id,
        ordinal=1,
        parent=None,
        role=AssignmentRole.LEAD,
        state=AssignmentState.ACCEPTED if is_whole else AssignmentState.RECALLED,
        department=old.department,
        because=ticket.because,
        is_designated=False,
        dispatched_at=begun,
        counted_from=begun,
        acknowledge_by=due,
        contact_by=due,
        reply_by=due,
        send_back_by=None,
        first_acknowledge_by=due,
        first_contact_by=due,
        first_reply_by=due,
        replied_at=old.replied_at,
        ended_at=ticket.closed_at,
        result=old.result,
    )


def _content(
    old: OldTicket, read: Understanding, ticket: Ticket, answer: str | None, reading: dict[str, Any]
) -> TicketText:
    return TicketText(
        text=f"{old.title}\n{old.text}" if old.title else old.text,
        brief=without_traces(read.masked_text[:SHORT_TEXT], old.name, ticket.disclosure),
        query_code=f"{secrets.randbelow(10**8):08d}",
        masked_text=read.masked_text,
        caller_name=old.name,
        caller_phone=old.phone,
        reading=reading,
        answer=answer,
    )


def _rating(ticket: Ticket, old: OldTicket) -> OldRating | None:
    if old.score is None:
        return None
    is_satisfied = old.score >= LEAST_SATISFIED
    return OldRating(
        city_code=ticket.city_code,
        ticket_id=ticket.id,
        at=ticket.closed_at or ticket.registered_at,
        solved=is_satisfied if old.result is None else old.result == "solved",
        satisfied=is_satisfied,
        score=old.score,
    )
