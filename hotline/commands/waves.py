"""hotline waves: what piles up (群体/热点)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hotline.commands.installation import with_hub
from models.calendar import CHINA_TIME
from models.store import waves
from models.ticket import number_of

if TYPE_CHECKING:
    from hotline.config import Settings
    from hotline.hub import Hub

MOST: Final = 50
NEWEST: Final = 10


def show(settings: Settings, *, as_json: bool) -> int:
    """Print the raised waves, the one with the newest ticket first."""

    async def job(hub: Hub) -> int:
        found = await hub.database.read(lambda session: waves.page(session, None, MOST, NEWEST))
        for wave in found:
            if as_json:
                said = {**msgspec.to_builtins(wave), "id": number_of(wave.id)}
                said["representative"], said["newest"] = (
                    number_of(wave.representative),
                    [number_of(one) for one in wave.newest],
                )
                print(msgspec.json.encode(said).decode())
                continue
            last = wave.last_at.astimezone(CHINA_TIME)
            print(f"{number_of(wave.id)}\t{wave.tickets}件{wave.callers}人\t最近 {last:%Y-%m-%d %H:%M}")
            print(f"\t{hub.category_name(wave.category)}\t{wave.place or '地点不明'}\t{'、'.join(wave.keywords)}")
            print(f"\t{wave.sentence}")
        if not found and not as_json:
            print("目前没有群体性诉求")
        return 0

    return with_hub(settings, job)
