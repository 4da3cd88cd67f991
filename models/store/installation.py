"""What belongs to the installation and not to a ticket: clock, heartbeats, the city's versions, its amendments."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from models.city import City, Duty
from models.errors import HotlineError
from models.limits import limit_hook
from models.store.database import queries

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("installation")


class WrongKeyring(HotlineError):
    """The database was written under other keys."""

    code = "wrong_keyring"
    status = 500


class KeyUse(Struct, frozen=True):
    """Since when a key is used, and until when everything was sealed anew under it (换钥)."""

    first_used_at: datetime
    resealed_at: datetime | None


class Ruling(Struct, frozen=True, kw_only=True):
    """A duty that a ruling (裁定) made: on which ticket's dispute, and when."""

    duty: Duty
    ticket_id: int
    at: datetime


async def clock(session: Session) -> dict[str, Any] | None:
    """Return the demo clock as it was set last, None where it never was."""
    row = await _SQL.clock(session.connection, city_code=session.city_code)
    return dict(row) if row else None


async def set_clock(session: Session, wall_at: datetime, clock_at: datetime, speed: float) -> None:
    """Set the demo clock."""
    await _SQL.set_clock(
        session.connection, city_code=session.city_code, wall_at=wall_at, clock_at=clock_at, speed=speed
    )


async def beat(session: Session, worker: str, wall_at: datetime, clock_at: datetime) -> None:
    """Say that a worker lives and what time its clock shows."""
    await _SQL.beat(session.connection, city_code=session.city_code, worker=worker, at=wall_at)
    await _SQL.seen(session.connection, city_code=session.city_code, at=clock_at)


async def last_beat(session: Session, worker: str) -> datetime | None:
    """Return the wall time at which a worker was last alive."""
    at: datetime | None = await _SQL.last_beat(session.connection, city_code=session.city_code, worker=worker)
    return at


async def check_keys(session: Session, at: datetime) -> None:
    """Remember the keys that are new here; raises WrongKeyring where one differs from what was used before."""
    digests = session.keyring.digests()
    for key, digest in digests.items():
        await _SQL.keep_key(session.connection, city_code=session.city_code, key=key, digest=digest, at=at)
    rows = _SQL.keys(session.connection, city_code=session.city_code)
    if [row["key"] async for row in rows if row["key"] in digests and row["digest"] != digests[row["key"]]]:
        raise WrongKeyring("密钥文件与数据库不符：数据是用另一套密钥加密的，请用 HOTLINE_KEYRING 指明原来的密钥文件")


async def key_uses(session: Session) -> dict[str, KeyUse]:
    """Return the use of every key, by the name that a keyring gives it."""
    rows = _SQL.keys(session.connection, city_code=session.city_code)
    return {row["key"]: KeyUse(row["first_used_at"], row["resealed_at"]) async for row in rows}


async def cities_under(session: Session) -> list[str]:
    """Return the cities of the database that have our keyring, in order; ours is always one of them."""
    rows = _SQL.cities_under(session.connection, digest=session.keyring.digests()["index"])
    return sorted({session.city_code, *[row["city_code"] async for row in rows]})


async def not_resealed(session: Session, cities: list[str], key_id: int) -> list[str]:
    """Return in which of these cities not everything was sealed anew under a key."""
    rows = _SQL.resealed(session.connection, city_codes=cities, key=f"encryption {key_id}")
    done = {row["city_code"] async for row in rows}
    return [city for city in cities if city not in done]


async def note_resealed(session: Session, at: datetime) -> None:
    """Remember that everything was sealed anew under the current key."""
    key = f"encryption {session.keyring.current}"
    await _SQL.note_resealed(session.connection, city_code=session.city_code, key=key, at=at)


async def keep_city(session: Session, city: City, at: datetime) -> None:
    """Keep the city as it was loaded, so that old due times can be recomputed by the rules of their day."""
    document = zlib.compress(msgspec.json.encode(city, enc_hook=str))
    await _SQL.keep_city(
        session.connection, city_code=session.city_code, version=city.version, loaded_at=at, document=document
    )


async def city_version(session: Session, version: str) -> City | None:
    """Return the city as it was loaded under that version."""
    document = await _SQL.city_version(session.connection, city_code=session.city_code, version=version)
    if document is None:
        return None
    return msgspec.json.decode(zlib.decompress(document), type=City, dec_hook=limit_hook)


async def amendments(session: Session) -> list[Duty]:
    """Return the duties that rulings made, oldest first."""
    rows = _SQL.amendments(session.connection, city_code=session.city_code)
    return [msgspec.convert(row["duty"], Duty, strict=False) async for row in rows]


async def rulings(session: Session) -> list[Ruling]:
    """Return the duties that rulings made with what they were ruled on, oldest first."""
    rows = _SQL.rulings(session.connection, city_code=session.city_code)
    return [msgspec.convert(dict(row), Ruling, strict=False) async for row in rows]
