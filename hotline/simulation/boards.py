"""Who reads what the hub has worked out: forecasts, what may turn red, hot topics, and the figures of every desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hotline.simulation.town import Town

# By what it is called in the tally: where it stands. The supervisor reads them all.
BOARDS: Final = {
    "read forecast": "/api/v1/forecast",
    "read what may turn red": "/api/v1/forecast/red?within=24&limit=20",
    "read hot topics": "/api/v1/forecast/surges?over=day",
    "read follow-up capacity": "/api/v1/follow-ups/capacity",
    "read call-back figures": "/api/v1/interactions/missed/figures",
    "read knowledge figures": "/api/v1/knowledge/figures",
    "read handoff figures": "/api/v1/handoffs/figures",
    "read supervision figures": "/api/v1/supervisions/figures",
    "read deferral figures": "/api/v1/deferrals/figures",
    "read limit figures": "/api/v1/caller-limits/figures",
    "read patrol figures": "/api/v1/patrols/figures",
    "read register of numbers": "/api/v1/lines?limit=20",
    "read announcements": "/api/v1/lines/announcements",
    "read incidents": "/api/v1/incidents?open=true&limit=20",
    "read today": "/api/v1/backlog/today",
}
ASKS: Final = "/api/v1/follow-ups/figures"
RUNGS: Final = ("sms", "auto_call", "person")


class BoardReaders:
    """A supervisor before the boards."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def round(self) -> None:
        """Read every board once, and add up what must add up."""
        for what, path in BOARDS.items():
            if await self._read(path) is not None:
                self.town.tally.taken[what] += 1
        asks = await self._read(ASKS)
        if asks is not None:
            self.town.tally.taken["read follow-up figures"] += 1
            self._add_up(asks)

    async def _read(self, path: str) -> dict[str, Any] | None:
        answer = await self.town.people["supervisor"].look(path)
        if not answer.is_done:
            self.town.tally.surprise(f"nothing at {path}: {answer}")
        return answer.body if answer.is_done else None

    def _add_up(self, asks: dict[str, Any]) -> None:
        """Everybody who was asked is still being asked, or has ended in one way, on one rung."""
        ways = asks["answered"] + asks["silent"] + asks["overtaken"]
        rungs = sum(asks["ended_on"][rung] for rung in RUNGS)
        if asks["opened"] != asks["open"] + asks["ended"] or not asks["ended"] == ways == rungs:
            self.town.tally.surprise(f"follow-up does not add up: {asks}")
