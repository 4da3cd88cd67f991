"""hotline nlu …: train, predict, evaluate, explain, and the models that a city has."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - cyclopts reads it

import cyclopts

from hotline.commands import card, explanation, language, learning, prediction
from hotline.commands import duplicates as same_matters
from hotline.config import read_settings
from models.errors import InvalidRequest

nlu_app = cyclopts.App(name="nlu", help="理解模型")


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
        CSV files, oldest rows first. For a candidate: `text`, `code`, perhaps `title`, `kind`, `urgency`, `date`. For your own
        labels: `text` or `tokens`, and `label` or `code`.
    out
        Where a model for your own labels goes; a candidate goes into the data folder.
    from_database
        Learn from what dispatchers corrected and confirmed.
    since
        Leave out what was said before that day, of a file by its column `date`. Not for labels of your own.
    """
    if out is not None and since is not None:
        raise InvalidRequest("--since 只用于训练候选模型；自定义标签请先自行按日期筛选数据")
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
    prediction.predict(read_settings(), data, out, model)


@nlu_app.command
def evaluate(*, data: Path, model: Path | None = None, json: bool = False) -> None:
    """Print figures against the gold columns that the file has."""
    language.evaluate(read_settings(), data, model, as_json=json)


@nlu_app.command(name="card")
def card_(*, picture: Path | None = None) -> None:
    """Say what the model promises and how well its probabilities hold; draw it where a file is named (SVG)."""
    card.card(read_settings(), picture)


@nlu_app.command
def duplicates(messages: Path, repeats: Path, *, json: bool = False) -> None:
    """Print how well the same matter is told: recall and precision on rewritten repeats of messages.

    Parameters
    ----------
    messages
        CSV of requests: `id`, `text`, perhaps `title`.
    repeats
        CSV of repeats in other words: `of` (the id of the message; others about the same matter after it, parted by `|`), `text`.
    json
        Print one JSON object.
    """
    same_matters.duplicates(read_settings(), messages, repeats, as_json=json)


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
