"""A page signs in from where people reach the hub, also where a proxy stands before it; another site's may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hotline.app import make_app
from hotline.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.hub import Hub
    from tests.integration.conftest import World


async def test_a_password_cannot_be_tried_out(world: World, account: dict[str, str]) -> None:
    tried = [
        await world.post("/api/v1/session", account | {"password": f"guess-{n}"}, who=None, ok=(401, 429))
        for n in range(12)
    ]
    assert [one["status"] for one in tried] == [401] * 5 + [429] * 7
    await world.post("/api/v1/session", account, who=None, ok=(429,))


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://12345.example", 201),
        ("http://127.0.0.1:8345", 201),
        ("https://elsewhere.example", 403),
        ("http://12345.example", 403),
        ("null", 403),
    ],
)
async def test_who_signs_in_must_come_from_our_own_page(
    hub: Hub, account: dict[str, str], tmp_path: Path, origin: str, status: int
) -> None:
    app = make_app(Settings(data_dir=tmp_path, public_url="https://12345.example"), hub)
    async with TestClient(TestServer(app)) as client:
        response = await client.post("/api/v1/session", json=account, headers={"origin": origin})
        assert response.status == status, await response.text()
