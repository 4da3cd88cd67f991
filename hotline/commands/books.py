"""hotline books: whether the day's sums add up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline import books
from hotline.commands.installation import with_hub
from models.calendar import CHINA_TIME
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.config import Settings
    from hotline.hub import Hub

MOST_PARTS: Final = 12


def show(settings: Settings, *, since: str, days: int, as_json: bool) -> int:
    """Print every sum with its parts; 1 where one does not add up."""
    if days < 1:
        raise InvalidRequest("--days 应为正整数")

    async def job(hub: Hub) -> int:
        first = _midnight(since, hub.today())
        return await _show(hub, first, first + timedelta(days=days), as_json=as_json)

    return with_hub(settings, job)


def show_since(settings: Settings, since: datetime) -> int:
    """Print the sums of what has arrived since a time; 1 where one does not add up."""
    return with_hub(settings, lambda hub: _show(hub, since, hub.now(), as_json=False))


async def _show(hub: Hub, since: datetime, until: datetime, *, as_json: bool) -> int:
    found = await books.told(hub, since, until)
    if as_json:
        print(msgspec.json.encode({"since": since, "until": until, "accounts": found}).decode())
    else:
        print("\n".join(lines(found)))
    return 0 if all(account["is_balanced"] for account in found) else 1


def lines(accounts: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the sums as lines to read, what does not add up marked and counted at the end."""
    wrong = 0
    for account in accounts:
        total = sum(part["count"] for part in account["parts"])
        wrong += not account["is_balanced"]
        mark = "✓" if account["is_balanced"] else "✗"
        yield f"{mark} {account['title']}\t{account['whole']} {'=' if account['is_balanced'] else '≠'} {total}"
        parts = account["parts"]
        said = [f"{part['name']} {part['count']}" for part in parts[:MOST_PARTS] if part["count"]]
        if len(parts) > MOST_PARTS:
            said.append(f"其余{len(parts) - MOST_PARTS}项 {sum(part['count'] for part in parts[MOST_PARTS:])}")
        if said:
            yield f"    {'，'.join(said)}"
    yield f"{len(accounts)}笔账，{'全部相平' if not wrong else f'{wrong}笔不平'}"


def _midnight(text: str, today: date) -> datetime:
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as error:
        raise InvalidRequest("--since 应为日期，如 2026-11-28") from error
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)
