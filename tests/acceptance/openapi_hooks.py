"""What schemathesis is told so that it reaches real things: `SCHEMATHESIS_HOOKS=tests/acceptance/openapi_hooks.py`.

HOTLINE_KNOWN holds {"url", "reader": {header: value}, "who": {name: {header: value}}, "accounts": [name …], "department": code,
"numbers": [[ticket, query code] …], "led": {code: [[ticket, query code] …]}, "secrets": {code: callback secret}, "interactions":
[id …], "chats": [[id, token] …], "taken": a file}. Whoever is known asks in turn. Most made-up values that the schema
allows are replaced by known ones, steps are taken on the version that stands, callbacks are signed and about a
department's own ticket. What was answered with 2xx leaves a line in `taken`.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import requests
import schemathesis
from requests.auth import AuthBase

from hotline import webhook

NUMBER, ID, KEY = re.compile(r"[0-9]{14,17}"), re.compile(r"[0-9]{1,18}"), re.compile(r"[!-~]{1,200}")
SIGNED = {"webhook-id": r"[!-~]{1,256}", "webhook-timestamp": r"[0-9]{1,12}", "webhook-signature": r"[!-~ ]+"}
KNOWN: dict[str, Any] = json.loads(os.environ["HOTLINE_KNOWN"])
TURNS, CHOICES = itertools.cycle(KNOWN["who"]), itertools.count()
WHO = "x-who"


@schemathesis.hook
def before_call(_context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    who, path = next(TURNS), case.path_parameters or {}
    kwargs["auth"] = As(who)
    number = str(path.get("number", ""))
    reachable = KNOWN["led"][KNOWN["department"]] if who == "department" else KNOWN["numbers"]
    if NUMBER.fullmatch(number) and (ticket := chosen(reachable)):
        path["number"], code = ticket
        if "/track/" in case.path and isinstance(case.query, dict) and "code" in case.query:
            case.query["code"] = code
        if case.path.endswith("/tickets/{number}/steps"):
            on_present_version(case.body, path["number"])
            with_own_key(case.headers)
    if ID.fullmatch(str(path.get("id", ""))) and (interaction := chosen(KNOWN["interactions"])):
        path["id"] = interaction
    for name in ("code", "department"):
        if name in path and (department := chosen(sorted(KNOWN["led"]))):
            path[name] = department
    of_no_known_account(path)
    in_a_chat(case.path, path, who, kwargs)
    if case.path.startswith("/api/v1/callbacks/"):
        sign(case, who, path["department"], kwargs)


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    if 200 <= response.status_code < 300:
        with Path(KNOWN["taken"]).open("a") as lines:
            lines.write(f"{response.request.headers[WHO]} {case.method.upper()} {case.path}\n")


def of_no_known_account(path: dict[str, Any]) -> None:
    """Leave those alone that are asked by: disabled, or with another password, they would be nobody for the rest of the run."""
    if path.get("username") in KNOWN["accounts"]:
        path["username"] = f"not-{path['username']}"


def in_a_chat(address: str, path: dict[str, Any], who: str, kwargs: dict[str, Any]) -> None:
    """Talk in a known conversation, with the token of whoever began it, where the address is one of a chat."""
    is_chat = address.startswith("/api/v1/chats/{id}") and ID.fullmatch(str(path.get("id", "")))
    if is_chat and (chat := chosen(KNOWN["chats"])):
        path["id"], token = chat
        kwargs["auth"] = As(who, token=token)


def sign(case: Any, who: str, department: str, kwargs: dict[str, Any]) -> None:
    """Call back about a ticket that a known department leads, mostly about the part that it has there now.

    Where a header of the signature is missing or malformed it stays so.
    """
    said = case.headers or {}
    is_signed = all(re.fullmatch(pattern, str(said.get(name, ""))) for name, pattern in SIGNED.items())
    if department not in KNOWN["led"] or not is_signed:
        return
    kwargs["auth"] = As(who, KNOWN["secrets"][department])
    if isinstance(case.body, dict) and NUMBER.fullmatch(str(case.body.get("ticket", ""))):
        if ticket := chosen(KNOWN["led"][department]):
            case.body["ticket"] = ticket[0]
        if chosen(["own"]) and isinstance(case.body.get("assignment"), int):
            del case.body["assignment"]


class As(AuthBase):
    """Asks with the credential of one who is known, and signs the very bytes that are sent where there is a secret."""

    def __init__(self, who: str, secret: str | None = None, token: str | None = None) -> None:
        self._who = who
        self._secret = secret
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        for name in ("authorization", "cookie"):
            request.headers.pop(name, None)
        request.headers.update({WHO: self._who, **KNOWN["who"][self._who]})
        if self._token is not None:
            request.headers["authorization"] = f"Bearer {self._token}"
        if self._secret is not None:
            raw = request.body.encode() if isinstance(request.body, str) else request.body or b""
            assert isinstance(raw, bytes)
            request.headers.update(webhook.sign(f"fuzz-{time.time_ns()}", int(time.time()), raw, [self._secret]))
        return request


def chosen(of: list[Any]) -> Any:
    """The known things in turn; none for one in nine, so that made-up values are tried as well."""
    n = next(CHOICES)
    return of[n % len(of)] if of and n % 9 else None


def with_own_key(headers: Any) -> None:
    """A step under a key that was used is answered with what was kept: a valid key becomes a new one."""
    if headers and KEY.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = f"fuzz-{time.time_ns()}"


def on_present_version(body: Any, number: str) -> None:
    if isinstance(body, dict) and isinstance(body.get("version"), int):
        page = requests.get(f"{KNOWN['url']}/api/v1/tickets/{number}", headers=KNOWN["reader"], timeout=10)
        body["version"] = page.json()["version"]
