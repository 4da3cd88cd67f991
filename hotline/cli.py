"""The commands of `hotline` (docs/operations.md)."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

import cyclopts
import structlog

from hotline.commands import (
    audit,
    chat,
    chatbot,
    city,
    console,
    corpus,
    docs,
    history,
    installation,
    replay,
    route,
    serving,
    simulate,
    up,
)
from hotline.commands.answering import forecast_app, knowledge_app, reply_app
from hotline.commands.auditing import audit_app
from hotline.commands.backup import backup_
from hotline.commands.counting import backlog_, books_, indicators_app, report_app, waves_
from hotline.commands.keys import keys_app
from hotline.commands.lines import lines_app
from hotline.commands.load import load_
from hotline.commands.person import person_app
from hotline.commands.restore import restore_
from hotline.commands.retention import retention_
from hotline.commands.understanding import nlu_app
from hotline.config import read_settings
from models.errors import HotlineError

FILE_TROUBLE: Final = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘空间不足",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "已有同名的文件",
    errno.ENOENT: "不存在",
    errno.EISDIR: "是目录，应为文件",
}

app = cyclopts.App(name="hotline", help="12345 热线服务中枢", version_flags=[])
city_app = cyclopts.App(name="city", help="城市数据")
route_app = cyclopts.App(name="route", help="派单")
user_app = cyclopts.App(name="user", help="账号")
deliveries_app = cyclopts.App(name="deliveries", help="投递")
for part in (
    city_app,
    route_app,
    nlu_app,
    forecast_app,
    indicators_app,
    keys_app,
    knowledge_app,
    lines_app,
    person_app,
    reply_app,
    report_app,
    user_app,
    audit_app,
    chat.chat_app,
    chatbot.chatbot_app,
    console.console_app,
    deliveries_app,
):
    app.command(part)
for name, command in (
    ("backlog", backlog_),
    ("backup", backup_),
    ("books", books_),
    ("load", load_),
    ("restore", restore_),
    ("retention", retention_),
    ("waves", waves_),
):
    app.command(command, name=name)


@app.command
def setup() -> None:
    """Prepare what does not change while running: the classifier and the web console, each where it is out of date."""
    settings = read_settings()
    installation.setup(settings)
    console.build(settings)


@app.command(name="up")
def up_() -> None:
    """Start everything in one process tree and stay until Ctrl-C."""
    sys.exit(up.up(read_settings()))


@app.command
def serve() -> None:
    """Serve HTTP: one process; several may share the port."""
    serving.serve(read_settings())


@app.command
def work() -> None:
    """Run the workers: deliveries, messages, timers."""
    installation.work(read_settings())


@app.command
def migrate() -> None:
    """Bring the database to the newest schema."""
    installation.migrate_now(read_settings())


@app.command(name="replay")
def replay_(file: Path, *, rate: float = 0.0, limit: int = 0, json: bool = False, at_once: int = 16) -> None:
    """Send the rows of a CSV through the intake of a running hub.

    Parameters
    ----------
    file
        CSV with `id` and `text`; `title`, `received_at`, `line`, `phone`, `name` and `address` are used where present.
    rate
        Requests a second; 0 sends as fast as the hub answers.
    limit
        How many rows at the most; 0 sends all.
    json
        Print the summary as one JSON object on the last line.
    at_once
        Requests under way at the same time.
    """
    sys.exit(replay.replay(read_settings(), file, rate=rate, limit=limit, as_json=json, at_once=at_once))


@app.command(name="import")
def import_(
    file: Path,
    *,
    mapping: Path,
    report: Path | None = None,
    dry_run: bool = False,
    strict: bool = False,
    json: bool = False,
) -> None:
    """Take over an old platform's tickets as ended ones; what was imported before is left as it is.

    Parameters
    ----------
    file
        CSV or XLSX, one ticket a row, the columns named in the first row.
    mapping
        TOML that says what our fields are called there and what the codes are with us (docs/operations.md).
    report
        CSV for the rows that are refused: line, column, value, reason.
    dry_run
        Say what would be imported; nothing is written.
    strict
        Exit 1 where a row was refused.
    json
        Print the summary as one JSON object.
    """
    sys.exit(
        history.import_file(read_settings(), file, mapping, report, is_dry=dry_run, is_strict=strict, as_json=json)
    )


@app.command(name="simulate")
def simulate_(*, only: str = "", seed: int = 1, seconds: float = 0.0, calls: float = 1.0, day: int = 0) -> None:
    """City life over real HTTP until Ctrl-C: callers, department servers, desk, reviewers, follow-up.

    Parameters
    ----------
    only
        Some of departments,desk,review,follow-up,callers; all but callers where empty.
    seed
        The same seed makes the same choices.
    seconds
        Stop after so many seconds; 0 goes on.
    calls
        New callers a second, where callers take part.
    day
        A whole day of the hub's clock with so many calls and chats instead, its books at the end (HOTLINE_CLOCK_SPEED=60: 24 minutes).
    """
    sys.exit(simulate.simulate(read_settings(), only=only, seed=seed, seconds=seconds, calls=calls, day=day))


@app.command(name="docs")
def docs_() -> None:
    """Write docs/lifecycle.md, its pictures and docs/permissions.md from the tables; run it in a checkout."""
    docs.write(Path())


@city_app.command
def check(folder: Path) -> None:
    """Name every broken reference, gap and overlap of a city folder, with file, line and cure."""
    sys.exit(city.check(folder))


@city_app.command
def diff(old: Path, new: Path) -> None:
    """Say what is different between two city folders, with file and id; exit 0 where nothing is, else 1."""
    sys.exit(city.diff(old, new))


@city_app.command
def load(folder: Path) -> None:
    """Check a city folder and keep it as the newest version in the database."""
    sys.exit(city.load(read_settings(), folder))


@city_app.command(name="corpus")
def corpus_(folder: Path) -> None:
    """Say what there is to learn from by category, kind and urgency; exit 1 where texts say the same thing twice."""
    sys.exit(corpus.report(folder))


@route_app.command(name="dry-run")
def dry_run_(
    *, catalogue: Path, since: str | None = None, on: str | None = None, limit: int | None = None, json: bool = False
) -> None:
    """Say which past tickets would go elsewhere by another catalogue; nothing is changed.

    Parameters
    ----------
    catalogue
        A city folder; its duties.csv and departments.csv are used.
    since
        Only tickets registered from this date on, as in 2026-11-01.
    on
        The date on which the other catalogue's rows must hold; today where none is given.
    limit
        Only so many tickets, the newest.
    json
        Print one JSON object.
    """
    route.dry_run(read_settings(), catalogue, since=since, on=on, limit=limit, as_json=json)


@user_app.command(name="add")
def add_user(name: str, *, role: str, department: str | None = None) -> None:
    """Make an account; the password is read from the terminal or standard input."""
    installation.add_user(read_settings(), name, role, department)


@deliveries_app.command(name="replay")
def replay_deliveries(*, department: str | None = None) -> None:
    """Send every dead letter again."""
    audit.replay_dead(read_settings(), department)


def main() -> None:
    """Run a command; an error that a person can mend is one Chinese line, not a traceback."""
    # The default traceback prints local variables: keys, secrets and citizens' words would stand in the log.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
    try:
        _run()
    except BrokenPipeError:
        # Whoever reads what we print has seen enough, as `| head` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except HotlineError as error:
        print(f"错误：{error.detail}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.filename is None or error.errno not in FILE_TROUBLE:
            raise
        print(f"错误：{error.filename}：{FILE_TROUBLE[error.errno]}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _run() -> None:
    try:
        app()
    finally:
        sys.stdout.flush()
