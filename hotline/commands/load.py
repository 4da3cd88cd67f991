"""hotline load: requests and live form filling at a given rate, open loop (hotline.simulation.load)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec
import uvloop

from hotline.access import Access
from hotline.commands.replay import NoHub
from hotline.config import read_settings
from hotline.simulation.load import Load, Profile
from models.city_corpus import read_corpus
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from hotline.config import Settings

CHANNEL: Final = "phone"
TITLES: Final = {"requests": "登记", "readings": "即时理解"}
SAID: Final = (
    "应发{sent}件，办成{answered}件，失败{failed}件，每秒{per_second}件；"
    "自应发时刻起毫秒 p50 {p50_ms} p95 {p95_ms} p99 {p99_ms} 最长 {longest_ms}，本程序最多迟发 {late_ms}"
)


def load_(
    *,
    rate: float = 34.0,
    seconds: float = 300.0,
    understand: float = 0.0,
    day: bool = False,
    storm: bool = False,
    bursts: int = 0,
    seed: int = 1,
    json: bool = False,
) -> None:
    """Load a running demo, open loop: what is due is sent whether or not the last one was answered; 1 where anything failed.

    Parameters
    ----------
    rate
        Requests a second on average, by chance as calls come.
    seconds
        For how long.
    understand
        Live readings of growing words a second beside it, as agents' forms ask for them.
    day
        Spread them over the seconds as over a day, with its two peaks.
    storm
        Three and a half times as many.
    bursts
        So many bursts of five minutes at twelve times the rate, evenly spread.
    seed
        The same seed makes the same moments.
    json
        Print the figures as one JSON object.
    """
    if min(rate, seconds) <= 0 or min(understand, bursts) < 0:
        raise InvalidRequest("--rate 和 --seconds 应大于 0，--understand 和 --bursts 不应为负")
    profile = Profile(
        rate=rate, seconds=seconds, understand=understand, is_day=day, is_storm=storm, bursts=bursts, seed=seed
    )
    sys.exit(_load(read_settings(), profile, as_json=json))


def _load(settings: Settings, profile: Profile, *, as_json: bool) -> int:
    try:
        access = msgspec.json.decode(settings.access_file.read_bytes(), type=Access)
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error
    if not access.users:
        raise InvalidRequest("hotline load 登记的是虚构的诉求，只能用于演示（HOTLINE_DEMO=on）")
    texts = [row.text for row in read_corpus(settings.city)]
    sender = Load(access.url, access.channels[CHANNEL], texts, profile)
    seconds = uvloop.run(sender.run())
    found: dict[str, dict[str, Any]] = {
        "requests": sender.requests.summary(seconds),
        "readings": sender.readings.summary(seconds),
    }
    if as_json:
        print(msgspec.json.encode({"seconds": round(seconds, 1), **found}).decode())
    else:
        for name, figures in found.items():
            print(f"{TITLES[name]}：{SAID.format_map(figures)}")
    return 1 if any(figures["failed"] for figures in found.values()) else 0
