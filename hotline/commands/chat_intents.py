"""hotline chat intents: the accuracy of intents and the F1 of entities on held-out utterances, read as the hub sends them."""

from __future__ import annotations

import csv
import subprocess
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline.commands import chatbot
from hotline.dialogue import reading_told
from hotline.model_in_use import load
from models.city_files import read_city
from models.errors import InvalidRequest
from nlu import registry
from nlu.masking import mask
from nlu.normalise import plain
from nlu.reading import Request

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from nlu.reader import Reader

# Found where it shares so much of its characters with what it should be.
OVERLAP: Final = 0.5
SHOWN: Final = 40


class Utterance(Struct, frozen=True):
    """What was said, the intents that are right, and the entities."""

    text: str
    intents: tuple[str, ...]
    entities: tuple[tuple[str, str], ...]


class Parsed(Struct, frozen=True):
    """How the chatbot read it."""

    intent: str | None
    confidence: float
    entities: list[dict[str, str]]


class IntentFigures(Struct, frozen=True, kw_only=True):
    """`accuracy` of intents; precision, recall and F1 of entities, which count as found where they overlap by half."""

    utterances: int
    accuracy: float
    entities: int
    precision: float
    recall: float
    f1: float


def measure(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Print the figures; without `as_json` also what was read wrongly. Raises InvalidRequest, ChatbotUnprepared."""
    wanted = _read(file)
    chatbot.prepare()
    chatbot.train(settings)
    parsed = _parse(_messages(settings, wanted))
    wrong = [(one, read) for one, read in zip(wanted, parsed, strict=True) if read.intent not in one.intents]
    figures = _figures(wanted, parsed, len(wrong))
    if as_json:
        print(msgspec.json.encode(figures).decode())
        return
    for one, read in wrong[:SHOWN]:
        print(f"{one.text}\t应为 {'|'.join(one.intents)}\t读作 {read.intent}（{read.confidence:.2f}）")
    for names, n in Counter((one.intents[0], read.intent) for one, read in wrong).most_common(10):
        print(f"{n}\t{names[0]} → {names[1]}")
    print(f"{figures.utterances}句，意图准确率 {figures.accuracy:.1%}；实体{figures.entities}个，F1 {figures.f1:.1%}")


def _read(file: Path) -> list[Utterance]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            found = [_utterance(row) for row in csv.DictReader(rows)]
    except (KeyError, FileNotFoundError) as error:
        raise InvalidRequest(f"{file} 不存在，或缺少 text、intent 列") from error
    if not found:
        raise InvalidRequest(f"{file} 没有内容")
    return found


def _utterance(row: dict[str, str]) -> Utterance:
    parts = [one.partition("=") for one in (row.get("entities") or "").split(";") if "=" in one]
    return Utterance(row["text"], tuple(row["intent"].split("|")), tuple((name, words) for name, _, words in parts))


def _messages(settings: Settings, wanted: list[Utterance]) -> list[dict[str, Any]]:
    city = read_city(settings.city)
    reader: Reader = load(settings, city, registry.read(settings.models_dir).in_use)
    at = datetime.now(UTC)
    reads = reader.understand_many(Request(one.text, at) for one in wanted)
    return [
        {
            "text": mask(plain(one.text)).text,
            "metadata": {"understanding": reading_told(read)},
        }
        for one, read in zip(wanted, reads, strict=True)
    ]


def _parse(messages: list[dict[str, Any]]) -> list[Parsed]:
    lines = b"\n".join(msgspec.json.encode(message) for message in messages)
    done = subprocess.run(  # noqa: S603 - our own command
        [str(chatbot.python()), "-W", "ignore", "parse.py", str(chatbot.model())],
        cwd=chatbot.SOURCE,
        env=chatbot.rasa_environ(),
        input=lines,
        capture_output=True,
        check=False,
    )
    found = [msgspec.json.decode(line, type=Parsed) for line in done.stdout.splitlines() if line.startswith(b"{")]
    if len(found) != len(messages):
        raise chatbot.ChatbotUnprepared(f"机器人没有读完：{done.stderr.decode(errors='replace')[-800:]}")
    return found


def _figures(wanted: list[Utterance], parsed: list[Parsed], wrong: int) -> IntentFigures:
    hits = found = there = 0
    for one, read in zip(wanted, parsed, strict=True):
        said = [(entity["entity"], entity["value"]) for entity in read.entities]
        there += len(one.entities)
        found += len(said)
        hits += sum(any(_is_same(entity, other) for other in said) for entity in one.entities)
    precision, recall = hits / (found or 1), hits / (there or 1)
    f1 = 2 * precision * recall / ((precision + recall) or 1)
    n = len(wanted)
    return IntentFigures(
        utterances=n, accuracy=1 - wrong / n, entities=there, precision=precision, recall=recall, f1=f1
    )


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two are the same entity, whose words overlap by half or more."""
    shared = Counter(one[1]) & Counter(other[1])
    return one[0] == other[0] and shared.total() >= OVERLAP * max(len(one[1]), len(other[1]))
