"""/me/request: where a citizen hands in a request (网上诉求) without an account, and the receipt to keep."""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from hotline.api import body, page_form
from hotline.api.attachments import keep_photo
from hotline.api.citizen_form import form, receipt_of
from hotline.api.citizen_view import MOST_PHOTOS, PATH, citizen_page
from hotline.api.limiter import Limiter
from hotline.api.page_form import FORMS
from hotline.intake import register
from hotline.keys import HUB
from hotline.receipt import TicketReceipt
from hotline.request import LONGEST_TEXT, Register
from models.errors import HotlineError, IdempotencyMismatch, InvalidRequest
from models.ticket import Actor
from models.vocabulary import Channel, Disclosure, Identity, Role
from nlu.normalise import plain

if TYPE_CHECKING:
    from aiohttp.web import FileField

TITLE: Final = "我要反映"
# What a form's signature stands for that is about no ticket yet.
SUBJECT: Final = "request"
# From one address, which a whole office or a mobile network may share.
MOST_A_MINUTE: Final = 30
REQUESTS: Final = web.AppKey("requests", Limiter)
WEB: Final = Actor(Role.CHANNEL, Channel.WEB)
YES: Final = "yes"
_PHONE: Final = re.compile(r"\+?[0-9][0-9 \-]{5,30}")
_KEPT: Final = re.compile(r"[0-9a-f]{32}(,[0-9a-f]{32}){0,3}")
_LONGEST: Final = {"name": 64, "phone": 32, "address": 300}


class Faulty(InvalidRequest):
    """The form is not filled in right: `faults` says of each field in Chinese what to do."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = faults


async def show(request: web.Request) -> web.Response:
    """GET /me/request: the empty form."""
    return _form(request, {})


async def hand_in(request: web.Request) -> web.Response:
    """POST /me/request: register it as the web channel does; then the receipt, or the form with what was typed."""
    given: dict[str, str] = {}
    try:
        given, files = await page_form.read(request)
        made = request.app[FORMS].opened(request.app[HUB], SUBJECT, given.get("form", ""), time.time())
        often, address, now = request.app[REQUESTS], request.remote or "", time.monotonic()
        often.check(address, now)
        often.add(address, now)
        wanted = await _wanted(request, given, files)
        told = await register(request.app[HUB], WEB, f"form:{made}", _said(given, files), wanted)
    except IdempotencyMismatch as error:
        words = "这张表单已经登记过。另一件事请核对内容后再提交一次；同一件事请在“查询进度”里补充"
        return _form(request, given, {"": words}, error.status)
    except Faulty as error:
        return _form(request, given, error.faults, error.status)
    except HotlineError as error:
        return _form(request, given, {"": error.detail}, error.status)
    receipt = msgspec.json.decode(told.body, type=TicketReceipt)
    query = urlencode({"number": receipt.number, "code": receipt.query_code})
    content = receipt_of(receipt, f"{PATH}?{query}", f"{request.app[HUB].address}{PATH}?{query}")
    return citizen_page(request, "登记回执", content, 201)


def _form(
    request: web.Request, given: dict[str, str], faults: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    token = request.app[FORMS].token(request.app[HUB], SUBJECT, time.time())
    content = form(given, token, faults or {})
    return citizen_page(request, TITLE, content, status, is_fault=bool(faults))


async def _wanted(request: web.Request, given: dict[str, str], files: list[FileField]) -> Register:
    """Return the request of a filled-in form, its photos put by; raises Faulty, naming what has to be mended.

    Photos that are good are kept with the form, so that they need not be chosen again.
    """
    faults = _faults(given)
    kept = given["kept"].split(",") if _KEPT.fullmatch(given.get("kept", "")) else []
    if len(kept) + len(files) > MOST_PHOTOS:
        faults["photo"] = f"最多{MOST_PHOTOS}张照片，请减少后重新选择"
    else:
        for one in files:
            try:
                kept.append((await keep_photo(request.app, one.file.read(), page_form.name_of(one))).id)
            except InvalidRequest as error:
                faults["photo"] = error.detail
        given["kept"] = ",".join(kept)
    if faults:
        raise Faulty(faults)
    return body.decode(msgspec.json.encode({**_content(given), "attachments": kept}), Register)


def _faults(given: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if not plain(given.get("text", "")).strip():
        found["text"] = "请写明发生了什么事"
    elif len(given["text"]) > LONGEST_TEXT:
        found["text"] = f"内容太长，请缩短到{LONGEST_TEXT}字以内"
    for name, most in _LONGEST.items():
        if len(given.get(name, "")) > most:
            found[name] = f"太长，请缩短到{most}字以内"
    if given.get("phone") and not _PHONE.fullmatch(given["phone"]):
        found["phone"] = "电话号码只写数字，例如 13800000000"
    return found


def _content(given: dict[str, str]) -> dict[str, Any]:
    """Return what was typed as the fields of a request, without photos."""
    is_anonymous = given.get("identity") == Identity.ANONYMOUS
    is_confidential = given.get("confidential") == YES
    caller = {
        "name": None if is_anonymous else given.get("name") or None,
        "phone": given.get("phone") or None,
        "identity": Identity.ANONYMOUS if is_anonymous else Identity.NAMED,
        "disclosure": Disclosure.CONFIDENTIAL if is_confidential or is_anonymous else Disclosure.OPEN,
    }
    content = {
        "text": given.get("text", ""),
        "address": given.get("address") or None,
        "caller": caller,
        "want_reply": given.get("want_reply") == YES,
    }
    try:
        at = {"lat": float(given["lat"]), "lon": float(given["lon"])}
    except (KeyError, ValueError):
        # Without the map the place is what the address and the words say.
        return content
    return {**content, "location": at}


def _said(given: dict[str, str], files: list[FileField]) -> bytes:
    """Return what makes two sendings of a form the same: its words and the photos that came with it.

    What was put by meanwhile has a new id each time.
    """
    digests = []
    for one in files:
        one.file.seek(0)
        digests.append(hashlib.sha256(one.file.read()).hexdigest())
    earlier = given.get("kept", "").split(",")[: -len(files) or None]
    return msgspec.json.encode([_content(given), earlier, digests])
