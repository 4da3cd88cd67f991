"""手机验证码: codes that were sent to phones, as keyed hashes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("phone_codes")


class Counted(Struct, frozen=True):
    """How many codes went to a phone, and from one conversation; and when the phone's last one did."""

    to_phone: int
    from_here: int
    last_at: datetime | None


class PhoneCode(Struct, frozen=True, kw_only=True):
    """One code, its phone opened."""

    phone: str
    code_hash: bytes
    sent_at: datetime
    tries: int
    used_at: datetime | None


async def counted(session: Session, conversation: int, phone: str, since: datetime) -> Counted:
    """Return what was sent since then; until the transaction ends nobody else sends to that phone."""
    city, index = session.city_code, session.keyring.blind_index(phone)
    await _SQL.lock(session.connection, key=f"code {city} {index.hex()}")
    row = await _SQL.counted(
        session.connection, city_code=city, conversation=conversation, phone_index=index, since=since
    )
    return Counted(**row)


async def send(session: Session, conversation: int, phone: str, code: str, at: datetime) -> None:
    """Keep that a code went to a phone."""
    await _SQL.send(
        session.connection,
        city_code=session.city_code,
        conversation=conversation,
        phone_index=session.keyring.blind_index(phone),
        phone=session.keyring.seal(phone, "phone_codes", "phone", conversation),
        code_hash=_hashed(session, conversation, phone, code),
        at=at,
    )


async def newest(session: Session, conversation: int) -> PhoneCode | None:
    """Return the newest code of a conversation, None where none was sent."""
    row = await _SQL.newest(session.connection, city_code=session.city_code, conversation=conversation)
    if row is None:
        return None
    phone = session.keyring.unseal(row["phone"], "phone_codes", "phone", conversation)
    return PhoneCode(**{**row, "phone": phone})


def is_right(session: Session, conversation: int, kept: PhoneCode, code: str) -> bool:
    """Tell whether it is the code that was sent."""
    return _hashed(session, conversation, kept.phone, code) == kept.code_hash


async def tried(session: Session, conversation: int, kept: PhoneCode, used_at: datetime | None) -> None:
    """Count a try; from `used_at` on the code is used up."""
    await _SQL.tried(
        session.connection,
        city_code=session.city_code,
        conversation=conversation,
        sent_at=kept.sent_at,
        used_at=used_at,
    )


def _hashed(session: Session, conversation: int, phone: str, code: str) -> bytes:
    return session.keyring.digest(f"phone code {conversation} {phone} {code}".encode())
