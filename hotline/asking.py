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
from models.errors import Conflict, InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import follow_up_asks
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.follow_up_asks import Ask

SCORES: Final = {True: 5, False: 2}
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
