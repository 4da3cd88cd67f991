"""What a process of a test is started with: never the settings of whoever runs it, whose database it would write to."""

from __future__ import annotations

import os


def without_settings() -> dict[str, str]:
    """Return the environment without any setting of a hub."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
