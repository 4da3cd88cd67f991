"""What the chatbot learns from beside its own data: the city's examples of matters and questions, and what people have made of talks."""

from __future__ import annotations

import asyncio
import csv
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hotline.app import read_keyring
from models.city_files import read_city
from models.conversation import INTENT_NAMES
from models.store import database, utterances
from models.store.installation import check_keys
from models.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hotline.config import Settings
    from models.store.database import Session

# What a citizen says is short; so much of the city's own examples stands beside those that were written for the chatbot.
LONGEST: Final = 45
REPORTS: Final = 450
QUESTIONS: Final = 300
PAGE: Final = 500


def of_city(city: Path) -> str:
    """Return matters and questions of the city's own examples, evenly over the categories, as Rasa reads them."""
    matters: list[str] = []
    questions: list[str] = []
    for file in sorted((city / "corpus").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                if len(row["text"]) <= LONGEST:
                    (questions if row["kind"] == Kind.INQUIRY else matters).append(row["text"])
    return _written({"report": _some(matters, REPORTS), "inquire": _some(questions, QUESTIONS)})


def of_people(settings: Settings, url: str) -> str:
    """Return the examples that people made of what was not understood (话术复核), as Rasa reads them; empty where there are none."""

    async def read(session: Session) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        last = None
        while rows := await utterances.taught(session, last, PAGE):
            for one in rows:
                found[one.intent].append(one.text)
            last = (rows[-1].reviewed_at, rows[-1].conversation, rows[-1].seq)
        return found

    async def main() -> dict[str, list[str]]:
        store = await database.connect(url, read_city(settings.city).code, read_keyring(settings), size=1)
        try:
            await store.write(lambda session: check_keys(session, datetime.now(UTC)))
            return await store.read(read)
        finally:
            await store.close()

    found = only_known(asyncio.run(main()))
    return _written(found) if found else ""


def only_known(by_intent: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out, and say so, what was taught of intents that the chatbot does not have: it could not be trained with them."""
    for intent in by_intent.keys() - INTENT_NAMES.keys():
        print(f"→ 机器人：没有意图“{intent}”，{len(by_intent[intent])}条样例不用", flush=True)
    return {intent: texts for intent, texts in by_intent.items() if intent in INTENT_NAMES}


def _written(by_intent: dict[str, list[str]]) -> str:
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in by_intent.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in map(_plain, texts) if text)]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    # Square and curly brackets mark entities in Rasa's examples.
    return " ".join(text.translate(str.maketrans("[]{}", "    ")).split())


def _some(texts: Iterable[str], n: int) -> list[str]:
    every = list(texts)
    return every[:: max(1, len(every) // n)][:n]
