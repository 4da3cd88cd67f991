"""知识条目: written by whoever knows, approved by a second person, corrected by seats, confirmed by its owner, taken down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from hotline.fields import CategoryCode, DepartmentCode, required
from models.errors import Conflict, Forbidden, InvalidRequest, NotFound
from models.knowledge import Entry, EntryKind, Guide
from models.store import knowledge, tickets
from models.ticket import id_of, number_of
from models.vocabulary import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.knowledge import Task, Version
    from models.ticket import Actor

CLOCK: Final = "clock"
CORRECTED_WITHIN: Final = timedelta(days=5)
CONFIRMED_EVERY: Final = timedelta(days=180)
# The owner is asked so long before the day by which it must have said that an entry still holds.
ASKED_BEFORE: Final = timedelta(days=14)
EDITORS: Final = frozenset({Role.KNOWLEDGE, Role.SUPERVISOR, Role.ADMINISTRATOR})

# What is not done without saying why.
NEEDS_REASON: Final = ("reject", "withdraw", "correct")

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Lines = Annotated[list[Line], Meta(max_length=30)]
Title = Annotated[str, Meta(min_length=4, max_length=60)]
Body = Annotated[str, Meta(max_length=4000)]
Days = Annotated[int, Meta(ge=0, le=365)]


class GuideFields(Struct, kw_only=True):
    """办事指南, as it is written."""

    who: Lines
    bring: Lines = []
    place: Lines
    hours: Line
    days: Days
    fee: Line
    online: Annotated[str, Meta(max_length=200)] = ""
    steps: Lines


class EntryFields(Struct, kw_only=True):
    """A version of an entry, as it is written: an article's `body` or a `guide`; an article `from_ticket` tells its reply."""

    title: Title
    category: CategoryCode
    owner: DepartmentCode
    keywords: Lines = []
    body: Body = ""
    guide: GuideFields | None = None
    basis: Lines = []
    valid_from: date | None = None
    valid_until: date | None = None
    from_ticket: str | None = None


class EntryStep(Struct, kw_only=True):
    """One step of an entry: `approve` and `reject` its draft; `withdraw`, `confirm` and `correct` what is published.

    `reason` is needed to reject, withdraw and correct.
    """

    action: Literal["approve", "reject", "withdraw", "confirm", "correct"]
    reason: Annotated[str, Meta(max_length=1000)] = ""


async def write(hub: Hub, actor: Actor, code: str | None, fields: EntryFields) -> Entry:
    """Keep a draft, of a new entry where no code is given. Raises Forbidden, InvalidRequest, NotFound, Conflict."""
    _may_write(actor, fields.owner)
    _check(hub, fields)

    async def work(session: Session) -> Entry:
        earlier = await knowledge.locked(session, code) if code else []
        if code and not earlier:
            raise NotFound(f"没有编号为“{code}”的知识条目")
        if earlier:
            _may_write(actor, earlier[0].entry.owner)
        if any(one.state == "draft" for one in earlier):
            raise Conflict("该条目已有待审核的版本，请先审核")
        body, ticket_id = fields.body.strip(), None
        if fields.from_ticket is not None:
            ticket_id = id_of(fields.from_ticket)
            await _check_source(hub, session, actor, ticket_id)
            body = body or await _reply_of(hub, session, ticket_id)
        entry = _entry(hub, fields, body, code or f"K{await knowledge.next_number(session):06d}", len(earlier) + 1)
        await knowledge.add(session, entry, actor.name, hub.now(), ticket_id)
        return entry

    return await hub.database.write(work)


async def move(hub: Hub, actor: Actor, code: str, asked: EntryStep) -> list[Version]:
    """Approve, reject, withdraw, confirm or correct; returns every version. Raises NotFound, Forbidden, Conflict."""

    async def work(session: Session) -> list[Version]:
        found = await knowledge.locked(session, code)
        if not found:
            raise NotFound(f"没有编号为“{code}”的知识条目")
        if asked.action in {"approve", "reject"}:
            await _decide(hub, session, actor, found, asked)
        else:
            await _about_published(hub, session, actor, found, asked)
        return await knowledge.versions(session, code)

    return await hub.database.write(work)


def allowed_actions(actor: Actor, one: Version, *, has_draft: bool) -> list[str]:
    """Return what somebody may do with one version of an entry, `revise` being a new version; the hub refuses the same."""
    edits = actor.role in EDITORS
    if one.state == "draft":
        return ["approve", "reject"] if edits and one.author != actor.name else []
    found = ["correct"] if one.state == "published" else []
    if not edits and actor.department != one.entry.owner:
        return found
    found += ["confirm", "withdraw"] if one.state == "published" else []
    return found if has_draft else [*found, "revise"]


async def close_task(hub: Hub, actor: Actor, task_id: int, outcome: str) -> Task:
    """End a task with what was done. Raises NotFound, Forbidden."""
    said = required(outcome, "处理结果", 4)

    async def work(session: Session) -> Task:
        task = await knowledge.task(session, task_id)
        if task is None:
            raise NotFound("没有该任务，或已办结")
        if actor.role not in EDITORS and (task.owner is None or task.owner != actor.department):
            raise Forbidden("该任务由知识管理员或条目的责任单位办理")
        await knowledge.close(session, task_id, actor.name, hub.now(), said)
        return task

    return await hub.database.write(work)


async def remind(hub: Hub) -> int:
    """Ask the owners of what is to be confirmed soon; returns how many were asked anew."""
    until, at = hub.today() + ASKED_BEFORE, hub.now()
    return await hub.database.write(lambda session: knowledge.remind(session, until, CLOCK, at))


async def _decide(hub: Hub, session: Session, actor: Actor, found: Sequence[Version], asked: EntryStep) -> None:
    """审核: a second person publishes the draft, or says what is wrong with it."""
    if actor.role not in EDITORS:
        raise Forbidden("知识条目由知识管理员或督办员审核")
    draft = next((one for one in found if one.state == "draft"), None)
    if draft is None:
        raise Conflict("该条目没有待审核的版本")
    if draft.author == actor.name:
        raise Conflict("起草人不能审核自己写的版本，请由另一人审核")
    at = hub.now()
    if asked.action == "reject":
        await knowledge.decide(session, draft.entry, "rejected", actor.name, at, required(asked.reason, "退回理由", 4))
        return
    for one in found:
        if one.state == "published":
            await knowledge.decide(session, one.entry, "replaced", actor.name, at)
    await knowledge.decide(session, draft.entry, "published", actor.name, at)
    await knowledge.settle(session, draft.entry.code, actor.name, at, f"已发布第{draft.entry.version}版")


async def _about_published(
    hub: Hub, session: Session, actor: Actor, found: Sequence[Version], asked: EntryStep
) -> None:
    """纠错 by anybody; 确认 and 下架 by the owner or an editor."""
    current = next((one.entry for one in found if one.state == "published"), None)
    if current is None:
        raise Conflict("该条目没有已发布的版本")
    at = hub.now()
    if asked.action == "correct":
        words = hub.mask(required(asked.reason, "纠错内容", 4), None)
        await knowledge.correct(session, current, words, actor.name, at, at + CORRECTED_WITHIN)
        return
    _may_write(actor, current.owner)
    if asked.action == "confirm":
        await knowledge.confirm(session, current, hub.today() + CONFIRMED_EVERY)
        await knowledge.settle(session, current.code, actor.name, at, "责任单位已确认", only="confirmation")
        return
    reason = required(asked.reason, "下架理由", 4)
    await knowledge.decide(session, current, "withdrawn", actor.name, at, reason)
    await knowledge.settle(session, current.code, actor.name, at, f"已下架：{reason}")


def _may_write(actor: Actor, owner: str) -> None:
    if actor.role not in EDITORS and actor.department != owner:
        raise Forbidden("只能编写、确认、下架本单位负责的知识条目")


def _check(hub: Hub, fields: EntryFields) -> None:
    if fields.category not in hub.city.categories:
        raise InvalidRequest(f"没有代码为“{fields.category}”的分类")
    if fields.owner not in hub.city.departments:
        raise InvalidRequest(f"没有代码为“{fields.owner}”的单位")
    if fields.guide is None and not fields.body.strip() and fields.from_ticket is None:
        raise InvalidRequest("请填写 body（知识正文）、guide（办事指南）或 from_ticket（由工单答复生成）")
    if fields.valid_until is not None and fields.valid_until < (fields.valid_from or hub.today()):
        raise InvalidRequest("有效期的截止日期早于起始日期")


async def _check_source(hub: Hub, session: Session, actor: Actor, ticket_id: int) -> None:
    """Raise NotFound for a ticket that the writer's department may not know of, Conflict for one that accuses somebody."""
    ticket, parts = await tickets.get(session, ticket_id), await tickets.assignments(session, ticket_id)
    if actor.department is not None and not hub.may_know(actor.department, ticket, parts):
        raise NotFound(f"没有编号为“{ticket.number}”的工单，请核对工单号")
    # Who has it in hand and is accused later is not told so by this either.
    if ticket.kind is Kind.TIP_OFF or (actor.department is None and ticket.recused):
        raise Conflict("举报件和反映单位作风的工单，其答复不能生成知识")


async def _reply_of(hub: Hub, session: Session, ticket_id: int) -> str:
    """Return the lead's last reply without what names persons. Raises NotFound, Conflict."""
    ticket = await tickets.get(session, ticket_id)
    text = await tickets.text(session, ticket_id)
    for part in reversed(await tickets.assignments(session, ticket_id)):
        if part.is_lead and part.reply:
            place = f"{part.ticket_id}/{part.ordinal}"
            return hub.mask(session.keyring.unseal(part.reply, "assignments", "reply", place), text.caller_name)
    raise Conflict(f"工单{number_of(ticket.id)}没有主办单位的答复，不能生成知识")


def _entry(hub: Hub, fields: EntryFields, body: str, code: str, version: int) -> Entry:
    guide = fields.guide
    return Entry(
        code=code,
        version=version,
        kind=EntryKind.GUIDE if guide else EntryKind.ARTICLE,
        title=fields.title.strip(),
        category=fields.category,
        owner=fields.owner,
        keywords=tuple(fields.keywords),
        body=body,
        guide=_guide(guide) if guide else None,
        basis=tuple(fields.basis),
        valid_from=fields.valid_from or hub.today(),
        valid_until=fields.valid_until,
        confirm_by=hub.today() + CONFIRMED_EVERY,
    )


def _guide(fields: GuideFields) -> Guide:
    return Guide(
        who=tuple(fields.who),
        bring=tuple(fields.bring),
        place=tuple(fields.place),
        hours=fields.hours,
        days=fields.days,
        fee=fields.fee,
        online=fields.online,
        steps=tuple(fields.steps),
    )
