"""Who watches: letters are answered and closed, calls and tickets inspected, callers who misuse the line limited."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.connection import Person

if TYPE_CHECKING:
    from hotline.simulation.town import Town

AT_A_TIME: Final = 4
NUISANCE_CALLS: Final = 3
# Each server of the hub looks every few seconds at what was decided in another one.
HEARD_OF_WITHIN_S: Final = 5.0
LEADERS_LEVEL: Final = 3
LISTED: Final = 2
SUMMONED_AT_A_TIME: Final = 3
VETOED: Final = 0.2
APPEALS: Final = 0.7
UNMET: Final = "unmet"
OUTCOMES: Final = ("met", "met", UNMET)
LEVELS: Final = ("limited", "limited", "remind", "reported")


class Watchers:
    """A supervisor, a leader, an inspector, the agents and departments whom they watch, and some callers who misuse the line."""

    def __init__(self, town: Town, phone: Person, departments: dict[str, dict[str, str]]) -> None:
        self.town = town
        self.phone = phone
        self._tokens = {code: known["token"] for code, known in departments.items()}
        self._rounds = 0
        self._summoned: set[str] = set()
        self._inspected: set[str] = set()

    async def round(self) -> None:
        """Do a little of everything."""
        self._rounds += 1
        await self._summon()
        await self._letters()
        calls = await self._misuse()
        await self._inspect("interaction", calls[:1])
        await self._inspect("ticket", await self._closed())
        await self._settle()
        await self._urge_twice()

    async def _letters(self) -> None:
        """Departments answer what they were sent in writing; the supervisor reads that and says how it ended."""
        for level in range(LEADERS_LEVEL, 0, -1):
            await self._of_level(level)

    async def _of_level(self, level: int) -> None:
        supervisor = self.town.people["supervisor"]
        page = await supervisor.read(f"/api/v1/supervisions?level={level}&limit=50")
        for letter in (page or {"supervisions": []})["supervisions"][: 2 * AT_A_TIME]:
            path, key = f"/api/v1/supervisions/{letter['ticket']}/{letter['seq']}", letter["number"]
            if letter["answered_at"] is None:
                await self._answer(path, key, letter)
                continue
            outcome = self.town.chance("outcome", key).choice(OUTCOMES)
            content = {"action": "close", "outcome": outcome, "text": self.town.say("oversight", outcome)}
            await self._take(supervisor, f"{path}/steps", "close supervision", content)
            if outcome == UNMET and level < LEADERS_LEVEL:
                await self._interview(letter["ticket"])

    async def _answer(self, path: str, key: str, letter: dict[str, Any]) -> None:
        department = self._department(letter["department"]["code"])
        if department is not None:
            content = {"action": "answer", "text": self.town.say("oversight", "answer", key)}
            if await self._take(department, f"{path}/steps", "answer supervision", content) is not None:
                self.town.tally.seen[f"letter of level {letter['level']} answered"] += 1

    async def _summon(self) -> None:
        """A leader looks at what was listed and still is not answered for."""
        page = await self.town.people["supervisor"].read(f"/api/v1/supervisions?level={LISTED}&limit=100")
        letters = (page or {"supervisions": []})["supervisions"]
        for letter in [one for one in letters if one["ticket"] not in self._summoned][:SUMMONED_AT_A_TIME]:
            await self._interview(letter["ticket"])

    async def _interview(self, number: str) -> None:
        """约谈, once for each ticket that is still open."""
        leader, is_new = self.town.people["leader"], number not in self._summoned
        self._summoned.add(number)
        seen = await leader.ticket(number) if is_new else None
        if seen is not None and "supervise" in seen["allowed_actions"]:
            reason = self.town.say("oversight", "summon")
            await leader.step_now(number, "supervise", level=LEADERS_LEVEL, reason=reason)

    async def _misuse(self) -> list[str]:
        """Somebody calls again and again to abuse; the agent asks for a limit, the shift lead decides. Returns the calls."""
        caller = {"phone": f"136{self.town.chance('misuse', self._rounds).randrange(10**8):08d}"}
        calls = [await self._call(caller, "harassment") for _ in range(NUISANCE_CALLS)]
        if 0 in calls:
            return []
        level = LEVELS[self._rounds % len(LEVELS)]
        content = {"interaction": calls[0], "interactions": calls[1:], "level": level}
        words = {"reason": self.town.say("oversight", "misuse", self._rounds)}
        asked = await self._take(self.town.people["agent"], "/api/v1/caller-limits", "ask for limit", content | words)
        if asked is None:
            return [str(call) for call in calls]
        path, is_granted = f"/api/v1/caller-limits/{asked['id']}/steps", self._rounds % 5 != 0
        decision = {"action": "decide", "granted": is_granted, "reason": self.town.say("oversight", "decide")}
        await self._take(self.town.people["shift_lead"], path, "decide on limit", decision)
        if is_granted:
            await asyncio.sleep(HEARD_OF_WITHIN_S)
            await self._call(caller, "harassment", says=self.town.say("oversight", "danger"))
        if is_granted and self._rounds % 3 == 0:
            lifted = {"action": "lift", "reason": self.town.say("oversight", "lift")}
            await self._take(self.town.people["supervisor"], path, "lift limit", lifted)
        return [str(call) for call in calls]

    async def _call(self, caller: dict[str, str], outcome: str, *, says: str = "") -> int:
        """Call, perhaps speak of a danger, and be answered; an emergency passes whatever holds."""
        offered = await self.phone.post("/api/v1/interactions", {"caller": caller})
        if not offered.is_done:
            self.town.tally.surprise(f"call: {offered}")
            return 0
        call = int(offered.body["id"])
        path = f"/api/v1/interactions/{call}/events"
        await self.phone.post(path, {"event": "answered", "agent": self.town.agent})
        if says:
            told = (await self.phone.post(path, {"event": "transcript", "text": says})).body.get("caller_limit")
            if told is None or not told["passes"]:
                self.town.tally.surprise(f"a danger that does not pass: {told}")
            self.town.tally.seen["limited caller passed"] += 1
        await self.phone.post(path, {"event": "ended", "outcome": outcome})
        return call

    async def _closed(self) -> list[str]:
        page = await self.town.people["quality"].read("/api/v1/tickets?state=closed&limit=50")
        lines = (page or {"tickets": []})["tickets"]
        return [line["number"] for line in lines if line["number"] not in self._inspected][:2]

    async def _inspect(self, of: str, subjects: list[str]) -> None:
        """The inspector takes some by hand and scores what waits."""
        quality = self.town.people["quality"]
        for subject in subjects:
            self._inspected.add(subject)
            content = {"of": of, "subject": subject, "reason": self.town.say("oversight", "pick")}
            await self._take(quality, "/api/v1/inspections", "pick for inspection", content)
        page = await quality.read(f"/api/v1/inspections?state=drawn&of={of}&limit=20")
        for one in (page or {"inspections": []})["inspections"][:AT_A_TIME]:
            text = self.town.say("oversight", "remark", one["id"])
            content = {"action": "score", "text": text, **(sheet := self._sheet(of, one["id"], hard=True))}
            scored = await self._take(quality, f"/api/v1/inspections/{one['id']}/steps", "score inspection", content)
            self.town.tally.seen["veto"] += scored is not None and bool(sheet["vetoes"])

    async def _settle(self) -> None:
        """Some of the inspected appeal; the supervisor, who is no other's inspector, decides."""
        page = await self.town.people["quality"].read("/api/v1/inspections?state=scored&limit=20")
        for one in (page or {"inspections": []})["inspections"][:AT_A_TIME]:
            if one["appealed_at"] is None and self.town.chance("appeal", one["id"]).random() < APPEALS:
                whose = self._department(one["department"]["code"]) if one["department"] else None
                whose = whose or (self.town.people["agent"] if one["agent"] == self.town.agent else None)
                if whose is not None:
                    content = {"action": "appeal", "text": self.town.say("oversight", "appeal", one["id"])}
                    await self._take(whose, f"/api/v1/inspections/{one['id']}/steps", "appeal", content)
        page = await self.town.people["supervisor"].read("/api/v1/inspections?state=appealed&limit=20")
        for one in (page or {"inspections": []})["inspections"]:
            if one["of"] == "interaction":
                sheet = self._sheet(one["of"], one["id"], hard=False)
                content = {"action": "decide", "text": self.town.say("oversight", "decided", one["id"]), **sheet}
                path = f"/api/v1/inspections/{one['id']}/steps"
                await self._take(self.town.people["supervisor"], path, "decide on appeal", content)

    def _sheet(self, of: str, key: str, *, hard: bool) -> dict[str, Any]:
        """Fill in a sheet: most of the points, now and then a veto."""
        sheet, dice = self.town.city.oversight.inspection.sheet_of(of), self.town.chance("sheet", key, hard)
        points = {one.code: (one.points or 0) - (dice.randrange(0, 6) if hard else 0) for one in sheet.items}
        vetoes = [dice.choice(sheet.vetoes).code] if hard and sheet.vetoes and dice.random() < VETOED else []
        return {"points": points, "vetoes": vetoes}

    async def _urge_twice(self) -> None:
        """A citizen phones twice about the same matter: both are kept, one counts, and the agent is told so."""
        page = await self.town.people["agent"].read("/api/v1/tickets?state=assigned&limit=1")
        for line in (page or {"tickets": []})["tickets"]:
            for _ in range(2):
                text = self.town.say("citizen", "urge", line["number"])
                await self.town.people["agent"].step_now(line["number"], "urge", text=text)

    def _department(self, code: str) -> Person | None:
        token = self._tokens.get(code)
        return Person(self.town.connection, {"authorization": f"Bearer {token}"}) if token else None

    async def _take(self, who: Person, path: str, what: str, content: dict[str, Any]) -> dict[str, Any] | None:
        answer = await who.post(path, content)
        self.town.tally.count(what, answer)
        return answer.body if answer.is_done else None
