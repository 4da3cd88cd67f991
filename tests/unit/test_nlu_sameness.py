from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.city_corpus import read_corpus
from models.city_files import read_city
from models.vocabulary import Kind
from nlu.cutter import NOTHING, Cutter
from nlu.extraction import Extractor
from nlu.pair_weights import fit_pairs
from nlu.sameness import Likeness, Matter, Relation, is_elsewhere, likenesses
from nlu.similarity import Fingerprinter

YUNZHOU = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ME, SHE = b"me", b"she"
LAMP, NOISE = "0203", "0106"
TOLD = "金地花园三栋的电梯坏了半个月，老人上不了楼，物业一直不修。"
AGAIN = "金地花园三栋电梯坏了快二十天，老人爬楼爬不动，问物业也没个说法。"
ELSEWHERE = "百合苑七栋的电梯坏了半个月，老人上不了楼，物业一直不修。"
OTHER = "想问一下身份证丢了去哪里补办，要带什么材料。"

city = read_city(YUNZHOU)
cutter, extract = Cutter(city.language.custom_words), Extractor(city, None)
take = Fingerprinter(b"k" * 32, fit_pairs(row.text for row in read_corpus(YUNZHOU)))


def matter(text: str, caller: bytes | None = None, category: str = LAMP, place: str | None = None) -> Matter:
    told = extract.tell(cutter.passage(text), NOTHING)[1]
    return Matter(
        fingerprint=take(text, told).pairs,
        category=category,
        kind=Kind.COMPLAINT,
        place=place,
        district=None,
        caller=caller,
        at=AT,
    )


def relation(one: Matter, *others: Matter) -> list[Relation | None]:
    found: list[Likeness | None] = likenesses(one, {one.category}, others)
    return [likeness.relation if likeness else None for likeness in found]


def test_another_s_report_of_one_event_in_other_words() -> None:
    assert relation(matter(AGAIN, SHE), matter(TOLD, ME)) == [Relation.SAME_EVENT]


def test_the_caller_s_own_repeat() -> None:
    assert relation(matter(AGAIN, ME), matter(TOLD, ME)) == [Relation.REPEAT]
    assert relation(matter(OTHER, ME, NOISE), matter(TOLD, ME)) == [None]
    assert relation(matter(OTHER, ME), matter(TOLD, ME)) == [Relation.REPEAT], "one subject is enough of one's own"


def test_unknown_callers_are_no_one_caller() -> None:
    assert relation(matter(AGAIN), matter(TOLD)) == [Relation.SAME_EVENT]


def test_another_matter_is_none() -> None:
    assert relation(matter(OTHER), matter(TOLD)) == [None]


def test_what_lies_far_behind_the_likest_only_resembles_it() -> None:
    told, elsewhere = relation(matter(AGAIN), matter(TOLD), matter(ELSEWHERE))
    assert told == Relation.SAME_EVENT
    assert elsewhere in (None, Relation.ALIKE)


def test_a_known_other_place_is_another_matter() -> None:
    one, other = matter(AGAIN, place="翠湖路"), matter(TOLD, place="解放南路")
    assert is_elsewhere(one, other)
    assert relation(one, other) == [None]
    assert relation(one, replace(other, place=None)) == [Relation.SAME_EVENT]
    assert relation(replace(one, caller=ME), replace(other, caller=ME)) == [Relation.REPEAT]


def test_a_known_other_district_is_another_matter() -> None:
    one, other = replace(matter(AGAIN), district="donghu"), replace(matter(TOLD), district="xicheng")
    assert relation(one, other) == [None]


def test_one_subject_at_one_known_place_is_one_event_for_three_days() -> None:
    one, other = matter("翠湖路夜里看不清路", place="翠湖路"), matter("翠湖路盼着复明", place="翠湖路")
    assert relation(one, other) == [Relation.SAME_EVENT]
    assert relation(one, replace(other, at=AT - timedelta(days=4))) == [None]
    assert relation(one, replace(other, category=NOISE)) == [None]


AT_ONE_PLACE = [
    ("枫桥农贸市场里有流浪狗咬人", "0109", "枫桥农贸市场门口有人摆摊卖盗版书", "0101"),
    ("请问霞林天地广场里有没有社保自助机", "0802", "霞林天地广场有人偷排污水", "1302"),
    ("请问霞林天地广场里有没有社保自助机", "0802", "霞林天地广场健身房倒闭不退钱", "1802"),
    ("霞林天地广场有人偷排污水", "1302", "霞林天地广场健身房倒闭不退钱", "1802"),
]


@pytest.mark.parametrize(("text", "category", "other_text", "other_category"), AT_ONE_PLACE)
def test_another_matter_at_the_same_place_is_none(
    text: str, category: str, other_text: str, other_category: str
) -> None:
    one, other = matter(text, category=category), matter(other_text, category=other_category)
    found = likenesses(one, {category, other_category}, [other])
    assert found == [None], "not even where the program thinks of the other's category too"


def test_the_same_matter_at_the_same_place_in_words_of_its_own() -> None:
    one = matter("枫桥农贸市场有流浪狗咬了我家孩子", category="0109")
    assert relation(one, matter("枫桥农贸市场那条野狗又咬人了", category="0109")) == [Relation.SAME_EVENT]
    one = matter("请问霞林天地广场的社保自助机在几楼", category="0802")
    told = matter("霞林天地广场里有没有社保自助机", category="1001")
    assert relation(one, told) == [Relation.SAME_EVENT], "words beyond the name tell it whatever the categories are"


def test_words_that_everybody_says_are_no_event() -> None:
    assert relation(matter("小区门口的路灯不亮。"), matter("我们这里晚上太暗，小区门口路灯不亮。")) == [None]


def test_words_without_a_fingerprint_say_nothing() -> None:
    empty = replace(matter(TOLD), fingerprint=b"")
    assert relation(empty, matter(TOLD)) == [None]
    assert relation(matter(TOLD), empty) == [None]
    assert likenesses(empty, set(), []) == []


def test_how_sure_the_words_are() -> None:
    same, other = likenesses(matter(AGAIN, ME), {LAMP}, [matter(TOLD, ME), matter(OTHER, ME)])
    assert same is not None
    assert other is not None
    assert 1 > same.words > 0.5 > other.words == pytest.approx(0, abs=0.5)
