"""The outbox: signed, in order, again with back-off, at most once at a time, and nobody waits for the slowest."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import standardwebhooks
from aiohttp import web

from hotline.workers.notices import send_notices
from hotline.workers.outbox import AT_ONCE_EACH, FIRST_PAUSE, JITTER, LONGEST_PAUSE, MOST_ATTEMPTS, Outbox, pause
from hotline.workers.timers import fire_timers
from models.store import deliveries, notices, timers
from models.store.deliveries import LEASE, Room
from models.ticket import id_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from models.store.notices import Message
    from tests.integration.conftest import Receivers, World

ROOM = Room(batch=100, each=AT_ONCE_EACH, under_way={})
TEXT = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


@pytest.fixture
async def outbox(world: World) -> AsyncIterator[Outbox]:
    made = Outbox(world.hub, world.http)
    yield made
    await made.close()


def answers(*statuses: int, **headers: str) -> Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]:
    """Answer with these statuses one after the other, then for ever with the last."""
    left = list(statuses)

    async def behave(request: web.Request, raw: bytes) -> web.StreamResponse:
        return web.Response(status=left.pop(0) if len(left) > 1 else left[0], headers=headers)

    return behave


async def silence(request: web.Request, raw: bytes) -> web.StreamResponse:
    """Take the message and never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def until(outbox: Outbox, is_true: Callable[[], Awaitable[bool]]) -> None:
    """Let the outbox turn as its loop does, without waiting for everything, until something is true."""
    async with asyncio.timeout(8):
        while not await is_true():
            await outbox.turn(datetime.now(UTC))
            await asyncio.sleep(0.005)


async def test_the_reference_library_accepts_what_is_sent(receivers: Receivers, world: World) -> None:
    accepted: list[Any] = []

    async def check(request: web.Request, raw: bytes) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        accepted.append(standardwebhooks.Webhook(receivers.secrets["urban"][0]).verify(raw, headers))
        return web.Response(status=204)

    await receivers.register("urban")
    receivers.behaviour["urban"] = check
    name = await receivers.queue("urban")
    assert await world.deliver() == 1
    assert accepted == [{"id": name}]
    assert await receivers.states() == {name: "delivered"}


async def test_a_failed_try_is_repeated_after_a_pause_and_not_before(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(500, 503, 200)
    name = await receivers.queue("urban")
    for tried in (1, 2):
        await world.deliver()
        (row,) = await world.rows("SELECT * FROM deliveries")
        assert (row["state"], row["attempts"]) == ("waiting", tried)
        shortest, longest = (pause(tried) * part for part in JITTER)
        assert shortest <= row["next_at"] - world.clock.at <= longest
        assert await world.deliver() == 0
        world.clock.at = row["next_at"]
    await world.deliver()
    assert await receivers.states() == {name: "delivered"}
    assert [seen for _, seen in receivers.seen] == [name] * 3


async def test_retry_after_is_honoured(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(429, **{"retry-after": "3600"})
    await receivers.queue("urban")
    await world.deliver()
    (row,) = await world.rows("SELECT next_at, last_error FROM deliveries")
    assert row["last_error"] == "对方答复 429"
    assert timedelta(minutes=59) < row["next_at"] - world.clock.at <= timedelta(hours=1)


async def test_an_endless_retry_after_is_cut_to_the_longest_pause(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(503, **{"retry-after": "99999999999999"})
    await receivers.queue("urban")
    await world.deliver()
    (row,) = await world.rows("SELECT next_at FROM deliveries")
    assert row["next_at"] - world.clock.at <= LONGEST_PAUSE


async def test_gone_is_dead_at_once(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(410)
    name = await receivers.queue("urban")
    await world.deliver()
    assert await receivers.states() == {name: "dead"}
    world.clock.move(days=30)
    assert await world.deliver() == 0


async def test_a_redirect_is_not_followed(receivers: Receivers, world: World) -> None:
    await receivers.register("urban", "parks")
    receivers.behaviour["urban"] = answers(307, location=str(receivers.server.make_url("/parks")))
    name = await receivers.queue("urban")
    await world.deliver()
    assert receivers.seen == [("urban", name)]
    (row,) = await world.rows("SELECT state, last_error FROM deliveries")
    assert (row["state"], row["last_error"]) == ("waiting", "对方答复 307")


async def test_after_all_tries_it_is_a_dead_letter(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(500)
    name = await receivers.queue("urban")
    began = world.clock.at
    for _ in range(MOST_ATTEMPTS):
        assert await receivers.states() == {name: "waiting"}
        (row,) = await world.rows(
            "SELECT greatest(next_at, open_until) AS at FROM deliveries JOIN endpoints USING (department)"
        )
        world.clock.at = max(world.clock.at, row["at"])
        assert await world.deliver() == 1
    assert await receivers.states() == {name: "dead"}
    assert len(receivers.seen) == MOST_ATTEMPTS
    assert timedelta(days=1.5) < world.clock.at - began < timedelta(days=5)


async def test_order_is_kept_for_a_ticket_while_its_first_fails_and_others_go_on(
    receivers: Receivers, world: World
) -> None:
    await receivers.register("urban")

    async def refuse_the_first(request: web.Request, raw: bytes) -> web.StreamResponse:
        is_refused = request.headers["webhook-id"] == "msg_urban_1_1" and len(receivers.seen) < 4
        return web.Response(status=500 if is_refused else 200)

    receivers.behaviour["urban"] = refuse_the_first
    for ticket, position in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2)):
        await receivers.queue("urban", ticket=ticket, position=position)
    await world.deliver()
    states = await receivers.states()
    assert {name for name, state in states.items() if state == "waiting"} == {f"msg_urban_1_{n}" for n in (1, 2, 3)}
    world.clock.move(minutes=1)
    await world.deliver()
    assert set((await receivers.states()).values()) == {"delivered"}
    of_first = [name for _, name in receivers.seen if name.startswith("msg_urban_1_")]
    assert of_first == ["msg_urban_1_1", "msg_urban_1_1", "msg_urban_1_2", "msg_urban_1_3"]


async def test_a_dead_first_one_lets_the_next_of_its_ticket_go(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    receivers.behaviour["urban"] = answers(410, 200)
    first, second = await receivers.queue("urban", position=1), await receivers.queue("urban", position=2)
    await world.deliver()
    world.clock.move(minutes=1)
    await world.deliver()
    assert await receivers.states() == {first: "dead", second: "delivered"}


async def test_two_workers_never_send_the_same_one_at_the_same_time(receivers: Receivers, world: World) -> None:
    departments = [f"d{n}" for n in range(10)]
    await receivers.register(*departments)

    async def slowly(request: web.Request, raw: bytes) -> web.StreamResponse:
        await asyncio.sleep(0.01)
        return web.Response()

    for department in departments:
        receivers.behaviour[department] = slowly
        for ticket in range(20):
            await receivers.queue(department, ticket=ticket)
    workers = [Outbox(world.hub, world.http), Outbox(world.hub, world.http)]

    async def all_delivered() -> bool:
        return set((await receivers.states()).values()) == {"delivered"}

    await asyncio.gather(*(until(worker, all_delivered) for worker in workers))
    assert len(receivers.seen) == len(set(receivers.seen)) == 200
    for worker in workers:
        await worker.close()


async def test_what_a_dead_worker_had_claimed_is_sent_after_the_lease(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    name = await receivers.queue("urban")
    wall_now, now = datetime.now(UTC), world.clock.now()
    async with world.hub.database.session() as session:
        claimed = await deliveries.claim(session, now, wall_now, now, ROOM)
    assert [one.id for one in claimed] == [name]
    other = Outbox(world.hub, world.http)
    assert await other.turn(wall_now + LEASE - timedelta(seconds=1)) == 0
    assert await other.turn(wall_now + LEASE + timedelta(seconds=1)) == 1
    await other.close()
    assert await receivers.states() == {name: "delivered"}


async def test_a_worker_that_lost_its_claim_changes_nothing_but_a_success(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    name = await receivers.queue("urban")
    wall_now, now = datetime.now(UTC), world.clock.now()
    async with world.hub.database.session() as session:
        (first,) = await deliveries.claim(session, now, wall_now, now, ROOM)
        (second,) = await deliveries.claim(session, now, wall_now + 2 * LEASE, now, ROOM)
        late = deliveries.Settled(
            id=name, state="dead", next_at=now, claimed_until=first.claimed_until, last_error="too late"
        )
        await deliveries.settle(session, [late])
        assert await receivers.states() == {name: "waiting"}
        good = deliveries.Settled(
            id=name, state="delivered", next_at=now, claimed_until=first.claimed_until, delivered_at=now
        )
        await deliveries.settle(session, [good])
        await deliveries.settle(
            session,
            [deliveries.Settled(id=name, state="waiting", next_at=now, claimed_until=second.claimed_until)],
        )
    assert await receivers.states() == {name: "delivered"}


async def test_a_silent_endpoint_holds_up_nobody_else(receivers: Receivers, world: World, outbox: Outbox) -> None:
    await receivers.register("silent", "urban")
    receivers.behaviour["silent"] = silence
    for ticket in range(300):
        await receivers.queue("silent", ticket=ticket)
    others = {await receivers.queue("urban", ticket=ticket) for ticket in range(50)}

    async def others_delivered() -> bool:
        states = await receivers.states()
        return all(states[name] == "delivered" for name in others)

    await until(outbox, others_delivered)
    assert receivers.under_way["silent"] == receivers.most_under_way["silent"] == AT_ONCE_EACH
    assert receivers.most_under_way["urban"] <= AT_ONCE_EACH


async def test_a_few_are_not_kept_waiting_behind_the_many_of_another(receivers: Receivers, world: World) -> None:
    await receivers.register("many", "few")
    for ticket in range(300):
        await receivers.queue("many", ticket=ticket)
    await receivers.queue("few")
    async with world.hub.database.session() as session:
        now = world.clock.now()
        claimed = await deliveries.claim(session, now, datetime.now(UTC), now, ROOM)
    assert sorted({one.department for one in claimed}) == ["few", "many"]
    assert len(claimed) == AT_ONCE_EACH + 1


async def test_a_poisoned_delivery_or_endpoint_does_not_stop_the_others(receivers: Receivers, world: World) -> None:
    await receivers.register("urban", "spoilt")
    poisoned, healthy = await receivers.queue("urban", ticket=1), await receivers.queue("urban", ticket=2)
    unsigned = await receivers.queue("spoilt")
    await world.rows("UPDATE deliveries SET body = 'x' WHERE id = $1", poisoned)
    await world.rows("UPDATE endpoints SET webhook_secrets = 'x' WHERE department = 'spoilt'")
    await world.deliver()
    assert await receivers.states() == {poisoned: "dead", healthy: "delivered", unsigned: "dead"}
    (row,) = await world.rows("SELECT last_error FROM deliveries WHERE id = $1", poisoned)
    assert "密文" in row["last_error"]


async def test_a_worker_that_stops_records_what_it_had_under_way(receivers: Receivers, world: World) -> None:
    await receivers.register("urban")
    name = await receivers.queue("urban")
    worker = Outbox(world.hub, world.http)
    await worker.turn(datetime.now(UTC))
    await worker.close()
    assert await receivers.states() == {name: "delivered"}


async def test_a_webhook_is_written_with_its_step_and_carries_no_original_words(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(TEXT, caller={"phone": "13800000000", "disclosure": "confidential"})
    await world.deliver()
    (sent,) = urban.received
    assert sent["type"] == "ticket.dispatched"
    assert sent["data"]["ticket"] == receipt["number"]
    assert sent["data"]["caller"] is None
    assert "13800000000" not in str(sent)
    (row,) = await world.rows("SELECT body FROM deliveries")
    assert receipt["number"].encode() not in row["body"]


class MoodyProvider:
    """A short-message provider that refuses the first."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, message: Message) -> None:
        if not self.taken:
            self.taken.append("")
            raise ConnectionError("provider is down")
        self.taken.append(message.address)


async def test_a_message_that_the_provider_refuses_is_tried_again_and_stops_no_other(world: World) -> None:
    for phone in ("13800000001", "13800000002"):
        await world.register(TEXT, caller={"phone": phone})
    provider = MoodyProvider()
    assert await send_notices(world.hub, provider, is_wechat=False) == 2
    async with world.hub.database.session() as session:
        assert sorted(one.sent_at is None for one in await notices.newest(session, 5)) == [False, True]
    assert await send_notices(world.hub, provider, is_wechat=False) == 0
    await world.rows("UPDATE notices SET claimed_until = now() - interval '1 second' WHERE sent_at IS NULL")
    assert await send_notices(world.hub, provider, is_wechat=False) == 1
    assert sorted(provider.taken) == ["", "13800000001", "13800000002"]


async def test_a_poisoned_timer_does_not_stop_the_others(world: World) -> None:
    first, second = [await world.register(TEXT) for _ in range(2)]
    await world.rows(
        "UPDATE timers SET due_at = $1, kind = 'nonsense' WHERE ticket_id = $2",
        world.clock.now(),
        id_of(first["number"]),
    )
    await world.rows("UPDATE timers SET due_at = $1 WHERE ticket_id = $2", world.clock.now(), id_of(second["number"]))
    assert await fire_timers(world.hub) == 2
    assert await fire_timers(world.hub) == 0
    assert len(await world.trail(second["number"])) > len(await world.trail(first["number"]))
    async with world.hub.database.session() as session:
        later = datetime.now(UTC) + timedelta(minutes=2)
        assert [one.kind for one in await timers.claim(session, world.clock.now(), later, 10)] == ["nonsense"]


def test_the_first_pause_is_short_enough_for_a_restart() -> None:
    assert timedelta(seconds=1) <= FIRST_PAUSE <= timedelta(seconds=30)
