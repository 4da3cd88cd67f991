"""红牌预测: ranks and is calibrated on parts it has not seen, says how unsure it is, and says nothing of too short a past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from models.blocks import DAY
from models.calendar import CHINA_TIME, stamp
from models.city_files import read_city
from models.logistic import Bin, miscalibration, ranking, reliability
from models.office_time import OpenTime
from models.red_proof import moments, prove
from models.red_risk import NotEnoughHistory, RedModel, WatchedPart, learn, risks
from tests.bench.past import parts

if TYPE_CHECKING:
    from models.city import City

ROOT = Path(__file__).parent.parent.parent
AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
PART = WatchedPart(
    ticket_id=1,
    ordinal=1,
    department="unit1",
    role="lead",
    kind="complaint",
    urgency=3,
    dispatched_at=AT - timedelta(days=3),
    first_reply_by=AT + timedelta(hours=5),
)


@cache
def city() -> City:
    return read_city(ROOT / "cities" / "yunzhou")


@cache
def opening(_department: str, first: int, last: int) -> OpenTime:
    return OpenTime(city().office_hours["bureau"], city().calendar, first, last)


@cache
def history() -> list[WatchedPart]:
    return parts(date(2026, 3, 2), 4000, city().calendar, city().office_hours["bureau"], seed=3)


@cache
def learnt() -> RedModel:
    return learn(moments(history()), opening)


def changed(**fields: object) -> WatchedPart:
    return msgspec.structs.replace(PART, **fields)


def test_newer_parts_are_ranked_and_their_chances_come_true() -> None:
    proofs = {one.within: one for one in prove(history(), opening)}
    assert set(proofs) == {4, 24, 72}
    for within in (24, 72):
        proof = proofs[within]
        assert proof.ranking is not None
        assert proof.ranking >= 0.9
        assert proof.ranking_of_due is not None
        assert proof.ranking_of_due >= 0.78, "of those alone whose date is near: the harder question"
        assert proof.off_by is not None
        assert proof.off_by <= 0.06
        assert proof.expected == pytest.approx(proof.red, rel=0.1)


def test_a_chance_lies_within_its_bounds_and_is_unsurer_for_a_department_that_nobody_knows() -> None:
    known, unknown = risks(learnt(), [changed(department="unit1"), changed(department="new")], AT, opening)
    for one in (known, unknown):
        assert 0 <= one.low <= one.chance <= one.high <= 1
    width = [float(np.ptp(np.log([one.low / (1 - one.low), one.high / (1 - one.high)]))) for one in (known, unknown)]
    assert width[1] > width[0] > 0
    assert risks(learnt(), [], AT, opening) == []


def test_a_reply_that_only_waits_to_be_signed_off_is_less_likely_late() -> None:
    waiting, replied = risks(learnt(), [PART, changed(replied_at=AT - timedelta(hours=1))], AT, opening)
    assert replied.chance < waiting.chance


def test_the_model_is_the_same_after_it_was_written_and_read() -> None:
    again = msgspec.json.decode(msgspec.json.encode(learnt()), type=RedModel)
    assert risks(again, [PART], AT, opening) == risks(learnt(), [PART], AT, opening)


@pytest.mark.parametrize("many", [0, 1, 299])
def test_too_few_parts_are_no_guess(many: int) -> None:
    with pytest.raises(NotEnoughHistory, match=r"至少要300件"):
        prove(history()[:many], opening)


def test_parts_that_were_all_in_time_teach_nothing() -> None:
    kept = [part for part in history() if part.signed_off_at and part.signed_off_at < part.first_reply_by]
    with pytest.raises(NotEnoughHistory, match="红牌0件"):
        learn(moments(kept), opening)


def test_a_date_that_moved_before_it_came_is_not_red_and_the_new_one_is_watched() -> None:
    moved = changed(moves=((AT + timedelta(hours=1), AT + timedelta(days=2)),))
    assert PART.turned_red(AT)
    assert not moved.turned_red(AT)
    assert moved.turned_red(AT + timedelta(hours=2))
    assert not changed(signed_off_at=AT + timedelta(hours=4)).turned_red(AT)
    assert not changed(ended_at=AT + timedelta(hours=4)).turned_red(AT)
    assert changed(signed_off_at=AT + timedelta(hours=6)).turned_red(AT)


def test_every_moment_asked_about_lies_while_the_part_was_open_and_its_date_ahead() -> None:
    for part, at in moments(history()[:300]):
        since, due = part.since_and_due(at)
        assert since <= at < due
        assert part.is_open(at)


def test_open_hours_leave_out_nights_weekends_and_holidays_and_count_make_up_days() -> None:
    def between(start: datetime, end: datetime) -> float:
        first, last = np.array([stamp(start)]), np.array([stamp(end)])
        found = opening("x", int(first[0] // DAY), int(last[0] // DAY)).hours_between(first, last)
        return float(found[0])

    def at(month: int, day: int, hour: int) -> datetime:
        return datetime(2026, month, day, hour, tzinfo=CHINA_TIME)

    assert between(at(3, 10, 10), at(3, 10, 15)) == 3.5
    assert between(at(3, 6, 17), at(3, 9, 9)) == 1.0
    assert between(at(10, 1, 0), at(10, 7, 23)) == 0
    assert between(at(10, 10, 0), at(10, 10, 23)) == 7.5


def test_ranking_and_reliability_are_what_they_are_called() -> None:
    came = np.array([0.0, 0.0, 1.0, 1.0])
    assert ranking(np.array([0.1, 0.2, 0.8, 0.9]), came) == 1.0
    assert ranking(np.array([0.5, 0.5, 0.5, 0.5]), came) == 0.5
    assert ranking(np.array([0.1, 0.2]), np.array([0.0, 0.0])) is None
    found = reliability(np.array([0.2, 0.2, 0.8, 0.8]), np.array([0.0, 0.0, 1.0, 0.0]), bins=2)
    assert found == [Bin(2, 0.2, 0.0), Bin(2, 0.8, 0.5)]
    assert miscalibration(found) == pytest.approx(0.25)
    assert miscalibration([]) is None
