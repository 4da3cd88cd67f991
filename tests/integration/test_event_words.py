"""What a department or a citizen writes with a step is kept sealed, shown masked, only to whom it concerns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from hotline.commands import audit
from hotline.config import Settings
from hotline.step import Step, run
from models.lifecycle import Action
from models.ticket import Actor, id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from tests.integration.conftest import World

# 城管局 leads, 环卫中心 assists.
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER: Final = {"name": "欧阳雪梅", "phone": "13800000000"}
WHO: Final = "department:urban"
# Each step with the field whose words nothing else keeps, and words that name the caller.
STEPS: Final[list[tuple[str, str, str, dict[str, Any]]]] = [
    ("acknowledge", "handler", "清运班组组长 13900000001", {}),
    ("contact", "remark", "欧阳雪梅女士改用13700000002联系", {"reached": True}),
    ("progress", "text", "已与欧阳雪梅约定明早到场", {}),
    ("reply", "law_basis", "城市市容条例第十六条，告知13800000000", {"text": "垃圾已清运完毕。"}),
    ("sign_off", "signed_by", "分管局领导 13900000003", {}),
]
# The citizen's, and whether the matter must have been closed before.
CITIZENS: Final[list[tuple[str, str, str, bool]]] = [
    ("urge", "text", "欧阳雪梅催了三次，请打13700000002", False),
    ("withdraw", "reason", "店家已经整改，欧阳雪梅13700000002", False),
    ("ask_reopen", "reason", "昨晚垃圾又堆满，欧阳雪梅13700000002", True),
]
SECRETS: Final = ("欧阳雪梅", "13800000000", "13900000001", "13700000002", "13900000003")


async def signed_off(world: World) -> str:
    """A ticket whose lead has written something with every step."""
    number = str((await world.register(LITTER, caller=CALLER))["number"])
    for action, name, words, fields in STEPS:
        await world.step(number, action, who=WHO, **{name: words}, **fields)
    return number


async def words_of(world: World, number: str, who: str) -> dict[str, dict[str, str]]:
    """What somebody reads on the trail, by the type of event."""
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who=who)
    return {event["type"]: event["words"] for event in trail["events"] if event["words"]}


async def sealed(world: World, number: str) -> list[Any]:
    return await world.rows("SELECT seq, words FROM event_words WHERE ticket_id = $1 ORDER BY seq", id_of(number))


@pytest.mark.parametrize(("action", "name", "words"), [(step[0], step[1], step[2]) for step in STEPS])
async def test_words_are_sealed_and_the_trail_only_names_them(world: World, action: str, name: str, words: str) -> None:
    number = await signed_off(world)
    rows = await world.rows(
        "SELECT e.seq, e.body, w.words FROM events AS e JOIN event_words AS w USING (city_code, ticket_id, seq)"
        " WHERE ticket_id = $1 AND type = $2",
        id_of(number),
        action,
    )
    assert len(rows) == 1
    assert words.encode() not in rows[0]["words"]
    assert name.encode() not in rows[0]["words"]
    row = f"{id_of(number)}/{rows[0]['seq']}"
    opened = world.hub.database.keyring.unseal(rows[0]["words"], "event_words", "words", row)
    # As it was written: what is masked cannot be read again by anybody.
    assert json.loads(opened) == {name: words}
    fields = json.loads(rows[0]["body"])["fields"]
    assert fields["words"] == [name]
    assert words not in rows[0]["body"].decode()


@pytest.mark.parametrize(("action", "name"), [(step[0], step[1]) for step in STEPS])
async def test_words_are_shown_masked_to_the_supervisor_and_not_to_a_unit_without_that_part(
    world: World, action: str, name: str
) -> None:
    number = await signed_off(world)
    shown = (await words_of(world, number, "supervisor"))[action]
    assert list(shown) == [name]
    assert shown[name]
    assert not any(secret in shown[name] for secret in SECRETS)
    # It assists, so that it sees the trail and that something was written, but not what.
    assert await words_of(world, number, "department:sanitation") == {}
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="department:sanitation")
    assert [event["fields"]["words"] for event in trail["events"] if event["type"] == action] == [[name]]


async def test_what_is_no_secret_stays_readable(world: World) -> None:
    shown = await words_of(world, await signed_off(world), "auditor")
    assert shown["acknowledge"]["handler"].startswith("清运班组组长")
    assert shown["contact"]["remark"].endswith("联系")
    assert shown["progress"]["text"].endswith("约定明早到场")
    assert shown["reply"]["law_basis"].startswith("城市市容条例第十六条")
    assert shown["sign_off"]["signed_by"].startswith("分管局领导")


async def test_no_table_holds_the_words_in_the_clear(world: World) -> None:
    number = await signed_off(world)
    for table in ("tickets", "assignments", "events", "event_words", "deliveries", "idempotency"):
        for row in await world.rows(f"SELECT * FROM {table}"):
            text = "".join(v.decode(errors="ignore") if isinstance(v, bytes) else str(v) for v in row.values())
            assert not any(words in text for _, _, words, _ in STEPS), table
    assert len(await sealed(world, number)) == len(STEPS)


async def test_a_unit_reads_its_own_words_and_those_of_the_units_under_it(world: World) -> None:
    number = await signed_off(world)
    await world.step(number, "acknowledge", who="department:sanitation", handler="环卫班长")
    assert set(await words_of(world, number, WHO)) == {action for action, *_ in STEPS}
    # The government stands over the bureau.
    assert set(await words_of(world, number, "department:government")) >= {"sign_off"}
    assert await words_of(world, number, "department:sanitation") == {"acknowledge": {"handler": "环卫班长"}}
    await world.get(f"/api/v1/tickets/{number}/trail", who="department:parks", status=404)


async def test_a_district_reads_its_streets_words_and_the_street_not_the_districts(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "delegate", who=WHO, department="donghu", instruction="请属地核实")
    await world.step(number, "acknowledge", who="department:donghu", handler="区城运中心")
    await world.step(number, "delegate", who="department:donghu", department="donghu-cuihu", instruction="请到场核实")
    await world.step(number, "acknowledge", who="department:donghu-cuihu")
    await world.step(number, "progress", who="department:donghu-cuihu", text="网格员已到场")
    street = {"progress": {"text": "网格员已到场"}}
    district = {"acknowledge": {"handler": "区城运中心"}}
    assert await words_of(world, number, "department:donghu") == {**district, **street}
    assert await words_of(world, number, "department:donghu-cuihu") == street
    assert await words_of(world, number, WHO) == {}


async def test_the_parts_show_who_handles_and_who_signed(world: World) -> None:
    number = await signed_off(world)
    for who in ("supervisor", WHO):
        lead, assisting = (await world.ticket(number, who=who))["assignments"]
        assert lead["handler"].startswith("清运班组组长")
        assert lead["signed_by"].startswith("分管局领导")
        assert not any(secret in lead["handler"] + lead["signed_by"] for secret in SECRETS)
        assert (assisting["handler"], assisting["signed_by"]) == (None, None)
    lead = (await world.ticket(number, who="department:sanitation"))["assignments"][0]
    assert (lead["handler"], lead["signed_by"]) == (None, None)


async def test_who_signed_a_rejected_reply_did_not_sign_the_next(world: World) -> None:
    number = await signed_off(world)
    await world.step(number, "reject", who="reviewer", reason="未说明清运频次")
    assert (await world.ticket(number))["assignments"][0]["signed_by"] is None
    await world.step(number, "reply", who=WHO, text="每日清运两次。")
    await world.step(number, "sign_off", who=WHO)
    part = (await world.ticket(number))["assignments"][0]
    assert (part["signed_by"], part["handler"] is not None) == (None, True)
    # What the first one wrote stays where it was written.
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    signed = [event["words"] for event in trail["events"] if event["type"] == "sign_off"]
    assert [bool(words) for words in signed] == [True, False]


@pytest.mark.parametrize(("action", "name", "words", "is_closed"), CITIZENS, ids=[step[0] for step in CITIZENS])
async def test_a_citizens_words_are_sealed_as_written_and_shown_masked_to_the_hotline_alone(
    world: World, *, action: str, name: str, words: str, is_closed: bool
) -> None:
    receipt = await world.register(LITTER, caller=CALLER)
    number = str(receipt["number"])
    if is_closed:
        await world.closed(number)
    said: dict[str, Any] = {name: words}
    await world.track(receipt, action, **said)
    rows = await sealed(world, number)
    assert len(rows) == 1
    opened = world.hub.database.keyring.unseal(
        rows[0]["words"], "event_words", "words", f"{id_of(number)}/{rows[0]['seq']}"
    )
    assert json.loads(opened) == {name: words}
    shown = (await words_of(world, number, "supervisor"))[action]
    assert list(shown) == [name]
    assert any(kept in shown[name] for kept in ("催了三次", "店家已经整改", "昨晚垃圾又堆满"))
    assert not any(secret in shown[name] for secret in SECRETS)
    assert await words_of(world, number, WHO) == {}
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who=WHO)
    assert [event["fields"]["words"] for event in trail["events"] if event["type"] == action] == [[name]]
    for table in ("tickets", "events", "event_words", "deliveries", "supervisions", "idempotency"):
        for row in await world.rows(f"SELECT * FROM {table}"):
            text = "".join(v.decode(errors="ignore") if isinstance(v, bytes) else str(v) for v in row.values())
            assert words not in text, table
            assert "13700000002" not in text, table


@pytest.mark.parametrize(("action", "fields"), [("urge", {}), ("urge", {"text": "  "}), ("withdraw", {"reason": ""})])
async def test_a_citizen_who_wrote_nothing_leaves_no_words(world: World, action: str, fields: dict[str, Any]) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.track(receipt, action, **fields)
    assert await sealed(world, receipt["number"]) == []


async def test_what_a_seat_writes_down_for_a_caller_is_sealed_too(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.step(receipt["number"], "urge", who="agent", text="来电催促，改打13700000002")
    shown = (await words_of(world, receipt["number"], "supervisor"))["urge"]
    assert shown["text"].startswith("来电催促")
    assert "13700000002" not in shown["text"]


async def test_a_step_without_words_keeps_none(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who=WHO, handler="  ")
    await world.step(number, "contact", who=WHO, reached=True, remark="")
    await world.step(number, "reply", who=WHO, text="路灯已修复。")
    await world.step(number, "sign_off", who=WHO, signed_by=None)
    assert await sealed(world, number) == []
    assert await words_of(world, number, "supervisor") == {}
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
    assert not any("words" in event["fields"] for event in trail["events"])


async def test_a_refused_step_keeps_no_words(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.refused(number, "progress", who=WHO, text="已派维修班组")
    assert await sealed(world, number) == []


async def test_words_that_were_moved_to_another_event_do_not_open(world: World) -> None:
    number = await signed_off(world)
    first, second = (await sealed(world, number))[:2]
    await world.rows(
        "UPDATE event_words SET words = $1 WHERE ticket_id = $2 AND seq = $3",
        second["words"],
        id_of(number),
        first["seq"],
    )
    said = await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor", status=500)
    assert said["code"] == "cannot_open"


async def test_verify_and_recompute_find_nothing_wrong(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = await signed_off(world)
    jobs: list[Callable[[Hub], Awaitable[int]]] = []
    monkeypatch.setattr(audit, "with_hub", lambda _settings, job: jobs.append(job))
    audit.verify(Settings(), number)
    audit.recompute_all(Settings(), number)
    assert [await job(world.hub) for job in jobs] == [0, 0]
    said = capsys.readouterr().out
    assert "核对1件工单的留痕，0件有问题" in said
    assert "重算2项承办的时限，0项不符" in said


async def test_a_note_of_the_hotline_is_sealed_and_told_to_no_department(world: World) -> None:
    number = str((await world.register(LITTER, caller=CALLER))["number"])
    words = "欧阳雪梅住霞林天地2单元501，怕被报复，请保密"
    await world.step(number, "note", who="agent", reason=words)
    [row] = await sealed(world, number)
    opened = world.hub.database.keyring.unseal(row["words"], "event_words", "words", f"{id_of(number)}/{row['seq']}")
    assert json.loads(opened) == {"reason": words}
    assert "怕被报复" in (await words_of(world, number, "supervisor"))["note"]["reason"]
    for code in ("urban", "sanitation"):
        trail = await world.get(f"/api/v1/tickets/{number}/trail", who=f"department:{code}")
        assert "怕被报复" not in str(trail)
        assert "2单元" not in str(trail)
    for table in ("events", "deliveries", "idempotency"):
        assert "怕被报复" not in str([tuple(row.values()) for row in await world.rows(f"SELECT * FROM {table}")])


async def test_a_department_reads_its_own_note_and_no_other_s(world: World) -> None:
    number = str((await world.register(LITTER, caller=CALLER))["number"])
    await world.step(number, "note", who=WHO, reason="已安排夜班清运")
    assert await words_of(world, number, WHO) == {"note": {"reason": "已安排夜班清运"}}
    assert await words_of(world, number, "department:sanitation") == {}


async def test_a_note_that_was_kept_in_the_clear_is_shown_to_no_department(world: World) -> None:
    """As a former version wrote it."""
    number = str((await world.register(LITTER, caller=CALLER))["number"])

    async def work(step: Step) -> None:
        step.take(Action.NOTE, reason="诉求人怕被报复")

    await run(world.hub, Actor(Role.AGENT, "test-agent"), id_of(number), work)
    for who, is_told in (("supervisor", True), (WHO, False)):
        trail = await world.get(f"/api/v1/tickets/{number}/trail", who=who)
        assert ("怕被报复" in str(trail)) is is_told
