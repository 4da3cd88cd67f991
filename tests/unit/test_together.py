"""Work done together: everybody gets the own answer, and nobody suffers for another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from models.store.together import MOST_AT_ONCE, Together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.store.database import Session

NO_SESSION = cast("Session", None)
REFUSED = 1013


class Doubling:
    """Doubles numbers, slowly; refuses one and takes nothing of what comes with it."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.gone: Exception | None = None

    async def __call__(self, _session: Session, asked: Sequence[int]) -> list[int]:
        self.goes.append(list(asked))
        await asyncio.sleep(0.001)
        if self.gone is not None:
            raise self.gone
        if REFUSED in asked:
            raise ValueError(REFUSED)
        return [2 * one for one in asked]


async def _ask(numbers: range, work: Doubling) -> list[Any]:
    doubled = Together(work)
    answers = await asyncio.gather(*(doubled(NO_SESSION, n) for n in numbers), return_exceptions=True)
    assert not doubled.is_busy
    return answers


async def test_everybody_gets_the_own_answer_of_a_few_goes() -> None:
    work = Doubling()
    numbers = range(3 * MOST_AT_ONCE)
    assert await _ask(numbers, work) == [2 * n for n in numbers]
    assert len(work.goes) == 3


async def test_one_alone_is_answered_at_once() -> None:
    work = Doubling()
    doubled = Together(work)
    assert [await doubled(NO_SESSION, n) for n in (1, 2)] == [2, 4]
    assert work.goes == [[1], [2]]


async def test_what_cannot_be_done_is_told_to_whom_it_belongs_only() -> None:
    numbers = range(REFUSED - 10, REFUSED + 2)
    answers = await _ask(numbers, Doubling())
    assert isinstance(answers.pop(10), ValueError)
    assert answers == [2 * n for n in numbers if n != REFUSED]


async def test_a_database_that_has_gone_is_not_asked_again_for_each() -> None:
    work = Doubling()
    work.gone = ConnectionResetError()
    assert {type(answer) for answer in await _ask(range(10), work)} == {ConnectionResetError}
    assert len(work.goes) == 1


@pytest.mark.parametrize("called_off", [{0}, {1}, {MOST_AT_ONCE}, {0, MOST_AT_ONCE}, {0, 1, MOST_AT_ONCE + 1}])
async def test_whoever_is_called_off_passes_the_turn_on(called_off: set[int]) -> None:
    work = Doubling()
    doubled = Together(work)
    tasks = [asyncio.create_task(doubled(NO_SESSION, n)) for n in range(2 * MOST_AT_ONCE)]
    while not work.goes:
        await asyncio.sleep(0)
    for n in called_off:
        tasks[n].cancel()
    async with asyncio.timeout(2):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert not doubled.is_busy
    for n in range(MOST_AT_ONCE, 2 * MOST_AT_ONCE):
        assert (answers[n] == 2 * n) != (n in called_off)
