"""The dispatch desk: what lies ON_DESK is dispatched, answered, declined, merged, split, ruled or designated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from hotline.simulation.choice import candidates, led_by
from models.lifecycle import TicketState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.tales import Tale
    from hotline.simulation.town import Town

AT_A_TIME: Final = 40
TESTS: Final = 2
OUT_OF_SCOPE: Final = "不属受理范围"
# Whose hands are at the desk: who rules comes after who dispatches, and takes what waits for a ruling.
TAKERS: Final = ("dispatcher", "shift_lead")
EMERGENCIES: Final = ("110", "119", "122", "120")


class Desk:
    """A dispatcher, a shift lead, a supervisor and an agent at the desk."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._lines: list[dict[str, Any]] = []
        self._terms = town.city.policies[town.city.policy].send_back
        self._tried: set[str] = set()
        # Who has which ticket in hand, by role.
        self._held: dict[str, str] = {}
        self._ruled: dict[str, str] = {}
        self._play: dict[str, Callable[[dict[str, Any]], Awaitable[object]]] = {
            "dispatched": self._dispatch,
            "chosen": self._choose,
            "answered": self._answer,
            "declined": self._decline,
            "handed_off": lambda line: self._hand_off(line, remainder=True),
            "handed_off_whole": lambda line: self._hand_off(line, remainder=False),
            "merged": self._merge,
            "merged_withdrawn": self._merge_and_withdraw,
            "split": self._split,
            "disputed": self._open_dispute,
            "withdrawn": self._withdraw,
            "noted": self._note,
        }

    async def start(self) -> None:
        """Register what telephone technicians register, so that there is something to void."""
        for n in range(TESTS):
            content = {"text": f"{self._words('test')}（{n + 1}）", "caller": {"identity": "anonymous"}}
            key = f"city-test-{self.town.seed}-{n}"
            await self.town.people["shift_lead"].post("/api/v1/tickets", content, key=key)

    async def round(self) -> None:
        """Settle what lies on the desk now, the gravest first, as people do: each takes what is next and has it in hand alone."""
        page = await self.town.people["dispatcher"].read(f"/api/v1/tickets?state=on_desk&limit={AT_A_TIME}")
        self._lines = (page or {"tickets": []})["tickets"]
        if not self._lines:
            return
        for role in TAKERS:
            taken = await self._take(role)
            await asyncio.gather(*(self._settle(line) for line in taken))

    async def _take(self, role: str) -> list[dict[str, Any]]:
        """Take what is next for somebody until nothing is left, or their hands are full."""
        taken: list[dict[str, Any]] = []
        while len(taken) < AT_A_TIME:
            answer = await self.town.people[role].post("/api/v1/desk/next", {})
            line = answer.body["ticket"] if answer.is_done else None
            if line is None:
                break
            self.town.tally.count("take what is next", answer)
            self._held[line["number"]] = role
            taken.append(line)
        return taken

    async def _let_go(self, number: str) -> None:
        """Put down what somebody has in hand, for another to take it up."""
        role = self._held.pop(number, None)
        if role is not None:
            answer = await self.town.people[role].post(f"/api/v1/tickets/{number}/hold", {}, method="DELETE")
            self.town.tally.count("let go", answer)

    async def _settle(self, line: dict[str, Any]) -> None:
        await self._do(line)
        await self._let_go(line["number"])

    async def _do(self, line: dict[str, Any]) -> None:
        number = line["number"]
        if self._words("test") in line["text"]:
            await self._step("shift_lead", line, "void", reason=self._words("void"))
        elif line["is_disputed"]:
            await self._rule(line)
        elif self._terms.must_designate(line["dispatch_count"]):
            await self._give(line, "supervisor", "designate", "ruling")
        elif line["send_back_count"]:
            await self._give(line, "dispatcher", "reassign", "reassign")
        elif number in self._tried or self.town.handling.of(number) is not None:
            await self._dispatch(line)
        else:
            self._tried.add(number)
            told = self.town.desk.tell(number, lambda tale: self._fits(line, tale))
            await self._play[told.tale.name](line)

    def _fits(self, line: dict[str, Any], tale: Tale) -> bool:
        has = {
            "inquiry": line["kind"] == "inquiry",
            "doubt": OUT_OF_SCOPE in (line["desk_reason"] or ""),
            "grave": line["urgency"] <= 2,
            "twin": self._twin(line) is not None,
        }
        return all(has[need] for need in tale.needs)

    def _twin(self, line: dict[str, Any]) -> str | None:
        """Return an older ticket on the desk about the same subject; none of a tip-off, which is kept by itself."""
        alike = (
            one["number"]
            for one in self._lines
            if one["category"]["code"] == line["category"]["code"]
            and one["number"] < line["number"]
            and "tip_off" not in {one["kind"], line["kind"]}
        )
        return next(alike, None)

    async def _dispatch(self, line: dict[str, Any]) -> None:
        """As the catalogue proposes; where it proposes nobody, as a person chooses."""
        if not (await self._step("dispatcher", line, "dispatch")):
            await self._choose(line)

    async def _choose(self, line: dict[str, Any]) -> None:
        await self._give(line, "dispatcher", "dispatch", "chosen")

    async def _give(self, line: dict[str, Any], role: str, action: str, why: str) -> None:
        """Give the ticket to whom a ruling named, else to the first candidate whom the guards allow."""
        page = await self.town.people["supervisor"].ticket(line["number"])
        if page is None or page["version"] != line["version"]:
            return
        ruled = self._ruled.get(line["number"])
        for lead in [ruled] if ruled else candidates(self.town, page, but=led_by(page)):
            if await self._step(role, line, action, lead=lead, reason=self._words(why, line["number"])):
                return

    async def _rule(self, line: dict[str, Any]) -> None:
        """Rule who leads, amend the catalogue where it has a row for this, and designate at once."""
        number, ruling = line["number"], self._words("ruling", line["number"])
        lead_person = self.town.people["shift_lead"]
        page = await lead_person.ticket(number)
        if page is None or page["version"] != line["version"]:
            return
        likely = candidates(self.town, page, but=led_by(page))
        amend = page["duty"] is not None and self.town.chance("amend", number).random() < 0.5
        await self._let_go(number)
        for lead in likely:
            fields = {"lead": lead, "ruling": ruling}
            answer = await lead_person.step(number, "rule", line["version"], **fields, amend=amend)
            if answer.status == 422 and amend:
                answer = await lead_person.step(number, "rule", line["version"], **fields, amend=False)
            if answer.is_done:
                self._ruled[number] = lead
                fields = {"lead": lead, "reason": ruling}
                await self.town.people["supervisor"].step(number, "designate", answer.body["version"], **fields)
                return

    async def _answer(self, line: dict[str, Any]) -> None:
        await self._step("agent", line, "answer", text=self._words("answer", line["number"]))

    async def _decline(self, line: dict[str, Any]) -> None:
        """A person reads the doubt and declines, telling the lawful channel."""
        page = await self.town.people["dispatcher"].ticket(line["number"])
        doubts = (page or {}).get("reading", {}).get("scope", [])
        if not doubts:
            await self._dispatch(line)
            return
        fields = {"reason": self._words("decline_reason"), "lawful_channel": doubts[0]["channel"]}
        await self._step("dispatcher", line, "decline", code=doubts[0]["code"], **fields)

    async def _hand_off(self, line: dict[str, Any], *, remainder: bool) -> None:
        """To whom the program has not handed it already: that one waits for its confirmation."""
        page = await self.town.people["shift_lead"].ticket(line["number"])
        told = {one["number"] for one in (page or {}).get("handoffs", [])}
        number = next((one for one in EMERGENCIES if one not in told), EMERGENCIES[0])
        reason = self._words("emergency", line["number"])
        await self._step("shift_lead", line, "hand_off", number=number, reason=reason, remainder=remainder)

    async def _merge(self, line: dict[str, Any]) -> bool:
        into = self._twin(line)
        return into is not None and await self._step(
            "shift_lead", line, "merge", into=into, reason=self._words("merge")
        )

    async def _merge_and_withdraw(self, line: dict[str, Any]) -> None:
        """The caller whose request was merged does not want to hear of it any more."""
        if await self._merge(line):
            await self.town.people["agent"].step_now(line["number"], "withdraw", reason=self._words("withdraw"))

    async def _split(self, line: dict[str, Any]) -> None:
        brief = self._words("split_brief").format(text=line["text"][:60])
        await self._step("dispatcher", line, "split", briefs=[brief], reason=self._words("split"))

    async def _open_dispute(self, line: dict[str, Any]) -> None:
        page = await self.town.people["dispatcher"].ticket(line["number"])
        if page is not None:
            who = candidates(self.town, page, but=set())[:2]
            await self._step("dispatcher", line, "open_dispute", topic=self._words("dispute"), participants=who)

    async def _withdraw(self, line: dict[str, Any]) -> None:
        await self._step("agent", line, "withdraw", reason=self._words("withdraw"))

    async def _note(self, line: dict[str, Any]) -> None:
        await self._step("agent", line, "note", reason=self._words("note"))

    async def _step(self, role: str, line: dict[str, Any], action: str, **fields: Any) -> bool:
        """Take a step; another's than the holder's waits until that one has let go. A step that moves the ticket ends the hold."""
        number = line["number"]
        if self._held.get(number, role) != role:
            await self._let_go(number)
        answer = await self.town.people[role].step_on(line, action, **fields)
        if answer.is_done and answer.body["state"] != TicketState.ON_DESK:
            self._held.pop(number, None)
        return answer.is_done

    def _words(self, what: str, *key: str) -> str:
        return self.town.say("desk", what, *key)
