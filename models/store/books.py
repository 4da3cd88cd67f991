"""账目: what must add up. Each account counts one whole and its parts by different ways, in one snapshot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.store.database import queries
from models.ticket import MONTH

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("books")
# What is counted, in the order in which it is told, and the account that counted its whole where that is another one.
_ACCOUNTS: Final = {
    "calls_by_end": "calls",
    "calls_by_channel": "calls",
    "calls_by_line": "calls",
    "calls_by_handling_line": "calls",
    "calls_by_seat_group": "calls",
    "calls_by_outcome": "calls_by_outcome",
    "calls_with_ticket": "calls_with_ticket",
    "calls_passed_on": "calls_passed_on",
    "calls_referred": "calls_referred",
    "tickets_by_state": "tickets",
    "tickets_by_channel": "tickets",
    "tickets_by_line": "tickets",
    "tickets_by_kind": "tickets",
    "tickets_by_district": "tickets",
    "tickets_by_lead": "tickets",
    "events_by_type": "events_by_type",
    "parts_by_state": "parts",
    "parts_by_department": "parts",
    "parts_by_role": "parts",
    "follow_ups_by_answer": "follow_ups_by_answer",
    "supervisions_by_action": "supervisions_by_action",
    "merged": "merged",
    "deliveries": "deliveries",
    "handoffs": "handoffs",
    "handoffs_offered": "handoffs_offered",
    "police_orders": "police_orders",
    "risk_clues": "risk_clues",
    "asks_by_outcome": "asks_by_outcome",
    "asks_by_rung": "asks_by_rung",
    "letters": "letters",
    "deferral_reviews": "deferral_reviews",
    "caller_limits": "caller_limits",
    "inspections": "inspections",
    "photos": "photos",
    "suggestions": "suggestions",
    "supports": "supports",
    "open_now": "open_now",
}
# The month in an id is that of China's time, the span is in UTC.
_MARGIN: Final = timedelta(days=1)


class Account(Struct, frozen=True, kw_only=True):
    """One sum: `name` (an identifier), the whole, and its parts by code, the largest first. '-' is nothing known."""

    name: str
    whole: int
    parts: dict[str, int]

    @property
    def is_balanced(self) -> bool:
        """Whether the parts make up the whole."""
        return self.whole == sum(self.parts.values())


async def accounts(session: Session, since: datetime, until: datetime) -> list[Account]:
    """Count every account of what arrived in [since, until), and of what is open now; one snapshot is the caller's to lend."""
    time = {"city_code": session.city_code, "since": since, "until": until}
    ids = {"low": _month(since - _MARGIN) * MONTH, "high": (_month(until + _MARGIN) + 1) * MONTH}
    asked = (
        (_SQL.calls, time),
        (_SQL.calls_by_end, time),
        (_SQL.calls_by_outcome, time),
        (_SQL.passed_on, time),
        (_SQL.registered, time | ids),
        (_SQL.tickets, time | ids),
        (_SQL.trails, time | ids),
        (_SQL.parts, time | ids),
        (_SQL.beside, time | ids),
        (_SQL.merged, time | ids),
        (_SQL.deliveries, time),
        (_SQL.handoffs, time),
        (_SQL.police, time | ids),
        (_SQL.asks, time),
        (_SQL.oversight, time),
        (_SQL.ground, time | ids),
        (_SQL.open_now, {"city_code": session.city_code}),
    )
    wholes: dict[str, int] = {}
    parts: dict[str, dict[str, int]] = {}
    for query, arguments in asked:
        async for row in query(session.connection, **arguments):
            if row["part"] == "":
                wholes[row["account"]] = row["n"]
            else:
                parts.setdefault(row["account"], {})[row["part"]] = row["n"]
    return [
        Account(name=name, whole=wholes.get(whole, 0), parts=_largest_first(parts.get(name, {})))
        for name, whole in _ACCOUNTS.items()
    ]


def _largest_first(parts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(parts.items(), key=lambda part: (-part[1], part[0])))


def _month(at: datetime) -> int:
    return at.year * 100 + at.month
