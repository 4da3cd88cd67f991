"""hotline simulate: city life over real HTTP (hotline.simulation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import uvloop

from hotline.access import Access
from hotline.commands.books import show_since
from hotline.commands.replay import NoHub
from hotline.simulation.city_life import live
from hotline.simulation.features import shown
from hotline.simulation.plan import PARTS, SHOWN, Plan
from hotline.simulation.watching import Watcher
from models.city_files import read_city
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.config import Settings
    from hotline.simulation.connection import Tally

UNASKED: Final = frozenset({"callers"})
MOST_SHOWN: Final = 20


def simulate(settings: Settings, *, only: str, seed: int, seconds: float, calls: float, day: int) -> int:
    """Run city life until the time is up or Ctrl-C, then print what was done.

    After a whole day it prints too what was shown how often, and the books: 1 where something was shown too seldom, surprised,
    or does not add up.
    """
    if calls <= 0:
        raise InvalidRequest("calls 应大于 0：每秒来话数")
    if day and only:
        raise InvalidRequest("--day 模拟完整的一天，所有角色都参加，不能与 --only 同用")
    if day < 0:
        raise InvalidRequest("--day 应为正整数：一天的来话数")
    parts = frozenset(PARTS) if day else _parts(only)
    plan = Plan(parts=parts, seed=seed, seconds=seconds, calls=calls, day=day)
    access, city = _access(settings), read_city(settings.city)
    print(f"城市模拟开始：{'、'.join(sorted(parts))}；按 Ctrl-C 停止", flush=True)
    watcher = Watcher(plan)
    tally = uvloop.run(live(access, city, settings.city, plan, watcher.watch))
    _show(tally)
    return _close_the_day(settings, tally, watcher.since) if day else 0


def _close_the_day(settings: Settings, tally: Tally, since: datetime) -> int:
    """Print what was shown too seldom, and the books of the day."""
    seldom = 0
    for feature, n in shown(tally).items():
        seldom += n < SHOWN
        print(f"  {'✓' if n >= SHOWN else '✗'} {feature}\t{n}次")
    print(f"各项功能{'都' if not seldom else f'有{seldom}项未'}办满{SHOWN}次")
    unbalanced = show_since(settings, since)
    return int(bool(seldom or unbalanced or tally.surprises))


def _access(settings: Settings) -> Access:
    try:
        return msgspec.json.decode(settings.access_file.read_bytes(), type=Access)
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error


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
