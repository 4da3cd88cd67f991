"""A citizen who chats with the hub, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

CHATS = "/api/v1/chats"
ACTIONS = "/api/v1/chat/actions"
TOKEN = "t0ken-of-the-chatbot"


class Citizen:
    """Somebody who chats, with the token of the conversation."""

    def __init__(self, world: World, begun: Any) -> None:
        self.world = world
        self.id: int = begun["id"]
        self.headers = {"authorization": f"Bearer {begun['token']}"}
        self.begun = begun
        self.said = 0

    @classmethod
    async def comes(cls, world: World) -> Citizen:
        return cls(world, await world.post(CHATS, None, who=None, ok=(201,)))

    async def ask(self, method: str, path: str, content: Any = None, *, ok: int = 200) -> Any:
        url = f"{CHATS}/{self.id}{path}"
        async with self.world.client.request(method, url, json=content, headers=self.headers) as response:
            body = await response.text()
            assert response.status == ok, f"{response.status} {body}"
            return json.loads(body)

    async def say(self, text: str, *, key: str | None = None, ok: int = 200, **more: Any) -> Any:
        self.said += 1
        return await self.ask("POST", "/messages", {"text": text, "key": key or f"k{self.said}", **more}, ok=ok)

    async def turns(self, after: int = 0) -> Any:
        return await self.ask("GET", f"/turns?after={after}")

    async def told(self, text: str, **more: Any) -> str:
        """Say something; returns all that is answered."""
        found = await self.say(text, **more)
        return "\n".join(turn["text"] for turn in found["turns"] if turn["by"] != "citizen")

    async def interaction(self) -> int:
        rows = await self.world.rows("SELECT interaction FROM conversations WHERE id = $1", self.id)
        return int(rows[0]["interaction"])


class Bot:
    """Rasa's side: what it knows of the talk, and what it asks the hub to do."""

    form_name = "request_form"

    def __init__(self, world: World, citizen: Citizen) -> None:
        self.world = world
        self.citizen = citizen
        self.slots: dict[str, Any] = {}
        self.form: str | None = None
        self.texts: list[str] = []
        self.intent: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}

    async def hears(self, text: str, intent: str, *, confidence: float = 0.9) -> None:
        """The citizen says something, which is read as that intent."""
        await self.citizen.say(text)
        self.intent = {"name": intent, "confidence": confidence}

    async def acts(self, action: str, *, between: str | None = None, ok: int = 200, token: str = TOKEN) -> Any:
        """Ask the hub; keeps the slots that it sets."""
        events = [{"event": "user"}, *([{"event": "action", "name": between}] if between else [])]
        tracker = {
            "slots": self.slots,
            "latest_message": {"intent": self.intent, "text": "***", "metadata": self.metadata},
            "active_loop": {"name": self.form} if self.form else {},
            "events": events,
        }
        content = {"next_action": action, "sender_id": f"c{self.citizen.id}", "tracker": tracker, "version": "3.6.21"}
        headers = {"authorization": f"Bearer {token}"}
        async with self.world.client.post(ACTIONS, json=content, headers=headers) as response:
            found = await response.json()
            assert response.status == ok, found
        if ok == 200:
            self.slots |= {event["name"]: event["value"] for event in found["events"] if event["event"] == "slot"}
            self.texts = [said["text"] for said in found["responses"]]
        return found

    async def fills(self, text: str, intent: str, slot: str | None = None) -> dict[str, Any]:
        """Say something within the request form; returns the slots."""
        await self.hears(text, intent)
        self.slots["requested_slot"] = slot
        await self.acts("validate_request_form")
        self.form = self.form_name
        return {name: value for name, value in self.slots.items() if name != "requested_slot"}


async def code_sent(world: World) -> str:
    """Return the newest code that was sent to a phone."""
    shown = (await world.get("/api/v1/notices", who="supervisor"))["notices"]
    text = next(one["content"] for one in shown if one["kind"] == "phone_code")
    return str(text.split("验证码")[1][:6])
