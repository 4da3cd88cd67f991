"""Figures and fairness: shift leads ask that something is not counted, a supervisor decides, leaders have reports made and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hotline.simulation.town import Town

ASKED_AT_A_TIME: Final = 2
DECIDED_AT_A_TIME: Final = 5
GRANTED: Final = 0.6
REVOKED: Final = 0.3
# A report takes a second or two of a processor: not every round asks for one.
REPORT_EVERY: Final = 3
# Who wants one, in turn.
ASKERS: Final = ("supervisor", "leader", "shift_lead")
KINDS: Final = ("daily", "weekly", "monthly")
FORMATS: Final = ("pdf", "xlsx")


class FigureKeepers:
    """The people who keep the figures fair and tell them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._rounds = 0
        # Tickets that were asked for, in this life or an earlier one; None before that was read.
        self._asked: set[str] | None = None
        self._fetched: set[str] = set()
        self._decided: set[str] = set()

    async def round(self) -> None:
        """Ask for exclusions, decide on what waits, look at a league, have a report made, fetch what is made."""
        self._rounds += 1
        await self._ask()
        await self._decide()
        await self._compare()
        if self._rounds % REPORT_EVERY == 1:
            await self._report()
        await self._fetch()

    async def _ask(self) -> None:
        """The shift lead finds tickets with which no department could do better: those that were done again."""
        person, known = self.town.people["shift_lead"], await self._known()
        page = await person.read("/api/v1/tickets?state=closed&limit=100")
        lines = [one for one in (page or {"tickets": []})["tickets"] if one["number"] not in known]
        for line in sorted(lines, key=lambda one: (-one["reopen_count"], one["number"]))[:ASKED_AT_A_TIME]:
            number = line["number"]
            known.add(number)
            reasons = self.town.city.indicators.exclusion_reasons
            if not reasons:
                return
            content = {
                "ticket": number,
                "reason": self.town.chance("exclusion", number).choice(reasons).code,
                "evidence": self.town.say("figures", "evidence", number),
            }
            asked = await person.post("/api/v1/exclusions", content)
            self.town.tally.count("ask exclusion", asked)

    async def _known(self) -> set[str]:
        if self._asked is None:
            rows = self.town.people["shift_lead"].lines("/api/v1/exclusions", "exclusions")
            self._asked = {row["number"] async for row in rows}
        return self._asked

    async def _decide(self) -> None:
        """The supervisor grants or refuses what the shift lead asked, once, and sometimes takes a grant back."""
        page = await self.town.people["supervisor"].read("/api/v1/exclusions?state=waiting&limit=100")
        waiting = [one for one in (page or {"exclusions": []})["exclusions"] if one["id"] not in self._decided]
        for one in waiting[:DECIDED_AT_A_TIME]:
            self._decided.add(one["id"])
            chance = self.town.chance("decision", one["number"])
            is_granted = chance.random() < GRANTED
            await self._step(one, "grant" if is_granted else "refuse")
            if is_granted and chance.random() < REVOKED:
                await self._step(one, "revoke")

    async def _step(self, one: dict[str, Any], action: str) -> None:
        content = {"action": action, "reason": self.town.say("figures", action, one["number"])}
        done = await self.town.people["supervisor"].post(f"/api/v1/exclusions/{one['id']}/steps", content)
        self.town.tally.count(f"{action} exclusion", done)

    async def _compare(self) -> None:
        """Look at the league of one class after the other, and at the public count."""
        classes = self.town.city.indicators.classes
        paths = ["/api/v1/indicators", "/api/v1/exclusions/figures"]
        if classes:
            paths.append(f"/api/v1/indicators/leagues/{classes[self._rounds % len(classes)].code}")
            self.town.tally.seen["league looked at"] += 1
        for path in paths:
            if await self.town.people["supervisor"].read(path) is None:
                self.town.tally.surprise(f"nothing at {path}")
            else:
                self.town.tally.taken["read figures"] += 1

    async def _report(self) -> None:
        n = self._rounds // REPORT_EVERY
        today = self.town.pace.now().date().isoformat()
        days = {"from": today, "to": today} if n % 2 else {}
        content = {"kind": KINDS[n % len(KINDS)], "format": FORMATS[n % len(FORMATS)], **days}
        asked = await self.town.people[ASKERS[n % len(ASKERS)]].post("/api/v1/reports", content)
        self.town.tally.count("ask report", asked)

    async def _fetch(self) -> None:
        """Read every report that is made, once; one that failed is a surprise."""
        person = self.town.people["supervisor"]
        page = await person.read("/api/v1/reports?limit=20")
        for one in (page or {"reports": []})["reports"]:
            if one["state"] == "waiting" or one["id"] in self._fetched:
                continue
            self._fetched.add(one["id"])
            if one["state"] == "failed":
                self.town.tally.surprise(f"report {one['id']} failed: {one['error']}")
            elif await person.read(f"/api/v1/reports/{one['id']}/file") is None:
                self.town.tally.surprise(f"report {one['id']} has no file")
            else:
                self.town.tally.taken["fetch report"] += 1
