"""A real Chromium, and a real hub for it to look at."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.conftest import running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

__all__ = ["running_hub"]

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


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
