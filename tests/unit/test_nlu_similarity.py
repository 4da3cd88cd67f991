from __future__ import annotations

from pathlib import Path

import pytest

from models.city_files import read_city
from nlu.cutter import NOTHING, Cutter
from nlu.extraction import Extractor
from nlu.pair_weights import MOST, PairWeights, fit_pairs, pairs_of
from nlu.similarity import ASKED, LONGEST, STORED, Fingerprint, Fingerprinter, Overlap, overlaps

YUNZHOU = read_city(Path(__file__).parent.parent.parent / "cities" / "yunzhou")
KEY = b"k" * 32
CORPUS = (
    "小区楼下烧烤摊晚上油烟很大，噪音扰民，希望城管来管一下",
    "烧烤摊油烟太大，每天晚上扰民到凌晨，请城管处理",
    "路灯坏了，晚上很黑，希望尽快维修",
    "路灯坏了半个月，请尽快维修",
    "小区停水了，希望尽快处理",
    "希望城管管一下占道经营的摊贩，晚上噪音很大",
)
BARBECUE = "阳光小区三号楼楼下烧烤摊每天晚上油烟很大，噪音扰民到凌晨，希望城管来管一下"
AGAIN = "阳光小区三号楼下面的烧烤摊，天天晚上冒油烟，吵到凌晨，请城管管一下"
OTHER = "我们村口的路灯坏了半个月，老人晚上出门摔跤，请尽快修"

weights = fit_pairs(CORPUS)
cutter, extract = Cutter(), Extractor(YUNZHOU, None)


def take(text: str, key: bytes = KEY) -> Fingerprint:
    told = extract.tell(cutter.passage(text[:700]), NOTHING)[1]
    return Fingerprinter(key, weights)(text, told)


def overlap(one: str, other: str) -> Overlap:
    return overlaps(take(one).pairs, [take(other).pairs])[0]


def test_a_text_shares_all_of_itself() -> None:
    found = overlap(BARBECUE, BARBECUE + "！！")
    assert found.shared == pytest.approx(found.own)
    assert found.own == pytest.approx(found.other)


def test_another_telling_shares_more_than_another_matter() -> None:
    again, other = overlap(BARBECUE, AGAIN), overlap(BARBECUE, OTHER)
    assert again.shared > 5 * other.shared


def test_many_are_compared_at_once_as_one_by_one() -> None:
    texts = [BARBECUE, OTHER, AGAIN, ""]
    prints = [take(text).pairs for text in texts]
    assert overlaps(take(AGAIN).pairs, prints) == [overlap(AGAIN, text) for text in texts]
    assert overlaps(take(AGAIN).pairs, []) == []


def test_what_few_say_weighs_more_than_what_many_say() -> None:
    rare, common = (weights.of(pairs_of(words)[0])[0] for words in ("阳光", "城管"))
    assert rare == weights.unknown > common > 0


def test_a_bus_line_is_one_sign() -> None:
    assert not set(pairs_of("405路")[0].tolist()) & set(pairs_of("505路")[0].tolist())
    assert len(pairs_of("405路")[0]) == 1


def test_a_pair_knows_where_it_stands() -> None:
    _, first, second = pairs_of("在405 路，上")
    assert [*zip(first.tolist(), second.tolist(), strict=True)] == [(1, 5), (5, 7)]


def test_two_tellings_of_one_matter_meet_in_a_band() -> None:
    assert set(take(BARBECUE).bands[:STORED]) & set(take(AGAIN).bands)
    assert len(take(BARBECUE).bands) <= ASKED
    assert not set(take(BARBECUE).bands) & set(take("村口路灯坏了半个月").bands)


def test_a_fingerprint_says_nothing_under_another_key() -> None:
    own, strange = take(BARBECUE), take(BARBECUE, b"q" * 32)
    assert not set(own.bands) & set(strange.bands)
    assert overlaps(own.pairs, [strange.pairs])[0].shared < overlap(BARBECUE, BARBECUE).shared / 10


def test_the_place_that_both_name_is_known() -> None:
    found = overlap("翠湖路的路灯坏了", "翠湖路上没有灯")
    assert found.placed > 0.5
    assert not found.is_apart
    assert found.beyond < found.shared


def test_numbers_fit_a_signed_64_bit_column() -> None:
    assert all(-(2**63) <= number < 2**63 for number in take(BARBECUE).bands)


def test_fingerprints_are_the_same_in_every_process() -> None:
    assert take("停水停电").pairs.hex() == "16543908162b654c16fdda7a"
    assert take("停水停电").bands == (-4964585615846761311, 9124984514112436974)


@pytest.mark.parametrize("text", ["", "水", "12345", "😡😡", "\x00"])
def test_what_holds_no_two_characters_has_no_fingerprint(text: str) -> None:
    assert take(text) == Fingerprint(b"", ())


def test_a_very_long_text_has_a_fingerprint() -> None:
    text = "".join(chr(0x4E00 + n) for n in range(20_000))
    assert len(take(text).pairs) == 4 * LONGEST


def test_without_weights_every_pair_weighs_the_same() -> None:
    told = extract.tell(cutter.passage(BARBECUE), NOTHING)[1]
    found = Fingerprinter(KEY, None)(BARBECUE, told)
    assert {weight & MOST for weight in found.pairs[::4]} == {MOST}


def test_weights_are_kept(tmp_path: Path) -> None:
    assert PairWeights.load(tmp_path) is None
    weights.save(tmp_path)
    again = PairWeights.load(tmp_path)
    assert again is not None
    every = pairs_of(BARBECUE)[0]
    assert again.of(every).tolist() == weights.of(every).tolist()
    assert fit_pairs(()).of(every).tolist() == [4] * len(every)
