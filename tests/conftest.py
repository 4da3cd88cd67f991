"""Every test is marked by the folder that it lies in."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).parent.name
        if folder in {"unit", "integration", "acceptance", "browser"}:
            item.add_marker(folder)
