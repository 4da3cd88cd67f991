"""English requests: their words in the program's own, and a brief that says that they are English."""

import pytest

from nlu.brief import propose
from nlu.english import is_english, meaning

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The street lights near gate 3 have been broken for a week", "路灯，坏了破损"),
        ("Fire escapes are blocked by e-bikes", "消防通道，堵塞，电动车"),
        ("broken manhole cover on 霞桥东路12号", "下水道井盖，霞桥东路12号，坏了破损"),
        ("nothing that it knows: xyzzy", ""),
    ],
)
def test_what_english_means(text: str, meant: str) -> None:
    assert meaning(text) == meant


@pytest.mark.parametrize("text", ["WiFi坏了三天没人修", "我要投诉KTV", "ok", "东湖路12号A座"])
def test_a_few_letters_are_no_english(text: str) -> None:
    assert not is_english(text)


def test_the_brief_says_that_it_is_english() -> None:
    text = "The street light at our gate is broken."
    assert propose(text, english=meaning(text)).startswith("【英文诉求，大意：路灯，坏了破损】The street light")
    assert propose(text, english="").startswith("【英文诉求】")
    assert not propose("门口的路灯坏了三天。").startswith("【")
