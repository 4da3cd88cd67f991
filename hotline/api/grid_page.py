"""/grid: a grid worker's page on a telephone: one's own parts by due time, every step of them, photos, and what one saw."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from hotline import patrol, photo
from hotline.api import body, grid_view, identity, page_form
from hotline.api.attachments import keep_photo
from hotline.api.auth import actor_of
from hotline.api.patrols import on_ground, reported
from hotline.api.session import sign_in_by_form, sign_out_by_form
from hotline.api.steps import DEPARTMENT_STEPS, carry_out
from hotline.api.tickets import page_of
from hotline.keys import HUB
from hotline.step import run
from models.errors import Forbidden, HotlineError, InvalidRequest, Unauthorized
from models.store import tickets, worklists
from models.store.worklists import Filter
from models.ticket import id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.web import FileField

    from hotline.api.grid_view import Row
    from models.store.database import Session
    from models.ticket import Actor

PATH: Final = "/grid"
WORKERS: Final = frozenset({Role.DEPARTMENT})
ON_A_PAGE: Final = 30
REPORTS: Final = 10
YES: Final = "yes"
# What a step takes from the page's form, beside whether somebody was reached.
WRITTEN: Final = ("text", "remark", "result", "reason", "duty_argument", "signed_by", "handler")


async def show(request: web.Request) -> web.Response:
    """GET /grid: the parts of whoever is signed in, one of them with `number`, or the form to sign in."""
    return await _shown(request)


async def step(request: web.Request) -> web.Response:
    """POST /grid: sign in or out, a step, a photo or a report, sent by this page's own forms; then the page again."""
    number = ""
    try:
        given, files = await page_form.read(request)
        number, action = given.get("number", ""), given.get("action", "")
        if action == "sign_in":
            await sign_in_by_form(request, given, PATH)
        if action == "sign_out":
            await sign_out_by_form(request, PATH)
        actor = await actor_of(request, WORKERS)
        if action == "report":
            number = await _report(request, actor, given, files)
        else:
            await _take(request, actor, given, files)
    except HotlineError as error:
        return await _shown(request, number=number, error=error)
    raise web.HTTPSeeOther(f"{PATH}?number={number}&done={action}")


async def _shown(request: web.Request, *, number: str | None = None, error: HotlineError | None = None) -> web.Response:
    hub, told = request.app[HUB], error.detail if error else None
    status = error.status if error else 200
    try:
        actor = await actor_of(request, WORKERS)
    except (Unauthorized, Forbidden) as refused:
        # Who has not signed in yet has done nothing wrong.
        words = told or (refused.detail if isinstance(refused, Forbidden) else None)
        return grid_view.signed_out(hub, words, status, identity.button(request, PATH))
    number = (number if number is not None else body.query(request, "number")) or None
    done = grid_view.DONE.get(request.query.get("done", "")) if error is None else None

    async def work(session: Session) -> tuple[list[Row], list[dict[str, Any]], dict[str, Any] | None]:
        listed = await worklists.parts(session, actor.department or "", Filter(), None, ON_A_PAGE)
        parts = {one.ticket.id: await tickets.assignments(session, one.ticket.id) for one in listed}
        mine = [(one, part) for one in listed for part in parts[one.ticket.id] if part.ordinal == one.ordinal]
        rows = [(one.ticket, part) for one, part in mine if part.is_with_department]
        reports = await on_ground(session, hub, actor, None, REPORTS)
        one = await page_of(session, hub, actor, number) if number else None
        return rows, [line for _, line in reports], one

    try:
        rows, reports, one = await hub.database.read(work)
    except HotlineError as missing:
        number = None
        told, status = told or missing.detail, status if error else missing.status
        rows, reports, one = await hub.database.read(work)
    if one is not None:
        return grid_view.part_page(hub, actor, one, told=told, done=done, status=status)
    return grid_view.list_page(hub, actor, rows, reports, told=told, status=status)


async def _kept(request: web.Request, files: list[FileField]) -> list[str]:
    return [(await keep_photo(request.app, one.file.read(), page_form.name_of(one))).id for one in files]


async def _report(request: web.Request, actor: Actor, given: Mapping[str, str], files: list[FileField]) -> str:
    """Register what was seen; returns the ticket's number where the reporter settles it, nothing where it went up."""
    if len(files) > patrol.MOST_PHOTOS:
        raise InvalidRequest(f"一次最多{patrol.MOST_PHOTOS}张照片")
    content = {"text": given.get("text", ""), "address": given.get("address") or None}
    report = body.decode(msgspec.json.encode({**content, "photos": await _kept(request, files)}), patrol.PatrolReport)
    receipt = await reported(request.app[HUB], actor, _key(given), msgspec.json.encode(content), report)
    made = msgspec.json.decode(receipt.body)
    return str(made["number"]) if made["lead"] and made["lead"]["code"] == actor.department else ""


async def _take(request: web.Request, actor: Actor, given: Mapping[str, str], files: list[FileField]) -> None:
    """Keep the photos of a part, then take the step that stands with them, if one does."""
    hub, number, action = request.app[HUB], given.get("number", ""), given.get("action", "")
    ordinal = given.get("assignment", "")
    if not ordinal.isascii() or not ordinal.isdigit() or len(ordinal) > 9:
        raise InvalidRequest("页面已失效，请重新打开")
    for kept in await _kept(request, files):
        fields = {"photo": kept, "taken": given.get("taken", ""), "assignment": int(ordinal)}
        shown = body.decode(msgspec.json.encode(fields), photo.WorkPhoto)
        await run(hub, actor, id_of(number), partial(photo.show_work, fields=shown))
    if action == "photo":
        if not files:
            raise InvalidRequest("请先选择照片")
        return
    content: dict[str, Any] = {name: given[name] for name in WRITTEN if given.get(name)}
    content |= {"action": action, "assignment": int(ordinal)}
    if "reached" in given:
        content["reached"] = given["reached"] == YES
    raw = msgspec.json.encode(content)
    channel, key = f"grid:{actor.name}", f"{number}:{_key(given)}"
    await carry_out(request, actor, DEPARTMENT_STEPS, raw, channel=channel, key=key, ticket_number=number)


def _key(given: Mapping[str, str]) -> str:
    """Return the number that a form bears, so that the same form sent twice is one step."""
    return given.get("key", "")[:64] or secrets.token_hex(8)
