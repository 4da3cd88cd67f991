"""GET /api/v1/city: what screens offer for choice: departments, categories, districts, lines, seat groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline.api.lasting import Lasting, answer_lasting, kept, lasting
from hotline.api.pinyin import typed
from hotline.api.shapes import Named
from hotline.keys import HUB
from models.vocabulary import Integration

if TYPE_CHECKING:
    from aiohttp import web

    from models.city import City
    from models.ticket import Actor

# How many digits the codes of the three levels of categories have.
DIGITS: Final = (2, 4, 6)


class Typed(Struct, kw_only=True):
    """A named code as it is found from the keyboard."""

    code: str
    name: str
    pinyin: Annotated[str, Meta(description="全拼，不带声调")]
    initials: Annotated[str, Meta(description="拼音首字母")]


class CityDepartment(Typed, kw_only=True):
    """承办单位. `has_duties` tells that the catalogue (派单目录) names it; a person may dispatch to the others too."""

    full_name: str
    aliases: list[str]
    kind: str
    parent: str | None
    has_duties: bool


class CityCategory(Typed, kw_only=True):
    """事项分类 of level 1, 2 or 3 with those below it; only the codes of four digits or more are given to a ticket."""

    level: Annotated[int, Meta(ge=1, le=3)]
    examples: list[str]
    children: list[CityCategory]


class CityDistrict(Typed, kw_only=True):
    """区县 with its streets (街道、乡镇)."""

    streets: list[Typed]


class CityLine(Struct, kw_only=True):
    """热线号码. `record_elsewhere` tells that another system keeps the record too."""

    number: str
    name: str
    integration: Integration
    department: str | None
    seat_group: str
    record_elsewhere: bool


class CitySeatGroup(Struct, kw_only=True):
    """席组."""

    code: str
    name: str
    languages: list[str]


class ScopeReason(Struct, kw_only=True):
    """不予受理 (N1–N10) with the lawful channel that is told to the citizen (告知的合法渠道)."""

    code: str
    name: str
    channel: str


class CityChoices(Struct, kw_only=True):
    """The city's own words, in the city's order; `version` changes with any of them."""

    code: str
    name: str
    version: str
    departments: list[CityDepartment]
    categories: list[CityCategory]
    districts: list[CityDistrict]
    lines: list[CityLine]
    seat_groups: list[CitySeatGroup]
    outside_systems: list[Named]
    scope: list[ScopeReason]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/city."""
    city = request.app[HUB].city
    return answer_lasting(request, await kept(request.app, "city", lambda: _encoded(city)), is_public=False)


def _encoded(city: City) -> Lasting:
    content = {
        "code": city.code,
        "name": city.name,
        "version": city.version,
        "departments": _departments(city),
        "categories": _categories(city),
        "districts": _districts(city),
        "lines": list(city.lines.values()),
        "seat_groups": list(city.seats.groups.values()),
        "outside_systems": [{"code": code, "name": name} for code, name in city.line_rule.outside_systems.items()],
        "scope": list(city.scope),
    }
    return lasting(content, CityChoices)


def _departments(city: City) -> list[dict[str, Any]]:
    named = {code for duty in city.duties for code in (duty.lead, *duty.assisting, *duty.copy)}
    return [
        {
            **_typed(one.code, one.name),
            "full_name": one.full_name,
            "aliases": one.aliases,
            "kind": one.kind,
            "parent": one.parent,
            "has_duties": one.code in named or f"@{one.kind}" in named,
        }
        for one in city.departments.values()
    ]


def _categories(city: City) -> list[dict[str, Any]]:
    """Return the tree: a level is told by how long its code is, the first level by its name alone."""
    found: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for category in city.categories.values():
        for level, digits in enumerate(DIGITS, 1):
            code = category.code[:digits]
            if len(code) < digits or code in found:
                continue
            name = (category.l1, category.l2, category.l3)[level - 1]
            own = code == category.code
            found[code] = {
                **_typed(code, name),
                "level": level,
                "examples": category.examples if own else [],
                "children": [],
            }
            (found[code[:-2]]["children"] if level > 1 else roots).append(found[code])
    return roots


def _districts(city: City) -> list[dict[str, Any]]:
    streets = [one for one in city.departments.values() if one.kind == "street"]
    return [
        {
            **_typed(district.code, district.name),
            "streets": [_typed(one.code, one.name) for one in streets if city.is_under(one.code, district.code)],
        }
        for district in city.departments.values()
        if district.kind == "district"
    ]


def _typed(code: str, name: str) -> dict[str, str]:
    pinyin, initials = typed(name)
    return {"code": code, "name": name, "pinyin": pinyin, "initials": initials}
