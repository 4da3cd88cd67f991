"""Whose accusation keeps a ticket from who asks (回避), and whose part, still in hand, keeps it in their sight."""

from __future__ import annotations

from typing import Final, NamedTuple


class Barring(NamedTuple):
    """`units` are who asks and all over it; `own` are who asks and all under it. Nothing is kept from the hotline: both are empty."""

    units: tuple[str, ...]
    own: tuple[str, ...]


NOBODY: Final = Barring((), ())
