"""The hotline's closed word lists, each value with its Chinese label (docs/glossary.md)."""

from enum import IntEnum, StrEnum
from typing import Final, NewType

CityCode = NewType("CityCode", str)
DepartmentCode = NewType("DepartmentCode", str)
TicketId = NewType("TicketId", int)
AssignmentId = NewType("AssignmentId", int)


class Kind(StrEnum):
    """What the citizen does (诉求类型)."""

    INQUIRY = "inquiry"
    ASSISTANCE = "assistance"
    COMPLAINT = "complaint"
    TIP_OFF = "tip_off"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Urgency(IntEnum):
    """How fast it must move (紧急程度); 1 is gravest."""

    CRITICAL = 1
    URGENT = 2
    NORMAL = 3
    ROUTINE = 4


class Channel(StrEnum):
    """How a request reaches us (渠道)."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    WECHAT = "wechat"
    SMS = "sms"
    CHATBOT = "chatbot"
    MAILBOX = "mailbox"
    PHOTO = "photo"
    FEED = "feed"
    POLICE = "police"
    UPPER = "upper"
    PATROL = "patrol"


class Identity(StrEnum):
    """Do we know who asks (实名/匿名)."""

    NAMED = "named"
    ANONYMOUS = "anonymous"


class Disclosure(StrEnum):
    """May the department know who asks (公开/保密)."""

    OPEN = "open"
    CONFIDENTIAL = "confidential"


class Integration(StrEnum):
    """How a hotline number was merged into 12345 (归并方式, 国办发〔2020〕53号)."""

    ABSORBED = "absorbed"
    PARALLEL = "parallel"
    SUBCENTER = "subcenter"
    LINKED = "linked"
    REFERRAL = "referral"


class AssignmentRole(StrEnum):
    """A department's part in a ticket (主办/协办/二级)."""

    LEAD = "lead"
    ASSISTING = "assisting"
    DELEGATED = "delegated"


class Flag(StrEnum):
    """Sensitive or dangerous matter, found by hard rules before any model (DOMAIN 5.2)."""

    SUICIDE = "suicide"
    THREAT = "threat"
    VIOLENCE = "violence"
    MINOR = "minor"
    GAS = "gas"
    FIRE = "fire"
    COLLAPSE = "collapse"
    DROWNING = "drowning"
    ELECTRIC = "electric"
    TRAFFIC_INJURY = "traffic_injury"
    MEDICAL = "medical"
    FOOD_POISONING = "food_poisoning"
    MANHOLE = "manhole"
    GROUP = "group"
    WAGE = "wage"
    CORRUPTION = "corruption"
    SECRET = "secret"  # noqa: S105 - a word of the glossary, not a password


class Role(StrEnum):
    """Who a signed-in person or a token is (角色)."""

    CHANNEL = "channel"
    AGENT = "agent"
    SHIFT_LEAD = "shift_lead"
    DISPATCHER = "dispatcher"
    DEPARTMENT = "department"
    REVIEWER = "reviewer"
    FOLLOW_UP = "follow_up"
    SUPERVISOR = "supervisor"
    QUALITY = "quality"
    KNOWLEDGE = "knowledge"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    LEADER = "leader"
    DISCIPLINE = "discipline"
    CITIZEN = "citizen"
    CLOCK = "clock"
    PROGRAM = "program"


LABELS: Final[dict[str, dict[str, str]]] = {
    "kind": {
        "inquiry": "咨询",
        "assistance": "求助",
        "complaint": "投诉",
        "tip_off": "举报",
        "suggestion": "建议",
        "praise": "表扬",
    },
    "urgency": {"1": "特急", "2": "紧急", "3": "一般", "4": "平件"},
    "channel": {
        "phone": "电话",
        "web": "网站",
        "app": "手机应用",
        "wechat": "微信",
        "sms": "短信",
        "chatbot": "智能机器人",
        "mailbox": "信箱",
        "photo": "随手拍",
        "feed": "分中心",
        "police": "110转办",
        "upper": "上级交办",
        "patrol": "网格员上报",
    },
    "identity": {"named": "实名", "anonymous": "匿名"},
    "disclosure": {"open": "公开", "confidential": "保密"},
    "integration": {
        "absorbed": "整体并入",
        "parallel": "双号并行",
        "subcenter": "分中心",
        "linked": "联动",
        "referral": "告知转介",
    },
    "assignment_role": {"lead": "主办", "assisting": "协办", "delegated": "二级承办"},
    "flag": {
        "suicide": "轻生",
        "threat": "扬言",
        "violence": "暴力伤害",
        "minor": "未成年人受害",
        "gas": "燃气泄漏",
        "fire": "火情",
        "collapse": "坍塌",
        "drowning": "落水",
        "electric": "触电漏电",
        "traffic_injury": "交通事故伤人",
        "medical": "急病急救",
        "food_poisoning": "食物中毒",
        "manhole": "井盖隐患",
        "group": "群体聚集",
        "wage": "欠薪",
        "corruption": "涉腐",
        "secret": "涉密",
    },
    "role": {
        "channel": "渠道",
        "agent": "话务员",
        "shift_lead": "班长",
        "dispatcher": "派单员",
        "department": "承办单位",
        "reviewer": "审核员",
        "follow_up": "回访员",
        "supervisor": "督办员",
        "quality": "质检员",
        "knowledge": "知识管理员",
        "analyst": "数据分析员",
        "administrator": "系统管理员",
        "auditor": "安全审计员",
        "leader": "领导",
        "discipline": "纪检监察",
        "citizen": "诉求人",
        "clock": "时钟",
        "program": "程序",
    },
}
