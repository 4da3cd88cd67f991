"""What a city's model learns from: texts, letters and dangers with their labels (corpus/, dangers.csv)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from models.city import CalibrationRow, CorpusRow, DangerRow, LetterRow, OutsideRow
from models.city_fault import CityFault, Fault
from models.city_rows import Placed, Row, read_rows
from models.vocabulary import Flag, Kind, Urgency

Record = TypeVar("Record")
CORPUS: Final = "corpus"
LETTERS: Final = "corpus/letters"
DANGERS: Final = "dangers.csv"
CALIBRATION: Final = "calibration.csv"
OUTSIDE: Final = "out_of_scope.csv"
_LABELS: Final = ("code", "kind", "urgency")
_SPANS: Final = ("place", "subject", "time")
_CORPUS_COLUMNS: Final = (*_LABELS, "text")
_LETTER_COLUMNS: Final = (*_LABELS, "title", *_SPANS, "text")
_CALIBRATION_COLUMNS: Final = ("text", "title", "codes", "kinds", "urgencies")
_OUTSIDE_COLUMNS: Final = ("reason", "text")
_REASONS: Final = ("none", *(f"N{number}" for number in range(1, 11)))
_DANGER_COLUMNS: Final = ("flags", "raised", *_CORPUS_COLUMNS)


class Material(Struct, frozen=True, kw_only=True):
    """All that a city folder has for its models to learn from, and to test what may go out unseen (`calibration`)."""

    corpus: list[CorpusRow]
    letters: list[LetterRow]
    dangers: list[DangerRow]
    outside: list[OutsideRow]
    calibration: list[CalibrationRow]


def read_material(folder: Path) -> Material:
    """Return all of it. Raises CityFault with the first file, line and cure."""
    return Material(
        corpus=read_corpus(folder),
        letters=read_letters(folder),
        dangers=read_dangers(folder),
        outside=read_outside(folder),
        calibration=read_calibration(folder),
    )


def read_corpus(folder: Path) -> list[CorpusRow]:
    """Return the labelled texts of corpus/*.csv. Raises CityFault with the first file, line and cure."""
    return _whole(lambda faults: read_corpus_rows(folder, faults))


def read_letters(folder: Path) -> list[LetterRow]:
    """Return the labelled letters of corpus/letters/*.csv, none where there are none. Raises CityFault."""
    return _whole(lambda faults: read_letter_rows(folder, faults))


def read_dangers(folder: Path) -> list[DangerRow]:
    """Return the texts of dangers.csv, none where there is no such file. Raises CityFault."""
    return _whole(lambda faults: read_danger_rows(folder, faults))


def read_calibration(folder: Path) -> list[CalibrationRow]:
    """Return the requests of calibration.csv, none where there is no such file. Raises CityFault."""
    return _whole(lambda faults: read_calibration_rows(folder, faults))


def read_outside(folder: Path) -> list[OutsideRow]:
    """Return the requests of out_of_scope.csv, none where there is no such file. Raises CityFault."""
    return _whole(lambda faults: read_outside_rows(folder, faults))


def read_corpus_rows(folder: Path, faults: list[Fault]) -> dict[str, list[Placed[CorpusRow]]]:
    """Return the labelled texts by file, each with its line."""
    return {file: read_rows(folder, file, _CORPUS_COLUMNS, _corpus_row, faults) for file in _files(folder, CORPUS)}


def read_letter_rows(folder: Path, faults: list[Fault]) -> dict[str, list[Placed[LetterRow]]]:
    """Return the labelled letters by file, each with its line."""
    return {file: read_rows(folder, file, _LETTER_COLUMNS, _letter_row, faults) for file in _files(folder, LETTERS)}


def read_danger_rows(folder: Path, faults: list[Fault]) -> dict[str, list[Placed[DangerRow]]]:
    """Return the texts that show what raises a flag and what only sounds so; a city may have none."""
    return _table(folder, DANGERS, _DANGER_COLUMNS, _danger_row, faults)


def read_calibration_rows(folder: Path, faults: list[Fault]) -> dict[str, list[Placed[CalibrationRow]]]:
    """Return the requests by which the bars of automatic dispatch are tested; a city may have none."""
    return _table(folder, CALIBRATION, _CALIBRATION_COLUMNS, _calibration_row, faults)


def read_outside_rows(folder: Path, faults: list[Fault]) -> dict[str, list[Placed[OutsideRow]]]:
    """Return the requests that are outside the scope or only sound so; a city may have none."""
    return _table(folder, OUTSIDE, _OUTSIDE_COLUMNS, _outside_row, faults)


def _table(
    folder: Path, file: str, columns: tuple[str, ...], make: Callable[[Row], Record], faults: list[Fault]
) -> dict[str, list[Placed[Record]]]:
    return {file: read_rows(folder, file, columns, make, faults)} if (folder / file).exists() else {}


def _files(folder: Path, inside: str) -> list[str]:
    return sorted(f"{inside}/{path.name}" for path in (folder / inside).glob("*.csv"))


def _whole(read: Callable[[list[Fault]], Mapping[str, Sequence[Placed[Record]]]]) -> list[Record]:
    faults: list[Fault] = []
    rows = read(faults)
    if faults:
        raise CityFault(faults[0])
    return [placed.record for file in rows.values() for placed in file]


def _outside_row(row: Row) -> OutsideRow:
    reason = row.choice("reason", _REASONS)
    return OutsideRow(text=row.text("text"), reason=None if reason == "none" else reason)


def _calibration_row(row: Row) -> CalibrationRow:
    return CalibrationRow(text=row.text("text"), title=row.raw("title"), codes=row.codes("codes", (4,)))


def _corpus_row(row: Row) -> CorpusRow:
    code, *also = row.codes("code", (4,))
    return CorpusRow(
        code=code,
        also=tuple(also),
        kind=Kind(row.choice("kind", tuple(Kind))),
        urgency=Urgency(int(row.choice("urgency", ("1", "2", "3", "4")))),
        text=row.text("text"),
    )


def _letter_row(row: Row) -> LetterRow:
    labelled = _corpus_row(row)
    title = row.text("title")
    spans = {name: row.raw(name) for name in _SPANS}
    for name, span in spans.items():
        if span not in title and span not in labelled.text:
            raise row.fault(f"“{name}”的“{span}”在标题和正文里都找不到", "照抄原文中的一段，没有就留空")
    return LetterRow(
        code=labelled.code,
        also=labelled.also,
        kind=labelled.kind,
        urgency=labelled.urgency,
        text=labelled.text,
        title=title,
        **spans,
    )


def _danger_row(row: Row) -> DangerRow:
    labelled = _corpus_row(row)
    return DangerRow(
        code=labelled.code,
        also=labelled.also,
        kind=labelled.kind,
        urgency=labelled.urgency,
        text=labelled.text,
        flags=tuple(map(Flag, row.choices("flags", tuple(Flag)))),
        is_raised=row.flag("raised"),
    )
