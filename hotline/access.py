"""`access.json`: what a demo, a check or a first integration needs to reach the hub (mode 0600)."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import accounts
from hotline.endpoint import prepare
from hotline.token import made_up
from models.store import credentials
from models.vocabulary import PEOPLE, Channel, Role

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from models.city import City
    from models.store.database import Database, Session

GRIDS: Final = 4


# Who answers in city life (hotline.simulation.agents).
DEMO_AGENTS: Final = 40


class Access(Struct, kw_only=True):
    """The file: tokens by channel, demo accounts by role, tokens of the demo's seats by agent, secrets by department."""

    url: str
    channels: dict[str, str]
    users: list[dict[str, str]]
    departments: dict[str, dict[str, str]]
    agents: dict[str, str] = {}


async def prepare_access(settings: Settings, store: Database, city: City) -> None:
    """Make missing credentials known and write the file; what it held before stays valid."""
    known = _read(settings.access_file)
    channels = {str(channel): known.channels.get(channel) or made_up(Role.CHANNEL) for channel in Channel}
    departments: dict[str, dict[str, str]] = {}
    users: list[dict[str, str]] = []
    agents: dict[str, str] = {}

    async def work(session: Session) -> None:
        now = datetime.now(UTC)
        for channel, token in channels.items():
            await credentials.add(session, token, Role.CHANNEL, channel, now)
        if not settings.demo:
            return
        for code in city.departments:
            endpoint = await prepare(session, code)
            token = known.departments.get(code, {}).get("token") or made_up(Role.DEPARTMENT)
            await credentials.add(session, token, Role.DEPARTMENT, code, now)
            departments[code] = {
                "webhook_secret": endpoint.webhook_secrets[0],
                "callback_secret": endpoint.callback_secrets[0],
                "token": token,
            }
        users.extend(await _demo_users(session, known, city, now))
        for n in range(1, DEMO_AGENTS + 1):
            name = f"agent{n:02d}"
            agents[name] = known.agents.get(name) or made_up(Role.AGENT)
            await credentials.add(session, agents[name], Role.AGENT, name, now)

    await store.write(work)
    access = Access(url=settings.url, channels=channels, users=users, departments=departments, agents=agents)
    _write(settings.access_file, msgspec.json.format(msgspec.json.encode(access)))


async def _demo_users(session: Session, known: Access, city: City, now: datetime) -> list[dict[str, str]]:
    """One account for every role of people, the department's belongs to the first bureau; and a few grid workers'."""
    found = []
    bureau = next((code for code, one in city.departments.items() if one.kind == "bureau"), None)
    for role in (one for one in Role if one in PEOPLE):
        before = next((user for user in known.users if user["role"] == role), None)
        user = before or {"role": str(role), "username": f"demo-{role}", "password": secrets.token_urlsafe(12)}
        if await credentials.user(session, user["username"]) is None:
            department = bureau if role is Role.DEPARTMENT else None
            await accounts.add(session, user["username"], user["password"], role, department, now)
        found.append(user)
    for grid in _demo_grids(city):
        before = next((user for user in known.users if user.get("department") == grid), None)
        user = before or {
            "role": str(Role.DEPARTMENT),
            "username": f"demo-grid-{grid}",
            "password": secrets.token_urlsafe(12),
            "department": grid,
        }
        if await credentials.user(session, user["username"]) is None:
            await accounts.add(session, user["username"], user["password"], Role.DEPARTMENT, grid, now)
        found.append(user)
    return found


def _demo_grids(city: City) -> list[str]:
    """Return the first grid of a few streets: their workers sign in at /grid."""
    first = {grid.street: grid.code for grid in reversed(city.grids)}
    return [first[street] for street in sorted(first)[:GRIDS]]


def _read(path: Path) -> Access:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Access)
    except (FileNotFoundError, msgspec.DecodeError):
        return Access(url="", channels={}, users=[], departments={})


def _write(path: Path, content: bytes) -> None:
    side = path.with_suffix(".new")
    side.unlink(missing_ok=True)
    with os.fdopen(os.open(side, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    side.rename(path)
