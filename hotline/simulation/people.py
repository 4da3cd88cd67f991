"""The hotline's own people: the desk decides, reviewers read, follow-up asks, supervisors press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.door import queue

if TYPE_CHECKING:
    from hotline.simulation.door import Door

QUEUE: Final = "/api/v1/tickets"
SCOPE_CHANNELS: Final = "请依法通过诉讼、仲裁、行政复议或信访等途径解决"


async def desk(door: Door) -> None:
    """派单台: dispatch as proposed or by a person's choice; answer, decline and merge some; hear disputes."""
    while True:
        async for row in queue(door, "dispatcher", QUEUE, state="on_desk"):
            await _decide(door, row)
        async for row in queue(door, "dispatcher", "/api/v1/decisions"):
            await _rule_on_request(door, row["number"])
        waiting = await door.get("shift_lead", "/api/v1/handoffs", limit="100")
        for one in (waiting or {}).get("handoffs", []):
            await _confirm(door, one["ticket"], one["number"])
        await door.rest(300)


async def review(door: Door) -> None:
    """审核: most replies pass, some go back once."""
    while True:
        async for row in queue(door, "reviewer", QUEUE, state="in_review"):
            chance = door.chance(row["number"], "review")
            ticket = await door.get("reviewer", f"{QUEUE}/{row['number']}")
            was_rejected = any(part["extension_count"] for part in ticket["assignments"])
            if chance.random() < 0.05 and not was_rejected and ticket["version"] < 25:
                await door.step("reviewer", row["number"], "reject", ticket["version"], reason="答复未回应诉求要点")
            else:
                await door.step("reviewer", row["number"], "approve", ticket["version"])
        await door.rest(300)


async def follow_up(door: Door) -> None:
    """回访: most are content, some are not reached, some want it done again."""
    while True:
        async for row in queue(door, "follow_up", QUEUE, state="follow_up"):
            chance = door.chance(row["number"], row["version"], "follow-up")
            fate = chance.random()
            fields: dict[str, Any] = {"reached": True, "solved": True, "satisfied": True}
            if fate < 0.15:
                fields = {"reached": False}
            elif fate < 0.22:
                fields = {"reached": True, "solved": False, "satisfied": False, "reason": "问题仍未解决"}
            ticket = await door.get("follow_up", f"{QUEUE}/{row['number']}")
            if ticket["supervision_level"] >= 2 and ticket["reopen_count"] >= 2:
                await door.step("supervisor", row["number"], "close", ticket["version"], reason="已专项说明")
            else:
                await door.step("follow_up", row["number"], "follow_up", ticket["version"], **fields)
        await door.rest(1800)


async def _decide(door: Door, row: dict[str, Any]) -> None:
    number, chance = row["number"], door.chance(row["number"], "desk", row["send_back_count"])
    ticket = await door.get("dispatcher", f"{QUEUE}/{number}")
    version, fate = ticket["version"], chance.random()
    if ticket["is_disputed"]:
        lead = ticket["reading"] and ticket["lead"]["code"] if ticket["lead"] else "urban"
        await door.step("supervisor", number, "rule", version, lead=lead, ruling="会商后明确由该单位主办")
        return
    if ticket["send_back_count"] >= 2 or ticket["dispatch_count"] >= 2:
        lead = ticket["lead"]["code"] if ticket["lead"] else "urban"
        if await door.step("supervisor", number, "designate", version, lead=lead, reason="按规定指定主办"):
            return
    if ticket["dispatch_count"] > 0:
        done = await door.step("dispatcher", number, "reassign", version, lead="services", reason="原单位退单成立")
    elif row["kind"] == "inquiry" and fate < 0.5:
        done = await door.step("dispatcher", number, "answer", version, text="已按知识库当场答复并解释政策依据")
    elif ticket["reading"]["scope"] and fate < 0.6:
        code = ticket["reading"]["scope"][0]["code"]
        done = await door.step(
            "dispatcher",
            number,
            "decline",
            version,
            code=code,
            reason="不属于热线受理范围",
            lawful_channel=SCOPE_CHANNELS,
        )
    else:
        done = await door.step("dispatcher", number, "dispatch", version)
    if not done:
        await door.step("dispatcher", number, "dispatch", version, lead="petitions", reason="人工研判后派单")


async def _rule_on_request(door: Door, number: str) -> None:
    """Send-backs are mostly upheld; extensions and deferrals mostly granted."""
    ticket = await door.get("supervisor", f"{QUEUE}/{number}")
    for part in ticket["assignments"]:
        chance = door.chance(number, part["assignment"], "ruling")
        asked = (part["asked"] or {}).get("what")
        where = {"assignment": part["assignment"], "reason": "经研究决定"}
        if part["state"] == "send_back_requested" and part["role"] != "delegated":
            upheld = chance.random() < 0.7
            await door.step("dispatcher", number, "decide_send_back", ticket["version"], upheld=upheld, **where)
            return
        if asked is not None:
            granted = chance.random() < 0.8
            await door.step("supervisor" if asked == "deferral" else "dispatcher", number, f"decide_{asked}",
                            ticket["version"], granted=granted, **where)  # fmt: skip
            return


async def _confirm(door: Door, number: str, outside: str) -> None:
    ticket = await door.get("shift_lead", f"{QUEUE}/{number}")
    await door.step("shift_lead", number, "confirm_handoff", ticket["version"], number=outside, outside_number="J-1")
