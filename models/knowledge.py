"""知识: articles that a seat reads out and guides to a service (办事指南), each with an owner, a validity and versions."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class EntryKind(StrEnum):
    """What an entry of the knowledge base is."""

    ARTICLE = "article"
    GUIDE = "guide"


class Guide(Struct, frozen=True, kw_only=True):
    """办事指南: who may apply, what to bring, where, when, in how many working days (0: at once), for how much."""

    who: tuple[str, ...]
    bring: tuple[str, ...]
    place: tuple[str, ...]
    hours: str
    days: int
    fee: str
    online: str
    steps: tuple[str, ...]


class Entry(Struct, frozen=True, kw_only=True):
    """One version of an entry. `body` is an article's words, empty for a guide; `basis` are the rules that it follows.

    It is valid from one day to another, both included, or without end; by `confirm_by` its owner must say that it
    still holds.
    """

    code: str
    version: int = 1
    kind: EntryKind
    title: str
    category: str
    owner: str
    keywords: tuple[str, ...]
    body: str = ""
    guide: Guide | None = None
    basis: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    confirm_by: date

    def is_valid(self, on: date) -> bool:
        """Tell whether it may be served on a day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    @property
    def words(self) -> str:
        """All that it says, as it is read out."""
        return "\n".join((self.body, *_told(self.guide))).strip() if self.guide else self.body


def _told(guide: Guide | None) -> tuple[str, ...]:
    """Return a guide line by line."""
    if guide is None:
        return ()
    days = f"{guide.days}个工作日" if guide.days else "当场办结"
    return (
        f"办理对象：{'；'.join(guide.who)}",
        f"所需材料：{'；'.join(guide.bring) or '无'}",
        f"办理地点：{'；'.join(guide.place)}",
        f"办理时间：{guide.hours}",
        f"办理时限：{days}",
        f"收费：{guide.fee}",
        f"网上办理：{guide.online or '暂不支持'}",
        "步骤：" + "；".join(f"{n}. {step}" for n, step in enumerate(guide.steps, 1)),
    )
