"""hotline simulate: city life over real HTTP (hotline.simulation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import uvloop

from hotline.access import Access
from hotline.commands.replay import NoHub
from hotline.simulation.city_life import PARTS, live
from models.city_files import read_city
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from hotline.config import Settings
    from hotline.simulation.connection import Tally

UNASKED: Final = frozenset({"callers"})
MOST_SHOWN: Final = 20


def simulate(settings: Settings, *, only: str, seed: int, seconds: float, calls: float) -> None:
    """Run city life until the time is up or Ctrl-C, then print what was done."""
    parts = _parts(only)
    if calls <= 0:
        raise InvalidRequest("calls 应大于 0：每秒来话数")
    try:
        access = msgspec.json.decode(settings.access_file.read_bytes(), type=Access)
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error
    city = read_city(settings.city)
    print(f"城市模拟开始：{'、'.join(sorted(parts))}；按 Ctrl-C 停止", flush=True)
    tally = uvloop.run(live(access, city, settings.city, parts=parts, seed=seed, seconds=seconds, calls=calls))
    _show(tally)


def _parts(only: str) -> frozenset[str]:
    """Return who takes part; raises InvalidRequest for a name that nobody has."""
    named = [word for word in only.replace(" ", "").split(",") if word]
    unknown = [word for word in named if word not in PARTS]
    if unknown:
        raise InvalidRequest(f"--only 不认识 {'、'.join(unknown)}：可选 {'、'.join(PARTS)}")
    return frozenset(named or PARTS) - (frozenset() if named else UNASKED)


def _show(tally: Tally) -> None:
    """Print the steps taken, what was refused, what was seen, and the surprises last."""
    print(f"共办理{sum(tally.taken.values())}步")
    for title, counts in (("已办", tally.taken), ("被拒", tally.refused), ("所见", tally.seen)):
        for name, n in counts.most_common():
            print(f"  {title}\t{n}\t{name}")
    print(f"意外{len(tally.surprises)}件")
    for words in tally.surprises[:MOST_SHOWN]:
        print(f"  意外\t{words}")
