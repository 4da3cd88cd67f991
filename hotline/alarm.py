"""告警: whoever is on duty is told by a short message of what is no ticket's. A ticket's own alarms go with its step (outgoing.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.roster import on_duty
from models.store import notices
from models.ticket import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session


async def alarm(hub: Hub, session: Session, name: str, departments: set[str], words: str, at: datetime) -> None:
    """Tell who can be reached of some departments at a time (值班); under the same name they are told once."""
    content = f"【{hub.city.name}12345】{words}"
    for n, duty in enumerate(on_duty(hub.city, departments, at)):
        told = Notice(id=f"sms_{name}_{n}", ticket_id=0, kind="alarm", address=duty.phone, content=content)
        await notices.add(session, told, at)
