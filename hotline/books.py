"""账目: the day's sums in the words of those who read them (GET /api/v1/books, `hotline books`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models.labels import LABELS
from models.store import books

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.books import Account

TITLES: Final = {
    "calls_by_end": "来话 = 按去向",
    "calls_by_channel": "来话 = 按渠道",
    "calls_by_line": "来话 = 按热线",
    "calls_by_handling_line": "来话 = 按接听席组所属的热线",
    "calls_by_seat_group": "来话 = 按席组",
    "calls_by_outcome": "已结束的来话 = 按结果",
    "calls_with_ticket": "结果为新工单的来话 = 确有工单的",
    "calls_passed_on": "来话 = 未转接的 + 在最后转往的热线的",
    "calls_referred": "结果为转介的来话 = 有话术的",
    "tickets_by_state": "留痕所载的登记 = 工单按状态",
    "tickets_by_channel": "留痕所载的登记 = 工单按渠道",
    "tickets_by_line": "留痕所载的登记 = 工单按热线",
    "tickets_by_kind": "留痕所载的登记 = 工单按诉求类型",
    "tickets_by_district": "留痕所载的登记 = 工单按区县",
    "tickets_by_lead": "留痕所载的登记 = 工单按主办单位",
    "events_by_type": "工单所记的留痕条数 = 留痕按种类",
    "parts_by_state": "留痕所载的派出 = 承办按状态",
    "parts_by_department": "留痕所载的派出 = 承办按单位",
    "parts_by_role": "留痕所载的派出 = 承办按主协办",
    "follow_ups_by_answer": "留痕所载的回访 = 回访按答复",
    "supervisions_by_action": "留痕所载的督促 = 督促按种类",
    "merged": "已并单 = 并入的工单尚在",
    "deliveries": "投递 = 按状态",
    "handoffs": "紧急转接 = 按状态",
    "handoffs_offered": "紧急转接 = 按接到对方的快慢",
    "police_orders": "110转来的工单 = 按去向",
    "risk_clues": "留痕所载的线索推送 = 线索按状态",
    "asks_by_outcome": "待回访的诉求人 = 按结果",
    "asks_by_rung": "已结束的回访 = 按梯次",
    "letters": "督办单 = 按结果",
    "deferral_reviews": "留痕所载的挂账复核 = 复核按结果",
    "caller_limits": "来电人限制申请 = 按状态",
    "inspections": "列入质检的 = 按状态",
    "photos": "留痕所载的整改照片 = 照片按前后",
    "suggestions": "留痕所载的公开建议 = 建议按状态",
    "supports": "建议所记的支持 = 支持按身份",
    "open_now": "当前未结 = 各有归属",
}
_PARTS: Final = {
    "answered": "已接听",
    "talking": "通话中",
    "abandoned": "未接听即挂断",
    "untouched": "未接听而结束",
    "ringing": "等待接听",
    "unstated": "未说明结果",
    "new_ticket": "新工单",
    "progress_query": "查询进度",
    "supplement": "补充",
    "urging": "催促",
    "withdrawal": "撤诉",
    "silent": "无声",
    "wrong_number": "打错",
    "harassment": "骚扰",
    "referred": "转介",
    "stayed": "未转接",
    "transferred": "已转接",
    "script": "有话术",
    "ticket": "确有工单",
    "not_reached": "未联系上",
    "satisfied": "解决且满意",
    "unsatisfied": "解决但不满意",
    "unsolved": "未解决",
    "under_a_ticket": "并入的工单尚在",
    "delivered": "已送达",
    "waiting": "待送",
    "dead": "死信",
    "confirmed": "已确认",
    "open": "待确认",
    "in_time": "限时内",
    "late": "超时",
    "not_offered": "未接到",
    "acknowledged": "110已确认",
    "unacknowledged": "待110确认",
    "being_handled": "办理中",
    "closed": "已办结",
    "handed_off": "转回或转接",
    "other": "并单、撤诉、不予受理等",
    "being_asked": "回访中",
    "said": "已答复",
    "withdrawn": "已撤回",
    "overtaken": "未答而重办",
    "unanswered": "未答复",
    "sms": "短信链接",
    "auto_call": "自动外呼",
    "person": "人工",
    "on_desk": "派单台",
    "with_department": "承办单位",
    "in_review": "审核",
    "follow_up": "回访",
    "before": "整改前",
    "after": "整改后",
    "unpublished": "已撤下",
    "phone": "实名电话",
    "visitor": "访客",
    "-": "无",
}

_REVIEWS: Final = {
    "kept": "继续挂账",
    "extended": "延长",
    "ended": "终止",
    "waiting": "待审批",
    "settled": "已答复或撤回",
}
_LIMITS: Final = {"waiting": "待审批", "refused": "不同意", "granted": "已同意", "lifted": "已解除"}
_INSPECTIONS: Final = {"drawn": "待评分", "scored": "已评分", "appealed": "申诉中", "decided": "已复核"}


async def told(hub: Hub, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return every account of what arrived in [since, until), in Chinese; all of them are of one moment."""
    found = await hub.database.read_together(lambda session: books.accounts(session, since, until))
    return [_told(hub, account) for account in found]


def _told(hub: Hub, account: Account) -> dict[str, Any]:
    name = _namer(hub, account.name)
    return {
        "name": account.name,
        "title": TITLES[account.name],
        "whole": account.whole,
        "parts": [{"code": code, "name": name(code), "count": n} for code, n in account.parts.items()],
        "is_balanced": account.is_balanced,
    }


def _namer(hub: Hub, account: str) -> Callable[[str], str]:
    """Return what gives the Chinese name of a part's code: a code that nobody knows stays as it is."""
    lines = {number: f"{number} {line.name}" for number, line in hub.city.lines.items()}
    lists: dict[str, dict[str, str]] = {
        "tickets_by_state": LABELS["ticket_state"],
        "tickets_by_channel": LABELS["channel"],
        "calls_by_channel": LABELS["channel"],
        "tickets_by_kind": LABELS["kind"],
        "suggestions": LABELS["suggestion_state"],
        "parts_by_state": LABELS["assignment_state"],
        "parts_by_role": LABELS["assignment_role"],
        "events_by_type": LABELS["action"],
        "supervisions_by_action": LABELS["action"],
        "letters": {**LABELS["supervision_outcome"], "open": "未终结"},
        "deferral_reviews": _REVIEWS,
        "caller_limits": _LIMITS,
        "inspections": _INSPECTIONS,
        "calls_by_line": lines,
        "calls_by_handling_line": lines,
        "tickets_by_line": lines,
    }
    names = _PARTS | lists.get(account, {})
    if account in {"tickets_by_lead", "parts_by_department", "tickets_by_district"}:
        return lambda code: names[code] if code in names else hub.department_name(code)
    return lambda code: names.get(code, code)
