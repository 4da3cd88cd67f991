"""Schemathesis over the served OpenAPI with every kind of credential: no 5xx, and nothing that the description denies."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models.city_files import read_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub

HERE = Path(__file__).parent
CITY = HERE.parent.parent / "cities" / "yunzhou"
TICKETS, CALLS = 40, 3
EXAMPLES = 10
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
STAFF = ("agent", "dispatcher", "reviewer", "follow_up", "supervisor", "administrator", "auditor", "leader")


@pytest.mark.timeout(600)
def test_no_credential_brings_a_server_error_or_an_answer_that_is_not_described(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = running_hub(HOTLINE_SERVERS="1")
    department, known = min(hub.access["departments"].items())
    headers = {
        "nobody": {"x-nobody": "1"},
        "channel": bearer(hub.access["channels"]["phone"]),
        "department": bearer(known["token"]),
        **{user["role"]: sign_in(hub, user) for user in hub.access["users"] if user["role"] in STAFF},
    }
    fill(hub, headers, department)
    wrong = {name: said for name, header in headers.items() if (said := fuzz(hub, header))}
    assert not wrong, "\n".join(f"==== {name}\n{said}" for name, said in wrong.items())
    assert hub.is_ready()


def fill(hub: RunningHub, headers: dict[str, dict[str, str]], department: str) -> None:
    """Have tickets on the desk and with departments, one of which has an endpoint, and a few calls."""
    numbers = []
    rows = read_corpus(CITY)
    for n, row in enumerate(rows[:: len(rows) // TICKETS][:TICKETS]):
        content = {"text": row.text, "caller": {"name": "市民", "phone": f"137{n:08d}"}}
        receipt = ask(hub, "POST", "/api/v1/tickets", content, {**headers["channel"], "idempotency-key": f"fuzz-{n}"})
        numbers.append([receipt["number"], receipt["query_code"]])
    calls = [ask(hub, "POST", "/api/v1/interactions", {"line": "12345"}, headers["channel"]) for _ in range(CALLS)]
    secrets = {code: known["callback_secret"] for code, known in hub.access["departments"].items()}
    hub.environ["HOTLINE_KNOWN"] = json.dumps(
        {
            "url": hub.url,
            "reader": headers["supervisor"],
            "numbers": numbers,
            "departments": dict(sorted(secrets.items())[:12]),
            "interactions": [str(call["id"]) for call in calls],
        }
    )
    hub.environ["SCHEMATHESIS_HOOKS"] = "tests/acceptance/openapi_hooks.py"


def fuzz(hub: RunningHub, header: dict[str, str]) -> str:
    """Run schemathesis as a reader of our documentation would; returns what it found, nothing where all is well."""
    (name, value), *_ = header.items()
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{hub.url}/api/openapi.json", "--url", hub.url),
        *("--header", f"{name}: {value}", "--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing"),
        *("--max-examples", str(EXAMPLES), "--seed", "1", "--no-shrink", "--continue-on-failure", "--warnings", "off"),
        *("--suppress-health-check", "all", "--generation-database", "none"),
    ]
    done = subprocess.run(
        command, env=hub.environ, cwd=HERE.parent.parent, capture_output=True, text=True, timeout=200, check=False
    )
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-6000:]


def sign_in(hub: RunningHub, user: dict[str, Any]) -> dict[str, str]:
    content = {"username": user["username"], "password": user["password"]}
    request = urllib.request.Request(
        f"{hub.url}/api/v1/session", json.dumps(content).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return {"cookie": response.headers["set-cookie"].split(";")[0]}


def ask(hub: RunningHub, method: str, path: str, content: Any, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(f"{hub.url}{path}", json.dumps(content).encode(), headers, method=method)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
