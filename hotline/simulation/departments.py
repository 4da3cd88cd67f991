"""Every department's server: one real HTTP server, a path for each, and a look at the worklists."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from hotline.simulation.handling import Handling, Part
from hotline.simulation.office import SLOW_S, GridOffice, Office, register_all
from models.city import GRID
from models.errors import HotlineError
from models.lifecycle import AssignmentState

if TYPE_CHECKING:
    from hotline.simulation.tales import Tale, Told
    from hotline.simulation.town import Town

BEGINS: Final = frozenset({"ticket.dispatched", "ticket.designated", "ticket.reopened"})
ENDS: Final = frozenset({"ticket.recalled", "ticket.reassigned", "ticket.withdrawn", "ticket.merged", "ticket.closed"})
PRESSES: Final = frozenset(
    {"ticket.urged", "ticket.reminded", "ticket.supervised", "ticket.escalated", "ticket.supplemented"}
)
ORDINARY: Final = ("acknowledge", "contact", "progress", "reply", "sign_off")
ASSISTING: Final = ("acknowledge", "progress", "reply", "sign_off")
DELEGATED: Final = ("acknowledge", "contact", "reply", "sign_off")
DELEGATED_ON: Final = ("acknowledge", "delegate", "await_child", "reply", "sign_off")
PLAIN: Final = "plain"
BY_THE_GRID: Final = ("acknowledge", "contact", "delegate", "await_child", "reply", "sign_off")
AGAIN: Final = ("progress", "reply", "sign_off")
CHILD: Final = {"sends_back": ("acknowledge", "send_back"), "waits": ("idle",)}
NOTHING_TO_DO: Final = frozenset({AssignmentState.SIGNED_OFF})
SWEEP_PAUSE_S: Final = 0.2
# How often a district or a street gives on what was delegated to it.
GOES_ON: Final = 0.85
SOON: Final = timedelta(days=4)
TIME_TO_SEND_BACK: Final = timedelta(hours=5)


class Departments:
    """All departments at work."""

    def __init__(self, town: Town, known: dict[str, dict[str, str]]) -> None:
        self.town = town
        self.offices = {
            code: Office(town, town.city.departments[code], secrets)
            for code, secrets in known.items()
            if code in town.city.departments
        }
        town.open_grid = self._open_grid
        self._url = ""
        self._opening = asyncio.Lock()
        self._at_work: dict[tuple[str, int], tuple[Handling, asyncio.Task[None]]] = {}
        self._heard: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the server and register every department's path with the hub."""
        app = web.Application()
        app.router.add_post("/{department}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        door = socket.socket()
        door.bind(("127.0.0.1", 0))
        await web.SockSite(self._runner, door).start()
        self._url = f"http://127.0.0.1:{door.getsockname()[1]}"
        await register_all(self.offices, self._url)

    async def stop(self) -> None:
        """Close the server; whoever is at work stops."""
        for _, task in self._at_work.values():
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def sweep(self) -> None:
        """Look at every worklist once: what was dispatched before the endpoint stood there is found here."""
        for office in [one for one in self.offices.values() if one.department.kind != GRID]:
            async for line in office.person.lines("/api/v1/tickets?state=assigned"):
                key = (line["number"], line["assignment"])
                if not self._is_at_work(key) and line["assignment_state"] not in NOTHING_TO_DO:
                    await self._take_up(office, *key)
            await asyncio.sleep(SWEEP_PAUSE_S)

    async def _open_grid(self, code: str) -> bool:
        """Register a grid's endpoint where it has none yet; tells whether the grid is reached now."""
        async with self._opening:
            if code not in self.offices:
                office = GridOffice(self.town, self.town.city.grid_units[code])
                self.offices[code] = office
                try:
                    await office.register(f"{self._url}/{code}")
                except HotlineError as error:
                    del self.offices[code]
                    self.town.tally.surprise(error.detail)
            return code in self.offices

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        """POST /{department}: a webhook of the hub's."""
        office = self.offices.get(request.match_info["department"])
        if office is None:
            return web.Response(status=404)
        raw = await request.read()
        try:
            message_id = office.verified(request.headers, raw)
        except HotlineError as error:
            self.town.tally.surprise(f"webhook refused: {error.detail}")
            return web.Response(status=401)
        body = msgspec.json.decode(raw)
        if body["type"] == "endpoint.challenge":
            return web.json_response({"challenge": body["data"]["challenge"]})
        outage = office.outage(self.town.pace.now())
        if outage is not None:
            self.town.tally.seen[f"webhook while down: {outage}"] += 1
            return await _down(request, outage)
        self._hear(office, message_id, body["type"], body["data"])
        return web.Response(status=204)

    def _hear(self, office: Office, message_id: str, kind: str, told: dict[str, Any]) -> None:
        """Take a webhook in, once."""
        if message_id in self._heard:
            self.town.tally.seen["webhook twice"] += 1
            return
        self._heard.add(message_id)
        self.town.tally.seen[kind] += 1
        key = (told["ticket"], told["assignment"])
        if kind in BEGINS:
            self._begin(office, _part_of_webhook(told), is_new=True)
        elif kind == "ticket.reply_rejected":
            self._work(office, _part_of_webhook(told), AGAIN, None, is_new=False)
        elif key in self._at_work:
            self._pass_on(key, kind)

    def _pass_on(self, key: tuple[str, int], kind: str) -> None:
        handling, task = self._at_work[key]
        if kind in ENDS:
            task.cancel()
        elif kind in PRESSES:
            handling.hurry.set()
        else:
            handling.news.set()

    def _is_at_work(self, key: tuple[str, int]) -> bool:
        return key in self._at_work and not self._at_work[key][1].done()

    async def _take_up(self, office: Office, number: str, ordinal: int) -> None:
        """Begin on a part that no webhook told of, from where it stands."""
        page = await office.person.ticket(number)
        parts = [one for one in (page or {}).get("assignments", []) if one["assignment"] == ordinal]
        if page is None or not parts or self._is_at_work((number, ordinal)):
            return
        self.town.tally.seen["found on a worklist"] += 1
        self._begin(office, _part_of_page(page, parts[0]), is_new=parts[0]["state"] == AssignmentState.DISPATCHED)

    def _begin(self, office: Office, part: Part, *, is_new: bool) -> None:
        told: Told | None = None
        if part.role == "lead" and self.town.handling.of(part.number) is None and is_new:
            told = self.town.handling.tell(part.number, lambda tale: self._fits(office, part, tale))
        acts = told.tale.acts if told is not None else self._ordinary_acts(office, part)
        if told is not None and told.tale.name == PLAIN and office.department.kind == "street":
            # What lies in a grid its worker sees to; a street does itself what lies in none.
            acts = BY_THE_GRID
        self._work(office, part, acts, told, is_new=is_new)

    def _work(self, office: Office, part: Part, acts: tuple[str, ...], told: Told | None, *, is_new: bool) -> None:
        key = (part.number, part.ordinal)
        if self._is_at_work(key):
            return
        handling = Handling(office, part, acts, told)
        self._at_work[key] = (handling, asyncio.create_task(handling.play(is_new=is_new)))

    def _ordinary_acts(self, office: Office, part: Part) -> tuple[str, ...]:
        """Return what a department does that is not the hero of the ticket's tale."""
        told = self.town.handling.of(part.number)
        tale = told.tale if told else None
        if part.role == "assisting":
            return ASSISTING
        if part.role == "delegated":
            goes_on = self.town.chance("goes on", part.number, part.ordinal).random() < GOES_ON
            may_go_on = office.department.kind in {"district", "street"} and goes_on
            return CHILD.get(tale.child if tale else "") or (DELEGATED_ON if may_go_on else DELEGATED)
        if tale is not None and tale.name == "disputed" and not part.is_designated:
            return tale.acts
        return ORDINARY

    def _fits(self, office: Office, part: Part, tale: Tale) -> bool:
        now = self.town.pace.now()
        has = {
            "calm": part.urgency >= 3,
            "soon": part.reply_by - now < self.town.pace.brief(SOON),
            "send_back": not part.is_designated
            and part.send_back_by is not None
            and part.send_back_by - now > TIME_TO_SEND_BACK,
            "below": office.department.kind in {"bureau", "utility", "district"},
        }
        return all(has[need] for need in tale.needs)


async def _down(request: web.Request, outage: str) -> web.StreamResponse:
    """Answer as a system that is down does: with an error, not at all, or too slowly and then with an error."""
    if outage == "no_answer" and request.transport is not None:
        request.transport.abort()
    elif outage == "slow":
        await asyncio.sleep(SLOW_S)
    return web.Response(status=503)


def _part_of_webhook(told: dict[str, Any]) -> Part:
    flat = {
        **told["due"],
        "number": told["ticket"],
        "ordinal": told["assignment"],
        **{name: told[name] for name in ("role", "kind", "urgency", "is_designated")},
    }
    return msgspec.convert(flat, Part)


def _part_of_page(page: dict[str, Any], part: dict[str, Any]) -> Part:
    flat = {**part, "number": page["number"], "ordinal": part["assignment"]}
    flat |= {name: page[name] for name in ("kind", "urgency")}
    return msgspec.convert(flat, Part)
