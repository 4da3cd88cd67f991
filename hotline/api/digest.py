"""建议季报: what citizens suggested in a quarter, by topic, what was made of it, and what became of the quarter before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.shapes import Count, Named
from hotline.api.suggestions import SuggestionPage, page_of
from hotline.keys import HUB
from models.calendar import CHINA_TIME
from models.errors import InvalidRequest
from models.labels import LABELS
from models.store import suggestions
from models.vocabulary import SuggestionState

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.suggestions import Supported, Topic
    from models.ticket import Actor

QUARTER: Final = {"type": "string", "pattern": "^20[0-9]{2}Q[1-4]$|^$"}
MOST_SHOWN: Final = 10
COUNTS: Final = ("received", "published", "adopted", "partly_adopted", "declined", "pending")


class TopicFigures(Struct, kw_only=True):
    """`received` = `adopted` + `partly_adopted` + `declined` + `pending` + `unsaid` (ended without an answer of the kind)."""

    topic: Named
    received: Count
    published: Count
    adopted: Count
    partly_adopted: Count
    declined: Count
    pending: Count
    unsaid: Count


class DigestTotals(Struct, kw_only=True):
    """The topics added up. `adopted_share` is of what was decided, null where nothing was."""

    received: Count
    published: Count
    adopted: Count
    partly_adopted: Count
    declined: Count
    pending: Count
    unsaid: Count
    adopted_share: Annotated[float, Meta(ge=0, le=1)] | None


class SupportedSuggestion(SuggestionPage, kw_only=True):
    """A suggestion with how many of its supporters had a verified phone."""

    verified: Count


class StateCount(Struct, kw_only=True):
    """How many published suggestions stand in a state."""

    state: SuggestionState
    name: str
    suggestions: Count


class QuarterBefore(Struct, kw_only=True):
    """What became of the suggestions that were published in the quarter before: where each stands now."""

    quarter: str
    published: Count
    states: list[StateCount]
    most_supported: list[SupportedSuggestion]


class Digest(Struct, kw_only=True):
    """建议季报, for those who decide."""

    quarter: str
    since: datetime
    until: datetime
    totals: DigestTotals
    topics: list[TopicFigures]
    most_supported: list[SupportedSuggestion]
    before: QuarterBefore


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/suggestions/digest."""
    return body.answer(await digest_of(request.app[HUB], body.query(request, "quarter")), Digest)


async def digest_of(hub: Hub, asked: str | None) -> dict[str, Any]:
    """Return the digest of a quarter such as 2026Q4, the present one where none is named; raises InvalidRequest."""
    quarter = asked or _quarter_at(hub.now())
    since, until = bounds(quarter)
    before = _quarter_at(since - timedelta(days=1))

    async def work(session: Session) -> dict[str, Any]:
        topics = await suggestions.by_topic(session, since, until)
        earlier = bounds(before)
        states = await suggestions.states_within(session, *earlier)
        return {
            "quarter": quarter,
            "since": since,
            "until": until,
            "totals": _totals(topics),
            "topics": [
                {"topic": {"code": one.category, "name": hub.category_name(one.category)}, **_counted([one])}
                for one in topics
            ],
            "most_supported": _supported(hub, await suggestions.published_within(session, since, until, MOST_SHOWN)),
            "before": {
                "quarter": before,
                "published": sum(states.values()),
                "states": [
                    {"state": state, "name": LABELS["suggestion_state"][state], "suggestions": states.get(state, 0)}
                    for state in SuggestionState
                ],
                "most_supported": _supported(hub, await suggestions.published_within(session, *earlier, MOST_SHOWN)),
            },
        }

    return await hub.database.read_together(work)


def bounds(quarter: str) -> tuple[datetime, datetime]:
    """Return when a quarter begins and ends, by the city's calendar; raises InvalidRequest."""
    if re.fullmatch("20[0-9]{2}Q[1-4]", quarter) is None:
        raise InvalidRequest("参数 quarter 应为季度，如 2026Q4")
    year, month = int(quarter[:4]), 3 * int(quarter[5]) - 2
    end = (year + 1, 1) if month == 10 else (year, month + 3)
    return datetime(year, month, 1, tzinfo=CHINA_TIME), datetime(*end, 1, tzinfo=CHINA_TIME)


def _quarter_at(at: datetime) -> str:
    local = at.astimezone(CHINA_TIME)
    return f"{local.year}Q{(local.month + 2) // 3}"


def _counted(topics: list[Topic]) -> dict[str, int]:
    found = {name: sum(getattr(one, name) for one in topics) for name in COUNTS}
    said = sum(found[name] for name in ("adopted", "partly_adopted", "declined", "pending"))
    return {**found, "unsaid": found["received"] - said}


def _totals(topics: list[Topic]) -> dict[str, Any]:
    found = _counted(topics)
    adopted = found["adopted"] + found["partly_adopted"]
    decided = adopted + found["declined"]
    return {**found, "adopted_share": round(adopted / decided, 4) if decided else None}


def _supported(hub: Hub, found: list[Supported]) -> list[dict[str, Any]]:
    return [{**page_of(hub, one.suggestion), "verified": one.verified} for one in found]
