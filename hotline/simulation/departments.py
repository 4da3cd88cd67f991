"""Departments' own systems: one real server, a path for each; they take webhooks and call back."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from hotline import webhook
from hotline.simulation.door import queue
from models.errors import HotlineError

if TYPE_CHECKING:
    import random

    from hotline.simulation.door import Door

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
STARTS: Final = {"ticket.dispatched", "ticket.designated", "ticket.reopened"}
DOWN_SHARE: Final = 0.03
REPLY: Final = "您好，您反映的问题已收悉。经现场核查，我单位已安排处理，现将办理情况向您反馈，感谢监督。"


class Departments:
    """Every department of the city at work."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._seen: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._failures: dict[str, int] = {}

    async def start(self) -> None:
        """Open the server and register every department's endpoint."""
        app = web.Application()
        app.router.add_post("/{department}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        for code, known in self._door.access.departments.items():
            url = f"http://127.0.0.1:{port}/{code}"
            await self._door.send("PUT", f"/api/v1/departments/{code}/endpoint", known["token"], json={"url": url})

    async def stop(self) -> None:
        """Close the server and drop what is planned."""
        for task in self._tasks:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        code, raw = request.match_info["department"], await request.read()
        known = self._door.access.departments[code]
        try:
            message_id = webhook.verify(request.headers, raw, [known["webhook_secret"]], int(time.time()))
        except HotlineError:
            return web.Response(status=401)
        body = msgspec.json.decode(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        # Now and then a department's system is down for a while; the hub must come back.
        fails = self._failures.get(message_id, 0)
        if self._door.chance(message_id).random() < DOWN_SHARE and fails < 2:
            self._failures[message_id] = fails + 1
            return web.Response(status=503)
        if message_id not in self._seen:
            self._seen.add(message_id)
            self._plan(code, body["type"], body["data"])
        return web.Response()

    async def catch_up(self) -> None:
        """Find parts that no webhook told of: dispatched before a department had a system of its own."""
        while True:
            async for row in queue(self._door, "supervisor", "/api/v1/tickets", state="assigned"):
                ticket = await self._door.get("supervisor", f"/api/v1/tickets/{row['number']}")
                for part in (ticket or {}).get("assignments", []):
                    if part["state"] == "dispatched":
                        self._plan(part["department"]["code"], "ticket.dispatched", _told(ticket, part))
            await asyncio.sleep(10)

    def _plan(self, code: str, kind: str, data: dict[str, Any]) -> None:
        if kind in STARTS:
            key = f"{data['ticket']}/{data['assignment']}"
            if key in self._seen:
                return
            self._seen.add(key)
            work = self._handle(code, data, is_designated=kind == "ticket.designated")
        elif (
            kind == "ticket.reply_rejected"
            or (kind == "ticket.send_back_decided" and not data["upheld"])
            or kind in {"ticket.extension_decided", "ticket.deferral_decided"}
        ):
            work = self._answer(code, data)
        else:
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, code: str, data: dict[str, Any], *, is_designated: bool) -> None:
        """One part from receipt to sign-off, as this ticket's chance has it."""
        chance = self._door.chance(data["ticket"], data["assignment"])
        await self._door.rest(chance.uniform(1, 10) * MINUTE * (30 if chance.random() < 0.05 else 1))
        fate = chance.random()
        may_send_back = not is_designated and data["role"] != "delegated"
        if fate < 0.10 and may_send_back and data["due"]["send_back_by"] is not None:
            sent = await self._call(
                code, data, "send_back", reason="不属于本单位职责", duty_argument="按三定方案应由其他单位主管"
            )
            if sent:
                return
        await self._call(code, data, "acknowledge")
        await self._door.rest(chance.uniform(5, 30) * MINUTE)
        await self._call(code, data, "contact", reached=chance.random() < 0.9, attempts=chance.randint(1, 3))
        await self._door.rest(chance.uniform(5, 60) * MINUTE)
        await self._call(code, data, "progress", text="已安排人员到现场核实")
        if await self._ask_for_time(code, data, fate):
            return
        if 0.22 <= fate < 0.40:
            await self._delegate(code, data, chance)
        await self._answer(code, data)

    async def _ask_for_time(self, code: str, data: dict[str, Any], fate: float) -> bool:
        """Some need longer; they go on when the hotline has decided."""
        if 0.10 <= fate < 0.16:
            return await self._call(code, data, "request_extension", reason="需跨部门联合勘查")
        if 0.16 <= fate < 0.19:
            solve_by = (datetime.fromisoformat(data["promised_at"]) + timedelta(days=60)).isoformat()
            return await self._call(
                code, data, "request_deferral", reason="涉及管网整体改造", plan="列入明年改造计划", solve_by=solve_by
            )
        return False

    async def _delegate(self, code: str, data: dict[str, Any], chance: random.Random) -> None:
        """A district, or a bureau by way of a district, gives part of the work downwards."""
        below = [other for other in self._door.access.departments if other.startswith(f"{code}-")]
        districts = [other.split("-")[0] for other in self._door.access.departments if "-" in other]
        target = chance.choice(below or sorted(set(districts)))
        if await self._call(code, data, "delegate", department=target, instruction="请就近到现场处置并反馈"):
            await self._door.rest(2 * HOUR)

    async def _answer(self, code: str, data: dict[str, Any]) -> None:
        chance = self._door.chance(data["ticket"], data["assignment"], "answer")
        late = 6 * DAY if chance.random() < 0.03 else 0.0
        await self._door.rest(chance.uniform(0.2, 3) * HOUR + late)
        result = chance.choice(["solved", "solved", "solved", "partly_solved", "explained", "not_possible"])
        await self._call(code, data, "reply", text=REPLY, result=result)
        await self._door.rest(chance.uniform(5, 30) * MINUTE)
        await self._call(code, data, "sign_off", signed_by="分管负责人")

    async def _call(self, code: str, data: dict[str, Any], action: str, **fields: Any) -> bool:
        content = {"ticket": data["ticket"], "assignment": data["assignment"], "action": action, **fields}
        return await self._door.call_back(code, content)


def _told(ticket: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return what a webhook about the part would have said."""
    return {
        "ticket": ticket["number"],
        "assignment": part["assignment"],
        "role": part["role"],
        "promised_at": ticket["promised_at"],
        "due": {"send_back_by": part["send_back_by"]},
    }
