"""The knowledge that comes with a city: knowledge/articles.csv, knowledge/guides.csv and knowledge/synonyms.csv, all optional."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from models.city_fault import CityFault, Fault
from models.city_rows import Placed, Row, read_rows, twice
from models.knowledge import Entry, EntryKind, Guide

Record = TypeVar("Record")
ARTICLES: Final = "knowledge/articles.csv"
GUIDES: Final = "knowledge/guides.csv"
SYNONYMS: Final = "knowledge/synonyms.csv"

_END: Final = ("basis", "valid_from", "valid_until", "confirm_by")
_ARTICLE: Final = ("code", "title", "category", "owner", "keywords", "body", *_END)
_GUIDE: Final = (
    *("code", "title", "category", "owner", "keywords"),
    *("who", "bring", "place", "hours", "days", "fee", "online", "steps"),
    *_END,
)
_LONGEST_DAYS: Final = 365


def read_knowledge(folder: Path) -> tuple[Entry, ...]:
    """Return the entries of a city folder. Raises CityFault with the first bad line."""
    faults: list[Fault] = []
    placed = place_knowledge(folder, faults)
    if faults:
        raise CityFault(faults[0])
    return tuple(one.record for _, one in placed)


def place_synonyms(folder: Path, faults: list[Fault]) -> list[Placed[tuple[str, ...]]]:
    """Return words that mean the same to those who ask, group by group; what cannot be read is added to `faults`."""
    return _rows(folder, SYNONYMS, ("words",), _synonyms, faults)


def place_knowledge(folder: Path, faults: list[Fault]) -> list[tuple[str, Placed[Entry]]]:
    """Return every entry with its file and line; what cannot be read is added to `faults`."""
    articles = _rows(folder, ARTICLES, _ARTICLE, _article, faults)
    guides = _rows(folder, GUIDES, _GUIDE, _guide, faults)
    return [*((ARTICLES, one) for one in articles), *((GUIDES, one) for one in guides)]


def repeated(placed: list[tuple[str, Placed[Entry]]]) -> Iterator[Fault]:
    """Yield a fault for every code or title that an earlier entry of the file has."""
    for file in (ARTICLES, GUIDES):
        rows = [one for where, one in placed if where == file]
        yield from twice(file, rows, lambda one: one.code, "知识编号")
        yield from twice(file, rows, lambda one: one.title, "知识标题")


def _rows(
    folder: Path, file: str, columns: tuple[str, ...], make: Callable[[Row], Record], faults: list[Fault]
) -> list[Placed[Record]]:
    return read_rows(folder, file, columns, make, faults) if (folder / file).exists() else []


def _article(row: Row) -> Entry:
    return _entry(row, EntryKind.ARTICLE, row.text("body"), None)


def _guide(row: Row) -> Entry:
    guide = Guide(
        who=row.words("who"),
        bring=row.words("bring"),
        place=row.words("place"),
        hours=row.text("hours"),
        days=int(row.number("days", 0, _LONGEST_DAYS)),
        fee=row.text("fee"),
        online=row.raw("online"),
        steps=row.words("steps"),
    )
    return _entry(row, EntryKind.GUIDE, "", guide)


def _entry(row: Row, kind: EntryKind, body: str, guide: Guide | None) -> Entry:
    valid_from, valid_until = row.day("valid_from"), row.day("valid_until") if row.raw("valid_until") else None
    if valid_until is not None and valid_until < valid_from:
        raise row.fault("“valid_until”早于“valid_from”", "改正起止日期")
    return Entry(
        code=row.text("code"),
        kind=kind,
        title=row.text("title"),
        category=row.code("category", (4, 6)),
        owner=row.text("owner"),
        keywords=row.words("keywords"),
        body=body,
        guide=guide,
        basis=row.words("basis"),
        valid_from=valid_from,
        valid_until=valid_until,
        confirm_by=row.day("confirm_by"),
    )


def _synonyms(row: Row) -> tuple[str, ...]:
    words = row.words("words")
    if len(words) < 2:
        raise row.fault("只有一个词", "写上至少两个意思相同的词，用 | 分开")
    return words
