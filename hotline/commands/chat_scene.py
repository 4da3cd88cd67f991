"""What has happened before a test dialogue begins (given): a ticket, its answer, an open incident, an agent at a seat. All by HTTP."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import msgspec

from models.errors import HotlineError
from models.vocabulary import Channel

if TYPE_CHECKING:
    from hotline.access import Access
    from hotline.simulation.connection import Answer, Connection

STAFF: Final = ("dispatcher", "reviewer", "supervisor")
AGENT: Final = "agent40"
REPLY: Final = "已派人到现场处理完毕，情况已经恢复正常。"


class NoScene(HotlineError):
    """What a dialogue needs could not be set up."""

    code = "no_scene"


class Stage:
    """The hub's staff and departments, as they are needed to set a scene and to look behind it."""

    def __init__(self, access: Access, connection: Connection) -> None:
        self._access = access
        self._connection = connection
        self._staff: dict[str, dict[str, str]] = {}

    async def enter(self) -> None:
        """Sign the staff in. Raises Refused where there are no demo accounts."""
        for role in STAFF:
            user = next((one for one in self._access.users if one["role"] == role), None)
            if user is None:
                raise NoScene("没有演示账号：评测需要 HOTLINE_DEMO=on 的热线中枢")
            self._staff[role] = await self._connection.sign_in(user["username"], user["password"])

    async def set(self, given: dict[str, Any]) -> dict[str, str]:
        """Set a scene; returns what lines may name: `number` and `code` of its ticket."""
        known: dict[str, str] = {}
        if given.get("agent"):
            await self._sign_on()
        if "ticket" in given:
            known = await self._ticket(given["ticket"], given.get("phone"))
        if given.get("replied"):
            await self._reply(known["number"])
        if "incident" in given:
            await self._open_incident(known["number"], given["incident"])
        return known

    async def ticket(self, number: str) -> dict[str, Any]:
        """Return a ticket as a supervisor sees it."""
        return await self._get(f"/api/v1/tickets/{number}")

    async def trail(self, number: str) -> list[str]:
        """Return the types of a ticket's events, in order."""
        found = await self._get(f"/api/v1/tickets/{number}/trail")
        return [event["type"] for event in found["events"]]

    async def understood(self, text: str, address: str | None) -> dict[str, Any]:
        """Return what intake would make of a text."""
        wanted = {"text": text, "address": address} if address else {"text": text}
        answer = await self._post("/api/v1/understand", wanted, self._staff["dispatcher"])
        return self._done(answer)

    async def _ticket(self, text: str, phone: str | None) -> dict[str, str]:
        caller = {"caller": {"phone": phone}} if phone else {}
        headers = {
            "authorization": f"Bearer {self._access.channels[Channel.WEB]}",
            "idempotency-key": secrets.token_hex(8),
        }
        made = self._done(await self._post("/api/v1/tickets", {"text": text, **caller}, headers))
        return {"number": made["number"], "code": made["query_code"]}

    async def _reply(self, number: str) -> None:
        """Let the lead answer and the hotline approve it, so that the citizen is asked."""
        ticket = await self.ticket(number)
        if ticket["state"] == "on_desk":
            proposal = await self._get(f"/api/v1/tickets/{number}/proposal")
            lead = (proposal.get("lead") or {}).get("code") or next(iter(self._access.departments))
            await self._step(number, "dispatch", self._staff["dispatcher"], lead=lead)
        for part in reversed((await self.ticket(number))["assignments"]):
            who = {"authorization": f"Bearer {self._access.departments[part['department']['code']]['token']}"}
            on = {"assignment": part["assignment"]}
            await self._step(number, "acknowledge", who, **on)
            await self._step(number, "contact", who, reached=True, **on)
            await self._step(number, "reply", who, text=REPLY, result="solved", **on)
            await self._step(number, "sign_off", who, **on)
        await self._step(number, "approve", self._staff["reviewer"])

    async def _open_incident(self, number: str, told: dict[str, str]) -> None:
        wanted = {"ticket": number, "title": told["title"], "answer": told["answer"]}
        self._done(await self._post("/api/v1/incidents", wanted, self._staff["dispatcher"]))

    async def _sign_on(self) -> None:
        """Seat an agent who is free; one that sits there already stays."""
        who = {"authorization": f"Bearer {self._access.agents[AGENT]}"}
        await self._post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who)

    async def _step(self, number: str, action: str, who: dict[str, str], **fields: Any) -> None:
        ticket = await self.ticket(number)
        wanted = {"action": action, "version": ticket["version"], **fields}
        headers = {**who, "idempotency-key": secrets.token_hex(8)}
        self._done(await self._post(f"/api/v1/tickets/{number}/steps", wanted, headers), may_be=409)

    async def _get(self, path: str) -> dict[str, Any]:
        return self._done(await self._connection.ask("GET", path, headers=self._staff["supervisor"]))

    async def _post(self, path: str, content: dict[str, Any], headers: dict[str, str]) -> Answer:
        return await self._connection.ask("POST", path, headers=headers, content=msgspec.json.encode(content))

    @staticmethod
    def _done(answer: Answer, may_be: int = 0) -> dict[str, Any]:
        if not answer.is_done and answer.status != may_be:
            raise NoScene(f"{answer.status} {answer.body.get('detail', '')}")
        return answer.body
