import copy
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.calendar import CHINA_TIME, Calendar, CalendarYear, OfficeHours, UnknownYear, join_years
from models.clocks import (
    CalendarChanged,
    ClockFact,
    Clocks,
    DeferralApproved,
    Dispatched,
    ExtensionApproved,
    Matter,
    Paused,
    Resumed,
    Rules,
    clocks,
    promised_at,
    read_facts,
    recompute,
    write_fact,
)
from models.deadlines import ClockPaused, Pause, before, deadline, extended
from models.errors import Conflict
from models.explain import explain
from models.limits import InvalidRule, limit
from models.sla import ExtensionTerms, Policy, Statute, read_policy, read_statutes, statute_for
from models.vocabulary import Kind, Urgency

CITY = Path(__file__).parents[2] / "cities" / "yunzhou"
BUREAU = OfficeHours("bureau", (("1-5", "09:00-12:00|13:30-17:30"),))
ALWAYS = OfficeHours("always", (("1-7", "00:00-24:00"),))
COMPLAINT = Matter(Kind.COMPLAINT, Urgency.NORMAL, "0101")
YEAR_2025 = CalendarYear(
    year=2025,
    announced=True,
    holidays=tuple(date(2025, 10, day) for day in range(1, 9)),
    workdays=(date(2025, 9, 28), date(2025, 10, 11)),
)
YEAR_2026 = CalendarYear(
    year=2026,
    announced=True,
    holidays=(
        *(date(2026, 1, day) for day in range(1, 4)),
        *(date(2026, 2, day) for day in range(15, 24)),
        *(date(2026, 10, day) for day in range(1, 8)),
    ),
    workdays=(date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)),
)
CALENDAR = join_years([YEAR_2025, YEAR_2026])


def at(text: str) -> datetime:
    """11-23 10:00 is in 2026; a year may stand before."""
    whole = text if len(text) > len("11-23 10:00") else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=CHINA_TIME)


def policy_text() -> dict[str, Any]:
    return tomllib.loads((CITY / "policies" / "generic.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(policy_text())


@pytest.fixture(scope="module")
def statutes() -> tuple[Statute, ...]:
    return read_statutes(tomllib.loads((CITY / "policies" / "statutes.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def rules(policy: Policy, statutes: tuple[Statute, ...]) -> Rules:
    return Rules(policy, statutes, CALENDAR)


@pytest.mark.parametrize(
    ("start", "text", "office", "due"),
    [
        # Natural time runs through nights, weekends and holidays.
        ("10-01 23:50", "15m", BUREAU, "10-02 00:05"),
        ("2025-10-03 11:00", "24h", BUREAU, "2025-10-04 11:00"),
        # Working hours run inside the blocks only, over a lunch, a night, a festival.
        ("11-23 11:00", "2wh", BUREAU, "11-23 14:30"),
        ("11-23 10:00", "2wh", BUREAU, "11-23 12:00"),
        ("11-27 16:30", "4wh", BUREAU, "11-30 12:00"),
        ("02-14 17:00", "1wh", BUREAU, "02-24 09:30"),
        ("11-28 10:00", "4wh", ALWAYS, "11-28 14:00"),
        # Working days: the day of dispatch does not count, early or late in the day.
        ("11-23 08:00", "1wd", BUREAU, "11-24 17:30"),
        ("11-23 23:59", "1wd", BUREAU, "11-24 17:30"),
        ("11-23 10:00", "5wd", BUREAU, "11-30 17:30"),
        ("02-13 10:00", "1wd", BUREAU, "02-14 17:30"),
        ("02-14 10:00", "1wd", BUREAU, "02-24 17:30"),
        ("02-14 10:00", "5wd", BUREAU, "02-28 17:30"),
        ("09-30 10:00", "2wd", BUREAU, "10-09 17:30"),
        ("2025-09-30 10:00", "2wd", BUREAU, "2025-10-10 17:30"),
        ("2025-12-31 10:00", "1wd", BUREAU, "01-04 17:30"),
        # 工作日 is the country's, for an office that never closes as well; its business ends at 24:00.
        ("11-27 10:00", "1wd", ALWAYS, "12-01 00:00"),
        # Natural days: the last one moves off a weekend or a holiday, not off a make-up day.
        ("11-23 10:00", "3d", BUREAU, "11-26 17:30"),
        ("11-23 10:00", "5d", BUREAU, "11-30 17:30"),
        ("09-25 10:00", "7d", BUREAU, "10-08 17:30"),
        ("02-26 10:00", "2d", BUREAU, "02-28 17:30"),
    ],
)
def test_a_limit_is_due_when_the_law_says(start: str, text: str, office: OfficeHours, due: str) -> None:
    assert deadline(at(start), limit(text), CALENDAR, office) == at(due)


def test_seconds_are_kept_by_natural_time() -> None:
    start = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)
    assert deadline(start, limit("2h"), CALENDAR, BUREAU) == start + timedelta(hours=2)


def test_a_moment_in_another_zone_is_judged_by_its_day_in_china() -> None:
    # 17:00 UTC on the 22nd is 01:00 on the 23rd in China.
    start = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert deadline(start, limit("1wd"), CALENDAR, BUREAU) == at("11-24 17:30")


@pytest.mark.parametrize(("text", "office"), [("1wd", BUREAU), ("1d", BUREAU), ("4wh", BUREAU), ("1wd", ALWAYS)])
def test_counting_into_a_year_not_announced_is_refused(text: str, office: OfficeHours) -> None:
    with pytest.raises(UnknownYear, match="2027年放假安排"):
        deadline(at("12-31 16:00"), limit(text), CALENDAR, office)


def test_natural_time_and_an_office_that_never_closes_need_no_calendar() -> None:
    assert deadline(at("12-31 23:00"), limit("2h"), CALENDAR, BUREAU) == at("2027-01-01 01:00")
    assert deadline(at("12-31 23:00"), limit("2wh"), CALENDAR, ALWAYS) == at("2027-01-01 01:00")


@pytest.mark.parametrize(
    ("text", "start", "end", "due"),
    [
        ("24h", "11-23 12:00", "11-23 18:00", "11-24 16:00"),
        ("24h", "11-22 12:00", "11-23 11:00", "11-24 11:00"),
        ("2wh", "11-23 11:00", "11-23 14:30", "11-23 15:30"),
        # A day is lost by any moment of its business, not by the evening after it.
        ("5wd", "11-25 09:00", "11-26 15:00", "12-02 17:30"),
        ("5wd", "11-25 12:30", "11-25 12:31", "12-01 17:30"),
        ("5wd", "11-25 17:30", "11-26 09:00", "11-30 17:30"),
        ("5wd", "11-25 10:00", "11-25 10:00", "11-30 17:30"),
        ("5wd", "11-28 09:00", "11-29 15:00", "11-30 17:30"),
        ("3d", "11-25 09:00", "11-25 10:00", "11-27 17:30"),
        # The last day moves on past a pause as past a weekend.
        ("5d", "11-30 10:00", "11-30 11:00", "12-01 17:30"),
    ],
)
def test_a_pause_does_not_count(text: str, start: str, end: str, due: str) -> None:
    pauses = [Pause(at(start), at(end), "鉴定")]
    assert deadline(at("11-23 10:00"), limit(text), CALENDAR, BUREAU, pauses) == at(due)


def test_overlapping_pauses_are_not_counted_twice() -> None:
    pauses = [Pause(at("11-23 12:00"), at("11-23 16:00")), Pause(at("11-23 14:00"), at("11-23 18:00"))]
    assert deadline(at("11-23 10:00"), limit("24h"), CALENDAR, BUREAU, pauses) == at("11-24 16:00")


@pytest.mark.parametrize("text", ["24h", "9wh", "5wd", "9d"])
def test_nothing_is_due_while_a_pause_has_no_end(text: str) -> None:
    with pytest.raises(ClockPaused, match="暂停"):
        deadline(at("11-23 10:00"), limit(text), CALENDAR, BUREAU, [Pause(at("11-24 09:00"))])


def test_a_pause_without_end_after_the_due_time_changes_nothing() -> None:
    pauses = [Pause(at("11-30 17:30"))]
    assert deadline(at("11-23 10:00"), limit("5wd"), CALENDAR, BUREAU, pauses) == at("11-30 17:30")


@pytest.mark.parametrize(
    ("due", "text", "office", "moved"),
    [
        ("11-30 17:30", "2wd", BUREAU, "12-02 17:30"),
        ("11-24 11:00", "24h", BUREAU, "11-25 11:00"),
        ("11-30 17:30", "5d", BUREAU, "12-07 17:30"),
        # Due at 24:00 on the 27th, a Friday: the first day that counts is Monday the 30th.
        ("11-28 00:00", "1wd", ALWAYS, "12-01 00:00"),
        ("11-25 00:00", "1wd", ALWAYS, "11-26 00:00"),
    ],
)
def test_an_extension_counts_from_the_due_time_it_extends(due: str, text: str, office: OfficeHours, moved: str) -> None:
    assert extended(at(due), limit(text), CALENDAR, office) == at(moved)


def test_a_moment_before_a_due_time_keeps_its_time_of_day() -> None:
    assert before(at("11-30 17:30"), limit("1wd"), CALENDAR) == at("11-27 17:30")
    assert before(at("02-24 17:30"), limit("1wd"), CALENDAR) == at("02-14 17:30")
    assert before(at("12-01 00:00"), limit("1wd"), CALENDAR) == at("11-28 00:00")
    assert before(at("11-30 17:30"), limit("48h"), CALENDAR) == at("11-28 17:30")
    with pytest.raises(InvalidRule, match="工作小时"):
        before(at("11-30 17:30"), limit("4wh"), CALENDAR)


@pytest.mark.parametrize(
    ("kind", "urgency", "reply"),
    [
        (Kind.INQUIRY, Urgency.CRITICAL, "2h"),
        (Kind.ASSISTANCE, Urgency.URGENT, "24h"),
        (Kind.INQUIRY, Urgency.ROUTINE, "3wd"),
        (Kind.COMPLAINT, Urgency.NORMAL, "5wd"),
        (Kind.TIP_OFF, Urgency.NORMAL, "15wd"),
    ],
)
def test_the_policy_has_its_limits_by_kind_and_urgency(
    policy: Policy, kind: Kind, urgency: Urgency, reply: str
) -> None:
    assert policy.limits_for(kind, urgency).reply == reply


def test_what_is_grave_may_not_be_sent_back_nor_extended(policy: Policy) -> None:
    row = policy.limits_for(Kind.COMPLAINT, Urgency.CRITICAL)
    assert row.send_back is None
    assert row.extension.refusal((), "2h") == "该事项不允许延期"


def test_the_first_row_that_fits_is_taken() -> None:
    written = policy_text()
    written["limits"].insert(0, {**written["limits"][0], "kinds": ["complaint"], "reply": "1h"})
    policy = read_policy(written)
    assert policy.limits_for(Kind.COMPLAINT, 1).reply == "1h"
    assert policy.limits_for(Kind.INQUIRY, 1).reply == "2h"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("limits", 4, "reply"), "5天", r"时限“5天”写法有误.*\$\.limits\[4\]\.reply"),
        (("limits", 4, "reply"), 5, "带引号"),
        (("limits", 4, "kinds"), ["inquiry"], "没有规定投诉一般件的时限"),
        (("limits", 4, "extension"), {"times": 1, "each": "5wd", "total": "10d"}, "同一单位"),
        (("marks", "yellow"), "4wh", "不能用工作小时"),
        (("reopen", "first_factor"), 0, "重办时限系数"),
        (("follow_up", "day_parts"), ["12:30-13:30"], "免打扰"),
        (("follow_up", "attempts"), 0, "至少"),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(path: tuple[Any, ...], value: object, words: str) -> None:
    written = copy.deepcopy(policy_text())
    inner = written
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(msgspec.ValidationError, match=words):
        read_policy(written)


@pytest.mark.parametrize("name", ["generic", "tianjin", "sichuan", "jinan", "beijing"])
def test_every_policy_of_the_city_can_be_used(name: str) -> None:
    text = (CITY / "policies" / f"{name}.toml").read_text(encoding="utf-8")
    assert read_policy(tomllib.loads(text)).id == name


def test_extensions_are_bounded_each_in_sum_and_in_number() -> None:
    terms = ExtensionTerms(times=2, each="5wd", total="8wd")
    assert terms.refusal((), "5wd") is None
    assert terms.refusal((), "6wd") == "每次延期最多5个工作日"
    assert terms.refusal(("5wd",), "3wd") is None
    assert terms.refusal(("5wd",), "4wd") == "延期合计最多8个工作日，已批准5，还可申请3"
    assert terms.refusal(("1wd", "1wd"), "1wd") == "该事项最多可延期2次，已批准2次"
    assert terms.refusal((), "24h") == "延期应以“5个工作日”的单位提出，例如 5wd"
    with pytest.raises(InvalidRule):
        terms.refusal((), "很久")


def test_the_closest_category_of_the_law_wins(statutes: tuple[Statute, ...]) -> None:
    def named(category: str, kind: Kind, urgency: int = 3) -> str | None:
        found = statute_for(statutes, category, kind, urgency)
        return found.id if found else None

    assert named("120199", Kind.COMPLAINT) == "market_complaint"
    assert named("1201", Kind.TIP_OFF) == "market_tip_off"
    assert named("0701", Kind.INQUIRY) is None
    assert named("0701", Kind.COMPLAINT, 2) is None
    assert named("0101", Kind.COMPLAINT) is None
    general, special = statutes[1], msgspec.structs.replace(statutes[1], id="special", categories=("120103",))
    for order in ((general, special), (special, general)):
        found = statute_for(order, "120103", Kind.COMPLAINT, 3)
        assert found is not None
        assert found.id == "special"


def test_a_dispatch_starts_all_its_clocks(rules: Rules) -> None:
    started = clocks(at("11-23 10:00"), COMPLAINT, rules, BUREAU)
    assert started.acknowledge_by == started.contact_by == started.send_back_by == at("11-24 17:30")
    assert started.reply_by == started.first_reply_by == at("11-30 17:30")
    assert started.basis.policy == "generic"
    assert started.basis.calendar == CALENDAR.version
    assert started.basis.office == BUREAU
    assert started.basis.extension == ExtensionTerms(times=2, each="5wd", total="10wd")
    assert clocks(at("11-23 10:00"), Matter(Kind.COMPLAINT, 1, "0101"), rules, BUREAU).send_back_by is None


def test_the_law_stands_in_place_of_the_policy_and_is_named(rules: Rules) -> None:
    started = clocks(at("03-02 10:00"), Matter(Kind.COMPLAINT, 3, "0701"), rules, BUREAU)
    assert started.reply_by == deadline(at("03-02 10:00"), limit("60wd"), CALENDAR, BUREAU)
    assert (started.basis.statute, started.basis.law) == ("labour_inspection", "劳动保障监察条例")
    assert started.basis.extension.each == "30wd"
    assert started.acknowledge_by == at("03-03 17:30")


def test_a_law_that_tightens_does_so_only_where_it_is_earlier(rules: Rules) -> None:
    heating = Matter(Kind.COMPLAINT, 3, "0404")
    slow, fast = clocks(at("11-23 10:00"), heating, rules, ALWAYS), Matter(Kind.COMPLAINT, 2, "0404")
    assert (slow.basis.statute, slow.basis.reply) == ("heating_complaint", "3d")
    urgent = clocks(at("11-23 10:00"), fast, rules, ALWAYS)
    assert (urgent.basis.statute, urgent.basis.reply) == (None, "24h")


def test_doing_it_again_halves_the_reply_only(rules: Rules) -> None:
    again = clocks(at("11-23 10:00"), COMPLAINT, rules, BUREAU, factor=0.5)
    assert again.reply_by == at("11-26 17:30")
    assert (again.basis.reply, again.basis.full_reply, again.basis.contact) == ("3wd", "5wd", "1wd")


def test_the_promise_is_counted_by_the_centre_and_never_before_the_lead(rules: Rules) -> None:
    assert promised_at(at("11-23 10:00"), COMPLAINT, rules, ALWAYS, BUREAU) == at("12-03 00:00")
    # The law's 24 hours by the lead's clock and the centre's are the same moment.
    water = Matter(Kind.COMPLAINT, 3, "040101")
    assert promised_at(at("11-23 10:00"), water, rules, ALWAYS, ALWAYS) == at("11-24 10:00")
    short = Rules(short_promise(rules.policy), (), CALENDAR)
    assert promised_at(at("11-23 10:00"), COMPLAINT, short, ALWAYS, BUREAU) == at("11-30 17:30")
    assert promised_at(at("11-23 10:00"), COMPLAINT, short, ALWAYS) == at("12-01 00:00")


def short_promise(policy: Policy) -> Policy:
    rows = tuple(msgspec.structs.replace(row, promise=limit("1h")) for row in policy.limits)
    return msgspec.structs.replace(policy, limits=rows)


def test_the_promise_follows_the_law_where_the_law_rules(rules: Rules) -> None:
    inspection = Matter(Kind.COMPLAINT, 3, "0701")
    promised = promised_at(at("03-02 10:00"), inspection, rules, ALWAYS, BUREAU)
    assert promised == deadline(at("03-02 10:00"), limit("60wd"), CALENDAR, ALWAYS)
    assert promised > clocks(at("03-02 10:00"), inspection, rules, BUREAU).reply_by


def dispatched(rules: Rules, start: str = "11-23 10:00", matter: Matter = COMPLAINT) -> Dispatched:
    return Dispatched(at(start), clocks(at(start), matter, rules, BUREAU).basis)


def recounted(*facts: ClockFact) -> Clocks:
    """Through JSON and back, as the trail keeps them."""
    stored = msgspec.json.decode(msgspec.json.encode([write_fact(fact) for fact in facts]))
    return recompute(read_facts(stored), [CALENDAR])


def test_the_facts_give_the_same_clocks_again(rules: Rules) -> None:
    assert recounted(dispatched(rules)) == clocks(at("11-23 10:00"), COMPLAINT, rules, BUREAU)


def test_a_pause_moves_every_date_it_comes_before_once_it_has_ended(rules: Rules) -> None:
    paused = Paused(at("11-23 15:00"), "鉴定")
    lasting = recounted(dispatched(rules), paused)
    assert lasting.paused_since == at("11-23 15:00")
    assert lasting.reply_by == at("11-30 17:30")
    ended = recounted(dispatched(rules), paused, Resumed(at("11-24 10:00")))
    assert ended.paused_since is None
    assert (ended.contact_by, ended.reply_by) == (at("11-25 17:30"), at("12-01 17:30"))
    assert (ended.first_contact_by, ended.first_reply_by) == (at("11-24 17:30"), at("11-30 17:30"))


def test_a_pause_of_known_length_ends_by_itself_or_earlier(rules: Rules) -> None:
    known = Paused(at("11-25 09:00"), "鉴定", until=at("11-26 17:30"))
    assert recounted(dispatched(rules), known).reply_by == at("12-02 17:30")
    assert recounted(dispatched(rules), known, Resumed(at("11-25 16:00"))).reply_by == at("12-01 17:30")
    assert recounted(dispatched(rules), known, Resumed(at("11-27 16:00"))).reply_by == at("12-02 17:30")


def test_resuming_one_pause_leaves_the_other(rules: Rules) -> None:
    facts: list[ClockFact] = [dispatched(rules), Paused(at("11-24 09:00"), "鉴定"), Paused(at("11-25 09:00"), "听证")]
    resumed = recounted(*facts, Resumed(at("11-26 16:00"), "鉴定"))
    assert resumed.paused_since == at("11-25 09:00")
    assert recounted(*facts, Resumed(at("11-26 16:00"))).paused_since is None


def test_extensions_add_up_from_the_due_time_and_move_the_reply_only(rules: Rules) -> None:
    more = [ExtensionApproved(at("11-26 10:00"), "2wd"), ExtensionApproved(at("12-01 10:00"), "1wd")]
    moved = recounted(dispatched(rules), *more)
    assert (moved.reply_by, moved.first_reply_by) == (at("12-03 17:30"), at("11-30 17:30"))
    assert moved.contact_by == moved.first_contact_by


def test_a_pause_within_an_extension_moves_it(rules: Rules) -> None:
    moved = recounted(
        dispatched(rules),
        ExtensionApproved(at("11-26 10:00"), "2wd"),
        Paused(at("12-01 10:00"), "听证"),
        Resumed(at("12-01 11:00")),
    )
    assert moved.reply_by == at("12-03 17:30")


def test_a_deferral_is_due_when_it_was_agreed(rules: Rules) -> None:
    deferral = DeferralApproved(at("11-26 10:00"), at("2027-01-31 17:30"))
    assert recounted(dispatched(rules), deferral).reply_by == at("2027-01-31 17:30")


def test_a_new_dispatch_forgets_what_came_before(rules: Rules) -> None:
    again = recounted(dispatched(rules), ExtensionApproved(at("11-26 10:00"), "5wd"), dispatched(rules, "12-07 10:00"))
    assert again == clocks(at("12-07 10:00"), COMPLAINT, rules, BUREAU)


def test_clocks_cannot_be_counted_without_a_dispatch_or_by_other_days(rules: Rules) -> None:
    with pytest.raises(Conflict, match="没有派单记录"):
        recompute([ExtensionApproved(at("11-26 10:00"), "5wd")], [CALENDAR])
    changed = Calendar(years=CALENDAR.years, holidays=frozenset(), workdays=frozenset())
    with pytest.raises(CalendarChanged, match="日历版本"):
        recompute([dispatched(rules)], [changed])
    assert recompute([dispatched(rules)], [changed, CALENDAR]).reply_by == at("11-30 17:30")


def test_a_later_calendar_that_keeps_the_days_gives_the_same_dates(rules: Rules) -> None:
    grown = join_years([YEAR_2025, YEAR_2026, CalendarYear(year=2027, announced=True)])
    assert recompute([dispatched(rules)], [grown]) == recounted(dispatched(rules))


def test_a_date_beyond_the_announced_years_needs_a_calendar_that_reaches_it(rules: Rules) -> None:
    facts: list[ClockFact] = [
        dispatched(rules, "12-28 10:00", Matter(Kind.INQUIRY, 3, "0101")),
        ExtensionApproved(at("12-30 10:00"), "2wd"),
    ]
    with pytest.raises(UnknownYear):
        recompute(facts, [CALENDAR])
    provisional = join_years([YEAR_2025, YEAR_2026, CalendarYear(year=2027, announced=True)])
    assert recompute(facts, [CALENDAR, provisional]).reply_by == at("2027-01-04 17:30")
    assert explain(facts, [CALENDAR, provisional])[2].due_at == at("2027-01-04 17:30")


BY_2026 = f"日历{CALENDAR.version.split(',')[-1]}版"


def test_the_explanation_names_the_years_of_the_calendar_that_were_used(rules: Rules) -> None:
    facts: list[ClockFact] = [
        dispatched(rules, "12-28 10:00", Matter(Kind.INQUIRY, 3, "0101")),
        ExtensionApproved(at("12-30 10:00"), "2wd"),
    ]
    known = join_years([YEAR_2025, YEAR_2026, CalendarYear(year=2027, announced=True)])
    said = {one.clock: one.sentence for one in explain(facts, [known])}
    of_2025, of_2026, of_2027 = known.version.split(",")
    assert f"（日历{of_2026}版）" in said["acknowledge"]
    assert f"（日历{of_2026},{of_2027}版）" in said["reply"]
    assert of_2025 not in "".join(said.values())


def sentences(*facts: ClockFact) -> dict[str, str]:
    said = explain(facts, [CALENDAR])
    times = recompute(facts, [CALENDAR])
    assert [one.due_at for one in said if one.clock == "reply"] == [times.reply_by]
    return {one.clock: one.sentence for one in said}


def test_the_explanation_names_rule_start_days_left_out_and_due_time(rules: Rules) -> None:
    said = sentences(dispatched(rules), Paused(at("11-25 09:00"), "鉴定"), Resumed(at("11-26 17:00")))
    assert said["reply"] == (
        f"按《通用时限规则》2026.1版投诉一般件（{BY_2026}）：5个工作日，自2026-11-23派单次日起算；11月28日、29日为休息日不计；"
        "11月25日至26日因鉴定暂停不计；应于2026-12-02 17:30前答复。"
    )
    assert said["acknowledge"] == (
        f"按《通用时限规则》2026.1版投诉一般件（{BY_2026}）：1个工作日，自2026-11-23派单次日起算；应于2026-11-24 17:30前签收。"
    )
    assert said["send_back"].endswith("应于2026-11-24 17:30前提出退单。")


def test_the_explanation_of_a_festival_names_holidays_and_make_up_days(rules: Rules) -> None:
    said = sentences(dispatched(rules, "02-12 10:00"))
    assert "2月15日至23日为节假日不计；2月14日为调休上班日，按工作日计" in said["reply"]
    assert said["reply"].endswith("应于2026-02-26 17:30前答复。")


def test_the_explanation_of_natural_time_says_so(rules: Rules) -> None:
    said = sentences(
        dispatched(rules, matter=Matter(Kind.ASSISTANCE, 2, "0101")),
        Paused(at("11-23 12:00"), "听证"),
        Resumed(at("11-23 13:00")),
    )
    assert said["reply"] == (
        f"按《通用时限规则》2026.1版求助紧急件（{BY_2026}）：24小时，自2026-11-23 10:00派单时起连续计算；"
        "2026-11-23 12:00至2026-11-23 13:00因听证暂停不计；应于2026-11-24 11:00前答复。"
    )


def test_the_explanation_of_a_law_names_it_and_how_its_last_day_moved(rules: Rules) -> None:
    matter = Matter(Kind.ASSISTANCE, 3, "210102")
    said = sentences(dispatched(rules, "08-03 10:00", matter))
    assert said["reply"] == (
        f"依《信访工作条例（2022）》（代替《通用时限规则》2026.1版求助一般件的答复时限）（{BY_2026}）：60日，自2026-08-03派单次日起算；"
        "最后一日10月2日为休息日或节假日，顺延至10月8日（民法典第二百零三条）；应于2026-10-08 17:30前答复。"
    )


def test_the_explanation_tells_extensions_deferrals_and_lasting_pauses(rules: Rules) -> None:
    said = sentences(
        dispatched(rules),
        ExtensionApproved(at("11-26 10:00"), "2wd"),
        DeferralApproved(at("12-01 10:00"), at("2027-01-31 17:30")),
        Paused(at("12-01 11:00"), "鉴定"),
    )
    assert said["reply"].partition("答复。")[2] == (
        "经批准延期2个工作日，自原期限2026-11-30次日起算；应于2026-12-02 17:30前答复。"
        "经批准挂账，应于2027-01-31 17:30前答复。自2026-12-01 11:00起暂停计时，恢复后期限相应顺延。"
    )


def test_the_explanation_of_working_hours_and_midnight(rules: Rules) -> None:
    inquiry = Matter(Kind.INQUIRY, 4, "0101")
    basis = clocks(at("11-27 16:30"), inquiry, rules, BUREAU, factor=0.5).basis
    said = sentences(Dispatched(at("11-27 16:30"), basis))
    assert said["acknowledge"] == (
        f"按《通用时限规则》2026.1版咨询平件（{BY_2026}）：4个工作小时，自2026-11-27 16:30派单时起，只计办公时间；"
        "应于2026-11-30 12:00前签收。"
    )
    assert f"（重办时限为3个工作日的0.5倍，尾数进位）（{BY_2026}）：2个工作日" in said["reply"]
    always = Dispatched(at("11-23 10:00"), clocks(at("11-23 10:00"), COMPLAINT, rules, ALWAYS).basis)
    assert sentences(always)["reply"].endswith("应于2026-11-30 24:00前答复。")


def test_the_explanation_of_an_extension_leaves_out_its_own_pauses_and_starts_after_midnight(rules: Rules) -> None:
    always = Dispatched(at("11-23 10:00"), clocks(at("11-23 10:00"), COMPLAINT, rules, ALWAYS).basis)
    said = sentences(
        always,
        ExtensionApproved(at("11-26 10:00"), "1wd"),
        Paused(at("12-01 10:00"), "听证"),
        Resumed(at("12-01 11:00")),
    )
    assert said["reply"].partition("答复。")[2] == (
        "经批准延期1个工作日，自原期限2026-11-30次日起算；12月1日因听证暂停不计；应于2026-12-02 24:00前答复。"
    )


def test_the_explanation_of_days_leaves_out_paused_ones_and_counts_the_rest(rules: Rules) -> None:
    heating = dispatched(rules, matter=Matter(Kind.COMPLAINT, 3, "0404"))
    said = sentences(heating, Paused(at("11-25 09:00"), "鉴定"), Resumed(at("11-25 10:00")))
    assert said["reply"].endswith("3日，自2026-11-23派单次日起算；11月25日因鉴定暂停不计；应于2026-11-27 17:30前答复。")


def test_the_explanation_of_hours_tells_only_the_pauses_within_them(rules: Rules) -> None:
    said = sentences(
        dispatched(rules, matter=Matter(Kind.ASSISTANCE, 2, "0101")),
        ExtensionApproved(at("11-24 09:00"), "24h"),
        Paused(at("11-24 12:00"), "鉴定"),
        Resumed(at("11-24 13:00")),
    )
    first, _, more = said["reply"].partition("答复。")
    assert "暂停" not in first
    assert more == (
        "经批准延期24小时，自原期限2026-11-24 10:00起连续计算；"
        "2026-11-24 12:00至2026-11-24 13:00因鉴定暂停不计；应于2026-11-25 11:00前答复。"
    )
