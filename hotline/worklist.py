"""工单列表: what a person asks a list for, in which order it comes, and one page of it; for screens, saved views and exports."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, cast, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import Code, Moment
from models.errors import InvalidRequest, NotFound
from models.lifecycle import OPEN_TICKET, TicketState
from models.store import worklists
from models.store.worklists import Filter
from models.vocabulary import Kind, Role
from nlu.masking import MASK

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.worklists import Listed
    from models.ticket import Actor

QUEUES: Final = {TicketState.REGISTERED, TicketState.ON_DESK, TicketState.IN_REVIEW, TicketState.FOLLOW_UP}
EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
Sort = Literal["due", "oldest", "newest", "urgency"]


class Order(StrEnum):
    """In which order a list comes; each has a cursor of its own."""

    DESK = "desk"
    PARTS = "parts"
    DUE = "due"
    URGENCY = "urgency"
    NEWEST = "newest"
    OLDEST = "oldest"


# What a cursor holds: where the last row stands in the order.
CURSORS: Final[dict[Order, Any]] = {
    Order.DESK: tuple[datetime, int],
    Order.PARTS: tuple[datetime, int],
    Order.DUE: tuple[datetime, int],
    Order.URGENCY: tuple[Annotated[int, Meta(ge=0, le=9)], datetime, int],
    Order.NEWEST: tuple[int],
    Order.OLDEST: tuple[int],
}


class ListFields(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a list of tickets must fit, as `GET /api/v1/tickets` takes it; what is left out fits all."""

    state: Annotated[list[TicketState], Meta(max_length=13)] = []
    department: Code | None = None
    category: Code | None = None
    line: Code | None = None
    overdue: bool = False
    q: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    kind: Kind | None = None
    urgency: Annotated[int, Meta(ge=1, le=4)] | None = None
    district: Code | None = None
    since: Moment | None = None
    until: Moment | None = None
    sort: Sort | None = None


class Asked(NamedTuple):
    """What a list must fit and in which order it comes."""

    fits: Filter
    order: Order


def asked(hub: Hub, actor: Actor, fields: ListFields) -> Asked:
    """Return what an actor's list must fit: a department gets its own. Raises InvalidRequest, NotFound."""
    department = fields.department
    if actor.role is Role.DEPARTMENT:
        department = scope_of(hub, actor, department)
    _check_span(fields)
    order = _order(fields, has_department=department is not None)
    fits = Filter(
        states=_states(fields, order),
        departments=None if department is None else [department],
        category=known_category(hub, fields.category),
        line=fields.line,
        late_at=hub.now() if fields.overdue else None,
        tokens=None if fields.q is None else hub.reader.search_tokens(fields.q) or (fields.q,),
        kind=fields.kind,
        urgency=fields.urgency,
        district=fields.district,
        since=fields.since,
        until=fields.until,
        barred=hub.barring(actor.department),
    )
    return Asked(fits, order)


async def page(session: Session, wanted: Asked, after: Any, size: int) -> list[Listed]:
    """Return one page after a cursor (`mark` of the last row), the first where it is None."""
    fits, order = wanted
    match order:
        case Order.DESK:
            return await worklists.desk(session, (fits.states or [TicketState.ON_DESK])[0], after, size)
        case Order.PARTS:
            return await worklists.parts(session, (fits.departments or [""])[0], fits, after, size)
        case Order.DUE:
            return await worklists.by_due(session, fits, after, size)
        case Order.URGENCY:
            return await worklists.by_urgency(session, fits, after, size)
        case Order.NEWEST:
            return await worklists.newest(session, fits, after[0] if after else None, size)
    return await worklists.oldest(session, fits, after[0] if after else None, size)


def mark(order: Order, row: Listed) -> tuple[Any, ...]:
    """Return where a row stands in the order: what a cursor after it holds."""
    ticket = row.ticket
    match order:
        case Order.DESK:
            return ticket.stage_by, ticket.id
        case Order.PARTS:
            return row.part_reply_by, ticket.id
        case Order.DUE:
            return min(filter(None, (ticket.promised_at, ticket.stage_by, ticket.reply_by))), ticket.id
        case Order.URGENCY:
            return ticket.urgency, ticket.registered_at, ticket.id
    return (ticket.id,)


def sort_of(order: Order) -> Sort:
    """Return the word by which a list is asked for in an order."""
    return "due" if order in {Order.DESK, Order.PARTS} else cast("Sort", order.value)


def sorts(fields: ListFields, wanted: Asked) -> list[Sort]:
    """Return the orders in which this list may be asked for."""
    has_department = wanted.fits.departments is not None
    return [sort for sort in get_args(Sort) if _is_taken(replace(fields, sort=sort), has_department=has_department)]


def _is_taken(fields: ListFields, *, has_department: bool) -> bool:
    try:
        _states(fields, _order(fields, has_department=has_department))
    except InvalidRequest:
        return False
    return True


def known_category(hub: Hub, code: str | None) -> str | None:
    """Return a category to list by: two digits of the first level, four of the second, six of the third. Raises InvalidRequest."""
    if (
        code is None
        or code in hub.city.categories
        or (len(code) == 2 and any(one[:2] == code for one in hub.city.categories))
    ):
        return code
    raise InvalidRequest(f"没有编码为“{code}”的事项分类：请填写两位、四位或六位的分类编码")


def scope_of(hub: Hub, actor: Actor, asked: str | None) -> str:
    """Return whose tickets a department may list: its own, or those of one that stands under it. Raises NotFound."""
    own = actor.department or ""
    if asked is None or asked == own:
        return own
    if hub.city.party(asked) is not None and hub.city.is_under(asked, own):
        return asked
    raise NotFound("只能查看本单位及下级单位的工单")


def refuse_traces(hub: Hub, *words: str | None) -> None:
    """Refuse words that hold personal data where they would be kept in clear. Raises InvalidRequest."""
    for text in filter(None, words):
        if MASK in hub.mask(text) and MASK not in text:
            raise InvalidRequest("名称和检索词会保存下来，请不要写电话、姓名、证件号等个人信息")


def _check_span(fields: ListFields) -> None:
    for name, at in (("since", fields.since), ("until", fields.until)):
        if at is not None and not EARLIEST <= at < LATEST:
            raise InvalidRequest(f"参数 {name} 应在{EARLIEST.year}年至{LATEST.year - 1}年之间")
    if fields.since is not None and fields.until is not None and fields.since >= fields.until:
        raise InvalidRequest("参数 until 应晚于 since")


def _order(fields: ListFields, *, has_department: bool) -> Order:
    """Return the order that was asked for, or that such a list has: only orders that an index serves are taken."""
    if fields.q is not None and fields.sort not in {None, "newest"}:
        raise InvalidRequest("检索结果从新到旧排列：请去掉 sort，或去掉 q")
    if fields.sort == "urgency" and has_department:
        raise InvalidRequest("承办单位的清单不按紧急程度排列：请去掉 sort，用 urgency 筛选")
    if fields.sort == "due":
        return Order.PARTS if has_department else Order.DUE
    if fields.sort is not None:
        return Order(fields.sort)
    return Order.NEWEST if fields.q is not None else _usual(fields, has_department=has_department)


def _usual(fields: ListFields, *, has_department: bool) -> Order:
    """Work that waits comes nearest due first, everything else newest first."""
    states = set(fields.state)
    if has_department:
        return Order.PARTS if states == {TicketState.ASSIGNED} or fields.overdue else Order.NEWEST
    if states and states <= QUEUES:
        is_whole = fields == ListFields(state=fields.state) and len(states) == 1
        return Order.DESK if is_whole else Order.DUE
    return Order.DUE if fields.overdue and states <= OPEN_TICKET else Order.NEWEST


def _states(fields: ListFields, order: Order) -> list[TicketState] | None:
    states = list(dict.fromkeys(fields.state))
    if order in {Order.DUE, Order.URGENCY}:
        if not set(states) <= OPEN_TICKET:
            raise InvalidRequest("按时限、按紧急程度排列的是未办结的工单：请从 state 中去掉已结束的状态")
        return states or sorted(OPEN_TICKET)
    # A department's worklist are its live parts, wherever the lead has brought the ticket meanwhile.
    is_worklist = order is Order.PARTS and states == [TicketState.ASSIGNED] and fields.sort is None
    return None if is_worklist else states or None
