"""知识库: found, read, written, approved, corrected, confirmed; what is missing; a draft of an answer that cites."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import knowledge_entry
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named
from hotline.keys import HUB
from hotline.knowledge import draft_answer, report_gap, search
from models.errors import InvalidRequest, NotFound
from models.knowledge import EntryKind, Guide
from models.store import knowledge
from models.ticket import number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.knowledge import Entry
    from models.store.knowledge import Version
    from models.ticket import Actor

EARLIEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), 0)
KINDS: Final = ("correction", "confirmation", "gap")
LONGEST_QUESTION: Final = 400

Question = Annotated[str, Meta(min_length=2, max_length=LONGEST_QUESTION)]


class EntryPage(Struct, kw_only=True):
    """One version of an entry. `words` is all that it says, as it is read out."""

    code: str
    version: Count
    kind: EntryKind
    title: str
    category: Named
    owner: Named
    keywords: list[str]
    words: str
    guide: Guide | None
    basis: list[str]
    valid_from: date
    valid_until: date | None
    confirm_by: date


class Found(Struct, kw_only=True):
    """An entry that may answer; `score` compares hits of one question."""

    score: float
    entry: EntryPage


class Hits(Struct, kw_only=True):
    """What answers a question, the best first; published and valid today."""

    hits: list[Found]


class VersionLine(Struct, kw_only=True):
    """A version and what became of it: draft, published, rejected, replaced or withdrawn.

    `allowed_actions` are the asker's, `revise` is a new version; of these `needs_reason` are refused without one.
    """

    entry: EntryPage
    state: str
    author: str
    written_at: datetime
    from_ticket: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    allowed_actions: list[str]
    needs_reason: list[str]


class Versions(Struct, kw_only=True):
    """Every version of an entry, newest first, or what waits for approval."""

    versions: list[VersionLine]


class TaskLine(Struct, kw_only=True):
    """待办: an entry to mend or to confirm, or a question to write an entry for, asked so many times."""

    id: str
    kind: str
    code: str | None
    version: int | None
    words: str
    owner: Named | None
    asked: Count
    opened_by: str
    opened_at: datetime
    due_at: datetime
    is_late: bool


class Tasks(Struct, kw_only=True):
    """One page of open tasks, the nearest due time first."""

    tasks: list[TaskLine]
    cursor: Cursor


class Asked(Struct, kw_only=True):
    """A question in the citizen's words."""

    question: Question


class Citation(Struct, kw_only=True):
    """What an answer rests on."""

    code: str
    version: Count
    title: str
    owner: Named
    valid_until: date | None


class AnswerDraft(Struct, kw_only=True):
    """An answer to read out, null where nothing is found, with what it rests on, the best first."""

    text: str | None
    citations: list[Citation]


class Kept(Struct, kw_only=True):
    """What was said is kept."""

    kept: bool


class Outcome(Struct, kw_only=True):
    """What was done about a task."""

    outcome: Annotated[str, Meta(min_length=1, max_length=1000)]


async def found(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/knowledge?q=."""
    hub = request.app[HUB]
    question = body.query(request, "q") or ""
    if not question.strip():
        raise InvalidRequest("请用参数 q 给出要查的问题")
    try:
        kind = EntryKind(text) if (text := body.query(request, "kind")) else None
    except ValueError as error:
        raise InvalidRequest("参数 kind 应为 article 或 guide") from error
    category, most = body.query(request, "category"), body.page_size(request)
    hits = await search(hub, question[:LONGEST_QUESTION], kind=kind, category=category, most=most)
    shown = [{"score": round(hit.score, 3), "entry": _entry(hub, hit.entry)} for hit in hits]
    return body.answer({"hits": shown}, Hits)


async def drafted(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge/answer."""
    hub = request.app[HUB]
    _, asked = await body.read_body(request, Asked)
    text, used = await draft_answer(hub, asked.question)
    citations = [
        {
            "code": one.code,
            "version": one.version,
            "title": one.title,
            "owner": _department(hub, one.owner),
            "valid_until": one.valid_until,
        }
        for one in used
    ]
    return body.answer({"text": text or None, "citations": citations}, AnswerDraft)


async def missing(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge/gaps."""
    _, asked = await body.read_body(request, Asked)
    await report_gap(request.app[HUB], actor, asked.question)
    return body.answer({"kept": True}, Kept)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/knowledge/{entry}."""
    hub, code = request.app[HUB], request.match_info["entry"]
    versions = await hub.database.read(lambda session: knowledge.versions(session, code))
    if not versions:
        raise NotFound(f"没有编号为“{code}”的知识条目")
    return _versions(hub, actor, versions)


async def waiting(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/knowledge/drafts."""
    hub = request.app[HUB]
    owner = actor.department if actor.role is Role.DEPARTMENT else None
    return _versions(hub, actor, await hub.database.read(lambda session: knowledge.drafts(session, owner)))


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge."""
    return await _write(request, actor, None)


async def revise(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge/{entry}/versions."""
    return await _write(request, actor, request.match_info["entry"])


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge/{entry}/steps."""
    hub = request.app[HUB]
    _, asked = await body.read_body(request, knowledge_entry.EntryStep)
    return _versions(hub, actor, await knowledge_entry.move(hub, actor, request.match_info["entry"], asked))


async def tasks(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/knowledge/tasks."""
    hub = request.app[HUB]
    kind = body.query(request, "kind")
    if kind is not None and kind not in KINDS:
        raise InvalidRequest(f"参数 kind 应为 {'、'.join(KINDS)} 之一")
    owner = actor.department if actor.role is Role.DEPARTMENT else None
    after, size = body.read_cursor(request, tuple[datetime, int]) or EARLIEST, body.page_size(request)
    page = await hub.database.read(lambda session: knowledge.tasks(session, kind, owner, after, size))
    lines = [
        {**{name: getattr(task, name) for name in task.__struct_fields__}, "id": str(task.id), "owner": None}
        | {"is_late": task.due_at < hub.now()}
        | ({"owner": _department(hub, task.owner)} if task.owner else {})
        for task in page
    ]
    last = page[-1] if len(page) == size else None
    return body.answer({"tasks": lines, "cursor": body.make_cursor(last.due_at, last.id) if last else None}, Tasks)


async def close(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/knowledge/tasks/{id}/close."""
    _, asked = await body.read_body(request, Outcome)
    await knowledge_entry.close_task(request.app[HUB], actor, int(request.match_info["id"]), asked.outcome)
    return body.answer({"kept": True}, Kept)


async def _write(request: web.Request, actor: Actor, code: str | None) -> web.Response:
    hub = request.app[HUB]
    _, fields = await body.read_body(request, knowledge_entry.EntryFields)
    return body.answer(_entry(hub, await knowledge_entry.write(hub, actor, code, fields)), EntryPage, status=201)


def _versions(hub: Hub, actor: Actor, versions: list[Version]) -> web.Response:
    drafted = {one.entry.code for one in versions if one.state == "draft"}
    lines = []
    for one in versions:
        allowed = knowledge_entry.allowed_actions(actor, one, has_draft=one.entry.code in drafted)
        line = {
            "entry": _entry(hub, one.entry),
            "state": one.state,
            "author": one.author,
            "written_at": one.written_at,
            "from_ticket": number_of(one.from_ticket) if one.from_ticket is not None else None,
            "decided_by": one.decided_by,
            "decided_at": one.decided_at,
            "reason": one.reason,
            "allowed_actions": allowed,
            "needs_reason": [action for action in allowed if action in knowledge_entry.NEEDS_REASON],
        }
        lines.append(line)
    return body.answer({"versions": lines}, Versions)


def _entry(hub: Hub, entry: Entry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in EntryPage.__struct_fields__},
        "category": {"code": entry.category, "name": hub.category_name(entry.category)},
        "owner": _department(hub, entry.owner),
    }


def _department(hub: Hub, code: str) -> dict[str, str]:
    return {"code": code, "name": hub.department_name(code)}
