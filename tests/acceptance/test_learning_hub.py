"""A whole hub learns from its desk: every process takes a promoted model over, and no request fails meanwhile."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub

TINY = Path(__file__).parent.parent / "cities" / "tiny"
TEXTS = ("泡沫箱扔了一地", "大件沙发堆在楼道", "清洁车早上没来", "果皮箱满得溢出来")
WITHIN_S = 60


def ask(hub: RunningHub, method: str, path: str, content: Any, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(f"{hub.url}{path}", json.dumps(content).encode(), headers, method=method)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def signed_in(hub: RunningHub, role: str) -> dict[str, str]:
    user = next(user for user in hub.access["users"] if user["role"] == role)
    content = {"username": user["username"], "password": user["password"]}
    request = urllib.request.Request(
        f"{hub.url}/api/v1/session", json.dumps(content).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return {"cookie": response.headers["set-cookie"].split(";")[0]}


class Callers:
    """Somebody who asks all the time, on a new connection each time, so that every server process answers."""

    def __init__(self, hub: RunningHub) -> None:
        self.versions: list[str] = []
        self.failures: list[str] = []
        self._hub = hub
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._call)
        self._thread.start()

    def until_all_read_with(self, version: str) -> None:
        """Wait until twenty answers in a row come from a version."""
        began, seen = time.monotonic(), len(self.versions)
        while set(self.versions[seen:][-20:]) != {version} or len(self.versions) < seen + 20:
            assert time.monotonic() - began < WITHIN_S, self.versions[-20:]
            time.sleep(0.1)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _call(self) -> None:
        headers = {"authorization": f"Bearer {self._hub.access['channels']['web']}"}
        while not self._stop.is_set():
            try:
                read = ask(self._hub, "POST", "/api/v1/understand", {"text": TEXTS[0]}, headers)
                self.versions.append(read["model_version"])
            except OSError as error:
                self.failures.append(str(error))


@pytest.mark.timeout(400)
def test_every_process_reads_with_what_was_promoted_and_no_request_fails_meanwhile(
    running_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub = running_hub(HOTLINE_SERVERS="2", HOTLINE_CITY=str(TINY), HOTLINE_MODEL_DIR=str(tmp_path / "model"))
    channel, dispatcher = {"authorization": f"Bearer {hub.access['channels']['phone']}"}, signed_in(hub, "dispatcher")
    for n in range(12):
        content = {"text": f"{TEXTS[n % len(TEXTS)]}，第{n}次反映"}
        receipt = ask(hub, "POST", "/api/v1/tickets", content, {**channel, "idempotency-key": f"call-{n}"})
        step = {"action": "dispatch", "version": 3, "category": "5202", "lead": "bylaw", "reason": "核对后派单"}
        path = f"/api/v1/tickets/{receipt['number']}/steps"
        assert receipt["state"] == "on_desk"
        ask(hub, "POST", path, step, {**dispatcher, "idempotency-key": f"step-{n}"})
    calling = Callers(hub)
    try:
        trained = hub.hotline("nlu", "train", "--from-database")
        assert trained.returncode == 0, trained.stderr
        listed = json.loads(hub.hotline("nlu", "models", "--json").stdout)
        (version,) = listed["models"]
        shipped = calling.versions[0]
        assert hub.hotline("nlu", "promote", version, "--by", "李主任").returncode == 0
        calling.until_all_read_with(version)
        assert hub.hotline("nlu", "rollback", "--by", "李主任").returncode == 0
        calling.until_all_read_with(shipped)
    finally:
        calling.stop()
    assert not calling.failures
    assert set(calling.versions) == {shipped, version}
