"""查阅记录: who looked at whose data, when, why and with whose second signature; read by the security auditor alone."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from models.store.database import queries
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("access_log")
LAST: Final = 2**63 - 1
Look = Literal["reveal", "follow_up_call", "personal_data", "erase", "typed_call"]


class Access(Struct, frozen=True, kw_only=True):
    """One look. `second` is who signed beside, None where one person was enough; `reason` is opened."""

    at: datetime
    by_user: str
    role: Role
    what: Look
    ticket_id: int | None
    reason: str
    second: str | None = None
    id: int = 0


async def note(session: Session, access: Access) -> None:
    """Write one down, within the transaction that shows the data: what is not written down is not shown."""
    # Its id is given by the database only when it is written: the seal is bound to a name of its own.
    place = secrets.token_hex(8)
    told = {name: getattr(access, name) for name in ("at", "by_user", "role", "what", "ticket_id", "second")}
    sealed = session.keyring.seal(access.reason, "access_log", "reason", place)
    await _SQL.note(session.connection, city_code=session.city_code, reason=sealed, place=place, **told)


async def page(
    session: Session,
    before: int | None,
    size: int,
    *,
    by_user: str | None = None,
    ticket_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Access]:
    """Return one page, the newest first."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        by_user=by_user,
        ticket_id=ticket_id,
        since=since,
        until=until,
        before=LAST if before is None else before,
        page_size=size,
    )
    return [_access(session, row) async for row in rows]


def _access(session: Session, row: Any) -> Access:
    told = dict(row)
    reason = session.keyring.unseal(told.pop("reason"), "access_log", "reason", told.pop("place"))
    return msgspec.convert({**told, "reason": reason}, Access)
