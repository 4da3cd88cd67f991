from functools import cache
from pathlib import Path

import pytest

from models.city import ScopeRule
from models.city_files import read_city
from nlu.scope import ScopeRules


@cache
def yunzhou() -> ScopeRules:
    return ScopeRules(read_city(Path("cities/yunzhou")).scope)


def codes(text: str) -> set[str]:
    return {doubt.code for doubt in yunzhou().doubts(text)}


def test_what_is_excluded_anywhere_in_the_text_is_no_reason() -> None:
    rules = ScopeRules(
        [ScopeRule(code="N9", name="外地", patterns=("外省",), channel="当地12345", exclude=("外省(车|人)",))]
    )
    assert rules.doubts("外省车在这里乱停") == ()
    (doubt,) = rules.doubts("我要投诉外省的一家公司")
    assert (doubt.code, doubt.reason, doubt.channel) == ("N9", "外地", "当地12345")


@pytest.mark.parametrize(("text", "code"), [("对法院一审判决不服，要求改判", "N2"), ("我要申请行政复议", "N2")])
def test_a_lawful_channel_is_proposed(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize("text", ["", "啊", "😡😡", "111", "。。。"])
def test_a_hollow_text_has_no_substance(text: str) -> None:
    assert "N10" in codes(text)


@pytest.mark.parametrize("text", ["小区停水两天了", "公园路灯不亮", "医保怎么报销"])
def test_everyday_matters_are_in_scope(text: str) -> None:
    assert codes(text) == set()
