"""Staff accounts (账号) and log-in: argon2id, opaque session tokens, only hashes stored; who administers them, and what was done.

Accounts and sessions live in wall time, however fast a demo's clock runs.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import lockout, second_factor
from hotline.account import HASHER, NO_PASSWORD, USERNAME, begin_session, note
from hotline.fields import PartyCode
from models.errors import Conflict, Forbidden, InvalidRequest, Unauthorized
from models.labels import LABELS
from models.store import credentials, users
from models.store.credentials import User
from models.vocabulary import PEOPLE, Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.city import City
    from models.store.database import Database, Session
    from models.store.users import Account, LockedAccount
    from models.ticket import Actor

# A screen that nobody touches signs its owner out.
IDLE_FOR: Final = timedelta(minutes=30)
SHORTEST_PASSWORD: Final = 10


class WrongPassword(InvalidRequest):
    """One's own password, asked for once more, was not right."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("原密码不正确")


class ProviderOnly(Forbidden):
    """By password only administrators sign in here."""

    code = "provider_only"

    def __init__(self) -> None:
        super().__init__("请用统一身份认证登录；只有系统管理员可以用密码登录")


class NewUser(Struct, kw_only=True):
    """A new account. A department's names its department or grid, nobody else's does."""

    username: Annotated[str, Meta(pattern=USERNAME)]
    role: Role
    department: PartyCode | None = None


class UserStep(Struct, kw_only=True):
    """`set_role` needs `role`, and `department` where that is a department's."""

    action: Literal["disable", "enable", "reset_password", "set_role", "second_factor_off"]
    role: Role | None = None
    department: PartyCode | None = None


async def add(session: Session, username: str, password: str, role: Role, department: str | None, at: datetime) -> None:
    """Make an account as a command does; raises Conflict where the name is taken, InvalidRequest for a short password."""
    password_hash = await _hashed(password)
    user = User(username=username, role=role, department=department, password_hash=password_hash)
    await _add(session, user, None, at)


async def create(hub: Hub, actor: Actor, wanted: NewUser) -> tuple[Account, str]:
    """Make an account with a first password that its owner must change; returns both. Raises Conflict, InvalidRequest."""
    _check_role(hub.city, wanted.role, wanted.department)
    password, at = _made_up(), datetime.now(UTC)
    user = User(
        # To a pattern, a line's end may stand before the end of a text.
        username=wanted.username.rstrip("\n"),
        role=wanted.role,
        department=wanted.department,
        password_hash=await _hashed(password),
        must_change=True,
    )

    async def work(session: Session) -> Account:
        await _add(session, user, actor.name, at)
        return await users.lock(session, user.username)

    return await hub.database.write(work), password


async def change(hub: Hub, actor: Actor, username: str, fields: UserStep) -> tuple[Account, str | None]:
    """Take an administrator's step on an account; returns it, and the new password of one that was reset.

    Nobody disables themselves, gives up their own role, takes their own second factor away or gets a new password by a session
    alone, and one administrator stays who can sign in. Raises NotFound, Conflict, InvalidRequest.
    """
    _check_step(hub.city, actor, username, fields)
    password = _made_up() if fields.action == "reset_password" else None
    password_hash, at = (await _hashed(password)) if password else "", datetime.now(UTC)

    async def work(session: Session) -> Account:
        administrators = await users.lock_administrators(session)
        before = await users.lock(session, username)
        after = _changed(before, fields, password_hash, at)
        is_left = after.role is not Role.ADMINISTRATOR or after.disabled_at is not None
        if administrators == [username] and is_left:
            raise Conflict(f"“{username}”是唯一可以登录的系统管理员，请先设立另一位")
        await users.change(session, after)
        if fields.action in {"disable", "reset_password", "second_factor_off"}:
            await users.end_sessions(session, username)
        if fields.action == "reset_password":
            # Who has forgotten it need not wait, too.
            await lockout.forgive(session, username)
        if fields.action == "second_factor_off":
            await second_factor.take_away(session, username)
        await note(session, after, fields.action, actor.name, at, role_before=before.role)
        return after

    return await hub.database.write(work), password


async def change_password(database: Database, token: str, username: str, old: str, new: str) -> None:
    """Replace one's own password; every other session of the account ends. Raises InvalidRequest, Conflict."""
    if new == old:
        raise InvalidRequest("新密码与原密码相同，请换一个")
    user = await _check_password(database, username, old)
    password_hash, at = await _hashed(new), datetime.now(UTC)

    async def work(session: Session) -> None:
        before = await users.lock(session, username)
        if before.password_hash != user.password_hash:
            raise Conflict("密码刚刚被重置，请用新的初始密码重新登录")
        after = replace(before, password_hash=password_hash, must_change=False)
        await users.change(session, after)
        await users.end_sessions(session, username, but=token)
        await note(session, after, "change_password", username, at, role_before=before.role)

    await database.write(work)


async def sign_in(
    database: Database, username: str, password: str, code: str | None = None, *, only_administrators: bool = False
) -> tuple[str, datetime, User]:
    """Return a fresh session token, when it ends at the latest, and who signed in; raises Unauthorized, ProviderOnly."""
    user = await database.read(lambda session: credentials.user(session, username))
    # Where the name is unknown too, so that the time of an answer tells nothing.
    is_right = await asyncio.to_thread(_matches, user.password_hash if user else NO_PASSWORD, password)
    if user is None or not is_right:
        raise Unauthorized("用户名或密码不正确")
    if user.is_disabled:
        raise Unauthorized("该账号已停用，请联系系统管理员")
    if user.has_lost_role:
        raise Unauthorized("统一身份认证已取消您在本系统的岗位，请联系系统管理员")
    if only_administrators and user.role is not Role.ADMINISTRATOR:
        raise ProviderOnly

    async def work(session: Session) -> tuple[str, datetime]:
        await second_factor.check(session, user.username, code)
        return await begin_session(session, user.username, datetime.now(UTC))

    token, ends_at = await database.write(work)
    return token, ends_at, user


async def sign_out(database: Database, token: str) -> None:
    """End a session."""
    await database.write(lambda session: credentials.end(session, token))


def _check_step(city: City, actor: Actor, username: str, fields: UserStep) -> None:
    """Raise InvalidRequest for what no account can become, Conflict for what nobody does to themselves."""
    if fields.action == "set_role":
        _check_role(city, fields.role, fields.department)
    elif fields.department is not None and city.party(fields.department) is None:
        raise InvalidRequest(f"没有代码为“{fields.department}”的单位或网格")
    if username != actor.name:
        return
    if fields.action in {"disable", "set_role", "second_factor_off"}:
        raise Conflict("不能停用自己的账号、更改自己的角色或停用自己的动态口令，请由另一位系统管理员操作")
    if fields.action == "reset_password":
        raise Conflict("不能重置自己的密码，请凭原密码修改；忘记的，请由另一位系统管理员重置")


def _check_role(city: City, role: Role | None, department: str | None) -> None:
    """Raise InvalidRequest for a role that no person has, and for a department too many or too few."""
    if role not in PEOPLE:
        known = "、".join(f"{one}（{LABELS['role'][one]}）" for one in Role if one in PEOPLE)
        raise InvalidRequest(f"请在 role 中填写账号的角色：{known}")
    if role is not Role.DEPARTMENT and department is not None:
        raise InvalidRequest(f"{LABELS['role'][role]}账号不属于承办单位，请去掉 department")
    if role is Role.DEPARTMENT and city.party(department or "") is None:
        raise InvalidRequest("承办单位账号须在 department 中填写单位代码或网格代码")


def _changed(before: LockedAccount, fields: UserStep, password_hash: str, at: datetime) -> LockedAccount:
    if fields.action == "reset_password":
        return replace(before, password_hash=password_hash, must_change=True)
    if fields.action == "set_role":
        if (before.role, before.department) == (fields.role, fields.department):
            raise Conflict(f"“{before.username}”已经是{LABELS['role'][before.role]}")
        return replace(before, role=fields.role, department=fields.department)
    if fields.action == "second_factor_off":
        return before
    if (fields.action == "disable") == (before.disabled_at is not None):
        raise Conflict(f"“{before.username}”{'已经停用' if before.disabled_at else '没有停用'}")
    return replace(before, disabled_at=at if fields.action == "disable" else None)


async def begin_second_factor(database: Database, username: str, password: str) -> str:
    """Return the secret of a second factor that its owner sets up; raises WrongPassword, Conflict."""
    await _check_password(database, username, password)
    return await database.write(lambda session: second_factor.begin(session, username))


async def change_second_factor(database: Database, username: str, role: Role, code: str, *, is_on: bool) -> list[str]:
    """Ask for a code at sign-in from now on, or no longer; returns the recovery codes. Raises WrongCode, Conflict."""

    async def work(session: Session) -> list[str]:
        if is_on:
            made = await second_factor.confirm(session, username, code)
        else:
            await second_factor.end(session, username, code)
            made = []
        account = await users.lock(session, username)
        action: users.Act = "second_factor_on" if is_on else "second_factor_off"
        await note(session, account, action, username, datetime.now(UTC), role_before=role)
        return made

    return await database.write(work)


async def _check_password(database: Database, username: str, password: str) -> User:
    user = await database.read(lambda session: credentials.user(session, username))
    if user is None or not await asyncio.to_thread(_matches, user.password_hash, password):
        raise WrongPassword
    return user


async def _add(session: Session, user: User, by: str | None, at: datetime) -> None:
    if not await credentials.add_user(session, user, at):
        raise Conflict(f"账号“{user.username}”已存在")
    await note(session, await users.lock(session, user.username), "create", by, at)


async def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest(f"密码至少{SHORTEST_PASSWORD}位")
    return await asyncio.to_thread(HASHER.hash, password)


def _made_up() -> str:
    return secrets.token_urlsafe(12)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
