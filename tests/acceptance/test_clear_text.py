"""Who called, their phones and ID numbers, in clear: nowhere in logs, figures, addresses, foreign webhooks, files, or on the disk.

`HOTLINE_TEST_CALLERS=500` sends so many; sixty by itself.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import secrets
import signal
import subprocess
import time
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import ahocorasick_rs
import asyncpg
import pytest

from hotline.postgres import BINARIES, EmbeddedPostgres
from tests.acceptance.conftest import start_hub
from tests.acceptance.marked_callers import callers
from tests.acceptance.marked_town import Town
from tests.chaos.faults import processes

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunningHub
    from tests.acceptance.marked_callers import Marked

LOG = logging.getLogger(__name__)
COUNT = int(os.environ.get("HOTLINE_TEST_CALLERS", "60"))
QUIET_WITHIN_S = 120 + COUNT
CITY = Path(__file__).parent.parent.parent / "cities" / "yunzhou"


async def live(town: Town) -> None:
    """Let every caller be heard on every way that words can take."""
    await asyncio.gather(*(_register(town, one) for one in town.marked[: COUNT // 2]))
    # A server of the database that is killed in the middle of it all leaves errors in every log.
    os.kill(processes(town.hub, "postgres")[0], signal.SIGKILL)
    await asyncio.gather(*(_register(town, one) for one in town.marked[COUNT // 2 :]))
    await asyncio.gather(*(_go_on(town, one) for one in town.marked))
    await _delivered(town)
    await _look(town)
    await _export(town)
    for _ in range(6):
        town.metrics.append(str(await town.send("GET", "/metrics", None)))


async def _register(town: Town, one: Marked) -> None:
    request = one.request
    if one.n % 10 == 0:
        request["attachments"] = [await town.upload(f"{one.name}身份证{one.identity_number}.png")]
    town.receipts[one.n] = await town.send("POST", "/api/v1/tickets", "phone", request)


async def _go_on(town: Town, one: Marked) -> None:
    number, code = town.receipts[one.n]["number"], town.receipts[one.n]["query_code"]
    words = f"补充：{one.own_words}"
    await town.send(
        "POST",
        f"/api/v1/track/{number}/steps",
        None,
        {"action": "supplement", "code": code, "text": words},
        ok=(200, 409, 422, 429),
    )
    await town.step(
        number, "note", "agent", reason=f"诉求人{one.name}要求改打{one.written_phone}，身份证{one.identity_number}"
    )
    call = await town.send("POST", "/api/v1/interactions", "phone", {"line": "12345", "caller": {"phone": one.phone}})
    event = {"event": ("answered", "abandoned")[one.n % 2]}
    await town.send("POST", f"/api/v1/interactions/{call['id']}/events", "phone", event)
    if one.n % 6 == 0:
        chat = await town.send("POST", "/api/v1/chats", None, {}, ok=(201, 429))
        if "token" in chat:
            message = {"key": secrets.token_hex(8), "text": one.own_words}
            headers = {"authorization": f"Bearer {chat['token']}"}
            address = f"{town.hub.url}/api/v1/chats/{chat['id']}/messages"
            async with town.session.post(address, json=message, headers=headers) as response:
                assert response.status in {200, 201, 429, 503}, await response.text()
    # What is no request at all, with all of it inside: refused, and told to nobody.
    for broken in (
        {"text": one.own_words, "caller": {"phone": [one.phone]}},
        {"text": one.own_words * 2000},
        [one.own_words],
    ):
        await town.send("POST", "/api/v1/tickets", "web", broken, ok=(400, 422, 413))
    for words in (one.name, one.phone, one.identity_number):
        await town.send("GET", f"/api/v1/tickets?q={quote(words)}", "supervisor", ok=(200, 400, 422))
        await town.send("GET", f"/api/v1/{quote(words)}", "supervisor", ok=(404,))


async def _delivered(town: Town) -> None:
    """Wait until no webhook waits."""
    connection = await asyncpg.connect(EmbeddedPostgres(town.hub.data_dir / "postgres").url("hotline"))
    until = time.monotonic() + QUIET_WITHIN_S
    while await connection.fetchval("SELECT count(*) FROM deliveries WHERE state = 'waiting'"):
        assert time.monotonic() < until, "webhooks still wait"
        await asyncio.sleep(0.5)
    await connection.close()


async def _look(town: Town) -> None:
    """Review, export, scrape, and read as departments do."""
    for one in town.marked[::5]:
        number = town.receipts[one.n]["number"]
        await town.send(
            "POST", f"/api/v1/tickets/{number}/reveal", "supervisor", {"reason": "核实诉求"}, ok=(200, 202, 403, 409)
        )
        await town.step(number, "approve", "reviewer")
        await town.step(number, "follow_up", "follow_up", reached=True, solved=True, satisfied=True)
    for code in town.access["departments"]:
        found = await town.send("GET", "/api/v1/tickets?limit=100", code)
        for ticket in found["tickets"][:5]:
            for rest in ("", "/trail"):
                await town.send("GET", f"/api/v1/tickets/{ticket['number']}{rest}", code)


async def _export(town: Town) -> None:
    # So many at once are a storm, in which files wait.
    ended = {"action": "end", "reason": "来件已平复"}
    await town.send("POST", "/api/v1/storm", "shift_lead", ended, ok=(200, 409))
    until = time.monotonic() + QUIET_WITHIN_S
    for file_format in ("csv", "xlsx"):
        made = await town.send("POST", "/api/v1/exports", "supervisor", {"filters": {}, "format": file_format})
        while (await town.send("GET", f"/api/v1/exports/{made['id']}", "supervisor"))["state"] != "made":
            assert time.monotonic() < until, "the files were not made"
            await asyncio.sleep(0.3)
        session = await town.person("supervisor")
        async with session.get(f"{town.hub.url}/api/v1/exports/{made['id']}/file") as response:
            assert response.status == 200
            town.files.append(await response.read())


@cache
def _ways(marks: tuple[str, ...]) -> tuple[ahocorasick_rs.BytesAhoCorasick, list[str]]:
    """The marks as they are, as JSON and addresses write them, and in the halves of UTF-16."""
    ways = {}
    for mark in marks:
        for way in (mark.encode(), json.dumps(mark)[1:-1].encode(), quote(mark).encode(), mark.encode("utf-16-le")):
            ways[way] = mark
    return ahocorasick_rs.BytesAhoCorasick(list(ways)), list(ways.values())


def hits(content: bytes, marks: list[str]) -> list[str]:
    """The marks that stand in a file."""
    if not marks:
        return []
    finder, names = _ways(tuple(marks))
    return sorted({names[n] for n, _, _ in finder.find_matches_as_indexes(content)})


def unpacked(content: bytes) -> bytes:
    """A workbook is a packed folder."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        return b"\n".join(folder.read(name) for name in folder.namelist())


def dumped(hub: RunningHub) -> bytes:
    """Every value of the database in words: on the disk a long one may be packed, here it is not; bytes as bytes."""
    postgres = EmbeddedPostgres(hub.data_dir / "postgres")
    password = (postgres.folder / "password").read_text().strip()
    command = [str(BINARIES / "pg_dump"), "-h", str(postgres.sockets), "-U", "hotline"]
    command += ["--data-only", "--inserts", "hotline"]
    environ = {"PGPASSWORD": password, "PATH": os.environ["PATH"]}
    return subprocess.run(command, env=environ, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def marked() -> list[Marked]:
    found = list(callers(COUNT))
    texts = b"".join(path.read_bytes() for path in CITY.rglob("*") if path.is_file())
    assert hits(texts, [mark for one in found for mark in one.marks]) == [], (
        "a mark that occurs in the city tells nothing"
    )
    return found


@pytest.mark.timeout(600 + 6 * COUNT)
async def test_nobodys_name_phone_or_number_stands_anywhere_in_clear(marked: list[Marked], tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    hub = start_hub(tmp_path / "data", log=log, HOTLINE_SERVERS="2")
    try:
        await asyncio.to_thread(hub.wait_ready)
        town = Town(hub, marked)
        await town.open()
        try:
            await live(town)
        finally:
            await town.close()
        connection = await asyncpg.connect(EmbeddedPostgres(hub.data_dir / "postgres").url("hotline"))
        await connection.execute("CHECKPOINT")
        await connection.close()
        values = await asyncio.to_thread(dumped, hub)
    finally:
        await asyncio.to_thread(hub.stop)
    found = await asyncio.to_thread(search, town, log, values)
    bodies = json.dumps(town.webhooks, ensure_ascii=False).encode()
    shown = [one for one in marked if hits(bodies, [one.phone])]
    LOG.info(
        "%d callers, %d webhooks with %d of them, places searched: %s", COUNT, len(town.webhooks), len(shown), found
    )
    assert shown, "who is shown to the department was not, or the search finds nothing"
    assert all(one.is_shown for one in shown)
    for place, content in (("values", values), ("export", unpacked(town.files[1])), ("reads", town.read)):
        assert hits(content, ["翠湖路"]), f"nothing was said in {place}"
    assert {place: said for place, said in found.items() if said} == {}


def search(town: Town, log: Path, values: bytes) -> dict[str, list[str]]:
    """Every place with what stands in it and must not."""
    every = [mark for one in town.marked for mark in one.marks]
    found = {"values of the database": hits(values, every) + hits(values, [one.encode().hex() for one in every])}
    for path in sorted((town.hub.data_dir).rglob("*")):
        if path.is_file():
            found[path.relative_to(town.hub.data_dir).parts[0]] = [
                *found.get(path.relative_to(town.hub.data_dir).parts[0], []),
                *(f"{path.name}: {mark}" for mark in hits(path.read_bytes(), every)),
            ]
    found["logs"] = hits(log.read_bytes(), every)
    found["metrics"] = hits("".join(town.metrics).encode(), every)
    for n, content in enumerate(town.files):
        found[f"export {n}"] = hits(unpacked(content), every)
    inner = [mark for one in town.marked for mark in one.inner]
    silent = [mark for one in town.marked if not one.is_shown for mark in one.marks]
    bodies = "\n".join(json.dumps(body, ensure_ascii=False) for _, body in town.webhooks).encode()
    found["webhooks: numbers in the words"] = hits(bodies, inner)
    found["webhooks: callers who are not shown"] = hits(bodies, silent)
    found["webhooks: callers of others"] = foreign(town)
    found["read by departments"] = hits(town.read, inner) + hits(town.read, silent)
    return found


def foreign(town: Town) -> list[str]:
    """Callers in webhooks to a department that does not have their ticket, or outside of the field for the caller."""
    found = []
    every = [mark for one in town.marked for mark in one.marks]
    owners = {town.receipts[one.n]["number"]: one for one in town.marked}
    for code, body in town.webhooks:
        data = dict(body["data"])
        if body["type"] == "sms.send":
            continue
        own = owners.get(data.get("ticket"))
        caller = json.dumps(data.pop("caller", None), ensure_ascii=False).encode()
        others = set(hits(caller, every)) - set(own.marks if own else ())
        rest = json.dumps(data, ensure_ascii=False).encode()
        found += [f"{code} {body['type']}: {mark}" for mark in (*others, *hits(rest, every))]
    return found
