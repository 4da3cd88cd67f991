"""登录: wrong passwords lock for ever longer, a screen left alone is signed out, a second factor is asked for, each code once."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hotline import accounts, totp
from hotline.app import make_app
from hotline.config import Settings
from hotline.lockout import ACCOUNT, ADDRESS, FORGOTTEN_AFTER
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START

if TYPE_CHECKING:
    from pathlib import Path

    from models.store.database import Session
    from tests.integration.conftest import World

FACTOR: Final = "/api/v1/session/second-factor"


class Browser:
    """One person's browser."""

    def __init__(self, world: World, username: str) -> None:
        self.world = world
        self.username = username
        self.cookie = ""

    async def sign_in(self, *, password: str = PASSWORD, status: int = 201, **more: Any) -> Any:
        content = {"username": self.username, "password": password, **more}
        async with self.world.client.post("/api/v1/session", json=content) as response:
            assert response.status == status, await response.text()
            if status == 201:
                self.cookie = f"hotline_session={response.cookies['hotline_session'].value}"
            self.world.client.session.cookie_jar.clear()
            return await response.json()

    async def ask(
        self, method: str, path: str, content: Any = None, *, status: int = 200, by_itself: bool = False
    ) -> Any:
        headers = {"cookie": self.cookie} | ({"hotline-unattended": "1"} if by_itself else {})
        async with self.world.client.request(method, path, json=content, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()


@pytest.fixture
async def lin(world: World) -> Browser:
    """A dispatcher."""

    async def work(session: Session) -> None:
        await accounts.add(session, "lin", PASSWORD, Role.DISPATCHER, None, START)
        await accounts.add(session, "root", PASSWORD, Role.ADMINISTRATOR, None, START)

    await world.hub.database.write(work)
    return Browser(world, "lin")


@pytest.mark.parametrize(("public", "is_secure"), [("https://12345.yunzhou.example", True), (None, False)])
async def test_behind_a_proxy_with_tls_no_cookie_leaves_without(
    world: World, lin: Browser, tmp_path: Path, public: str | None, *, is_secure: bool
) -> None:
    settings = Settings(data_dir=tmp_path, demo=True, public_url=public)
    content = {"username": lin.username, "password": PASSWORD}
    async with (
        TestClient(TestServer(make_app(settings, world.hub))) as client,
        client.post("/api/v1/session", json=content) as response,
        client.get("/me?type=large") as page,
    ):
        assert response.status == 201
        assert bool(response.cookies["hotline_session"]["secure"]) is is_secure
        assert [bool(one["secure"]) for one in page.cookies.values()] == [is_secure]


async def wait_over(world: World) -> None:
    """Let the time of every lock pass."""
    await world.rows("UPDATE sign_in_failures SET locked_until = $1", datetime.now(UTC) - timedelta(seconds=1))


async def test_wrong_passwords_lock_the_account_for_ever_longer_and_the_right_one_too(
    world: World, lin: Browser
) -> None:
    waits = []
    for _ in range(ACCOUNT.free):
        await lin.sign_in(password="not this one", status=401)
    for _ in range(3):
        said = await lin.sign_in(status=429)
        assert "分钟后再试" in said["detail"]
        rows = await world.rows("SELECT max(locked_until - last_at) AS length FROM sign_in_failures")
        waits.append(rows[0]["length"])
        await wait_over(world)
        await lin.sign_in(password="not this one", status=401)
    assert waits == [ACCOUNT.first, ACCOUNT.first * 2, ACCOUNT.first * 4]
    # Somebody else at the same desk is not locked.
    await Browser(world, "root").sign_in()
    await wait_over(world)
    await lin.sign_in()
    # The right password ends the row: one slip afterwards locks nothing.
    await lin.sign_in(password="not this one", status=401)
    await lin.sign_in()


async def test_guesses_at_once_are_as_many_as_one_after_the_other(world: World, lin: Browser) -> None:
    async def guess(n: int) -> int:
        content = {"username": "lin", "password": f"guess number {n}"}
        async with world.client.post("/api/v1/session", json=content) as response:
            return response.status

    found = await asyncio.gather(*(guess(n) for n in range(20)))
    assert sorted(found) == [401] * ACCOUNT.free + [429] * (20 - ACCOUNT.free)


async def test_right_passwords_at_once_all_come_in_and_count_for_nothing(world: World, lin: Browser) -> None:
    root = Browser(world, "root")
    await asyncio.gather(*(one.sign_in() for one in [lin, root] * (ACCOUNT.free - 1)))
    assert await counted(world) == 0


async def test_right_passwords_at_once_lock_nobody_where_all_wrong_ones_but_one_stand(
    world: World, lin: Browser
) -> None:
    root = Browser(world, "root")
    await lin.sign_in(password="not this one", status=401)
    # Of the account there is no row any more.
    await lin.sign_in()
    await world.rows("UPDATE sign_in_failures SET failures = $1", ADDRESS.free - 1)
    await asyncio.gather(*(one.sign_in() for one in [lin, root] * 3))
    assert await counted(world) == ADDRESS.free - 1


async def test_guesses_at_once_behind_a_lock_that_is_over_are_one(world: World, lin: Browser) -> None:
    await lin.sign_in(password="not this one", status=401)
    over = datetime.now(UTC) - timedelta(seconds=1)
    await world.rows("UPDATE sign_in_failures SET failures = $1, locked_until = $2", ADDRESS.free, over)

    async def guess(n: int) -> int:
        content = {"username": f"guess{n}", "password": "one for all"}
        async with world.client.post("/api/v1/session", json=content) as response:
            return response.status

    assert sorted(await asyncio.gather(*(guess(n) for n in range(6)))) == [401] + [429] * 5


async def counted(world: World) -> int:
    """How many wrong passwords stand against the address: the row that outlives every right one."""
    [row] = await world.rows("SELECT max(failures) AS n FROM sign_in_failures")
    return int(row["n"] or 0)


async def test_an_address_counts_a_day_and_only_what_was_wrong(world: World, lin: Browser) -> None:
    """A call centre's slips of many weeks are no attack."""
    for _ in range(3):
        await lin.sign_in(password="not this one", status=401)
        await lin.sign_in()
    assert await counted(world) == 3
    await enrolled(lin)
    before = await counted(world)
    await lin.sign_in(status=401)
    assert await counted(world) == before
    # Somebody errs every day: the window began more than a day ago, and the next slip is the first of another.
    ago = datetime.now(UTC) - FORGOTTEN_AFTER - timedelta(minutes=1)
    await world.rows("UPDATE sign_in_failures SET failures = $1, since = $2 WHERE failures > 1", ADDRESS.free - 1, ago)
    await lin.sign_in(password="not this one", status=401)
    assert await counted(world) == 1
    assert [row["locked_until"] for row in await world.rows("SELECT locked_until FROM sign_in_failures")] == [None] * 2
    # An account's are those in a row, whenever the first of them was.
    await world.rows("UPDATE sign_in_failures SET failures = $1, since = $2", ACCOUNT.free - 1, ago)
    await lin.sign_in(password="not this one", status=401)
    await lin.sign_in(status=429)


async def test_what_was_typed_as_a_name_is_nowhere_in_clear(world: World) -> None:
    await Browser(world, "my-secret-password").sign_in(status=401)
    rows = await world.rows("SELECT * FROM sign_in_failures")
    assert rows
    assert "my-secret-password" not in str(rows)


async def test_an_administrator_resets_a_forgotten_password_and_nobody_waits_for_it(world: World, lin: Browser) -> None:
    for _ in range(ACCOUNT.free):
        await lin.sign_in(password="not this one", status=401)
    root = Browser(world, "root")
    await root.sign_in()
    made = await root.ask("POST", "/api/v1/users/lin/steps", {"action": "reset_password"})
    await lin.sign_in(password=made["password"])


async def test_a_screen_left_alone_is_signed_out_and_one_in_use_is_not(world: World, lin: Browser) -> None:
    await lin.sign_in()
    long_ago = datetime.now(UTC) - accounts.IDLE_FOR + timedelta(minutes=2)
    await world.rows("UPDATE sessions SET seen_at = $1", long_ago)
    await lin.ask("GET", "/api/v1/session")
    [row] = await world.rows("SELECT seen_at FROM sessions")
    assert datetime.now(UTC) - row["seen_at"] < timedelta(minutes=1)
    await world.rows("UPDATE sessions SET seen_at = $1", datetime.now(UTC) - accounts.IDLE_FOR)
    await lin.ask("GET", "/api/v1/session", status=401)


async def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(world: World, lin: Browser) -> None:
    await lin.sign_in()
    ago = datetime.now(UTC) - accounts.IDLE_FOR + timedelta(minutes=2)
    await world.rows("UPDATE sessions SET seen_at = $1", ago)
    for path in ("/api/v1/session", "/api/v1/tickets"):
        await lin.ask("GET", path, by_itself=True)
    async with world.client.ws_connect("/api/v1/stream", headers={"cookie": lin.cookie}) as stream:
        assert not stream.closed
    [row] = await world.rows("SELECT seen_at FROM sessions")
    assert row["seen_at"] == ago


async def test_a_session_ends_after_its_longest_time_however_busy_it_was(world: World, lin: Browser) -> None:
    await lin.sign_in()
    await world.rows("UPDATE sessions SET expires_at = $1", datetime.now(UTC))
    await lin.ask("GET", "/api/v1/session", status=401)


async def enrolled(lin: Browser) -> tuple[str, list[str]]:
    """A person with a second factor: its secret and the recovery codes."""
    await lin.sign_in()
    await lin.ask("POST", FACTOR, {"password": "not this one"}, status=422)
    made = await lin.ask("POST", FACTOR, {"password": PASSWORD}, status=201)
    assert made["uri"].startswith("otpauth://totp/")
    assert made["qr"].startswith("<svg")
    await lin.ask("PUT", FACTOR, {"code": "000000"}, status=422)
    on = await lin.ask("PUT", FACTOR, {"code": now_code(made["secret"], -1)})
    return made["secret"], on["recovery_codes"]


def now_code(secret: str, later: int = 0) -> str:
    return totp.code(secret, int(time.time()) // totp.STEP_S + later)


async def test_a_second_factor_is_asked_for_and_every_code_is_taken_once(world: World, lin: Browser) -> None:
    secret, codes = await enrolled(lin)
    said = await lin.sign_in(status=401)
    assert said["code"] == "second_factor_required"
    await lin.sign_in(code="000000", status=401)
    code = now_code(secret)
    await lin.sign_in(code=code)
    await lin.sign_in(code=code, status=401)
    # A recovery code once, however it is typed.
    await lin.sign_in(code=f"{codes[0][:8]}-{codes[0][8:]}".upper())
    await lin.sign_in(code=codes[0], status=401)
    state = await lin.ask("GET", FACTOR)
    assert (state["is_on"], state["recovery_codes_left"]) == (True, len(codes) - 1)
    [row] = await world.rows("SELECT totp_secret FROM users WHERE username = 'lin'")
    assert secret.encode() not in row["totp_secret"]


async def test_the_right_password_alone_tells_that_a_code_is_wanted_and_guessing_codes_locks(
    world: World, lin: Browser
) -> None:
    await enrolled(lin)
    for _ in range(ACCOUNT.free):
        await lin.sign_in(status=401)
    for _ in range(ACCOUNT.free):
        await lin.sign_in(code="000000", status=401)
    await lin.sign_in(status=429)


async def test_a_session_alone_never_takes_away_its_own_second_factor(world: World, lin: Browser) -> None:
    root = Browser(world, "root")
    await enrolled(root)
    steps = "/api/v1/users/root/steps"
    said = await root.ask("POST", steps, {"action": "second_factor_off"}, status=409)
    assert "另一位系统管理员" in said["detail"]
    assert (await root.ask("GET", FACTOR))["is_on"]
    await lin.sign_in()
    await lin.ask("POST", steps, {"action": "second_factor_off"}, status=403)


async def test_it_ends_by_a_code_or_by_an_administrator_and_is_written_down(world: World, lin: Browser) -> None:
    _, codes = await enrolled(lin)
    await lin.ask("POST", f"{FACTOR}/end", {"code": "000000"}, status=422)
    await lin.ask("POST", f"{FACTOR}/end", {"code": codes[1]})
    await lin.sign_in()
    await enrolled(lin)
    root = Browser(world, "root")
    await root.sign_in()
    await root.ask("POST", "/api/v1/users/lin/steps", {"action": "second_factor_off"})
    await lin.ask("GET", "/api/v1/session", status=401)
    await lin.sign_in()
    told = (await root.ask("GET", "/api/v1/users/changes?username=lin"))["changes"]
    assert [(one["action"], one["by"]) for one in reversed(told)][1:] == [
        ("second_factor_on", "lin"),
        ("second_factor_off", "lin"),
        ("second_factor_on", "lin"),
        ("second_factor_off", "root"),
    ]
    await root.ask("POST", "/api/v1/users/lin/steps", {"action": "second_factor_off"}, status=409)


async def test_who_guesses_elsewhere_locks_nobody_out_of_the_browser_they_sign_in_with(
    world: World, lin: Browser
) -> None:
    content = {"username": "lin", "password": PASSWORD}
    async with world.client.post("/api/v1/session", json=content) as response:
        assert response.status == 201
        [name] = [one for one in response.cookies if one.startswith("hotline_known_")]
        known = response.cookies[name]
        world.client.session.cookie_jar.clear()
    assert known["httponly"]
    assert "lin" not in known.value
    for _ in range(ADDRESS.free):
        await lin.sign_in(password="not this one", status=401 if _ < ACCOUNT.free else 429)

    async def tried(cookie: str, password: str = PASSWORD, username: str = "lin") -> int:
        asked = {"username": username, "password": password}
        async with world.client.post("/api/v1/session", json=asked, headers={"cookie": cookie}) as response:
            world.client.session.cookie_jar.clear()
            return response.status

    await lin.sign_in(status=429)
    assert await tried(f"{name}={known.value}") == 201
    # What somebody makes up, or has of another account, is no browser that is known.
    head, _, tail = known.value.rpartition(".")
    for forged in (f"{head}.{'0' * 32}", f"9{head}.{tail}", known.value.replace(head, "x"), "", "..", "é"):
        assert await tried(f"{name}={forged}") == 429, forged
    # A thief of it has as many guesses as anybody, and locks this browser alone.
    guesses = [await tried(f"{name}={known.value}", "not this one") for _ in range(ACCOUNT.free + 1)]
    assert guesses == [401] * ACCOUNT.free + [429]
    assert await tried(f"{name}={known.value}") == 429


async def test_at_a_desk_of_many_accounts_the_oldest_are_forgotten(world: World, lin: Browser) -> None:
    others = [f"hotline_known_{n:012d}={1_700_000_000 + n}.{'0' * 16}.{'0' * 32}" for n in range(25)]
    asked = {"username": "lin", "password": PASSWORD}
    headers = {"cookie": "; ".join([*others, "hotline_known_x=²"])}
    async with world.client.post("/api/v1/session", json=asked, headers=headers) as response:
        assert response.status == 201
        dropped = {one.key for one in response.cookies.values() if one["max-age"] == "0"}
        world.client.session.cookie_jar.clear()
    assert dropped == {f"hotline_known_{n:012d}" for n in range(6)} | {"hotline_known_x"}
