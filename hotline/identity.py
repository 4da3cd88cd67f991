"""统一身份: who comes from the city's identity provider signs in as their account, with the role that the provider gives now."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline import second_factor
from hotline.account import NO_PASSWORD, USERNAME, begin_session, note
from hotline.identity_provider import NotSignedIn, role_of
from models.errors import Conflict, NotFound, Unauthorized
from models.store import credentials, identities, sign_in, users
from models.store.credentials import User
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.identity_provider import ProviderFile
    from models.store.database import Database, Session
    from models.store.users import Account, LockedAccount
    from models.ticket import Actor

# Who changed an account where the provider did: no account can have this name.
BY_PROVIDER: Final = "统一身份认证（自动）"
# Why somebody is not signed in, as the page says it.
REFUSALS: Final = {
    "cancelled": "您没有完成统一身份认证，请重新登录",
    "expired": "登录已过期，或不是从本页面发起，请重新登录",
    "fault": "统一身份认证暂时无法使用，请稍后再试；一直不行的，请联系系统管理员",
    "untrusted": "统一身份认证发来的凭据未通过校验，请重新登录；再次出现的，请联系系统管理员",
    "disabled": "该账号已停用，请联系系统管理员",
    "no_role": "统一身份认证没有给您本系统的岗位，请联系本单位的统一身份认证管理员",
    "no_name": "统一身份认证没有给出可用的账号名，请联系系统管理员",
    "name_taken": "与您同名的账号已经存在，请联系系统管理员核对后绑定",
    "last_administrator": "您是唯一可以登录的系统管理员，岗位不能由统一身份认证更改；请用密码登录，先设立另一位系统管理员",
}


class UnknownPerson(NotSignedIn):
    """A person of the provider with a role, whom no account belongs to; `subject` is what an administrator binds."""

    def __init__(self, subject: str) -> None:
        super().__init__("unknown")
        self.subject = subject


class CameIn(Struct, frozen=True, kw_only=True):
    """Who came; `token` None: a code of the second factor is wanted first."""

    username: str
    token: str | None


async def come_in(database: Database, file: ProviderFile, claims: dict[str, Any]) -> CameIn:
    """Sign in whom the checked claims are about; raises NotSignedIn."""
    at = datetime.now(UTC)
    given = role_of(file, claims)

    async def work(session: Session) -> CameIn | str:
        administrators = await users.lock_administrators(session)
        username = await identities.username(session, file.issuer, claims["sub"])
        if username is None:
            username, refusal = await _made(session, file, claims, given, at)
        else:
            account = await users.lock(session, username)
            refusal = await _settled(session, account, given, at, is_last=administrators == [username])
        # What was taken away stays taken: a refusal undoes nothing.
        return refusal or await _entered(session, file, username, at)

    came = await database.write(work)
    if isinstance(came, str):
        raise NotSignedIn(came)
    return came


async def finish(database: Database, username: str, code: str) -> str:
    """Return the token of who gives the second factor's code too; raises Unauthorized."""

    async def work(session: Session) -> str:
        account, user = await users.lock(session, username), await credentials.user(session, username)
        # Minutes have gone by since the provider said who it is.
        if user is None or user.is_disabled or user.has_lost_role or not account.is_bound:
            raise Unauthorized(REFUSALS["disabled"])
        await second_factor.check(session, username, code)
        token, _ = await begin_session(session, username, datetime.now(UTC), by_provider=True)
        return token

    return await database.write(work)


async def bind(hub: Hub, actor: Actor, username: str, issuer: str, subject: str) -> Account:
    """Let a person of the provider sign in as an account; raises NotFound, Conflict."""
    _check_other(actor, username)
    at = datetime.now(UTC)

    async def work(session: Session) -> Account:
        account = await users.lock(session, username)
        if not await identities.bind(session, issuer, subject, username, at):
            raise Conflict(f"“{username}”或这个身份已有绑定，请先解除原来的绑定")
        await note(session, account, "bind", actor.name, at, role_before=account.role)
        return replace(account, is_bound=True)

    return await hub.database.write(work)


async def unbind(hub: Hub, actor: Actor, username: str) -> Account:
    """Let nobody of the provider sign in as an account any more; raises NotFound, Conflict."""
    _check_other(actor, username)
    at = datetime.now(UTC)

    async def work(session: Session) -> Account:
        account = await users.lock(session, username)
        if not await identities.unbind(session, username):
            raise NotFound(f"“{username}”没有绑定统一身份")
        await identities.regain_role(session, username)
        await users.end_sessions(session, username)
        await note(session, account, "unbind", actor.name, at, role_before=account.role)
        return replace(account, is_bound=False)

    return await hub.database.write(work)


def _check_other(actor: Actor, username: str) -> None:
    if username == actor.name:
        raise Conflict("不能绑定或解除自己的统一身份，请由另一位系统管理员操作")


async def _made(
    session: Session, file: ProviderFile, claims: dict[str, Any], given: tuple[Role, str | None] | None, at: datetime
) -> tuple[str, str | None]:
    """Make the account of an unknown person where the file lets us; returns its name, or why not.

    Raises UnknownPerson, and NotSignedIn where it cannot be bound.
    """
    if given is None:
        return "", "no_role"
    if not file.makes_accounts:
        raise UnknownPerson(claims["sub"])
    name = claims.get(file.name_claim)
    if not isinstance(name, str) or re.fullmatch(USERNAME.strip("^$"), name) is None:
        return "", "no_name"
    user = User(username=name, role=given[0], department=given[1], password_hash=NO_PASSWORD)
    # The name says nothing of who somebody is: an account that was there before is never theirs by it.
    if not await credentials.add_user(session, user, at):
        return "", "name_taken"
    if not await identities.bind(session, file.issuer, claims["sub"], name, at):
        # Bound by somebody else meanwhile: raised, so that no account stays that nobody has.
        raise NotSignedIn("name_taken")
    await note(session, await users.lock(session, name), "create", BY_PROVIDER, at)
    return name, None


async def _settled(
    session: Session, account: LockedAccount, given: tuple[Role, str | None] | None, at: datetime, *, is_last: bool
) -> str | None:
    """Give an account the role that its person has now; returns why nobody comes in, None where they may."""
    if account.disabled_at is not None:
        return "disabled"
    if given is None:
        if not is_last and await identities.lose_role(session, account.username, at):
            await users.end_sessions(session, account.username)
            await note(session, account, "lose_role", BY_PROVIDER, at, role_before=account.role)
        return "no_role"
    if is_last and given[0] is not Role.ADMINISTRATOR:
        return "last_administrator"
    is_back = await identities.regain_role(session, account.username)
    if is_back or (account.role, account.department) != given:
        after = replace(account, role=given[0], department=given[1])
        await users.change(session, after)
        await users.end_sessions(session, account.username)
        await note(session, after, "set_role", BY_PROVIDER, at, role_before=account.role)
    return None


async def _entered(session: Session, file: ProviderFile, username: str, at: datetime) -> CameIn:
    factor = await sign_in.factor(session, username)
    if factor is not None and factor.since is not None and not file.second_factor_counts:
        return CameIn(username=username, token=None)
    token, _ = await begin_session(session, username, at, by_provider=True)
    return CameIn(username=username, token=token)
