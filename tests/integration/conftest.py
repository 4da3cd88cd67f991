"""A real PostgreSQL with one database a test, a hub with a clock that the test moves, real HTTP."""

from __future__ import annotations

import asyncio
import base64
import collections
import itertools
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hotline import accounts, webhook
from hotline.app import make_app
from hotline.config import Settings
from hotline.http_client import HttpClient
from hotline.hub import Hub
from hotline.postgres import EmbeddedPostgres
from hotline.workers.notices import ShownOnPage, send_notices
from hotline.workers.outbox import Outbox
from hotline.workers.timers import fire_timers
from models import cipher
from models.city_files import read_city
from models.store import credentials, database, endpoints, notices
from models.store.migrations import migrate
from models.ticket import id_of
from models.vocabulary import Channel, Role
from nlu.reader import Reader
from routing.jurisdiction import Atlas

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from hotline.clock import Clock
    from models.city import City
    from models.store.database import Session
    from models.store.notices import Message

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = "hotline_template"
# A Monday morning with the whole week of working days ahead.
START = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
ADDRESS = "https://12345.yunzhou.example"
PASSWORD = "correct horse battery"
FINGERPRINT_KEY = base64.b64encode(bytes(range(32))).decode()
_numbers = itertools.count()


class MovableClock:
    """The hub's clock in the hands of a test."""

    speed = 1.0

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def move(self, **length: float) -> None:
        self.at += timedelta(**length)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), options=["-c", "fsync=off"])
    server.start()
    asyncio.run(migrate(server.url(TEMPLATE)))
    yield server
    server.stop()


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield postgres.url(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
def yunzhou() -> City:
    return read_city(ROOT / "cities" / "yunzhou")


@pytest.fixture(scope="session")
def keyring() -> cipher.Keyring:
    """Fresh keys, but always the same fingerprints: whether near texts share a band must not be chance."""
    return cipher.Keyring(msgspec.structs.replace(cipher.generate(), fingerprint=FINGERPRINT_KEY))


@pytest.fixture(scope="session")
def reader(yunzhou: City, keyring: cipher.Keyring) -> Reader:
    """The shipped model: `make setup` has trained it."""
    return Reader.load(ROOT / "build" / "model", yunzhou, fingerprint_key=keyring.fingerprint_seed)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def hub(
    database_url: str, yunzhou: City, reader: Reader, keyring: cipher.Keyring, clock: MovableClock
) -> AsyncIterator[Hub]:
    store = await database.connect(database_url, yunzhou.code, keyring)
    yield Hub(store, yunzhou, reader, Atlas(yunzhou), cast("Clock", clock), address=ADDRESS, is_auto=True)
    await store.close()


class World:
    """The hub over real HTTP, its people signed in, its workers in the hands of the test."""

    def __init__(self, hub: Hub, clock: MovableClock, client: TestClient[web.Request, web.Application]) -> None:
        self.hub = hub
        self.clock = clock
        self.client = client
        self.http = HttpClient(any_target=True)
        self.tokens: dict[str, str] = {}
        self.departments: dict[str, DepartmentServer] = {}

    async def prepare(self) -> None:
        """Give every role a bearer token: `role` or `department:code` or `channel:phone`."""

        async def work(session: Session) -> None:
            for channel in Channel:
                await self._token(session, f"channel:{channel}", Role.CHANNEL, channel)

        await self.hub.database.write(work)

    async def token(self, who: str) -> str:
        """Return a token for a role of the hotline, made on first use."""
        if who not in self.tokens:
            kind, _, subject = who.partition(":")
            async with self.hub.database.session() as session:
                await self._token(session, who, Role(kind), subject or f"test-{kind}")
        return self.tokens[who]

    async def register(self, text: str, *, key: str | None = None, channel: str = "phone", **more: Any) -> Any:
        """Register a request as a channel does; returns the answer's body."""
        return await self.post(
            "/api/v1/tickets",
            {"text": text, **more},
            who=f"channel:{channel}",
            key=key or secrets.token_hex(8),
            ok=(200, 201),
        )

    async def step(self, number: str, action: str, /, *, who: str, **fields: Any) -> Any:
        """Take a step as somebody of the hotline or of a department, on the version that stands now.

        What one person may not do alone (双人复核), a second signs, and the first does it then.
        """
        made = await self.step_alone(number, action, who=who, **fields)
        if made.get("waits") is None:
            return made
        second = "shift_lead" if who == "supervisor" else "supervisor"
        await self.post(f"/api/v1/countersigns/{made['waits']['id']}/steps", {"action": "grant"}, who=second)
        return await self.step_alone(number, action, who=who, **fields)

    async def step_alone(self, number: str, action: str, /, *, who: str, **fields: Any) -> Any:
        """Order a step as one person, whether or not that is enough."""
        ticket = await self.get(f"/api/v1/tickets/{number}", who="supervisor")
        content = {"action": action, "version": ticket["version"], **fields}
        path = f"/api/v1/tickets/{number}/steps"
        return await self.post(path, content, who=who, key=secrets.token_hex(8), ok=(200, 202))

    async def ticket(self, number: str, *, who: str = "supervisor") -> Any:
        return await self.get(f"/api/v1/tickets/{number}", who=who)

    async def trail(self, number: str) -> list[str]:
        """The types of a ticket's events in order."""
        found = await self.get(f"/api/v1/tickets/{number}/trail", who="supervisor")
        return [event["type"] for event in found["events"]]

    async def get(self, path: str, *, who: str, status: int = 200) -> Any:
        headers = {"authorization": f"Bearer {await self.token(who)}"}
        async with self.client.get(path, headers=headers) as response:
            body = await response.text()
            assert response.status == status, f"{response.status} {body}"
            return json.loads(body)

    async def post(
        self,
        path: str,
        content: Any,
        *,
        who: str | None,
        key: str | None = None,
        ok: tuple[int, ...] = (200, 201),
        method: str = "POST",
    ) -> Any:
        headers = {} if who is None else {"authorization": f"Bearer {await self.token(who)}"}
        if key is not None:
            headers["idempotency-key"] = key
        async with self.client.request(method, path, json=content, headers=headers) as response:
            body = await response.text()
            assert response.status in ok, f"{response.status} {body}"
            return json.loads(body)

    async def send(
        self, path: str, content: bytes, *, who: str | None, key: str | None = None, method: str = "POST"
    ) -> tuple[int, bytes]:
        """Send bytes as they are; returns status and body of the answer as they are."""
        headers = {"content-type": "application/json"}
        if who is not None:
            headers["authorization"] = f"Bearer {await self.token(who)}"
        if key is not None:
            headers["idempotency-key"] = key
        async with self.client.request(method, path, data=content, headers=headers) as response:
            return response.status, await response.read()

    async def track(self, receipt: Any, action: str, *, ok: tuple[int, ...] = (200,), **fields: Any) -> Any:
        """Take a citizen's step by number and query code."""
        content = {"action": action, "code": receipt["query_code"], **fields}
        return await self.post(
            f"/api/v1/track/{receipt['number']}/steps", content, who=None, key=secrets.token_hex(8), ok=ok
        )

    async def followed(self, receipt: Any) -> Any:
        """What the citizen sees by number and query code."""
        path = f"/api/v1/track/{receipt['number']}"
        async with self.client.get(path, params={"code": receipt["query_code"]}) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def refused(self, number: str, action: str, /, *, who: str, status: int = 409, **fields: Any) -> Any:
        """Try a step that must be refused; returns the problem."""
        ticket = await self.get(f"/api/v1/tickets/{number}", who="supervisor")
        content = {"action": action, "version": ticket["version"], **fields}
        path = f"/api/v1/tickets/{number}/steps"
        return await self.post(path, content, who=who, key=secrets.token_hex(8), ok=(status,))

    async def replied(self, number: str, text: str = "已到现场处理完毕。", result: str = "solved") -> str:
        """Bring an assigned ticket to review through its lead's own steps; returns the lead's code."""
        lead = (await self.ticket(number))["lead"]["code"]
        who = f"department:{lead}"
        for action, fields in (
            ("acknowledge", {}),
            ("contact", {"reached": True}),
            ("reply", {"text": text, "result": result}),
            ("sign_off", {}),
        ):
            await self.step(number, action, who=who, **fields)
        return str(lead)

    async def answered(self, number: str) -> None:
        """Let everybody who assists, or works under another, reply and sign off: the last to be asked first."""
        for part in reversed((await self.ticket(number))["assignments"]):
            if part["role"] != "lead" and part["ended_at"] is None and part["signed_off_at"] is None:
                who, ordinal = f"department:{part['department']['code']}", part["assignment"]
                if part["acknowledged_at"] is None:
                    await self.step(number, "acknowledge", who=who, assignment=ordinal)
                await self.step(number, "reply", who=who, assignment=ordinal, text="本单位的部分已办理完毕。")
                await self.step(number, "sign_off", who=who, assignment=ordinal)

    async def reviewed(self, number: str) -> None:
        """Bring an assigned ticket to follow-up."""
        await self.replied(number)
        await self.answered(number)
        await self.step(number, "approve", who="reviewer")

    async def closed(self, number: str) -> None:
        """Bring an assigned ticket to its end, the citizen satisfied."""
        await self.reviewed(number)
        await self.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)

    async def sent_back(self, number: str) -> str:
        """Let the lead of an assigned ticket send it back and the desk uphold it; returns the lead's code."""
        lead = (await self.ticket(number))["lead"]["code"]
        asked = {"reason": "不属本单位职责", "duty_argument": "三定方案未列此项职责"}
        await self.step(number, "send_back", who=f"department:{lead}", **asked)
        await self.step(number, "decide_send_back", who="dispatcher", upheld=True, reason="退单成立")
        return str(lead)

    async def told(self, number: str) -> list[Message]:
        """The messages to the citizen of a ticket, oldest first."""
        async with self.hub.database.session() as session:
            newest = await notices.newest(session, 200)
        return [one for one in reversed(newest) if one.ticket_id == id_of(number)]

    async def department(self, code: str) -> DepartmentServer:
        """Return the server of a department, registered on first use."""
        if code not in self.departments:
            server = DepartmentServer(self, code)
            await server.start()
            self.departments[code] = server
        return self.departments[code]

    async def deliver(self) -> int:
        """Send every webhook that waits now; returns how many were tried."""
        total, outbox = 0, Outbox(self.hub, self.http)
        while n := await outbox.turn(datetime.now(UTC)):
            total += n
            await outbox.finish()
        for is_wechat in (False, True):
            await send_notices(self.hub, ShownOnPage(), is_wechat=is_wechat)
        return total

    async def fire(self) -> int:
        """Fire every timer that is due now."""
        total = 0
        while n := await fire_timers(self.hub):
            total += n
        return total

    async def everything_of(self, number: str) -> list[list[tuple[Any, ...]]]:
        """Every row that belongs to a ticket, to see that a refused step changed nothing."""
        tables = (
            "assignments", "events", "event_words", "timers", "deliveries", "notices", "disputes", "supervisions",
            "handoffs",
        )  # fmt: skip
        found = [await self.rows("SELECT * FROM tickets WHERE id = $1", id_of(number))]
        for table in tables:
            found.append(await self.rows(f"SELECT * FROM {table} WHERE ticket_id = $1 ORDER BY 1, 2, 3", id_of(number)))  # noqa: PERF401 - awaited
        return [[tuple(row) for row in rows] for rows in found]

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Look into the database by hand."""
        async with self.hub.database.session() as session:
            return await session.connection.fetch(sql, *args)

    async def close(self) -> None:
        for server in self.departments.values():
            await server.stop()
        await self.http.close()

    async def _token(self, session: Session, who: str, role: Role, subject: str) -> None:
        self.tokens[who] = secrets.token_urlsafe(16)
        await credentials.add(session, self.tokens[who], role, subject, START)


class DepartmentServer:
    """A department's own system: a real HTTP server that verifies webhooks and signs callbacks."""

    def __init__(self, world: World, code: str) -> None:
        self.world = world
        self.code = code
        self.received: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.answers: list[int] = []
        self.webhook_secret = ""
        self.callback_secret = ""
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        self._server = TestServer(app)

    async def start(self) -> None:
        await self._server.start_server()
        endpoint = await self.world.post(
            f"/api/v1/departments/{self.code}/endpoint",
            {"url": str(self._server.make_url("/hook"))},
            who=f"department:{self.code}",
            method="PUT",
        )
        self.webhook_secret = endpoint["webhook_secret"]
        self.callback_secret = endpoint["callback_secret"]

    async def stop(self) -> None:
        await self._server.close()

    def last(self, kind: str) -> dict[str, Any]:
        """The data of the newest webhook of a type."""
        return next(body["data"] for body in reversed(self.received) if body["type"] == kind)

    async def call_back(
        self,
        data: dict[str, Any],
        action: str,
        *,
        message_id: str | None = None,
        ok: tuple[int, ...] = (200,),
        **fields: Any,
    ) -> Any:
        """Call the hub back about a dispatched part."""
        content = {"ticket": data["ticket"], "assignment": data["assignment"], "action": action, **fields}
        raw = json.dumps(content).encode()
        headers = webhook.sign(
            message_id or f"cb_{secrets.token_hex(8)}", int(time.time()), raw, [self.callback_secret]
        )
        async with self.world.client.post(
            f"/api/v1/callbacks/{self.code}", data=raw, headers={**headers, "content-type": "application/json"}
        ) as response:
            body = await response.text()
            assert response.status in ok, f"{response.status} {body}"
            return json.loads(body)

    async def _receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        self.headers.append(request.headers)
        self.ids.append(webhook.verify(request.headers, raw, [self.webhook_secret], int(time.time())))
        status = self.answers.pop(0) if self.answers else 200
        if status < 300:
            self.received.append(body)
        return web.Response(status=status)


@pytest.fixture
async def world(hub: Hub, clock: MovableClock, tmp_path: Path) -> AsyncIterator[World]:
    app = make_app(Settings(data_dir=tmp_path, demo=True), hub)
    async with TestClient(TestServer(app)) as client:
        made = World(hub, clock, client)
        await made.prepare()
        yield made
        await made.close()


@pytest.fixture
async def account(world: World) -> dict[str, str]:
    """A dispatcher with a password."""

    async def work(session: Session) -> None:
        await accounts.add(session, "dispatcher-1", PASSWORD, Role.DISPATCHER, None, START)

    await world.hub.database.write(work)
    return {"username": "dispatcher-1", "password": PASSWORD}


class Receivers:
    """Departments' systems that answer as a test needs it, or not at all; deliveries to them are queued by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: list[tuple[str, str]] = []
        self.under_way: collections.Counter[str] = collections.Counter()
        self.most_under_way: collections.Counter[str] = collections.Counter()
        self.behaviour: dict[str, Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]] = {}
        self.secrets: dict[str, list[str]] = {}
        app = web.Application()
        app.router.add_route("*", "/{department}", self._receive)
        self.server = TestServer(app)

    async def register(self, *departments: str) -> None:
        """Make endpoints known without a challenge."""
        async with self.world.hub.database.session() as session:
            for department in departments:
                self.secrets[department] = [webhook.new_secret()]
                await endpoints.put(
                    session,
                    endpoints.Endpoint(
                        department=department,
                        url=str(self.server.make_url(f"/{department}")),
                        webhook_secrets=self.secrets[department],
                        callback_secrets=[webhook.new_secret()],
                        verified_at=START,
                    ),
                )

    async def queue(self, department: str, *, ticket: int = 1, position: int = 1) -> str:
        """Queue a delivery that is due now; returns its id."""
        name = f"msg_{department}_{ticket}_{position}"
        keyring = self.world.hub.database.keyring
        await self.world.rows(
            "INSERT INTO deliveries VALUES ($1, $2, $3, $4, $5, 'ticket.urged', $6, 'waiting', 0, $7, $7)",
            self.world.hub.database.city_code,
            name,
            ticket,
            position,
            department,
            keyring.seal(json.dumps({"id": name}), "deliveries", "body", name),
            self.world.clock.now(),
        )
        return name

    async def states(self) -> dict[str, str]:
        """Where every delivery stands."""
        return {row["id"]: row["state"] for row in await self.world.rows("SELECT id, state FROM deliveries")}

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        department = request.match_info["department"]
        raw = await request.read()
        self.seen.append((department, request.headers.get("webhook-id", "")))
        self.under_way[department] += 1
        self.most_under_way[department] = max(self.most_under_way[department], self.under_way[department])
        try:
            behave = self.behaviour.get(department)
            return web.Response() if behave is None else await behave(request, raw)
        finally:
            self.under_way[department] -= 1


@pytest.fixture
async def receivers(world: World) -> AsyncIterator[Receivers]:
    made = Receivers(world)
    await made.server.start_server()
    yield made
    await made.server.close()


class PoliceServer(DepartmentServer):
    """110's own system: an administrator registers it for the linked line."""

    async def start(self) -> None:
        await self._server.start_server()
        endpoint = await self.world.post(
            "/api/v1/departments/110/endpoint",
            {"url": str(self._server.make_url("/hook"))},
            who="administrator",
            method="PUT",
        )
        self.webhook_secret = endpoint["webhook_secret"]


@pytest.fixture
async def police(world: World) -> AsyncIterator[PoliceServer]:
    server = PoliceServer(world, "110")
    await server.start()
    yield server
    await server.stop()
