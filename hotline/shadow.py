"""影子: a candidate reads new requests too, behind intake's back; what it would have said is counted, never used."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hotline import model_in_use
from models.store import shadow_readings
from models.store.shadow_readings import Agreement, ShadowReading
from nlu import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.store.database import Session
    from models.understanding import Told
    from nlu.reader import Reader

# Both models read a page in a third of a second; the worker that does it has webhooks and timers to see to as well.
PAGE: Final = 50
# A request is stamped before it is committed: for so long one may still appear behind a later one.
LATE_BY: Final = timedelta(seconds=5)


async def agreement(session: Session, version: str, present: str) -> dict[str, Any]:
    """Return how a candidate agrees with the model in use (`present`), in all and by the latter's category."""
    categories = await shadow_readings.figures(session, version, present)
    names = Agreement.__struct_fields__
    total = {name: sum(getattr(one, name) for one in categories.values()) for name in names}
    return {"version": version, "present": present, "total": total, "categories": categories}


class ShadowReader:
    """The candidate that reads along now, if any; loaded when it is first needed."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self._hub = hub
        self._settings = settings
        self._candidate: Reader | None = None

    async def turn(self) -> int:
        """Read one page of what the candidate has not read; returns how many requests that were.

        Both models read the same masked words, so that neither knows more than the other.
        """
        shadow = (await asyncio.to_thread(registry.read, self._settings.models_dir)).shadow
        if shadow is None:
            self._candidate = None
            return 0
        if self._candidate is None or self._candidate.model_version != shadow.version:
            self._candidate = await asyncio.to_thread(model_in_use.load, self._settings, self._hub.city, shadow.version)
        candidate, present = self._candidate, self._hub.reader
        late = LATE_BY * max(1.0, self._hub.clock.speed)

        async def unread(session: Session) -> list[Told]:
            reached = await shadow_readings.reached(session, shadow.version)
            since = shadow.since if reached is None else max(shadow.since, reached - late)
            return await shadow_readings.unread(session, shadow.version, since, PAGE)

        told = await self._hub.database.read(unread)
        readings = await asyncio.to_thread(self._read, candidate, present, told)
        if readings:
            await self._hub.database.write(lambda session: shadow_readings.add(session, readings))
        return len(readings)

    def _read(self, candidate: Reader, present: Reader, told: Sequence[Told]) -> list[ShadowReading]:
        return [self._reading(candidate, present, one) for one in told]

    def _reading(self, candidate: Reader, present: Reader, one: Told) -> ShadowReading:
        new, now = (
            reader.understand(one.masked_text, received_at=one.received_at, line=one.line)
            for reader in (candidate, present)
        )
        return ShadowReading(
            city_code=self._hub.city.code,
            version=new.model_version,
            ticket_id=one.ticket_id,
            registered_at=one.registered_at,
            category=new.categories[0].code,
            kind=new.kind,
            urgency=new.urgency,
            present=now.model_version,
            present_category=now.categories[0].code,
            present_kind=now.kind,
            present_urgency=now.urgency,
        )
