"""How many requests a minute a program may send by its token. Each server process counts for itself: nobody gets less than told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from aiohttp import web
from prometheus_client import Counter

from models.errors import TooManyRequests
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.credentials import SignedIn

# A city of a hundred thousand requests a day brings 34 a second in its worst five minutes, and some calls for each.
USUAL: Final = 30_000
USUAL_OF_DEPARTMENT: Final = 6_000
# So many seconds' worth may come at once.
AT_ONCE_S: Final = 10.0
MOST_REMEMBERED: Final = 10_000
HELD_BACK: Final = Counter(
    "hotline_requests_held_back", "超过凭证每分钟次数而未受理的请求（本进程）", ("role", "subject")
)


class Pace:
    """Counts requests by token: of each it knows but the second until which those that came have used up what they may."""

    def __init__(self) -> None:
        self._used_until: dict[tuple[bytes, int], float] = {}

    def wait(self, token: bytes, per_minute: int, now: float) -> float:
        """Count a request; returns 0, or in how many seconds it may come again, and then counts nothing. `now` is in seconds."""
        # Another limit begins anew.
        key, each = (token, per_minute), 60 / per_minute
        used_until = max(self._used_until.get(key, now), now)
        too_soon = used_until - now - max(0.0, AT_ONCE_S - each)
        if too_soon > 0:
            return too_soon
        if len(self._used_until) > MOST_REMEMBERED:
            self._used_until = {known: until for known, until in self._used_until.items() if until > now}
        self._used_until[key] = used_until + each
        return 0.0


PACE: Final = web.AppKey("PACE", Pace)


def check(app: web.Application, token: bytes, known: SignedIn, now: float) -> None:
    """Count a request by a token; raises TooManyRequests with the seconds after which it may come again."""
    role, name = known.actor.role, known.actor.name
    per_minute = known.per_minute or (USUAL_OF_DEPARTMENT if role is Role.DEPARTMENT else USUAL)
    wait = app[PACE].wait(token, per_minute, now)
    if wait == 0:
        return
    HELD_BACK.labels(role, name if role in {Role.CHANNEL, Role.DEPARTMENT} else "").inc()
    seconds = math.ceil(wait)
    raise TooManyRequests(
        f"该凭证请求过于频繁（每分钟最多{per_minute}次），请{seconds}秒后用同一请求重试：Idempotency-Key 不变，不会重复登记",
        retry_after_s=seconds,
    )
