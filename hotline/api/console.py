"""GET /: the web console (工作台), files that `hotline setup` built, sent compressed and kept by the browser for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from hotline.api.frame import page
from hotline.keys import SETTINGS
from models.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
# A name holds a hash of what is in it: another content has another name.
FOR_GOOD: Final = {**SAFE, "cache-control": "public, max-age=31536000, immutable"}
ASKED_EACH_TIME: Final = {**SAFE, "cache-control": "no-cache"}
NOT_BUILT: Final = (
    "<main class='narrow'><section class='alarm'>网页工作台尚未构建，请运行 make setup 后重新启动。</section></main>"
)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /."""
    file = request.app[SETTINGS].console_dir / "index.html"
    if not file.is_file():
        return page("12345热线服务中枢", NOT_BUILT, status=503)
    return web.FileResponse(file, headers=ASKED_EACH_TIME)


async def asset(request: web.Request) -> web.StreamResponse:
    """GET /assets/{name}."""
    return web.FileResponse(
        _built(request.app[SETTINGS].console_dir / "assets", request.match_info["name"]), headers=FOR_GOOD
    )


async def icon(request: web.Request) -> web.StreamResponse:
    """GET /favicon.svg."""
    return web.FileResponse(_built(request.app[SETTINGS].console_dir, "favicon.svg"), headers=ASKED_EACH_TIME)


def _built(folder: Path, name: str) -> Path:
    """Return a built file; raises NotFound. The route lets no name through that leads out of the folder."""
    file = folder / name
    if not file.is_file():
        raise NotFound("没有这个文件，页面可能已更新，请刷新")
    return file
