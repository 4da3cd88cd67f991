"""工单列表: how long a ticket stays in the hands of who opened it, and how much a person may keep and take away."""

from typing import Annotated, Final

from msgspec import Meta, Struct

# What lists say of themselves: their orders, what a part owes, how far a list is that was asked for as a file.
LIST_LABELS: Final[dict[str, dict[str, str]]] = {
    "sort": {"due": "时限近的在前", "urgency": "紧急的在前", "newest": "新登记的在前", "oldest": "早登记的在前"},
    "owes": {
        "acknowledge": "待签收",
        "contact": "待联系",
        "reply": "办理中",
        "sign_off": "待签发",
        "others": "等候他人",
    },
    "export_state": {"waiting": "编制中", "made": "可下载", "failed": "未能编成", "dropped": "已过保存期限"},
}


class WorklistRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How lists of tickets are worked through. All of it is of our own.

    `hold_for_s` is how long (seconds of the wall clock) a ticket of the dispatch desk stays held (占用) where nobody renews it.
    A person keeps `most_views` named filters (常用视图). An export (导出) holds `most_exported` rows, is kept for `exports_kept_h`
    hours, and nobody has more than `most_exports_waiting` of them in the queue.
    """

    hold_for_s: Annotated[int, Meta(ge=10, le=3600)] = 90
    most_views: Annotated[int, Meta(ge=1, le=1000)] = 50
    most_exported: Annotated[int, Meta(ge=1, le=1_000_000)] = 100_000
    exports_kept_h: Annotated[int, Meta(ge=1, le=720)] = 24
    most_exports_waiting: Annotated[int, Meta(ge=1, le=100)] = 5
