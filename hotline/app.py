"""Composition root: the only place that builds and wires."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import structlog
from aiohttp import web

from hotline import auto_dispatch, calendar_year, caller_limit, kept_file, model_in_use, storm
from hotline.api.channels import WECHAT, finish_messages
from hotline.api.chat_stream import keep_chat_stream
from hotline.api.errors import answer_problems
from hotline.api.metrics import FIGURES, Figures
from hotline.api.proxies import who_asks
from hotline.api.request_times import timed
from hotline.api.routes import add_routes
from hotline.api.safe_headers import safe_headers
from hotline.api.seat_stream import keep_seat_stream
from hotline.api.stream import keep_stream
from hotline.api.traced import traced
from hotline.chatbot import Chatbot
from hotline.clock import REAL, Clock, kept_clock
from hotline.http_client import HttpClient
from hotline.hub import Hub
from hotline.identity_provider import read_provider
from hotline.keys import CHATBOT, HTTP_CLIENT, HUB, PROVIDER, SETTINGS
from hotline.provider_client import ProviderClient
from hotline.traces import tracer
from hotline.wechat import read_account
from models import cipher
from models.city_files import read_city
from models.errors import HotlineError
from models.store import database, installation
from models.store.migrations import check_migrated
from models.store.replica import Replica
from nlu.reader import Reader
from routing.jurisdiction import Atlas

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hotline.config import Settings
    from hotline.tracer import Tracer
    from models.cipher import Keyring, KeyringFile
    from models.store.database import Session

LOG = structlog.get_logger()
LARGEST_BODY = 8 * 1024 * 1024
KEEP_UP_EVERY_S = 3.0


class BadKeyring(HotlineError):
    """The installation's keys cannot be read."""

    code = "bad_keyring"
    status = 500


def read_keyring(settings: Settings) -> Keyring:
    """Read the installation's keys, making them on the first start where none are named; raises BadKeyring."""
    path = settings.keyring_file
    if settings.keyring is None and not path.exists():
        # Whoever is first wins; a second process reads the winner's.
        kept_file.make(path, msgspec.json.encode(cipher.generate(settings.cipher_suite)))
    return cipher.Keyring(read_keyring_file(path), lambda: read_keyring_file(path), settings.cipher_suite)


def read_keyring_file(path: Path) -> KeyringFile:
    """Read the file of the keys; raises BadKeyring."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=cipher.KeyringFile)
    except OSError as error:
        raise BadKeyring(f"密钥文件 {path} 无法读取（{error.strerror}），请检查其权限和 HOTLINE_KEYRING") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadKeyring(f"密钥文件 {path} 已损坏，请从备份恢复；没有原来的密钥，已登记的内容无法打开") from error


async def build_hub(settings: Settings, url: str, *, pool_size: int = 10) -> Hub:
    """Build everything that a use case needs; raises NotMigrated, WrongKeyring."""
    await check_migrated(url)
    city = read_city(settings.city)
    keyring = read_keyring(settings)
    reader = Reader.load(settings.model_dir, city, fingerprint_key=keyring.fingerprint_seed)
    store = await database.connect(url, city.code, keyring, size=pool_size)
    try:
        await store.write(lambda session: installation.check_keys(session, datetime.now(UTC)))
        hub = Hub(
            store, city, reader, Atlas(city), await _clock(store), address=settings.address, is_auto=settings.demo
        )
        await keep_up(settings, hub)
    except BaseException:
        await store.close()
        raise
    return hub


def use_replica(settings: Settings, hub: Hub) -> None:
    """Let what is read far be answered by the replicas, where there are any."""
    if settings.replica_url is not None:
        hub.database.replica = Replica(settings.replica_url, settings.replica_behind_s)
        hub.database.replica.follow(hub.database)


async def keep_up(settings: Settings, hub: Hub) -> None:
    """Take over what may change while the hub runs, and raise or end its alarms."""
    hub.amend(await hub.database.read(installation.amendments))
    await auto_dispatch.follow(hub)
    await caller_limit.follow(hub)
    await model_in_use.follow(hub, settings)
    await storm.follow(hub)
    await calendar_year.follow(hub)
    hub.database.keyring.renew()


async def follow_changes(app: web.Application) -> AsyncIterator[None]:
    """Keep up every few seconds while the process serves."""

    async def follow() -> None:
        told = ""
        while True:
            await asyncio.sleep(KEEP_UP_EVERY_S)
            try:
                await keep_up(app[SETTINGS], app[HUB])
            except HotlineError as error:
                # It is tried again, and told once.
                if error.detail != told:
                    LOG.warning("changes not taken over", code=error.code, reason=error.detail)
                told = error.detail
            else:
                told = ""

    task = asyncio.create_task(follow())
    yield
    task.cancel()


async def _clock(store: database.Database) -> Clock:
    async def work(session: Session) -> Clock:
        row = await installation.clock(session)
        return REAL if row is None else kept_clock(row)

    return await store.read(work)


def make_app(settings: Settings, hub: Hub) -> web.Application:
    """Return the aiohttp application around a hub."""
    app = web.Application(
        middlewares=[who_asks(settings.proxies), timed, answer_problems], client_max_size=LARGEST_BODY
    )
    traces = tracer(settings, "serve")
    if traces is not None:
        _trace(app, traces)
    app[HUB] = hub
    app[SETTINGS] = settings
    app[FIGURES] = Figures(hub)
    app.cleanup_ctx.append(_http_client)
    app.cleanup_ctx.append(keep_stream)
    app.cleanup_ctx.append(keep_seat_stream)
    app.cleanup_ctx.append(_chatbot)
    app.cleanup_ctx.append(keep_chat_stream)
    if settings.oidc is not None:
        _add_provider(app, settings.oidc)
    # The last: what it finishes needs all the others.
    app.cleanup_ctx.append(finish_messages)
    if settings.wechat is not None:
        app[WECHAT] = read_account(settings.wechat)
    app.on_response_prepare.append(safe_headers(settings))
    add_routes(app)
    return app


def _trace(app: web.Application, traces: Tracer) -> None:
    """Keep spans of what is asked, and send the last of them before the process ends."""

    async def keep(_app: web.Application) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(traces.close)

    app.middlewares.insert(0, traced(traces))
    app.cleanup_ctx.append(keep)


async def _chatbot(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    app[CHATBOT] = Chatbot(settings.data_dir, settings.chatbot_port, is_on=settings.chatbot)
    yield
    await app[CHATBOT].close()


def _add_provider(app: web.Application, path: Path) -> None:
    """Sign people in by the identity provider of a file, which may lie in the city's own network; raises BadProviderFile."""
    file, secret = read_provider(path, app[HUB].city)

    async def provider(app: web.Application) -> AsyncIterator[None]:
        http = HttpClient(any_target=True)
        app[PROVIDER] = ProviderClient(file, secret, http)
        yield
        await http.close()

    app.cleanup_ctx.append(provider)


async def _http_client(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    app[HTTP_CLIENT] = HttpClient(any_target=settings.demo, networks=settings.webhook_networks)
    yield
    await app[HTTP_CLIENT].close()
