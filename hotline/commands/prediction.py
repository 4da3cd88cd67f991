"""hotline nlu predict: what the program understands of every row of a file, read on every core."""

from __future__ import annotations

import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.commands.installation import setup
from hotline.commands.language import read_rows
from hotline.model_in_use import present
from hotline.proposal import Desk, Proposal, propose
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest
from nlu.linear import LinearModel
from nlu.prediction import has_own_labels, predict_label
from nlu.reader import Reader
from nlu.reading import Request
from routing.jurisdiction import Atlas

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hotline.config import Settings
    from models.city import City

AT_ONCE: Final = 64  # rows
# Rows that one process has read by the time that others have loaded the model.
FEW: Final = 1500

# A character that says something; 😡 and 。。。 do not.
_SAYS: Final = re.compile(r"\w")
# What is told of a row that says nothing: unknown is null.
_NOTHING: Final[dict[str, Any]] = {
    **dict.fromkeys(
        ("kind", "urgency", "place", "subject", "accused", "time", "interval", "people", "lead"),
    ),
    **dict.fromkeys(("categories", "amounts", "flags", "scope", "assisting"), ()),
    "because": "没有文字内容，无法判断。",
    "auto": False,
}


class Predictor:
    """Reads rows of a file as intake would read requests; a model of one's own labels answers with its labels alone."""

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        model = LinearModel.load(folder) if folder else None
        self._labels = model if model is not None and has_own_labels(model) else None
        if self._labels is None:
            self._city = read_city(settings.city)
            self._reader = Reader(self._city, model) if model else present(settings, self._city)
            self._atlas, self._desk = Atlas(self._city), Desk(self._city)

    def __call__(self, rows: Sequence[dict[str, str]]) -> list[bytes]:
        """Return the JSON of what is understood of each row; some dozens at once are best."""
        told = map(self._by_labels, rows) if self._labels else self._by_city(rows)
        return [msgspec.json.encode(one) for one in told]

    def _by_labels(self, row: dict[str, str]) -> dict[str, Any]:
        assert self._labels is not None  # noqa: S101 - for mypy
        text = row.get("text") or "\n".join((row.get("tokens") or "").split())
        title = row.get("title") or ""
        says_something = _SAYS.search(text) or _SAYS.search(title)
        return {"id": row.get("id"), "categories": predict_label(self._labels, text, title) if says_something else ()}

    def _by_city(self, rows: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
        now = datetime.now(CHINA_TIME)
        lines = [self._city.lines.get(row.get("line") or "") for row in rows]
        readings = self._reader.understand_many(
            Request(row.get("text") or "", now, row.get("title") or None, line.number if line else None)
            for row, line in zip(rows, lines, strict=True)
        )
        proposals = [
            propose(
                self._desk,
                read,
                self._atlas.by_place(read.place) if read.place else None,
                on=now.date(),
                accused=None,
                line=line,
            )
            for read, line in zip(readings, lines, strict=True)
        ]
        return [
            {
                "id": row.get("id"),
                **(_told(self._city, one) if _SAYS.search(one.understanding.masked_text) else _NOTHING),
            }
            for row, one in zip(rows, proposals, strict=True)
        ]


def predict(settings: Settings, file: Path, out: Path, folder: Path | None) -> None:
    """Write one JSON object a row, in the order of the rows; raises InvalidRequest for a file without texts."""
    setup(settings)
    rows = list(read_rows(file))
    columns_read = {"text", "tokens"} if folder else {"text"}
    if rows and columns_read.isdisjoint(rows[0]):
        raise InvalidRequest(f"{file} 须有 text 列")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with out.open("wb") as lines, Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("理解诉求", total=len(rows))
        for answer in _answers(settings, folder, rows):
            lines.write(answer + b"\n")
            progress.advance(task)


def _answers(settings: Settings, folder: Path | None, rows: Sequence[dict[str, str]]) -> Iterable[bytes]:
    cores, together = os.cpu_count() or 1, [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]
    if cores == 1 or len(rows) <= FEW:
        yield from chain.from_iterable(map(Predictor(settings, folder), together))
        return
    # Not forked: a copy of a process with threads may find a lock that nobody will ever open.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, initializer=_begin, initargs=(settings, folder)) as pool:
        yield from chain.from_iterable(pool.map(_read, together))


_predictor: list[Predictor] = []  # of a process of the pool: the one that it began with


def _begin(settings: Settings, folder: Path | None) -> None:
    _predictor.append(Predictor(settings, folder))


def _read(rows: Sequence[dict[str, str]]) -> list[bytes]:
    return _predictor[0](rows)


def _told(city: City, proposal: Proposal) -> dict[str, Any]:
    read, way = proposal.understanding, proposal.route
    return {
        "categories": [{"code": guess.code, "p": guess.p} for guess in read.categories],
        "kind": read.kind,
        "urgency": read.urgency,
        "place": read.place.span if read.place else None,
        "subject": read.subject,
        "accused": read.accused,
        "time": read.time,
        "interval": read.interval,
        "amounts": read.amounts,
        "people": read.people,
        "flags": [*read.flags, *read.suspected],
        "scope": read.scope,
        "lead": _named(city, way.lead.department) if way.lead else None,
        "assisting": [_named(city, one.department) for one in way.assisting],
        "because": way.because,
        "auto": not proposal.desk_reasons,
    }


def _named(city: City, code: str) -> dict[str, str]:
    return {"code": code, "name": city.departments[code].name}
