"""English requests: their words in the program's own, and a brief that says that they are English."""

import pytest

from nlu.brief import propose
from nlu.english import is_english, meaning, real

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


@pytest.mark.parametrize(
    "text",
    [
        "The gas leak was fixed last month",
        "The bin caught fire last year and was put out",
        "a movie where the house is on fire is too loud",
        "In that movie, the house is on fire",
        "The gas leak has been repaired",
        "There was no gas leak, only paint",
        "We don't smell gas here",
    ],
)
def test_a_danger_that_is_over_or_never_was_means_none(text: str) -> None:
    assert "火" not in meaning(real(text))
    assert "燃气" not in meaning(real(text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fire in my flat, help", "着火了"),
        ("My flat is filled with smoke and I can't get out", "浓烟滚滚"),
        ("gas smell in the stairwell", "闻到很浓的燃气味"),
        ("I smelled gas in the kitchen just now", "闻到很浓的燃气味"),
        ("my son is stuck in the elevator", "电梯困人"),
        ("someone is threatening to jump from the roof", "有人要跳楼"),
        ("I took a lot of sleeping pills", "我吃了很多安眠药"),
        ("There was a gas leak last month but now I smell gas again", "闻到很浓的燃气味"),
        ("The gas leak has not been fixed since last month", "燃气泄漏"),
        ("My house is on fire and I have no insurance", "着火了"),
        ("No one answers and the house is on fire", "着火了"),
        ("There is a gas leak in the training center", "燃气"),
        ("The film studio is on fire", "火"),
    ],
)
def test_a_danger_that_is_there_now_means_one(text: str, meant: str) -> None:
    assert meant in meaning(real(text))
