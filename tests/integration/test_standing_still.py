"""A process that stands still in the middle of a transaction holds nobody up for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World


async def test_who_stands_still_in_a_transaction_loses_it_after_a_minute(world: World) -> None:
    async def asked(session: Session) -> str:
        found: str = await session.connection.fetchval("SHOW idle_in_transaction_session_timeout")
        return found

    assert await world.hub.database.read(asked) == "1min"


async def test_what_was_lost_so_is_done_again_once(world: World) -> None:
    tries = 0

    async def work(session: Session) -> int:
        nonlocal tries
        tries += 1
        await session.connection.execute("INSERT INTO heartbeats VALUES ($1, $2, now())", session.city_code, "still")
        if tries == 1:
            await session.connection.execute("SET idle_in_transaction_session_timeout = '300ms'")
            await asyncio.sleep(1)
        found: int = await session.connection.fetchval("SELECT count(*) FROM heartbeats WHERE worker = 'still'")
        return found

    assert await world.hub.database.write(work) == 1
    assert tries == 2
