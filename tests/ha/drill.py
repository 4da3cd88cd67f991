"""`make drill`: a hub is backed up under load, its machine is lost, and another one goes on from the backup and the keys apart.

It prints how long each step took, what was lost and for how long back, and what becomes of it when the channels send again.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import aiohttp

from tests.bench.figures import texts
from tests.ha.cluster import ADDRESS, ROOT, Machine, answers, wait
from tests.ha.load import Callers
from tests.own_environ import demo_hub

PORT: Final = int(os.environ.get("DRILL_PORT", "18590"))
RATE: Final = float(os.environ.get("DRILL_RATE", "20"))
CALM_S: Final = float(os.environ.get("DRILL_S", "20"))


class Site:
    """One machine with a hub: its data folder and nothing else."""

    def __init__(self, folder: Path, port: int) -> None:
        self.data_dir = folder / "data"
        self.url = f"http://{ADDRESS}:{port}"
        self._log = folder / "hub.log"
        self._environ = demo_hub(self.data_dir, port, HOTLINE_SERVERS="1")
        self._machine: Machine | None = None
        folder.mkdir()

    def start(self) -> None:
        command = [sys.executable, "-m", "hotline", "up"]
        self._machine = Machine(command, self._log, self.data_dir / "postgres", self._environ)
        wait(f"{self.url} is ready", lambda: answers(f"{self.url}/readyz"))

    def hotline(self, *words: str) -> str:
        """Run a command as its operator does; returns what it says, raises where it fails."""
        command = [sys.executable, "-m", "hotline", *words]
        done = subprocess.run(command, env=self._environ, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def kill(self) -> None:
        """Cut its power."""
        if self._machine is not None:
            self._machine.kill()


class Steps:
    """What was done, and how long it took."""

    def __init__(self) -> None:
        self.took: list[tuple[str, float]] = []
        self._at = time.monotonic()

    def done(self, name: str) -> None:
        now = time.monotonic()
        self.took.append((name, now - self._at))
        self._at = now
        print(f"→ {name}：{self.took[-1][1]:.1f}秒", flush=True)


async def _lose(home: Site, vault: Path, safe: Path) -> tuple[Callers, float, float]:
    """Back a hub up while callers call, and lose it later; returns the callers, when the backup began, when the end came."""
    token = json.loads((home.data_dir / "access.json").read_text())["channels"]["phone"]
    callers = Callers(home.url, token, RATE)
    calling = asyncio.create_task(callers.run())
    await asyncio.sleep(CALM_S)
    began = time.monotonic()
    await asyncio.to_thread(home.hotline, "backup", str(vault), "--keyring", str(safe))
    print(f"→ 备份（热线照常运行）：{time.monotonic() - began:.1f}秒", flush=True)
    await asyncio.sleep(CALM_S)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)
    home.kill()
    return callers, began, time.monotonic()


def _recover(there: Site, vault: Path, safe: Path) -> Steps:
    """What an operator does on another machine, in this order."""
    steps = Steps()
    there.hotline("restore", str(vault), "--keyring", str(safe))
    steps.done("恢复（hotline restore）")
    there.hotline("audit", "verify")
    steps.done("核对留痕（hotline audit verify）")
    there.hotline("audit", "recompute")
    steps.done("重算时限（hotline audit recompute）")
    there.hotline("books")
    steps.done("账目相平（hotline books）")
    there.start()
    steps.done("启动至就绪（hotline up）")
    return steps


async def _send_again(there: Site, callers: Callers) -> dict[str, tuple[str, bool]]:
    """Let the channels send all that they were told was taken, with the same keys; returns number and whether new, by key."""
    words = list(zip(range(callers.sent), texts(60), strict=False))
    found: dict[str, tuple[str, bool]] = {}
    async with aiohttp.ClientSession(there.url, headers={"authorization": f"Bearer {callers.token}"}) as session:
        for _, key, _ in callers.acknowledged:
            n, text = words[int(key.rpartition("-")[2])]
            content = {"text": text, "caller": {"phone": f"138{n:08d}"}}
            async with session.post("/api/v1/tickets", json=content, headers={"idempotency-key": key}) as answer:
                assert answer.status in {200, 201}, await answer.text()
                found[key] = (await answer.json())["number"], answer.status == 201
    return found


def _report(callers: Callers, again: dict[str, tuple[str, bool]], began: float, lost_at: float, steps: Steps) -> int:
    gone = [when for when, key, _ in callers.acknowledged if again[key][1]]
    too_early = [when for when in gone if when < began]
    told = {number for _, _, number in callers.acknowledged}
    changed = [key for key, (number, is_new) in again.items() if is_new and number in told]
    doubled = len(again) - len({number for number, _ in again.values()})
    print("| 步骤 | 用时（秒） |\n|---|---|")
    for name, took in steps.took:
        print(f"| {name} | {took:.1f} |")
    print(f"| 合计，即恢复用时（RTO） | {sum(took for _, took in steps.took):.1f} |")
    print(f"已确认 {len(again)} 件；备份开始前确认而没有恢复的 {len(too_early)} 件")
    back_s = lost_at - min(gone, default=lost_at)
    print(f"备份之后确认、随机器失去的 {len(gone)} 件，最早的在断电前 {back_s:.1f} 秒（RPO）")
    print(
        f"各渠道用同一 Idempotency-Key 重发之后：在案 {len(again)} 件，重复 {doubled} 件，旧工单号另给他人的 {len(changed)} 件"
    )
    return 1 if too_early or doubled or changed or not gone else 0


async def _drill(folder: Path) -> int:
    vault, safe = folder / "vault" / "backup", folder / "safe" / "keyring.json"
    vault.parent.mkdir()
    safe.parent.mkdir()
    home, there = Site(folder / "home", PORT), Site(folder / "there", PORT + 1)
    try:
        await asyncio.to_thread(home.start)
        callers, began, lost_at = await _lose(home, vault, safe)
        # Nothing of that machine can be read any more.
        shutil.rmtree(folder / "home")
        steps = await asyncio.to_thread(_recover, there, vault, safe)
        return _report(callers, await _send_again(there, callers), began, lost_at, steps)
    finally:
        home.kill()
        there.kill()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hotline-drill-") as name:
        return asyncio.run(_drill(Path(name)))


if __name__ == "__main__":
    sys.exit(main())
