"""What no route may do: burden the grassroots against the catalogue, or tell the accused of the informer."""

from collections.abc import Iterable

from msgspec import Struct

from models.city import City, Department
from models.vocabulary import Flag, Kind
from routing.jurisdiction import Jurisdiction
from routing.names import DepartmentNames

GRASSROOTS = frozenset({"street"})
# A name that ends so is an office we should know.
OFFICE_ENDINGS = ("局", "所", "办", "委", "街道", "镇", "乡", "政府", "队", "中心", "处", "站", "村", "社区")


class Verdict(Struct, frozen=True):
    """Whether something may be done, and why, in a Chinese sentence."""

    allowed: bool
    because: str


class Recusal(Struct, frozen=True):
    """Who must not get the ticket (回避): the accused `units` and all that stands below them."""

    units: tuple[str, ...]
    is_conduct: bool

    def bars(self, city: City, code: str) -> bool:
        """Tell whether a department may have no part in the ticket."""
        return any(city.is_under(code, unit) for unit in self.units)


def may_delegate(department: Department, *, grassroots: bool, duty: str = "") -> Verdict:
    """Tell whether a part may be given to a department; `grassroots` is the duty's own word on it.

    Source: 国办函〔2025〕66号, 应由职能部门办理的不得分派给基层.
    """
    if department.kind in GRASSROOTS and not grassroots:
        because = f"派单目录{duty}规定此事应由职能部门办理，不得分派给基层（{department.name}）。"
        return Verdict(allowed=False, because=because)
    return Verdict(allowed=True, because=f"派单目录{duty}允许此事交由{department.name}办理。")


def recusal(
    named: Iterable[str | None],
    jurisdiction: Jurisdiction | None,
    *,
    category: str | None,
    city: City,
    names: DepartmentNames,
    kept: Iterable[str] = (),
) -> Recusal | None:
    """Return who must stand aside, or None where nobody must: whom the words name who accuse, and the units that are `kept`.

    Source: 信访工作条例 §30, 市场监督管理投诉举报处理暂行办法 §33.
    """
    units = dict.fromkeys(kept)
    for text in named:
        units.update(dict.fromkeys(names.find(text, jurisdiction) if text else ()))
    return Recusal(tuple(units), is_conduct(category, city)) if units else None


def unknown_office(accused: Iterable[str | None]) -> str | None:
    """Return the accused words that sound like an office; a shop or a person accused by name needs no recusal."""
    return next((text for text in accused if text and text.endswith(OFFICE_ENDINGS)), None)


def stand_in(lead: str, recused: Recusal, city: City) -> str | None:
    """Return who leads when some department is accused: `lead` itself where it may, else a superior.

    A complaint about conduct goes to the body over the accused (被反映单位的上级) before the catalogue's
    lead, unless that is the discipline inspection. The city government is no such body: it leads last.
    """
    superiors = _superiors(recused, city)
    near = [code for code in superiors if city.departments[code].kind != "government"][:1]
    is_inspection = city.departments[lead].kind == "discipline"
    first = [*near, lead] if recused.is_conduct and not is_inspection else [lead, *near]
    for code in (*first, *city.recusal_departments, *superiors):
        if not recused.bars(city, code):
            return code
    return None


def is_conduct(category: str | None, city: City) -> bool:
    """Tell whether a category is about officials' conduct."""
    return category is not None and category.startswith(city.conduct_categories)


def accuses(kind: Kind, category: str | None, city: City, flags: Iterable[str] = ()) -> bool:
    """Tell whether a matter says that an office did wrong: a tip-off, officials' conduct, or perhaps corruption.

    “城管不管” about a stall is none of them and goes to 城管 as ever.
    """
    return kind is Kind.TIP_OFF or is_conduct(category, city) or Flag.CORRUPTION in flags


def _superiors(recused: Recusal, city: City) -> list[str]:
    """Return who stands over every accused unit, nearest first."""
    others = [city.ancestors(unit) for unit in recused.units]
    return [code for code in others[0] if all(code in over for over in others)]
