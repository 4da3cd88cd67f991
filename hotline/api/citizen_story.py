"""What became of a request in plain words: the stages that it has reached and, by date, what was done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline.erasing import ERASED
from models.lifecycle import Action, TicketState
from models.store import events, suggestions, tickets
from models.store.suggestions import Suggestion
from models.ticket import id_of
from models.trail import DamagedTrail, event_fields

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from models.store.database import Session
    from models.trail import TicketEvent

# The way of a request that a department works on, and what brings it to each stage.
WAY: Final = {
    TicketState.ON_DESK: ("已登记", frozenset({Action.REGISTER})),
    TicketState.ASSIGNED: ("承办单位办理", frozenset({Action.DISPATCH, Action.REASSIGN, Action.DESIGNATE})),
    TicketState.IN_REVIEW: ("审核答复", frozenset({Action.SIGN_OFF})),
    TicketState.FOLLOW_UP: ("请您评价", frozenset({Action.APPROVE})),
    TicketState.CLOSED: ("已办结", frozenset({Action.CLOSE})),
}
ORDER: Final = tuple(WAY)
_TOLD: Final[dict[str, str]] = {
    Action.REGISTER: "您的诉求已登记",
    Action.DISPATCH: "已交承办单位办理",
    Action.REASSIGN: "已改由其他单位办理",
    Action.DESIGNATE: "已指定承办单位办理",
    Action.ACKNOWLEDGE: "承办单位已签收",
    Action.CONTACT: "承办单位已与您联系",
    Action.DECIDE_EXTENSION: "经批准延期",
    Action.DECIDE_DEFERRAL: "受客观条件限制，暂缓解决",
    Action.SIGN_OFF: "承办单位已提交办理结果，正在审核",
    Action.APPROVE: "办理结果已审核，请您评价",
    Action.SUPPLEMENT: "您补充了情况",
    Action.URGE: "您催促了办理",
    Action.RATE: "您作了评价",
    Action.ASK_REOPEN: "您申请了重办",
    Action.REOPEN: "已重新办理",
    Action.MERGE: "与同一事项合并办理",
    Action.ANSWER: "热线已直接答复",
    Action.DECLINE: "不属于热线受理范围",
    Action.WITHDRAW: "您撤回了诉求",
    Action.CLOSE: "已办结",
    ERASED: "个人信息已删除",
}
# What is a citizen's own is not told to another, whose request the same ticket answers.
_OWN: Final = frozenset[str](
    {
        Action.REGISTER,
        Action.CONTACT,
        Action.SUPPLEMENT,
        Action.URGE,
        Action.RATE,
        Action.ASK_REOPEN,
        Action.WITHDRAW,
        Action.MERGE,
        ERASED,
    }
)
_ASKED_FOR: Final[dict[str, Action]] = {
    Action.DECIDE_EXTENSION: Action.REQUEST_EXTENSION,
    Action.DECIDE_DEFERRAL: Action.REQUEST_DEFERRAL,
}


class Stage(Struct, frozen=True, kw_only=True):
    """One stage of the way; `at` is None where it is not reached, or nobody wrote down when."""

    name: str
    at: datetime | None
    is_past: bool
    is_now: bool


class News(Struct, frozen=True, kw_only=True):
    """What was done, and why where the citizen is owed a reason."""

    at: datetime
    words: str
    reason: str = ""


class Story(Struct, frozen=True, kw_only=True):
    """No stages where no department works on it; the news are newest first."""

    stages: list[Stage]
    news: list[News]
    first_promised_at: datetime
    suggestion: Suggestion | None


async def story_of(session: Session, number: str) -> Story:
    """Return the story of a ticket; of a merged one what was done on the common one. Raises NotFound."""
    ticket = await tickets.get(session, id_of(number))
    is_merged = ticket.state is TicketState.MERGED and ticket.merged_into is not None
    common = await tickets.get(session, ticket.merged_into) if is_merged and ticket.merged_into else ticket
    leads = {part.ordinal for part in await tickets.assignments(session, common.id) if part.is_lead}
    own = await _read(session, ticket.id, leads if common is ticket else set())
    done, reached = [one for _, one in own], own
    if common is not ticket:
        reached = await _read(session, common.id, leads)
        since = max((one.at for action, one in own if action == Action.MERGE), default=ticket.registered_at)
        done += [one for action, one in reached if action not in _OWN and one.at > since]
    return Story(
        stages=_stages(common.state, reached),
        # What was done in one moment stands in the order in which it was done.
        news=sorted(done, key=lambda one: one.at)[::-1],
        first_promised_at=ticket.first_promised_at,
        suggestion=await suggestions.of_ticket(session, ticket.id),
    )


async def _read(session: Session, ticket_id: int, leads: set[int]) -> list[tuple[str, News]]:
    """Return nothing of a damaged trail: the hotline is told of it elsewhere, the citizen still sees where it stands."""
    try:
        return list(_by_action(await events.of_ticket(session, ticket_id), leads))
    except DamagedTrail:
        return []


def _by_action(trail: Iterable[TicketEvent], leads: set[int]) -> Iterable[tuple[str, News]]:
    """Yield what concerns the citizen, oldest first: of the parts, the lead's alone."""
    reasons: dict[tuple[str, Any], str] = {}
    for event in trail:
        fields = event_fields(event)
        if event.type in _ASKED_FOR.values():
            reasons[event.type, fields.get("assignment")] = fields.get("reason", "")
        if event.type not in _TOLD or not _concerns(event, fields, leads):
            continue
        asked = _ASKED_FOR.get(event.type)
        reason = reasons.get((asked, fields.get("assignment")), "") if asked else ""
        yield event.type, News(at=event.at, words=_TOLD[event.type], reason=reason)


def _concerns(event: TicketEvent, fields: dict[str, Any], leads: set[int]) -> bool:
    # One that names another ticket was passed on from it.
    if "ticket" in fields or fields.get("granted") is False or fields.get("reached") is False:
        return False
    return fields.get("assignment") is None or fields["assignment"] in leads


def _stages(state: TicketState, done: list[tuple[str, News]]) -> list[Stage]:
    """Return the way with the date on which each stage was last reached, as far as the request has come."""
    state = TicketState.CLOSED if state is TicketState.ARCHIVED else state
    if state not in WAY:
        return []
    now = ORDER.index(state)
    found = []
    for n, (name, actions) in enumerate(WAY.values()):
        at = max((one.at for action, one in done if action in actions), default=None) if n <= now else None
        found.append(Stage(name=name, at=at, is_past=n < now, is_now=n == now))
    return found
