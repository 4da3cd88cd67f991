"""/me: where a citizen follows a request by number and query code, adds to it, urges, rates, asks again."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from hotline.api import citizen_view, page_form, track
from hotline.api.attachments import keep_photo
from hotline.api.citizen_story import story_of
from hotline.api.page_form import FORMS
from hotline.keys import HUB
from models.errors import HotlineError, IdempotencyMismatch, InvalidRequest
from models.lifecycle import Action

if TYPE_CHECKING:
    from aiohttp.web import FileField

YES: Final = "yes"
TITLE: Final = "我的诉求"
_SCRIPT: Final = (Path(__file__).parent / "citizen.js").read_text(encoding="utf-8")


async def show(request: web.Request) -> web.Response:
    """GET /me: the form, or with number and query code where the request stands."""
    given = {name: request.query.get(name, "").strip() for name in ("number", "code")}
    if not (given["number"] and given["code"]):
        return citizen_view.citizen_page(request, TITLE, citizen_view.search(given["number"]))
    return await _shown(request, given)


async def script(request: web.Request) -> web.Response:
    """GET /me/script.js: the map, the photos' preview and the draft; every form works without it."""
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-cache"}
    return web.Response(text=_SCRIPT, content_type="text/javascript", headers=headers)


async def step(request: web.Request) -> web.Response:
    """POST /me: one step of the citizen, sent by this page's own form; then the page again."""
    given: dict[str, str] = {}
    try:
        given, files = await page_form.read(request)
        await _take(request, given, files)
    except HotlineError as error:
        return await _shown(request, given, error)
    query = {name: given.get(name, "") for name in ("number", "code")}
    raise web.HTTPSeeOther(request.rel_url.with_query({**query, "done": given["action"]}))


async def _shown(request: web.Request, given: dict[str, str], error: HotlineError | None = None) -> web.Response:
    """Return the page of a ticket, above it what was done or what stood in the way."""
    hub, number, code = request.app[HUB], given.get("number", ""), given.get("code", "")
    try:
        found = await track.look_up(request, number, code)
        story = await hub.database.read(lambda session: story_of(session, number))
    except HotlineError as missing:
        first = error or missing
        content = citizen_view.told(first.detail) + citizen_view.search(number)
        return citizen_view.citizen_page(request, TITLE, content, first.status, is_fault=True)
    token = request.app[FORMS].token(hub, number, time.time())
    above = citizen_view.told(error.detail) if error else _done(request)
    forms = citizen_view.step_forms(found, code, token, given if error else {})
    content = f"{above}{citizen_view.progress(found, story)}{forms}"
    return citizen_view.citizen_page(
        request, TITLE, content, error.status if error else 200, is_fault=error is not None
    )


def _done(request: web.Request) -> str:
    done = request.query.get("done", "")
    words = citizen_view.DONE[Action(done)] if done in citizen_view.STEPS else ""
    return f'<section class="done" role="status">{words}</section>' if words else ""


async def _take(request: web.Request, given: dict[str, str], files: list[FileField]) -> None:
    number, code = given.get("number", ""), given.get("code", "")
    form = request.app[FORMS].check(request.app[HUB], number, given.get("form", ""), time.time())
    citizen_view.check_step(given)
    fields = _step_of(given)
    if len(files) > citizen_view.MOST_PHOTOS:
        raise InvalidRequest(f"一次最多{citizen_view.MOST_PHOTOS}张照片")
    # Nobody's photos are kept who does not know the query code.
    await track.look_up(request, number, code)
    photos = [one.file.read() for one in files if given["action"] == Action.SUPPLEMENT]
    said = hashlib.sha256(msgspec.json.encode(fields) + b"".join(hashlib.sha256(one).digest() for one in photos))
    if photos:
        names = [page_form.name_of(one) for one in files]
        kept = [await keep_photo(request.app, one, name) for one, name in zip(photos, names, strict=True)]
        fields["attachments"] = [one.id for one in kept]
    try:
        # The same form with other words is another step; with the same words it is the same one.
        key = f"form:{form}:{given['action']}:{said.hexdigest()[:16]}"
        await track.take(request, number, code, msgspec.json.encode(fields), key=key)
    except IdempotencyMismatch:
        if not photos:
            raise
        # Sent twice: its photos were kept anew, everything else is what was taken.


def _step_of(given: dict[str, str]) -> dict[str, Any]:
    """Return a form as the step that the API takes."""
    fields: dict[str, Any] = {name: given[name] for name in ("action", "text", "reason") if name in given}
    if given["action"] == Action.RATE:
        score = given.get("score", "")
        fields |= {
            "solved": given.get("solved") == YES,
            "satisfied": given.get("satisfied") == YES,
            "score": int(score) if score in {"1", "2", "3", "4", "5"} else None,
        }
    return fields
