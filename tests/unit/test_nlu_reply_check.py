"""What the check of replies (答复质检) finds, and what it lets pass."""

import tomllib
from functools import cache
from pathlib import Path
from time import process_time

import pytest

from models.city import ReplyRules
from models.city_files import read_city
from models.vocabulary import Kind, ReplyFault
from nlu.reply_check import Asked, Finding, ReplyCheck

LAMP = "翠湖路口的路灯坏了三天，请尽快维修"
WHEN = "翠湖路口的路灯坏了三天，什么时候能修好？"
GRANT = "申请老旧小区加装电梯补贴没有通过，咨询原因"

RESIDENCE = (
    "办理居住证须本人到场，携带身份证原件、租房合同、近期照片两张，"
    "先在网上预约，再到窗口提交，审核通过后凭短信通知领取证件，逾期未领的由窗口保管半年，遗失可以补领。"
    "未满十六周岁的由监护人代办，另带出生证明，同住的亲属可以一并申请，每人一份表格，不收工本费。"
)


@cache
def yunzhou() -> ReplyCheck:
    return ReplyCheck(read_city(Path("cities/yunzhou")).replies)


def found(reply: str, brief: str = LAMP, kind: Kind = Kind.ASSISTANCE, law_basis: str = "") -> list[Finding]:
    return list(yunzhou().check(Asked(brief=brief, kind=kind), reply, law_basis))


FOUND = [
    ("您好，您的留言已收悉。", LAMP, ReplyFault.EMPTY_WORDS),
    ("感谢您对城市管理工作的关心、支持与监督！", LAMP, ReplyFault.EMPTY_WORDS),
    ("您的来件已收悉，我局高度重视，将进一步加强管理，不断提高服务水平。", LAMP, ReplyFault.EMPTY_WORDS),
    ("您反映的问题已转交城管局调查处理。", LAMP, ReplyFault.NO_RESULT),
    ("我们已将您反映的情况转相关部门办理，请耐心等待，如有进展将及时回复。", LAMP, ReplyFault.NO_RESULT),
    ("您好，此事正在调查处理中。", LAMP, ReplyFault.NO_RESULT),
    ("路灯属物业管理，不归我们管，你自己想办法。", LAMP, ReplyFault.RUDE),
    ("路灯已于昨日修好，请你有本事去告。", LAMP, ReplyFault.RUDE),
    ("你的要求纯属无理取闹，路灯本来就不亮。", LAMP, ReplyFault.RUDE),
    ("经核实，该处路灯线路老化，我局正组织更换。", WHEN, ReplyFault.NO_DATE),
    ("经现场查看，该处路灯线路老化，我局将尽快予以更换。", LAMP, ReplyFault.NO_DATE),
    ("经审核，按照有关规定，您家不能享受补贴。", GRANT, ReplyFault.NO_BASIS),
    ("经审核，您的申请不符合补贴条件。", GRANT, ReplyFault.NO_BASIS),
    ("该路灯不属于我单位职责范围。", LAMP, ReplyFault.PASSES_ON),
    ("该路灯已移交小区管理，请您向有关部门反映。", LAMP, ReplyFault.PASSES_ON),
    (RESIDENCE, "水库大坝渗水严重，下游村民十分担心", ReplyFault.OFF_TOPIC),
]


@pytest.mark.parametrize(("reply", "brief", "code"), FOUND)
def test_a_fault_is_found_and_its_author_told_what_to_do(reply: str, brief: str, code: ReplyFault) -> None:
    (one,) = found(reply, brief)
    assert one.code is code
    assert one.advice.endswith("。")
    assert "请" in one.advice
    assert one.words in one.advice


SOUND = [
    ("路灯线路已更换，当晚恢复照明。", LAMP),
    ("已经办理完毕", LAMP),
    ("您反映的问题已转城管局。经其现场核实，灯泡已更换，现已恢复照明。", LAMP),
    ("可以。", "异地能不能办理身份证"),
    ("我局将尽快予以更换，最迟12月5日前完成。", WHEN),
    ("电缆需要重新采购，暂时无法确定更换的日期。", WHEN),
    ("如发现路灯再有故障，我局将尽快修复，本次故障已于昨日排除。", LAMP),
    ("根据《云州市老旧小区加装电梯办法》第六条，顶层以下住户不符合补贴条件。", GRANT),
    ("符合条件的可以到街道申请，三个工作日内办结。", GRANT),
    ("该路灯不属于我单位职责范围，由市城管局负责，电话88001234。", LAMP),
    ("经查，物业人员曾说“不归我们管”，已责令其向您道歉。", LAMP),
    ("已分别来现场两次，路灯修好了。", LAMP),
]


@pytest.mark.parametrize(("reply", "brief"), SOUND)
def test_what_may_go_out_is_let_pass(reply: str, brief: str) -> None:
    assert found(reply, brief) == []


def test_what_the_departments_of_the_simulation_reply_may_go_out() -> None:
    said = tomllib.loads(Path("hotline/simulation/words.toml").read_text(encoding="utf-8"))
    for reply in said["department"]["reply"]:
        assert [found(reply, brief) for brief in (LAMP, WHEN, GRANT)] == [[], [], []], reply
    for hollow in said["department"]["hollow"]:
        assert found(hollow)[0].returns, hollow


def test_praise_is_thanked_for_and_no_more() -> None:
    assert found("感谢您的肯定！", "表扬窗口工作人员热情", Kind.PRAISE) == []
    assert [one.code for one in found("感谢您的肯定！", "表扬窗口工作人员热情")] == [ReplyFault.EMPTY_WORDS]


def test_the_basis_may_stand_beside_the_reply() -> None:
    assert found("经审核，您的申请不符合补贴条件。", GRANT, law_basis="加装电梯办法第六条") == []


def test_what_says_nothing_goes_back_to_its_author_and_what_lacks_something_does_not() -> None:
    returned = {code for reply, brief, code in FOUND if found(reply, brief)[0].returns}
    assert returned == {ReplyFault.EMPTY_WORDS, ReplyFault.NO_RESULT, ReplyFault.RUDE}


def test_the_words_it_rests_on_are_quoted() -> None:
    (one,) = found("您好。您反映的问题已转交城管局调查处理。感谢您的来信。")
    assert one.words == "已转交城管局调查处理"
    assert "“已转交城管局调查处理”" in one.advice
    (one,) = found("我们已将您反映的问题转市民政局办理。")
    assert one.words == "我们已将您反映的问题转市民政局办理"
    (one,) = found("经核实，该处路灯线路老化，我局正组织更换。", WHEN)
    assert "什么时候能" in one.advice


def test_a_quotation_reads_only_the_brief() -> None:
    """The citizen's own words are only compared: departments do not see them."""
    asked = Asked(brief="路灯不亮", text="路灯不亮，我妈摔了，到底什么时候修？")
    assert yunzhou().check(asked, "经核实，该处线路老化，我局正组织更换。") == ()


def test_a_city_without_rules_finds_nothing() -> None:
    assert ReplyCheck(ReplyRules()).check(Asked(brief=LAMP), "已收悉") == ()


def test_a_city_finds_by_its_own_rules() -> None:
    rules = ReplyCheck(read_city(Path("tests/cities/tiny")).replies)
    (one,) = rules.check(Asked(brief=LAMP), "你好，已转工务署，谢谢")
    assert (one.code, one.name, one.advice) == (ReplyFault.NO_RESULT, "没有结果", "只说“已转工务署”，请写明结果。")
    assert rules.check(Asked(brief=LAMP), "如果不予受理，会另行通知本人") == ()


@pytest.mark.parametrize(
    "words", ["将", "已转", "感谢您", "如有", "正在", "2", "的", "“", "根据国家", "请您", "要求尽快"]
)
def test_no_reply_keeps_it_busy(words: str) -> None:
    begun = process_time()
    found((words * 4000)[:4000])
    assert process_time() - begun < 3
