"""hotline retention: how long what is personal is kept, what is over its time now, and what was erased."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline.clock import REAL, kept_clock
from hotline.commands.installation import with_database
from hotline.config import read_settings
from hotline.retention import untils
from models.city_files import read_city
from models.errors import Conflict
from models.retention import NAMES
from models.store import installation, retention

if TYPE_CHECKING:
    from models.retention import Kept, Retention
    from models.store.database import Database, Session
    from models.store.retention import Done

MOST: Final = 10_000


def retention_(*, json: bool = False) -> None:
    """Print of each kind how long it is kept and why, how much is over its time, and what was erased last and ever.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    settings = read_settings()
    terms = read_city(settings.city).retention
    if terms is None:
        raise Conflict(
            f"{settings.city} 没有 retention.toml：个人信息一直保存，也不能应要求删除；请先由城市制定保存期限"
        )

    async def job(store: Database) -> int:
        rows = await store.read(lambda session: _rows(session, terms))
        print(msgspec.json.encode({"retention": rows}).decode() if json else "\n".join(map(_line, rows)))
        return 0

    sys.exit(with_database(settings, job))


async def _rows(session: Session, terms: Retention) -> list[dict[str, Any]]:
    kept = await installation.clock(session)
    now = (kept_clock(kept) if kept else REAL).now()
    over = await retention.counts(session, untils(terms, now), MOST)
    last = {one.rule: one for one in await retention.runs(session)}
    return [_row(rule, getattr(terms, rule), over[rule], last.get(rule)) for rule in NAMES]


def _row(rule: str, kept: Kept, over: int, last: Done | None) -> dict[str, Any]:
    told = {} if last is None else {name: getattr(last, name) for name in last._fields if name not in {"rule", "until"}}
    return {
        "rule": rule,
        "kept_for": str(kept.kept_for),
        "words": kept.kept_for.words,
        "basis": kept.basis,
        "due": over,
        "last": told or None,
    }


def _line(row: dict[str, Any]) -> str:
    over = f"{MOST}条以上" if row["due"] >= MOST else f"{row['due']}条"
    words = [f"保存{row['words']}", f"现到期{over}"]
    last = row["last"]
    if last is None:
        words.append("尚未执行过")
    else:
        words.append(f"{last['day']:%Y-%m-%d}{'' if last['finished_at'] else '（进行中）'}删除{last['done']}条")
        words.append(f"须保留{last['held']}条" if last["held"] else "")
        words.append(f"累计删除{last['done_ever']}条")
    return f"{NAMES[row['rule']]}\t{'，'.join(word for word in words if word)}\t依据：{row['basis']}"
