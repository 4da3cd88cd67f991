"""查阅复制、删除个人信息: what is kept of one person, for whoever has proved to be that person; by the security auditor.

Erasing needs a second person (hotline.countersign), who signs on the newest ticket of that person for exactly those tickets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import countersign, erasing
from hotline.countersign import Unsigned, Waiting, Wanted
from hotline.erasing import Because
from hotline.fields import required
from hotline.request import phone_digits
from hotline.step import Step
from models.errors import Conflict, Forbidden, InvalidRequest
from models.store import access_log, attachments, erasures, persons, tickets, users
from models.store.access_log import Access
from models.ticket import Actor, id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.persons import Person
    from models.ticket import Ticket


_NOT_NAMED: Final = "未列入本次删除"


class Stays(Struct, frozen=True, kw_only=True):
    """A ticket that is not erased, and why."""

    ticket_id: int
    why: str


class Erasable(Struct, frozen=True, kw_only=True):
    """What of a person would be erased, and what must stay: tickets in order, files of the first, calls with chats, limits."""

    tickets: list[int]
    stays: list[Stays]
    files: int
    calls: int
    calls_stay: int
    limits: int
    limits_stay: int
    second: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing that could be erased."""
        return not (self.tickets or self.calls or self.limits)


async def take_out(session: Session, phone: str, by: str, reason: str, at: datetime) -> Person:
    """Return everything of a phone, and write down who took it and why. Raises InvalidRequest, NotFound, Forbidden."""
    reason = required(reason, "导出理由", 4)
    index = _index(session, phone)
    await _check_auditor(session, by, "导出")
    found = await persons.of_phone(session, index)
    access = Access(at=at, by_user=by, role=Role.AUDITOR, what="personal_data", ticket_id=None, reason=reason)
    await access_log.note(session, access)
    return found


async def erasable(hub: Hub, session: Session, phone: str, only: Collection[str], at: datetime) -> Erasable:
    """Return what would be erased of a phone, and what must stay and why (个人信息保护法§47); of some tickets `only`, where any is named.

    A phone may be a family's. Raises InvalidRequest, NotFound, Conflict.
    """
    return await _erasable(hub, session, _index(session, phone), only, at)


async def erase(hub: Hub, phone: str, by: str, reason: str, only: Collection[str] = ()) -> Erasable | Waiting:
    """Erase what may be erased of a phone once a second person has signed for it; else ask for that signature.

    Raises InvalidRequest, NotFound, Forbidden, Conflict where there is nothing to erase, CountersignWaiting.
    """
    reason = required(reason, "删除理由", 4)

    async def work(session: Session) -> Erasable:
        return await _erase(hub, session, phone, by, reason, only)

    try:
        return await hub.database.write(work)
    except Unsigned as unsigned:
        wanted = unsigned.wanted

    async def ask(session: Session) -> Waiting:
        step = await _step(hub, session, phone, by)
        waits = await countersign.ask(step, wanted)
        await step.write()
        return waits

    return await hub.database.write(ask)


async def _erase(hub: Hub, session: Session, phone: str, by: str, reason: str, only: Collection[str]) -> Erasable:
    await _check_auditor(session, by, "删除")
    step = await _step(hub, session, phone, by)
    index, at = _index(session, phone), step.at
    found = await _erasable(hub, session, index, only, at)
    if found.is_nothing:
        raise Conflict("没有可以删除的个人信息")
    wanted = Wanted(what="erase", fields=_exact(found, is_all=not only), reason=reason)
    second = await countersign.check_own(step, wanted)
    if second is None:
        raise Unsigned(wanted)
    await erasing.erase(hub, session, step.actor, found.tickets, Because.ASKED, at=at, second=second)
    if not only:
        await erasures.erase_calls(session, await erasures.calls_of_phone(session, index), is_over=False)
        await erasures.erase_phone(session, index, at)
    access = Access(at=at, by_user=by, role=Role.AUDITOR, what="erase", ticket_id=None, second=second, reason=reason)
    await access_log.note(session, access)
    return msgspec.structs.replace(found, second=second)


def _exact(found: Erasable, *, is_all: bool) -> str:
    """Return what is signed: these tickets alone, or with them so many calls and limits of the phone."""
    rest = {"calls": found.calls, "limits": found.limits} if is_all else {}
    return msgspec.json.encode({"tickets": [number_of(one) for one in found.tickets], **rest}).decode()


async def _erasable(hub: Hub, session: Session, index: bytes, only: Collection[str], at: datetime) -> Erasable:
    goes, stays, wanted = [], list[Stays](), {id_of(number) for number in only}
    for ticket_id in await erasures.tickets_of_phone(session, index):
        why = _NOT_NAMED if wanted and ticket_id not in wanted else None
        why = why or await _why_kept(hub, session, await tickets.get(session, ticket_id), at)
        if why is None:
            goes.append(ticket_id)
        else:
            stays.append(Stays(ticket_id=ticket_id, why=why))
    # What comes of the tickets goes with them.
    calls = await erasures.calls_of_phone(session, index)
    free = [] if only else await erasures.free_calls(session, calls, is_over=False, besides=goes)
    limits = await erasures.limits(session, index, at)
    return Erasable(
        tickets=goes,
        stays=stays,
        files=sum([len(await attachments.of_ticket(session, one)) for one in goes]),
        calls=len(free),
        calls_stay=len(calls) - len(free),
        limits=0 if only else limits.over,
        limits_stay=limits.holding,
    )


async def _why_kept(hub: Hub, session: Session, ticket: Ticket, at: datetime) -> str | None:
    """Return why a ticket stays though its citizen wants it erased, None where it goes."""
    terms = erasing.kept(hub, ticket)
    if terms is None:
        raise Conflict("本市尚未制定保存期限（retention.toml），不能判断哪些个人信息可以删除")
    why = await erasing.must_stay(session, ticket)
    if why is None and (ticket.closed_at is None or ticket.closed_at >= terms.on_request_after.before(at)):
        why = f"结束未满{terms.on_request_after.words}，依法保留（{terms.basis}）"
    return why


async def _step(hub: Hub, session: Session, phone: str, by: str) -> Step:
    """Lock the tickets of a phone in order, and take the newest in hand: the signature stands on it."""
    ids = await erasures.tickets_of_phone(session, _index(session, phone))
    if not ids:
        raise Conflict("该号码名下没有工单；没有形成工单的来话和会话到保存期满由后台删除")
    for ticket_id in ids:
        ticket = await tickets.lock(session, ticket_id)
    parts = await tickets.assignments(session, ticket.id)
    return Step(hub, session, Actor(Role.AUDITOR, by), hub.now(), ticket, parts)


async def _check_auditor(session: Session, by: str, doing: str) -> None:
    account = await users.lock(session, by)
    if account.role is not Role.AUDITOR or account.disabled_at is not None:
        raise Forbidden(f"账号“{by}”不是在用的安全审计员，不能{doing}个人信息")


def _index(session: Session, phone: str) -> bytes:
    digits = phone_digits(phone)
    if len(digits) < 5:
        raise InvalidRequest("电话号码无效")
    return session.keyring.blind_index(digits)
