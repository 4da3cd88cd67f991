"""setup, work, migrate, user add: the parts that `up` starts together."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import getpass
import os
import secrets
import shutil
import signal
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
import uvloop

import nlu
from hotline import accounts
from hotline.app import build_hub, read_keyring, use_replica
from hotline.commands.building import turn
from hotline.postgres import running
from hotline.workers.run import work as run_workers
from models.city_corpus import read_material
from models.city_files import read_city
from models.errors import HotlineError, InvalidRequest
from models.store import database
from models.store.installation import check_keys
from models.store.migrations import check_migrated, migrate
from models.vocabulary import PEOPLE, Role
from nlu.candidate import train_on
from nlu.examples import write_examples
from nlu.normalise import Normaliser

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.city import City
    from models.store.database import Database, Session

LOG = structlog.get_logger()
DATABASE: Final = "hotline"
# `hotline up` names itself to its children, so that they notice its death.
KEEPER: Final = "HOTLINE_KEEPER"
LOOK_FOR_KEEPER_S: Final = 0.5
STAMP: Final = "trained_from"
TRAINED_FROM: Final = (
    "corpus", "dangers.csv", "out_of_scope.csv", "calibration.csv", "lexicon", "categories.csv", "duties.csv",
)  # fmt: skip


class PortTaken(HotlineError):
    """The address cannot be listened on."""

    code = "port_taken"


def setup(settings: Settings) -> None:
    """Train the classifier where the corpus, the city's words or our own code have changed since."""
    city = read_city(settings.city)
    folder = settings.model_dir
    parts = [settings.city / name for name in TRAINED_FROM]
    wanted = "-".join(_digest(path) for path in (*parts, Path(nlu.__file__).parent))
    with turn(folder.with_name(f"{folder.name}.lock"), folder / STAMP, wanted, folder) as is_due:
        if is_due:
            _train(settings, city, folder)


def _train(settings: Settings, city: City, folder: Path) -> None:
    print("→ 训练分类模型", flush=True)
    side = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(side, ignore_errors=True)
    material = read_material(settings.city)
    report = train_on(city, material, side)
    write_examples(side, [*material.corpus, *material.letters], Normaliser(city.language.fillers))
    # Changed as a whole, so that nobody reads half of the old one and half of the new one.
    shutil.rmtree(folder, ignore_errors=True)
    side.rename(folder)
    print(f"  {report.rows}条语料，{report.seconds:.1f}秒", flush=True)


@contextlib.contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """Lend the address of the database: the external one, a running embedded one, or one run for this long."""
    if settings.database_url:
        yield settings.database_url
        return
    with running(settings.data_dir / "postgres") as server:
        yield server.url(DATABASE)


def with_hub(settings: Settings, job: Callable[[Hub], Awaitable[int]]) -> int:
    """Run a short job with a hub of its own."""

    async def main(url: str) -> int:
        hub = await build_hub(settings, url, pool_size=2)
        try:
            return await job(hub)
        finally:
            await hub.database.close()

    with database_url(settings) as url:
        return asyncio.run(main(url))


def with_session(settings: Settings, job: Callable[[Session], Awaitable[int]]) -> int:
    """Run a short job on the database alone, in a transaction."""
    return with_database(settings, lambda store: store.write(job))


def with_database(settings: Settings, job: Callable[[Database], Awaitable[int]]) -> int:
    """Run a job on the database alone, without reading the model."""

    async def main(url: str) -> int:
        await check_migrated(url)
        code = read_city(settings.city).code
        store = await database.connect(url, code, read_keyring(settings), size=1)
        try:
            return await job(store)
        finally:
            await store.close()

    with database_url(settings) as url:
        return asyncio.run(main(url))


async def check(settings: Settings, url: str) -> None:
    """Raise NotMigrated, WrongKeyring … where `build_hub` would, without reading the model."""
    await check_migrated(url)
    store = await database.connect(url, read_city(settings.city).code, read_keyring(settings), size=1)
    try:
        await store.write(lambda session: check_keys(session, datetime.now(UTC)))
    finally:
        await store.close()


def migrate_now(settings: Settings) -> None:
    """Migrate and say so."""
    with database_url(settings) as url:
        asyncio.run(migrate(url))
    print("数据库结构已是最新")


def work(settings: Settings) -> None:
    """Run the workers until told to stop."""
    with database_url(settings) as url:
        uvloop.run(_work(settings, url))


def add_user(settings: Settings, name: str, role: str, department: str | None) -> None:
    """Make an account and print its password where it was made up here."""
    persons = [one for one in Role if one in PEOPLE]
    if role not in persons:
        raise InvalidRequest(f"没有角色“{role}”，可用：{'、'.join(persons)}")
    wanted = Role(role)
    if wanted is Role.DEPARTMENT and read_city(settings.city).party(department or "") is None:
        raise InvalidRequest("承办单位账号须用 --department 指明单位代码或网格代码")
    password = _password()

    async def job(session: Session) -> int:
        await accounts.add(session, name, password, wanted, department, datetime.now(UTC))
        return 0

    with_session(settings, job)
    print(f"已建立账号 {name}（{role}）")


async def _work(settings: Settings, url: str) -> None:
    hub = await build_hub(settings, url)
    use_replica(settings, hub)
    settle_memory()
    task = asyncio.create_task(run_workers(settings, hub))
    stop = asyncio.create_task(until_told())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await hub.database.close()


def settle_memory() -> None:
    """Leave the city, its rules and its model out of every later search for garbage: they live as long as we do.

    What a request leaves behind is freed by its counts; cycles are few, and looked for less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def until_told() -> None:
    """Wait for a signal, or for the end of the `hotline up` that started us: its next one starts others."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    keeper = os.environ.get(KEEPER)
    while not told.is_set() and keeper in {None, str(os.getppid())}:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_FOR_KEEPER_S)


@contextlib.contextmanager
def port_taken(settings: Settings) -> Iterator[None]:
    """Turn the system's refusal of an address into words."""
    try:
        yield
    except (OSError, UnicodeError, OverflowError) as error:
        reason = {
            errno.EADDRINUSE: "端口已被其他程序占用，请停止它或用 HOTLINE_PORT 另选端口",
            errno.EACCES: "本用户无权使用该端口，请用 HOTLINE_PORT 选1024以上的端口",
        }.get(getattr(error, "errno", None) or 0, "HOTLINE_HOST 应为本机的一个地址")
        raise PortTaken(f"不能在 {settings.host}:{settings.port} 上提供服务：{reason}") from error


def _password() -> str:
    if not sys.stdin.isatty():
        given = sys.stdin.readline().strip()
        if given:
            return given
        made = secrets.token_urlsafe(12)
        print(f"密码：{made}")
        return made
    return getpass.getpass("密码：")


def _digest(path: Path) -> str:
    found = sha256()
    files = (file for file in path.rglob("*") if file.suffix in {".csv", ".toml", ".py"})
    for file in [path] if path.is_file() else sorted(files):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:16]
