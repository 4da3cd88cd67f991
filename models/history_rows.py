"""Rows of an old platform read as tickets of the past, one by one: a bad one is refused and stops no other."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from models.calendar import CHINA_TIME
from models.history_mapping import GUESS, NONE, REFUSE, OldMapping
from models.lifecycle import TicketState
from models.vocabulary import Channel, Disclosure, Identity, Kind, Urgency

# What a cell may hold, in characters.
LONGEST: Final = {
    "number": 64,
    "text": 20_000,
    "title": 200,
    "name": 64,
    "phone": 32,
    "address": 300,
    "reply": 20_000,
}
LONGEST_VALUE_TOLD: Final = 100
# The first mayor's telephone was opened in 1983 (沈阳); what lies before is a slip of the keyboard.
EARLIEST: Final = datetime(1983, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 \-]{2,30}")
_CODED: Final = (
    "category",
    "kind",
    "urgency",
    "channel",
    "line",
    "department",
    "district",
    "state",
    "result",
    "satisfaction",
    "identity",
    "disclosure",
)


class FileRow(Struct, frozen=True):
    """A row as it stands in a file: the line on which it begins, from 1, and its cells by column. `spilt` tells that it has more
    cells or fewer than the header.
    """

    line: int
    cells: dict[str, str]
    is_spilt: bool = False


class Refusal(Struct, frozen=True):
    """A row that is not imported: where, what stands there (cut), and why in Chinese."""

    line: int
    column: str
    value: str
    reason: str


class OldTicket(Struct, frozen=True, kw_only=True):
    """A ticket of the past as an old platform tells it; times are UTC. None is what it does not tell: category and kind are guessed."""

    row: int
    number: str
    text: str
    title: str | None
    name: str | None
    phone: str | None
    address: str | None
    reply: str | None
    registered_at: datetime
    received_at: datetime | None
    dispatched_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    category: str | None
    kind: Kind | None
    urgency: Urgency
    channel: Channel
    line: str | None
    department: str | None
    district: str | None
    state: TicketState
    result: str | None
    score: int | None
    identity: Identity
    disclosure: Disclosure


class _Refused(Exception):
    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.value, self.reason = name, value, reason


def read_rows(rows: Sequence[FileRow], mapping: OldMapping, now: datetime) -> tuple[list[OldTicket], list[Refusal]]:
    """Return the tickets of the rows that can be imported, and why each of the others cannot."""
    read: list[OldTicket] = []
    refused: list[Refusal] = []
    for row in rows:
        try:
            read.append(_OldRow(row, mapping, now).ticket())
        except _Refused as error:
            column = mapping.columns.get(error.name, error.name)
            refused.append(Refusal(row.line, column, told(error.value), error.reason))
    return read, refused


def told(value: str) -> str:
    """Return a cell as a report may show it: what can be printed, cut."""
    return "".join(ch if ch.isprintable() else "�" for ch in value[:LONGEST_VALUE_TOLD])


def number_of_row(row: FileRow, mapping: OldMapping) -> str:
    """Return the old number of a row, empty where it has none."""
    return row.cells.get(mapping.columns["number"], "").strip()


class _OldRow:
    """One row on its way; every reader raises _Refused, which names the field."""

    def __init__(self, row: FileRow, mapping: OldMapping, now: datetime) -> None:
        self._row, self._mapping, self._now = row, mapping, now

    def ticket(self) -> OldTicket:
        self._check_cells()
        dates = self._dates()
        coded: dict[str, Any] = {name: self._coded(name) for name in _CODED}
        name, phone = self._word("name"), self._phone()
        is_known = name is not None or phone is not None
        identity = Identity(coded["identity"] or (Identity.NAMED if is_known else Identity.ANONYMOUS))
        disclosure = Disclosure(coded["disclosure"] or Disclosure.OPEN)
        return OldTicket(
            row=self._row.line,
            number=self._needed("number"),
            text=self._readable("text"),
            title=self._word("title"),
            name=name,
            phone=phone,
            address=self._word("address"),
            reply=self._word("reply"),
            **dates,
            category=coded["category"],
            kind=Kind(coded["kind"]) if coded["kind"] else None,
            urgency=Urgency(int(coded["urgency"] or Urgency.NORMAL)),
            channel=Channel(self._present("channel", coded["channel"])),
            line=coded["line"],
            department=coded["department"],
            district=coded["district"],
            state=TicketState(self._present("state", coded["state"])),
            result=coded["result"],
            score=int(coded["satisfaction"]) if coded["satisfaction"] else None,
            identity=identity,
            # Who asks without a name asks in confidence.
            disclosure=Disclosure.CONFIDENTIAL if identity is Identity.ANONYMOUS else disclosure,
        )

    def _check_cells(self) -> None:
        if self._row.is_spilt:
            raise _Refused("", "", "列数与表头不符")
        for name, column in self._mapping.columns.items():
            cell = self._row.cells.get(column, "")
            if "\0" in cell:
                raise _Refused(name, cell, "含有空字符（NUL）")
            try:
                cell.encode()
            except UnicodeEncodeError:
                raise _Refused(name, cell, f"含有不能按 {self._mapping.encoding} 读取的字节") from None

    def _word(self, name: str) -> str | None:
        column = self._mapping.columns.get(name)
        word = self._row.cells.get(column, "").strip() if column else ""
        longest = LONGEST.get(name)
        if longest is not None and len(word) > longest:
            raise _Refused(name, word, f"超过{longest}字（共{len(word)}字）")
        return word or None

    def _needed(self, name: str) -> str:
        return self._present(name, self._word(name))

    def _readable(self, name: str) -> str:
        word = self._needed(name)
        if not any(ch.isprintable() and not ch.isspace() for ch in word):
            raise _Refused(name, word, "没有可读的文字")
        return word

    def _present(self, name: str, word: str | None) -> str:
        if word is None:
            raise _Refused(name, "", "为空")
        return word

    def _coded(self, name: str) -> str | None:
        """Return a value of ours: by the tables, else what is said of unknown words; an empty cell is the constant, if any."""
        word = self._word(name)
        if word is None:
            return self._mapping.constants.get(name)
        value = self._mapping.codes[name].get(word)
        if value is not None:
            return value
        otherwise = self._mapping.unknown.get(name, REFUSE)
        if otherwise == REFUSE:
            raise _Refused(name, word, "对照表中没有这个代码")
        return None if otherwise in {GUESS, NONE} else otherwise

    def _phone(self) -> str | None:
        word = self._word("phone")
        if word is None or _PHONE.fullmatch(word):
            return word
        if self._mapping.unknown.get("phone", REFUSE) == NONE:
            return None
        raise _Refused("phone", word, "不是电话号码")

    def _dates(self) -> dict[str, Any]:
        registered_at = self._date("registered_at", self._needed("registered_at"))
        found: dict[str, Any] = {"registered_at": registered_at}
        for name in ("received_at", "dispatched_at", "replied_at", "closed_at", "due_at"):
            word = self._word(name)
            at = self._date(name, word) if word else None
            if at is not None and word is not None and name != "received_at" and at < registered_at:
                raise _Refused(name, word, "早于登记时间")
            found[name] = at
        return found

    def _date(self, name: str, word: str) -> datetime:
        at = next((at for at in self._readings(word)), None)
        if at is None:
            raise _Refused(name, word, "不是日期，或不是对照文件 file.dates 中的格式")
        if not EARLIEST <= at < LATEST:
            raise _Refused(name, word, "年份不合理")
        if name != "due_at" and at > self._now:
            raise _Refused(name, word, "晚于现在")
        return at

    def _readings(self, word: str) -> Iterator[datetime]:
        for read in (datetime.fromisoformat, *map(_by_pattern, self._mapping.dates)):
            try:
                at = read(word)
                yield (at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue


def _by_pattern(pattern: str) -> Any:
    return lambda word: datetime.strptime(word, pattern)  # noqa: DTZ007 - the zone is added by whoever asked
