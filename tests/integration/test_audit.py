"""核对留痕、重算时限: no false alarm while the hub goes on, and no due time that could be changed unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hotline.commands import audit
from hotline.config import Settings
from models.lifecycle import LIVE_ASSIGNMENT
from models.store import events
from models.ticket import id_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from models.store.database import Session
    from models.trail import TicketEvent
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PROMISES = ("promised_at", "first_promised_at")
OF_TICKET = (*PROMISES, "reply_by", "first_reply_by")
OF_PART = (
    "acknowledge_by",
    "contact_by",
    "reply_by",
    "send_back_by",
    "first_acknowledge_by",
    "first_contact_by",
    "first_reply_by",
)


class Auditor:
    """The two commands, run on the test's own hub."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._capsys = capsys
        self._jobs: list[Callable[[Hub], Awaitable[int]]] = []
        monkeypatch.setattr(audit, "with_hub", lambda _settings, job: self._jobs.append(job))

    async def verify(self, number: str | None = None) -> tuple[int, list[str]]:
        audit.verify(Settings(), number)
        return await self._run()

    async def recompute(self, number: str | None = None) -> tuple[int, list[str]]:
        audit.recompute_all(Settings(), number)
        return await self._run()

    async def _run(self) -> tuple[int, list[str]]:
        self._capsys.readouterr()
        code = await self._jobs.pop()(self.world.hub)
        return code, self._capsys.readouterr().out.splitlines()


@pytest.fixture
def auditor(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(world, monkeypatch, capsys)


async def assigned(world: World, n: int = 1) -> str:
    receipt = await world.register(LAMP, caller={"name": "钱某某", "phone": f"1380000000{n}"})
    assert receipt["state"] == "assigned"
    return str(receipt["number"])


async def on_the_way(world: World) -> str:
    """A ticket whose dates were moved in every way that there is, and that was taken up again."""
    number = await assigned(world)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    await world.step(number, "acknowledge", who=lead)
    await world.step(number, "pause", who="supervisor", cause="appraisal", reason="等待鉴定意见")
    world.clock.move(days=3)
    await world.step(number, "resume", who="supervisor", reason="鉴定完成")
    await world.step(number, "request_extension", who=lead, reason="配件尚未到货")
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    await world.step(number, "contact", who=lead, reached=True)
    await world.step(number, "reply", who=lead, text="已到现场处理完毕。", result="solved")
    await world.step(number, "sign_off", who=lead)
    await world.step(number, "approve", who="reviewer")
    await world.step(number, "reopen", who="supervisor", reason="路灯再次熄灭")
    return number


async def forge(world: World, number: str, alter: Callable[[dict[str, Any]], bytes | None]) -> None:
    """Write a whole trail anew with good hashes; `alter` returns an event's new body, None leaves the event out."""
    rows = await world.rows("SELECT * FROM events WHERE ticket_id = $1 ORDER BY seq", id_of(number))
    previous, kept = bytes(32), 0
    await world.rows("DELETE FROM events WHERE ticket_id = $1", id_of(number))
    for row in rows:
        body = alter(json.loads(row["body"]))
        if body is None:
            continue
        kept += 1
        content = json.loads(body) if body.startswith(b"{") else {}
        if content:
            body = json.dumps({**content, "seq": kept}).encode()
        digest = hashlib.sha256(previous + body).digest()
        await world.rows(
            "INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(row[name] for name in ("city_code", "ticket_id")),
            kept,
            *(row[name] for name in ("type", "at", "actor_role", "actor")),
            body,
            previous,
            digest,
        )
        previous = digest
    await world.rows("UPDATE tickets SET event_count = $2, head_hash = $3 WHERE id = $1", id_of(number), kept, previous)


def plain(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize("command", ["verify", "recompute"])
async def test_a_step_between_two_reads_is_no_false_alarm(
    world: World, auditor: Auditor, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    number = await assigned(world)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    steps = iter(["acknowledge", "progress", "reply", "sign_off"])
    fields = {"progress": {"text": "正在处理"}, "reply": {"text": "已处理完毕。", "result": "solved"}}

    async def trail(session: Session, ticket_id: int) -> list[TicketEvent]:
        action = next(steps, None)
        if action is not None:
            await world.step(number, action, who=lead, **fields.get(action, {}))
        return await of_ticket(session, ticket_id)

    of_ticket = events.of_ticket
    monkeypatch.setattr(events, "of_ticket", trail)
    for _ in range(4):
        code, said = await getattr(auditor, command)()
        assert code == 0, said
    assert next(steps, None) is None, "the hub went on meanwhile"


async def test_an_extension_between_two_reads_is_no_false_alarm(
    world: World, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await assigned(world)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    await world.step(number, "acknowledge", who=lead)
    await world.step(number, "request_extension", who=lead, reason="配件尚未到货")
    of_ticket = events.of_ticket
    granted = False

    async def trail(session: Session, ticket_id: int) -> list[TicketEvent]:
        nonlocal granted
        if not granted:
            granted = True
            await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
        return await of_ticket(session, ticket_id)

    monkeypatch.setattr(events, "of_ticket", trail)
    assert (await auditor.recompute())[0] == 0
    assert granted
    assert (await auditor.recompute())[0] == 0


async def test_the_clock_s_page_is_of_one_moment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = await assigned(world)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    await world.step(number, "acknowledge", who=lead)
    await world.step(number, "request_extension", who=lead, reason="配件尚未到货")
    of_ticket = events.of_ticket
    seen: list[int] = []

    async def trail(session: Session, ticket_id: int) -> list[TicketEvent]:
        if not seen:
            seen.append(ticket_id)
            await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
        return await of_ticket(session, ticket_id)

    monkeypatch.setattr(events, "of_ticket", trail)
    page = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert seen
    assert all(part["is_as_stored"] for part in page["assignments"])
    later = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert all(part["is_as_stored"] for part in later["assignments"])
    assert page["assignments"][0]["due"] != later["assignments"][0]["due"]


async def test_all_tickets_are_walked_batch_after_batch(
    world: World, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        await assigned(world, n)
    monkeypatch.setattr(audit, "AT_A_TIME", 2)
    assert await auditor.verify() == (0, ["核对5件工单的留痕，0件有问题"])
    code, said = await auditor.recompute()
    assert code == 0
    assert "（5件工单，0件有问题）" in said[-1]


async def test_dates_that_were_moved_by_the_rules_are_right(world: World, auditor: Auditor) -> None:
    number = await on_the_way(world)
    page = await world.ticket(number)
    assert page["promised_at"] != page["first_promised_at"]
    code, said = await auditor.recompute()
    assert code == 0, said


@pytest.mark.parametrize("name", OF_TICKET)
async def test_a_date_of_a_ticket_that_was_changed_by_hand_is_found(world: World, auditor: Auditor, name: str) -> None:
    number, other = await on_the_way(world), await assigned(world, 2)
    await world.rows(f"UPDATE tickets SET {name} = {name} + interval '1 second' WHERE id = $1", id_of(number))
    code, said = await auditor.recompute()
    assert code == 1
    assert [line.split("\t")[0] for line in said[:-1]] == [number]
    assert ("承诺日期" in said[0]) == (name in PROMISES)
    assert (await auditor.recompute(other))[0] == 0


@pytest.mark.parametrize("ordinal", [1, 2])
@pytest.mark.parametrize("name", OF_PART)
async def test_a_date_of_a_part_that_was_changed_by_hand_is_found(
    world: World, auditor: Auditor, name: str, ordinal: int
) -> None:
    number = await on_the_way(world)
    parts = (await world.ticket(number))["assignments"]
    assert [part["state"] in LIVE_ASSIGNMENT for part in parts] == [False, True]
    await world.rows(
        f"UPDATE assignments SET {name} = {name} - interval '1 minute' WHERE ticket_id = $1 AND ordinal = $2",
        id_of(number),
        ordinal,
    )
    code, said = await auditor.recompute()
    assert code == 1
    assert said[0].startswith(f"{number}\t第{ordinal}项承办的")
    page = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert [part["is_as_stored"] for part in page["assignments"]] == [ordinal != 1, ordinal != 2]


async def test_a_send_back_date_that_was_taken_away_or_given_is_found(world: World, auditor: Auditor) -> None:
    number = await assigned(world)
    await world.rows("UPDATE assignments SET send_back_by = NULL WHERE ticket_id = $1", id_of(number))
    code, said = await auditor.recompute()
    assert (code, said[0]) == (1, f"{number}\t第1项承办的退单时限与留痕不符")


async def test_a_part_that_was_deleted_is_found(world: World, auditor: Auditor) -> None:
    number = await on_the_way(world)
    await world.rows("DELETE FROM assignments WHERE ticket_id = $1 AND ordinal = 1", id_of(number))
    code, said = await auditor.recompute()
    assert (code, said[0]) == (1, f"{number}\t留痕有第1项承办，工单中没有")


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM events WHERE ticket_id = $1",
        "DELETE FROM events WHERE ticket_id = $1 AND type = 'register'",
        "DELETE FROM events WHERE ticket_id = $1 AND type = 'clock_started'",
        "UPDATE events SET body = ''::bytea WHERE ticket_id = $1",
        "UPDATE events SET body = '\\xff'::bytea WHERE ticket_id = $1 AND type = 'clock_started'",
        """UPDATE events SET body = replace(encode(body, 'escape'), 'register', E'\\\\377')::bytea WHERE ticket_id = $1""",
        """UPDATE events SET body = '{"fields":3}'::bytea WHERE ticket_id = $1 AND type = 'register'""",
    ],
)
async def test_a_damaged_trail_is_named_and_the_others_are_looked_at(
    world: World, auditor: Auditor, damage: str
) -> None:
    first, damaged, last = [await assigned(world, n) for n in range(3)]
    await world.rows(damage, id_of(damaged))
    await world.rows("UPDATE assignments SET reply_by = reply_by + interval '1 day' WHERE ticket_id = $1", id_of(last))
    for command in (auditor.verify, auditor.recompute):
        code, said = await command()
        assert code == 1
        assert damaged in {line.split("\t")[0] for line in said[:-1]}
        assert not [line for line in said if line.startswith(first)]
        assert "3件工单" in said[-1]
    assert [line for line in said if line.startswith(f"{last}\t第1项承办的答复时限")]
    assert [line for line in said if line.startswith(f"{damaged}\t留痕损坏")]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("register", {}),
        ("register", {"promised_at": "bald"}),
        ("register", {"promised_at": 3}),
        ("register", {"promised_at": "2026-12-01T10:00:00"}),
        ("clock_started", {}),
        ("clock_started", {"assignment": 1}),
        ("clock_started", {"assignment": 1, "fact": {"fact": "dispatched"}}),
        ("clock_started", {"assignment": 1, "fact": {"fact": "paused", "at": "2026-12-01T10:00:00Z", "reason": ""}}),
    ],
)
async def test_a_trail_that_was_forged_with_good_hashes_is_named(
    world: World, auditor: Auditor, kind: str, fields: dict[str, Any]
) -> None:
    number = await assigned(world)
    await forge(world, number, lambda event: plain({**event, "fields": fields} if event["type"] == kind else event))
    assert (await auditor.verify())[0] == 0, "the hashes are good"
    code, said = await auditor.recompute()
    assert code == 1
    assert said[0].startswith(f"{number}\t")


@pytest.mark.parametrize("kind", ["register", "clock_started"])
async def test_an_event_that_was_left_out_with_good_hashes_is_missed(world: World, auditor: Auditor, kind: str) -> None:
    number = await assigned(world)
    await forge(world, number, lambda event: None if event["type"] == kind else plain(event))
    assert (await auditor.verify())[0] == 0
    code, said = await auditor.recompute()
    assert code == 1
    assert said[0].startswith(f"{number}\t")


async def test_a_limit_that_is_none_is_named(world: World, auditor: Auditor) -> None:
    number = await assigned(world)

    def alter(event: dict[str, Any]) -> bytes:
        if event["type"] == "clock_started":
            event["fields"]["fact"]["basis"]["reply"] = "soon"
        return plain(event)

    await forge(world, number, alter)
    code, said = await auditor.recompute()
    assert code == 1
    assert said[0].startswith(f"{number}\t第1项承办的时限无法核对")


async def test_a_ticket_that_was_split_off_keeps_its_parent_s_dates(world: World, auditor: Auditor) -> None:
    number = await on_the_way(world)
    await world.step(number, "split", who="dispatcher", briefs=["路口的井盖也松动"], reason="两件事")
    (row,) = await world.rows("SELECT id, promised_at, first_promised_at FROM tickets WHERE parent IS NOT NULL")
    assert row["promised_at"] != row["first_promised_at"]
    code, said = await auditor.recompute()
    assert code == 0, said
    await world.rows("UPDATE tickets SET first_promised_at = promised_at WHERE id = $1", row["id"])
    code, said = await auditor.recompute()
    assert (code, said[0].split("\t")[1]) == (1, "最初承诺日期与留痕不符")


async def test_a_split_of_an_older_release_that_tells_no_first_date_is_no_alarm(world: World, auditor: Auditor) -> None:
    number = await on_the_way(world)
    await world.step(number, "split", who="dispatcher", briefs=["路口的井盖也松动"], reason="两件事")
    (child,) = await world.rows("SELECT id FROM tickets WHERE parent IS NOT NULL")
    listed = await world.get("/api/v1/tickets?state=on_desk", who="dispatcher")
    (split_off,) = [line["number"] for line in listed["tickets"] if id_of(line["number"]) == child["id"]]

    def alter(event: dict[str, Any]) -> bytes:
        event["fields"].pop("first_promised_at", None)
        return plain(event)

    await forge(world, split_off, alter)
    assert (await auditor.recompute())[0] == 0


async def test_a_ticket_that_is_gone_is_told_by_its_trail(world: World, auditor: Auditor) -> None:
    number = await assigned(world)
    kept = await assigned(world, 2)
    events = await world.rows("SELECT count(*) FROM events WHERE ticket_id = $1", id_of(number))
    await world.rows("DELETE FROM tickets WHERE id = $1", id_of(number))
    code, said = await auditor.verify()
    assert code == 1
    assert said == [f"{number}\t工单已不在库中，留痕尚有{events[0][0]}条", "核对1件工单的留痕，1件有问题"]
    assert (await auditor.verify(kept))[0] == 0


async def test_words_that_were_altered_are_told(world: World, auditor: Auditor) -> None:
    receipt = await world.register(LAMP, caller={"name": "钱某某", "phone": "13800000001"})
    number = receipt["number"]
    await world.track(receipt, "supplement", text="灯杆编号是十七")
    assert (await auditor.verify(number))[0] == 0
    row = (await world.rows("SELECT seq, words FROM event_words WHERE ticket_id = $1 ORDER BY seq", id_of(number)))[0]
    altered = bytes(row["words"][:-1]) + bytes([row["words"][-1] ^ 1])
    await world.rows(
        "UPDATE event_words SET words = $3 WHERE ticket_id = $1 AND seq = $2", id_of(number), row["seq"], altered
    )
    code, said = await auditor.verify()
    assert code == 1
    assert f"{number}\t第{row['seq']}条留痕所附的文字被改动，无法打开" in said


async def clock_of(world: World, number: str) -> Any:
    return await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")


async def test_what_the_hotline_itself_owes_is_counted_again_and_explained(world: World, auditor: Auditor) -> None:
    number = await assigned(world)
    lead = f"department:{(await world.ticket(number))['lead']['code']}"
    said = {one["clock"]: one["because"] for one in (await clock_of(world, number))["due"]}
    assert said.keys() == {"promise", "first_promise"}
    policy = world.hub.policy
    assert f"《{policy.name}》{policy.version}版" in said["promise"]
    calendar = next(one for one in world.hub.city.calendar.version.split(",") if one.startswith("2026"))
    for because in (
        *said.values(),
        *(one["because"] for one in (await clock_of(world, number))["assignments"][0]["due"]),
    ):
        assert f"日历{calendar}版" in because
    asked = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
    await world.step(number, "send_back", who=lead, **asked)
    part = (await clock_of(world, number))["assignments"][0]
    decide = next(one["because"] for one in part["due"] if one["clock"] == "decide")
    assert ("裁决退单" in decide, f"日历{calendar}版" in decide) == (True, True)
    assert (await auditor.recompute())[0] == 0
    await world.rows("UPDATE assignments SET decide_by = decide_by + interval '1 hour'")
    code, lines = await auditor.recompute()
    assert (code, "裁决、审批时限" in lines[0]) == (1, True)
    await world.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="退单成立")
    assert (await auditor.recompute())[0] == 0
    page = await clock_of(world, number)
    assert (page["is_as_stored"], "派单" in page["due"][-1]["because"]) == (True, True)
    await world.rows("UPDATE tickets SET stage_by = stage_by + interval '1 day'")
    code, lines = await auditor.recompute()
    assert (code, "环节时限" in lines[0]) == (1, True)
    assert not (await clock_of(world, number))["is_as_stored"]


async def test_the_promise_is_counted_and_not_copied(world: World, auditor: Auditor) -> None:
    """Whoever writes another date on the ticket and, with good hashes, on its trail is found by the count."""
    number = await assigned(world)
    (row,) = await world.rows("SELECT promised_at FROM tickets WHERE id = $1", id_of(number))
    later = (row["promised_at"] + timedelta(days=1)).isoformat().replace("+00:00", "Z")

    def alter(content: dict[str, Any]) -> bytes:
        if content["type"] == "register":
            content["fields"]["promised_at"] = later
        return json.dumps(content).encode()

    await forge(world, number, alter)
    for name in PROMISES:
        await world.rows(f"UPDATE tickets SET {name} = {name} + interval '1 day' WHERE id = $1", id_of(number))
    code, said = await auditor.recompute()
    assert code == 1
    assert any("承诺日期与留痕重算不符" in line for line in said)


async def test_an_altered_time_to_confirm_a_handoff_is_found(world: World, auditor: Auditor) -> None:
    receipt = await world.register("现在屋里煤气味很大，我妈晕倒了", caller={"phone": "13800000001"})
    assert (await auditor.recompute())[0] == 0
    assert {"confirm"} <= {one["clock"] for one in (await clock_of(world, receipt["number"]))["due"]}
    await world.rows("UPDATE handoffs SET confirm_by = confirm_by + interval '1 minute'")
    code, said = await auditor.recompute()
    assert (code, "紧急转接确认时限" in str(said)) == (1, True)


async def test_a_split_off_matter_keeps_what_its_date_was_counted_by(world: World, auditor: Auditor) -> None:
    number = await assigned(world)
    await world.step(number, "split", who="dispatcher", briefs=["人行道砖破损"], reason="两件事")
    (child,) = await world.rows("SELECT id FROM tickets WHERE parent IS NOT NULL")
    assert (await auditor.recompute())[0] == 0
    await world.rows(
        "UPDATE tickets SET first_promised_at = first_promised_at + interval '1 day' WHERE id = $1", child["id"]
    )
    code, said = await auditor.recompute()
    assert (code, "最初承诺日期" in str(said)) == (1, True)
