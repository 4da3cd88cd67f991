"""Whom the desk may choose to lead: what the catalogue says of the category, then of its neighbours, then anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.simulation.town import Town

MOST: Final = 6


def candidates(town: Town, page: dict[str, Any], *, but: set[str]) -> list[str]:
    """Return departments that might lead this ticket, the likeliest first, without those named in `but`."""
    named = dict.fromkeys(_by_duty(town, page))
    bureaux = [code for code, one in town.city.departments.items() if one.kind == "bureau"]
    town.chance("candidates", page["number"]).shuffle(bureaux)
    found = [code for code in (*named, *bureaux) if code in town.city.departments and code not in but]
    return found[:MOST]


def led_by(page: dict[str, Any]) -> set[str]:
    """Return every department that had the lead of this ticket."""
    return {one["department"]["code"] for one in page["assignments"] if one["role"] == "lead"}


def _by_duty(town: Town, page: dict[str, Any]) -> Iterator[str]:
    guesses = [guess["code"] for guess in (page.get("reading") or {}).get("categories", [])]
    for category in dict.fromkeys([page["category"]["code"], *guesses]):
        for duty in town.city.duties:
            if duty.category == category and duty.effective_to is None:
                for code in (duty.lead, *duty.assisting):
                    yield {"@district": page["district"], "@street": page["street"]}.get(code, code) or ""
