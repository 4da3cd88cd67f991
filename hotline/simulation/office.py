"""One department's own system: where it is reached, how it signs, when it is down, and its slips."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline import webhook
from hotline.simulation.connection import Answer, Person, Refused
from models.errors import HotlineError

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.simulation.town import Town
    from models.city import Department

FRAIL: Final = 0.12
TWICE: Final = 0.04
FORGED: Final = 0.01
# What a department's system does when it is down.
OUTAGES: Final = ("error", "no_answer", "slow")
SLOW_S: Final = 1.0


class Office:
    """A department with an endpoint of its own; `person` is it at the hub's worklist."""

    def __init__(self, town: Town, department: Department, known: dict[str, str]) -> None:
        self.town = town
        self.code = code = department.code
        self.department = department
        self.person = Person(town.connection, {"authorization": f"Bearer {known['token']}"})
        self.registrar = self.person
        self.webhook_secret = known["webhook_secret"]
        self.callback_secret = known["callback_secret"]
        dice = town.chance("outage", code)
        self._is_frail = dice.random() < FRAIL
        self._outage = dice.choice(OUTAGES)
        self._down_from = timedelta(hours=dice.uniform(0, 20))
        self._down_for = timedelta(hours=dice.uniform(1, 4))

    async def register(self, url: str) -> None:
        """Register the endpoint: the hub challenges it. Raises Refused."""
        path = f"/api/v1/departments/{self.code}/endpoint"
        answer = await self.registrar.post(path, {"url": url}, method="PUT")
        if not answer.is_done:
            raise Refused(f"{self.department.name}的接口登记未成功：{answer.body.get('detail', answer.status)}")
        self.webhook_secret = answer.body["webhook_secret"]
        self.callback_secret = answer.body["callback_secret"]

    def outage(self, now: datetime) -> str | None:
        """Return how the system fails at this hour of every day, None while it works."""
        if not self._is_frail:
            return None
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        is_down = self._down_from <= now - midnight < self._down_from + self._down_for
        return self._outage if is_down else None

    async def call_back(self, number: str, ordinal: int, action: str, **fields: Any) -> Answer:
        """Call the hub back; some callbacks are sent twice or by a forger, and must change nothing."""
        content = {"ticket": number, "assignment": ordinal, "action": action, "at": self.town.pace.now(), **fields}
        raw = msgspec.json.encode(content)
        message_id = f"cb_{secrets.token_hex(10)}"
        dice = self.town.chance("slip", number, ordinal, action)
        if dice.random() < FORGED:
            await self._forge(message_id, raw)
        answer = await self._send(message_id, raw, self.callback_secret)
        self.town.tally.count(action, answer)
        if answer.is_done and dice.random() < TWICE:
            again = await self._send(message_id, raw, self.callback_secret)
            self.town.tally.seen["callback sent twice"] += 1
            if again != answer:
                self.town.tally.surprise(f"{action} twice: {again}")
        return answer

    async def too_early(self, number: str, ordinal: int, what: str = "callback out of order") -> None:
        """Sign off what nobody has replied to yet, or whose check sends it back: the hub must refuse."""
        content = {"ticket": number, "assignment": ordinal, "action": "sign_off"}
        answer = await self._send(f"cb_{secrets.token_hex(10)}", msgspec.json.encode(content), self.callback_secret)
        self.town.tally.seen[what] += 1
        if answer.status not in {404, 409}:
            self.town.tally.surprise(f"sign_off, {what}: {answer}")

    def verified(self, headers: Any, raw: bytes) -> str:
        """Return the id of a webhook that the hub signed; raises HotlineError."""
        return webhook.verify(headers, raw, [self.webhook_secret], int(time.time()))

    async def _forge(self, message_id: str, raw: bytes) -> None:
        answer = await self._send(message_id, raw, webhook.new_secret())
        self.town.tally.seen["callback forged"] += 1
        if answer.status != 401:
            self.town.tally.surprise(f"forged callback: {answer}")

    async def _send(self, message_id: str, raw: bytes, secret: str) -> Answer:
        headers = webhook.sign(message_id, int(time.time()), raw, [secret])
        path = f"/api/v1/callbacks/{self.code}"
        return await self.town.connection.ask("POST", path, headers=headers, content=raw)


class GridOffice(Office):
    """A grid's telephone: no demo token is made for a thousand grids, so the administrator registers it when it is needed.

    What it would read at the hub, the supervisor reads for it; it acts by callbacks alone.
    """

    def __init__(self, town: Town, department: Department) -> None:
        first = webhook.new_secret()
        super().__init__(town, department, {"token": "", "webhook_secret": first, "callback_secret": first})
        self.person, self.registrar = town.people["supervisor"], town.people["administrator"]

    def verified(self, headers: Any, raw: bytes) -> str:
        """As every office; but the challenge comes before the administrator is told the secret, and is answered as it is."""
        if msgspec.json.decode(raw)["type"] == "endpoint.challenge":
            return str(headers["webhook-id"])
        return super().verified(headers, raw)


async def register_all(offices: dict[str, Office], url: str) -> None:
    """Register every office, a few at a time: each registration is challenged by the hub."""
    gate = asyncio.Semaphore(8)

    async def one(office: Office) -> None:
        async with gate:
            try:
                await office.register(f"{url}/{office.code}")
            except HotlineError as error:
                office.town.tally.surprise(error.detail)

    await asyncio.gather(*(one(office) for office in offices.values()))
