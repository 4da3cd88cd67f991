"""hotline nlu explain: the grounds of one answer on a page that a supervisor can read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from rich.console import Console
from rich.table import Table

from hotline.commands.installation import setup
from hotline.explanation import Explained, PlaceSource, of_request
from hotline.model_in_use import folder_of, present
from hotline.proposal import Desk, propose
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest
from models.labels import LABELS
from nlu import registry
from nlu.examples import Examples
from nlu.urgency import Ground
from routing.jurisdiction import Atlas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hotline.config import Settings
    from hotline.explanation import DutyRow, Facts, NamedDepartment
    from models.understanding import Interval
    from nlu.explanation import Explanation
    from nlu.weights import Word

NOTHING: Final = "无"
WIDTH: Final = 110
SOURCES: Final = {
    PlaceSource.POINT: "按诉求所附坐标",
    PlaceSource.GAZETTEER: "按地名库",
    PlaceSource.AREA: "按区县、街道名称",
    PlaceSource.NOTHING: "属地不明",
}
REPEATS: Final = {"daily": "每天", "weekly": "每周", "monthly": "每月", "yearly": "每年"}


def explain(settings: Settings, text: str, title: str | None, line: str | None, *, as_json: bool) -> None:
    """Read and route a text as intake would, without the database, and print why."""
    if not text.strip():
        raise InvalidRequest('请给出诉求文字，例如：hotline nlu explain "路灯坏了三天"')
    setup(settings)
    city = read_city(settings.city)
    if line is not None and line not in city.lines:
        raise InvalidRequest(f"没有登记号码为“{line}”的热线，请核对 --line")
    reader = present(settings, city)
    now = datetime.now(UTC)
    read = reader.understand(text, title=title, line=line, received_at=now)
    where = Atlas(city).by_place(read.place) if read.place else None
    desk, on = Desk(city), now.astimezone(CHINA_TIME).date()
    proposal = propose(desk, read, where, on=on, accused=None, line=city.lines[line] if line else None)
    reading = reader.explain(read, line, Examples(folder_of(settings, registry.read(settings.models_dir).in_use)))
    found = of_request(desk, proposal, reading, is_by_point=False)
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    show(found)


def show(found: Explained) -> None:
    """Print the page."""
    console = Console(width=WIDTH, highlight=False, markup=False, emoji=False, color_system=None)
    console.print(f"诉求（已脱敏）：{found.masked_text}\n", soft_wrap=True)
    for heading, content in (
        ("分类", _category(found.reading)),
        ("类型", [_kind(found.reading)]),
        ("紧急程度", [_urgency(found.reading)]),
        ("风险标记", _flags(found.reading)),
        ("受理范围", _scope(found.reading)),
        ("地点", [_place(found)]),
        ("时间", [_time(found.facts)]),
        ("对象", [_parties(found.facts)]),
        ("数量", [_quantities(found.facts)]),
        ("派单", _route(found)),
        ("须人工核对", found.desk_reasons or ["无：可自动派单"]),
        ("近似例句", _examples(found.reading)),
        ("说明", found.notes),
    ):
        lines = list(content)
        if lines:
            console.print(f"【{heading}】")
        for line in lines:
            if isinstance(line, Table):
                console.print(line)
            else:
                console.print(f"  {line}", soft_wrap=True)


def _category(reading: Explanation) -> Iterator[str | Table]:
    ground = reading.category
    first, *others = ground.guesses
    yield f"{first.code} {first.name}，把握{first.p:.1%}；其次：" + "，".join(
        f"{one.code} {one.name} {one.p:.1%}" for one in others
    )
    if ground.detail:
        yield f"细类 {ground.detail} {ground.detail_name}：文中有{_quoted(ground.detail_words)}"
    if ground.is_line_business:
        yield "拨打的号码属于此类事项的主管单位，可能性因此提高"
    if not ground.words_for:
        yield "文中没有模型认识的依据词"
        return
    table = Table("依据词", "占比", box=None, padding=(0, 4, 0, 2))
    for word in ground.words_for:
        table.add_row(word.word, f"{word.share:.0%}")
    yield table
    if ground.words_against:
        yield f"不支持此类的词：{_weighed(ground.words_against)}"
    if ground.words_for_second:
        yield f"更像“{others[0].name}”的词：{_weighed(ground.words_for_second)}（占两类差别中偏向后者的比重）"


def _kind(reading: Explanation) -> str:
    ground = reading.kind
    labels = LABELS["kind"]
    cues = "、".join(f"“{cue.word}”（{labels[cue.kind]}）" for cue in ground.cues)
    return f"{labels[ground.kind]}，把握{ground.p:.0%}；仅凭模型：{labels[ground.by_model]}；提示词：{cues or NOTHING}"


def _urgency(reading: Explanation) -> str:
    ground = reading.urgency
    by = {
        Ground.RULE: f"风险规则命中“{ground.words}”，不得低于此级",
        Ground.CUE: f"提示词“{ground.words}”",
        Ground.KIND: "建议、表扬按平件",
        Ground.MODEL: "由模型判断",
        None: "登记时如此；按现在的规则和模型会有不同",
    }
    return f"{int(ground.urgency)} {LABELS['urgency'][str(int(ground.urgency))]}：{by[ground.by]}"


def _flags(reading: Explanation) -> Iterator[str]:
    for flag in reading.flags:
        floor = f"，至少{LABELS['urgency'][str(flag.floor)]}" if flag.floor else ""
        yield f"{flag.name}：规则“{flag.flag}”命中“{flag.words}”{floor}"
    for one in reading.suspected:
        yield f"疑似{one.name}（规则未命中，模型起疑）：{_weighed(one.words) or '没有突出的词'}"
    for doubted in reading.doubted:
        yield f"{doubted.name}存疑（模型认为语境不像）：规则“{doubted.flag}”命中“{doubted.words}”"
    if not reading.flags and not reading.suspected and not reading.doubted:
        yield NOTHING


def _scope(reading: Explanation) -> Iterator[str]:
    for one in reading.scope:
        words = f"命中“{one.words}”" if one.words else "没有实际内容"
        yield f"{one.code} {one.reason}：{words}；合法途径：{one.channel}"
    if not reading.scope:
        yield "没有不予受理的疑点"


def _place(found: Explained) -> str:
    place = found.place
    words = f"原文“{place.words}”" if place.words else "文中没有读出地点"
    name = f"，地名库为“{place.name}”" if place.name else ""
    ground = "".join(one.name for one in (place.district, place.street) if one)
    below = "，".join(one for one in (place.community, f"网格{place.grid}" if place.grid else None) if one)
    return f"{words}{name}；{SOURCES[place.source]}{f'：{ground}' if ground else ''}{f'，{below}' if below else ''}"


def _time(facts: Facts) -> str:
    if facts.time is None:
        return "文中没有读出时间"
    comes_to = in_words(facts.interval) if facts.interval else ""
    return f"原文“{facts.time}”{f'：{comes_to}' if comes_to else '，未能换算成日期'}"


def in_words(interval: Interval) -> str:
    """Return from when to when in Chinese, by the city's clock."""
    begins, ends = (
        at and f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}" for at in (interval.begins_at, interval.ends_at)
    )
    said = [REPEATS[interval.repeats]] if interval.repeats else []
    if begins and ends:
        said.append(begins if begins == ends else f"{begins} 至 {ends}")
    elif begins or ends:
        said.append(f"{begins} 以后" if begins else f"{ends} 以前")
    if interval.clock_from:
        said.append(interval.clock_from + (f" 至 {interval.clock_to}" if interval.clock_to else ""))
    return " ".join(said)


def _parties(facts: Facts) -> str:
    return f"被反映对象：{facts.subject or NOTHING}；被举报方：{facts.accused or NOTHING}"


def _quantities(facts: Facts) -> str:
    amounts = "、".join(f"{amount:,.2f}".removesuffix(".00") + "元" for amount in facts.amounts)
    return f"金额：{amounts or NOTHING}；涉及人数或户数：{facts.people or NOTHING}"


def _route(found: Explained) -> Iterator[str | Table]:
    way = found.route
    yield f"主办：{way.lead.name if way.lead else '待人工确定'}；协办：{_names(way.assisting)}"
    yield f"理由：{way.because}"
    if way.recused:
        yield f"回避：{_names(way.recused)}"
    if way.duty is None:
        yield "派单目录：没有对应的一条"
        return
    table = Table("派单目录", "", box=None, padding=(0, 2, 0, 2), show_header=False)
    for name, value in _duty(way.duty):
        table.add_row(name, value)
    yield table


def _duty(duty: DutyRow) -> Iterator[tuple[str, str]]:
    yield "派单目录", f"{duty.id}（{duty.version}版）"
    yield "事项", f"{duty.category} {duty.category_name}"
    yield "适用地区", duty.place.name if duty.place else "全市"
    yield "主办", duty.lead.name
    yield "协办", _names(duty.assisting)
    yield "抄送", _names(duty.copy)
    yield "可否派基层", "可以" if duty.grassroots else "不可以"
    yield "有效期", f"{duty.effective_from} 起" + (f"，至 {duty.effective_to}" if duty.effective_to else "")
    yield "依据", duty.basis


def _examples(reading: Explanation) -> Iterator[str | Table]:
    if not reading.examples:
        yield "没有（执行 hotline setup 后可用）"
        return
    table = Table("相似度", "分类", "例句", box=None, padding=(0, 2, 0, 2))
    for one in reading.examples:
        said = f"{one.title}：{one.text}" if one.title else one.text
        table.add_row(f"{one.likeness:.2f}", f"{one.code} {one.name}", said)
    yield table


def _weighed(words: Iterable[Word]) -> str:
    return "、".join(f"{word.word} {word.share:.0%}" for word in words)


def _quoted(words: Sequence[str]) -> str:
    return "、".join(f"“{word}”" for word in words) or "相近的说法"


def _names(departments: Sequence[NamedDepartment]) -> str:
    return "、".join(one.name for one in departments) or NOTHING
