import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalise import Normaliser, clauses, plain, sentences

FILLERS = ("嗯", "呃", "那个", "就是说")
normalise = Normaliser(FILLERS)


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Ａ１２－３栋，１３楼", "A12-3栋，13楼"),
        ("東湖區長江路的樓道裡沒有燈", "东湖区长江路的楼道里没有灯"),
        ("停水了,怎么办?", "停水了，怎么办？"),
        ("没\x00水\u200b了\ufeff", "没水了"),
        ("太吵了！！！！", "太吵了！"),
        ("不 想 活 了", "不想活了"),
        ("一\r\n\r\n 二\t三", "一\n二三"),
        ("😡垃圾没人收😡", "😡垃圾没人收😡"),
        ("my WiFi is down, why?", "my WiFi is down, why?"),
        ("10:30到1,000米", "10:30到1,000米"),
        ("", ""),
        ("水", "水"),
    ],
)
def test_a_text_gets_one_spelling(written: str, spelt: str) -> None:
    assert normalise(written) == spelt


def test_a_filler_goes_only_where_nothing_hangs_on_it() -> None:
    assert normalise("嗯，呃，那个，就是说，楼下那个垃圾站很臭") == "楼下那个垃圾站很臭"
    assert normalise("那个垃圾站，很臭") == "那个垃圾站，很臭"


def test_lone_surrogates_are_dropped() -> None:
    assert normalise("停\ud800电").encode() == "停电".encode()


@given(st.text())
def test_spelling_twice_changes_nothing_that_was_settled(text: str) -> None:
    once = normalise(text)
    assert len(normalise(once)) <= len(once)
    assert not any(ord(character) < 0x20 and character != "\n" for character in once)


def test_a_very_long_text_is_spelt_in_time() -> None:
    assert len(normalise("停水，" * 20_000)) == 60_000


def test_sentences_keep_their_marks_and_clauses_lose_them() -> None:
    assert sentences("停水了。什么时候来？急") == ["停水了。", "什么时候来？", "急"]
    assert clauses("停水了，急；谁管？") == ["停水了", "急", "谁管"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("①3号楼的灯坏了", "①3号楼的灯坏了"),
        ("①13800001111", "①13800001111"),
        ("①③⑧号", "138号"),
        ("138③000①111", "13830001111"),
        ("①3800001111", "13800001111"),
    ],
)
def test_a_framed_digit_numbers_a_list_before_plain_ones_and_is_one_of_a_long_number(text: str, read: str) -> None:
    assert plain(text) == read
