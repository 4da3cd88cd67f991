"""What schemathesis is told so that it reaches real things: `SCHEMATHESIS_HOOKS=tests/acceptance/openapi_hooks.py`.

HOTLINE_KNOWN holds {"url", "reader": {header: value}, "numbers": [[ticket, query code] …], "departments": {code: callback
secret}, "interactions": [id …]}. Most made-up values that the schema allows are replaced by known ones, steps are taken
on the version that stands, and callbacks are signed.
"""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from typing import Any

import requests
import schemathesis
from requests.auth import AuthBase

from hotline import webhook

NUMBER, ID = re.compile(r"[0-9]{14,17}"), re.compile(r"[0-9]{1,18}")
KNOWN: dict[str, Any] = json.loads(os.environ["HOTLINE_KNOWN"])


@schemathesis.hook
def before_call(_context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    path = case.path_parameters or {}
    number = str(path.get("number", ""))
    if NUMBER.fullmatch(number) and (ticket := chosen(KNOWN["numbers"], number)):
        path["number"], code = ticket
        if "/track/" in case.path and isinstance(case.query, dict) and "code" in case.query:
            case.query["code"] = code
        if case.path.endswith("/tickets/{number}/steps"):
            on_present_version(case.body, path["number"])
    if ID.fullmatch(str(path.get("id", ""))) and (interaction := chosen(KNOWN["interactions"], str(path["id"]))):
        path["id"] = interaction
    for name in ("code", "department"):
        if name in path and (department := chosen(sorted(KNOWN["departments"]), str(path[name]))):
            path[name] = department
    if case.path.startswith("/api/v1/callbacks/"):
        sign(case, path["department"], kwargs)


def sign(case: Any, department: str, kwargs: dict[str, Any]) -> None:
    """Call back about a known ticket, as a known department would."""
    if isinstance(case.body, dict) and NUMBER.fullmatch(str(case.body.get("ticket", ""))):
        case.body["ticket"] = KNOWN["numbers"][zlib.crc32(case.body["ticket"].encode()) % len(KNOWN["numbers"])][0]
    if department in KNOWN["departments"]:
        kwargs["auth"] = Signed(KNOWN["departments"][department])


class Signed(AuthBase):
    """Signs the very bytes that are sent."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        raw = request.body.encode() if isinstance(request.body, str) else request.body or b""
        assert isinstance(raw, bytes)
        request.headers.update(webhook.sign(f"fuzz-{time.time_ns()}", int(time.time()), raw, [self._secret]))
        return request


def chosen(of: list[Any], by: str) -> Any:
    """The same known thing for the same made-up value; none for one in eight."""
    n = zlib.crc32(by.encode("utf-8", "surrogatepass"))
    return of[n % len(of)] if of and n % 8 else None


def on_present_version(body: Any, number: str) -> None:
    if isinstance(body, dict) and isinstance(body.get("version"), int):
        page = requests.get(f"{KNOWN['url']}/api/v1/tickets/{number}", headers=KNOWN["reader"], timeout=10)
        body["version"] = page.json()["version"]
