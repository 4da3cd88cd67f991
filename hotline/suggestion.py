"""公开的建议: rewritten by a person, with the citizen's consent; supported by others, studied, decided, done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.adoption import reason_of
from hotline.fields import required
from models.errors import Conflict, Forbidden, InvalidRequest
from models.labels import LABELS
from models.lifecycle import TicketState
from models.store import suggestions, tickets
from models.store.suggestions import Suggestion
from models.vocabulary import Identity, Kind, Role, SuggestionState
from nlu.normalise import plain

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.step import Step
    from models.store.database import Session

# What was never the city's to answer, or is answered elsewhere.
NOT_PUBLISHED: Final = frozenset(
    {TicketState.DECLINED, TicketState.MERGED, TicketState.WITHDRAWN, TicketState.VOID, TicketState.HANDED_OFF}
)
ADOPTED: Final = frozenset({SuggestionState.ADOPTED, SuggestionState.PARTLY_ADOPTED})
BEFORE: Final = {
    "study": frozenset({SuggestionState.PUBLISHED}),
    "done": ADOPTED,
    "unpublish": frozenset(SuggestionState),
}


class Publication(Struct, kw_only=True):
    """A suggestion in the hotline's own words, and how its citizen agreed that it is published (征得同意)."""

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    title: Annotated[str, Meta(min_length=4, max_length=40)]
    brief: Annotated[str, Meta(min_length=10, max_length=600)]
    consent: Literal["phone", "letter", "online", "visit"]


class SuggestionStep(Struct, kw_only=True):
    """`study`: it is being looked into, `text` says by whom or how. `done`: `text` says what was done. `unpublish`: consent withdrawn."""

    action: Literal["study", "done", "unpublish"]
    text: Annotated[str, Meta(max_length=300)] = ""


class Supporter(Struct, frozen=True):
    """Who supports: the blind index of a phone that was verified by a query code sent to it, or the digest of a visitor's token."""

    mark: bytes
    is_verified: bool


async def publish(step: Step, fields: Publication) -> Suggestion:
    """Publish a suggestion, as far as it is decided with its answer. Raises Conflict, InvalidRequest."""
    ticket, text = step.ticket, await step.text()
    if ticket.kind is not Kind.SUGGESTION or ticket.state in NOT_PUBLISHED:
        raise Conflict("只有受理的建议件可以公开")
    if ticket.identity is Identity.ANONYMOUS:
        raise Conflict("匿名建议无法征得本人同意，不能公开")
    for words, name in ((fields.title, "标题"), (fields.brief, "内容")):
        if step.hub.mask(words, text.caller_name) != plain(words):
            raise InvalidRequest(f"公开的{name}仍含个人信息（姓名、电话、证件、车牌），请改写")
    if _bare(fields.brief) in {_bare(text.masked_text), _bare(text.text)}:
        raise InvalidRequest("请用自己的话改写后公开，不能照搬诉求原文")
    adoption = await suggestions.decided(step.session, ticket.id)
    lead = next((part for part in reversed(list(step.parts.values())) if part.is_lead and part.reply), None)
    made = Suggestion(
        id=0,
        ticket_id=ticket.id,
        state=SuggestionState(adoption) if adoption else SuggestionState.PUBLISHED,
        title=required(fields.title, "标题", 4),
        brief=required(fields.brief, "内容", 10),
        category=ticket.category,
        answer=await reason_of(step, lead) if adoption and lead else None,
        consent=fields.consent,
        published_by=step.actor.name,
        published_at=step.at,
        decided_at=step.at if adoption else None,
    )
    made = replace(made, id=await suggestions.publish(step.session, made))
    step.record("suggestion_published", suggestion=made.id, consent=fields.consent)
    await step.tell_all("suggestion_published", title=made.title)
    return made


async def move(step: Step, suggestion_id: int, fields: SuggestionStep) -> Suggestion:
    """Say that it is studied, done, or no longer published. Raises NotFound, Forbidden, Conflict, InvalidRequest."""
    found = await suggestions.get(step.session, suggestion_id)
    is_department = step.actor.role is Role.DEPARTMENT
    if is_department and (step.ticket.lead != step.actor.department or fields.action == "unpublish"):
        raise Forbidden("只有主办单位可以说明研究和落实情况，撤下由热线办理")
    if found.state not in BEFORE[fields.action]:
        raise Conflict(f"该建议{LABELS['suggestion_state'][found.state]}，不能这样办理")
    text = step.hub.mask(fields.text, (await step.text()).caller_name).strip()
    step.record(f"suggestion_{fields.action}", suggestion=found.id)
    match fields.action:
        case "study":
            await step.tell_all("suggestion_studied", text=text)
            found = replace(found, state=SuggestionState.UNDER_STUDY, studied_at=step.at)
        case "done":
            text = required(text, "落实情况", 4)
            await step.tell_all("suggestion_done", text=text)
            found = replace(found, state=SuggestionState.DONE, done=text, done_at=step.at)
        case "unpublish":
            found = replace(found, withdrawn_at=step.at)
    await suggestions.change(step.session, found)
    return found


async def support(session: Session, at: datetime, suggestion_id: int, supporter: Supporter) -> bool:
    """Count a supporter once; tells whether it was new. Raises NotFound, Conflict: nobody supports what is their own."""
    found = await suggestions.get(session, suggestion_id)
    if supporter.is_verified and supporter.mark == (await tickets.get(session, found.ticket_id)).caller_index:
        raise Conflict("这是您自己提出的建议，无须再支持")
    return await suggestions.support(session, found.id, supporter.mark, at, is_verified=supporter.is_verified)


def _bare(text: str) -> str:
    return "".join(plain(text).split())
