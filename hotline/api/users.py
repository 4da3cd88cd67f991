"""Accounts of the people who sign in, as an administrator sees and changes them (账号管理)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hotline import accounts
from hotline.api import body
from hotline.api.shapes import Cursor
from hotline.keys import HUB
from models.store import users
from models.vocabulary import PEOPLE, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.users import Account
    from models.ticket import Actor

# What ?role= takes, in the glossary's order.
ROLES: Final = tuple(str(role) for role in Role if role in PEOPLE)


class UserLine(Struct, kw_only=True):
    """An account. `must_change`: its password was made up by an administrator and not changed since; `is_bound`: a person of
    the identity provider signs in as it.
    """

    username: str
    role: Role
    department: str | None
    department_name: str | None
    is_active: bool
    must_change: bool
    is_bound: bool
    created_at: datetime
    disabled_at: datetime | None
    last_sign_in_at: datetime | None


class Users(Struct, kw_only=True):
    """One page of accounts by name, and the roles that an account may have."""

    users: list[UserLine]
    roles: list[Role]
    cursor: Cursor


class UserAnswer(UserLine, kw_only=True):
    """An account, and the password that it was given now, if it was: it is told this once and kept nowhere."""

    password: str | None


class UserChange(Struct, kw_only=True):
    """Who did what to whose account; `by` is null where it was a command on the machine itself."""

    id: str
    username: str
    action: users.Act
    role_before: Role | None
    role: Role
    department: str | None
    by: str | None
    at: datetime


class UserChanges(Struct, kw_only=True):
    """One page of what was done to accounts, the newest first."""

    changes: list[UserChange]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/users."""
    hub, size = request.app[HUB], body.page_size(request)
    role = body.one_of(request, "role", ROLES)
    wanted = users.Wanted(
        role=Role(role) if role else None,
        department=body.query(request, "department"),
        is_active=body.yes_no(request, "active"),
    )
    after = body.read_cursor(request, tuple[str])
    found = await hub.database.read(lambda session: users.page(session, wanted, after[0] if after else "", size))
    cursor = body.make_cursor(found[-1].username) if len(found) == size else None
    told = {"users": [line(hub, one) for one in found], "roles": ROLES, "cursor": cursor}
    return body.answer(told, Users)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/users."""
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, accounts.NewUser)
    account, password = await accounts.create(hub, actor, wanted)
    return body.answer({**line(hub, account), "password": password}, UserAnswer, status=201)


async def step(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/users/{username}/steps."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, accounts.UserStep)
    account, password = await accounts.change(hub, actor, request.match_info["username"], fields)
    return body.answer({**line(hub, account), "password": password}, UserAnswer)


async def changes(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/users/changes."""
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    username = body.query(request, "username")
    found = await request.app[HUB].database.read(
        lambda session: users.changes(session, username, before[0] if before else None, size)
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    told = [
        {
            "id": str(one.id),
            "username": one.username,
            "action": one.action,
            "role_before": one.role_before,
            "role": one.role,
            "department": one.department,
            "by": one.by_user,
            "at": one.at,
        }
        for one in found
    ]
    return body.answer({"changes": told, "cursor": cursor}, UserChanges)


def line(hub: Hub, account: Account) -> dict[str, Any]:
    """Return what an administrator reads of an account."""
    return {
        "username": account.username,
        "role": account.role,
        "department": account.department,
        "department_name": hub.department_name(account.department) if account.department else None,
        "is_active": account.disabled_at is None,
        "must_change": account.must_change,
        "is_bound": account.is_bound,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
        "last_sign_in_at": account.signed_in_at,
    }
