from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from aiohttp.test_utils import TestClient, TestServer

from hotline.app import make_app
from hotline.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

    from tests.integration.conftest import World

SCRIPT = "console.log('工作台');\n" * 100


def client(world: World, folder: Path) -> TestClient[web.Request, web.Application]:
    return TestClient(TestServer(make_app(Settings(data_dir=folder, console_dir=folder), world.hub)))


async def test_a_console_that_was_not_built_says_what_to_do(world: World, tmp_path: Path) -> None:
    async with client(world, tmp_path) as browser, browser.get("/") as response:
        assert response.status == 503
        assert "make setup" in await response.text()


async def test_the_console_is_sent_compressed_kept_for_good_and_runs_no_foreign_script(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<div id=app></div>")
    (tmp_path / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    async with client(world, tmp_path) as browser:
        async with browser.get("/") as response:
            assert response.status == 200
            assert "script-src 'self'" in response.headers["content-security-policy"]
            assert "unsafe" not in response.headers["content-security-policy"]
            assert response.headers["cache-control"] == "no-cache"
        async with browser.get("/assets/index-1a2b.js", headers={"accept-encoding": "gzip"}) as response:
            assert await response.text() == SCRIPT
            assert response.headers["content-encoding"] == "gzip"
            assert "immutable" in response.headers["cache-control"]


async def test_nothing_but_what_was_built_is_served(world: World, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "keyring.json").write_text("{}")
    async with client(world, tmp_path) as browser:
        for name in ("missing.js", "..%2Fkeyring.json", ".hidden"):
            async with browser.get(f"/assets/{name}") as response:
                assert response.status == 404, name


async def test_a_demo_shows_what_citizens_are_told_and_nothing_else_does(world: World, tmp_path: Path) -> None:
    receipt = await world.register(
        "东湖区霞林天地广场门口的路灯坏了一个星期，请尽快维修。", caller={"phone": "13800000000"}
    )
    for is_demo in (True, False):
        app = make_app(Settings(data_dir=tmp_path, demo=is_demo), world.hub)
        async with TestClient(TestServer(app)) as browser:
            bearer = {"authorization": f"Bearer {await world.token('supervisor')}"}
            async with browser.get("/api/v1/notices", headers=bearer) as response:
                found = await response.json()
        (told,) = [one for one in found["notices"] if one["ticket"] == receipt["number"]]
        assert found["is_demo"] is is_demo
        assert "13800000000" not in told["address"]
        assert (receipt["query_code"] in (told["content"] or "")) is is_demo
