"""What the citizen is told by short message (短信告知): words only; the provider's adapter sends them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from models.calendar import CHINA_TIME

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.ticket import Ticket

_WORDS: Final = {
    "registered": "您的诉求已登记，工单号{number}，查询码{code}，预计{promised}前答复您。查询：{link}",
    "answered": "您的咨询已当场答复，工单号{number}，查询码{code}。感谢来电。",
    "handed_off": "您反映的紧急情况已转{target}，工单号{number}，查询码{code}。如有危险请先撤离。",
    "declined": "您的诉求（工单号{number}）不属于热线受理范围：{reason}。您可以通过以下途径解决：{lawful_channel}",
    "extended": "您的诉求（工单号{number}）因{reason}，经批准延期至{until}答复，请您谅解。",
    "deferred": "您的诉求（工单号{number}）受客观条件限制，计划于{until}前解决：{reason}",
    "still_deferred": "您的诉求（工单号{number}）仍在挂账办理，已复核，计划于{until}前解决：{reason}",
    "deferral_ended": "您的诉求（工单号{number}）已恢复办理，预计{until}前答复您。",
    "result": "您的诉求（工单号{number}）已办理：{result}。请评价或申请重办：{link}",
    "corrected": "您的诉求（工单号{number}）经核实按“{read_as}”办理，答复时间相应改为{until}前，请您知悉。",
    "reopened": "您的诉求（工单号{number}）已重新办理，预计{until}前答复您。",
    "closed": "您的诉求（工单号{number}）已办结。如有新情况可申请重办：{link}",
    "merged": "您的诉求（工单号{number}，查询码{code}）与正在办理的同一事项合并办理，结果同样会告知您。",
    "split_off": "您的诉求（工单号{whole}）所含{topic}已单独立件办理：工单号{number}，查询码{code}，预计{promised}前答复您。查询：{link}",
    "attached": "您反映的“{title}”已由专人统一处理（您的工单号{number}，查询码{code}）。{answer}结果会告知您。",
    "incident": "关于您反映的“{title}”：{text}（工单号{number}）",
    "suggestion_published": "您的建议“{title}”已隐去个人信息公开（工单号{number}），欢迎大家支持：{published}",
    "suggestion_studied": "您的建议（工单号{number}）正在研究。{text}",
    "suggestion_decided": "您的建议（工单号{number}）{adoption}：{reason}",
    "suggestion_done": "您的建议（工单号{number}）已落实：{text}",
    "withdrawn": "您已撤回诉求（工单号{number}）。如有需要请再次联系我们。",
}

# The date of a plan is agreed on, not counted: no calendar will move it.
_AGREED: Final = frozenset({"deferred", "still_deferred"})


def words(hub: Hub, kind: str, ticket: Ticket, query_code: str, fields: dict[str, Any]) -> str:
    """Return the message of one kind, signed by the city's hotline."""
    shown = {name: _show(hub, kind, value) for name, value in fields.items()}
    body = _WORDS[kind].format(
        number=ticket.number,
        code=query_code,
        promised=due_day(ticket.promised_at, is_provisional=hub.is_provisional(ticket.promised_at)),
        link=f"{hub.address}/me?number={ticket.number}",
        published=f"{hub.address}/suggestions",
        **shown,
    )
    return f"【{hub.city.name}12345】{body}"


def day(at: datetime) -> str:
    """Return a date and time as a citizen reads it; the midnight that a day ends at is 24时 of that day."""
    local = at.astimezone(CHINA_TIME)
    if local.hour == local.minute == 0:
        ended = local - timedelta(days=1)
        return f"{ended.year}年{ended.month}月{ended.day}日24时"
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def due_day(due: datetime, *, is_provisional: bool) -> str:
    """Return a due time as a citizen reads it, and whether it is provisional (暂定)."""
    return f"{day(due)}（暂定）" if is_provisional else day(due)


def _show(hub: Hub, kind: str, value: Any) -> str:
    if not hasattr(value, "astimezone"):
        return str(value)
    return due_day(value, is_provisional=kind not in _AGREED and hub.is_provisional(value))
