"""查阅复制个人信息: what is kept of one person, for whoever has proved to be that person; asked for by the security auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.fields import required
from hotline.request import phone_digits
from models.errors import Forbidden, InvalidRequest
from models.store import access_log, persons, users
from models.store.access_log import Access
from models.vocabulary import Role

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session
    from models.store.persons import Person


async def take_out(session: Session, phone: str, by: str, reason: str, at: datetime) -> Person:
    """Return everything of a phone, and write down who took it and why. Raises InvalidRequest, NotFound, Forbidden."""
    reason = required(reason, "导出理由", 4)
    digits = phone_digits(phone)
    if len(digits) < 5:
        raise InvalidRequest("电话号码无效")
    account = await users.lock(session, by)
    if account.role is not Role.AUDITOR or account.disabled_at is not None:
        raise Forbidden(f"账号“{by}”不是在用的安全审计员，不能导出个人信息")
    found = await persons.of_phone(session, session.keyring.blind_index(digits))
    access = Access(at=at, by_user=by, role=account.role, what="personal_data", ticket_id=None, reason=reason)
    await access_log.note(session, access)
    return found
