"""Every due time in words (期限说明): by which rule, from when, which days did not count, due when."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from models.blocks import DAY
from models.calendar import CHINA_TIME, Calendar, OfficeHours, date_of, stamp
from models.clocks import (
    Basis,
    ClockFact,
    Clocks,
    DeferralApproved,
    DeferralEnded,
    ExtensionApproved,
    pauses_of,
    recounted,
    since_dispatch,
)
from models.deadlines import Pause, deadline, extended, last_day, takes
from models.labels import LABELS
from models.limits import Limit, Unit, limit


class Explanation(Struct, frozen=True):
    """One due time: `clock` is acknowledge, contact, reply or send_back; `sentence` is Chinese."""

    clock: str
    due_at: datetime
    sentence: str


class _Stretch(Struct, frozen=True, kw_only=True):
    """One limit as it was counted: from `start`, or on from a due time (`origin` 原期限), to `due`.

    `announced` are the years whose holidays are known today, whatever the calendar knew.
    """

    limit: Limit
    start: datetime
    due: datetime
    origin: str
    calendar: Calendar
    announced: frozenset[int]
    hours: OfficeHours
    pauses: tuple[Pause, ...]

    @property
    def days(self) -> range:
        """The numbers of the days that a limit in days looked at."""
        first = last_day(self.start) if self.origin == "原期限" else stamp(self.start) // DAY
        return range(first + 1, last_day(self.due) + 1)

    @property
    def judged(self) -> range:
        """The numbers of the days of which the calendar had to know whether they are worked."""
        match self.limit.unit:
            case Unit.WORKING_DAY:
                return self.days
            case Unit.DAY:
                return self.days[-1:]
            case Unit.WORKING_HOUR if not self.hours.is_always_on:
                return range(self.days.start - 1, self.days.stop)
            case _:
                return range(0)


def explain(facts: Sequence[ClockFact], calendars: Iterable[Calendar]) -> tuple[Explanation, ...]:
    """Say how every due time of an assignment came about. Raises as `recompute` does."""
    known = tuple(calendars)
    times, calendar = recounted(facts, known)
    announced = frozenset(year for one in known for year in one.years - one.provisional)
    dispatched, later = since_dispatch(facts)
    pauses = tuple(pause for pause in pauses_of(later) if pause.end is not None)

    def stretch(text: str) -> _Stretch:
        office = times.basis.office
        due = deadline(dispatched.at, limit(text), calendar, office, pauses)
        return _Stretch(
            limit=limit(text),
            start=dispatched.at.astimezone(CHINA_TIME),
            due=due,
            origin="派单",
            calendar=calendar,
            announced=announced,
            hours=office,
            pauses=pauses,
        )

    basis = dispatched.basis
    said = [
        Explanation("acknowledge", times.acknowledge_by, _simple(basis, stretch(basis.acknowledge), "签收")),
        Explanation("contact", times.contact_by, _simple(basis, stretch(basis.contact), "联系诉求人")),
        Explanation("reply", times.reply_by, _reply(times, stretch(basis.reply), later)),
    ]
    if basis.send_back and times.send_back_by:
        sentence = _simple(basis, stretch(basis.send_back), "提出退单")
        said.append(Explanation("send_back", times.send_back_by, sentence))
    return tuple(said)


def due_words(due: datetime) -> str:
    """Return 2026-12-02 17:30; the midnight that a day ends at is 24:00 of that day."""
    if stamp(due) % DAY == 0:
        return f"{date_of(last_day(due))} 24:00"
    return f"{due.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"


def calendar_words(version: str, since: datetime, due: datetime) -> str:
    """Return 日历2026-5f3a9c01版: of a calendar's version the years that lie between two times; all of one that names no years."""
    years = range(since.astimezone(CHINA_TIME).year, date_of(last_day(due)).year + 1)
    parts = version.split(",")
    return f"日历{','.join([one for one in parts if one.startswith(tuple(map(str, years)))] or parts)}版"


def _simple(basis: Basis, stretch: _Stretch, what: str) -> str:
    by = calendar_words(stretch.calendar.version, stretch.start, stretch.due)
    return f"{_policy(basis)}（{by}）：{'；'.join(_counted(stretch, what))}。"


def _reply(times: Clocks, first: _Stretch, later: Iterable[ClockFact]) -> str:
    """The reply's whole way: the rule, then every extension and deferral, then a pause that still lasts."""
    basis, stretch = times.basis, first
    rule = f"依《{basis.law}》（代替{_policy(basis)[1:]}的答复时限）" if basis.law else _policy(basis)
    if basis.factor != 1:
        rule += f"（重办时限为{limit(basis.full_reply).words}的{basis.factor:g}倍，尾数进位）"
    by = calendar_words(stretch.calendar.version, stretch.start, times.reply_by)
    said = [f"{rule}（{by}）：{'；'.join(_counted(stretch, '答复'))}。"]
    due = stretch.due
    for fact in later:
        if isinstance(fact, ExtensionApproved):
            more = limit(fact.limit)
            moved = extended(due, more, stretch.calendar, stretch.hours, stretch.pauses)
            stretch = replace(stretch, limit=more, start=due, due=moved, origin="原期限")
            due = moved
            said.append(f"经批准延期{'；'.join(_counted(stretch, '答复'))}。")
        elif isinstance(fact, DeferralApproved):
            due = fact.solve_by
            said.append(f"经批准挂账，应于{due_words(due)}前答复。")
        elif isinstance(fact, DeferralEnded):
            again = limit(basis.reply)
            due = deadline(fact.at, again, stretch.calendar, stretch.hours, stretch.pauses)
            said.append(f"经复核终止挂账，自{due_words(fact.at)}起重新计{again.words}，应于{due_words(due)}前答复。")
    if times.paused_since:
        said.append(f"自{due_words(times.paused_since)}起暂停计时，恢复后期限相应顺延。")
    return "".join(said)


def _policy(basis: Basis) -> str:
    urgency = LABELS["urgency"][str(basis.urgency)].removesuffix("件")
    kind = LABELS["kind"][basis.kind]
    return f"按《{basis.policy_name}》{basis.policy_version}版{kind}{urgency}件"


def _counted(stretch: _Stretch, what: str) -> list[str]:
    """The limit, where it starts, what did not count, and when it is due."""
    match stretch.limit.unit:
        case Unit.WORKING_DAY | Unit.DAY:
            start = f"自{stretch.origin}{date_of(stretch.days.start - 1)}次日起算"
            if stretch.origin == "派单":
                start = f"自{date_of(stretch.days.start - 1)}派单次日起算"
            exceptions = _working_days(stretch) if stretch.limit.unit is Unit.WORKING_DAY else _days(stretch)
        case _:
            start = f"自{_origin_moment(stretch)}起"
            start += "，只计办公时间" if stretch.limit.unit is Unit.WORKING_HOUR else "连续计算"
            exceptions = _stops(stretch)
    return [
        f"{stretch.limit.words}，{start}",
        *exceptions,
        *_provisional(stretch),
        f"应于{due_words(stretch.due)}前{what}",
    ]


def _origin_moment(stretch: _Stretch) -> str:
    words = due_words(stretch.start)
    return f"{words}派单时" if stretch.origin == "派单" else f"原期限{words}"


def _working_days(stretch: _Stretch) -> Iterator[str]:
    """What a limit in working days left out, and the weekend days it did count."""
    calendar, year = stretch.calendar, date_of(stretch.days.start - 1).year
    off = [day for day in stretch.days if not calendar.is_worked(day)]
    holidays = [day for day in off if calendar.is_holiday(day)]
    weekends = [day for day in off if not calendar.is_holiday(day)]
    if weekends:
        yield f"{_day_words(weekends, year)}为休息日不计"
    if holidays:
        yield f"{_day_words(holidays, year)}为节假日不计"
    made_up = [day for day in stretch.days if calendar.is_make_up(day) and not calendar.is_provisional(day)]
    if made_up:
        yield f"{_day_words(made_up, year)}为调休上班日，按工作日计"
    yield from _paused([day for day in stretch.days if calendar.is_worked(day)], stretch)


def _days(stretch: _Stretch) -> Iterator[str]:
    """What a limit in days left out, and how its last day moved (民法典 §203)."""
    left = stretch.limit.amount
    counting: list[int] = []
    for day in stretch.days:
        counting.append(day)
        left -= not _reason(day, stretch)
        if left == 0:
            break
    yield from _paused(counting, stretch)
    last = stretch.days[-1]
    if counting[-1] != last:
        year = date_of(stretch.days.start - 1).year
        moved = _day_words([last], year)
        yield f"最后一日{_day_words(counting[-1:], year)}为休息日或节假日，顺延至{moved}（民法典第二百零三条）"


def _provisional(stretch: _Stretch) -> Iterator[str]:
    """The years that were not announced when this was counted (docs/adr/0004)."""
    for year in sorted({date_of(day).year for day in stretch.judged if stretch.calendar.is_provisional(day)}):
        then = "当时" if year in stretch.announced else ""
        yield f"{year}年放假安排{then}尚未公布，该年各日逐日暂计，只早不晚"


def _paused(days: list[int], stretch: _Stretch) -> Iterator[str]:
    """The days that pauses took, by reason."""
    by_reason: dict[str, list[int]] = {}
    for day in days:
        reason = _reason(day, stretch)
        if reason:
            by_reason.setdefault(reason, []).append(day)
    for reason, taken in by_reason.items():
        words = _day_words(taken, date_of(stretch.days.start - 1).year, shortest_range=2)
        yield f"{words}{reason}暂停不计"


def _reason(day: int, stretch: _Stretch) -> str:
    """Return 因鉴定 for a day that a pause took, an empty text for one that counts."""
    for pause in stretch.pauses:
        if takes(pause, day, stretch.calendar, stretch.hours):
            return f"因{pause.reason}" if pause.reason else "经批准"
    return ""


def _stops(stretch: _Stretch) -> Iterator[str]:
    """The pauses within a limit in minutes or hours."""
    for pause in stretch.pauses:
        if pause.end is not None and pause.start < stretch.due and stretch.start < pause.end:
            reason = f"因{pause.reason}" if pause.reason else "经批准"
            yield f"{due_words(pause.start)}至{due_words(pause.end)}{reason}暂停不计"


def _day_words(days: list[int], year: int, shortest_range: int = 3) -> str:
    """Return 11月28日、29日、12月1日至7日; the year is said where it changes."""
    said: list[str] = []
    before = (year, 0)
    for run in _runs(days):
        is_range = len(run) >= shortest_range
        words: list[str] = []
        for day in (run[0], run[-1]) if is_range else run:
            on = date_of(day)
            words.append(f"{on.year}年" * (on.year != before[0]))
            words[-1] += f"{on.month}月" * ((on.year, on.month) != before) + f"{on.day}日"
            before = (on.year, on.month)
        said.append(("至" if is_range else "、").join(words))
    return "、".join(said)


def _runs(days: list[int]) -> list[list[int]]:
    """Split ordered days into runs of neighbours."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
