"""统一身份认证: signing in by a real OpenID Connect provider, and what is tried to come in without it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from hotline import accounts, totp
from hotline.app import make_app
from hotline.config import Settings
from hotline.identity import BY_PROVIDER, REFUSALS
from models.vocabulary import Role
from tests.integration.conftest import ADDRESS, PASSWORD, START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from tests.integration.conftest import World

    Opened = Callable[..., Awaitable["Browser"]]

BACK: Final = f"{ADDRESS}/sign-in/return"
SESSION: Final = "/api/v1/session"
NAME: Final = "云州市统一身份认证"
ROLES: Final = """
[[roles]]
value = "12345-admin"
role = "administrator"
[[roles]]
value = "12345-desk"
role = "dispatcher"
[[roles]]
value = "urban-duty"
role = "department"
department = "urban"
"""
Answer = tuple[int, str, str]


class Provider:
    """The provider's process as its administrator and its users see it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: dict[str, Any] = {}

    async def open(self) -> None:
        self.http = aiohttp.ClientSession()
        async with self.http.post(f"{self.url}/oauth2/clients", json={"redirect_uris": [BACK]}) as response:
            self.client = await response.json()

    async def person(self, subject: str, *roles: str, name: str = "") -> None:
        claims = {"roles": list(roles), "preferred_username": name or subject}
        async with self.http.put(f"{self.url}/users/{subject}", json=claims) as response:
            assert response.status == 204

    async def crooked(self, **how: Any) -> None:
        async with self.http.post(f"{self.url}/crooked", json=how) as response:
            assert response.status == 204

    async def entered(self, address: str, subject: str, *, action: str = "") -> str:
        """Sign in there as a person does; returns where the provider leads back to."""
        form = {"action": action} if action else {"sub": subject}
        async with self.http.post(address, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return response.headers["location"]


@pytest.fixture(scope="module")
def processes() -> Iterator[list[str]]:
    """Two providers; the second one is nobody's."""
    command = [sys.executable, str(Path(__file__).with_name("provider_process.py"))]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)
    ]
    yield [one.stdout.readline().strip() for one in started if one.stdout is not None]
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
async def provider(processes: list[str]) -> AsyncIterator[Provider]:
    made = Provider(processes[0])
    await made.open()
    yield made
    await made.crooked()
    await made.http.close()


class Browser:
    """A browser at a hub that knows a provider."""

    def __init__(self, client: TestClient[web.Request, web.Application], provider: Provider) -> None:
        self.client = client
        self.provider = provider

    async def ask(self, path: str, *, method: str = "GET", **more: Any) -> Answer:
        async with self.client.request(method, path, allow_redirects=False, **more) as response:
            return response.status, response.headers.get("location", ""), await response.text()

    async def start(self, to: str = "") -> str:
        """Where the hub sends a person."""
        status, address, said = await self.ask(f"/sign-in/start?{urlencode({'to': to})}")
        assert status == 303, said
        return address

    async def back(self, subject: str, to: str = "") -> str:
        """The address of the hub, with a code, that the provider leads a person back to."""
        return (await self.provider.entered(await self.start(to), subject)).removeprefix(ADDRESS)

    async def sign_in(self, subject: str, to: str = "") -> Answer:
        return await self.ask(await self.back(subject, to))

    async def refused(self, subject: str, reason: str) -> None:
        status, address, _ = await self.sign_in(subject)
        assert (status, address) == (303, f"/#/sign-in?refused={reason}")
        assert (await self.ask(SESSION))[0] == 401

    async def who(self) -> Any:
        async with self.client.get(SESSION) as response:
            return await response.json() if response.status == 200 else None

    def forget(self) -> None:
        self.client.session.cookie_jar.clear()


@pytest.fixture
async def opened(hub: Hub, provider: Provider, tmp_path: Path) -> AsyncIterator[Opened]:
    """Open a hub with these lines in its file."""
    clients = []

    async def open_hub(lines: str = "", of: Provider | None = None, secret: str = "") -> Browser:
        one = of or provider
        (tmp_path / "secret").write_text(secret or one.client["client_secret"])
        (tmp_path / "oidc.toml").write_text(
            f'name = "{NAME}"\nissuer = "{one.url}"\nclient_id = "{one.client["client_id"]}"\n'
            f'client_secret_file = "secret"\n{lines}\n{ROLES}'
        )
        settings = Settings(data_dir=tmp_path, public_url=ADDRESS, oidc=tmp_path / "oidc.toml")
        server = TestServer(make_app(settings, hub))
        await server.start_server()
        # Its cookies are for TLS alone, which the proxy in front would speak.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=server.make_url("/").origin())
        client = TestClient(server, cookie_jar=jar)
        clients.append(client)
        return Browser(client, one)

    yield open_hub
    for client in clients:
        await client.close()


@pytest.fixture
async def people(world: World) -> None:
    async def work(session: Session) -> None:
        await accounts.add(session, "lin", PASSWORD, Role.DISPATCHER, None, START)
        await accounts.add(session, "root", PASSWORD, Role.ADMINISTRATOR, None, START)

    await world.hub.database.write(work)


async def bound(world: World, browser: Browser, username: str, subject: str) -> None:
    headers = {"authorization": f"Bearer {await world.token('administrator')}"}
    path = f"/api/v1/users/{username}/identity"
    status, _, said = await browser.ask(path, method="PUT", json={"subject": subject}, headers=headers)
    assert status == 200, said
    assert '"is_bound":true' in said


async def lin_is_bound(world: World, provider: Provider, browser: Browser) -> None:
    """An agent of the hotline, known to both sides."""
    await provider.person("p-lin", "12345-desk")
    await bound(world, browser, "lin", "p-lin")


async def changes(world: World, username: str) -> list[tuple[str, str, str | None]]:
    told = await world.get(f"/api/v1/users/changes?username={username}", who="administrator")
    return [(one["action"], one["role"], one["by"]) for one in reversed(told["changes"])]


async def test_whom_an_administrator_binds_signs_in_and_has_the_same_session_as_by_password(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened()
    await provider.person("person-1", "other", "12345-desk")
    # Before that a page says what to tell whom, and no account is made.
    status, _, said = await browser.sign_in("person-1")
    assert status == 403
    assert "系统管理员" in said
    assert "person-1" in said
    assert await browser.who() is None
    await bound(world, browser, "lin", "person-1")
    address = await browser.start("/#/dispatch")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [BACK]
    back = (await provider.entered(address, "person-1")).removeprefix(ADDRESS)
    async with browser.client.get(back, allow_redirects=False) as response:
        assert (response.status, response.headers["location"]) == (303, "/#/dispatch")
        cookie = response.cookies["hotline_session"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    me = await browser.who()
    assert (me["username"], me["role"], me["must_change"]) == ("lin", "dispatcher", False)
    # Another site's page writes nothing with it, it ends when left alone, and it is signed out as any.
    evil = {"origin": "https://evil.example"}
    assert (await browser.ask(f"{SESSION}", method="DELETE", headers=evil))[0] == 403
    await world.rows("UPDATE sessions SET seen_at = seen_at - $1::interval", accounts.IDLE_FOR)
    assert await browser.who() is None
    assert await changes(world, "lin") == [("create", "dispatcher", None), ("bind", "dispatcher", "test-administrator")]
    # Nothing of it is kept in clear.
    assert "person-1" not in str(await world.rows("SELECT * FROM identities"))


async def test_the_sign_in_page_is_told_of_the_provider_and_of_every_refusal(
    world: World, provider: Provider, opened: Opened
) -> None:
    browser = await opened("only = true")
    async with browser.client.get(f"{SESSION}/ways") as response:
        assert await response.json() == {"name": NAME, "is_only": True, "refusals": REFUSALS}
    for page in ("/grid", "/suggestions/digest"):
        assert f"用{NAME}登录" in (await browser.ask(page))[2]
    async with world.client.get(f"{SESSION}/ways") as response:
        assert await response.json() == {"name": None, "is_only": False, "refusals": {}}
    async with world.client.get("/sign-in/start") as response:
        assert response.status == 404
    address = await browser.start()
    back = (await provider.entered(address, "", action="deny")).removeprefix(ADDRESS)
    # The provider of the tests forgets the state of a refusal; ours wants it even then.
    assert (await browser.ask(back))[1] == "/#/sign-in?refused=expired"
    [state] = parse_qs(urlsplit(await browser.start()).query)["state"]
    denied = f"/sign-in/return?error=access_denied&state={state}"
    assert (await browser.ask(denied))[1] == "/#/sign-in?refused=cancelled"


async def test_accounts_are_made_where_the_file_says_so_and_never_over_another(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened("makes_accounts = true")
    await provider.person("p-wang", "urban-duty", name="wang")
    assert (await browser.sign_in("p-wang"))[:2] == (303, "/")
    me = await browser.who()
    assert (me["username"], me["role"], me["department"]) == ("wang", "department", "urban")
    assert await changes(world, "wang") == [("create", "department", BY_PROVIDER)]
    browser.forget()
    # The name at the provider is whatever somebody there made it: it opens nobody's account.
    await provider.person("p-thief", "12345-admin", name="root")
    await browser.refused("p-thief", "name_taken")
    await provider.person("p-odd", "12345-desk", name="../../root")
    await browser.refused("p-odd", "no_name")
    await provider.person("p-none", "nothing-of-ours", name="zhao")
    await browser.refused("p-none", "no_role")
    assert not await world.rows("SELECT 1 FROM users WHERE username = 'zhao'")
    # Somebody else is bound to that name already: nothing is left half made.
    await world.rows(
        "INSERT INTO identities SELECT city_code, 'another'::bytea, 'zhao', bound_at FROM identities WHERE username = 'wang'"
    )
    await provider.person("p-zhao", "12345-desk", name="zhao")
    await browser.refused("p-zhao", "name_taken")
    assert not await world.rows("SELECT 1 FROM users WHERE username = 'zhao'")


async def test_the_role_is_the_providers_at_every_sign_in_and_one_taken_away_ends_all(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser, elsewhere = await opened(), await opened()
    await lin_is_bound(world, provider, browser)
    await browser.sign_in("p-lin")
    await provider.person("p-lin", "urban-duty")
    await elsewhere.sign_in("p-lin")
    assert (await elsewhere.who())["department"] == "urban"
    assert await browser.who() is None
    await provider.person("p-lin")
    await browser.refused("p-lin", "no_role")
    assert await elsewhere.who() is None
    # The password opens nothing either, until there is a role again.
    by_password = {"username": "lin", "password": PASSWORD}
    status, _, said = await browser.ask(SESSION, method="POST", json=by_password)
    assert (status, "岗位" in said) == (401, True)
    await browser.refused("p-lin", "no_role")
    await provider.person("p-lin", "12345-desk")
    await browser.sign_in("p-lin")
    assert (await browser.who())["role"] == "dispatcher"
    assert (await browser.ask(SESSION, method="POST", json=by_password))[0] == 201
    assert await changes(world, "lin") == [
        ("create", "dispatcher", None),
        ("bind", "dispatcher", "test-administrator"),
        ("set_role", "department", BY_PROVIDER),
        ("lose_role", "department", BY_PROVIDER),
        ("set_role", "dispatcher", BY_PROVIDER),
    ]


async def test_the_last_administrator_stays_and_who_is_disabled_stays_so(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened()
    await provider.person("p-root", "12345-desk")
    await bound(world, browser, "root", "p-root")
    await browser.refused("p-root", "last_administrator")
    await provider.person("p-root")
    await browser.refused("p-root", "no_role")
    by_password = {"username": "root", "password": PASSWORD}
    assert (await browser.ask(SESSION, method="POST", json=by_password))[0] == 201
    await provider.person("p-lin", "12345-admin")
    await bound(world, browser, "lin", "p-lin")
    await world.post("/api/v1/users/lin/steps", {"action": "disable"}, who="administrator")
    browser.forget()
    await browser.refused("p-lin", "disabled")
    [row] = await world.rows("SELECT role::text AS role FROM users WHERE username = 'lin'")
    assert row["role"] == "dispatcher"


async def test_bindings_are_one_to_one_end_at_once_and_are_never_ones_own(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened()
    await lin_is_bound(world, provider, browser)
    await browser.sign_in("p-lin")
    headers = {"authorization": f"Bearer {await world.token('administrator')}"}
    content = {"subject": "p-lin"}
    put: dict[str, Any] = {"method": "PUT", "json": content, "headers": headers}
    assert (await browser.ask("/api/v1/users/root/identity", **put))[0] == 409
    assert (await browser.ask("/api/v1/users/test-administrator/identity", **put))[0] == 409
    assert (await browser.ask("/api/v1/users/nobody/identity", **put))[0] == 404
    drop: dict[str, Any] = {"method": "DELETE", "headers": headers}
    assert (await browser.ask("/api/v1/users/lin/identity", **drop))[0] == 200
    assert await browser.who() is None
    assert (await browser.sign_in("p-lin"))[0] == 403
    assert (await browser.ask("/api/v1/users/lin/identity", **drop))[0] == 404


async def test_only_administrators_sign_in_by_password_where_the_file_says_so(opened: Opened, people: None) -> None:
    browser = await opened("only = true")
    for username, password, status in (("lin", PASSWORD, 403), ("lin", "wrong", 401), ("root", PASSWORD, 201)):
        content = {"username": username, "password": password}
        found, _, said = await browser.ask(SESSION, method="POST", json=content)
        assert found == status
        assert (status == 403) == ("provider_only" in said)
    form = {"action": "sign_in", "username": "lin", "password": PASSWORD}
    assert (await browser.ask("/grid", method="POST", data=form))[0] == 403


async def test_a_second_factor_is_asked_for_unless_the_providers_counts(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser, trusting = await opened(), await opened("second_factor_counts = true")
    await lin_is_bound(world, provider, browser)
    secret = await accounts.begin_second_factor(world.hub.database, "lin", PASSWORD)
    step = int(time.time()) // totp.STEP_S
    await accounts.change_second_factor(
        world.hub.database, "lin", Role.DISPATCHER, totp.code(secret, step - 1), is_on=True
    )
    status, _, said = await browser.sign_in("p-lin", "/#/dispatch")
    assert (status, "动态口令" in said) == (200, True)
    assert await browser.who() is None
    evil = {"origin": "https://evil.example"}
    code = {"code": totp.code(secret, step)}
    assert (await browser.ask("/sign-in/code", method="POST", data=code, headers=evil))[0] == 403
    assert (await browser.ask("/sign-in/code", method="POST", data={"code": "000000"}))[0] == 401
    assert await browser.who() is None
    assert (await browser.ask("/sign-in/code", method="POST", data=code))[:2] == (303, "/#/dispatch")
    assert (await browser.who())["username"] == "lin"
    # Who is let go meanwhile is not let in.
    await browser.sign_in("p-lin")
    await world.rows("DELETE FROM identities")
    later = {"code": totp.code(secret, step + 1)}
    status, _, said = await browser.ask("/sign-in/code", method="POST", data=later)
    assert (status, REFUSALS["disabled"] in said) == (401, True)
    await bound(world, browser, "lin", "p-lin")
    # Who has come half the way by nothing but a form is led back to the beginning.
    browser.forget()
    assert (await browser.ask("/sign-in/code", method="POST", data=code))[1] == "/#/sign-in?refused=expired"
    assert (await trusting.sign_in("p-lin"))[:2] == (303, "/")
    assert (await trusting.who())["username"] == "lin"


async def test_what_another_browser_or_another_time_began_signs_nobody_in(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser, victim = await opened(), await opened()
    await lin_is_bound(world, provider, browser)
    expired = (303, "/#/sign-in?refused=expired")
    # A wrong state; an address with a code of one's own, given to somebody who began nothing, or something else.
    back = await browser.back("p-lin")
    assert (await browser.ask(f"{back}x"))[:2] == expired
    assert (await victim.ask(back))[:2] == expired
    await victim.start()
    assert (await victim.ask(back))[:2] == expired
    # Once used, it is used: even by who kept the cookie of before.
    back = await browser.back("p-lin")
    jar = browser.client.session.cookie_jar
    [kept] = [f"{one.key}={one.value}" for one in jar if one.key == "hotline_sign_in"]
    assert (await browser.ask(back))[:2] == (303, "/")
    browser.forget()
    assert (await browser.ask(back, headers={"cookie": kept}))[:2] == expired
    # A cookie that was altered, or is none of ours.
    for cookie in (
        f"{kept[:-6]}AAAAAA",
        "hotline_sign_in=AAAA",
        "hotline_sign_in=",
        kept.replace("sign_in", "second_factor"),
    ):
        assert (await browser.ask(back, headers={"cookie": cookie}))[:2] == expired
    for query in ("", "?state=%ED%A0%80%00&code=%FF"):
        assert (await browser.ask(f"/sign-in/return{query}", headers={"cookie": kept}))[:2] == expired
    # A code that was begun with another verifier: a stolen one, put into a sign-in of one's own.
    stolen = parse_qs(urlsplit(await browser.back("p-lin")).query)["code"][0]
    [state] = parse_qs(urlsplit(await victim.start()).query)["state"]
    assert (await victim.ask(f"/sign-in/return?{urlencode({'code': stolen, 'state': state})}"))[:2] == expired
    assert await victim.who() is None
    # What another provider answers is not taken to this one.
    back = await browser.back("p-lin")
    mixed = f"{back}&iss=https%3A%2F%2Fevil.example"
    assert (await browser.ask(mixed))[1] == "/#/sign-in?refused=untrusted"
    assert await browser.who() is None


# What no honest provider sends to whom it does not mean.
CROOKED: Final[tuple[dict[str, Any], ...]] = (
    {"way": "none"},
    {"way": "public key as a secret"},
    {"way": "own key"},
    {"way": "own key in the header"},
    {"claims": {"iss": "https://evil.example"}},
    {"claims": {"aud": "another-client"}},
    {"claims": {"aud": ["another-client", "a-third"]}},
    {"claims": {"azp": "another-client"}},
    {"claims": {"nonce": "of another sign-in"}},
    {"claims": {"nonce": None}},
    {"claims": {"exp": 1_700_000_000}},
    {"claims": {"exp": None}},
    {"claims": {"iat": 9_000_000_000}},
    {"claims": {"sub": ""}},
    {"claims": {"sub": ["p-lin"]}},
)


async def test_a_token_that_the_provider_did_not_give_for_this_signs_nobody_in(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened()
    await lin_is_bound(world, provider, browser)
    ours = provider.client["client_id"]
    for how in (*CROOKED, {"claims": {"aud": "another-client", "azp": ours}}):
        await provider.crooked(**how)
        status, address, _ = await browser.sign_in("p-lin")
        assert (how, status, address) == (how, 303, "/#/sign-in?refused=untrusted")
        assert await browser.who() is None
    # It was only that: another claim beside does no harm.
    await provider.crooked(claims={"more": "of it"})
    assert (await browser.sign_in("p-lin"))[:2] == (303, "/")


async def test_a_subject_of_another_issuer_is_nobody_here(
    world: World, provider: Provider, processes: list[str], opened: Opened, people: None
) -> None:
    browser = await opened()
    await bound(world, browser, "root", "p-root")
    thief = Provider(processes[1])
    await thief.open()
    await thief.person("p-root", "12345-admin")
    other = await opened("makes_accounts = false", of=thief)
    assert (await other.sign_in("p-root"))[0] == 403
    assert await other.who() is None
    await thief.http.close()


async def test_nobody_is_led_away_after_signing_in(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    browser = await opened()
    await lin_is_bound(world, provider, browser)
    for to in (
        "https://evil.example/", "//evil.example", "//evil", "//evil#/tickets",
        "/\\evil.example", "/.//evil.example", "/%2f/evil.example", "\t//evil.example",
        "/\t/evil.example", "javascript:alert(1)", "/grid//evil.example", "/grid\r\nSet-Cookie: a=b", "/@evil.example",
    ):  # fmt: skip
        assert (to, *(await browser.sign_in("p-lin", to))[:2]) == (to, 303, "/")
    assert (await browser.sign_in("p-lin", "/suggestions/digest"))[1] == "/suggestions/digest"


async def test_keys_are_asked_for_anew_when_the_provider_has_another(
    world: World, provider: Provider, opened: Opened, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await opened()
    await lin_is_bound(world, provider, browser)
    await browser.sign_in("p-lin")
    monkeypatch.setattr("hotline.provider_client.ASKED_ANEW_AFTER_S", 0.0)
    await provider.crooked(rotate=True)
    assert (await browser.sign_in("p-lin"))[:2] == (303, "/")


async def test_a_provider_that_refuses_us_or_is_away_is_no_fault_of_who_signs_in(
    world: World, provider: Provider, opened: Opened, people: None
) -> None:
    await provider.person("p-lin", "12345-desk")
    stranger = await opened(secret="not the secret")
    await bound(world, stranger, "lin", "p-lin")
    await stranger.refused("p-lin", "fault")
    away = Provider("http://127.0.0.1:9")
    away.client = provider.client
    lost = await opened(of=away)
    assert (await lost.ask("/sign-in/start"))[:2] == (303, "/#/sign-in?refused=fault")
