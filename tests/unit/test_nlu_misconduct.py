from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.city_files import read_city
from models.understanding import Misconduct
from nlu.misconduct import misconduct_of
from nlu.parties import Body
from nlu.reader import Reader

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def said_of(text: str, *names: str) -> Misconduct | None:
    """The misconduct of a text in which these words name bodies."""
    return misconduct_of(text, [Body(text.index(name), text.index(name) + len(name), 1.0, True) for name in names])


@pytest.mark.parametrize(
    ("text", "names", "by"),
    [
        ("城管局的李队长向摊贩索要好处费，不给就扣车", ("城管局", "摊贩"), "城管局的李队长向摊贩"),
        ("消防救援支队的人来检查，要我们买指定的灭火器", ("消防救援支队",), "消防救援支队的人来检查，"),
        ("翠湖街道城管中队乱罚款", ("翠湖街道", "城管"), "翠湖街道城管中队"),
        ("摊贩被城管打了", ("摊贩", "城管"), "摊贩被城管打了"),
        ("消防的人要我们买指定的灭火器", (), "消防的人"),
        ("城管队员查处摊贩时打人", ("城管",), "城管队员查处摊贩时"),
        ("请问举报城管局受贿打什么电话", ("城管局",), "城管局"),
        ("交警拦车收了钱就放行", ("交警",), "交警拦车"),
        ("燃气公司安检员强制推销报警器", ("燃气公司",), "燃气公司安检员"),
    ],
)
def test_who_stands_nearest_before_it_did_it(text: str, names: tuple[str, ...], by: str) -> None:
    found = said_of(text, *names)
    assert found is not None
    assert found.by == by


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("翠湖路摊贩打人，城管不管", ("摊贩", "城管")),
        ("我向城管局反映过烧烤店老板打人", ("城管局", "老板")),
        ("城管局不来。烧烤店老板打人", ("城管局", "老板")),
        ("希望城管局严查烧烤店乱收费", ("城管局",)),
        ("城管局不管超市乱收费", ("城管局",)),
    ],
)
def test_who_is_only_to_come_did_not(text: str, names: tuple[str, ...]) -> None:
    found = said_of(text, *names)
    assert found is not None
    assert "城管" not in found.by


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我向公交集团索要赔偿费", ("公交集团",)),
        ("路灯坏了，城管不来修", ("城管",)),
        ("向城管局送了红包也没用", ("城管局",)),
        ("刷卡要收手续费", ()),
        ("他打了我，派出所不管", ("派出所",)),
    ],
)
def test_nobody_is_said_to_misuse_an_office(text: str, names: tuple[str, ...]) -> None:
    assert said_of(text, *names) is None


def test_gain_is_told_from_force() -> None:
    assert said_of("城管局收了好处费", "城管局") == Misconduct(by="城管局", for_gain=True)
    assert said_of("城管局乱罚款", "城管局") == Misconduct(by="城管局", for_gain=False)


def test_a_reader_tells_it() -> None:
    reader = Reader.load(ROOT / "build" / "model", read_city(ROOT / "cities" / "yunzhou"))
    found = reader.understand("水务集团抄表员李某收好处费，帮人少抄水表。", received_at=NOW)
    assert found.misconduct == Misconduct(by="水务集团抄表员李某", for_gain=True)
