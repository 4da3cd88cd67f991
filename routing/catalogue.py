"""The duty catalogue (派单目录, 国办函〔2025〕66号): category × place × date in, the duty that holds out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from models.city import City, Duty
from routing.jurisdiction import Jurisdiction
from routing.names import DepartmentNames

DISTRICT = "@district"
STREET = "@street"


class Match(Struct, frozen=True, kw_only=True):
    """The duty that holds, its `@district` and `@street` resolved to department codes."""

    duty: Duty
    lead: str
    assisting: tuple[str, ...]
    copy: tuple[str, ...]


class Catalogue:
    """Every version of every duty, ready to be asked; a look-up takes microseconds."""

    def __init__(self, city: City, amendments: Sequence[Duty] = ()) -> None:
        """Build from the city's rows; `amendments` (rulings, oldest first) supersede rows of the same id."""
        self.names = DepartmentNames(city)
        rows: dict[tuple[str, str | None], list[Duty]] = {}
        self._by_id: dict[str, list[Duty]] = {}
        for duty in amended(city.duties, amendments):
            rows.setdefault((duty.category, duty.place), []).append(duty)
            self._by_id.setdefault(duty.id, []).append(duty)
        # Rows led by the local body come first: they answer wherever the place is known.
        self._rows = {key: tuple(sorted(found, key=_precedence)) for key, found in rows.items()}

    def find(self, category: str, jurisdiction: Jurisdiction | None, *, on: date) -> Match | None:
        """Return the duty for a category code of four or six digits, or None.

        The longest category wins, then the most specific place (street, its district, none). A row led
        by the local body is passed over where the place is unknown, so that the plain row answers.
        """
        for code in dict.fromkeys((category, category[:4])):
            for place in _places(jurisdiction):
                for duty in self._rows.get((code, place), ()):
                    match = _resolved(duty, jurisdiction) if is_effective(duty, on) else None
                    if match is not None:
                        return match
        return None

    def version_of(self, duty_id: str, *, on: date) -> Duty | None:
        """Return the version of a duty that holds on a date."""
        return next((duty for duty in self._by_id.get(duty_id, ()) if is_effective(duty, on)), None)

    def row(self, duty_id: str, version: str) -> Duty | None:
        """Return a row by its id and version, None where there is none any more."""
        return next((duty for duty in self._by_id.get(duty_id, ()) if duty.version == version), None)


def is_effective(duty: Duty, on: date) -> bool:
    """Tell whether a duty holds on a date; both its first and its last day belong to it."""
    return duty.effective_from <= on and (duty.effective_to is None or on <= duty.effective_to)


def amended(duties: Iterable[Duty], amendments: Sequence[Duty]) -> list[Duty]:
    """Return all rows, those superseded by an amendment ending on the day before it begins.

    What was routed before the ruling can thus still be explained by the row that held then.
    """
    rows = list(duties)
    for amendment in amendments:
        eve = amendment.effective_from - timedelta(days=1)
        rows = [row if row.id != amendment.id else _ended(row, eve) for row in rows]
        rows = [row for row in rows if row.effective_to is None or row.effective_from <= row.effective_to]
        rows.append(amendment)
    return rows


def _ended(duty: Duty, last_day: date) -> Duty:
    if duty.effective_to is not None and duty.effective_to <= last_day:
        return duty
    return replace(duty, effective_to=last_day)


def _precedence(duty: Duty) -> tuple[bool, int, str]:
    return (duty.lead not in (DISTRICT, STREET), -duty.effective_from.toordinal(), duty.id)


def _places(jurisdiction: Jurisdiction | None) -> tuple[str | None, ...]:
    if jurisdiction is None:
        return (None,)
    if jurisdiction.street is None:
        return (jurisdiction.district, None)
    return (jurisdiction.street, jurisdiction.district, None)


def _resolved(duty: Duty, jurisdiction: Jurisdiction | None) -> Match | None:
    lead = _body(duty.lead, jurisdiction)
    if lead is None and duty.lead == STREET and jurisdiction is not None:
        # Where only the district is known, the district answers (北京市接诉即办工作条例 §12).
        lead = jurisdiction.district
    if lead is None:
        return None
    taken = {lead}
    assisting = _bodies(duty.assisting, jurisdiction, taken)
    copy = duty.copy
    if jurisdiction is not None and lead == jurisdiction.street:
        # To the street, with a copy to the district that stands over it (北京市接诉即办工作条例 §12).
        copy = (*copy, jurisdiction.district)
    return Match(duty=duty, lead=lead, assisting=assisting, copy=_bodies(copy, jurisdiction, taken))


def _body(word: str, jurisdiction: Jurisdiction | None) -> str | None:
    if word == STREET:
        return jurisdiction.street if jurisdiction else None
    if word == DISTRICT:
        return jurisdiction.district if jurisdiction else None
    return word


def _bodies(words: Iterable[str], jurisdiction: Jurisdiction | None, taken: set[str]) -> tuple[str, ...]:
    """Resolve in order, leaving out those who already have a part; `taken` grows."""
    found: list[str] = []
    for word in words:
        body = _body(word, jurisdiction)
        if body is not None and body not in taken:
            taken.add(body)
            found.append(body)
    return tuple(found)
