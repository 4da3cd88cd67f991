"""hotline city check | load."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hotline.commands.installation import with_session
from models.city_check import check_city
from models.city_files import read_city
from models.store import installation

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from models.store.database import Session


def check(folder: Path) -> int:
    """Print every fault; 1 where one of them is an error."""
    faults = check_city(folder, datetime.now(UTC).date())
    for fault in faults:
        print(f"{fault.level}\t{fault.file}:{fault.line}\t{fault.message}\t改法：{fault.cure}")
    errors = sum(1 for fault in faults if fault.level == "error")
    print(f"{folder}：{errors}处错误，{len(faults) - errors}处提醒")
    return 1 if errors else 0


def load(settings: Settings, folder: Path) -> int:
    """Keep a sound folder as the newest version; the hub takes it over when it starts."""
    if check(folder):
        return 1
    city = read_city(folder)

    async def job(session: Session) -> int:
        await installation.keep_city(session, city, datetime.now(UTC))
        return 0

    with_session(settings, job)
    print(f"已载入 {city.name} {city.version}")
    return 0
