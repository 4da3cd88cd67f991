"""知识检索: no day on which something is served that does not hold; the held-out questions find their answers."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.commands.knowledge import measure
from hotline.config import read_settings
from models.city_files import read_city
from models.city_knowledge import read_knowledge
from models.knowledge import Entry, EntryKind
from nlu.cutter import Cutter
from nlu.knowledge import Knowledge

CITY = Path(__file__).parents[2] / "cities/yunzhou"
WORDS = ("停车", "路灯", "公积金", "医保", "落户")
CUTTER = Cutter()
DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def entry(code: str, words: str, valid_from: date, valid_until: date | None) -> Entry:
    return Entry(
        code=code,
        kind=EntryKind.ARTICLE,
        title=f"{words}的办理",
        category="0504",
        owner="urban",
        keywords=(words,),
        body=f"关于{words}的规定。",
        basis=(),
        valid_from=valid_from,
        valid_until=valid_until,
        confirm_by=date(2027, 1, 1),
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), DAY, st.none() | DAY), min_size=1, max_size=12),
    DAY,
    st.sampled_from(WORDS),
)
def test_nothing_is_served_on_a_day_on_which_it_does_not_hold(
    spans: list[tuple[str, date, date | None]], on: date, asked: str
) -> None:
    entries = [entry(f"A{n}", *span) for n, span in enumerate(spans)]
    served = {hit.entry.code for hit in Knowledge(CUTTER, entries).search(asked, on, most=50)}
    holds = {one.code for one in entries if one.valid_from <= on and (one.valid_until is None or on <= one.valid_until)}
    assert served <= holds
    assert {one.code for one in entries if one.code in holds and asked in one.title} <= served


def test_of_two_versions_of_a_rule_the_one_that_holds_is_served() -> None:
    turn = date(2026, 1, 1)
    both = [entry("A1", "停车", date(2024, 1, 1), turn - timedelta(days=1)), entry("A2", "停车", turn, None)]
    index = Knowledge(CUTTER, both)
    assert [hit.entry.code for hit in index.search("停车", turn - timedelta(days=1))] == ["A1"]
    assert [hit.entry.code for hit in index.search("停车", turn)] == ["A2"]


def test_words_that_mean_the_same_find_the_same() -> None:
    one = [entry("A1", "产权证", date(2024, 1, 1), None), entry("A2", "路灯", date(2024, 1, 1), None)]
    on = date(2026, 1, 1)
    assert Knowledge(CUTTER, one).search("房本丢失", on) == []
    assert [hit.entry.code for hit in Knowledge(CUTTER, one, [("房本", "产权证")]).search("房本丢失", on)] == ["A1"]


def test_most_questions_find_their_answer_among_three() -> None:
    with (CITY / "knowledge/questions.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["question"], [code for code in row["codes"].split("|") if code]) for row in csv.DictReader(file)]
    figures = measure(read_settings(), rows, date(2026, 11, 27))
    assert figures.questions >= 300
    assert figures.hit3 >= 0.85


def test_the_city_has_enough_to_say_and_every_category_an_entry() -> None:
    entries = read_knowledge(CITY)
    kinds = [one.kind for one in entries]
    assert kinds.count(EntryKind.ARTICLE) >= 300
    assert kinds.count(EntryKind.GUIDE) >= 150
    covered = {one.category[:4] for one in entries}
    asked_about = {code for code in read_city(CITY).categories if len(code) == 4} - {"9902", "9903"}
    assert asked_about - covered == set()
