"""hotline forecast | forecast evaluate: what is expected, and how far past forecasts missed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from hotline import forecast
from hotline.api.forecast import series_name, told
from hotline.commands.installation import with_hub
from hotline.commands.language import read_rows
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest, NotFound
from models.store import forecast as store
from models.volume import HORIZON, DayCount, gather, sorts_of_days
from models.volume_backtest import again, errors

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.calendar import Calendar
    from models.capacity import Capacity
    from models.forecast import Span
    from models.red_proof import Proof
    from models.surge import Surge
    from models.volume_backtest import Errors

WORST: Final = 15


def show(settings: Settings, *, as_json: bool) -> int:
    """Print the forecast that was made last; where there is none yet it is made now."""

    async def job(hub: Hub) -> int:
        try:
            found = await forecast.kept(hub)
        except NotFound:
            found = await forecast.make(hub, settings)
        if as_json:
            surges = [msgspec.to_builtins(one) for one in found.volume.surges]
            print(msgspec.json.encode({**told(hub, found, None), "surges": surges}).decode())
        else:
            print("\n".join(lines(hub, found)))
        return 0

    return with_hub(settings, job)


def evaluate(settings: Settings, file: Path | None, *, origins: int, as_json: bool) -> int:
    """Print the errors of past forecasts, and of a hub's own past what red cards were foretold; 1 where nothing can be said."""
    if file is not None:
        return _tell(_errors(read_days(file), read_city(settings.city).calendar, origins), [], None, as_json=as_json)

    async def job(hub: Hub) -> int:
        now, today = hub.now(), hub.today()
        await hub.database.write(store.count_days)
        counted = await hub.database.read(lambda session: store.days(session, today - forecast.DAYS_READ))
        parts = await hub.database.read(
            lambda session: store.past_parts(session, now - forecast.PARTS_SINCE, now, forecast.MOST_PARTS)
        )
        learnt = forecast.learn_from(hub, parts, now)
        found = _errors([one for one in counted if one.day < today], hub.provisional_calendar, origins)
        return _tell(found, learnt.proofs, learnt.reason, as_json=as_json)

    return with_hub(settings, job)


def read_days(file: Path) -> list[DayCount]:
    """Count the rows of a CSV by day, category and district; raises InvalidRequest naming a row whose date is none."""
    found: Counter[tuple[date, str, str]] = Counter()
    for n, row in enumerate(read_rows(file), start=1):
        category, district = (row.get("category") or "")[:4], row.get("district") or ""
        found[_day(file, n, row.get("received_at") or ""), category, district] += 1
    return [DayCount(*key, tickets) for key, tickets in found.items()]


def _day(file: Path, n: int, text: str) -> date:
    for reads in (_iso, _slashed):
        try:
            return reads(text.strip())
        except ValueError:
            continue
    raise InvalidRequest(f"{file} 第{n}行的 received_at 不是日期：“{text}”，应如 2026-01-31 或 2026/1/31 8:00:00")


def _iso(text: str) -> date:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo is None else at.astimezone(CHINA_TIME)).date()


def _slashed(text: str) -> date:
    year, month, day = text.partition(" ")[0].split("/")
    return date(int(year), int(month), int(day))


def _errors(counted: list[DayCount], calendar: Calendar, origins: int) -> list[Errors]:
    if not counted:
        return []
    history = gather(counted, max(one.day for one in counted) + timedelta(days=1))
    sorts = sorts_of_days(history.first, history.days + HORIZON, calendar)
    past = again(history, sorts, origins)
    return errors(history, past) if len(past.said) else []


def _tell(found: list[Errors], proofs: list[Proof], reason: str | None, *, as_json: bool) -> int:
    if as_json:
        volume = [{**msgspec.structs.asdict(one), "better_by": one.better_by} for one in found]
        print(msgspec.json.encode({"volume": volume, "red": proofs, "red_reason": reason}).decode())
        return 0 if found or proofs else 1
    for one in found:
        inside = "" if one.coverage is None else f"\t区间覆盖 {one.coverage:.1%}"
        print(
            f"{one.kind}\t回测{one.origins}次\t加权误差 {one.error:.1%}\t上周同日 {one.error_of_week_before:.1%}"
            f"\t改进 {one.better_by:.1%}{inside}"
        )
    for proof in proofs:
        print(
            f"{proof.within}小时内变红\t在办{proof.parts}\t其中到期{proof.due}\t变红{proof.red}\t预计{proof.expected:.0f}"
            f"\tAUC {_share(proof.ranking)}\t到期件AUC {_share(proof.ranking_of_due)}\t校准误差 {_share(proof.off_by)}"
        )
    if not found:
        print("来件历史太短，不能回测")
    if reason is not None:
        print(f"红牌：{reason}")
    return 0 if found or proofs else 1


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def lines(hub: Hub, found: forecast.Outlook) -> list[str]:
    """Return a forecast in words: the whole city first, then what brings most; of departments those that need longest."""
    told = [f"预测时间 {found.made_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"]
    for one in sorted(found.volume.series, key=lambda one: (one.kind != "total", one.kind, -one.week.expected)):
        days = " ".join(f"{day.requests.expected:.0f}" for day in one.days)
        told.append(f"{series_name(hub, one.kind, one.code)}\t七天 {_span(one.week)}\t{days}")
    if found.volume.reason:
        told.append(f"来件：{found.volume.reason}")
    told += [_surge(hub, one) for one in found.volume.surges]
    for ahead in found.red:
        red = "—" if ahead.red is None else _span(ahead.red)
        told.append(f"{ahead.within}小时内到期{ahead.due}件\t预计变红 {red}")
    if found.red_reason:
        told.append(f"红牌：{found.red_reason}")
    for load in found.capacity[:WORST]:
        told.append(f"{hub.department_name(load.department)}\t在办{load.open}\t{_pace(load)}")
    return told


def _surge(hub: Hub, surge: Surge) -> str:
    when = f"{surge.first:%m-%d}" if surge.first == surge.last else f"{surge.first:%m-%d}至{surge.last:%m-%d}"
    name = series_name(hub, surge.kind, surge.code)
    return f"突增 {when}\t{name}\t{surge.came}件，预期 {surge.expected:.0f}，上限 {surge.high:.0f}"


def _pace(load: Capacity) -> str:
    pace, clear = load.closes_a_day, load.days_to_clear
    said = "办结速度未知" if pace is None else f"日均办结 {pace:.1f}"
    return said if clear is None else f"{said}\t需 {clear:.1f} 天"


def _span(span: Span) -> str:
    return f"{span.expected:.0f}（{span.low:.0f}–{span.high:.0f}）"
