"""hotline lines …: what is open with the sub-centres; an old platform beside this one."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path  # noqa: TC003 - cyclopts reads it
from typing import TYPE_CHECKING, Annotated, Any, Final

import cyclopts
import msgspec

from hotline.clock import REAL, kept_clock
from hotline.commands.double_run import compare_file
from hotline.commands.installation import with_session
from hotline.config import read_settings
from hotline.reconciliation import DAY
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest
from models.store import installation, reconciliations
from models.vocabulary import Integration

if TYPE_CHECKING:
    from hotline.config import Settings
    from models.line import Line
    from models.store.database import Session

lines_app = cyclopts.App(name="lines", help="热线号码")
MOST_SHOWN: Final = 20
MOST_TOLD: Final = 10_000
STATES: Final = {"late": "清单未按时报送", "differs": "不符", "matched": "相符"}
WHAT: Final = {"missing": "本平台缺", "older": "本平台版本较旧", "extra": "清单未列"}


@lines_app.command(name="reconcile")
def reconcile_(*, days: int = 7, json: bool = False) -> None:
    """Print what is open between the sub-centres' daily lists and what we have; exit 1 where anything is.

    Parameters
    ----------
    days
        Of so many days back, today among them.
    json
        Print one JSON object a day that is open.
    """
    sys.exit(reconcile(read_settings(), days=days, as_json=json))


@lines_app.command(name="compare")
def compare_(
    file: Path,
    *,
    mapping: Path,
    from_: Annotated[date, cyclopts.Parameter(name="--from")],
    to: date,
    csv: Path | None = None,
    report: Path | None = None,
    json: bool = False,
) -> None:
    """Compare an old platform's export with the hub day by day (并行运行); exit 1 where a row could not be read.

    Parameters
    ----------
    file
        CSV or XLSX, one ticket a row, as for `hotline import`.
    mapping
        The mapping file of `hotline import`; the end of a ticket need not be known.
    from_
        The first day that is compared, as in 2026-11-01.
    to
        The last one.
    csv
        A file for every count: day, what is counted, of what, there, here.
    report
        CSV for the rows that cannot be read: line, column, value, reason.
    json
        Print one JSON object, with every number that is only on one side.
    """
    sys.exit(compare_file(read_settings(), file, mapping, from_, to, table=csv, report_file=report, as_json=json))


def reconcile(settings: Settings, *, days: int, as_json: bool) -> int:
    """Print the open days of every sub-centre; 1 where there is one."""
    if not 1 <= days <= 366:
        raise InvalidRequest("--days 应为 1 到 366")
    lines = [one for one in read_city(settings.city).lines.values() if one.integration is Integration.SUBCENTER]

    async def job(session: Session) -> int:
        row = await installation.clock(session)
        today = (kept_clock(row) if row else REAL).now().astimezone(CHINA_TIME).date()
        told = seen = 0
        for line in lines:
            for day in await reconciliations.days(session, line.number, today + DAY, days):
                if day.day <= today - timedelta(days=days):
                    continue
                seen += 1
                if day.state != "matched":
                    told += 1
                    differences = await reconciliations.differences(session, line.number, day.day, "", MOST_TOLD)
                    _print(line, day, differences, as_json=as_json)
        if not as_json:
            print(f"{seen}日对账，{told}日未结" if seen else "分中心还没有报送过清单")
        return 1 if told else 0

    return with_session(settings, job)


def _print(
    line: Line, day: reconciliations.Day, differences: list[reconciliations.RecordDifference], *, as_json: bool
) -> None:
    if as_json:
        rows: list[dict[str, Any]] = [{**msgspec.to_builtins(one), "what": one.what} for one in differences]
        print(msgspec.json.encode({**msgspec.to_builtins(day), "state": day.state, "differences": rows}).decode())
        return
    counts = f"清单{day.listed}件，本平台{day.kept}件" if day.sent_at else f"本平台{day.kept}件"
    print(f"{line.number} {line.name}\t{day.day}\t{STATES[day.state]}\t{counts}")
    for one in differences[:MOST_SHOWN]:
        versions = (
            f"清单版本{'无' if one.listed is None else one.listed}，本平台{'无' if one.kept is None else one.kept}"
        )
        print(f"\t{WHAT[one.what]}\t{one.external_id}\t{versions}")
    if len(differences) > MOST_SHOWN:
        print(f"\t另有{len(differences) - MOST_SHOWN}件：--json 列出全部")
