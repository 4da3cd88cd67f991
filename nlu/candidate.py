"""A candidate (候选模型): a model fitted to the city's own history beside its corpus, and how good it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from models.city import City
from models.city_corpus import Material
from models.understanding import Told
from nlu.drift import LEAST, picture
from nlu.evaluation import evaluate
from nlu.examples import write_examples
from nlu.history import HistoryRow, split
from nlu.masking import mask
from nlu.normalise import Normaliser
from nlu.reader import Reader
from nlu.registry import Entry, Picture
from nlu.training import TrainingReport, train

_PROGRAM: Final = "hotline-hub"

Rows = Sequence[Mapping[str, str]]


class Basis(Struct, frozen=True, kw_only=True):
    """What every model of a city stands on; `held_out` are gold rows by file, from which nothing is learnt."""

    city: City
    material: Material
    held_out: Mapping[str, Rows]


class Candidate(NamedTuple):
    """What the register keeps of a fitted model; the reference is None where there was too little to look at."""

    entry: Entry
    reference: Picture | None


def train_on(city: City, material: Material, folder: Path, history: Sequence[HistoryRow] = ()) -> TrainingReport:
    """Fit a model to all that a city folder has to learn from, and to the city's history, as `train` does."""
    return train(
        city,
        material.corpus,
        folder,
        letters=material.letters,
        dangers=material.dangers,
        outside=material.outside,
        calibration=material.calibration,
        history=history,
    )


def usable(basis: Basis, history: Iterable[HistoryRow]) -> list[HistoryRow]:
    """Leave out what the city folder has word for word, and of what was said twice all but the newest label.

    Otherwise a model would be measured, and its guarantee tested, on words that it has learnt.
    """
    normalise = Normaliser(basis.city.language.fillers)
    known = {mask(normalise(words)).text for words in _every_text(basis)}
    return list({row.text: row for row in history if row.text not in known}.values())


def fit(basis: Basis, history: Sequence[HistoryRow], recent: Sequence[Told], folder: Path, at: datetime) -> Candidate:
    """Fit a candidate to all there is and write it to a folder.

    `history` is oldest first. `recent` are requests since its newer part began, labelled or not: a model that has seen
    neither of them says how they look, for later comparison. Raises InvalidRequest as `nlu.training.train` does.
    """
    older, newer = split(history)
    figures, reference = _tried(basis, older, newer, recent, at) if newer else (None, None)
    report = train_on(basis.city, basis.material, folder, history)
    write_examples(folder, [*basis.material.corpus, *basis.material.letters], Normaliser(basis.city.language.fillers))
    reader = Reader.load(folder, basis.city)
    assured = reader.guarantee
    entry = Entry(
        version=report.version,
        made_at=at,
        program=version_of(_PROGRAM),
        fingerprint=_fingerprint(basis.material, history),
        rows={
            **{name: len(getattr(basis.material, name)) for name in Material.__struct_fields__},
            **Counter(row.source for row in history),
        },
        # JSON has no NaN.
        cross_validated={head: None if share != share else share for head, share in report.accuracy.items()},  # noqa: PLR0124
        held_out={file: _figures(reader, rows, at) for file, rows in basis.held_out.items()},
        history=figures,
        goes_by_itself=assured.dispatched / assured.rows if assured else None,
    )
    return Candidate(entry, reference)


def _tried(
    basis: Basis, older: Sequence[HistoryRow], newer: Sequence[HistoryRow], recent: Sequence[Told], at: datetime
) -> tuple[dict[str, float], Picture | None]:
    """Return how good a model of the older history is on the newer, and how it sees recent requests."""
    with TemporaryDirectory(prefix="hotline-trial-") as trial:
        train_on(basis.city, basis.material, Path(trial), older)
        reader = Reader.load(Path(trial), basis.city)
    rows = [
        {
            "text": row.text,
            "codes": row.code[:4],
            "kinds": str(row.kind or ""),
            "urgencies": str(int(row.urgency)) if row.urgency else "",
        }
        for row in newer
    ]
    return _figures(reader, rows, at), picture(reader, recent) if len(recent) >= LEAST else None


def _figures(reader: Reader, rows: Rows, at: datetime) -> dict[str, float]:
    found: dict[str, float] = msgspec.to_builtins(evaluate(reader, rows, at))
    return found


def _every_text(basis: Basis) -> Iterator[str]:
    """Yield every text of the city folder as masked words are kept: the title first."""
    material = basis.material
    yield from (row.text for row in (*material.corpus, *material.dangers))
    yield from (row.text for row in material.outside)
    titled = [(row.title, row.text) for row in material.letters]
    titled += [(row.title, row.text) for row in material.calibration]
    titled += [(row.get("title") or "", row["text"]) for file in basis.held_out.values() for row in file]
    yield from ("\n".join(filter(None, words)) for words in titled)


def _fingerprint(material: Material, history: Sequence[HistoryRow]) -> str:
    """Return a digest over every row that the model comes from."""
    return sha256(msgspec.json.encode((material, history))).hexdigest()
