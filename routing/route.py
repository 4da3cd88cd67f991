"""One request's way: which department leads, which assist, and why, in words that a resident may read."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from models.city import City
from models.understanding import Place, Understanding
from routing.accusation import accusing_words, has_unknown_official, is_accusation, units_by_misconduct
from routing.catalogue import Catalogue, Match
from routing.guards import GRASSROOTS, Recusal, may_delegate, recusal, stand_in, unknown_office
from routing.jurisdiction import Jurisdiction


class Designee(Struct, frozen=True):
    """A department and the reason, a Chinese sentence, why it gets a part."""

    department: str
    because: str


class DutyVersion(Struct, frozen=True):
    """Which row of the catalogue decided."""

    id: str
    version: str


class Route(Struct, frozen=True, kw_only=True):
    """Where a ticket goes. A missing lead always comes with a doubt: a person at the desk decides.

    `copy` are told of the ticket and have nothing to do (抄送). `grassroots` tells whether a street may have a part.
    `recused` are the accused units: they and all below them may have neither, now or later. `doubts` are Chinese
    sentences for the desk.
    """

    lead: Designee | None
    assisting: tuple[Designee, ...]
    copy: tuple[Designee, ...]
    grassroots: bool
    duty: DutyVersion | None
    recused: tuple[str, ...]
    because: str
    doubts: tuple[str, ...]


def route(
    understanding: Understanding,
    jurisdiction: Jurisdiction | None,
    catalogue: Catalogue,
    city: City,
    *,
    on: date,
    accused: str | None,
    recused: Iterable[str] = (),
) -> Route:
    """Return the lead and the assisting departments of a request, or a doubt that says why there is none.

    `accused` is whom the agent or the form names: they stand aside whatever the matter is, beside whom the program
    reads as accused; `recused` are units that were barred before and stay so.
    """
    category = _category(understanding)
    match = catalogue.find(category, jurisdiction, on=on) if category else None
    if match is None:
        found = _undecided(category, jurisdiction, on, city)
    else:
        found = _keep_from_grassroots(_keep_known(_by_duty(match, jurisdiction, city), city), city)
    found = _with_contradiction(found, understanding.place, jurisdiction, city)
    barred = recusal(
        accusing_words(understanding, category, city, accused),
        jurisdiction,
        category=category,
        city=city,
        names=catalogue.names,
        kept=(*recused, *units_by_misconduct(understanding, jurisdiction, city, catalogue.names, accused)),
    )
    if barred is not None:
        return _keep_from_accused(found, barred, city)
    office = unknown_office((accused, understanding.accused, understanding.subject))
    if has_unknown_official(understanding, category, city) or (office and is_accusation(understanding, category, city)):
        # Whom a person must first look for may be among those who would be told.
        return _doubting(
            replace(found, copy=()),
            f"被反映的单位{f'“{office}”' if office else ''}未能对应到承办单位，派单前请人工核对回避。",
        )
    return found


def _category(understanding: Understanding) -> str | None:
    """Return the third-level code where it belongs to the first guess, else the first guess."""
    if not understanding.categories:
        return None
    first = understanding.categories[0].code
    detail = understanding.detail
    return detail if detail is not None and detail.startswith(first) else first


def _with_contradiction(found: Route, place: Place | None, jurisdiction: Jurisdiction | None, city: City) -> Route:
    """Doubt a route where the words name another district than the one in which their place lies."""
    told = place.told_district if place else None
    if place is None or told is None or jurisdiction is None or jurisdiction.district == told:
        return found
    where = f"“{place.name}”在{_name(jurisdiction.district, city)}"
    return _doubting(found, f"诉求说在{_name(told, city)}，地名库中{where}，请核对地点。")


def _undecided(category: str | None, jurisdiction: Jurisdiction | None, on: date, city: City) -> Route:
    if category is None:
        because = "未能判断诉求属于哪一类事项，请人工派单。"
    else:
        where = "" if jurisdiction else "，且地点不明、无法按属地派单"
        because = f"派单目录在{on.isoformat()}没有“{_topic(category, city)}”的有效职责{where}，请人工派单。"
    return Route(
        lead=None,
        assisting=(),
        copy=(),
        grassroots=True,  # no row forbids it: the desk may choose a street
        duty=None,
        recused=(),
        because=because,
        doubts=(because,),
    )


def _by_duty(match: Match, jurisdiction: Jurisdiction | None, city: City) -> Route:
    duty = match.duty
    row = f"派单目录{duty.id}（{duty.version}版）"
    topic = _topic(duty.category, city)
    where = _where(jurisdiction, city)
    lead = Designee(match.lead, f"{row}：“{topic}”{where}由{_name(match.lead, city)}主办。{_sentence(duty.basis)}")
    return Route(
        lead=lead,
        assisting=tuple(Designee(one, f"{row}：“{topic}”由{_name(one, city)}协办。") for one in match.assisting),
        copy=tuple(Designee(one, f"{row}：“{topic}”{where}抄送{_name(one, city)}。") for one in match.copy),
        grassroots=duty.grassroots,
        duty=DutyVersion(duty.id, duty.version),
        recused=(),
        because=lead.because,
        doubts=(),
    )


def _keep_known(found: Route, city: City) -> Route:
    """Leave out departments that the city no longer has; an old ruling may still name them."""
    strangers = [one for one in (found.lead, *found.assisting) if one and one.department not in city.departments]
    for one in strangers:
        found = _without(
            found, one.department, f"派单目录{_row(found)}指向的单位“{one.department}”不存在，请人工派单。"
        )
    return replace(found, copy=tuple(one for one in found.copy if one.department in city.departments))


def _keep_from_grassroots(found: Route, city: City) -> Route:
    """A street never gets what the catalogue keeps for the departments (国办函〔2025〕66号)."""
    if found.grassroots:
        return found
    for one in (found.lead, *found.assisting):
        if one is None or city.departments[one.department].kind not in GRASSROOTS:
            continue
        refused = may_delegate(city.departments[one.department], grassroots=False, duty=_row(found)).because
        over = city.departments[one.department].parent
        if one is found.lead and over is not None:
            found = _doubting(_led_by(found, over, f"{refused}改由{_name(over, city)}主办。"), refused)
        else:
            found = _without(found, one.department, refused)
    return found


def _keep_from_accused(found: Route, recused: Recusal, city: City) -> Route:
    """The accused and all below them get neither a part nor a copy (信访工作条例 §30)."""
    units = "、".join(_name(one, city) for one in recused.units)
    found = replace(
        found,
        recused=recused.units,
        assisting=tuple(one for one in found.assisting if not recused.bars(city, one.department)),
        copy=tuple(one for one in found.copy if not recused.bars(city, one.department)),
    )
    if found.lead is None:
        return _doubting(found, f"被举报方{units}及其下属单位须回避。")
    lead = stand_in(found.lead.department, recused, city)
    if lead == found.lead.department:
        return found
    if lead is None:
        return _without(found, found.lead.department, f"被举报方{units}须回避，且没有可以主办的上级单位，请人工派单。")
    because = f"被举报方{units}及其下属单位须回避（派单目录{_row(found)}），改由{_name(lead, city)}主办。"
    return _led_by(found, lead, because)


def _led_by(found: Route, code: str, because: str) -> Route:
    return replace(
        found,
        lead=Designee(code, because),
        because=because,
        assisting=tuple(one for one in found.assisting if one.department != code),
        copy=tuple(one for one in found.copy if one.department != code),
    )


def _without(found: Route, code: str, doubt: str) -> Route:
    if found.lead is not None and found.lead.department == code:
        found = replace(found, lead=None, because=doubt)
    left = tuple(one for one in found.assisting if one.department != code)
    return _doubting(replace(found, assisting=left), doubt)


def _doubting(found: Route, doubt: str) -> Route:
    return replace(found, doubts=(*found.doubts, doubt))


def _row(found: Route) -> str:
    return found.duty.id if found.duty else ""


def _name(code: str, city: City) -> str:
    return city.departments[code].name if code in city.departments else code


def _topic(category: str, city: City) -> str:
    return city.categories[category].name if category in city.categories else category


def _where(jurisdiction: Jurisdiction | None, city: City) -> str:
    if jurisdiction is None:
        return ""
    street = _name(jurisdiction.street, city) if jurisdiction.street else ""
    return f"（{_name(jurisdiction.district, city)}{street}）"


def _sentence(basis: str) -> str:
    return basis if not basis or basis.endswith("。") else f"{basis}。"
