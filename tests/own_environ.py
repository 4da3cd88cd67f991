"""What a process of a test is started with: never the settings of whoever runs it, whose database it would write to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def without_settings() -> dict[str, str]:
    """Return the environment without any setting of a hub."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}


def demo_hub(data_dir: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a hub with the demo's accounts in a folder of its own, without the chatbot."""
    own = {"DATA_DIR": str(data_dir), "PORT": str(port), "DEMO": "on", "CHATBOT": "off"}
    return {**without_settings(), **{f"HOTLINE_{name}": value for name, value in own.items()}, **more}
