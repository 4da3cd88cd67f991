"""接口凭证: an administrator gives a program a token: for which addresses, until when; rotates and revokes it. In wall time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from models.errors import Conflict, InvalidRequest
from models.store import tokens
from models.store.tokens import Token
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

PREFIXES: Final = {Role.CHANNEL: "ch", Role.DEPARTMENT: "dep", Role.AGENT: "ag"}
LONGEST_DAYS: Final = 366
LONGEST_OVERLAP_H: Final = 168
Days = Annotated[int, Meta(ge=1, le=LONGEST_DAYS)]
PerMinute = Annotated[int, Meta(ge=1, le=600_000)]


def made_up(role: Role) -> str:
    """Return a new secret; how it begins tells whose it is."""
    return f"{PREFIXES.get(role, 'tk')}_{secrets.token_urlsafe(24)}"


class NewToken(Struct, kw_only=True):
    """A token for a channel's or a department's system: `subject` is the channel or the department's code.

    `scope` names the addresses that it is for, as "METHOD /path" of the description; without it, all of its role. `per_minute`
    is how often it may be used; without it, what is usual for its role.
    """

    role: Literal["channel", "department"]
    subject: Annotated[str, Meta(min_length=1, max_length=64)]
    label: Annotated[str, Meta(min_length=1, max_length=60)]
    days: Days = 180
    scope: Annotated[list[Annotated[str, Meta(max_length=120)]], Meta(min_length=1, max_length=100)] | None = None
    per_minute: PerMinute | None = None


class TokenStep(Struct, kw_only=True):
    """`revoke` ends it at once; `rotate` makes its successor, and lets it hold for `overlap_h` hours more; `limit` sets `per_minute`."""

    action: Literal["revoke", "rotate", "limit"]
    per_minute: PerMinute | None = None
    overlap_h: Annotated[int, Meta(ge=0, le=LONGEST_OVERLAP_H)] = 24
    days: Days = 180


async def issue(hub: Hub, actor: Actor, wanted: NewToken, known: frozenset[str]) -> tuple[Token, str]:
    """Make a token; returns it, and what is told this once. `known` are the addresses of its role. Raises InvalidRequest."""
    role = Role(wanted.role)
    _check_subject(hub, role, wanted.subject)
    unknown = [one for one in wanted.scope or () if one not in known]
    if unknown:
        raise InvalidRequest(f"scope 中的“{unknown[0]}”不是该类凭证可用的地址，见 /api/openapi.json")
    at = datetime.now(UTC)
    token = Token(
        role=role,
        subject=wanted.subject,
        label=hub.mask(wanted.label),
        scope=sorted(set(wanted.scope)) if wanted.scope else None,
        per_minute=wanted.per_minute,
        created_at=at,
        created_by=actor.name,
        expires_at=at + timedelta(days=wanted.days),
    )
    secret = made_up(role)
    made = await hub.database.write(lambda session: tokens.issue(session, secret, token))
    return replace(token, id=made), secret


async def change(hub: Hub, actor: Actor, token_id: int, fields: TokenStep) -> tuple[Token, str | None]:
    """Revoke, rotate or limit one; returns it, or its successor with what is told this once. Raises NotFound, Conflict."""
    at = datetime.now(UTC)

    async def work(session: Session) -> tuple[Token, str | None]:
        before = await tokens.lock(session, token_id)
        if before.revoked_at is not None:
            raise Conflict("该凭证已吊销")
        if fields.action != "rotate":
            if fields.action == "revoke":
                await tokens.revoke(session, token_id, at)
            else:
                await tokens.limit(session, token_id, fields.per_minute)
            return await tokens.lock(session, token_id), None
        if before.replaced_by is not None:
            raise Conflict("该凭证已更换过，请更换新的那一个")
        secret = made_up(before.role)
        ends_at = at + timedelta(days=fields.days)
        after = replace(before, created_at=at, created_by=actor.name, expires_at=ends_at, replaced_by=None, id=0)
        made = await tokens.issue(session, secret, after)
        await tokens.replace(session, token_id, made, at + timedelta(hours=fields.overlap_h))
        return replace(after, id=made), secret

    return await hub.database.write(work)


def _check_subject(hub: Hub, role: Role, subject: str) -> None:
    if role is Role.DEPARTMENT and hub.city.party(subject) is None:
        raise InvalidRequest(f"没有代码为“{subject}”的承办单位")
    if role is Role.CHANNEL and subject not in set(Channel):
        raise InvalidRequest(f"没有名为“{subject}”的渠道")
