"""What the chatbot did not understand, reviewed by people (话术复核): examples to train on; and the figures of its conversations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from hotline import chat_figures
from hotline.api import body
from hotline.api.shapes import Count, Cursor
from hotline.fields import required
from hotline.keys import HUB
from hotline.talking import without_code
from models.conversation import INTENT_NAMES
from models.errors import InvalidRequest
from models.store import utterances
from models.store.utterances import Decision, Review

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.store.utterances import Utterance
    from models.ticket import Actor

UTTERANCE: Final = "^[0-9]{1,18}-[0-9]{1,9}$"
Share = Annotated[float, Meta(ge=0, le=1)] | None
UtteranceId = Annotated[str, Meta(pattern=UTTERANCE)]
Intent = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$")]


class UtteranceLine(Struct, kw_only=True):
    """What a citizen said, masked; how it was read, how surely, and the first thing that was answered."""

    id: UtteranceId
    text: str
    intent: str | None
    confidence: float | None
    is_unanswered: bool
    answer: str | None
    at: datetime


class UtteranceLines(Struct, kw_only=True):
    """What waits for a review, the newest first."""

    utterances: list[UtteranceLine]
    cursor: Cursor


class UtteranceReview(Struct, kw_only=True, forbid_unknown_fields=True):
    """`taught` makes an example of `intent`, in the words as they were or as `text` has them; `dismissed` makes nothing."""

    decision: Decision
    intent: Intent | None = None
    text: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class UtteranceReviewed(Struct, kw_only=True):
    """What was decided."""

    id: UtteranceId
    decision: Decision


class UtteranceExample(Struct, kw_only=True):
    """An example to train the chatbot on."""

    id: UtteranceId
    text: str
    intent: str
    reviewed_by: str
    reviewed_at: datetime


class UtteranceExamples(Struct, kw_only=True):
    """Examples that people have made, the oldest first."""

    examples: list[UtteranceExample]
    cursor: Cursor


class ChatFigures(Struct, kw_only=True):
    """How the conversations of a period went; conversations = under_way + ended. A share of nothing is null."""

    since: datetime
    until: datetime
    conversations: Count
    under_way: Count
    ended: Count
    completed: Annotated[int, Meta(ge=0, description="有结果而结束")]
    taken_over: Annotated[int, Meta(ge=0, description="请求过人工")]
    contained: Annotated[int, Meta(ge=0, description="未请求人工而结束")]
    with_ticket: Annotated[int, Meta(ge=0, description="登记了工单")]
    emergencies: Annotated[int, Meta(ge=0, description="有紧急转接")]
    turns: Annotated[int, Meta(ge=0, description="诉求人说的句数")]
    unanswered: Annotated[int, Meta(ge=0, description="其中机器人答不上的")]
    turns_to_ticket: Annotated[float | None, Meta(description="登记首件工单所用句数（中位数）")]
    completion_rate: Share
    containment_rate: Share
    takeover_rate: Share
    unanswered_rate: Share


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/chats/utterances."""
    size, before = body.page_size(request), body.read_cursor(request, utterances.Place)
    found = await request.app[HUB].database.read(lambda session: utterances.waiting(session, before, size))
    last = found[-1] if len(found) == size else None
    cursor = body.make_cursor(last.at, last.conversation, last.seq) if last else None
    return body.answer({"utterances": [_line(one) for one in found], "cursor": cursor}, UtteranceLines)


async def review(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/chats/utterances/{utterance}/review."""
    hub = request.app[HUB]
    conversation, _, seq = request.match_info["utterance"].partition("-")
    _, wanted = await body.read_body(request, UtteranceReview)
    if (wanted.intent is not None) != (wanted.decision == "taught"):
        raise InvalidRequest("作为样例（taught）须填写 intent；不采用（dismissed）的不填")
    if wanted.intent is not None and wanted.intent not in INTENT_NAMES:
        raise InvalidRequest(f"机器人没有意图“{wanted.intent}”，可用：{'、'.join(INTENT_NAMES)}")

    async def work(session: Session) -> None:
        was = await utterances.masked_text(session, int(conversation), int(seq))
        # A person may have written a name or a number in, and what was kept long ago was masked as it was then.
        text = without_code(hub.mask(was if wanted.text is None else required(wanted.text, "样例文字", 1)))
        made = Review(
            conversation=int(conversation),
            seq=int(seq),
            decision=wanted.decision,
            intent=wanted.intent,
            text=text,
            by=actor.name,
        )
        await utterances.review(session, made, hub.now())

    await hub.database.write(work)
    return body.answer({"id": request.match_info["utterance"], "decision": wanted.decision}, UtteranceReviewed)


async def examples(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/chats/examples."""
    size, after = body.page_size(request), body.read_cursor(request, utterances.Place)
    found = await request.app[HUB].database.read(lambda session: utterances.taught(session, after, size))
    last = found[-1] if len(found) == size else None
    lines = [
        {
            "id": f"{one.conversation}-{one.seq}",
            **{name: getattr(one, name) for name in ("text", "intent", "reviewed_by", "reviewed_at")},
        }
        for one in found
    ]
    cursor = body.make_cursor(last.reviewed_at, last.conversation, last.seq) if last else None
    return body.answer({"examples": lines, "cursor": cursor}, UtteranceExamples)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/chats/figures."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)
    found = await hub.database.read(lambda session: chat_figures.figures(session, since, until))
    return body.answer({"since": since, "until": until, **found}, ChatFigures)


def _line(one: Utterance) -> dict[str, object]:
    told = ("text", "intent", "confidence", "is_unanswered", "answer", "at")
    return {"id": f"{one.conversation}-{one.seq}", **{name: getattr(one, name) for name in told}}
