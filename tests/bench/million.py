"""A million tickets, 200,000 of them open: timers, what may be the same matter, worklists and search over real HTTP."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from hotline.postgres import EmbeddedPostgres
from models import cipher
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.store import database, steps
from models.store.migrations import migrate
from nlu.reader import Reader
from nlu.similarity import STORED
from tests.bench import lookups
from tests.bench.figures import CITY, MODEL, quantile, report
from tests.bench.lookups import DEPARTMENTS

if TYPE_CHECKING:
    from pathlib import Path

TICKETS, OPEN = 1_000_000, 200_000
MONTHS = 12
# Every template is a real reading of a corpus text; a ticket joins the words of two of them, so that lengths and
# frequencies are those of life. `n` counts from the newest: the first 200,000 are open.
LOAD = """
INSERT INTO tickets (city_code, id, state, kind, urgency, category, channel, identity, disclosure, flags, lead, because,
  grassroots, want_reply, registered_at, received_at, promised_at, first_promised_at, reply_by, dispatch_count,
  send_back_count, reopen_count, urge_count, supervision_level, is_disputed, event_count, head_hash)
SELECT 'yunzhou', $1::bigint * 10000000000 + n, (CASE WHEN n % 5 = 0 THEN $2 ELSE 'archived' END)::ticket_state,
  'complaint', 3, t.category, 'phone', 'anonymous', 'confidential', '{}', t.lead, '派单目录', true, true,
  $3::timestamptz + n * interval '20 seconds', $3::timestamptz + n * interval '20 seconds',
  $3::timestamptz + n * interval '20 seconds' + interval '60 days', $3::timestamptz + interval '60 days',
  $3::timestamptz + n * interval '20 seconds' + interval '50 days', 1, 0, 0, 0, 0, false, 4, '\\x00'
FROM generate_series($4::int, $5::int) AS n JOIN template AS t ON t.k = n % $6;
"""
LOAD_TEXTS = """
INSERT INTO ticket_texts (city_code, id, query_code, text, brief, masked_text, reading, search, fingerprint)
SELECT 'yunzhou', $1::bigint * 10000000000 + n, '\\x00', decode(repeat('ab', 300), 'hex'), decode(repeat('cd', 200), 'hex'),
  a.text || b.text, '{}', array_to_tsvector(a.tokens || b.tokens), a.fingerprint
FROM generate_series($2::int, $3::int) AS n JOIN template AS a ON a.k = n % $4 JOIN template AS b ON b.k = (n * 7 + 3) % $4;
"""
LOAD_BANDS = """
INSERT INTO ticket_bands SELECT 'yunzhou', band, $1::bigint * 10000000000 + n
FROM generate_series($2::int, $3::int) AS n JOIN template AS t ON t.k = n % $4, unnest(t.bands) AS band;
"""
LOAD_PARTS = """
INSERT INTO assignments (city_code, ticket_id, ordinal, role, state, department, because, is_designated, dispatched_at,
  counted_from, acknowledge_by, contact_by, reply_by, first_acknowledge_by, first_contact_by, first_reply_by,
  extension_count, marks)
SELECT city_code, id, 1, 'lead', (CASE WHEN state = 'assigned' THEN 'in_progress' ELSE 'accepted' END)::assignment_state,
  lead, '派单目录', false, registered_at, registered_at, promised_at, promised_at, reply_by, promised_at, promised_at,
  reply_by, 0, '{}'
FROM tickets WHERE id >= $1::bigint * 10000000000 AND id < ($1::bigint + 1) * 10000000000;
"""
LOAD_TIMERS = """
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
SELECT city_code, ticket_id, '1', 'red', $1::timestamptz + (row_number() OVER ()) * interval '1 second', 0
FROM assignments WHERE state = 'in_progress';
"""


async def measure(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    try:
        url = server.url("hotline")
        await migrate(url)
        city = read_city(CITY)
        keyring = cipher.Keyring(cipher.generate())
        reader = Reader.load(MODEL, city, fingerprint_key=keyring.fingerprint_seed)
        store = await database.connect(url, city.code, keyring)
        began = time.monotonic()
        words = await _fill(url, store, reader)
        report("million_load", time.monotonic() - began, "s to load", 0, "-")
        await _timers(store)
        await _duplicates(store, reader)
        async with lookups.hub_over(folder, store, reader) as client:
            await _lists(client, words)
        await store.close()
    finally:
        server.stop()


async def _fill(url: str, store: database.Database, reader: Reader) -> Counter[str]:
    """Load month by month; indexes of the words are built afterwards, as a restore would."""
    now = datetime.now(UTC)
    words: Counter[str] = Counter()
    rows = []
    for k, row in enumerate(read_corpus(CITY)):
        read = reader.understand(row.text, received_at=now)
        words.update(read.tokens)
        lead = random.Random(k).choice(DEPARTMENTS)
        kept = (list(read.tokens), list(read.bands[:STORED]), read.fingerprint)
        rows.append((k, row.code, lead, read.masked_text, *kept))
    connection = await asyncpg.connect(url)
    await connection.execute(
        "CREATE TABLE template (k int PRIMARY KEY, category text, lead text, text text, tokens text[], bands bigint[],"
        " fingerprint bytea)"
    )
    await connection.copy_records_to_table("template", records=rows)
    await connection.execute("DROP INDEX ticket_texts_search; ANALYZE template")
    for back in range(MONTHS):
        month = (now.replace(day=15) - timedelta(days=30 * back)).replace(day=1, hour=0, minute=0)
        yyyymm = month.year * 100 + month.month
        async with store.session() as session:
            await steps.ensure_month(session, month)
        each = TICKETS // MONTHS
        await connection.execute(LOAD, yyyymm, "assigned", month, 1, each, len(rows))
        await connection.execute(LOAD_TEXTS, yyyymm, 1, each, len(rows))
        await connection.execute(LOAD_BANDS, yyyymm, 1, each, len(rows))
        await connection.execute(LOAD_PARTS, yyyymm)
    await connection.execute(LOAD_TIMERS, now)
    await connection.execute("CREATE INDEX ticket_texts_search ON ticket_texts USING gin (search)")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return words


async def _timers(store: database.Database) -> None:
    claimed, idle = await lookups.timers_ms(store)
    one_row = await lookups.one_row_ms(store)
    report("timers_claim", claimed, "ms for 1,000 due of 200,000", one_row, "≤ 60")
    report("timers_idle", idle, "ms p95 for a tick with nothing due", one_row, "≤ 5")


async def _duplicates(store: database.Database, reader: Reader) -> None:
    times = await lookups.duplicates_ms(store, reader)
    one_row = await lookups.one_row_ms(store)
    report("duplicates", quantile(times, 50), "ms p50 to find and compare what may be the same", one_row, "-")
    report("duplicates_p95", quantile(times, 95), "ms p95", one_row, "≤ 20")


async def _lists(client: lookups.Client, words: Counter[str]) -> None:
    health = await lookups.health_p95(client)
    for name in lookups.LISTS:
        report(name, await lookups.list_p95(client, name), "ms p95 for a page of 20", health, "≤ 25")
    for length, limit in ((2, "≤ 300"), (4, "≤ 40")):
        chosen = [word for word, _ in words.most_common() if len(word) == length][:100]
        found = await lookups.search_p95(client, chosen)
        report(f"search{length}", found, f"ms p95 for the 100 commonest words of {length} characters", health, limit)
