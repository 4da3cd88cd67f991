"""SIGHUP to `hotline up`: every server makes room for a new one, one after the other, while requests come in."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from hotline.announcement import take_over
from hotline.app import read_keyring
from hotline.commands.child import Server
from models.city_files import read_city
from models.errors import HotlineError
from models.store import database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.commands.child import Child
    from hotline.config import Settings

STANDARD: Final = (0, 1, 2)


class Asked:
    """Whether somebody has asked for new servers since we looked."""

    def __init__(self) -> None:
        self._is_asked = False
        self._terminals = [one for one in STANDARD if os.isatty(one)]
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            # Started by nohup: a terminal may go.
            self._terminals = []

    def hear(self, _number: int, _frame: Any) -> None:
        """A terminal that hangs up sends the same signal: then stop, as ever."""
        if not all(os.isatty(one) for one in self._terminals):
            raise KeyboardInterrupt
        self._is_asked = True

    def take(self) -> bool:
        """Tell it, once."""
        asked, self._is_asked = self._is_asked, False
        return asked


def listen_for_change() -> Asked:
    """Hear SIGHUP from now on."""
    asked = Asked()
    signal.signal(signal.SIGHUP, asked.hear)
    return asked


class Change:
    """One server after the other, at last the worker; where a new one does not start, the old ones stay."""

    def __init__(self, settings: Settings, url: str, children: Sequence[Child], asked: Asked) -> None:
        self._settings = settings
        self._url = url
        self._children = children
        self._asked = asked
        self._left: deque[Server] = deque()

    def turn(self) -> None:
        """Call this again and again."""
        if self._left:
            self._go_on()
        elif self._asked.take():
            self._begin()

    def _begin(self) -> None:
        try:
            asyncio.run(self._take_over_city())
        except HotlineError as error:
            _say(f"不更换服务进程：{error.detail}")
            return
        self._left = deque(child for child in self._children if isinstance(child, Server))
        _say(f"→ 逐个更换{len(self._left)}个服务进程")
        self._left[0].begin_change()

    def _go_on(self) -> None:
        said = self._left[0].change()
        if said is None:
            return
        if said is False:
            self._left.clear()
            _say("更换中止：新的服务进程未能启动，原因见上；原有进程继续服务")
            return
        self._left.popleft()
        if self._left:
            self._left[0].begin_change()
            return
        for child in self._children:
            # It is started again at once; what it had claimed is given back or taken up again.
            if child.verb == "work":
                child.renew()
        _say("已更换全部服务进程，并重新启动后台进程")

    async def _take_over_city(self) -> None:
        """Keep the city as the new servers will read it."""
        city = read_city(self._settings.city)
        store = await database.connect(self._url, city.code, read_keyring(self._settings), size=1)
        try:
            await store.write(lambda session: take_over(session, city, datetime.now(UTC)))
        finally:
            await store.close()


def _say(words: str) -> None:
    print(words, flush=True)
