"""City life's way to the hub: HTTP with few requests at a time, retries for what is passing, and a tally."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import aiohttp
import msgspec

from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

AT_ONCE: Final = 32
TRY_FOR_S: Final = 60.0
TIMEOUT: Final = aiohttp.ClientTimeout(total=30)
# What is tried again with the same key: the hub restarts, or says itself that it cannot serve now.
PASSING: Final = frozenset({0, 500, 502, 503})
PAGE: Final = 100
MOST_TRIES: Final = 5


class Refused(HotlineError):
    """The hub does not let city life in."""

    code = "refused"


class Answer(NamedTuple):
    """What came back; `body` is the decoded JSON object."""

    status: int
    body: dict[str, Any]

    @property
    def is_done(self) -> bool:
        """It was taken."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The problem's stable code."""
        return str(self.body.get("code", self.status))


class Tally:
    """What city life did, what was refused to it, and what should not have been."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.surprises: list[str] = []

    def count(self, action: str, answer: Answer) -> None:
        """Count a step that was tried; an answer that no step should get is a surprise."""
        if answer.is_done:
            self.taken[action] += 1
            return
        self.refused[f"{action}: {answer.code}"] += 1
        if answer.status not in {403, 404, 409, 422}:
            self.surprise(f"{action}: {answer.status} {answer.body}")

    def surprise(self, words: str) -> None:
        """Keep what should not have happened."""
        self.surprises.append(words[:300])


class Connection:
    """One door to the hub for everybody who takes part."""

    def __init__(self, url: str) -> None:
        self.tally = Tally()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._session = aiohttp.ClientSession(
            url, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=AT_ONCE)
        )

    async def ask(self, method: str, path: str, *, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        """Send a request until it gets an answer that stands."""
        until, pause = time.monotonic() + TRY_FOR_S, 0.2
        while True:
            answer = await self._once(method, path, headers, content)
            if answer.status not in PASSING or time.monotonic() > until:
                return answer
            await asyncio.sleep(pause)
            pause = min(pause * 2, 3.0)

    async def sign_in(self, username: str, password: str) -> dict[str, str]:
        """Sign a demo user in; returns the headers that carry the session. Raises Refused."""
        content = msgspec.json.encode({"username": username, "password": password})
        headers = {"content-type": "application/json"}
        async with self._session.post("/api/v1/session", data=content, headers=headers) as response:
            cookie = response.cookies.get("hotline_session")
            if response.status != 201 or cookie is None:
                raise Refused(f"演示账号{username}无法登录：{response.status}")
            return {"cookie": f"hotline_session={cookie.value}"}

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def _once(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        async with self._gate:
            try:
                async with self._session.request(
                    method, path, data=content, headers={"content-type": "application/json", **headers}
                ) as response:
                    return Answer(response.status, _decoded(await response.read()))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                return Answer(0, {"detail": f"{type(error).__name__}: {error}"})


class Person:
    """Somebody who may read queues and take steps: a signed-in member of staff, or the holder of a token."""

    def __init__(self, connection: Connection, headers: Mapping[str, str]) -> None:
        self.connection = connection
        self._headers = dict(headers)
        # Who signs what this one may not do alone.
        self.second: Person | None = None

    async def read(self, path: str) -> dict[str, Any] | None:
        """Return what stands there, None where it is not for this person to see."""
        answer = await self.look(path)
        return answer.body if answer.is_done else None

    async def look(self, path: str) -> Answer:
        """Return the answer of what stands there, whatever it is."""
        return await self.connection.ask("GET", path, headers=self._headers)

    async def lines(self, path: str, rows: str = "tickets") -> AsyncIterator[dict[str, Any]]:
        """Yield every row of a list, page after page."""
        cursor = ""
        while True:
            mark = "&" if "?" in path else "?"
            page = await self.read(f"{path}{mark}limit={PAGE}{cursor}") or {rows: [], "cursor": None}
            for row in page[rows]:
                yield row
            if page["cursor"] is None:
                return
            cursor = f"&cursor={page['cursor']}"

    async def ticket(self, number: str) -> dict[str, Any] | None:
        """Return a ticket as this person sees it."""
        return await self.read(f"/api/v1/tickets/{number}")

    async def step(self, ticket: str, action: str, version: int, /, **fields: Any) -> Answer:
        """Take a step of a ticket on the version that was seen."""
        key = f"city-{action}-{version}-{fields.get('assignment', '')}-{fields.get('number', '')}"
        content = {"action": action, "version": version, **fields}
        answer = await self.post(f"/api/v1/tickets/{ticket}/steps", content, key=key)
        waits = answer.body.get("waits") if answer.is_done else None
        if waits and self.second is not None:
            # 双人复核: a colleague signs, and it is ordered once more.
            await self.second.post(f"/api/v1/countersigns/{waits['id']}/steps", {"action": "grant"})
            return await self.step_now(ticket, action, **fields)
        self.connection.tally.count(action, answer)
        return answer

    async def step_on(self, line: dict[str, Any], action: str, /, **fields: Any) -> Answer:
        """Take a step on a ticket as it stood in a list, or as it stands now where only the clock was there first."""
        answer = await self.step(line["number"], action, line["version"], **fields)
        if answer.code != "stale_version":
            return answer
        return await self.step_now(line["number"], action, **fields)

    async def step_now(self, ticket: str, action: str, /, *, reader: Person | None = None, **fields: Any) -> Answer:
        """Take a step on the version that stands now, again where somebody else was faster."""
        answer = Answer(404, {})
        for _ in range(MOST_TRIES):
            page = await (reader or self).ticket(ticket)
            if page is None:
                return answer
            answer = await self.step(ticket, action, page["version"], **fields)
            if answer.code != "stale_version":
                return answer
        return answer

    async def upload(self, path: str, content: bytes, media_type: str) -> Answer:
        """Send a file."""
        headers = {**self._headers, "content-type": media_type}
        return await self.connection.ask("POST", path, headers=headers, content=content)

    async def post(self, path: str, content: dict[str, Any], *, key: str = "", method: str = "POST") -> Answer:
        """Send a JSON body."""
        headers = {**self._headers, "idempotency-key": key} if key else self._headers
        return await self.connection.ask(method, path, headers=headers, content=msgspec.json.encode(content))


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw) if raw else {}
    except msgspec.DecodeError:
        found = {}
    return found if isinstance(found, dict) else {}
