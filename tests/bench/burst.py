"""A burst main: thousands of callers in half an hour end as one incident, each informed; another burst beside it stays apart.

Nobody names the incident for them: the program asks, a shift lead opens it, and the seats attach whom it is proposed for.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg

from hotline.postgres import EmbeddedPostgres
from models.ticket import number_of
from tests.bench.figures import quantile, report
from tests.bench.intake import process, ready
from tests.own_environ import demo_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT = 18454
SPEED = 20
WATER, POWER = int(os.environ.get("BENCH_CALLERS", "5000")), int(os.environ.get("BENCH_CALLERS", "5000")) // 5
WITHIN_S = 1800 / SPEED
AT_ONCE = 24
SORTS = ("water", "power")
TEXTS = {
    "water": (
        "东湖区翠湖路自来水主管爆裂，整条街都停水了，请尽快抢修。",
        "我住东湖区翠湖路，家里停水了，什么时候来水？",
        "翠湖路停水没有通知，一滴水都没有。",
        "东湖区翠湖路这边水管爆了，路上全是水。",
        "我家停水了，什么时候来水？",
        "翠湖路停水，老人孩子没法做饭，请问几点来水？",
    ),
    "power": (
        "临江区江滨大道大面积停电，红绿灯也不亮了，请尽快处理。",
        "江滨大道停电了，电梯也停了，什么时候来电？",
        "临江区江滨大道整条路停电，请抢修。",
        "我家停电了，什么时候来电？",
        "江滨大道停电，小区门禁都打不开。",
    ),
}


class Town:
    """The callers, the seat and the shift lead of one run."""

    def __init__(self, session: aiohttp.ClientSession, access: dict[str, Any], cookies: dict[str, str]) -> None:
        self.session = session
        self.phone = {"authorization": f"Bearer {access['channels']['phone']}"}
        self.cookies = cookies
        self.took_ms: list[float] = []
        self.sort_of: dict[str, str] = {}
        self.attaching: dict[str, asyncio.Queue[str]] = {}
        self.seats: list[asyncio.Task[None]] = []

    async def post(self, path: str, content: dict[str, Any], headers: dict[str, str]) -> Any:
        while True:
            async with self.session.post(path, json=content, headers=headers) as response:
                if response.status in {200, 201}:
                    return await response.json()
                assert response.status in {409, 503}, await response.text()
                if response.status == 409:
                    return None
            await asyncio.sleep(0.2)

    async def call(self, sort: str, n: int, due: float) -> None:
        """One caller when their time has come: the seat hears the matter, registers it, and attaches it where an incident is proposed."""
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        text = TEXTS[sort][n % len(TEXTS[sort])]
        content: dict[str, Any] = {"text": text, "caller": {"phone": f"13{SORTS.index(sort)}{n:08d}"}}
        heard = await self.post("/api/v1/understand", content, self.phone)
        if heard["incident"] is not None:
            content["incident"] = heard["incident"]["id"]
        began = time.monotonic()
        headers = {**self.phone, "idempotency-key": f"{sort}-{n}"}
        receipt = await self.post("/api/v1/tickets", content, headers)
        self.took_ms.append((time.monotonic() - began) * 1000)
        self.sort_of[receipt["number"]] = sort
        if "incident" in receipt:
            self._attach(receipt["incident"]["id"], receipt["number"])

    def _attach(self, incident: str, number: str) -> None:
        if incident not in self.attaching:
            self.attaching[incident] = asyncio.Queue()
            self.seats.append(asyncio.create_task(self._seat(incident)))
        self.attaching[incident].put_nowait(number)

    async def _seat(self, incident: str) -> None:
        """Attach what was proposed, up to a hundred with a click."""
        queue = self.attaching[incident]
        while True:
            numbers = [await queue.get()]
            while len(numbers) < 100 and not queue.empty():
                numbers.append(queue.get_nowait())
            path = f"/api/v1/incidents/{incident}/attach"
            await self.post(path, {"tickets": numbers}, {"cookie": self.cookies["agent"]})
            for _ in numbers:
                queue.task_done()

    async def lead(self) -> None:
        """The shift lead opens what is asked about."""
        headers = {"cookie": self.cookies["shift_lead"]}
        while True:
            async with self.session.get("/api/v1/prompts?state=open&limit=20", headers=headers) as response:
                asked = (await response.json())["prompts"]
            # One after the other: what was opened is what the next one may belong to.
            for prompt in asked[:1]:
                fits = prompt["fits"]
                said = {"answer": "抢修队已到现场，预计今晚八点前恢复"}
                content = said if fits is None else {"into": fits["id"]}
                await self.post(f"/api/v1/prompts/{prompt['id']}/open", content, headers)
            await asyncio.sleep(0.2 if asked else 1)

    async def look_again(self) -> None:
        """The seats attach who called before the incident was opened."""
        for one in await self.incidents():
            path = f"/api/v1/incidents/{one['id']}/candidates"
            async with self.session.get(path, headers={"cookie": self.cookies["agent"]}) as response:
                for candidate in (await response.json())["candidates"]:
                    self._attach(one["id"], candidate["number"])

    async def incidents(self) -> list[dict[str, Any]]:
        async with self.session.get(
            "/api/v1/incidents?limit=20", headers={"cookie": self.cookies["shift_lead"]}
        ) as response:
            found: list[dict[str, Any]] = (await response.json())["incidents"]
            return found


async def measure(folder: Path) -> None:
    environ = demo_hub(folder / "data", PORT, HOTLINE_SERVERS="2", HOTLINE_CLOCK_SPEED=str(SPEED))
    with process([sys.executable, "-m", "hotline", "up"], environ):
        access = await ready(folder / "data" / "access.json", PORT)
        connector = aiohttp.TCPConnector(limit=AT_ONCE * 4)
        async with aiohttp.ClientSession(
            f"http://127.0.0.1:{PORT}", connector=connector, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            cookies = {role: await _sign_in(session, access, role) for role in ("agent", "shift_lead")}
            town = Town(session, access, cookies)
            took = await _burst(town)
            url = EmbeddedPostgres(folder / "data" / "postgres").url("hotline")
            await _report(town, url, took)


async def _burst(town: Town) -> float:
    """Let everybody call within half an hour of the hub's clock; return how many seconds until all were attached."""
    began = time.monotonic()
    rows = list(_calls(began))
    leading = asyncio.create_task(town.lead())
    try:
        await asyncio.gather(*(town.call(*row) for row in rows))
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            await town.look_again()
            await asyncio.gather(*(queue.join() for queue in town.attaching.values()))
            if sum(one["attached"] + 1 for one in await town.incidents()) >= len(rows):
                break
            await asyncio.sleep(1)
    finally:
        for task in (leading, *town.seats):
            task.cancel()
    return time.monotonic() - began


def _calls(began: float) -> Iterator[tuple[str, int, float]]:
    dice = random.Random(1)
    for sort, callers in zip(SORTS, (WATER, POWER), strict=True):
        for n in itertools.islice(itertools.count(), callers):
            yield sort, n, began + dice.random() * WITHIN_S


async def _report(town: Town, url: str, took: float) -> None:
    found = await town.incidents()
    headers = {"cookie": town.cookies["shift_lead"]}
    began = time.monotonic()
    for one in found:
        content = {"action": "close", "text": "现已全部恢复正常"}
        await town.post(f"/api/v1/incidents/{one['id']}/steps", content, headers)
    closed_s = time.monotonic() - began
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT t.id, coalesce(t.merged_into, t.id) AS lead, count(n.id) FILTER (WHERE n.kind = 'attached') AS answered,"
        " count(n.id) FILTER (WHERE n.kind = 'incident') AS closing"
        " FROM tickets AS t LEFT JOIN notices AS n ON n.ticket_id = t.id GROUP BY t.city_code, t.id"
    )
    (storms,) = await connection.fetch("SELECT count(*) AS n FROM storms")
    await connection.close()
    by_lead = Counter(row["lead"] for row in rows)
    sizes = [size for _, size in by_lead.most_common(2)]
    callers = WATER + POWER
    mixed = _mixed(town, rows)
    report("burst_attached", sum(sizes), "callers in the two largest incidents", callers, "ratio ≥ 0.99")
    report("burst_largest", sizes[0], "callers of the burst main in one incident", WATER, "ratio ≥ 0.99")
    report("burst_mixed", mixed, "callers attached to the other burst's incident", 0, "0")
    report(
        "burst_informed", sum(row["closing"] > 0 for row in rows), "callers told how it ended", callers, "ratio ≥ 0.99"
    )
    report("burst_intake", quantile(town.took_ms, 99), "ms p99 of an intake", quantile(town.took_ms, 50), "≤ 1000")
    report("burst_all", took, "s until everybody was attached", WITHIN_S, "ratio ≤ 1.5")
    report("burst_close", closed_s, "s to tell everybody that it is over", 0, "≤ 30")
    report("burst_storms", storms["n"], "storms that were begun", 0, "≥ 1")


def _mixed(town: Town, rows: list[asyncpg.Record]) -> int:
    sorts: dict[int, Counter[str]] = {}
    for row in rows:
        sorts.setdefault(row["lead"], Counter())[town.sort_of[number_of(row["id"])]] += 1
    return sum(sum(counts.values()) - max(counts.values()) for counts in sorts.values())


async def _sign_in(session: aiohttp.ClientSession, access: dict[str, Any], role: str) -> str:
    user = next(one for one in access["users"] if one["role"] == role)
    content = {"username": user["username"], "password": user["password"]}
    async with session.post("/api/v1/session", json=content) as response:
        return f"hotline_session={response.cookies['hotline_session'].value}"
