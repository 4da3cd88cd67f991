"""hotline simulate: city life over real HTTP (hotline.simulation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline.config import Settings


def simulate(settings: Settings, *, only: str, seed: int, seconds: float, calls: float) -> None:
    """Run city life."""
