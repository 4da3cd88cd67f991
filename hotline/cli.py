"""The commands of `hotline` (docs/operations.md)."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Final

import cyclopts
import structlog

from hotline.commands import (
    audit,
    card,
    city,
    corpus,
    docs,
    explanation,
    installation,
    language,
    learning,
    replay,
    route,
    simulate,
    up,
)
from hotline.config import read_settings
from models.errors import HotlineError, InvalidRequest

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
nlu_app = cyclopts.App(name="nlu", help="理解模型")
user_app = cyclopts.App(name="user", help="账号")
audit_app = cyclopts.App(name="audit", help="全程留痕")
deliveries_app = cyclopts.App(name="deliveries", help="投递")
for part in (city_app, route_app, nlu_app, user_app, audit_app, deliveries_app):
    app.command(part)


@app.command
def setup() -> None:
    """Prepare what does not change while running: the classifier, trained into build/model where it is out of date."""
    installation.setup(read_settings())


@app.command(name="up")
def up_() -> None:
    """Start everything in one process tree and stay until Ctrl-C."""
    sys.exit(up.up(read_settings()))


@app.command
def serve() -> None:
    """Serve HTTP: one process; several may share the port."""
    installation.serve(read_settings())


@app.command
def work() -> None:
    """Run the workers: deliveries, messages, timers."""
    installation.work(read_settings())


@app.command
def migrate() -> None:
    """Bring the database to the newest schema."""
    installation.migrate_now(read_settings())


@app.command
def backlog(*, json: bool = False) -> None:
    """Print the zero-backlog figures, gross and net."""
    audit.backlog(read_settings(), as_json=json)


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


@app.command(name="simulate")
def simulate_(*, only: str = "", seed: int = 1, seconds: float = 0.0, calls: float = 1.0) -> None:
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
    """
    simulate.simulate(read_settings(), only=only, seed=seed, seconds=seconds, calls=calls)


@app.command(name="docs")
def docs_() -> None:
    """Write docs/lifecycle.md and its pictures from the lifecycle tables; run it in a checkout."""
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


@nlu_app.command
def train(
    *,
    data: list[Path] | None = None,
    out: Path | None = None,
    from_database: bool = False,
    since: str | None = None,
) -> None:
    """Fit a model: a candidate for the city from its own history, or, with `--out`, one for labels of your own.

    Parameters
    ----------
    data
        CSV files, oldest rows first. For a candidate: `text`, `code`, perhaps `title`, `kind`, `urgency`. For your own
        labels: `text` or `tokens`, and `label` or `code`.
    out
        Where a model for your own labels goes; a candidate goes into the data folder.
    from_database
        Learn from what dispatchers corrected and confirmed.
    since
        Leave out what was said before that day.
    """
    if out is not None and data and not from_database:
        language.train_labels_of_own(data, out)
    elif out is None and (data or from_database):
        learning.train(read_settings(), data or [], from_database=from_database, since=since)
    else:
        raise InvalidRequest("请用 --from-database 或 --data 训练候选模型，或用 --data 和 --out 训练自定义标签")


@nlu_app.command
def models(*, json: bool = False) -> None:
    """Print the register of models: what is used, every candidate, how the one that reads along does."""
    learning.models(read_settings(), as_json=json)


@nlu_app.command
def promote(version: str, *, by: str) -> None:
    """Use a version, or `shipped`, from now on; a hub that runs takes it over within seconds."""
    learning.promote(read_settings(), version, by)


@nlu_app.command
def rollback(*, by: str) -> None:
    """Use what was used before the last promotion."""
    learning.roll_back(read_settings(), by)


@nlu_app.command
def shadow(version: str | None = None) -> None:
    """Let a candidate read new requests along with the model in use; without a version, none."""
    learning.shadow(read_settings(), version)


@nlu_app.command
def drift(*, json: bool = False) -> None:
    """Compare recent requests with how they looked when the model in use was new; exit 1 where that is an alarm."""
    sys.exit(learning.drift(read_settings(), as_json=json))


@nlu_app.command
def predict(*, data: Path, out: Path, model: Path | None = None) -> None:
    """Write one JSON object a row: what the program understands."""
    language.predict(read_settings(), data, out, model)


@nlu_app.command
def evaluate(*, data: Path, model: Path | None = None, json: bool = False) -> None:
    """Print figures against the gold columns that the file has."""
    language.evaluate(read_settings(), data, model, as_json=json)


@nlu_app.command(name="card")
def card_(*, picture: Path | None = None) -> None:
    """Say what the model promises and how well its probabilities hold; draw it where a file is named (SVG)."""
    card.card(read_settings(), picture)


@nlu_app.command(name="explain")
def explain_(text: str, *, title: str | None = None, line: str | None = None, json: bool = False) -> None:
    """Say why a text is read and routed as it is: words, cues, rules, the duty row, near examples.

    Parameters
    ----------
    text
        What the citizen said; nothing of it is stored.
    title
        The title of a letter, where it has one.
    line
        The dialled number.
    json
        Print one JSON object, as `POST /api/v1/explain` answers it.
    """
    explanation.explain(read_settings(), text, title, line, as_json=json)


@user_app.command(name="add")
def add_user(name: str, *, role: str, department: str | None = None) -> None:
    """Make an account; the password is read from the terminal or standard input."""
    installation.add_user(read_settings(), name, role, department)


@audit_app.command
def verify(*, ticket: str | None = None) -> None:
    """Walk the trail; exit 1 and name the first broken link where it was touched."""
    sys.exit(audit.verify(read_settings(), ticket))


@audit_app.command
def recompute(*, ticket: str | None = None) -> None:
    """Recompute every due time from the trail; exit 1 where one differs from what is stored."""
    sys.exit(audit.recompute_all(read_settings(), ticket))


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
        app()
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
