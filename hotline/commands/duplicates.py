"""hotline nlu duplicates: how well intake tells the same matter (重复诉求、同一事件) on messages and rewritten repeats of some of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from math import log
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from rich.progress import track

from hotline import model_in_use
from hotline.commands.language import read_rows
from models.city_files import read_city
from models.errors import InvalidRequest
from nlu import registry
from nlu.sameness import Matter, Relation, likenesses
from nlu.similarity import STORED
from routing.jurisdiction import Atlas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hotline.config import Settings
    from models.understanding import Understanding

# Nobody's secret: what is measured is kept nowhere.
KEY: Final = b"measured and forgotten"
# As the query `alike` (models/sql/tickets.sql) has it.
OF_A_BAND, BY_BANDS, BY_PLACE, LEAST = 64, 40, 20, 0.3
MOST_SHOWN: Final = 5


class Figures(Struct, frozen=True):
    """Shares of 1. `recall`: repeats whose message is among what is shown as the same matter; `precision`: of all that is shown as
    the same, what is; `among_alike`: repeats whose message is shown at all. `unasked`: of repeats whose message is not there, how
    many are shown something as the same all the same.
    """

    messages: int
    repeats: int
    recall: float
    precision: float
    among_alike: float
    unasked: float
    wrong: list[tuple[str, str]]


class _Shelf:
    """Requests as intake finds them: by the bands that they share, or of one category at one place; newest first."""

    def __init__(self) -> None:
        self.matters: dict[str, Matter] = {}
        self._order: dict[str, int] = {}
        self._bands: defaultdict[int, list[str]] = defaultdict(list)
        self._places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def put(self, name: str, matter: Matter, bands: Sequence[int]) -> None:
        """Keep a request."""
        self.matters[name] = matter
        self._order[name] = len(self._order)
        for band in bands[:STORED]:
            self._bands[band].append(name)
        if matter.place is not None:
            self._places[matter.place, matter.category].append(name)

    def near(self, matter: Matter, bands: Sequence[int]) -> list[str]:
        """Return the requests that one is compared with."""
        worth: defaultdict[str, float] = defaultdict(float)
        for band in bands:
            newest = self._bands.get(band, [])[-OF_A_BAND:]
            for name in newest:
                worth[name] += 1 / log(2 + len(newest))
        found = sorted(
            (name for name in worth if worth[name] >= LEAST),
            key=lambda name: (worth[name], self._order[name]),
            reverse=True,
        )[:BY_BANDS]
        if matter.place is not None:
            found += self._places.get((matter.place, matter.category), [])[-BY_PLACE:]
        return list(dict.fromkeys(found))


def duplicates(settings: Settings, messages: Path, repeats: Path, *, as_json: bool) -> None:
    """Print the figures. Raises InvalidRequest where a repeat is of no message."""
    found = measure(settings, list(read_rows(messages)), list(read_rows(repeats)))
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    for of, other in found.wrong:
        print(f"误判\t{of}\t{other}")
    print(f"消息{found.messages}件，改写的重复件{found.repeats}件")
    print(f"查全率 {found.recall:.1%}，查准率 {found.precision:.1%}，连同相似件 {found.among_alike:.1%}")
    print(f"原件不在库时仍提示同一事项 {found.unasked:.1%}")


def measure(settings: Settings, messages: Sequence[Mapping[str, str]], repeats: Sequence[Mapping[str, str]]) -> Figures:
    """Compare repeats with messages as intake does, in memory.

    `of` names the message of a repeat by its id, and after it, parted by `|`, others that are about the same matter.
    """
    shelf = _Shelf()
    at = datetime.now(UTC)
    for row, matter, read in _matters(settings, messages, at, "消息"):
        shelf.put(row["id"], matter, read.bands)
    shown, found, somewhere, right, unasked, wrong = 0, 0, 0, 0, 0, []
    for row, matter, read in _matters(settings, repeats, at, "重复件"):
        of = row["of"].split("|")
        if of[0] not in shelf.matters:
            raise InvalidRequest(f"重复件的 of 列写有“{of[0]}”，消息里没有这个 id")
        told = _told(shelf, matter, read, ())
        same = [name for name, relation in told if relation is not Relation.ALIKE]
        shown += len(same)
        right += sum(name in of for name in same)
        wrong += [(of[0], name) for name in same if name not in of]
        found += of[0] in same
        somewhere += any(name == of[0] for name, _ in told)
        unasked += any(relation is not Relation.ALIKE for _, relation in _told(shelf, matter, read, of))
    count = len(repeats) or 1
    return Figures(
        len(messages),
        len(repeats),
        found / count,
        right / (shown or 1),
        somewhere / count,
        unasked / count,
        wrong,
    )


def _told(shelf: _Shelf, matter: Matter, read: Understanding, without: Sequence[str]) -> list[tuple[str, Relation]]:
    """Return what intake would show of the shelf, but for some."""
    names = [name for name in shelf.near(matter, read.bands) if name not in without]
    guesses = {guess.code for guess in read.categories}
    told = likenesses(matter, guesses, [shelf.matters[name] for name in names])
    shown = [(name, one) for name, one in zip(names, told, strict=True) if one is not None]
    shown.sort(key=lambda pair: (pair[1].relation is not Relation.ALIKE, pair[1].words), reverse=True)
    return [(name, one.relation) for name, one in shown[:MOST_SHOWN]]


def _matters(
    settings: Settings, rows: Sequence[Mapping[str, str]], at: datetime, name: str
) -> Iterator[tuple[Mapping[str, str], Matter, Understanding]]:
    city = read_city(settings.city)
    version = registry.read(settings.models_dir).in_use
    reader, atlas = model_in_use.load(settings, city, version, fingerprint_key=KEY), Atlas(city)
    places = {entry.name for entry in city.gazetteer}
    for row in track(rows, description=name):
        read = reader.understand(row["text"], title=row.get("title") or None, received_at=at)
        where = atlas.by_place(read.place) if read.place is not None else None
        place = read.place.name if read.place is not None else None
        matter = Matter(
            fingerprint=read.fingerprint,
            category=read.categories[0].code,
            kind=read.kind,
            place=place if place in places else None,
            district=where.district if where else None,
            caller=None,
            at=at,
        )
        yield row, matter, read
