"""删除个人信息: what the law lets go goes from the tables, the search and the folder; what must stay stays, and the trail holds."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from hotline import accounts, erasing, person
from hotline.commands import audit
from hotline.commands import person as command
from hotline.countersign import Waiting
from hotline.keys import SETTINGS
from hotline.person import Erasable
from hotline.postgres import BINARIES
from models.errors import Conflict, CountersignWaiting, Forbidden, InvalidRequest
from models.store import erasures, examples, tickets
from models.ticket import id_of
from models.vocabulary import Role
from tests.integration.chatting import Citizen
from tests.integration.conftest import PASSWORD, START
from tests.integration.test_anchoring import ALL_WELL, Notary, notary
from tests.integration.test_attachments import stored, upload
from tests.integration.test_caller import RUBBISH, given, happens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from models.store.database import Session
    from tests.integration.conftest import World

__all__ = ["notary"]
PHONE, OTHER = "13700000031", "13700000032"
NAME: Final = "欧阳雪梅"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，我叫欧阳雪梅，晚上一片漆黑，请尽快维修。"
LATER = "旁边修鞋摊的两盏也灭了"
AUDITOR = "安审员"
REASON = "本人凭身份证件申请删除，档案部门已核"


@pytest.fixture(autouse=True)
async def auditor(world: World) -> None:
    await world.hub.database.write(lambda session: accounts.add(session, AUDITOR, PASSWORD, Role.AUDITOR, None, START))


async def archived(
    world: World, phone: str = PHONE, text: str = LAMP, said: str = "修鞋摊那边也亮了", **more: Any
) -> Any:
    """A ticket that has come to its end, with everything that may hang on one."""
    receipt = await world.register(text, channel="photo", caller={"name": NAME, "phone": phone}, **more)
    number = receipt["number"]
    await world.track(receipt, "supplement", text=LATER)
    await world.replied(number, f"已联系{NAME}女士，路灯已修复。")
    await world.answered(number)
    await world.step(number, "approve", who="reviewer")
    told = {"reached": True, "solved": True, "satisfied": True, "reason": f"诉求人说{said}"}
    await world.step(number, "follow_up", who="follow_up", **told)
    return receipt


async def years_later(world: World, **length: float) -> None:
    world.clock.move(**(length or {"days": 400}))
    await world.fire()


async def look(world: World, phone: str = PHONE, only: tuple[str, ...] = ()) -> Erasable:
    return await world.hub.database.read(
        lambda session: person.erasable(world.hub, session, phone, only, world.clock.now())
    )


async def signed(world: World, phone: str = PHONE) -> Erasable:
    """Ask, have a second person sign, and erase."""
    waits = await person.erase(world.hub, phone, AUDITOR, REASON)
    assert isinstance(waits, Waiting)
    await world.post(f"/api/v1/countersigns/{waits.id}/steps", {"action": "grant"}, who="supervisor")
    done = await person.erase(world.hub, phone, AUDITOR, REASON)
    assert isinstance(done, Erasable)
    await erasing.remove_files(world.hub, world.client.app[SETTINGS].attachments_dir)
    return done


async def bearer(world: World) -> dict[str, str]:
    return {"authorization": f"Bearer {await world.token('supervisor')}"}


async def dumped(url: str) -> str:
    """Every row of every table, bytes as hex."""
    command = [str(BINARIES / "pg_dump"), "--data-only", f"--dbname={url}"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    # Two lines bear a word of chance.
    return "\n".join(line for line in done.stdout.decode().splitlines() if "restrict " not in line)


async def sealed_of(world: World, number: str) -> list[str]:
    """Every sealed value that belongs to a ticket, as hex."""
    one = id_of(number)
    found = await world.rows("SELECT text, brief, caller FROM ticket_texts WHERE id = $1", one)
    for sql in (
        "SELECT reply FROM assignments WHERE ticket_id = $1",
        "SELECT words FROM event_words WHERE ticket_id = $1",
        "SELECT address, body FROM notices WHERE ticket_id = $1",
        "SELECT name FROM attachments WHERE ticket_id = $1",
        "SELECT transcript, caller FROM interactions WHERE id = (SELECT interaction FROM tickets WHERE id = $1)",
    ):
        found += await world.rows(sql, one)
    return [bytes(value).hex() for row in found for value in row if value is not None]


async def of_a_call(world: World) -> tuple[Any, int, str]:
    """An archived ticket of a call, with a file."""
    call = await given(world, PHONE)
    file = await upload(world, name=f"{NAME}.jpg")
    receipt = await archived(world, interaction=call, attachments=[file])
    await happens(world, call, "ended", outcome="new_ticket", transcript=f"您好，我是{NAME}，{PHONE}")
    return receipt, call, file


async def test_everything_of_a_person_is_gone_and_the_trail_and_an_older_anchor_hold(
    world: World, database_url: str, notary: Notary
) -> None:
    receipt, call, file = await of_a_call(world)
    other = await archived(world, OTHER, RUBBISH, "很干净")
    await years_later(world)
    made = await notary.anchor()
    index = world.hub.database.keyring.blind_index(PHONE).hex()
    assert ((await look(world)).calls, (await look(world)).calls_stay) == (1, 0)
    before, sealed = await dumped(database_url), await sealed_of(world, receipt["number"])
    assert len(sealed) > 9
    assert all(one in before for one in (*sealed, index, "修鞋摊", file))
    assert stored(world, file).exists()

    done = await signed(world)
    assert (done.tickets, done.files, done.stays) == ([id_of(receipt["number"])], 1, [])
    after = await dumped(database_url)
    assert not [one for one in (*sealed, index, "修鞋摊", "翠湖路和建设路", f'"{file}"') if one in after]
    assert not stored(world, file).exists()
    assert await world.rows("SELECT FROM removed_files") == []
    assert await world.rows("SELECT FROM interactions WHERE id = $1 AND (caller, transcript) IS NULL", call)
    assert await look(world) == Erasable(tickets=[], stays=[], files=0, calls=0, calls_stay=0, limits=0, limits_stay=0)
    assert (await look(world, OTHER)).tickets == [id_of(other["number"])], "nobody else's"

    assert (await notary.verify(made))[0] == ALL_WELL
    audit.recompute_all(notary.settings, None)
    assert await notary.jobs.pop()(world.hub) == ALL_WELL
    sums = (
        await world.get(
            "/api/v1/books?since=2026-11-23T00:00:00%2B08:00&until=2026-11-26T00:00:00%2B08:00", who="supervisor"
        )
    )["accounts"]
    assert [one["name"] for one in sums if not one["is_balanced"]] == []
    later = await notary.anchor()
    assert (await notary.verify(later))[0] == ALL_WELL
    for tampered, path in ((False, made), (True, later)):
        if tampered:
            await world.rows("DELETE FROM events WHERE type = 'erased'")
        assert (await notary.verify(path))[0] == (1 if tampered else ALL_WELL)


async def test_whoever_looks_is_told_honestly(world: World) -> None:
    receipt, _, _ = await of_a_call(world)
    number = receipt["number"]
    await years_later(world)
    found = await world.get("/api/v1/tickets?q=路灯&state=archived", who="supervisor")
    assert number in str(found)
    await signed(world)
    found = await world.get("/api/v1/tickets?q=路灯&state=archived", who="supervisor")
    assert number not in str(found)
    seen = await world.followed(receipt)
    assert (seen["text"], seen["reply"]) == ("应当事人要求已删除个人信息", None)
    assert seen["lead"] is not None
    async with world.client.get("/me", params={"number": number, "code": receipt["query_code"]}) as page:
        shown = await page.text()
    assert "应当事人要求已删除个人信息" in shown
    assert "个人信息已删除" in shown
    assert NAME not in shown
    page = await world.ticket(number)
    assert (page["text"], page["caller"], page["place"]) == (
        "应当事人要求已删除个人信息", {"name": None, "phone": None}, None,
    )  # fmt: skip
    assert (await world.trail(number))[-1] == "erased"
    async with world.client.get(f"/api/v1/tickets/{number}/file", headers=await bearer(world)) as file:
        assert file.status == 200
    log = await world.get("/api/v1/access-log", who="auditor")
    (entry,) = [one for one in log["looks"] if one["what"] == "erase"]
    assert (entry["by"], entry["second"], entry["reason"], entry["ticket"]) == (
        AUDITOR, "test-supervisor", REASON, None,
    )  # fmt: skip


async def test_nothing_more_is_learnt_of_it(world: World) -> None:
    number = (await archived(world))["number"]
    await world.rows(
        "INSERT INTO examples VALUES ($1, $2, 1, $3, '0203', 'complaint', 3, 'correction', 'dispatcher')",
        world.hub.city.code, id_of(number), START,
    )  # fmt: skip

    async def learnt() -> tuple[int, int, int, int]:
        async with world.hub.database.session() as session:
            read = await tickets.readings(session, tickets.Walk(), None, 10)
            told = await tickets.spread(session, START, 10)
            return (
                len(read),
                await tickets.count(session, tickets.Walk()),
                len(told),
                sum((await examples.counts(session)).values()),
            )

    await years_later(world)
    assert await learnt() == (1, 1, 1, 1)
    await signed(world)
    assert await learnt() == (0, 0, 0, 0)


async def test_what_must_stay_stays_and_is_said_why(world: World) -> None:
    open_ = (await world.register(LAMP, caller={"phone": PHONE}))["number"]
    young = (await archived(world, text=RUBBISH))["number"]
    why = {one.ticket_id: one.why for one in (await look(world)).stays}
    assert why[id_of(open_)] == "尚未办结"
    assert "尚未归档" in why[id_of(young)]
    await years_later(world, days=200)
    why = {one.ticket_id: one.why for one in (await look(world)).stays}
    assert "结束未满1年" in why[id_of(young)]
    assert "档案" in why[id_of(young)]
    with pytest.raises(Conflict, match="没有可以删除"):
        await person.erase(world.hub, PHONE, AUDITOR, REASON)
    await years_later(world, days=200)
    done = await signed(world)
    assert [one.ticket_id for one in done.stays] == [id_of(open_)]
    page = await world.ticket(open_)
    assert "路灯坏了三天" in page["text"]
    assert page["caller"]["phone"] is not None


async def test_a_tip_off_stays_longer(world: World) -> None:
    number = (await world.register("举报东湖区翠湖路一家饭店使用过期食材加工菜品，请查处。", caller={"phone": PHONE}))[
        "number"
    ]
    await world.step(number, "void", who="administrator", reason="重复录入的测试件")
    await years_later(world)
    (stays,) = (await look(world)).stays
    assert "结束未满5年" in stays.why
    assert "举报" in stays.why


async def test_of_a_family_s_phone_only_the_tickets_that_are_named(world: World) -> None:
    mine, theirs = await archived(world), await archived(world, text=RUBBISH)
    await years_later(world)
    only = (mine["number"],)
    found = await look(world, only=only)
    assert found.tickets == [id_of(mine["number"])]
    assert [(one.ticket_id, one.why) for one in found.stays] == [(id_of(theirs["number"]), "未列入本次删除")]
    waits = await person.erase(world.hub, PHONE, AUDITOR, REASON, only)
    assert isinstance(waits, Waiting)
    await world.post(f"/api/v1/countersigns/{waits.id}/steps", {"action": "grant"}, who="supervisor")
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON), Waiting), "signed for that ticket alone"
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON, only), Erasable)
    assert (await look(world)).tickets == [id_of(theirs["number"])]


async def test_who_signs_for_a_ticket_has_not_signed_for_the_rest_of_the_phone(world: World) -> None:
    only = ((await archived(world))["number"],)
    call = await given(world, PHONE)
    await happens(world, call, "ended", outcome="answered")
    await years_later(world)
    waits = await person.erase(world.hub, PHONE, AUDITOR, REASON, only)
    assert isinstance(waits, Waiting)
    await world.post(f"/api/v1/countersigns/{waits.id}/steps", {"action": "grant"}, who="supervisor")
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON), Waiting)
    asked = (await world.get("/api/v1/countersigns?waiting=true", who="supervisor"))["countersigns"]
    assert [one["asked"] for one in asked] == [{"tickets": list(only), "calls": 1, "limits": 0}]
    assert (await look(world)).tickets == [id_of(only[0])]


async def test_what_the_chatbot_was_taught_by_a_sentence_goes_with_the_chat(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("修鞋摊旁边的灯不亮")
    chat = await citizen.interaction()
    await world.rows(
        "INSERT INTO utterance_reviews SELECT city_code, id, 1, 'taught', 'request', '修鞋摊旁边的灯不亮', '教员', now() "
        "FROM conversations WHERE interaction = $1",
        chat,
    )
    await world.hub.database.write(lambda session: erasures.erase_calls(session, [chat], is_over=True))
    assert await world.rows("SELECT FROM utterance_reviews") == []


async def test_nobody_writes_on_an_erased_ticket(world: World) -> None:
    receipt, _, _ = await of_a_call(world)
    number = receipt["number"]
    await years_later(world)
    await signed(world)
    assert (await world.ticket(number))["allowed_actions"] == []
    path, before = f"/api/v1/tickets/{number}/steps", await world.trail(number)
    note = {"action": "note", "reason": "王女士又来电话", "version": (await world.ticket(number))["version"]}
    for n, who in enumerate(("dispatcher", "supervisor", "department:urban")):
        told = await world.post(path, note, who=who, key=f"erased{n}", ok=(409,))
        assert "个人信息已删除" in told["detail"]
    assert await world.trail(number) == before


async def test_one_person_alone_and_a_dry_run_change_nothing(world: World, database_url: str) -> None:
    await of_a_call(world)
    await years_later(world)
    before = await dumped(database_url)
    await look(world)
    assert await dumped(database_url) == before
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON), Waiting)
    with pytest.raises(CountersignWaiting):
        await person.erase(world.hub, PHONE, AUDITOR, REASON)
    assert len((await look(world)).tickets) == 1
    (asked,) = (await world.get("/api/v1/countersigns?waiting=true", who="supervisor"))["countersigns"]
    assert (asked["what"], asked["reason"]) == ("erase", REASON)
    for who in ("auditor", "dispatcher"):
        await world.post(f"/api/v1/countersigns/{asked['id']}/steps", {"action": "grant"}, who=who, ok=(403,))
    await world.post(f"/api/v1/countersigns/{asked['id']}/steps", {"action": "grant"}, who="supervisor")
    await years_later(world, hours=3)
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON), Waiting), "signed too long ago"


async def test_only_the_auditor_may_and_only_with_a_reason(world: World) -> None:
    await of_a_call(world)
    await years_later(world)
    await world.hub.database.write(
        lambda session: accounts.add(session, "派单员", PASSWORD, Role.DISPATCHER, None, START)
    )
    with pytest.raises(Forbidden, match="安全审计员"):
        await person.erase(world.hub, PHONE, "派单员", REASON)
    for phone, reason in ((PHONE, "删"), ("12", REASON)):
        with pytest.raises(InvalidRequest):
            await person.erase(world.hub, phone, AUDITOR, reason)


async def test_what_breaks_off_halfway_has_erased_nothing(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await of_a_call(world)
    await years_later(world)
    waits = await person.erase(world.hub, PHONE, AUDITOR, REASON)
    assert isinstance(waits, Waiting)
    await world.post(f"/api/v1/countersigns/{waits.id}/steps", {"action": "grant"}, who="supervisor")
    before = await dumped(database_url)

    async def dies(session: Session, *_: Any) -> None:
        await session.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr("models.store.database.RETRY_FOR_S", 0.1)
    with monkeypatch.context() as patched:
        patched.setattr(erasures, "erase_phone", dies)
        with pytest.raises(Exception, match="数据库"):
            await person.erase(world.hub, PHONE, AUDITOR, REASON)
    assert await dumped(database_url) == before
    assert isinstance(await person.erase(world.hub, PHONE, AUDITOR, REASON), Erasable)


async def test_a_city_that_has_not_said_how_long_erases_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await of_a_call(world)
    await years_later(world)
    monkeypatch.setattr(world.hub, "city", msgspec.structs.replace(world.hub.city, retention=None))
    with pytest.raises(Conflict, match="retention.toml"):
        await look(world)


async def test_the_command_previews_asks_and_erases(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, _, file = await of_a_call(world)
    await years_later(world)
    jobs: list[Callable[[Hub], Awaitable[int]]] = []
    monkeypatch.setattr(command, "with_hub", lambda _settings, job: jobs.append(job))
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(world.client.app[SETTINGS].data_dir))

    async def run(**how: Any) -> tuple[int, str]:
        with pytest.raises(SystemExit):
            command.erase(PHONE, reason=REASON, by=AUDITOR, **how)
        code = await jobs.pop()(world.hub)
        return code, capsys.readouterr().out

    code, said = await run()
    assert code == 0
    assert receipt["number"] in said
    assert "什么也没有删除" in said
    code, said = await run(confirm=True)
    assert code == command.WAITS
    assert "双人复核" in said
    (asked,) = (await world.get("/api/v1/countersigns?waiting=true", who="supervisor"))["countersigns"]
    await world.post(f"/api/v1/countersigns/{asked['id']}/steps", {"action": "grant"}, who="supervisor")
    code, said = await run(confirm=True)
    assert (code, "附件文件1个" in said, PHONE in said) == (0, True, False)
    assert not stored(world, file).exists()
