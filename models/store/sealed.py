"""Every sealed column, and how its values come under another key (换钥) while others write.

The statements are made from the table below, which is the only one of its kind: a column that is not named here stays under its
old key. A test compares it with the schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.cipher import CannotOpen

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from models.store.database import Session

# Every row is looked at.
COUNT_WITHIN_S: Final = 3600.0


class Sealed(NamedTuple):
    """Columns of a table that are sealed for the same place; `key` is its primary key after the city."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    place: str
    at_a_time: int = 500


class Turn(NamedTuple):
    """What one batch did: where to go on, how many rows are anew, what does not open. `last` is None at the end."""

    last: tuple[Any, ...] | None
    resealed: int
    damaged: list[str]


SEALED: Final = (
    Sealed("ticket_texts", ("query_code", "text", "brief", "caller", "answer"), ("id",), "id::text"),
    Sealed("assignments", ("reply",), ("ticket_id", "ordinal"), "ticket_id || '/' || ordinal"),
    Sealed("event_words", ("words",), ("ticket_id", "seq"), "ticket_id || '/' || seq"),
    Sealed("supervisions", ("answer",), ("ticket_id", "seq"), "ticket_id || '/' || seq"),
    Sealed("interactions", ("transcript",), ("id",), "id::text"),
    Sealed("interactions", ("caller",), ("id",), "encode(caller_index, 'hex')"),
    Sealed("conversations", ("draft", "phone"), ("id",), "id::text"),
    Sealed("conversations", ("outside",), ("id",), "encode(outside_index, 'hex')"),
    Sealed("conversation_turns", ("text",), ("conversation", "seq"), "conversation || '/' || seq"),
    Sealed("phone_codes", ("phone",), ("conversation", "sent_at"), "conversation::text"),
    Sealed("deliveries", ("body",), ("id",), "id"),
    Sealed("notices", ("address", "body"), ("id",), "id"),
    Sealed("idempotency", ("response",), ("channel", "key"), "channel || '/' || key"),
    Sealed("handoffs", ("note",), ("id",), "id"),
    Sealed("feed_records", ("body",), ("line", "external_id"), "line || '/' || external_id"),
    Sealed("attachments", ("name",), ("id",), "id"),
    Sealed("drafts", ("fields",), ("id",), "id"),
    Sealed("caller_limits", ("caller",), ("id",), "encode(caller_index, 'hex')"),
    Sealed("exclusions", ("evidence",), ("id",), "ticket_id || '/' || seq"),
    Sealed("countersigns", ("reason",), ("id",), "ticket_id || '/' || seq"),
    Sealed("access_log", ("reason",), ("id",), "place"),
    Sealed("exports", ("content",), ("id",), "id::text", at_a_time=1),
    Sealed("endpoints", ("webhook_secrets", "callback_secrets"), ("department",), "department"),
    Sealed("users", ("totp_secret",), ("username",), "username"),
)


async def reseal_some(session: Session, one: Sealed, after: tuple[Any, ...] | None) -> Turn:
    """Look at the next rows, and seal those that are under another key anew under the current one.

    A row that somebody else writes meanwhile is left as it is: it is under the current key then, or comes up again.
    """
    rows = await session.connection.fetch(
        _select(one, is_first=after is None),
        session.city_code,
        bytes([session.keyring.current]),
        one.at_a_time,
        *(after or ()),
    )
    found, damaged = [], list[str]()
    for row in rows:
        if not row["is_stale"]:
            continue
        try:
            fresh = [_resealed(session, one, column, row) for column in one.columns]
        except CannotOpen:
            damaged.append(f"{one.table} {row['place']}")
            continue
        found.append((session.city_code, *(row[name] for name in (*one.key, *one.columns)), *fresh))
    await session.connection.executemany(_update(one), found)
    last = tuple(rows[-1][name] for name in one.key) if rows else None
    return Turn(last, len(found), damaged)


async def counts(session: Session, one: Sealed, cities: Sequence[str]) -> dict[int, int]:
    """Return how many values of these cities there are under each key."""
    found: dict[int, int] = {}
    for column in one.columns:
        sql = f"""
            SELECT get_byte(substring({column} FOR 2), 1) AS key, count(*) AS n FROM {one.table}
            WHERE city_code = ANY ($1::text[]) AND length({column}) > 1 GROUP BY 1"""  # noqa: S608 - names of our own
        for row in await session.connection.fetch(sql, cities, timeout=COUNT_WITHIN_S):
            found[row["key"]] = found.get(row["key"], 0) + row["n"]
    return found


def _resealed(session: Session, one: Sealed, column: str, row: asyncpg.Record) -> bytes | None:
    sealed = row[column]
    if not sealed or sealed[1] == session.keyring.current:
        return None if sealed is None else bytes(sealed)
    return session.keyring.reseal(sealed, one.table, column, row["place"])


def _select(one: Sealed, *, is_first: bool) -> str:
    """The next rows, however many of them are done: to look for those that are not may take longer than one may wait."""
    key, columns = ", ".join(one.key), ", ".join(one.columns)
    stale = " OR ".join(f"coalesce(substring({column} FROM 2 FOR 1) <> $2, false)" for column in one.columns)
    shown = ", ".join(f"CASE WHEN is_stale THEN {column} END AS {column}" for column in one.columns)
    onwards = "" if is_first else f"AND ({key}) > ({_numbers(4, one.key)})"
    return f"""
        SELECT {key}, place, is_stale, {shown} FROM (
          SELECT {key}, {one.place} AS place, {stale} AS is_stale, {columns} FROM {one.table}
          WHERE city_code = $1 {onwards} ORDER BY {key} LIMIT $3) AS page
        ORDER BY {key}"""  # noqa: S608 - names of our own


def _update(one: Sealed) -> str:
    before, after = len(one.key) + 2, len(one.key) + 2 + len(one.columns)
    fresh = ", ".join(f"{column} = ${after + n}" for n, column in enumerate(one.columns))
    same = " AND ".join(f"{column} IS NOT DISTINCT FROM ${before + n}" for n, column in enumerate(one.columns))
    return f"""
        UPDATE {one.table} SET {fresh}
        WHERE city_code = $1 AND ({", ".join(one.key)}) = ({_numbers(2, one.key)}) AND {same}"""  # noqa: S608 - names of our own


def _numbers(first: int, names: Sequence[str]) -> str:
    return ", ".join(f"${first + n}" for n in range(len(names)))
