"""What a whole day must show, and how often it did: by what city life took and saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hotline.simulation.connection import Tally

# By name: what of the tally shows it, any of them.
FEATURES: Final[dict[str, tuple[str, ...]]] = {
    "来话登记为工单": ("register",),
    "通话中直办": ("answer in the call",),
    "未接听即挂断": ("call abandoned",),
    "无声来话": ("call silent",),
    "打错": ("call wrong_number",),
    "骚扰来话": ("call harassment",),
    "查询进度": ("call progress_query",),
    "来电催促": ("call urging",),
    "重复来电": ("call repeat",),
    "会话": ("take a chat",),
    "机器人转人工": ("call takeover",),
    "漏接回拨": ("call back",),
    "语音转写": ("heard by speech recognition",),
    "交接班": ("hand over", "hand a chat over"),
    "110推送警单": ("push police order",),
    "110电话转来": ("register for 110 by telephone",),
    "一键转接": ("one-key handoff",),
    "确认转接": ("confirm handoff", "confirm_handoff"),
    "线索推送110": ("push clue",),
    "知识纠错": ("correct knowledge",),
    "知识新版本": ("write knowledge",),
    "知识审核": ("approve knowledge",),
    "人工回访": ("follow_up",),
    "自动外呼回访": ("automatic call: 1", "automatic call: 2", "automatic call: 3", "automatic call: nobody"),
    "并单诉求人回访": ("ask a merged caller",),
    "诉求人评价": ("rate",),
    "催促": ("urge",),
    "补充": ("supplement",),
    "撤诉": ("withdraw",),
    "派单": ("dispatch",),
    "改派": ("reassign",),
    "指定": ("designate",),
    "退单": ("send_back",),
    "退单裁决": ("decide_send_back",),
    "会商裁定": ("rule",),
    "二级派单": ("delegate",),
    "延期": ("request_extension",),
    "挂账": ("request_deferral",),
    "暂停": ("pause",),
    "并单": ("merge",),
    "拆单": ("split",),
    "不予受理": ("decline",),
    "签收": ("acknowledge",),
    "先行联系": ("contact",),
    "反馈": ("reply",),
    "签发": ("sign_off",),
    "审核通过": ("approve",),
    "审核退回": ("reject",),
    "重办": ("reopen", "ask_reopen"),
    "办结": ("ticket.closed",),
    "督办": ("supervise",),
    "提级": ("escalate",),
    "剔除申请": ("ask exclusion",),
    "报表": ("ask report",),
}


def shown(tally: Tally) -> dict[str, int]:
    """Return by feature how often it was taken."""
    return {name: sum(tally.taken[key] + tally.seen[key] for key in keys) for name, keys in FEATURES.items()}
