"""Up to where an asker has seen the leader's log: told with the answer to a write, brought along by the reads after it."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from hotline.api.auth import COOKIE, bearer_token, is_by_tls
from hotline.keys import HUB, SETTINGS
from models.errors import InvalidRequest
from models.store.far import FARTHEST, far
from models.store.replica import position
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor

HEADER: Final = "Hotline-Seen"
SEEN_COOKIE: Final = "hotline-seen"
PATTERN: Final = "^[0-9]{1,19}$"
# What a department may know depends on who is accused: the leader answers it. A channel reads no lists.
NEVER_FAR: Final = frozenset({Role.CHANNEL, Role.DEPARTMENT})
_PLACE: Final = re.compile("[0-9]{1,19}")
# A replica is never asked that is further behind than the setting: so much longer a write is remembered, and no more.
KEPT_S: Final = 5


def reading(request: web.Request, actor: Actor | None) -> contextlib.AbstractContextManager[None]:
    """Let a replica answer the hotline's own people; raises InvalidRequest for a header that is none of ours."""
    told = request.headers.get(HEADER, "0")
    if _PLACE.fullmatch(told) is None:
        raise InvalidRequest(f"{HEADER} 应为上一次办理的答复中所给的值")
    if actor is None or actor.role in NEVER_FAR:
        return contextlib.nullcontext()
    kept = request.cookies.get(SEEN_COOKIE, "0")
    return far(max(int(told), int(kept) if _PLACE.fullmatch(kept) else FARTHEST))


async def tell(request: web.Request, actor: Actor | None, response: web.StreamResponse) -> None:
    """Say with the answer to a write up to where the leader has written; without a replica nobody asks."""
    database = request.app[HUB].database
    if database.replica is None or request.method in {"GET", "HEAD"} or actor is None or actor.role in NEVER_FAR:
        return
    place = str(await position(database))
    if bearer_token(request) is not None:
        response.headers[HEADER] = place
    elif COOKIE in request.cookies:
        response.set_cookie(
            SEEN_COOKIE,
            place,
            httponly=True,
            samesite="Lax",
            secure=is_by_tls(request),
            max_age=int(request.app[SETTINGS].replica_behind_s) + KEPT_S,
            path="/",
        )
