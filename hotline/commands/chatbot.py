"""hotline chatbot …: the environment of the chatbot beside the hub, its training, and running it (docs/operations.md)."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cyclopts import App

from hotline.commands import chatbot_examples, chatbot_run
from hotline.commands.building import call, turn
from hotline.config import read_settings
from models.errors import HotlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.config import Settings

SOURCE: Final = Path("chatbot")
PLACE: Final = Path("build/chatbot")
LOCK: Final = PLACE.with_name("chatbot.lock")
UV: Final = Path(".uv")
VERSION: Final = "3.11"
STAMP: Final = ".synced"
TRAINED_FROM: Final = "trained_from"
# What people have made of talks, as it was when the chatbot was last started beside its hub.
TAUGHT: Final = "taught.yml"

chatbot_app = App(name="chatbot", help="The chatbot (智能客服): prepare, train, run.")


class ChatbotUnprepared(HotlineError):
    """The chatbot's environment or model could not be made; the hub works without."""

    code = "chatbot_unprepared"


@chatbot_app.command(name="prepare")
def prepare_() -> None:
    """Make the chatbot's own environment and train it, each where it is out of date; starts nothing."""
    settings = read_settings()
    prepare()
    train(settings)


@chatbot_app.command(name="run")
def run_() -> None:
    """Prepare, train and run the chatbot until told to stop; `hotline up` does this beside the hub."""
    settings = read_settings()

    def train_taught(url: str) -> None:
        keep_taught(chatbot_examples.of_people(settings, url))
        train(settings)

    chatbot_run.run(settings, prepare, train_taught)


def python() -> Path:
    """Return the interpreter of the chatbot's environment."""
    return (SOURCE / ".venv" / "bin" / "python").absolute()


def model() -> Path:
    """Return where the trained model lies."""
    return (PLACE / "chatbot.tar.gz").absolute()


def prepare() -> None:
    """Make the environment of the lock file where it is not there yet. Raises ChatbotUnprepared saying what is missing."""
    lock_file = SOURCE / "requirements.lock"
    if not lock_file.exists():
        raise ChatbotUnprepared("没有 chatbot/requirements.lock，机器人不能启动")
    wanted = sha256(lock_file.read_bytes()).hexdigest()
    PLACE.mkdir(parents=True, exist_ok=True)
    with turn(LOCK, SOURCE / ".venv" / STAMP, wanted, python()) as is_due:
        if is_due:
            _install(lock_file)


def _install(lock_file: Path) -> None:
    print("→ 机器人：准备运行环境（首次约一分钟，占用约2 GB）", flush=True)
    environ = _uv_environ()
    if not python().exists():
        hint = f"没有可用的 Python {VERSION}：请安装 python{VERSION}，或允许 uv 下载（UV_PYTHON_DOWNLOADS=automatic）"
        _call([_uv(), "venv", "--quiet", "--clear", "--python", VERSION, str(SOURCE / ".venv")], environ, hint)
    sync = [_uv(), "pip", "sync", "--quiet", "--python", str(python()), "--require-hashes", str(lock_file)]
    _call(sync, environ, "机器人的依赖没有装好")


def keep_taught(written: str) -> None:
    """Keep the examples that people have made, for the next training."""
    file = PLACE / TAUGHT
    if not written:
        file.unlink(missing_ok=True)
    elif not file.exists() or file.read_text(encoding="utf-8") != written:
        file.write_text(written, encoding="utf-8")


def train(settings: Settings) -> None:
    """Train where the data, the pipeline or the city's examples have changed since. Raises ChatbotUnprepared."""
    wanted = _digest(settings)
    with turn(LOCK, PLACE / TRAINED_FROM, wanted, model()) as is_due:
        if is_due:
            _train(settings)


def _train(settings: Settings) -> None:
    print("→ 机器人：训练（约一分钟）", flush=True)
    side = PLACE / "new"
    shutil.rmtree(side, ignore_errors=True)
    shutil.copytree(SOURCE / "data", side / "data")
    (side / "data" / "nlu" / "city.yml").write_text(chatbot_examples.of_city(settings.city), encoding="utf-8")
    if (PLACE / TAUGHT).exists():
        shutil.copy(PLACE / TAUGHT, side / "data" / "nlu" / TAUGHT)
    # The hub beside it serves already.
    command = [
        "nice",
        "-n",
        "10",
        str(python()),
        "-W",
        "ignore",
        "-m",
        "rasa",
        "train",
        "--config",
        "config.yml",
        "--domain",
        "domain",
    ]
    command += [
        "--data",
        str((side / "data").absolute()),
        "--out",
        str(side.absolute()),
        "--fixed-model-name",
        "chatbot",
    ]
    _call(command, {**rasa_environ(), "OMP_NUM_THREADS": str(os.cpu_count() or 1)}, "机器人没有训练成功", cwd=SOURCE)
    (side / "chatbot.tar.gz").replace(model())
    shutil.rmtree(side, ignore_errors=True)


def rasa_environ() -> dict[str, str]:
    """Return the environment that Rasa runs in: quiet, without telemetry, without graphics cards, nothing in the home folder."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    alone = {
        "RASA_CACHE_DIRECTORY": str((PLACE / "cache").absolute()),
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "MPLCONFIGDIR": str((PLACE / "matplotlib").absolute()),
    }
    return {**os.environ, **quiet, **alone, "PYTHONPATH": str(SOURCE.absolute()), "PYTHONUNBUFFERED": "1"}


def _digest(settings: Settings) -> str:
    found = sha256()
    for path in _sources(settings):
        found.update(f"{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()


def _sources(settings: Settings) -> Iterator[Path]:
    """Yield what the model is made of, in a fixed order."""
    yield from (SOURCE / "config.yml", SOURCE / "requirements.lock", Path(chatbot_examples.__file__))
    yield from PLACE.glob(TAUGHT)
    for folder in (SOURCE / "domain", SOURCE / "data", SOURCE / "components", settings.city / "corpus"):
        yield from sorted(path for path in folder.rglob("*") if path.suffix in {".yml", ".py", ".csv"})


def _uv() -> str:
    own = UV / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise ChatbotUnprepared("没有找到 uv，请先执行 make setup")
    return found


def _uv_environ() -> dict[str, str]:
    """Keep what uv fetches in the project: the home folder may be empty, or not ours."""
    own = {"UV_CACHE_DIR": str((UV / "cache").absolute()), "UV_PYTHON_INSTALL_DIR": str((UV / "python").absolute())}
    return {**own, **os.environ}


def _call(command: list[str], environ: dict[str, str], what: str, cwd: Path | None = None) -> None:
    """Run a command to its end; raises ChatbotUnprepared with what it printed last."""
    call(command, environ, lambda said: ChatbotUnprepared(f"{what}：{said}"), cwd)
