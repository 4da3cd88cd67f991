import importlib
import warnings

import pytest
import rjieba

from nlu.cutter import STOP_WORDS, Cutter

cutter = Cutter(["接诉即办"])


def test_the_citys_own_words_stay_whole() -> None:
    assert "接诉即办" in cutter.words("落实接诉即办机制")
    assert "接诉即办" not in Cutter().words("落实接诉即办机制")


def test_search_tokens_are_distinct_and_bare() -> None:
    tokens = cutter.search_tokens("停水了，停水了！阳光小区的水管爆了。")
    assert len(tokens) == len(set(tokens))
    assert {"停水", "阳光", "小区", "水管"} <= set(tokens)
    assert not set(tokens) & {"了", "的", "，", "！"}


def test_alphanumeric_names_stay_whole_and_are_found_in_either_case() -> None:
    assert "A12-3" in cutter.search_tokens("a12-3栋没有电梯")
    assert cutter.search_tokens("wifi")[0] == cutter.search_tokens("WiFi")[0]


@pytest.mark.parametrize("text", ["", "。", "😡", "的", "\n", "了了了"])
def test_nothing_to_search_for_gives_no_tokens(text: str) -> None:
    assert [token for token in cutter.search_tokens(text) if token.isalnum()] == []


def test_tokens_are_never_too_long_for_an_index() -> None:
    assert max(map(len, cutter.search_tokens("a" * 50_000 + "停水"))) <= 40


@pytest.mark.parametrize(
    "text",
    [
        "东湖区人民医院附近的中华人民共和国国家标准GB50096-2011无人执行，网址是www.example.com/a.b",
        "接诉即办，停水三天，50户受影响，iPhone15pro买不到",
    ],
)
def test_a_text_is_indexed_by_the_words_within_its_words_too(text: str) -> None:
    tokens = cutter.search_tokens(text)
    cut = rjieba.Jieba()
    cut.add_word("接诉即办", None, None)
    every = {word.upper() for word in cut.cut_for_search(text) if word.isalnum()} - STOP_WORDS
    assert {token for token in tokens if token.isalnum()} == every
    assert cutter.search_tokens(text, [word for word, _ in cutter.passage(text).words]) == tokens


def test_words_are_cut_as_the_reference_cuts_them() -> None:
    with warnings.catch_warnings():
        # jieba's own source has escapes that Python warns about.
        warnings.simplefilter("ignore")
        jieba = importlib.import_module("jieba")
        text = "东湖区长江路的流动摊贩每天晚上占道经营，城管来了也没有用"
        assert Cutter().words(text) == jieba.lcut(text)
