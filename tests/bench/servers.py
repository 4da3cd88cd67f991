"""Processes that a measurement needs beside the hub: the bare yardstick endpoint and trivial receivers."""

from __future__ import annotations

import json
import sys

import asyncpg
import uvloop
from aiohttp import web

ROW = "INSERT INTO yardstick (body) VALUES ($1) RETURNING id"


async def bare(port: int, url: str) -> web.Application:
    """One INSERT … RETURNING by asyncpg behind aiohttp: what any intake must at least do."""
    pool = await asyncpg.create_pool(url, min_size=10, max_size=10)

    async def insert(request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        number = await pool.fetchval(ROW, body)
        return web.json_response({"number": number}, status=201)

    app = web.Application()
    app.router.add_post("/api/v1/tickets", insert)
    return app


async def receivers() -> web.Application:
    """Departments that take everything."""

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        if b'"endpoint.challenge"' in body:
            return web.json_response({"challenge": json.loads(body)["data"]["challenge"]})
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    return app


async def main() -> web.Application:
    if sys.argv[1] == "bare":
        return await bare(int(sys.argv[2]), sys.argv[3])
    return await receivers()


if __name__ == "__main__":
    uvloop.install()
    web.run_app(main(), host="127.0.0.1", port=int(sys.argv[2]), reuse_port=True, print=None, access_log=None)
