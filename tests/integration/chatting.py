"""A citizen who chats with the hub, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

CHATS = "/api/v1/chats"


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


async def code_sent(world: World) -> str:
    """Return the newest code that was sent to a phone."""
    shown = (await world.get("/api/v1/notices", who="supervisor"))["notices"]
    text = next(one["content"] for one in shown if one["kind"] == "phone_code")
    return str(text.split("验证码")[1][:6])
