"""派单: the hotline gives a ticket to its departments, by the catalogue's proposal or a person's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline import clock_moves, clocks, examples, guards, ruling
from hotline.fields import Assisting, CategoryCode, DepartmentCode, Reason, ReasonFields, Remark, Words, required
from hotline.proposal import propose_again
from models.errors import Conflict, InvalidRequest
from models.lifecycle import Action, AssignmentState, TicketState
from models.vocabulary import AssignmentRole, Kind, Urgency
from routing.route import Designee

if TYPE_CHECKING:
    from hotline.step import Step
    from models.clocks import Matter


class Accept(Struct, kw_only=True):
    """受理."""

    remark: Remark = ""


class Dispatch(Struct, kw_only=True):
    """派单 and 改派: without a lead the catalogue's proposal is taken; category, kind and urgency correct what was read.

    `recused` are units that the matter accuses, as a person knows: they and all below them stand aside from now on.
    """

    lead: DepartmentCode | None = None
    assisting: Assisting = []
    reason: Remark = ""
    category: CategoryCode | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    brief: Words | None = None
    recused: Assisting = []


class Designate(Struct, kw_only=True):
    """指定: the designated unit may not send back."""

    lead: DepartmentCode
    reason: Reason
    assisting: Assisting = []
    category: CategoryCode | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    brief: Words | None = None
    recused: Assisting = []


class Recall(ReasonFields, kw_only=True):
    """撤回: one part, or without a number all of them."""

    assignment: int | None = None


class Designees(Struct, frozen=True):
    """Who gets a ticket: who leads, who assists, and whom the catalogue copies (抄送)."""

    lead: Designee
    assisting: tuple[Designee, ...]
    copy: tuple[Designee, ...]


async def accept(step: Step, fields: Accept) -> None:
    """受理: the matter is the hotline's; it goes to the desk, or on from there at once."""
    step.take(Action.ACCEPT, remark=fields.remark)


async def dispatch(step: Step, fields: Dispatch) -> None:
    """派单: the first one. Refuses what the guards forbid."""
    _check_turn(step, Action.DISPATCH)
    before = clocks.matter_of(step.ticket)
    _correct(step, fields)
    await _send(step, Action.DISPATCH, fields, before)


async def reassign(step: Step, fields: Dispatch) -> None:
    """改派: another department leads from now on; the third dispatch is always a designation (天津, 潍坊§22)."""
    _check_turn(step, Action.REASSIGN)
    guards.check_decided(step, Action.REASSIGN)
    if not (fields.lead or fields.reason):
        raise InvalidRequest("改派请选择主办单位并说明理由")
    before = clocks.matter_of(step.ticket)
    # Corrected first: from whom the ticket now accuses it is taken away without a word of it.
    _correct(step, fields)
    for part in step.live_parts:
        await step.end_part(part, "ticket.reassigned", reason=fields.reason)
    await _send(step, Action.REASSIGN, fields, before)


async def designate(step: Step, fields: Designate) -> None:
    """指定: who disagrees must still handle it first (先办后议); in a dispute it stands for the ruling."""
    reason = required(fields.reason, "指定理由")
    chosen = Dispatch(
        lead=fields.lead,
        assisting=fields.assisting,
        reason=reason,
        category=fields.category,
        kind=fields.kind,
        urgency=fields.urgency,
        brief=fields.brief,
        recused=fields.recused,
    )
    before = clocks.matter_of(step.ticket)
    _correct(step, chosen)
    await _send(step, Action.DESIGNATE, chosen, before)
    if step.ticket.is_disputed:
        await ruling.end_dispute(step, fields.lead, reason)


async def recall(step: Step, fields: Recall) -> None:
    """撤回: the lead's recall brings the ticket back to the desk; where it asks to send back, that is decided first."""
    reason = required(fields.reason, "撤回理由")
    parts = step.live_parts if fields.assignment is None else [step.part(fields.assignment)]
    if not parts:
        raise Conflict("没有可撤回的承办任务")
    loses_lead = any(part.is_lead for part in parts)
    if loses_lead:
        step.check(Action.RECALL)
        guards.check_decided(step, Action.RECALL)
        if step.ticket.state is TicketState.IN_REVIEW:
            raise Conflict(
                "主办单位的答复正在审核，不能撤回主办；请指明要撤回的协办或二级承办任务（assignment），或审核退回（reject）"
            )
    parts = step.live_parts if loses_lead else [parts[0], *step.below(parts[0])]
    step.take(
        Action.RECALL,
        to=TicketState.ON_DESK if loses_lead else step.ticket.state,
        assignments=[part.ordinal for part in parts],
        reason=reason,
    )
    for part in parts:
        await step.end_part(part, "ticket.recalled", reason=reason)
    if loses_lead:
        step.set(lead=None, desk_reason=f"已撤回：{reason}")
    await ruling.end_settled(step, reason)


async def give(step: Step, action: Action, to: Designees, *, is_designated: bool = False, **fields: Any) -> None:
    """Give the lead and the assisting departments their parts, and copy whoever has none."""
    with_part = {one.department for one in (to.lead, *to.assisting)} | {part.department for part in step.live_parts}
    copied = [one for one in to.copy if one.department not in with_part]
    step.take(
        action,
        lead=to.lead.department,
        assisting=[one.department for one in to.assisting],
        copied=[one.department for one in copied],
        because=to.lead.because,
        duty=step.ticket.duty,
        catalogue_version=step.hub.city.catalogue_version,
        **fields,
    )
    step.set(
        because=to.lead.because,
        lead=to.lead.department,
        copied=tuple(one.department for one in copied),
        desk_reason=None,
        dispatch_count=step.ticket.dispatch_count + 1,
    )
    await step.assign(to.lead, AssignmentRole.LEAD, action, is_designated=is_designated)
    for one in to.assisting:
        await step.assign(one, AssignmentRole.ASSISTING, action)
    for one in copied:
        await step.copy(one)


def _check_turn(step: Step, action: Action) -> None:
    """Refuse a further dispatch while a dispute waits for its ruling, and a third one: that designates."""
    step.check(action)
    if step.ticket.is_disputed:
        raise Conflict("该工单正在会商，请先裁定（rule）或指定主办单位（designate）")
    count = step.ticket.dispatch_count
    if step.policy.send_back.must_designate(count):
        how = "请撤回（recall）后指定" if step.ticket.state is TicketState.ASSIGNED else "请指定"
        raise Conflict(
            f"第{_ordinal(count + 1)}次派单须指定：已派单{count}次，不得再派单或改派，{how}主办单位（designate）"
        )


def _ordinal(n: int) -> str:
    """Return a count as people write it in words."""
    return "零一二三四五六七八九十"[n] if n <= 10 else str(n)


async def _send(step: Step, action: Action, fields: Dispatch, before: Matter) -> None:
    """Choose, check and give; `before` is the matter before it was corrected: where it is another now, so is the promise."""
    if fields.brief is not None:
        await step.set_brief(fields.brief)
    to = await _designees(step, fields)
    for chosen in (to.lead, *to.assisting):
        guards.check(step.hub, step.ticket, chosen.department)
    ruled = await ruling.ruled_lead(step)
    _check_lead(step, action, to.lead.department, ruled)
    if clocks.matter_of(step.ticket) != before:
        await clock_moves.promise_corrected(step, to.lead.department)
    await give(step, action, to, is_designated=ruled is not None, reason=fields.reason)
    await examples.keep(step, action, is_ruled=ruled is not None or step.ticket.is_disputed)


def _check_lead(step: Step, action: Action, lead: str, ruled: str | None) -> None:
    """Refuse whom a ruling passed over, and, but by designation, whose send-back was upheld."""
    name = step.hub.department_name
    if ruled not in {None, lead}:
        raise Conflict(f"会商已裁定由{name(ruled)}主办，只能派给该单位；需要变更的，请重新会商（open_dispute）并裁定")
    if action is not Action.DESIGNATE and lead in _sent_back_by(step):
        raise Conflict(f"{name(lead)}的退单已成立，不能再派给该单位；确应由其办理的，请指定（designate）")


async def _designees(step: Step, fields: Dispatch) -> Designees:
    """Return who leads and who assists, as chosen, else as the catalogue proposes; its copies either way."""
    route = await propose_again(step)
    # The guards go by the duty of the category as it stands now, whoever chose the lead.
    step.set(duty=f"{route.duty.id}@{route.duty.version}" if route.duty else None, grassroots=route.grassroots)
    if fields.lead is None:
        if route.lead is None:
            raise InvalidRequest(f"派单目录给不出主办单位，请选择：{route.because}")
        return Designees(route.lead, route.assisting, route.copy)
    name = step.hub.department_name
    because = f"人工派单：由{name(fields.lead)}主办" + (f"，{fields.reason}" if fields.reason else "")
    helpers = [code for code in dict.fromkeys(fields.assisting) if code != fields.lead]
    return Designees(
        lead=Designee(fields.lead, because),
        assisting=tuple(Designee(code, f"人工派单：由{name(code)}协办") for code in helpers),
        copy=route.copy,
    )


def _sent_back_by(step: Step) -> set[str]:
    """Return whose send-back as lead was upheld: to give it there again would be ping-pong."""
    return {part.department for part in step.parts.values() if part.is_lead and part.state is AssignmentState.SENT_BACK}


def _stand_aside(step: Step, units: list[str]) -> None:
    """回避: keep the ticket from now on from units of which a person knows that it accuses them, and from all below them."""
    unknown = [code for code in units if code not in step.hub.city.departments]
    if unknown:
        raise InvalidRequest(f"没有代码为“{unknown[0]}”的承办单位")
    if fresh := [code for code in dict.fromkeys(units) if code not in step.ticket.recused]:
        step.record("recused", units=fresh)
        step.set(recused=(*step.ticket.recused, *fresh))


def _correct(step: Step, fields: Dispatch) -> None:
    """Take over what a person says of category, kind and urgency; what changes stands on the trail."""
    _stand_aside(step, fields.recused)
    category = fields.category
    if category is None and fields.kind is None and fields.urgency is None:
        return
    if category is not None and category not in step.hub.city.categories:
        raise InvalidRequest(f"没有编码为“{category}”的事项分类")
    barred = guards.recused(step.hub, step.ticket)
    # Whom category or kind barred so far stays barred: one field is not the way round the accused.
    step.set(recused=barred.units if barred else ())
    if category is not None:
        step.record("reclassified", before=step.ticket.category, after=category)
        step.set(category=category[:4], detail=category if len(category) > 4 else None)
    if fields.kind not in {None, step.ticket.kind}:
        step.record("kind_corrected", before=step.ticket.kind, after=fields.kind)
        step.set(kind=fields.kind)
    if fields.urgency not in {None, step.ticket.urgency}:
        step.record("urgency_corrected", before=step.ticket.urgency, after=fields.urgency)
        step.set(urgency=fields.urgency)
    accused = guards.recused(step.hub, step.ticket)
    # Whom it accuses as corrected loses sight of it too: what lists and streams go by stands on the ticket.
    step.set(recused=accused.units if accused else ())
