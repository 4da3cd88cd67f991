from __future__ import annotations

from pathlib import Path

from models.city_corpus import read_corpus
from models.city_files import read_city
from nlu.cutter import NOTHING, Cutter
from nlu.extraction import Extractor
from nlu.pair_weights import fit_pairs
from nlu.similarity import Fingerprinter
from nlu.waves import KEYWORDS, Topic, topic

YUNZHOU = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
TEXTS = (
    "金地花园旁边的搅拌站噪音扰民\n您好。金地花园西侧新建了一座混凝土搅拌站，整夜轰鸣，灰尘落满阳台。请环保部门来查。",
    "金地花园对面的搅拌站半夜还在生产，粉尘很大，孩子咳嗽。",
    "我是金地花园业主，混凝土搅拌站粉尘、噪音让人没法开窗。希望搬走。",
    "你好，想问问搅拌站什么时候从金地花园边上搬走？",
)

city = read_city(YUNZHOU)
cutter, extract = Cutter(city.language.custom_words), Extractor(city, None)
weights = fit_pairs(row.text for row in read_corpus(YUNZHOU))
take = Fingerprinter(b"k" * 32, weights)


def about(*texts: str) -> Topic:
    prints = [take(text, extract.tell(cutter.passage(text), NOTHING)[1]).pairs for text in texts]
    return topic(texts, prints, cutter.search_tokens, weights)


def test_the_telling_sentence_and_the_keywords() -> None:
    found = about(*TEXTS)
    assert "搅拌站" in found.sentence
    assert found.sentence in TEXTS[found.representative]
    assert {"搅拌站", "金地"} & set(found.keywords)
    assert "搅拌" not in found.keywords, "a part of a keyword is no other"
    assert len(found.keywords) <= KEYWORDS


def test_what_one_alone_says_is_no_keyword() -> None:
    assert "阳台" not in about(*TEXTS).keywords


def test_one_request_is_a_topic_too() -> None:
    found = about(TEXTS[1])
    assert (found.representative, found.sentence) == (0, TEXTS[1])


def test_words_without_a_fingerprint_have_one_too() -> None:
    assert about("？", "！") == Topic(0, "？", ())


def test_a_long_sentence_is_cut() -> None:
    assert len(about("搅拌站" * 100).sentence) == 80
