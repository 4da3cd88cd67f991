"""漂移: once a day recent requests are compared with how they looked when the model in use was new."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models.store import tickets
from nlu import registry
from nlu.drift import LEAST, MOST, WITHIN, beyond, compared, picture
from nlu.registry import Drift

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from nlu.registry import Picture

EVERY: Final = timedelta(days=1)


async def check(hub: Hub, settings: Settings) -> Drift:
    """Compare the last week with the reference of the model in use, and keep what came of it in the register.

    Where there is no reference yet, the last week becomes it.
    """
    reader, now = hub.reader, hub.now()
    told = await hub.database.read(lambda session: tickets.spread(session, now - WITHIN, MOST))
    recent = await asyncio.to_thread(picture, reader, told)
    return await asyncio.to_thread(_keep, settings.models_dir, reader.model_version, now, recent)


async def check_daily(hub: Hub, settings: Settings) -> int:
    """Check where that was not done for a day of the hub's clock, or never for this model; returns how often."""
    last = (await asyncio.to_thread(registry.read, settings.models_dir)).drift
    is_known = last is not None and last.version == hub.reader.model_version
    if last is not None and is_known and hub.now() - last.at < EVERY:
        return 0
    await check(hub, settings)
    return 1


def _keep(folder: Path, version: str, at: datetime, recent: Picture) -> Drift:
    with registry.change(folder) as found:
        reference = found.references.get(version)
        is_enough = recent.texts >= LEAST
        if reference is None and is_enough:
            found.references[version] = recent
        measures = compared(reference, recent) if reference is not None and is_enough else {}
        drift = Drift(version=version, at=at, texts=recent.texts, measures=measures, alarms=beyond(measures))
        found.drift = drift
    return drift
