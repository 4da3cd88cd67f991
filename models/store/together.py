"""Work that costs little more for many than for one: what is asked for while it is being done is done together by the next go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import asyncpg

from models.store.database import PASSING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Means = TypeVar("Means")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST_AT_ONCE: Final = 16


class Together(Generic[Means, Asked, Answer]):
    """Does one piece of work for all who wait for it, with the means of one of them, such as a connection.

    `work` answers everything that it is given, in order, or fails as a whole and leaves nothing behind; then each is
    tried by itself, unless the database has gone away.
    """

    def __init__(self, work: Callable[[Means, Sequence[Asked]], Awaitable[Sequence[Answer]]]) -> None:
        self._work = work
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self.is_busy = False

    async def __call__(self, means: Means, asked: Asked) -> Answer:
        """Return the answer; raises what the work raises."""
        mine: _Waiting[Asked, Answer] = _Waiting(asked)
        self._waiting.append(mine)
        try:
            if self.is_busy:
                await mine.woken
            else:
                self.is_busy = mine.has_turn = True
            while not mine.answer.done():
                await self._next_go(means)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
            if mine.has_turn:
                self._hand_over()
        return mine.answer.result()

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting[0].has_turn = True
            self._waiting[0].wake()
        else:
            self.is_busy = False

    async def _next_go(self, means: Means) -> None:
        # Others that are ready by now come along, and whoever is on the way here while they do.
        seen = 0
        while seen < len(self._waiting) < MOST_AT_ONCE:
            seen = len(self._waiting)
            await asyncio.sleep(0)
        batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            await self._do(means, batch)
        finally:
            # Whoever worked for all was called off: the others may try again.
            for one in batch:
                if not one.answer.done():
                    one.fail(asyncpg.InterfaceError("the work was called off"))

    async def _do(self, means: Means, batch: list[_Waiting[Asked, Answer]]) -> None:
        try:
            answers = await self._work(means, [one.asked for one in batch])
        except Exception as error:  # noqa: BLE001 - told to those who asked
            if len(batch) > 1 and not isinstance(error, PASSING):
                for one in batch:
                    await self._do(means, [one])
                return
            for one in batch:
                one.fail(error)
            return
        for one, answer in zip(batch, answers, strict=True):
            one.answer.set_result(answer)
            one.wake()


class _Waiting(Generic[Asked, Answer]):
    """One who asked: woken with an answer, or with the turn to do the next go."""

    def __init__(self, asked: Asked) -> None:
        loop = asyncio.get_running_loop()
        self.asked = asked
        self.has_turn = False
        self.answer: asyncio.Future[Answer] = loop.create_future()
        self.woken: asyncio.Future[None] = loop.create_future()

    def wake(self) -> None:
        """Let it go on."""
        if not self.woken.done():
            self.woken.set_result(None)

    def fail(self, error: Exception) -> None:
        """Let it go on with an error."""
        self.answer.set_exception(error)
        self.wake()
