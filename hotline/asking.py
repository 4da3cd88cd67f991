"""What a caller said when they were asked how it ended (回访): to a person, or by a key during an automatic call.

Whoever asked for a ticket of their own, that ticket's follow-up is; a merged caller rates the common answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from hotline import ladder
from hotline.fields import Remark
from hotline.follow_up import FollowUp, Rate, check_moment, follow_up, rate
from hotline.step import CLOCK, run
from models.calendar import CHINA_TIME
from models.errors import Conflict, InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import access_log, follow_up_asks
from models.store.access_log import Access
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.follow_up_asks import Ask
    from models.ticket import Ticket

SCORES: Final = {True: 5, False: 2}
# What a person says first; what was answered is read out of the reply.
SCRIPT: Final = (
    "您好，这里是{city}12345热线回访。{at}您反映的“{category}”诉求（尾号{tail}）{again}，{lead}已答复，想听听您的意见："
    "第一，您反映的问题解决了吗？第二，您对办理过程和结果满意吗？哪里还不满意，请您说一说。"
)
NOT_ASKED: Final = "该诉求人目前不在回访中：可能已经答复，或诉求正在重办"


class Said(Struct, kw_only=True):
    """What came of a person's call; the last three only when the citizen was reached."""

    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    reason: Remark = ""


class CallResult(Struct, kw_only=True):
    """What came of an automatic call: the key is 1 solved and satisfied, 2 solved only, 3 not solved."""

    outcome: Literal["answered", "no_answer", "busy", "hung_up"]
    key: Literal["1", "2", "3"] | None = None


async def by_person(hub: Hub, actor: Actor, ticket_id: int, said: Said) -> None:
    """Record what a person of the follow-up desk heard. Raises Conflict, InvalidRequest, NotFound."""

    async def work(step: Step) -> None:
        ask = await follow_up_asks.current(step.session, ticket_id)
        if ask is None:
            raise Conflict(NOT_ASKED)
        reason = (await step.as_told(said.reason)).strip()
        if step.ticket.state is not TicketState.MERGED:
            told = FollowUp(reached=said.reached, solved=said.solved, satisfied=said.satisfied, reason=reason)
            await follow_up(step, told)
        elif not said.reached:
            check_moment(step, list(ask.tries))
            await _merged_in_vain(step, ask)
        elif said.solved is None or said.satisfied is None:
            raise InvalidRequest("已联系到诉求人，请填写是否解决、是否满意")
        else:
            await _merged_answer(step, "phone", reason, solved=said.solved, satisfied=said.satisfied)

    await run(hub, actor, ticket_id, work, is_citizens=True)


async def dial(hub: Hub, actor: Actor, ticket_id: int) -> str:
    """Return whom a person of the follow-up desk calls now; that they were told stands on the trail. Raises Conflict, NotFound."""

    async def work(step: Step) -> str:
        ask = await follow_up_asks.current(step.session, ticket_id)
        if ask is None:
            raise Conflict(NOT_ASKED)
        if ask.rung != "person":
            raise Conflict("尚在等候诉求人对短信或自动外呼的答复，到人工回访时再拨打")
        check_moment(step, await ladder.attempts(step, ask))
        phone = (await step.text()).caller_phone
        if phone is None:
            raise Conflict("诉求人没有留下电话，请以其他方式回访后登记结果")
        step.record("follow_up_call", round=ask.round)
        await access_log.note(
            step.session,
            Access(
                at=step.at,
                by_user=step.actor.name,
                role=step.actor.role,
                what="follow_up_call",
                ticket_id=step.ticket.id,
                reason="人工回访",
            ),
        )
        return phone

    return await run(hub, actor, ticket_id, work, is_citizens=True)


def script(hub: Hub, own: Ticket, common: Ticket) -> str:
    """Return what a person says to the caller of a ticket, about what was done under the common one."""
    at = own.registered_at.astimezone(CHINA_TIME)
    return SCRIPT.format(
        city=hub.city.name,
        at=f"{at.month}月{at.day}日",
        category=hub.category_name(common.category),
        tail=own.number[-4:],
        again=f"经第{common.reopen_count}次重办" if common.reopen_count else "已经办理",
        lead=hub.department_name(common.lead) or "承办单位",
    )


def if_displeased(hub: Hub, common: Ticket) -> str:
    """Say in Chinese what the policy makes of an unsolved or unsatisfied answer."""
    policy = hub.policy
    if policy.follow_up.unsatisfied != "reopen":
        return "向诉求人说明后办结"
    if common.reopen_count >= policy.reopen.escalate_at:
        return f"已重办{common.reopen_count}次，列为问题工单，提级由督办员处理"
    to = "交原承办单位" if policy.reopen.to == "lead" else "退回派单台"
    return f"{to}重办（第{common.reopen_count + 1}次）"


async def by_key(hub: Hub, call: str, result: CallResult) -> int:
    """Record what came of an automatic call; who did not answer is called by a person. Raises NotFound, Conflict.

    Returns the id of the ticket whose caller was called.
    """
    ordered = await hub.database.read(lambda session: follow_up_asks.of_call(session, call))
    if ordered is None:
        raise NotFound("没有这一次自动外呼：可能已转由人工回访")

    async def work(step: Step) -> None:
        ask = await follow_up_asks.current(step.session, ordered.ticket_id)
        if ask is None or ask.call != call:
            raise Conflict(NOT_ASKED)
        is_own = step.ticket.state is not TicketState.MERGED
        if result.outcome == "answered" and result.key is not None:
            solved, satisfied = ladder.KEYS[result.key]
            step.actor = Actor(Role.CITIZEN, ladder.AUTO_CALL)
            if is_own:
                told = FollowUp(reached=True, way="auto_call", solved=solved, satisfied=satisfied)
                await follow_up(step, told)
            else:
                await _merged_answer(step, "auto_call", "", solved=solved, satisfied=satisfied)
            return
        if is_own:
            await ladder.to_person(step, ask)
            await follow_up(step, FollowUp(reached=False, way="auto_call"))
        elif not await _merged_in_vain(step, ask):
            await ladder.to_person(step, ask)

    await run(hub, CLOCK, ordered.ticket_id, work, is_citizens=True)
    return ordered.ticket_id


async def _merged_answer(step: Step, way: str, reason: str, *, solved: bool, satisfied: bool) -> None:
    score = SCORES[solved and satisfied]
    await rate(step, Rate(solved=solved, satisfied=satisfied, score=score, remark=reason), way)


async def _merged_in_vain(step: Step, ask: Ask) -> bool:
    """Keep a try in vain; tells whether it was the last, after which nobody asks any more (未参评)."""
    step.record("follow_up_in_vain", round=ask.round)
    await follow_up_asks.tried(step.session, ask, step.at)
    is_last = len(ask.tries) + 1 >= step.policy.follow_up.attempts
    if is_last:
        await ladder.silent(step)
    return is_last
