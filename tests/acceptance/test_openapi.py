"""Schemathesis over the served OpenAPI with every kind of credential: no 5xx, and nothing that the description denies."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models.city_corpus import read_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub

HERE = Path(__file__).parent
CITY = HERE.parent.parent / "cities" / "yunzhou"
TICKETS, CALLS, CHATS = 120, 40, 6
# Whoever is known asks in turn: with so many examples each of the eighteen has one or two, beside those of the coverage phase.
EXAMPLES = 20
LONGEST_S = 800
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)

# Parts of the description that were not tried are a fault of it, or of this test.
UNTRIED = ("unresolvable_reference", "unsupported_regex", "missing_deserializer", "unmatched_filter", "rate_limited")
# They would end the session, or the token, of whoever asks.
SIGN_OUT, REVOKE = "delete_session", "post_tokens_id_steps"
REACHED = {"POST /api/v1/tickets/{number}/steps", "POST /api/v1/callbacks/{department}"}


@pytest.mark.timeout(960)
def test_no_credential_brings_a_server_error_or_an_answer_that_is_not_described(
    running_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub = running_hub(HOTLINE_SERVERS="1")
    users = {user["role"]: user for user in hub.access["users"]}
    known = fill(hub, sign_in(hub, users["supervisor"]))
    department = max(known["led"], key=lambda code: len(known["led"][code]))
    who = {
        "nobody": {},
        "channel": bearer(hub.access["channels"]["phone"]),
        "department": bearer(hub.access["departments"][department]["token"]),
        **{role: sign_in(hub, user) for role, user in users.items()},
    }
    taken = tmp_path / "taken"
    accounts = [user["username"] for user in users.values()]
    known |= {"who": who, "accounts": accounts, "department": department, "taken": str(taken)}
    wrong = fuzz(hub, known, tmp_path / "report.json")
    assert not wrong, wrong
    reached = [line.split(" ", 1) for line in taken.read_text().splitlines()]
    assert {asked for _, asked in reached} >= REACHED
    assert {name for name, _ in reached} == set(who)
    for role in users:
        assert ask(hub, "GET", "/api/v1/session", None, who[role])["role"] == role, "the run lost its session"
    assert hub.is_ready()


def fill(hub: RunningHub, reader: dict[str, str]) -> dict[str, Any]:
    """Have tickets on the desk and with departments, and a few calls; returns what the hooks know of them."""
    channel = bearer(hub.access["channels"]["phone"])
    numbers, led = [], defaultdict(list)
    rows = read_corpus(CITY)
    for n, row in enumerate(rows[:: len(rows) // TICKETS][:TICKETS]):
        content = {"text": row.text, "caller": {"name": "市民", "phone": f"137{n:08d}"}}
        receipt = ask(hub, "POST", "/api/v1/tickets", content, {**channel, "idempotency-key": f"fuzz-{n}"})
        numbers.append([receipt["number"], receipt["query_code"]])
        lead = ask(hub, "GET", f"/api/v1/tickets/{receipt['number']}", None, reader)["lead"]
        if lead is not None:
            led[lead["code"]].append(numbers[-1])
    calls = [ask(hub, "POST", "/api/v1/interactions", {"line": "12345"}, channel) for _ in range(CALLS)]
    chats = [ask(hub, "POST", "/api/v1/chats", None, {}) for _ in range(CHATS)]
    return {
        "url": hub.url,
        "reader": reader,
        "numbers": numbers,
        "led": dict(led),
        "secrets": {code: hub.access["departments"][code]["callback_secret"] for code in led},
        "interactions": [str(call["id"]) for call in calls],
        "chats": [[str(chat["id"]), chat["token"]] for chat in chats],
    }


def fuzz(hub: RunningHub, known: dict[str, Any], report: Path) -> str:
    """Run schemathesis as a reader of our documentation would; returns what it found, nothing where all is well."""
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{hub.url}/api/openapi.json", "--url", hub.url),
        *(
            "--checks",
            ",".join(CHECKS),
            "--phases",
            "coverage,fuzzing",
            "--exclude-operation-id",
            SIGN_OUT,
            "--exclude-operation-id",
            REVOKE,
        ),
        *("--warnings", ",".join(UNTRIED), "--report-json-path", str(report)),
        *("--max-examples", str(EXAMPLES), "--seed", "1", "--no-shrink", "--continue-on-failure"),
        *("--suppress-health-check", "all", "--generation-database", "none"),
    ]
    environ = {
        **hub.environ,
        "HOTLINE_KNOWN": json.dumps(known),
        "SCHEMATHESIS_HOOKS": "tests/acceptance/openapi_hooks.py",
    }
    done = subprocess.run(
        command, env=environ, cwd=HERE.parent.parent, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    said = (done.stdout + done.stderr)[-9000:]
    if done.returncode != 0 or not report.exists():
        return said
    found = json.loads(report.read_text())
    untried = {kind: found["warnings"][kind] for kind in UNTRIED if found["warnings"][kind]}
    if found["operations"]["tested"] < found["operations"]["selected"]:
        untried["no tests were run"] = found["operations"]
    return f"{untried}\n{said}" if untried else ""


def sign_in(hub: RunningHub, user: dict[str, Any]) -> dict[str, str]:
    content = {"username": user["username"], "password": user["password"]}
    request = urllib.request.Request(
        f"{hub.url}/api/v1/session", json.dumps(content).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return {"cookie": response.headers["set-cookie"].split(";")[0]}


def ask(hub: RunningHub, method: str, path: str, content: Any, headers: dict[str, str]) -> Any:
    raw = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"{hub.url}{path}", raw, headers, method=method)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
