"""hotline backlog, books, waves, indicators …, report …: what is counted, what it comes to, and how it is told."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - cyclopts reads it
from pathlib import Path  # noqa: TC003 - cyclopts reads it

import cyclopts

from hotline.commands import audit, books, indicators, report, waves
from hotline.config import read_settings

indicators_app = cyclopts.App(name="indicators", help="指标")
report_app = cyclopts.App(name="report", help="报表")


def backlog_(*, json: bool = False) -> None:
    """Print the zero-backlog figures, gross and net."""
    audit.backlog(read_settings(), as_json=json)


def books_(*, since: str = "", days: int = 1, json: bool = False) -> None:
    """Print whether what arrived adds up: calls, tickets, parts, trails, deliveries; exit 1 where a sum does not.

    Parameters
    ----------
    since
        The first day, as in 2026-11-01; today where none is given.
    days
        How many days.
    json
        Print one JSON object.
    """
    sys.exit(books.show(read_settings(), since=since, days=days, as_json=json))


def waves_(*, json: bool = False) -> None:
    """Print what piles up: raised waves with their telling sentence and keywords."""
    sys.exit(waves.show(read_settings(), as_json=json))


@indicators_app.default
def indicators_(*, first: date | None = None, last: date | None = None, json: bool = False) -> None:
    """Print what was counted and every indicator; exit 1 where the ends of tickets do not add up.

    Parameters
    ----------
    first
        The first day, as in 2026-11-01; the first of this month a year ago where none is given.
    last
        The last day, also meant; today where none is given.
    json
        Print one JSON object.
    """
    sys.exit(indicators.show(read_settings(), first, last, as_json=json))


@indicators_app.command(name="recount")
def indicators_recount() -> None:
    """Count everything anew from tickets, parts, calls and follow-ups, as after an import of the past."""
    sys.exit(indicators.recount(read_settings()))


@report_app.default
def report_(kind: str, *, date: date | None = None, out: Path) -> None:
    """Write a report at once: daily, weekly or monthly.

    Parameters
    ----------
    kind
        daily, weekly or monthly.
    date
        A day, as in 2026-11-23: that day, its week or its month; the last whole one where none is given.
    out
        The file, ending in .pdf or .xlsx.
    """
    sys.exit(report.make(read_settings(), kind, date, out))
