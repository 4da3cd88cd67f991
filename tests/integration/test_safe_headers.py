"""Every answer, of every address and to anybody, tells the browser to guess, frame and keep nothing of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hotline.app import make_app
from hotline.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.hub import Hub
    from tests.integration.conftest import World

PLACEHOLDER = re.compile(r"\{[^}]*\}")


def addresses(world: World) -> set[tuple[str, str]]:
    """Every address with something in the place of each variable."""
    assert world.client.app is not None
    return {
        (route.method, PLACEHOLDER.sub("1", route.resource.canonical))
        for route in world.client.app.router.routes()
        if route.resource is not None
    }


@pytest.mark.parametrize("who", [None, "supervisor"])
async def test_every_answer_has_them(world: World, who: str | None) -> None:
    headers = {} if who is None else {"authorization": f"Bearer {await world.token(who)}"}
    asked = sorted(addresses(world) | {("GET", "/nothing"), ("PATCH", "/api/v1/tickets")})
    assert len(asked) > 150
    for method, path in asked:
        async with world.client.request(method, path, headers=headers, allow_redirects=False) as response:
            where = f"{method} {path} {response.status}"
            assert response.headers["x-content-type-options"] == "nosniff", where
            assert "frame-ancestors 'none'" in response.headers["content-security-policy"], where
            assert "default-src 'none'" in response.headers["content-security-policy"], where
            assert response.headers["referrer-policy"] in {"no-referrer", "same-origin"}, where
            assert response.headers["cache-control"], where
            assert "/" not in response.headers["server"], where
            assert "strict-transport-security" not in response.headers, where


@pytest.mark.parametrize(("address", "is_told"), [("https://12345.example", True), ("http://10.0.0.1:8345", False)])
async def test_who_reaches_the_hub_by_https_is_told_to_stay_with_it(
    hub: Hub, tmp_path: Path, address: str, *, is_told: bool
) -> None:
    app = make_app(Settings(data_dir=tmp_path, public_url=address), hub)
    async with TestClient(TestServer(app)) as client, client.get("/healthz") as response:
        assert ("strict-transport-security" in response.headers) is is_told
