import pytest

from nlu.similarity import BANDS, Fingerprinter, resemblance

take = Fingerprinter(b"k" * 32)
BARBECUE = "阳光小区三号楼楼下烧烤摊每天晚上油烟很大，噪音扰民到凌晨，希望城管来管一下"


def test_the_same_words_resemble_each_other_fully() -> None:
    assert resemblance(take(BARBECUE), take(BARBECUE + "！！")) == 1.0
    assert len(take(BARBECUE)) == BANDS


def test_another_telling_resembles_more_than_another_matter() -> None:
    again = take("阳光小区三号楼楼下的烧烤摊，每天晚上油烟很大，吵到凌晨，请城管管一下")
    other = take("我们村口的路灯坏了半个月，老人晚上出门摔跤，请尽快修")
    assert resemblance(take(BARBECUE), again) > resemblance(take(BARBECUE), other) == 0.0


def test_a_fingerprint_says_nothing_under_another_key() -> None:
    assert not set(take(BARBECUE)) & set(Fingerprinter(b"q" * 32)(BARBECUE))


def test_numbers_fit_a_signed_64_bit_column() -> None:
    assert all(-(2**63) <= number < 2**63 for number in take(BARBECUE))


def test_fingerprints_are_the_same_in_every_process() -> None:
    assert take("停水停电")[:2] == (-7310491701870251784, 1062284232225717535)


@pytest.mark.parametrize("text", ["", "水", "12345", "😡😡", "\x00"])
def test_what_holds_no_two_characters_resembles_nothing(text: str) -> None:
    assert take(text) == ()
    assert resemblance(take(text), take(text)) == 0.0


def test_a_very_long_text_has_a_fingerprint() -> None:
    assert len(take("停水了怎么办" * 10_000)) == BANDS
