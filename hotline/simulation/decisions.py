"""What departments ask of the hotline: send-backs, extensions, deferrals; and emergencies to be confirmed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from models.lifecycle import AssignmentState

if TYPE_CHECKING:
    from hotline.simulation.tales import Told
    from hotline.simulation.town import Town

AT_A_TIME: Final = 40
DECIDES: Final = {"send_back": "dispatcher", "extension": "dispatcher", "deferral": "supervisor"}


class Decisions:
    """A dispatcher, a supervisor and a shift lead who answer what is asked."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._given_up: set[tuple[str, str]] = set()

    async def round(self) -> None:
        """Decide what is asked now."""
        lines = [line async for line in self.town.people["dispatcher"].lines("/api/v1/decisions")]
        await asyncio.gather(*(self._decide(line) for line in lines[:AT_A_TIME]))

    async def confirm(self) -> None:
        """Confirm what the emergency services have taken over."""
        person = self.town.people["shift_lead"]
        rows = [row async for row in person.lines("/api/v1/handoffs", "handoffs")]
        for row in [one for one in rows if one["ticket"] is not None][:AT_A_TIME]:
            ticket, number = row["ticket"], row["number"]
            if (ticket, number) in self._given_up:
                continue
            answer = await person.step_now(
                ticket, "confirm_handoff", number=number, outside_number=f"{number}-{ticket}"
            )
            if not answer.is_done:
                self._given_up.add((ticket, number))

    async def _decide(self, line: dict[str, Any]) -> None:
        number, asks = line["number"], line["asks"]
        told = self.town.handling.of(number)
        if told is not None and told.tale.scene == "withdraw" and asks == "send_back" and not told.over.is_set():
            return
        action, is_granted = f"decide_{asks}", self._is_granted(number, told)
        if line["assignment_state"] == AssignmentState.DEFERRED:
            # A review: the deferral stands but where its tale ends it.
            is_granted = told is None or told.tale.scene != "end_deferral"
        # In a dispute a refusal is the ruling.
        is_ruling = asks == "send_back" and line["is_disputed"]
        person = self.town.people["shift_lead" if is_ruling else DECIDES[asks]]
        if asks == "send_back":
            reason = self.town.say("desk", "upheld" if is_granted else "refused", number)
            fields: dict[str, Any] = {"upheld": is_granted}
        else:
            reason = self.town.say("desk", "granted" if is_granted else "not_granted", number)
            fields = {"granted": is_granted}
        await person.step(number, action, line["version"], assignment=line["assignment"], reason=reason, **fields)

    def _is_granted(self, number: str, told: Told | None) -> bool:
        return told.tale.granted if told is not None else self.town.chance("granted", number).random() < 0.6
