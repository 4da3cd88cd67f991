"""One department at work on one part, act by act, as its tale has it; whatever happens, it ends with a reply."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hotline.simulation.ground import show_work
from hotline.simulation.pace import DAY, HOUR
from models.lifecycle import ASSIGNMENT_ENDS, AssignmentState
from models.vocabulary import Adoption, Channel, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.connection import Answer
    from hotline.simulation.office import Office
    from hotline.simulation.tales import Told

MOST_TRIES: Final = 40
SHORTEST_WAIT_S: Final = 1.0
LOOK_AGAIN: Final = timedelta(hours=8)
HOLD_FOR: Final = timedelta(days=3)
LONGEST_WORK: Final = timedelta(hours=30)
NATURAL: Final = {
    AssignmentState.DISPATCHED: "acknowledge",
    AssignmentState.ACKNOWLEDGED: "contact",
    AssignmentState.IN_PROGRESS: "reply",
    AssignmentState.DEFERRED: "reply",
    AssignmentState.REPLIED: "sign_off",
    AssignmentState.SEND_BACK_REQUESTED: "wait",
}


class Over(Exception):
    """The part is no longer this department's."""


class Part(Struct, frozen=True, kw_only=True):
    """A part as a webhook or a worklist tells of it."""

    number: str
    ordinal: int
    role: str
    kind: str
    urgency: int
    is_designated: bool
    acknowledge_by: datetime
    contact_by: datetime
    reply_by: datetime
    send_back_by: datetime | None = None


class Handling:
    """What a department does about a part, from where the part stands now."""

    def __init__(self, office: Office, part: Part, acts: tuple[str, ...], told: Told | None = None) -> None:
        self.office = office
        self.town = office.town
        self.part = part
        self.acts = acts
        self.told = told
        self.state = AssignmentState.DISPATCHED
        self.page: dict[str, Any] = {}
        self.news = asyncio.Event()
        self.hurry = asyncio.Event()
        self._asked = False
        self._dice = self.town.chance("handling", part.number, part.ordinal)
        self._play: dict[str, Callable[[], Awaitable[object]]] = {
            "acknowledge": self._acknowledge,
            "contact": lambda: self._contact(reached=True),
            "miss": lambda: self._contact(reached=False),
            "progress": self._progress,
            "extension": self._extension,
            "deferral": self._deferral,
            "send_back": self._send_back,
            "delegate": self._delegate,
            "await_child": self._await_child,
            "hold": self._hold,
            "idle": lambda: self.town.pace.rest(HOLD_FOR),
            "dawdle": self._dawdle,
            "hollow": self._hollow,
            "reply": self._reply,
            "sign_off": self._sign_off,
            "wait": self._wait,
        }

    async def play(self, *, is_new: bool) -> None:
        """Play every act, then do what is left to do until the reply is signed off."""
        try:
            if not is_new:
                await self.look()
            if self.part.role == "lead" and self.office.department.kind == "district":
                await self._look_at_patrols()
            for act in self.acts:
                await self._play[act]()
            await self._finish()
        except Over:
            return

    async def look(self) -> None:
        """See where the part stands; raises Over where it has ended."""
        page = await self.office.person.ticket(self.part.number)
        found = [one for one in (page or {}).get("assignments", []) if one["assignment"] == self.part.ordinal]
        if page is None or not found:
            raise Over
        self.page = page
        self._learn(found[0]["state"])
        self._asked = found[0]["asked"] is not None

    async def _finish(self) -> None:
        for _ in range(MOST_TRIES):
            act = "wait" if self._asked else NATURAL.get(self.state)
            if act is None:
                return
            if not await self._play[act]():
                await self.town.pace.rest(2 * HOUR)

    async def _take(self, action: str, **fields: Any) -> bool:
        """Call back; after a refusal look where the part stands. Tells whether it was taken."""
        answer = await self.office.call_back(self.part.number, self.part.ordinal, action, **fields)
        if not answer.is_done:
            await self.look()
            return False
        self._learn_from(answer)
        return True

    def _learn_from(self, answer: Answer) -> None:
        for one in answer.body["assignments"]:
            if one["assignment"] == self.part.ordinal:
                self._learn(one["state"])

    def _learn(self, state: str) -> None:
        self.state = AssignmentState(state)
        if self.state in ASSIGNMENT_ENDS:
            raise Over

    async def _rest(self, share: float, until: datetime, most: timedelta) -> None:
        """Rest for a share of the time that is left, less where somebody presses."""
        left = max(until - self.town.pace.now(), HOUR)
        length = min(left * share, most) * self._dice.uniform(0.4, 1.6)
        try:
            await asyncio.wait_for(self.hurry.wait(), self.town.pace.seconds(length))
        except TimeoutError:
            return

    async def _wait(self) -> bool:
        """Wait for news, and look where none come: a webhook may be late."""
        self.news.clear()
        try:
            await asyncio.wait_for(self.news.wait(), max(self.town.pace.seconds(LOOK_AGAIN), SHORTEST_WAIT_S))
        except TimeoutError:
            self.town.tally.seen["looked without news"] += 1
        await self.look()
        return True

    def _words(self, what: str) -> str:
        return self.town.say("department", what, self.part.number, self.part.ordinal)

    async def _acknowledge(self) -> bool:
        if self._dice.random() < 0.03:
            await self.office.too_early(self.part.number, self.part.ordinal)
        # One in twelve reads its post too late.
        share = 1.2 if self._dice.random() < 0.08 else 0.2
        await self._rest(share, self.part.acknowledge_by, 3 * HOUR if share < 1 else DAY)
        return await self._take("acknowledge", handler="经办人")

    async def _contact(self, *, reached: bool) -> bool:
        await self._rest(0.2, self.part.contact_by, 3 * HOUR)
        return await self._take("contact", reached=reached, attempts=1 if reached else 2)

    async def _progress(self) -> bool:
        await self._rest(0.1, self.part.reply_by, 6 * HOUR)
        return await self._take("progress", text=self._words("progress"))

    async def _reply(self) -> bool:
        await self._rest(0.15, self.part.reply_by, LONGEST_WORK)
        result = self._dice.choice(["solved", "solved", "solved", "explained", "partly_solved"])
        is_asked = self.part.kind == Kind.SUGGESTION and self.part.role == "lead"
        adoption = {"adoption": self._dice.choice(list(Adoption))} if is_asked else {}
        return await self._take("reply", text=self._words("reply"), result=result, **adoption)

    async def _sign_off(self) -> bool:
        """Sign off; who has seen that a patrol reported it shows the work first, as the hub asks of a street."""
        if self.page.get("channel") == Channel.PATROL and self.part.role == "lead":
            await show_work(self.office.person, self.part.number, self.part.ordinal, "after")
        return await self._take("sign_off", signed_by="分管领导")

    async def _hollow(self) -> None:
        """Reply with courtesies alone: the check sends it back, and the act after this one writes it anew."""
        await self.look()
        if self.page["kind"] == Kind.PRAISE:  # it is thanked for, no more
            return
        if await self._take("reply", text=self._words("hollow"), result="explained"):
            await self.office.too_early(self.part.number, self.part.ordinal, "reply sent back")

    async def _dawdle(self) -> None:
        await self.town.pace.rest_until(self.part.reply_by + self.town.pace.brief(30 * HOUR))

    async def _look_at_patrols(self) -> None:
        """Give every other report of a patrol to the city, the first one too: a district settles the rest."""
        await self.look()
        if self.page["channel"] != Channel.PATROL:
            return
        self.town.tally.seen["patrol's report at a district"] += 1
        if self.town.tally.seen["patrol's report at a district"] % 2:
            reason = self.town.say("ground", "too_much", self.part.number)
            await self.office.person.step_now(self.part.number, "grade_up", assignment=self.part.ordinal, reason=reason)
            await self.look()

    async def _send_back(self) -> None:
        await self._rest(0.1, self.part.send_back_by or self.part.acknowledge_by, 2 * HOUR)
        words = {"reason": self._words("send_back"), "duty_argument": self._words("duty_argument")}
        if await self._take("send_back", **words):
            self._cue()
        while self.state is AssignmentState.SEND_BACK_REQUESTED:
            await self._wait()

    async def _extension(self) -> None:
        self._asked = await self._take("request_extension", reason=self._words("extension"))
        while self._asked:
            await self._wait()

    async def _deferral(self) -> None:
        solve_by = max(self.part.reply_by, self.town.pace.now()) + 20 * DAY
        words = {"reason": self._words("deferral"), "plan": self._words("plan")}
        self._asked = await self._take("request_deferral", **words, solve_by=solve_by)
        while self._asked:
            await self._wait()

    async def _delegate(self) -> None:
        await self.look()
        below = self._grid() if self.office.department.kind == "street" else self._below()
        if below in self.town.city.grid_units and not await self.town.open_grid(below):
            return
        if below is not None:
            is_taken = await self._take("delegate", department=below, instruction=self._words("instruction"))
            self.town.tally.seen["delegated to a grid"] += is_taken and below in self.town.city.grid_units

    def _grid(self) -> str | None:
        """Return the grid where the matter lies, where that is on this street's ground and nobody has it there yet."""
        unit = self.town.city.grid_units.get(self.page.get("grid") or "")
        taken = {one["department"]["code"] for one in self.page.get("assignments", [])}
        return unit.code if unit and unit.parent == self.office.code and unit.code not in taken else None

    def _below(self) -> str | None:
        """Return to whom this department may delegate: a district to its street, a bureau to the district."""
        departments, own = self.town.city.departments, self.office.department
        is_district = own.kind == "district"
        if is_district:
            places = [code for code, one in departments.items() if one.parent == own.code and one.kind == "street"]
        else:
            places = [code for code, one in departments.items() if one.kind == "district"]
        named = self.page.get("street" if is_district else "district")
        taken = {one["department"]["code"] for one in self.page.get("assignments", [])}
        free = [code for code in places if code not in taken]
        return named if named in free else self._dice.choice(free) if free else None

    async def _await_child(self) -> None:
        """Wait for the unit below: decide its send-back, go on when it has signed off or is gone."""
        for _ in range(MOST_TRIES):
            await self.look()
            below = [one for one in self.page["assignments"] if one["parent"] == self.part.ordinal]
            states = {one["assignment"]: one["state"] for one in below if one["state"] not in ASSIGNMENT_ENDS}
            for ordinal, state in states.items():
                if state == AssignmentState.SEND_BACK_REQUESTED:
                    await self._decide_below(ordinal)
            if all(state == AssignmentState.SIGNED_OFF for state in states.values()):
                return
            await asyncio.sleep(max(self.town.pace.seconds(4 * HOUR), SHORTEST_WAIT_S))

    async def _decide_below(self, ordinal: int) -> None:
        is_upheld = self.told is None or self.told.tale.granted
        reason = self._words("upheld_below" if is_upheld else "refused_below")
        await self.office.person.step_now(
            self.part.number, "decide_send_back", assignment=ordinal, upheld=is_upheld, reason=reason
        )

    async def _hold(self) -> None:
        """Do nothing until the other side of the scene is played, but not for ever."""
        self._cue()
        if self.told is not None:
            try:
                await asyncio.wait_for(self.told.over.wait(), max(self.town.pace.seconds(HOLD_FOR), 10.0))
            except TimeoutError:
                self.town.tally.seen[f"nobody came: {self.told.tale.name}"] += 1
        await self.look()

    def _cue(self) -> None:
        if self.told is not None and self.told.tale.scene and not self.told.over.is_set():
            self.town.scenes.put_nowait(self.part.number)
