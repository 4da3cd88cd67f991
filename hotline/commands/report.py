"""hotline report: a report made at once, into a file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hotline import indicators
from hotline import report as use_case
from hotline.commands.installation import with_hub
from models.errors import InvalidRequest
from models.report import KINDS, MEDIA_TYPES, last_period, period_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub


def make(settings: Settings, kind: str, day: date | None, out: Path) -> int:
    """Write the report of a day, its week or its month; raises InvalidRequest for another kind or format."""
    file_format = out.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise InvalidRequest(f"报表种类应为 {'、'.join(KINDS)} 之一")
    if file_format not in MEDIA_TYPES:
        raise InvalidRequest(f"--out 的文件名应以 {' 或 '.join(f'.{one}' for one in MEDIA_TYPES)} 结尾")

    async def job(hub: Hub) -> int:
        first, last = last_period(kind, hub.today()) if day is None else period_of(kind, day)
        await indicators.count(hub)
        content = await use_case.file_of(await use_case.gather(hub, kind, first, last), file_format)
        await asyncio.to_thread(out.write_bytes, content)
        print(f"已写入 {out}：{first} 至 {last}，{len(content)}字节")
        return 0

    return with_hub(settings, job)
