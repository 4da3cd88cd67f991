"""Where traces are collected (HOTLINE_TRACES): who is told which statements a request runs, by name and never with what.

Nothing of OpenTelemetry is known here: hotline.tracer is told, where one is switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from contextlib import AbstractContextManager

T = TypeVar("T")


class Spans(Protocol):
    """Keeps what is told of the request under way."""

    def statement(self, name: str) -> AbstractContextManager[object]:
        """Keep when a statement begins and ends."""

    def traceparent(self) -> str | None:
        """Return how others name what is under way (W3C), None where nothing is that is kept."""


_told: Spans | None = None


def tell(spans: Spans | None) -> None:
    """Tell these from now on, or nobody."""
    global _told  # noqa: PLW0603 - the statements of a whole process go one way
    _told = spans


async def named(file: str, query: str, running: Awaitable[T]) -> T:
    """Await a statement, which is kept under its name and that of its file."""
    if _told is None:
        return await running
    with _told.statement(f"{file}.{query}"):
        return await running


def traceparent() -> str | None:
    """Return how others name what is under way, None where nothing is kept of it."""
    return None if _told is None else _told.traceparent()
