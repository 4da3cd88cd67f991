"""账号: an administrator makes, disables, resets and moves accounts; a first password is changed before anything else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from hotline import accounts
from hotline.api.routes import ENDPOINTS
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

USERS = "/api/v1/users"
OWN = "my own long password"


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, world: World, username: str, password: str = PASSWORD) -> None:
        self.world = world
        self.username = username
        self.password = password
        self.cookie = ""

    async def sign_in(self, status: int = 201) -> Any:
        content = {"username": self.username, "password": self.password}
        async with self.world.client.post("/api/v1/session", json=content) as response:
            assert response.status == status, await response.text()
            if status == 201:
                self.cookie = f"hotline_session={response.cookies['hotline_session'].value}"
            self.world.client.session.cookie_jar.clear()
            return await response.json()

    async def ask(self, method: str, path: str, content: Any = None, *, status: int = 200) -> Any:
        headers = {"cookie": self.cookie}
        async with self.world.client.request(method, path, json=content, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def change_password(self, new: str, *, old: str | None = None, status: int = 200) -> Any:
        content = {"old": old or self.password, "new": new}
        return await self.ask("PUT", "/api/v1/session/password", content, status=status)


async def account(world: World, username: str, role: Role, department: str | None = None) -> Person:
    """An account as `hotline user add` makes it, signed in."""

    async def work(session: Session) -> None:
        await accounts.add(session, username, PASSWORD, role, department, START)

    await world.hub.database.write(work)
    person = Person(world, username)
    await person.sign_in()
    return person


async def act(by: Person, username: str, action: str, *, status: int = 200, **fields: Any) -> Any:
    return await by.ask("POST", f"{USERS}/{username}/steps", {"action": action, **fields}, status=status)


@pytest.fixture
async def ada(world: World) -> Person:
    """An administrator."""
    return await account(world, "ada", Role.ADMINISTRATOR)


async def made(ada: Person, username: str = "王小明", **fields: Any) -> Person:
    """A dispatcher whom an administrator has just made, signed in with the first password."""
    answer = await ada.ask("POST", USERS, {"username": username, "role": "dispatcher", **fields}, status=201)
    person = Person(ada.world, username, answer["password"])
    await person.sign_in()
    return person


async def test_nothing_goes_before_the_change_of_a_first_password(ada: Person) -> None:
    person = await made(ada)
    assert (await person.ask("GET", "/api/v1/session"))["must_change"] is True
    for path in ("/api/v1/tickets", "/api/v1/backlog", USERS):
        assert (await person.ask("GET", path, status=403))["code"] == "password_change_required"
    assert (await person.change_password("short", status=422))["detail"] == "密码至少10位"
    await person.change_password(person.password, status=422)
    assert await person.change_password(OWN) == {"username": "王小明", "must_change": False}
    assert (await person.ask("GET", "/api/v1/session"))["must_change"] is False
    assert (await person.ask("GET", "/api/v1/tickets"))["tickets"] == []
    assert (await person.ask("GET", USERS, status=403))["code"] == "forbidden"
    await person.sign_in(401)
    person.password = OWN
    assert (await person.sign_in())["must_change"] is False


async def test_an_account_from_the_command_line_need_not_change_its_password(ada: Person) -> None:
    assert (await ada.ask("GET", "/api/v1/session"))["must_change"] is False
    assert (await ada.ask("GET", USERS))["users"][0]["must_change"] is False


async def test_a_changed_password_ends_every_other_session(ada: Person) -> None:
    other = Person(ada.world, "ada")
    await other.sign_in()
    await ada.change_password(OWN)
    await other.ask("GET", "/api/v1/session", status=401)
    await ada.ask("GET", "/api/v1/session")


async def test_an_old_password_cannot_be_tried_out(ada: Person) -> None:
    tried = [await ada.ask("PUT", "/api/v1/session/password", {"old": f"guess-{n}", "new": OWN}, status=status)
             for n, status in enumerate([422] * 5 + [429])]  # fmt: skip
    assert tried[0]["code"] == "wrong_password"
    await ada.change_password(OWN, status=429)


async def test_a_token_has_no_password_to_change(world: World) -> None:
    content = {"old": PASSWORD, "new": OWN}
    problem = await world.post("/api/v1/session/password", content, who="agent", method="PUT", ok=(403,))
    assert "凭证" in problem["detail"]


async def test_who_is_disabled_is_signed_out_at_once_and_stays_out_until_enabled(ada: Person) -> None:
    ben = await account(ada.world, "ben", Role.DISPATCHER)
    answer = await act(ada, "ben", "disable")
    assert (answer["is_active"], answer["password"]) == (False, None)
    await ben.ask("GET", "/api/v1/tickets", status=401)
    assert "停用" in (await ben.sign_in(401))["detail"]
    await act(ada, "ben", "disable", status=409)
    assert [one["username"] for one in (await ada.ask("GET", f"{USERS}?active=false"))["users"]] == ["ben"]
    assert (await act(ada, "ben", "enable"))["is_active"] is True
    await ben.ask("GET", "/api/v1/tickets", status=401)
    await ben.sign_in()
    await ben.ask("GET", "/api/v1/tickets")
    await act(ada, "ben", "enable", status=409)


async def test_a_wrong_password_does_not_tell_that_an_account_is_disabled(ada: Person) -> None:
    ben = await account(ada.world, "ben", Role.DISPATCHER)
    await act(ada, "ben", "disable")
    ben.password = "not the right one"
    assert "停用" not in (await ben.sign_in(401))["detail"]


async def test_a_reset_password_ends_every_session_and_must_be_changed(ada: Person) -> None:
    ben = await account(ada.world, "ben", Role.DISPATCHER)
    answer = await act(ada, "ben", "reset_password")
    await ben.ask("GET", "/api/v1/tickets", status=401)
    await ben.sign_in(401)
    ben.password = answer["password"]
    assert (await ben.sign_in())["must_change"] is True


async def test_an_account_takes_its_new_role_at_once(ada: Person) -> None:
    ben = await account(ada.world, "ben", Role.DISPATCHER)
    await ben.ask("GET", "/api/v1/decisions")
    assert (await act(ada, "ben", "set_role", role="department", department="urban"))["department_name"] == "城管局"
    await ben.ask("GET", "/api/v1/decisions", status=403)
    await act(ada, "ben", "set_role", role="department", department="urban", status=409)


async def test_only_a_role_that_people_have_and_a_department_that_fits_are_taken(ada: Person) -> None:
    await account(ada.world, "ben", Role.DISPATCHER)
    for role, department in (
        ("channel", None),
        ("citizen", None),
        ("department", None),
        ("department", "atlantis"),
        ("dispatcher", "urban"),
    ):
        wanted = {"role": role, "department": department}
        await ada.ask("POST", USERS, {"username": "carol", **wanted}, status=422)
        await act(ada, "ben", "set_role", status=422, **wanted)
    await act(ada, "ben", "set_role", status=422)
    await ada.ask("POST", USERS, {"username": "a b", "role": "agent"}, status=422)
    await ada.ask("POST", USERS, {"username": "ben", "role": "agent"}, status=409)
    await act(ada, "nobody", "disable", status=404)


async def test_nobody_disables_themselves_gives_up_their_own_role_or_gets_a_password_without_the_old_one(
    ada: Person,
) -> None:
    await account(ada.world, "bea", Role.ADMINISTRATOR)
    for action, fields in (("disable", {}), ("set_role", {"role": "agent"}), ("reset_password", {})):
        assert "自己" in (await act(ada, "ada", action, status=409, **fields))["detail"]


async def test_one_administrator_stays_who_can_sign_in(ada: Person) -> None:
    bea = await account(ada.world, "bea", Role.ADMINISTRATOR)
    steps = (act(ada, "bea", "disable", status=200), act(bea, "ada", "disable", status=200))
    done = await asyncio.gather(*steps, return_exceptions=True)
    assert sum(isinstance(one, AssertionError) for one in done) == 1
    found = (await ada.world.get(f"{USERS}?role=administrator&active=true", who="administrator"))["users"]
    assert len(found) == 1
    # A token of an administrator is no account that anybody could sign in with.
    path = f"{USERS}/{found[0]['username']}/steps"
    for content in ({"action": "disable"}, {"action": "set_role", "role": "agent"}):
        problem = await ada.world.post(path, content, who="administrator", ok=(409,))
        assert "唯一" in problem["detail"]


async def test_every_act_is_kept_and_nothing_changes_it(ada: Person) -> None:
    person = await made(ada)
    await person.change_password(OWN)
    await act(ada, "王小明", "set_role", role="supervisor")
    await act(ada, "王小明", "disable")
    await act(ada, "王小明", "enable")
    await act(ada, "王小明", "reset_password")
    told = await ada.world.get(f"{USERS}/changes?username=王小明", who="auditor")
    assert [(one["action"], one["by"], one["role_before"], one["role"]) for one in told["changes"]] == [
        ("reset_password", "ada", "supervisor", "supervisor"),
        ("enable", "ada", "supervisor", "supervisor"),
        ("disable", "ada", "supervisor", "supervisor"),
        ("set_role", "ada", "dispatcher", "supervisor"),
        ("change_password", "王小明", "dispatcher", "dispatcher"),
        ("create", "ada", None, "dispatcher"),
    ]
    first = (await ada.ask("GET", f"{USERS}/changes?username=ada"))["changes"]
    assert [(one["action"], one["by"]) for one in first] == [("create", None)]
    for statement in ("DELETE FROM user_changes", "UPDATE user_changes SET by_user = 'eve'", "TRUNCATE user_changes"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await ada.world.rows(statement)


async def test_accounts_and_changes_are_paged(ada: Person) -> None:
    async def work(session: Session) -> None:
        for n in range(5):
            await accounts.add(session, f"user-{n}", PASSWORD, Role.AGENT, None, START)

    await ada.world.hub.database.write(work)
    for path, name in ((f"{USERS}?role=agent&", "users"), (f"{USERS}/changes?", "changes")):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await ada.ask("GET", f"{path}limit=2&cursor={cursor}")
            seen += [one["username"] for one in page[name]]
            cursor = page["cursor"]
        assert sorted(seen) == [*(["ada"] if name == "changes" else []), *(f"user-{n}" for n in range(5))]
    assert (await ada.ask("GET", USERS))["users"][0]["last_sign_in_at"] is not None
    assert (await ada.ask("GET", f"{USERS}?department=urban"))["users"] == []


async def test_only_administrators_manage_accounts(world: World) -> None:
    for who in ("supervisor", "shift_lead", "auditor", "department:urban", "channel:phone"):
        await world.get(USERS, who=who, status=403)
        await world.post(USERS, {"username": "eve", "role": "administrator"}, who=who, ok=(403,))
        await world.post(f"{USERS}/ada/steps", {"action": "reset_password"}, who=who, ok=(403,))
    await world.get(f"{USERS}/changes", who="supervisor", status=403)
    assert await world.get(f"{USERS}/changes", who="auditor") == {"changes": [], "cursor": None}


@pytest.mark.parametrize("role", ["dispatcher", "auditor", "administrator"])
async def test_a_session_tells_what_its_role_may_call(world: World, role: str) -> None:
    person = await account(world, "somebody", Role(role))
    told = await person.ask("GET", "/api/v1/session")
    may = set(told["may"])
    assert may == set((await person.sign_in())["may"])
    assert (told["now"][:10], told["clock_speed"]) == (world.clock.at.date().isoformat(), 1.0)
    plain = [one for one in ENDPOINTS if one.method == "GET" and "{" not in one.path and one.media_type != "websocket"]
    for one in plain:
        async with world.client.get(one.path, headers={"cookie": person.cookie}) as response:
            is_refused = response.status == 403 and one.roles is not None
            assert is_refused == (f"GET {one.path}" not in may), (one.path, await response.text())
