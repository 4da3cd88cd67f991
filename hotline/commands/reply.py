"""hotline reply check: what the check of replies (答复质检) finds in a file of requests and their replies."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hotline.commands.installation import setup
from hotline.commands.language import read_rows
from hotline.model_in_use import present
from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest
from nlu.masking import mask
from nlu.normalise import plain
from nlu.reading import Request
from nlu.reply_check import Asked, Finding, ReplyCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hotline.config import Settings
    from models.city import City
    from nlu.reader import Reader

AT_ONCE: Final = 64  # rows


class Flagged(Struct, frozen=True):
    """A reply in which something was found; `id` is the row's, else its number, from 1."""

    id: str
    findings: tuple[Finding, ...]


class Figures(Struct, frozen=True):
    """How many replies were checked, in how many something was found, and how often what."""

    replies: int
    flagged: int
    by_code: dict[str, int]
    found: list[Flagged]


def check(settings: Settings, data: Path, *, as_json: bool) -> None:
    """Print what is found in the replies of a CSV. Raises InvalidRequest for a file without `text` or `reply`."""
    setup(settings)
    rows = list(read_rows(data))
    if rows and not {"text", "reply"} <= rows[0].keys():
        raise InvalidRequest(f"{data} 须有 text 和 reply 列")
    city = read_city(settings.city)
    figures = measure(city, present(settings, city), rows)
    if as_json:
        print(msgspec.json.encode(figures).decode())
        return
    for flagged in figures.found:
        for one in flagged.findings:
            print(f"{flagged.id}\t{one.name}{'（退回作者）' if one.returns else ''}\t{one.advice}")
    names = {str(rule.code): rule.name for rule in city.replies.findings}
    counts = "，".join(f"{names[code]}{count}" for code, count in figures.by_code.items())
    print(f"答复{figures.replies}件，有问题的{figures.flagged}件：{counts or '无'}")


def measure(city: City, reader: Reader, rows: Sequence[dict[str, str]]) -> Figures:
    """Check every reply as the hub would, the kind of its request read by the model, masked."""
    found: list[Flagged] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("质检答复", total=len(rows))
        for flagged in _checked(ReplyCheck(city.replies), reader, rows):
            progress.advance(task)
            if flagged.findings:
                found.append(flagged)
    counts = Counter(str(one.code) for flagged in found for one in flagged.findings)
    return Figures(len(rows), len(found), dict(counts.most_common()), found)


def _checked(rules: ReplyCheck, reader: Reader, rows: Sequence[dict[str, str]]) -> Iterator[Flagged]:
    now = datetime.now(CHINA_TIME)
    for begin in range(0, len(rows), AT_ONCE):
        together = rows[begin : begin + AT_ONCE]
        requests = [Request(row.get("text") or "", now, row.get("title") or None) for row in together]
        for at, (row, read) in enumerate(zip(together, reader.understand_many(requests), strict=True), begin + 1):
            asked = Asked(brief=read.brief, text=read.masked_text, kind=read.kind)
            reply = mask(plain(row.get("reply") or "")).text
            yield Flagged(row.get("id") or str(at), rules.check(asked, reply))
