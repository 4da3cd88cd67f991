"""What a page offers can be done, and what it does not offer cannot, whatever the fields: on the way of many tickets."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from hotline.api.steps import STEPS
from hotline.passing_on import beside
from hotline.step import Step
from models.errors import Conflict, Forbidden, HotlineError, NotFound
from models.lifecycle import Action, may
from models.store import tickets
from models.ticket import Actor, id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from tests.integration.conftest import World

TEXTS = (
    "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。",
    "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。",
    "我要举报东湖区翠湖路的一家饭店无证经营，后厨很脏。",
    "想咨询一下公积金提取需要带什么材料。",
    "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。",
    "建议在翠湖公园多设几个饮水点。",
)
PEOPLE = ("agent", "shift_lead", "dispatcher", "reviewer", "follow_up", "supervisor", "quality", "leader")
LEADS = ("urban", "sanitation", "housing", "water", "market")
FAR = datetime(2027, 6, 30, 9, 0, tzinfo=UTC).isoformat()
SAID = "情况属实，请按规定办理"
ANYTHING: dict[str, Any] = {
    "text": f"{SAID}。", "reason": SAID, "ruling": SAID, "instruction": SAID, "code": "N7", "lawful_channel": SAID,
    "topic": SAID, "briefs": [SAID], "duty_argument": SAID, "plan": SAID, "solve_by": FAR, "confirmed": True,
    "reached": True, "solved": True, "satisfied": True,
}  # fmt: skip
STEPS_OF_A_WALK = 12
SEEDS = 5
# What ends or repeats the way too soon is taken only where nothing else is offered.
ENDS = {Action.VOID, Action.WITHDRAW, Action.DECLINE, Action.ANSWER, Action.MERGE, Action.NOTE, Action.SPLIT}


class _Undone(Exception):
    pass


def actor_of(who: str) -> Actor:
    role, _, department = who.partition(":")
    return Actor(Role(role), department or f"test-{role}", department or None)


def fields_of(world: World, action: str, page: Any, other: str, who: str) -> list[dict[str, Any]]:
    """Every choice of fields worth trying."""
    city = world.hub.city
    parts = [part["assignment"] for part in page["assignments"] if part["ended_at"] is None]
    codes = (*city.departments, *city.grid_units)
    leads = (*LEADS, *city.recusal_departments)
    under = [one for one in codes if world.hub.may_delegate_to(who.partition(":")[2], one)] if ":" in who else []
    choices: dict[tuple[str, ...], list[dict[str, Any]]] = {
        ("dispatch", "reassign", "designate", "rule"): [{"lead": lead} for lead in leads],
        ("recall", "pause", "resume"): [{"assignment": one, "cause": "hearing"} for one in (*parts, None)],
        ("remind", "supervise", "escalate"): [{"assignment": one} for one in (*parts, None)],
        ("hand_off", "confirm_handoff"): [{"number": number} for number in ("110", "119", "120", "122", "12356")],
        ("decide_send_back", "decide_extension", "decide_deferral"): [
            {"assignment": one, "upheld": verdict, "granted": verdict, "solve_by": by}
            for one, verdict, by in itertools.product(parts, (True, False), (None, FAR))
        ],
        ("delegate",): [{"department": code} for code in under],
        ("request_extension",): [{"extra": extra} for extra in (None, "1wd", "1h", "1d")],
        ("merge",): [{"into": other}],
    }
    found: list[dict[str, Any]] = next((some for actions, some in choices.items() if action in actions), [{}])
    return [{**ANYTHING, **fields} for fields in found]


async def tried(world: World, number: str, who: str, action: str, fields: dict[str, Any]) -> HotlineError | None:
    """Take a step and undo it; returns why it was refused."""
    use_case, refusal = STEPS[Action(action)], None

    async def work() -> None:
        async with world.hub.database.transaction() as session:
            ticket = await tickets.lock(session, id_of(number))
            blank = Step(world.hub, session, actor_of(who), world.hub.now(), ticket, [])
            step = await beside(blank, ticket)
            await use_case.work(step, msgspec.convert(fields, use_case.fields, strict=False))
            raise _Undone

    try:
        await work()
    except _Undone:
        pass
    except HotlineError as error:
        refusal = error
    return refusal


async def outcome(world: World, page: Any, who: str, action: str, other: str) -> tuple[bool, list[str]]:
    """Whether any choice of fields is taken, and what was said to the others."""
    said: list[str] = []
    for fields in fields_of(world, action, page, other, who):
        refusal = await tried(world, page["number"], who, action, fields)
        if refusal is None:
            return True, said
        assert isinstance(refusal, Conflict | Forbidden | NotFound) or refusal.status == 422, refusal
        said.append(refusal.detail)
    return False, said


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_what_is_offered_is_taken_and_what_is_not_is_refused(world: World, seed: int) -> None:
    dice = random.Random(seed)
    other = (await world.register(TEXTS[1], caller={"phone": "13700000000"}))["number"]
    number = (await world.register(TEXTS[seed % len(TEXTS)], caller={"phone": "13800000000"}))["number"]
    for _ in range(STEPS_OF_A_WALK):
        page = await world.ticket(number)
        holders = {f"department:{part['department']['code']}" for part in page["assignments"]}
        choices = []
        for who in (*dice.sample(PEOPLE, 2), *sorted(holders)[:2]):
            seen = await world.ticket(number, who=who)
            for action in Action:
                if action in {Action.REGISTER, Action.ACCEPT} or not may(action, actor_of(who).role):
                    continue
                is_taken, said = await outcome(world, seen, who, action, other)
                assert is_taken == (action in seen["allowed_actions"]), f"{who} {action} {page['state']}: {said}"
                if is_taken:
                    choices.append((who, action))
        if not choices:
            continue
        who, action = dice.choice([one for one in choices if one[1] not in ENDS] or choices)
        await take(world, seen=await world.ticket(number, who=who), who=who, action=action, other=other)
        world.clock.move(hours=dice.choice((0, 1, 30)))


async def take(world: World, seen: Any, who: str, action: str, other: str) -> None:
    """Take over HTTP what is offered."""
    for fields in fields_of(world, action, seen, other, who):
        if await tried(world, seen["number"], who, action, fields) is None:
            await world.step(seen["number"], action, who=who, **fields)
            return


async def test_a_merged_callers_page_offers_what_the_common_ticket_takes(world: World) -> None:
    common = (await world.register(TEXTS[0], caller={"phone": "13700000000"}))["number"]
    number = (await world.register(TEXTS[0], caller={"phone": "13800000000"}))["number"]
    await world.step(number, "merge", who="dispatcher", into=common, reason="同一地点同一问题")
    assert {"urge", "supplement"} <= set((await world.ticket(number, who="agent"))["allowed_actions"])
    assert "rate" not in (await world.ticket(number, who="agent"))["allowed_actions"]
    assert "void" not in (await world.ticket(common, who="shift_lead"))["allowed_actions"]
    await world.closed(common)
    allowed = (await world.ticket(number, who="agent"))["allowed_actions"]
    assert {"rate", "ask_reopen"} <= set(allowed)
    assert not {"urge", "supplement"} & set(allowed)


async def test_what_a_closed_ticket_offers_is_taken_whoever_asks(world: World) -> None:
    """The walks seldom come as far as a closed ticket with a seat looking at it."""
    other = (await world.register(TEXTS[1], caller={"phone": "13700000000"}))["number"]
    number = (await world.register(TEXTS[0], caller={"phone": "13800000000"}))["number"]
    await world.closed(number)
    for who in (*PEOPLE, "channel:phone"):
        is_person = who in PEOPLE
        seen = await world.ticket(number, who=who if is_person else "supervisor")
        offered = seen["allowed_actions"] if is_person else ["ask_reopen"]
        for action in Action if is_person else [Action.ASK_REOPEN]:
            if action in {Action.REGISTER, Action.ACCEPT} or not may(action, actor_of(who).role):
                continue
            is_taken, said = await outcome(world, seen, who, action, other)
            assert is_taken == (action in offered), f"{who} {action}: {said}"


async def test_a_caller_has_a_closed_ticket_done_again_by_the_seat(world: World) -> None:
    receipt = await world.register(TEXTS[0], caller={"phone": "13800000000"})
    await world.closed(receipt["number"])
    assert "ask_reopen" in (await world.ticket(receipt["number"], who="agent"))["allowed_actions"]
    await world.step(receipt["number"], "ask_reopen", who="agent", reason="来电人说灯又不亮了")
    assert (await world.ticket(receipt["number"]))["state"] == "assigned"
    # To order it is not the seat's.
    await world.closed(receipt["number"])
    await world.refused(receipt["number"], "reopen", who="agent", status=403, reason="来电人说灯又不亮了")
