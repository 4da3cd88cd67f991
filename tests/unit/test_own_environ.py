"""A hub that a test starts is the test's own, whatever the operator who runs it has set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.conftest import start_hub

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_started_hub_inherits_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/operators")
    monkeypatch.setenv("HOTLINE_KEYRING", "/nowhere/keyring.json")
    hub = start_hub(tmp_path / "data", log=tmp_path / "log", HOTLINE_SERVERS="1")
    hub.process.kill()
    hub.process.wait()
    assert {name for name in hub.environ if name.startswith("HOTLINE_")} == {
        "HOTLINE_DATA_DIR", "HOTLINE_PORT", "HOTLINE_DEMO", "HOTLINE_CHATBOT", "HOTLINE_CLOCK_SPEED", "HOTLINE_SERVERS",
    }  # fmt: skip
    assert "PATH" in hub.environ
