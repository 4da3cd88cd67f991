"""City life at high speed: what was dispatched ends closed, the trail holds, and an altered row is found."""

from __future__ import annotations

import asyncio
import csv
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from hotline.postgres import EmbeddedPostgres
from models.city_files import read_corpus
from models.ticket import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub

CITY = Path(__file__).parent.parent.parent / "cities" / "yunzhou"
ROWS = 120
WITHIN_S = 150
ENDED = {"closed", "archived"}


def test_what_was_dispatched_ends_closed_and_every_trail_holds(
    running_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub = running_hub(clock_speed=7200)
    url = EmbeddedPostgres(hub.data_dir / "postgres").url("hotline")
    rows = tmp_path / "rows.csv"
    _write_rows(rows)

    sent = _replay(hub, rows)
    assert sent["accepted"] == ROWS
    assert sent["failed"] == 0
    again = _replay(hub, rows)
    assert again["accepted"] == 0
    assert again["duplicates"] == ROWS

    life = subprocess.Popen([sys.executable, "-m", "hotline", "simulate"], env=hub.environ, stdout=subprocess.DEVNULL)
    try:
        share = _wait_closed(url)
    finally:
        life.terminate()
        life.wait(20)
    assert share >= 0.95, f"only {share:.0%} of what was dispatched ended"

    verified = hub.hotline("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    recomputed = hub.hotline("audit", "recompute")
    assert recomputed.returncode == 0, recomputed.stdout
    figures = json.loads(hub.hotline("backlog", "--json").stdout)
    assert {"open", "backlog", "departments"} <= figures.keys()

    altered = asyncio.run(_alter_one_event(url))
    found = hub.hotline("audit", "verify")
    assert found.returncode == 1
    assert altered in found.stdout


def _write_rows(path: Path) -> None:
    texts = [row.text for row in read_corpus(CITY)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows((f"row-{n}", text) for n, text in enumerate(random.Random(4).sample(texts, ROWS)))


def _replay(hub: RunningHub, rows: Path) -> dict[str, Any]:
    done = hub.hotline("replay", str(rows), "--json")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _wait_closed(url: str) -> float:
    """Wait until all that was dispatched has ended, or the time is up; returns the share that has."""
    share, until = 0.0, time.monotonic() + WITHIN_S
    while time.monotonic() < until and share < 0.97:
        time.sleep(2)
        share = asyncio.run(_closed_share(url))
    return share


async def _closed_share(url: str) -> float:
    connection = await asyncpg.connect(url)
    states = await connection.fetch("SELECT state::text AS state FROM tickets WHERE dispatch_count > 0")
    waiting = await connection.fetchval("SELECT count(*) FROM tickets WHERE state IN ('registered', 'on_desk')")
    await connection.close()
    ended = sum(1 for row in states if row["state"] in ENDED)
    return ended / (len(states) + waiting)


async def _alter_one_event(url: str) -> str:
    """Change one letter of one event as somebody with the database's password could; returns the ticket's number."""
    connection = await asyncpg.connect(url)
    ticket_id = await connection.fetchval("SELECT ticket_id FROM events ORDER BY ticket_id DESC LIMIT 1")
    await connection.execute("UPDATE events SET actor = actor || 'x' WHERE ticket_id = $1 AND seq = 2", ticket_id)
    await connection.close()
    return number_of(ticket_id)
