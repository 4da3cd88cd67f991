"""会话指标: how the conversations with the chatbot go: done, kept by the bot, taken over by a person, and in how many turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.store import utterances

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session


async def figures(session: Session, since: datetime, until: datetime) -> dict[str, Any]:
    """Count the conversations that began from `since` on and before `until`; a share of nothing is None."""
    found = await utterances.figures(session, since, until)
    return {
        **{name: getattr(found, name) for name in found.__struct_fields__},
        "completion_rate": _share(found.completed, found.ended),
        "containment_rate": _share(found.contained, found.ended),
        "takeover_rate": _share(found.taken_over, found.conversations),
        "unanswered_rate": _share(found.unanswered, found.turns),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
