"""The hotline's closed word lists (docs/glossary.md); their Chinese labels stand in models.labels."""

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


class PatrolLevel(StrEnum):
    """Who settles what a patrol reported (巡查上报), the lowest first."""

    GRID = "grid"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


class Adoption(StrEnum):
    """What a department answers to a suggestion (采纳)."""

    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    DECLINED = "declined"


class SuggestionState(StrEnum):
    """Where a published suggestion stands (公开的建议)."""

    PUBLISHED = "published"
    UNDER_STUDY = "under_study"
    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    DECLINED = "declined"
    DONE = "done"


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


class ReplyFault(StrEnum):
    """What the check of a department's reply finds (答复质检)."""

    EMPTY_WORDS = "empty_words"
    NO_RESULT = "no_result"
    RUDE = "rude"
    OFF_TOPIC = "off_topic"
    PASSES_ON = "passes_on"
    NO_BASIS = "no_basis"
    NO_DATE = "no_date"


class Provenance(StrEnum):
    """What a person did that makes a ticket an example to learn from (样例来源)."""

    CORRECTION = "correction"
    SEND_BACK = "send_back"
    RULING = "ruling"
    CONFIRMED = "confirmed"


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


class SupervisionLevel(IntEnum):
    """How hard a department is pressed (督办级别, 潍坊§26)."""

    REMINDED = 0
    WRITTEN = 1
    LISTED = 2
    INTERVIEW = 3


class CallerLimitLevel(StrEnum):
    """What is done about a caller who misuses the line (来电人限制, 济南§42)."""

    REMIND = "remind"
    LIMITED = "limited"
    REPORTED = "reported"


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


# Who is a person: not a program or a machine, and no citizen, who has a query code instead.
PEOPLE: Final = frozenset(Role) - {Role.CHANNEL, Role.CITIZEN, Role.CLOCK, Role.PROGRAM}
