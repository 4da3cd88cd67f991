"""Grid workers: what they see on their rounds they report with a photo, settle, and show; what is too much goes up."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any, Final

from models.lifecycle import AssignmentState
from models.vocabulary import Channel

if TYPE_CHECKING:
    from hotline.simulation.connection import Answer, Person
    from hotline.simulation.town import Town

# One grey pixel: what it shows is not looked at in a play.
PHOTO: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
# Of so many matters of one's own three are too much for one grid: one is seen to be at once, one when it was read, one at work.
TOO_MUCH: Final = 8
GIVEN_UP: Final = {0: AssignmentState.DISPATCHED, 1: AssignmentState.ACKNOWLEDGED, 2: AssignmentState.IN_PROGRESS}
FILE_EVERY: Final = 5


async def uploaded(person: Person) -> str:
    """Upload a photo; returns its id, nothing where it was not taken."""
    kept = await person.upload("/api/v1/photos", PHOTO, "image/png")
    person.connection.tally.count("upload photo", kept)
    return str(kept.body.get("id", ""))


async def show_work(person: Person, number: str, ordinal: int, taken: str) -> Answer:
    """Show the work on one's part."""
    content = {"photo": await uploaded(person), "taken": taken, "assignment": ordinal}
    shown = await person.post(f"/api/v1/tickets/{number}/photos", content)
    person.connection.tally.count(f"photo {taken}", shown)
    return shown


class GridWorkers:
    """A few grids' workers on their rounds, each with a telephone."""

    def __init__(self, town: Town, workers: list[Person]) -> None:
        self.town = town
        self.workers = workers
        self._fates: dict[str, int] = {}
        self._rounds = 0

    async def round(self) -> None:
        """One of them reports; all of them go on with what is theirs."""
        self._rounds += 1
        if not self.workers:
            return
        if self.town.is_calling:
            await self._report(self.workers[self._rounds % len(self.workers)])
        if self._rounds % FILE_EVERY == 0:
            await self._read_file()
        for worker in self.workers:
            found = await worker.read("/api/v1/tickets?state=assigned&limit=20")
            for line in (found or {"tickets": []})["tickets"]:
                # What a street delegates to a grid is answered by webhook, as from any other unit.
                if line["channel"] == Channel.PATROL:
                    await self._go_on(worker, line)

    async def _report(self, worker: Person) -> None:
        seen = self.town.words("ground", "seen")
        content = {"text": seen[self._rounds % len(seen)], "photos": [await uploaded(worker)]}
        made = await worker.post("/api/v1/patrols", content, key=secrets.token_hex(8))
        self.town.tally.count("report from patrol", made)
        if made.is_done:
            listed = await worker.read("/api/v1/patrols?limit=20")
            reports = (listed or {"reports": []})["reports"]
            level = next((one["level"] for one in reports if one["number"] == made.body["number"]), "unknown")
            self.town.tally.seen[f"patrol begins with {level}"] += 1

    def _fate(self, number: str) -> int:
        """How a matter goes, in turn: the first ones go each way."""
        return self._fates.setdefault(number, len(self._fates) % TOO_MUCH)

    def _is_long(self, number: str) -> bool:
        """Whether a matter takes more than one visit; what is given up at work does."""
        return self._fate(number) in {2, 3}

    async def _read_file(self) -> None:
        """The supervisor takes the whole story of the newest report out of the hub."""
        person = self.town.people["supervisor"]
        listed = await person.read("/api/v1/patrols?limit=1")
        for one in (listed or {"reports": []})["reports"]:
            if await person.read(f"/api/v1/tickets/{one['number']}/file") is None:
                self.town.tally.surprise(f"no file of {one['number']}")
            else:
                self.town.tally.taken["fetch whole-process file"] += 1

    async def _go_on(self, worker: Person, line: dict[str, Any]) -> None:
        number, ordinal = line["number"], line["assignment"]
        match line["assignment_state"]:
            case state if state == GIVEN_UP.get(self._fate(number)):
                await worker.step_on(line, "grade_up", assignment=ordinal, reason=self._say("too_much", number))
            case AssignmentState.DISPATCHED:
                await worker.step_on(line, "acknowledge", assignment=ordinal)
            case AssignmentState.ACKNOWLEDGED if self._is_long(number):
                await worker.step_on(line, "progress", assignment=ordinal, text=self._say("progress", number))
            case AssignmentState.ACKNOWLEDGED | AssignmentState.IN_PROGRESS:
                await show_work(worker, number, ordinal, "after")
                said = self._say("reply", number)
                await worker.step_now(number, "reply", assignment=ordinal, text=said, result="solved")
            case AssignmentState.REPLIED:
                await worker.step_on(line, "sign_off", assignment=ordinal, signed_by="网格长", confirmed=True)

    def _say(self, what: str, number: str) -> str:
        return self.town.say("ground", what, number)
