import pytest

from nlu.cutter import Cutter
from nlu.parties import Parties, find_parties

CUTTER = Cutter()


def find(text: str, title: str = "", accused: str | None = None) -> Parties:
    return find_parties(CUTTER.passage(text), CUTTER.passage(title), accused)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("举报云州市宏达建材有限公司虚假宣传", "云州市宏达建材有限公司"),
        ("长江路快宝驿站无证经营", "快宝驿站"),
        ("物业公司不作为，电梯坏了半年", "物业公司"),
        ("小区旁边的搅拌站粉尘很大", "搅拌站"),
        ("6路公交车随意变道", "6路公交车"),
        ("请A市机关事务局给市民留一条人行道", "A市机关事务局"),
    ],
)
def test_whom_it_is_about(text: str, subject: str) -> None:
    assert find(text).subject == subject


def test_only_accusing_words_make_an_accused() -> None:
    assert find("快宝驿站的取件时间是几点").accused is None
    assert find("快宝驿站无证经营，请查处").accused == "快宝驿站"
    assert find("举报永宁街道城管中队长王强受贿").accused == "举报永宁街道城管中队长王强" or (
        "队长王强" in str(find("举报永宁街道城管中队长王强受贿").accused)
    )


def test_one_accused_in_the_form_stays() -> None:
    found = find("他们乱收费", accused="蓝天驾校")
    assert (found.subject, found.accused) == ("蓝天驾校", "蓝天驾校")


def test_the_title_comes_first() -> None:
    assert find("找过物业公司也没有用", title="开发商拖延交房").subject == "开发商"


@pytest.mark.parametrize("text", ["", "水", "😡", "12345", "hello", "路灯不亮", "公积金怎么提取"])
def test_what_names_nobody_gives_none(text: str) -> None:
    assert find(text).subject is None


@pytest.mark.parametrize("text", ["局" * 50_000, "公司" * 25_000])
def test_endless_texts_are_read_in_time(text: str) -> None:
    assert len(find(text).subject or "") < 100
