"""双人复核: one person alone is refused, a second signs, both stand on the trail; and who asks is shown to nobody unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from models.vocabulary import Role
from tests.integration.test_accounts import Person, account

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP: Final = "东湖区翠湖路的路灯坏了三天，晚上一片漆黑，请尽快维修。"
BRIBE: Final = "举报市城管局执法人员收受摊贩好处费，对翠湖路占道经营不闻不问。"
CALLER: Final = {"name": "欧阳雪梅", "phone": "13800000000", "disclosure": "confidential"}
WHY: Final = {"reason": "核对现场地址，需要回电"}


async def on_desk(world: World, text: str = LAMP) -> str:
    number = str((await world.register(text))["number"])
    if (await world.ticket(number))["state"] != "on_desk":
        await world.step(number, "recall", who="supervisor", reason="重新派单")
    return number


async def in_follow_up(world: World) -> str:
    number = str((await world.register(LAMP))["number"])
    await world.reviewed(number)
    return number


async def deed(world: World, what: str) -> tuple[str, str, str, str, dict[str, Any]]:
    """A ticket, and an order about it that one person must not carry out: (number, action, who, second, fields)."""
    if what == "designate":
        return await on_desk(world), "designate", "supervisor", "shift_lead", {"lead": "power", "reason": "指定办理"}
    if what == "close":
        return await in_follow_up(world), "close", "follow_up", "supervisor", {"reason": "诉求人出国，家属代为确认"}
    number = await on_desk(world, BRIBE)
    if what == "void":
        return number, "void", "shift_lead", "supervisor", {"reason": "演练信息，作废"}
    fields = {"lead": "justice", "category": "0203", "reason": "实为路灯问题"}
    return number, "dispatch", "dispatcher", "supervisor", fields


DEEDS: Final = ("designate", "close", "reclassify", "void")


@pytest.mark.parametrize("what", DEEDS)
async def test_one_person_alone_changes_nothing_however_often_they_order_it(world: World, what: str) -> None:
    number, action, who, _, fields = await deed(world, what)
    before = await world.ticket(number)
    said = await world.step_alone(number, action, who=who, **fields)
    assert said["waits"]["what"] == what
    assert "双人复核" in said["waits"]["told"]
    again = await world.refused(number, action, who=who, **fields)
    assert again["code"] == "countersign_waiting"
    after = await world.ticket(number)
    assert {name: after[name] for name in ("state", "lead", "kind", "category", "dispatch_count", "assignments")} == {
        name: before[name] for name in ("state", "lead", "kind", "category", "dispatch_count", "assignments")
    }
    # It is asked for once, and who asked cannot sign.
    [one] = (await world.get("/api/v1/countersigns?waiting=true", who="supervisor"))["countersigns"]
    path = f"/api/v1/countersigns/{one['id']}/steps"
    await world.post(path, {"action": "grant"}, who=who, ok=(403,))
    assert [name for name in await world.trail(number) if name.startswith("countersign")] == ["countersign_asked"]


@pytest.mark.parametrize("what", DEEDS)
async def test_it_is_done_when_a_second_person_has_signed_and_both_stand_on_the_trail(world: World, what: str) -> None:
    number, action, who, second, fields = await deed(world, what)
    waits = (await world.step_alone(number, action, who=who, **fields))["waits"]
    await world.post(f"/api/v1/countersigns/{waits['id']}/steps", {"action": "grant"}, who=second)
    done = await world.step_alone(number, action, who=who, **fields)
    assert done["waits"] is None
    trail = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    signed = next(one for one in trail if one["type"] == "countersigned")
    assert (signed["fields"]["asked_by"], signed["by"]["name"]) == (f"test-{who}", f"test-{second}")
    assert action in [one["type"] for one in trail[trail.index(signed) :]]
    assert await world.rows("SELECT 1 FROM countersigns WHERE used_at IS NULL") == []


async def test_a_coarser_category_of_an_accusation_is_another_one_and_the_same_is_not(world: World) -> None:
    number = await on_desk(world, BRIBE)
    fields = {"lead": "justice", "reason": "按占道经营处理"}
    await world.step(number, "dispatch", who="dispatcher", category="010101", **fields)
    await world.step(number, "recall", who="supervisor", reason="重新派单")
    coarser = await world.step_alone(number, "dispatch", who="dispatcher", category="0101", **fields)
    assert coarser["waits"]["what"] == "reclassify"
    assert (await world.ticket(number))["category"]["detail"] == "010101"
    same = await world.step_alone(number, "dispatch", who="dispatcher", category="010101", **fields)
    assert same["waits"] is None


async def test_a_second_person_may_order_exactly_the_same_but_not_something_else(world: World) -> None:
    number = await on_desk(world)
    await world.step_alone(number, "designate", who="supervisor", lead="power", reason="指定办理")
    other = await world.step_alone(number, "designate", who="shift_lead", lead="urban", reason="应由城管办理")
    assert other["waits"] is not None
    same = await world.step_alone(number, "designate", who="shift_lead", lead="power", reason="同意由供电公司办理")
    assert same["waits"] is None
    assert (await world.ticket(number))["lead"]["code"] == "power"


async def test_what_is_refused_or_has_lapsed_or_was_used_signs_nothing(world: World) -> None:
    number = await on_desk(world)
    fields: dict[str, Any] = {"lead": "power", "reason": "指定办理"}
    waits = (await world.step_alone(number, "designate", who="supervisor", **fields))["waits"]
    path = f"/api/v1/countersigns/{waits['id']}/steps"
    await world.post(path, {"action": "refuse"}, who="shift_lead", ok=(422,))
    await world.post(path, {"action": "refuse", "reason": "应先会商"}, who="shift_lead")
    await world.post(path, {"action": "grant"}, who="shift_lead", ok=(409,))
    waits = (await world.step_alone(number, "designate", who="supervisor", **fields))["waits"]
    world.clock.move(hours=25)
    path = f"/api/v1/countersigns/{waits['id']}/steps"
    await world.post(path, {"action": "grant"}, who="shift_lead", ok=(409,))
    waits = (await world.step_alone(number, "designate", who="supervisor", **fields))["waits"]
    await world.post(f"/api/v1/countersigns/{waits['id']}/steps", {"action": "grant"}, who="shift_lead")
    world.clock.move(hours=3)
    # Signed, but not used in time: it is asked for anew.
    assert (await world.step_alone(number, "designate", who="supervisor", **fields))["waits"] is not None


async def test_what_a_guard_forbids_is_refused_at_once_and_never_put_before_a_second_person(world: World) -> None:
    number = await on_desk(world, BRIBE)
    await world.refused(number, "designate", who="supervisor", lead="urban", reason="指定办理")
    assert (await world.get("/api/v1/countersigns", who="supervisor"))["countersigns"] == []


async def test_a_confidential_caller_is_revealed_only_to_who_asked_and_only_after_a_second_person_signed(
    world: World,
) -> None:
    number = (await world.register(LAMP, caller=CALLER))["number"]
    path = f"/api/v1/tickets/{number}/reveal"
    asked = await world.post(path, WHY, who="agent", ok=(202,))
    assert asked["caller"] is None
    # Whoever would sign sees nobody by asking too.
    assert (await world.post(path, WHY, who="supervisor", ok=(202,)))["caller"] is None
    assert (await world.get("/api/v1/access-log", who="auditor"))["looks"] == []
    steps = f"/api/v1/countersigns/{asked['waits']['id']}/steps"
    await world.post(steps, {"action": "grant"}, who="agent", ok=(403,))
    await world.post(steps, {"action": "grant"}, who="shift_lead")
    shown = await world.post(path, WHY, who="agent", ok=(200,))
    assert shown["caller"] == {"name": "欧阳雪梅", "phone": "13800000000", "second": "test-shift_lead"}
    # Once: the next look needs its own signature.
    await world.post(path, WHY, who="agent", ok=(202,))
    [look] = (await world.get("/api/v1/access-log", who="auditor"))["looks"]
    assert (look["by"], look["second"], look["ticket"], look["what"]) == (
        "test-agent", "test-shift_lead", number, "reveal",
    )  # fmt: skip
    assert look["reason"] == WHY["reason"]


async def test_an_open_caller_is_shown_for_a_reason_and_only_the_auditor_reads_who_looked(world: World) -> None:
    number = (await world.register(LAMP, caller={**CALLER, "disclosure": "open"}))["number"]
    path = f"/api/v1/tickets/{number}/reveal"
    await world.post(path, {"reason": "看看"}, who="agent", ok=(422,))
    assert (await world.post(path, WHY, who="agent", ok=(200,)))["caller"]["phone"] == "13800000000"
    for who in ("department:urban", "leader", "analyst", "auditor", "administrator", "discipline", "quality"):
        await world.post(path, WHY, who=who, ok=(403,))
    for who in ("administrator", "supervisor", "agent", "leader"):
        await world.get("/api/v1/access-log", who=who, status=403)
    assert len((await world.get(f"/api/v1/access-log?ticket={number}", who="auditor"))["looks"]) == 1
    with pytest.raises(asyncpg.RaiseError):
        await world.rows("UPDATE access_log SET by_user = 'somebody else'")
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    assert "13800000000" not in str(trail)
    [row] = await world.rows("SELECT reason FROM access_log")
    assert WHY["reason"].encode() not in row["reason"]


async def test_who_makes_accounts_is_not_both_persons(world: World) -> None:
    number = str((await world.register(LAMP, caller=CALLER))["number"])
    admin = await account(world, "ada", Role.ADMINISTRATOR)
    made = await admin.ask("POST", "/api/v1/users", {"username": "eve", "role": "supervisor"}, status=201)
    eve = Person(world, "eve", made["password"])
    await eve.sign_in()
    await eve.change_password("a password of her own")
    path = f"/api/v1/tickets/{number}/reveal"
    asked = await world.post(path, WHY, who="agent", ok=(202,))
    steps = f"/api/v1/countersigns/{asked['waits']['id']}/steps"
    await eve.ask("POST", steps, {"action": "grant"}, status=403)
    assert (await world.post(path, WHY, who="agent", ok=(202, 409))).get("caller") is None
    # Who was reset signs no more than who is new; nor does whoever gives the same order instead.
    await account(world, "bea", Role.SUPERVISOR)
    reset = await admin.ask("POST", "/api/v1/users/bea/steps", {"action": "reset_password"})
    bea = Person(world, "bea", reset["password"])
    await bea.sign_in()
    await bea.change_password("another password of hers")
    await bea.ask("POST", steps, {"action": "grant"}, status=403)
    # To refuse is nobody's gain, and after three days the account is a person's like others.
    await world.rows("ALTER TABLE user_changes DISABLE TRIGGER ALL")
    await world.rows("UPDATE user_changes SET at = at - interval '73 hours'")
    assert (await bea.ask("POST", steps, {"action": "grant"}))["is_granted"] is True


async def test_an_account_made_by_a_command_signs_at_once(world: World) -> None:
    number = str((await world.register(LAMP, caller=CALLER))["number"])
    second = await account(world, "cleo", Role.SHIFT_LEAD)
    asked = await world.post(f"/api/v1/tickets/{number}/reveal", WHY, who="agent", ok=(202,))
    done = await second.ask("POST", f"/api/v1/countersigns/{asked['waits']['id']}/steps", {"action": "grant"})
    assert done["is_granted"] is True
