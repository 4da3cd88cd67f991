"""City life: callers, departments, desk, reviewers and follow-up, each a loop of its own, until told to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from hotline.simulation import callers, people
from hotline.simulation.departments import Departments
from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.simulation.door import Door

LOG = structlog.get_logger()
ACTORS: Final = ("departments", "desk", "review", "follow-up", "callers")
USUAL: Final = ACTORS[:4]


def chosen(only: str) -> tuple[str, ...]:
    """Return who takes part; raises InvalidRequest for a name that nobody has."""
    names = tuple(name.strip() for name in only.split(",") if name.strip()) or USUAL
    unknown = [name for name in names if name not in ACTORS]
    if unknown:
        raise InvalidRequest(f"没有“{'、'.join(unknown)}”，可选：{'、'.join(ACTORS)}")
    return names


async def live(door: Door, names: tuple[str, ...], texts: list[str], calls: float) -> None:
    """Let everybody work until cancelled."""
    departments = Departments(door)
    loops: dict[str, Callable[[], Awaitable[None]]] = {
        "desk": lambda: people.desk(door),
        "review": lambda: people.review(door),
        "follow-up": lambda: people.follow_up(door),
        "callers": lambda: callers.call(door, texts, calls),
    }
    try:
        if "departments" in names:
            await departments.start()
        async with asyncio.TaskGroup() as group:
            if "departments" in names:
                group.create_task(_go_on("departments", departments.catch_up))
            for name in names:
                if name in loops:
                    group.create_task(_go_on(name, loops[name]))
            group.create_task(asyncio.sleep(float("inf")))
    finally:
        await departments.stop()


async def _go_on(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Begin a loop again after an error: the city does not stop because one person stumbled."""
    while True:
        try:
            await loop()
        except HotlineError as error:
            LOG.warning("city life waits", who=name, reason=error.detail)
        except (KeyError, TypeError):
            # An answer that was cut short by a restart of the hub.
            LOG.exception("city life stumbled", who=name)
        await asyncio.sleep(1)
