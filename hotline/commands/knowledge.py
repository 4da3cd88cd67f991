"""hotline knowledge: what the city's knowledge answers, and how well it is found."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline.commands.installation import with_hub
from hotline.knowledge import search
from hotline.model_in_use import load
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.city_knowledge import read_knowledge
from models.errors import InvalidRequest
from models.store import knowledge
from nlu import registry
from nlu.knowledge import Knowledge
from nlu.normalise import plain
from nlu.reading import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.store.database import Database

CITY: Final = "city"
SHOWN: Final = 5


class Figures(Struct, frozen=True):
    """Shares of the questions with an answer whose answer is the first hit, among three, among ten; and how many have none."""

    questions: int
    hit1: float
    hit3: float
    hit10: float
    unanswered: int
    missed: list[tuple[str, list[str], list[str]]]


async def seed(settings: Settings, store: Database) -> int:
    """Publish what comes with the city and is not known yet; what is known stays as it is."""
    entries = read_knowledge(settings.city)
    return await store.write(lambda session: knowledge.seed(session, entries, CITY, datetime.now(UTC)))


def find(settings: Settings, question: str) -> int:
    """Print what answers a question."""

    async def job(hub: Hub) -> int:
        hits = await search(hub, question, most=SHOWN)
        for hit in hits:
            entry = hit.entry
            until = entry.valid_until or "长期"
            print(f"{entry.code}@{entry.version}\t{hit.score:.1f}\t{entry.title}")
            print(f"\t{hub.department_name(entry.owner)}\t{entry.valid_from} 至 {until}\t{entry.words[:60]}…")
        if not hits:
            print("没有查到答案；可登记为知识缺口")
        return 0

    return with_hub(settings, job)


def evaluate(settings: Settings, data: Path, on: date | None, *, as_json: bool) -> None:
    """Print how well the questions of a CSV (`question`, `codes` parted by |) find their answers among the city's entries."""
    with data.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["question"], [code for code in row["codes"].split("|") if code]) for row in csv.DictReader(file)]
    figures = measure(settings, rows, on or datetime.now(CHINA_TIME).date())
    if as_json:
        print(msgspec.json.encode(figures).decode())
        return
    for question, codes, found in figures.missed:
        print(f"未中\t{question}\t应为 {'、'.join(codes)}\t查得 {'、'.join(found)}", file=sys.stderr)
    print(f"有答案的问题{figures.questions}个，另有{figures.unanswered}个没有答案")
    print(f"首条命中 {figures.hit1:.1%}，前三命中 {figures.hit3:.1%}，前十命中 {figures.hit10:.1%}")


def measure(settings: Settings, rows: Iterable[tuple[str, list[str]]], on: date) -> Figures:
    """Search as the hub does, in memory. Raises InvalidRequest where nothing can be measured."""
    city = read_city(settings.city)
    reader = load(settings, city, registry.read(settings.models_dir).in_use)
    index = Knowledge(reader.cutter, read_knowledge(settings.city), city.synonyms)
    at = datetime.now(UTC)
    places, missed, unanswered = [], [], 0
    for question, codes in rows:
        if not codes:
            unanswered += 1
            continue
        (read,) = reader.understand_many([Request(question, at)])
        about = {guess.code: guess.p for guess in read.categories}
        found = [hit.entry.code for hit in index.search(plain(question), on, categories=about)]
        place = next((place for place, code in enumerate(found) if code in codes), len(found) + SHOWN)
        places.append(place)
        if place >= 3:
            missed.append((question, codes, found[:3]))
    if not places:
        raise InvalidRequest("没有一个问题写有答案的编号（codes）")
    hit1, hit3, hit10 = (sum(place < most for place in places) / len(places) for most in (1, 3, 10))
    return Figures(len(places), hit1, hit3, hit10, unanswered, missed)
