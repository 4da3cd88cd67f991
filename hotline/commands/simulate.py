"""hotline simulate: city life over real HTTP (hotline.simulation)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import msgspec
import uvloop

from hotline.access import Access
from hotline.commands.replay import NoHub
from hotline.simulation.city_life import chosen, live
from hotline.simulation.door import Door
from models.city_files import read_corpus

if TYPE_CHECKING:
    from hotline.config import Settings


def simulate(settings: Settings, *, only: str, seed: int, seconds: float, calls: float) -> None:
    """Run city life until Ctrl-C, or for so many seconds."""
    names = chosen(only)
    try:
        access = msgspec.json.decode(settings.access_file.read_bytes(), type=Access)
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error
    if not access.departments:
        raise NoHub("模拟需要演示环境：请以 HOTLINE_DEMO=on 启动热线中枢")
    texts = [row.text for row in read_corpus(settings.city)]
    print(f"城市生活开始：{'、'.join(names)}；时钟×{settings.clock_speed:g}；按 Ctrl-C 停止", flush=True)
    taken = uvloop.run(_run(settings, access, names, texts, seed=seed, seconds=seconds, calls=calls))
    print("所办步骤：" + "，".join(f"{action} {n}" for action, n in sorted(taken.items())))


async def _run(
    settings: Settings,
    access: Access,
    names: tuple[str, ...],
    texts: list[str],
    *,
    seed: int,
    seconds: float,
    calls: float,
) -> dict[str, int]:
    door = Door(access, settings.clock_speed, seed)
    task = asyncio.create_task(live(door, names, texts, calls))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(task, seconds or None)
    await door.close()
    return door.taken
