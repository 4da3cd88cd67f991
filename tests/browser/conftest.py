"""A real Chromium, and a real hub for it to look at."""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.conftest import running_hub, start_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.acceptance.conftest import RunningHub

__all__ = ["running_hub"]

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def shared_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """One hub for every test that can do with what others have left in it; a clock that races needs one of its own."""
    hub = start_hub(tmp_path_factory.mktemp("shared") / "data", HOTLINE_CHATBOT="off")
    try:
        hub.wait_ready()
        yield hub
    finally:
        hub.stop()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """The machine's Chromium (`make browser`); without one the tests are left out, but never in continuous integration.

    For one test: while Playwright is open, its event loop runs in this thread, and no other may.
    """
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine: run make browser")
        pytest.skip("no Chromium on this machine (make browser)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def registered() -> Callable[..., dict[str, str]]:
    """Register a request as the web channel does: `registered(hub, "key", text="…")` gives its receipt."""

    def register(hub: RunningHub, key: str, text: str = LAMP, **more: object) -> dict[str, str]:
        request = urllib.request.Request(f"{hub.url}/api/v1/tickets", json.dumps({"text": text, **more}).encode())
        request.add_header("authorization", f"Bearer {hub.access['channels']['web']}")
        request.add_header("content-type", "application/json")
        request.add_header("idempotency-key", key)
        with urllib.request.urlopen(request, timeout=30) as response:
            receipt: dict[str, str] = json.load(response)
        return receipt

    return register
