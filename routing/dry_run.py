"""A dry run of routing (试派): where past tickets would go by another catalogue, counted. Pure."""

from collections import Counter
from typing import Final

from msgspec import Struct

from routing.route import Designee, Route

MOST_SHOWN: Final = 20


class Moved(Struct, frozen=True, kw_only=True):
    """A ticket that would go elsewhere: its number and category, and who would lead it and why, before and after.

    A lead is None where a person at the desk must decide.
    """

    number: str
    category: str
    before: str | None
    after: str | None
    because_before: str
    because_after: str


class DryRun:
    """What came of routing tickets twice. It holds counts and the first tickets that would go elsewhere, no words of theirs.

    `tickets` were routed, of which `elsewhere` would have another lead, and `assisting_changed` the same lead but others
    beside it. `unreadable` could not be routed, because another program kept their reading.
    """

    def __init__(self, most_shown: int = MOST_SHOWN) -> None:
        self._most_shown = most_shown
        self.tickets = 0
        self.elsewhere = 0
        self.assisting_changed = 0
        self.unreadable = 0
        self.moves: Counter[tuple[str | None, str | None]] = Counter()
        self.before: Counter[str | None] = Counter()
        self.after: Counter[str | None] = Counter()
        self.by_category: Counter[str] = Counter()
        self.elsewhere_by_category: Counter[str] = Counter()
        self.first: list[Moved] = []

    def add(self, number: str, category: str, before: Route, after: Route) -> None:
        """Count a ticket by its number and category, routed by the present catalogue and by the other one."""
        old, new = _code(before.lead), _code(after.lead)
        self.tickets += 1
        self.before[old] += 1
        self.after[new] += 1
        self.by_category[category] += 1
        if old == new:
            self.assisting_changed += _codes(before) != _codes(after)
            return
        self.elsewhere += 1
        self.elsewhere_by_category[category] += 1
        self.moves[old, new] += 1
        if len(self.first) < self._most_shown:
            self.first.append(
                Moved(
                    number=number,
                    category=category,
                    before=old,
                    after=new,
                    because_before=before.because,
                    because_after=after.because,
                )
            )


def _code(lead: Designee | None) -> str | None:
    return lead.department if lead else None


def _codes(found: Route) -> set[str]:
    return {one.department for one in found.assisting}
