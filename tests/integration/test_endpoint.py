"""登记接口: who owns an endpoint proves it; whatever stands in the way is said in words that a person can act on."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

if TYPE_CHECKING:
    from tests.integration.conftest import World


async def register(world: World, url: str, status: int) -> Any:
    path, who = "/api/v1/departments/urban/endpoint", "department:urban"
    return await world.post(path, {"url": url}, who=who, method="PUT", ok=(status,))


async def test_an_address_that_nobody_listens_at_is_said_to_be_out_of_reach(world: World) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/hook"
    problem = await register(world, url, 502)
    assert problem["code"] == "unreachable_department"
    assert problem["detail"].startswith("无法连接")
    assert "127.0.0.1" not in problem["detail"]


async def test_a_name_that_leads_nowhere_is_said_to_be_unknown(world: World) -> None:
    problem = await register(world, "http://hall.invalid/hook", 502)
    assert problem["detail"] == "无法连接：域名无法解析"


async def test_what_does_not_speak_http_is_named_so(world: World) -> None:
    async def babble(reader: Any, writer: Any) -> None:
        writer.write(b"220 mail ready\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        problem = await register(world, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", 502)
    assert problem["detail"] == "对方的应答不是有效的 HTTP"


@pytest.mark.parametrize(
    ("status", "content", "word"),
    [
        (302, {}, "重定向（状态码 302）"),
        (404, {}, "状态码 404"),
        (500, {}, "状态码 500"),
        (200, {"challenge": "other"}, "challenge 不符"),
    ],
)
async def test_an_endpoint_that_does_not_prove_itself_is_told_what_it_answered(
    world: World, status: int, content: Any, word: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=json.dumps(content), headers={"location": "https://example.com/"})

    app = web.Application()
    app.router.add_post("/hook", answer)
    async with TestServer(app) as server:
        problem = await register(world, str(server.make_url("/hook")), 409)
    assert word in problem["detail"]
    assert await world.rows("SELECT 1 FROM endpoints WHERE department = 'urban' AND verified_at IS NOT NULL") == []
