"""Is the process alive, is the hub ready, how does it go; and the words of every enum."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import CHATBOT, HUB, SETTINGS
from models.conversation import ChatbotState
from models.errors import HotlineError
from models.labels import LABELS
from models.store import backlog, installation
from models.store.migrations import is_migrated

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

Labels = dict[str, dict[str, str]]
# One file of PostgreSQL's log.
LEAST_FREE: Final = 16 * 1024 * 1024
WORKER_SILENT_FOR: Final = timedelta(seconds=15)
# So far the clock of another machine may be ahead of ours.
CLOCKS_APART: Final = timedelta(minutes=1)


class Alive(Struct, kw_only=True):
    """The process answers."""

    state: Literal["ok"] = "ok"


class Ready(Struct, kw_only=True):
    """What works; a check says `ok` or, in Chinese, what is missing. The hub is ready without a chatbot and without a replica.

    `replica` is `off` where none is set, `ok`, or why the leader answers everything.
    """

    state: Literal["ready", "not_ready"]
    checks: dict[str, str]
    chatbot: ChatbotState
    replica: str
    alarms: list[str]


class GrossNet(Struct, kw_only=True):
    """毛值与净值."""

    gross: Count
    net: Count


class Stuck(Struct, kw_only=True):
    """Past its limit in the hotline's own hands."""

    in_review: Count
    in_follow_up: Count
    in_send_back: Count


class DepartmentBacklog(Struct, kw_only=True):
    """A department's live parts, how many are past a due time, and how many of the others have one within a day."""

    department: str
    open: Count
    due_within_a_day: Count
    backlog_net: Count
    backlog_gross: Count


class Backlog(Struct, kw_only=True):
    """零积压."""

    at: datetime
    open: Count
    due_within_a_day: Count
    overdue_excused: Count
    backlog: GrossNet
    stuck: Stuck
    on_desk_past_limit: Count
    departments: list[DepartmentBacklog]


async def healthz(request: web.Request) -> web.Response:
    """GET /healthz: the process answers."""
    return body.answer({"state": "ok"}, Alive)


async def readyz(request: web.Request) -> web.Response:
    """GET /readyz: database, migrations, model, workers and disk; 503 where one is missing, naming it."""
    hub = request.app[HUB]
    try:
        checks = await hub.database.read_once(lambda session: _checks(hub, session))
    except HotlineError as error:
        checks = {"database": error.detail, "migrations": "未知", "workers": "未知"}
    checks["model"] = "ok" if hub.reader.model_version else "分类模型未加载"
    checks["disk"] = _disk(request.app[SETTINGS].data_dir)
    is_ready = all(said == "ok" for said in checks.values())
    content = {
        "state": "ready" if is_ready else "not_ready",
        "checks": checks,
        "chatbot": request.app[CHATBOT].state,
        "replica": "off" if hub.database.replica is None else hub.database.replica.trouble or "ok",
        "alarms": list(hub.alarms.values()),
    }
    return body.answer(content, Ready, status=200 if is_ready else 503)


def _disk(folder: Path) -> str:
    """Tell whether there is room in the data folder: PostgreSQL goes on reading without, and here and there even writing."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        # Where there is no such folder nothing of ours fills it.
        return "ok"
    return "ok" if free >= LEAST_FREE else "数据目录所在磁盘已满，请腾出空间"


async def labels(request: web.Request) -> web.Response:
    """GET /api/v1/labels: every state, action, kind, role … with its Chinese label."""
    return body.answer(LABELS, Labels)


async def zero_backlog(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/backlog: the zero-backlog figures, gross and net."""
    hub = request.app[HUB]
    return body.answer(await hub.database.read(lambda session: backlog.figures(session, hub.now())), Backlog)


async def _checks(hub: Hub, session: Session) -> dict[str, Any]:
    """Ask the database what only it knows."""
    checks = {"database": "ok"}
    checks["migrations"] = "ok" if await is_migrated(session.connection) else "数据库结构未升级到本版本"
    last = await installation.last_beat(session, "work")
    # A beat of the far future was made by a clock that has been set back since.
    is_alive = last is not None and -CLOCKS_APART < datetime.now(UTC) - last < WORKER_SILENT_FOR
    checks["workers"] = "ok" if is_alive else "后台进程没有心跳"
    return checks
