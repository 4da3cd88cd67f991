"""How often the same thing may be tried within a minute, counted by this process."""

from __future__ import annotations

from typing import Final

from models.errors import TooManyRequests

MINUTE_S: Final = 60
MOST_REMEMBERED: Final = 10_000


class Limiter:
    """Counts tries by key and refuses more than `most` of one key within a minute, with `refusal` as the reason."""

    def __init__(self, most: int, refusal: str) -> None:
        self._most = most
        self._refusal = refusal
        self._tries: dict[str, list[float]] = {}

    def check(self, key: str, now: float) -> None:
        """Raise TooManyRequests where the last minute has seen too many tries; `now` is in seconds."""
        if len(self._lately(key, now)) >= self._most:
            raise TooManyRequests(self._refusal)

    def add(self, key: str, now: float) -> None:
        """Count a try."""
        if len(self._tries) > MOST_REMEMBERED:
            self._tries = {known: times for known, times in self._tries.items() if now - times[-1] < MINUTE_S}
        self._tries[key] = [*self._lately(key, now), now]

    def _lately(self, key: str, now: float) -> list[float]:
        return [at for at in self._tries.get(key, []) if now - at < MINUTE_S]
