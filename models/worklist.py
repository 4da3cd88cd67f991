"""工单列表: how long a ticket stays in the hands of who opened it, and how much a person may keep and take away."""

from typing import Annotated

from msgspec import Meta, Struct


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
