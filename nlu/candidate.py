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

from models.city import CalibrationRow, City, CorpusRow, DangerRow, LetterRow
from models.understanding import Told
from nlu.drift import LEAST, picture
from nlu.evaluation import evaluate
from nlu.masking import mask
from nlu.normalise import Normaliser
from nlu.reader import Reader
from nlu.registry import Entry, Picture
from nlu.training import HistoryRow, TrainingReport, train

# The newest fifth of the history is what a model of the older part is measured on.
_HELD_OUT_SHARE: Final = 0.2
_LEAST_HISTORY: Final = 10
_PROGRAM: Final = "hotline-hub"

Rows = Sequence[Mapping[str, str]]


class Material(Struct, frozen=True, kw_only=True):
    """What a city's models are fitted to beside its history. From `calibration` and `held_out` (gold rows by file) nothing
    is learnt: they tell what may go out unseen, and how good a model is.
    """

    city: City
    corpus: Sequence[CorpusRow]
    letters: Sequence[LetterRow]
    dangers: Sequence[DangerRow]
    calibration: Sequence[CalibrationRow]
    held_out: Mapping[str, Rows]


class Candidate(NamedTuple):
    """What the register keeps of a fitted model; the reference is None where there was too little to look at."""

    entry: Entry
    reference: Picture | None


def usable(material: Material, history: Iterable[HistoryRow]) -> list[HistoryRow]:
    """Leave out what the city folder has word for word, and of what was said twice all but the newest label.

    Otherwise a model would be measured, and its guarantee tested, on words that it has learnt.
    """
    normalise = Normaliser(material.city.language.fillers)
    known = {mask(normalise(words)).text for words in _every_text(material)}
    return list({row.text: row for row in history if row.text not in known}.values())


def split(history: Sequence[HistoryRow]) -> tuple[Sequence[HistoryRow], Sequence[HistoryRow]]:
    """Part a history, oldest first, into what a model is tried on and what it is measured on; both may be empty."""
    if len(history) < _LEAST_HISTORY:
        return history, ()
    end = len(history) - int(len(history) * _HELD_OUT_SHARE)
    return history[:end], history[end:]


def fit(
    material: Material, history: Sequence[HistoryRow], recent: Sequence[Told], folder: Path, at: datetime
) -> Candidate:
    """Fit a candidate to all there is and write it to a folder.

    `history` is oldest first. `recent` are requests since its newer part began, labelled or not: a model that has seen
    neither of them says how they look, for later comparison. Raises InvalidRequest as `nlu.training.train` does.
    """
    older, newer = split(history)
    figures, reference = _tried(material, older, newer, recent, at) if newer else (None, None)
    report = _train(material, history, folder)
    reader = Reader.load(folder, material.city)
    assured = reader.guarantee
    entry = Entry(
        version=report.version,
        made_at=at,
        program=version_of(_PROGRAM),
        fingerprint=_fingerprint(material, history),
        rows={
            "corpus": len(material.corpus),
            "letters": len(material.letters),
            "dangers": len(material.dangers),
            "calibration": len(material.calibration),
            **Counter(row.source for row in history),
        },
        # JSON has no NaN.
        cross_validated={head: None if share != share else share for head, share in report.accuracy.items()},  # noqa: PLR0124
        held_out={file: _figures(reader, rows, at) for file, rows in material.held_out.items()},
        history=figures,
        goes_by_itself=assured.dispatched / assured.rows if assured else None,
    )
    return Candidate(entry, reference)


def _train(material: Material, history: Sequence[HistoryRow], folder: Path) -> TrainingReport:
    return train(
        material.city,
        material.corpus,
        folder,
        letters=material.letters,
        dangers=material.dangers,
        calibration=material.calibration,
        history=history,
    )


def _tried(
    material: Material, older: Sequence[HistoryRow], newer: Sequence[HistoryRow], recent: Sequence[Told], at: datetime
) -> tuple[dict[str, float], Picture | None]:
    """Return how good a model of the older history is on the newer, and how it sees recent requests."""
    with TemporaryDirectory(prefix="hotline-trial-") as trial:
        _train(material, older, Path(trial))
        reader = Reader.load(Path(trial), material.city)
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


def _every_text(material: Material) -> Iterator[str]:
    """Yield every text of the city folder as masked words are kept: the title first."""
    yield from (row.text for row in (*material.corpus, *material.dangers))
    titled = [(row.title, row.text) for row in material.letters]
    titled += [(row.title, row.text) for row in material.calibration]
    titled += [(row.get("title") or "", row["text"]) for file in material.held_out.values() for row in file]
    yield from ("\n".join(filter(None, words)) for words in titled)


def _fingerprint(material: Material, history: Sequence[HistoryRow]) -> str:
    """Return a digest over every row that the model comes from."""
    found = sha256()
    for row in (*material.corpus, *material.letters, *material.dangers, *material.calibration, *history):
        found.update(msgspec.json.encode(row) + b"\n")
    return found.hexdigest()
