"""A full disk is named, whatever PostgreSQL still manages."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from models.errors import Unavailable
from models.store import database

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World


@pytest.mark.parametrize(("free", "said"), [(15, "数据目录所在磁盘已满，请腾出空间"), (17, "ok")])
async def test_readyz_names_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch, free: int, said: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free * 1024 * 1024))
    async with world.client.get("/readyz") as response:
        assert (await response.json())["checks"]["disk"] == said


async def test_what_finds_no_room_is_to_be_asked_again_and_no_fault_of_ours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RETRY_FOR_S", 0.1)

    async def work(session: Session) -> None:
        raise asyncpg.DiskFullError("could not extend file")

    with pytest.raises(Unavailable):
        await world.hub.database.write(work)
