"""A city's past in bulk: tickets of five years loaded as a restore would, month by month, each month's indexes built when it is full.

What is made up of what: every request is a text of the city's corpus behind the opening of another one, read by the hub's own reader
once; callers, dates, states and departments are drawn. Sealed columns hold bytes that nobody opens, of the length that they would
have. As after an import (hotline.history) only the last months have what duplicates are found by, and the newest tenth has a trail.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
from msgspec import Struct

from hotline.postgres import EmbeddedPostgres
from hotline.request import kept_reading
from models.city_corpus import read_corpus, read_letters
from models.store.migrations import migrate
from models.ticket import MONTH
from nlu.similarity import STORED
from routing.jurisdiction import Jurisdiction
from tests.bench.figures import CITY
from tests.bench.lookups import DEPARTMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.understanding import Understanding
    from nlu.reader import Reader
    from routing.jurisdiction import Atlas

MONTHS = 60
# The newest month has so many times the tickets of the oldest one.
GROWN = 3
OPEN_PER_MILLE = 400  # of what the last two months brought
LETTERS = 200
OWN_MONTHS = 24  # since when the hub registers them itself
BANDS_MONTHS = 3
WITH_TRAIL = 10  # the newest tenth
PARTED = ("tickets", "ticket_texts", "ticket_bands", "assignments", "events", "event_words")
# A disposable database: it is written once, and loaded anew where that goes wrong.
LOADING = [
    f"-c{name}={value}"
    for name, value in {
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "fsync": "off",
        "synchronous_commit": "off",
        "autovacuum": "off",
        "maintenance_work_mem": "512MB",
        "work_mem": "128MB",
        "max_wal_size": "1GB",
    }.items()
]
DONE = "SELECT substring(inhrelid::regclass::text FROM 9)::int AS yyyymm FROM pg_inherits WHERE inhparent = 'tickets'::regclass"
KIND_OF_COLUMNS = {
    "k": "int",
    "category": "text",
    "kind": "text",
    "lead": "text",
    "other": "text",
    "text": "text",
    "words": "text[]",
    "opening": "text",
    "opening_words": "text[]",
    "reading": "text",
    "bands": "bigint[]",
    "fingerprint": "bytea",
    "place": "text",
    "lat": "float8",
    "lon": "float8",
    "grid": "text",
    "street": "text",
    "district": "text",
    "sealed": "bytea",
    "brief": "bytea",
}
READ = """
CREATE UNLOGGED TABLE said AS
SELECT k, category, kind::kind, lead, other, text, array_to_tsvector(words) AS search, opening,
  array_to_tsvector(opening_words) AS opening_search, reading, bands, fingerprint, place, lat, lon, grid, street, district,
  sealed, brief
FROM read;
CREATE UNIQUE INDEX ON said (k);
DROP TABLE read;
ANALYZE said;
"""
# One row a ticket of the month: what the statements below agree upon. $1 first id, $2 how many, $3 from, $4 until, $5 of 1,000 that
# are open, $6 texts, $7 callers, $8 the moment of loading.
DRAW = """
CREATE TEMP TABLE drawn AS
SELECT id, at, dice, k, opening_of, caller, state,
  state IN ('on_desk', 'assigned', 'in_review', 'follow_up') AS is_open,
  $8::timestamptz + make_interval(secs => (dice >> 8) % 1728000) - interval '1 day' AS due
FROM (
  SELECT id, dice, dice % $6 AS k, (dice >> 20) % $6 AS opening_of,
    CASE WHEN dice % 20 < 17 THEN decode(md5(((dice >> 6) % $7)::text), 'hex') END AS caller,
    date_trunc('seconds', $3::timestamptz + ($4::timestamptz - $3::timestamptz) * ((id - $1)::float8 / $2)) AS at,
    (CASE
      WHEN (dice >> 12) % 1000 < $5 THEN
        (array_fill('assigned'::text, ARRAY[7]) || ARRAY['on_desk', 'in_review', 'follow_up'])[1 + (dice >> 4) % 10]
      ELSE
        (array_fill('answered'::text, ARRAY[6]) || ARRAY['archived', 'archived', 'archived', 'closed'])[1 + (dice >> 4) % 10]
      END)::ticket_state AS state
  FROM (SELECT id, hashint8extended(id, 7) & 4611686018427387903 AS dice
        FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS id) AS numbered) AS thrown;
"""
TICKETS = """
INSERT INTO tickets_{month} (city_code, id, state, kind, urgency, category, channel, identity, disclosure, caller_index,
  place, lat, lon, grid, street, district, flags, lead, because, grassroots, want_reply, desk_reason, registered_at, received_at,
  promised_at, first_promised_at, stage_by, reply_by, first_reply_by, closed_at, dispatch_count, send_back_count, reopen_count,
  urge_count, supervision_level, is_disputed, event_count, head_hash, imported_from, old_number)
SELECT 'yunzhou', d.id, d.state, s.kind,
  CASE WHEN (d.dice >> 3) % 200 = 0 THEN 1 WHEN (d.dice >> 3) % 20 = 1 THEN 2 WHEN (d.dice >> 3) % 4 = 0 THEN 4 ELSE 3 END,
  s.category,
  (ARRAY['phone', 'phone', 'phone', 'phone', 'phone', 'phone', 'wechat', 'web', 'app', 'mailbox'])[1 + (d.dice >> 5) % 10]::channel,
  (CASE WHEN d.caller IS NULL THEN 'anonymous' ELSE 'named' END)::identity,
  (CASE WHEN (d.dice >> 7) % 3 = 0 THEN 'confidential' ELSE 'open' END)::disclosure,
  d.caller, s.place, s.lat, s.lon, s.grid, s.street, s.district, '{{}}',
  CASE WHEN d.state <> 'answered' THEN s.lead END, '派单目录', false, true,
  CASE WHEN d.state = 'on_desk' THEN '置信度低' END, d.at, d.at,
  CASE WHEN d.is_open THEN d.due + interval '2 days' ELSE d.at + interval '15 days' END, d.at + interval '15 days',
  CASE WHEN d.state IN ('on_desk', 'in_review', 'follow_up') THEN d.due END, CASE WHEN d.state = 'assigned' THEN d.due END,
  d.at + interval '10 days',
  CASE WHEN d.state = 'answered' THEN d.at + interval '4 minutes'
    WHEN NOT d.is_open THEN least(d.at + make_interval(hours => ((d.dice >> 9) % 360)::int), $1) END,
  (d.state <> 'answered')::int, 0, 0, ((d.dice >> 11) % 10 = 0)::int, 0, false, 1, sha256(int8send(d.id)),
  CASE WHEN $2 THEN '旧平台' END, CASE WHEN $2 THEN 'OLD' || lpad((d.id % {digits})::text, 9, '0') END
FROM drawn AS d JOIN said AS s USING (k);
"""
TEXTS = """
INSERT INTO ticket_texts_{month} (city_code, id, query_code, text, brief, caller, masked_text, reading, search, fingerprint, answer)
SELECT 'yunzhou', d.id, substring(s.sealed FOR 36), s.sealed || substring(o.sealed FOR 3 * length(o.opening)), s.brief,
  CASE WHEN d.caller IS NOT NULL THEN substring(s.brief FOR 50) END, o.opening || s.text, s.reading::json,
  o.opening_search || s.search
    || CASE WHEN $1 THEN array_to_tsvector(ARRAY['OLD' || lpad((d.id % {digits})::text, 9, '0')]) ELSE ''::tsvector END,
  s.fingerprint, CASE WHEN d.state = 'answered' THEN substring(s.sealed FOR 120) END
FROM drawn AS d JOIN said AS s USING (k) JOIN said AS o ON o.k = d.opening_of;
"""
BANDS = """
INSERT INTO ticket_bands_{month} SELECT DISTINCT 'yunzhou', band, d.id FROM drawn AS d JOIN said AS s USING (k), unnest(s.bands) AS band;
"""
PARTS = """
INSERT INTO assignments_{month} (city_code, ticket_id, ordinal, role, state, department, because, is_designated, dispatched_at,
  counted_from, acknowledge_by, contact_by, reply_by, first_acknowledge_by, first_contact_by, first_reply_by, acknowledged_at,
  contacted_at, replied_at, signed_off_at, ended_at, extension_count, marks, reply)
SELECT 'yunzhou', d.id, n, (CASE n WHEN 1 THEN 'lead' ELSE 'assisting' END)::assignment_role,
  (CASE d.state WHEN 'assigned' THEN 'in_progress' WHEN 'in_review' THEN 'signed_off' ELSE 'accepted' END)::assignment_state,
  CASE n WHEN 1 THEN s.lead ELSE s.other END, '派单目录', false, d.at, d.at, d.at + interval '1 day', d.at + interval '2 days',
  CASE WHEN d.is_open THEN d.due ELSE d.at + interval '10 days' END, d.at + interval '1 day', d.at + interval '2 days',
  d.at + interval '10 days', d.at + interval '3 hours', d.at + interval '1 day',
  CASE WHEN d.state <> 'assigned' THEN d.at + interval '5 days' END, CASE WHEN d.state <> 'assigned' THEN d.at + interval '5 days' END,
  CASE WHEN NOT d.is_open THEN d.at + interval '6 days' END, 0, '{{}}', CASE WHEN d.state <> 'assigned' THEN s.brief END
FROM drawn AS d JOIN said AS s USING (k), generate_series(1, CASE WHEN (d.dice >> 2) % 8 = 0 THEN 2 ELSE 1 END) AS n
WHERE d.state NOT IN ('answered', 'on_desk');
"""
EVENTS = """
INSERT INTO events_{month}
SELECT 'yunzhou', d.id, n, (ARRAY['register', 'accept', 'dispatch', 'acknowledge', 'contact', 'reply', 'sign_off', 'review',
    'follow_up', 'close', 'archive'])[n],
  d.at + n * interval '9 hours', 'agent', 'bench', substring(s.sealed FOR 200) || s.sealed,
  sha256(int8send(d.id + n)), sha256(int8send(d.id + n + 1))
FROM drawn AS d JOIN said AS s USING (k),
  generate_series(1, CASE d.state WHEN 'answered' THEN 3 WHEN 'assigned' THEN 5 WHEN 'on_desk' THEN 2 ELSE 11 END) AS n
ORDER BY d.at + n * interval '9 hours';
"""
# None falls due while it is measured.
TIMERS = """
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
SELECT 'yunzhou', id, '1', 'red', due + interval '90 days', 0 FROM drawn WHERE is_open;
"""


class Month(Struct, frozen=True):
    """One month of the past: how many tickets, the first of them, and when it began and ended."""

    yyyymm: int
    first: int
    tickets: int
    since: datetime
    until: datetime
    back: int


def months(tickets: int, now: datetime) -> list[Month]:
    """Share tickets out over the months, the oldest first; numbers run on from one month to the next, as the hub's do."""
    weights = [1 + (GROWN - 1) * n / (MONTHS - 1) for n in range(MONTHS)]
    found, first, begun = [], 1, 0.0
    for n, weight in enumerate(weights):
        back = MONTHS - 1 - n
        since = _month_before(now, back)
        until = min(_month_before(now, back - 1), now)
        begun += weight
        last = round(tickets * begun / sum(weights))
        found.append(Month(since.year * 100 + since.month, first, last - first + 1, since, until, back))
        first = last + 1
    return found


def imported(tickets: int) -> int:
    """Return how many of so many tickets came from an old platform: the numbers up to that."""
    return sum(month.tickets for month in months(tickets, datetime.now(UTC)) if month.back >= OWN_MONTHS)


def _month_before(now: datetime, back: int) -> datetime:
    n = now.year * 12 + now.month - 1 - back
    return datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC)


async def load(folder: Path, tickets: int, reader: Reader, atlas: Atlas) -> None:
    """Fill the database of a data folder; what another run has loaded of it stays."""
    server = EmbeddedPostgres(folder / "postgres", options=LOADING)
    server.start()
    try:
        await migrate(server.url("hotline"))
        connection = await asyncpg.connect(server.url("hotline"), command_timeout=None)
        now = datetime.now(UTC)
        texts = await _read(connection, reader, atlas)
        done = {row["yyyymm"] for row in await connection.fetch(DONE)}
        began = time.monotonic()
        for month in months(tickets, now):
            if month.yyyymm not in done:
                await _load_month(connection, month, tickets, texts, now)
                told = (
                    f"{month.first + month.tickets - 1:,} of {tickets:,} loaded after {time.monotonic() - began:.0f} s"
                )
                print(told, file=sys.stderr, flush=True)
        await connection.execute("SELECT setval('ticket_numbers', $1)", tickets + 101)
        await connection.execute("DROP TABLE said")
        await connection.execute("VACUUM ANALYZE timers")
        await connection.close()
    finally:
        server.stop()
    os.sync()


async def _load_month(
    connection: asyncpg.Connection[Any], month: Month, tickets: int, texts: int, now: datetime
) -> None:
    """Fill tables of their own, which need no log and no index yet, and make them partitions: that builds their indexes."""
    names = {"month": month.yyyymm, "digits": MONTH}
    await connection.execute("".join(f"DROP TABLE IF EXISTS {table}_{month.yyyymm};" for table in PARTED))
    is_imported = month.back >= OWN_MONTHS
    async with connection.transaction():
        for table in PARTED:
            await connection.execute(
                f"CREATE TABLE {table}_{month.yyyymm} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
            )
        low = month.yyyymm * MONTH
        per_mille = OPEN_PER_MILLE if month.back < 2 else 0
        await connection.execute(
            DRAW,
            low + month.first,
            month.tickets,
            month.since,
            month.until,
            per_mille,
            texts,
            max(tickets // 4, 1000),
            now,
        )
        await connection.execute(TICKETS.format(**names), now, is_imported)
        await connection.execute(TEXTS.format(**names), is_imported)
        await connection.execute(PARTS.format(**names))
        if month.back < BANDS_MONTHS:
            await connection.execute(BANDS.format(**names))
        if month.first + month.tickets > tickets - tickets // WITH_TRAIL:
            await connection.execute(EVENTS.format(**names))
        await connection.execute("DELETE FROM timers WHERE ticket_id BETWEEN $1 AND $2", low, low + MONTH)
        await connection.execute(TIMERS)
        await connection.execute("DROP TABLE drawn")
    await connection.execute(f"VACUUM (FREEZE, ANALYZE) {', '.join(f'{table}_{month.yyyymm}' for table in PARTED)}")
    # The tickets last: only then the month counts as loaded.
    for table in reversed(PARTED):
        await connection.execute(
            f"ALTER TABLE {table} ATTACH PARTITION {table}_{month.yyyymm} FOR VALUES FROM ({low}) TO ({low + MONTH})"
        )


async def _read(connection: asyncpg.Connection[Any], reader: Reader, atlas: Atlas) -> int:
    """Keep what the hub reads of each text, to be drawn from; return how many there are."""
    columns = ", ".join(f"{name} {kind}" for name, kind in KIND_OF_COLUMNS.items())
    await connection.execute(f"DROP TABLE IF EXISTS said; CREATE UNLOGGED TABLE read ({columns})")
    rows = list(_told(reader, atlas))
    await connection.copy_records_to_table("read", records=rows, columns=list(KIND_OF_COLUMNS))
    await connection.execute(READ)
    return len(rows)


def _told(reader: Reader, atlas: Atlas) -> Iterator[tuple[Any, ...]]:
    pick = random.Random(9)
    letters = [(row.text, row.code) for row in read_letters(CITY)]
    now = datetime.now(UTC)
    places = [
        reader.understand(f"{place.name}停水", received_at=now)
        for place in pick.sample(list(reader.city.gazetteer), 2000)
    ]
    for k, (text, code) in enumerate(
        [(row.text, row.code) for row in read_corpus(CITY)] + pick.sample(letters, LETTERS)
    ):
        read = reader.understand(text, received_at=now)
        opening = re.split("[，。！？；]", read.masked_text)[0][:24] + "，"
        lead, other = (DEPARTMENTS[min(int(pick.expovariate(0.5)), len(DEPARTMENTS) - 1)] for _ in range(2))
        yield (
            k,
            code,
            str(read.kind),
            lead,
            other,
            read.masked_text,
            list(read.tokens),
            opening,
            list(reader.search_tokens(opening)),
            msgspec.json.encode(kept_reading(read, reader.names.without_somebody)).decode(),
            list(read.bands[:STORED]),
            read.fingerprint,
            *_where(pick.choice(places), atlas),
            os.urandom(3 * len(text) + 30),
            os.urandom(3 * min(len(text), 100) + 30),
        )


def _where(read: Understanding, atlas: Atlas) -> tuple[Any, ...]:
    place = read.place
    if place is None:
        return (None,) * 6
    found = atlas.by_place(place) or Jurisdiction("")
    return place.name, place.lat, place.lon, found.grid, found.street, found.district or None
