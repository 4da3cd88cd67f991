"""指标: figures of a range of days, what they mean, and how departments of one class stand. There is no ranking over all."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import indicators
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named
from hotline.keys import HUB
from models.errors import Forbidden, InvalidRequest
from models.indicators import AXES as COUNTED_AXES
from models.indicators import COUNTS, DepartmentClass, Dimension, ExclusionReason, Figure, Indicator
from models.indicators import figures as figures_of
from models.labels import LABELS
from models.store import indicators as store
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from hotline.hub import Hub
    from models import indicators as models
    from models.store.database import Session
    from models.ticket import Actor

AXES: Final = (*COUNTED_AXES, "class")
UNKNOWN: Final = "未知"
Amount = Annotated[float, Meta(ge=0)]


class FigureLine(Struct, kw_only=True):
    """An indicator: `value` without what is excluded (`excluded` of the denominator), null where nothing was due."""

    code: str
    numerator: int
    denominator: int
    excluded: int
    value: float | None
    value_with_excluded: float | None
    is_met: bool | None


class CountLine(Struct, kw_only=True):
    """So many of what is counted, `excluded` among them."""

    n: Count
    excluded: Count


class IndicatorLine(Struct, kw_only=True):
    """The figures of one key of an axis: a department, a district, a line …; the key is empty for what is not known."""

    key: str
    name: str
    figures: list[FigureLine]
    counts: dict[str, CountLine]


class IndicatorLines(Struct, kw_only=True):
    """One page of an axis, from a day to another, both meant; as counted at `counted_at`, null before the first counting."""

    by: str
    first: date
    last: date
    counted_at: datetime | None
    lines: list[IndicatorLine]
    cursor: Cursor


class Definitions(Struct, kw_only=True):
    """What the city is measured by. `counts` names everything that is counted."""

    dimensions: list[Dimension]
    indicators: list[Indicator]
    counts: dict[str, str]
    weights: dict[str, Amount]
    classes: list[DepartmentClass]
    exclusion_reasons: list[ExclusionReason]
    smallest: int
    repeat_within_days: int


class LeagueLine(Struct, kw_only=True):
    """A department: score out of 100; no rank where too few cases stand behind it."""

    department: Named
    rank: int | None
    score: float | None
    rates: list[FigureLine]


class League(Struct, kw_only=True):
    """The departments of one class, the ranked first; those with fewer than `smallest` cases behind a rate are listed only."""

    code: str
    name: str
    first: date
    last: date
    counted_at: datetime | None
    smallest: int
    lines: list[LeagueLine]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/indicators: the whole city, or `by` an axis; a department sees its own and those below it."""
    hub = request.app[HUB]
    by, key = body.query(request, "by") or "all", body.query(request, "key")
    if by not in AXES:
        raise InvalidRequest(f"参数 by 应为 {'、'.join(AXES)} 之一")
    (first, last), size = body.days(request, hub.today()), body.page_size(request)
    after = body.read_cursor(request, tuple[Annotated[str, Meta(max_length=200)]])
    among = _among(hub, actor, by, key)

    async def work(session: Session) -> dict[str, Any]:
        if by == "class":
            found = await indicators.of_classes(hub, session, first, last)
            keys, full = [code for code in found if among is None or code in among], False
        else:
            before = after[0] if after else None
            keys = await store.keys(session, by, first, last, before, size, among=among)
            found, full = await store.sums(session, by, first, last, keys), len(keys) == size
        return {
            "lines": [_line(hub, by, one, found.get(one, {})) for one in keys],
            "cursor": body.make_cursor(keys[-1]) if full else None,
        }

    content = await hub.database.read(work)
    at = await indicators.counted_at(hub)
    return body.answer({"by": by, "first": first, "last": last, "counted_at": at, **content}, IndicatorLines)


async def definitions(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/indicators/definitions."""
    meant = request.app[HUB].city.indicators
    content = {name: getattr(meant, name) for name in meant.__struct_fields__}
    return body.answer({**content, "counts": COUNTS}, Definitions)


async def standings(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/indicators/leagues/{class}; a department sees the league that it stands in."""
    hub = request.app[HUB]
    meant = indicators.class_of(hub, request.match_info["class"])
    if actor.department is not None and actor.department not in indicators.members(hub, meant):
        raise Forbidden("只能查看本单位所在分类的比较")
    first, last = body.days(request, hub.today())
    rows = await hub.database.read(lambda session: indicators.standings(hub, session, meant, first, last))
    content = {
        "code": meant.code,
        "name": meant.name,
        "first": first,
        "last": last,
        "counted_at": await indicators.counted_at(hub),
        "smallest": hub.city.indicators.smallest,
        "lines": [
            {
                "department": {"code": one.department, "name": hub.department_name(one.department)},
                "rank": one.rank,
                "score": one.score,
                "rates": one.rates,
            }
            for one in rows
        ],
    }
    return body.answer(content, League)


def key_name(hub: Hub, by: str, key: str) -> str:
    """Return what a key of an axis is called."""
    city, name = hub.city, key
    if by == "all":
        name = city.name
    elif by in {"department", "district"}:
        name = hub.department_name(key)
    elif by == "class":
        name = indicators.class_of(hub, key).name
    elif by == "line" and key in city.lines:
        name = f"{key} {city.lines[key].name}"
    elif by == "category":
        name = hub.category_name(key)
    elif by in {"channel", "kind"}:
        name = LABELS[by].get(key, key)
    return name or UNKNOWN


def _among(hub: Hub, actor: Actor, by: str, key: str | None) -> list[str] | None:
    """Return the keys that are asked for, None for all of them. Raises Forbidden where a department asks for others' figures."""
    if actor.role is not Role.DEPARTMENT:
        return None if key is None else [key]
    if by != "department":
        raise Forbidden("承办单位请以 by=department 查看本单位及下级单位的指标")
    city, own = hub.city, actor.department or ""
    mine = [code for code in (*city.departments, *city.grid_units) if city.is_under(code, own)]
    return [code for code in mine if key in {None, code}]


def _line(hub: Hub, by: str, key: str, counted: Mapping[str, models.Count]) -> dict[str, Any]:
    found: list[Figure] = figures_of(hub.city.indicators, counted)
    return {
        "key": key,
        "name": key_name(hub, by, key),
        "figures": found,
        "counts": {name: {"n": one.n, "excluded": one.excluded} for name, one in sorted(counted.items())},
    }
