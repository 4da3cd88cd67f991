"""hotline nlu train (a candidate) | models | promote | rollback | shadow | drift."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline import model_in_use
from hotline.commands.installation import with_hub, with_session
from hotline.commands.language import read_rows
from hotline.drift import check
from hotline.shadow import agreement
from models.calendar import CHINA_TIME
from models.city_corpus import read_material
from models.city_files import read_city
from models.errors import InvalidRequest
from models.store import examples, tickets
from models.understanding import Told
from models.vocabulary import Kind, Urgency
from nlu import registry
from nlu.candidate import Basis, fit, usable
from nlu.drift import MOST
from nlu.history import HistoryRow, split
from nlu.masking import mask
from nlu.normalise import Normaliser
from nlu.registry import SHIPPED, Shadow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.city import City
    from models.store.database import Session
    from models.store.examples import Worded

# Intake, webhooks and timers come first on every core.
NICE: Final = 15
# So many requests of median length are fitted in about two gigabytes.
MOST_EXAMPLES: Final = 100_000
HELD_OUT: Final = "held_out"


def train(settings: Settings, files: Sequence[Path], *, from_database: bool, since: str | None) -> None:
    """Fit a candidate to the city's history beside its corpus, in this process, after all else on the machine."""
    os.nice(NICE)
    now, basis, from_ = datetime.now(UTC), _basis(settings), _day(since) if since else None
    history = usable(basis, [row for file in files for row in _labelled(basis.city, file, from_)])
    recent = [_told(row, now) for row in split(history)[1]]
    if from_database:
        history, recent = _with_database(settings, basis, history, _midnight(since))
    if not history:
        raise InvalidRequest("没有可供学习的样例：派单台派过单才有，或用 --data 给出历史数据")
    _fit(settings, basis, history, recent, now)


def models(settings: Settings, *, as_json: bool) -> None:
    """Print the register: what is used, every candidate with its figures, how the one that reads along does."""
    found = registry.read(settings.models_dir)
    read_along = _agreement(settings, found.shadow.version) if found.shadow is not None else None
    if as_json:
        content = {**msgspec.to_builtins(found), "in_use": found.in_use, "agreement": read_along}
        print(msgspec.json.encode(content).decode())
        return
    print(f"在用：{found.in_use}")
    for entry in found.models.values():
        print(f"{entry.version}\t{entry.made_at:%Y-%m-%d %H:%M}\t样本 {sum(entry.rows.values())}\t{_in_short(entry)}")
    for turn in found.turns:
        print(f"{turn.at:%Y-%m-%d %H:%M}\t{turn.by}\t{f'启用 {turn.version}' if turn.version else '撤回上次启用'}")
    if read_along is not None:
        print(f"影子：{read_along['version']}\t{msgspec.json.encode(read_along['total']).decode()}")


def promote(settings: Settings, version: str, by: str) -> None:
    """Use a version from now on; a hub that runs takes it over within seconds. Raises UnusableModel, NotFound, Conflict."""
    name = _name(by)
    if version != SHIPPED:
        registry.read(settings.models_dir).check(version)
    reader = model_in_use.load(settings, read_city(settings.city), version)
    with registry.change(settings.models_dir) as found:
        found.promote(version, name, datetime.now(UTC))
        if found.shadow is not None and found.shadow.version == version:
            found.shadow = None
    print(f"已启用 {version}")
    if reader.guarantee is None:
        print("注意：这个模型没有通过校准集的检验，启用后不再自动派单，全部由派单台核对")


def roll_back(settings: Settings, by: str) -> None:
    """Use what was used before the last promotion."""
    name = _name(by)
    with registry.change(settings.models_dir) as found:
        version = found.roll_back(name, datetime.now(UTC))
    print(f"已撤回上次启用，现用 {version}")


def shadow(settings: Settings, version: str | None) -> None:
    """Let a candidate read along from now on; without a version, none."""

    async def job(hub: Hub) -> int:
        with registry.change(settings.models_dir) as found:
            if version is not None:
                found.check(version)
                model_in_use.load(settings, hub.city, version)
            found.shadow = None if version is None else Shadow(version=version, since=hub.now())
        return 0

    with_hub(settings, job)
    print("已停止影子试读" if version is None else f"{version} 开始影子试读")


def drift(settings: Settings, *, as_json: bool) -> int:
    """Compare recent requests with the reference now; 1 where that is an alarm."""

    async def job(hub: Hub) -> int:
        found = await check(hub, settings)
        if as_json:
            print(msgspec.json.encode(found).decode())
        else:
            print(f"模型 {found.version}，近期来件{found.texts}件")
            for name, value in found.measures.items():
                print(f"{name}\t{value:.4f}")
            print("\n".join(found.alarms) or ("无明显变化" if found.measures else "还没有可比的基准，或来件太少"))
        return 1 if found.alarms else 0

    return with_hub(settings, job)


def _basis(settings: Settings) -> Basis:
    return Basis(
        city=read_city(settings.city),
        material=read_material(settings.city),
        held_out={path.name: list(read_rows(path)) for path in sorted((settings.city / HELD_OUT).glob("*.csv"))},
    )


def _fit(settings: Settings, basis: Basis, history: list[HistoryRow], recent: list[Told], now: datetime) -> None:
    settings.models_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    side = Path(mkdtemp(prefix="new-", dir=settings.models_dir))
    try:
        print(f"→ 训练候选模型：历史{len(history)}条", flush=True)
        candidate = fit(basis, history, recent, side, now)
        entry = candidate.entry
        with registry.change(settings.models_dir) as found:
            if entry.version not in found.models:
                # Not registered: left there by one that was stopped before it was done.
                shutil.rmtree(settings.models_dir / entry.version, ignore_errors=True)
                side.rename(settings.models_dir / entry.version)
                found.models[entry.version] = entry
            if candidate.reference is not None:
                found.references.setdefault(entry.version, candidate.reference)
    finally:
        shutil.rmtree(side, ignore_errors=True)
    print(msgspec.json.encode(entry).decode())
    print(f"候选模型 {entry.version}：hotline nlu shadow 试读，hotline nlu promote 启用", flush=True)


def _with_database(
    settings: Settings, basis: Basis, history: list[HistoryRow], since: datetime
) -> tuple[list[HistoryRow], list[Told]]:
    """Add the examples of the database to a history; return it and the requests since its newer part began."""
    whole, recent, strange = history, [], 0

    async def job(session: Session) -> int:
        nonlocal whole, recent, strange
        found = await examples.newest(session, since, MOST_EXAMPLES)
        known = [one for one in found if one.category in basis.city.categories]
        whole, strange = usable(basis, [*history, *map(_learnt, known)]), len(found) - len(known)
        newer = split(whole)[1]
        if known and newer:
            recent = await tickets.spread(session, known[-min(len(newer), len(known))].at, MOST)
        return 0

    with_session(settings, job)
    print(f"→ 数据库：{len(whole) - len(history)}条样例；{strange}条的分类已不在分类表里，不用", flush=True)
    return whole, recent


def _learnt(one: Worded) -> HistoryRow:
    """Kind and urgency teach only where a person corrected them: who left them may not have looked."""
    return HistoryRow(
        text=one.masked_text,
        code=one.category,
        kind=one.kind if one.is_kind_told else None,
        urgency=Urgency(one.urgency) if one.is_urgency_told else None,
        source=one.provenance,
    )


def _told(row: HistoryRow, at: datetime) -> Told:
    return Told(ticket_id=0, masked_text=row.text, line=None, received_at=at, registered_at=at)


def _labelled(city: City, file: Path, since: date | None) -> Iterator[HistoryRow]:
    """Read `text`, `code` and, where there are, `title`, `kind` and `urgency`; raises InvalidRequest naming the row.

    What was said before `since` is left out, by the column `date`.
    """
    normalise = Normaliser(city.language.fillers)
    for n, row in enumerate(read_rows(file), start=1):
        if since is not None and _date_of(row, file, n) < since:
            continue
        words = "\n".join(part for part in (row.get("title"), row.get("text")) if part)
        kind, urgency = row.get("kind") or None, row.get("urgency") or None
        try:
            yield HistoryRow(
                text=mask(normalise(words)).text,
                code=city.categories[row.get("code") or ""].code[:4],
                kind=Kind(kind) if kind else None,
                urgency=Urgency(int(urgency)) if urgency else None,
                source="csv",
            )
        except (KeyError, ValueError) as error:
            raise InvalidRequest(
                f"{file} 第{n}行不能用：code 须是分类表里的编码，kind、urgency 留空或填规定的值（{error}）"
            ) from error


def _date_of(row: dict[str, str], file: Path, n: int) -> date:
    if "date" not in row:
        raise InvalidRequest(
            f"{file} 没有 date 列，不能用 --since 按日期取舍：请补上日期（如 2026-01-31），或去掉 --since"
        )
    try:
        return datetime.fromisoformat(row["date"] or "").date()
    except ValueError as error:
        raise InvalidRequest(f"{file} 第{n}行的 date 应为日期，如 2026-01-31，不是“{row['date'] or ''}”") from error


def _agreement(settings: Settings, version: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    present = model_in_use.present(settings, read_city(settings.city)).model_version

    async def job(session: Session) -> int:
        told.update(await agreement(session, version, present))
        return 0

    with_session(settings, job)
    return told


def _in_short(entry: registry.Entry) -> str:
    figures = {**entry.held_out, **({"历史": entry.history} if entry.history else {})}
    said = [f"{name} {found['top1']:.1%}" for name, found in figures.items() if "top1" in found]
    alone = "无" if entry.goes_by_itself is None else f"{entry.goes_by_itself:.1%}"
    return "，".join([*said, f"可自动派单 {alone}"])


def _midnight(since: str | None) -> datetime:
    return datetime.combine(_day(since) if since else date(1970, 1, 2), time(), CHINA_TIME)


def _day(since: str) -> date:
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise InvalidRequest(f"--since 应为日期，如 2026-01-31，不是“{since}”") from error


def _name(by: str) -> str:
    if not by.strip():
        raise InvalidRequest("请用 --by 写明是谁的决定")
    return by.strip()
