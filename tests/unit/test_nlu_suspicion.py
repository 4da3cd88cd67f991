from pathlib import Path

import numpy as np
import pytest

from models.city import DangerRow, FlagRule
from models.city_files import read_city
from models.vocabulary import Flag, Kind, Urgency
from nlu.flags import FlagHit, FlagRules
from nlu.heads import FLAG, REAL
from nlu.linear import Floats, Head, LinearModel
from nlu.ngrams import grams
from nlu.signs import flag_signs, real_sign
from nlu.suspicion import Suspicions

UNREAL = "消防演习里"
FLAGS = (Flag.FIRE, Flag.GAS, Flag.WAGE)
RULES = FlagRules(
    [
        FlagRule(flag=Flag.FIRE, name="火情", floor=1, desk=True, patterns=("着火",), exclude=()),
        FlagRule(flag=Flag.GAS, name="燃气", floor=1, desk=False, patterns=("煤气漏",), exclude=()),
        FlagRule(flag=Flag.GROUP, name="聚集", floor=2, desk=True, patterns=("堵路",), exclude=()),
    ]
)


def model(*, knows_real: bool = True) -> LinearModel:
    """A model that finds the words of a drill unreal and knows nothing else."""
    vocabulary = np.unique(grams(UNREAL))
    heads = {FLAG: Head(tuple(map(str, FLAGS)), 0, 1.0)} | ({REAL: Head((REAL,), 3, 1.0)} if knows_real else {})
    weights = np.zeros((len(vocabulary), 4 if knows_real else 3), dtype=np.float32)
    if knows_real:
        weights[:, 3] = -1
    bias = np.zeros(weights.shape[1], dtype=np.float32)
    return LinearModel(vocabulary, np.ones(len(vocabulary), dtype=np.float32), weights, bias, heads, "test")


def scores(fire: float, gas: float, wage: float, real: float) -> Floats:
    return np.array([fire, gas, wage, real], dtype=np.float32)


def hits(text: str) -> tuple[FlagHit, ...]:
    return RULES.find(text)


def flags(found: tuple[FlagHit, ...]) -> list[Flag]:
    return [hit.rule.flag for hit in found]


def test_a_hit_beside_which_all_sounds_unreal_is_doubted() -> None:
    text = f"{UNREAL}有人喊着火"
    verdict = Suspicions(model()).judge(scores(-1, -3, -3, -1), hits(text), text)
    assert (flags(verdict.believed), flags(verdict.doubted), verdict.suspected) == ([], [Flag.FIRE], ())


@pytest.mark.parametrize(
    "text",
    ["着火", "我家着火", "隔壁人家楼上着火", f"{'路灯不亮。' * 30}{UNREAL}有人喊着火"],
    ids=["alone", "hardly anything beside it", "nothing unreal beside it", "longer than what taught the model"],
)
def test_else_a_hit_stands_however_unlikely_the_model_finds_it(text: str) -> None:
    verdict = Suspicions(model()).judge(scores(-3, -3, -3, -3), hits(text), text)
    assert (flags(verdict.believed), verdict.doubted) == ([Flag.FIRE], ())


def test_what_whoever_took_the_call_asks_the_police_for_is_never_doubted() -> None:
    for asked in ("建议通报公安", "请立即通知110", "望联系辖区派出所"):
        text = f"{UNREAL}有人喊着火，{asked}"
        verdict = Suspicions(model()).judge(scores(-3, -3, -3, -3), hits(text), text)
        assert (flags(verdict.believed), verdict.doubted) == ([Flag.FIRE], ())
    text = f"{UNREAL}有人喊着火，公安在门口"
    assert flags(Suspicions(model()).judge(scores(-3, -3, -3, -3), hits(text), text).doubted) == [Flag.FIRE]


def test_where_a_life_may_hang_on_the_words_more_must_speak_against_them() -> None:
    strong, faint = model(), model()
    faint.weights[:, 3] = -0.06
    for doubting, flag in ((strong, [Flag.GAS]), (faint, [])):
        text = f"{UNREAL}有人喊煤气漏"
        verdict = Suspicions(doubting).judge(scores(-3, -3, -3, -3), hits(text), text)
        assert flags(verdict.doubted) == flag
    text = f"{UNREAL}有人喊着火"
    assert flags(Suspicions(faint).judge(scores(-3, -3, -3, -3), hits(text), text).doubted) == [Flag.FIRE]


def test_a_hit_that_the_model_finds_likely_or_does_not_know_stands() -> None:
    text = f"{UNREAL}有人喊着火"
    assert flags(Suspicions(model()).judge(scores(0, -3, -3, -0.2), hits(text), text).believed) == [Flag.FIRE]
    text = f"{UNREAL}有人堵路"
    assert flags(Suspicions(model()).judge(scores(-3, -3, -3, -3), hits(text), text).believed) == [Flag.GROUP]


def test_where_one_danger_is_real_no_other_hit_is_doubted() -> None:
    text = f"{UNREAL}有人喊着火，煤气漏了"
    verdict = Suspicions(model()).judge(scores(-3, 0.5, -3, 0), hits(text), text)
    assert flags(verdict.believed) == [Flag.FIRE, Flag.GAS]


def test_an_older_model_doubts_nothing() -> None:
    text = f"{UNREAL}有人喊着火"
    verdict = Suspicions(model(knows_real=False)).judge(scores(-3, -3, -3, 0)[:3], hits(text), text)
    assert flags(verdict.believed) == [Flag.FIRE]


def test_what_is_likely_and_real_is_suspected_and_of_the_gravest_a_little_less_is_enough() -> None:
    suspicions = Suspicions(model())
    assert suspicions.judge(scores(-2, -0.4, -2, 0), (), "").suspected == (Flag.GAS,)
    assert suspicions.judge(scores(-2, -0.4, -2, -0.5), (), "").suspected == ()
    assert suspicions.judge(scores(-2, -0.6, -2, 0), (), "").suspected == (Flag.GAS,)
    assert suspicions.judge(scores(-2, -2, -0.6, 0), (), "").suspected == ()


def test_beside_the_likeliest_danger_only_near_ones_are_told() -> None:
    suspicions = Suspicions(model())
    assert suspicions.judge(scores(0.5, -0.6, 0, 1), (), "").suspected == (Flag.FIRE, Flag.WAGE)
    assert suspicions.judge(scores(-0.7, -0.9, -1.3, 1), (), "").suspected == (Flag.FIRE, Flag.GAS)
    text = "着火"
    assert suspicions.judge(scores(1, 0.4, -1, 1), hits(text), text).suspected == (Flag.GAS,)


def test_whether_a_danger_is_real_is_learnt_from_all_dangers_and_a_little_from_ordinary_texts() -> None:
    fire = DangerRow(
        code="1701", kind=Kind.ASSISTANCE, urgency=Urgency.CRITICAL, text="屋里全是烟", also=(), flags=(Flag.FIRE,), is_raised=True
    )  # fmt: skip
    drill = DangerRow(
        code="1701", kind=Kind.INQUIRY, urgency=Urgency.ROUTINE, text="演习几点开始", also=(), flags=(Flag.GAS,), is_raised=False
    )  # fmt: skip
    texts = ["路灯不亮", "隔壁着火了", fire.text, drill.text, "城市分类"]
    sign = real_sign(flag_signs(read_city(Path("tests/cities/tiny")), texts, [fire, drill], 2), 2)
    assert sign.is_there[:, 0].tolist() == [False, False, True, False, False]
    assert sign.counts[:, 0].tolist() == [True, False, True, True, False]
    assert sign.shares is not None
    assert sign.shares[0] < sign.shares[2] == sign.shares[3] == 1
