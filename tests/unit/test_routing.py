import re
import time
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.city import City, Duty
from models.city_files import read_city
from models.understanding import Guess, Place, Understanding
from models.vocabulary import Flag, Kind, Urgency
from routing.catalogue import Catalogue
from routing.guards import may_delegate
from routing.jurisdiction import Jurisdiction
from routing.names import DepartmentNames
from routing.route import Route, route

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
PINE = Jurisdiction("north", "north-pine", "松林社", "G01")
CYPRESS = Jurisdiction("north", "north-cypress")
BRIDGE = Jurisdiction("south", "south-bridge")


@pytest.fixture(scope="module")
def tiny() -> City:
    return read_city(ROOT / "tests/cities/tiny")


@pytest.fixture(scope="module")
def yunzhou() -> City:
    return read_city(ROOT / "cities/yunzhou")


def read(
    code: str, kind: Kind = Kind.COMPLAINT, accused: str | None = None, detail: str | None = None
) -> Understanding:
    return Understanding(
        categories=(Guess(code, 0.9),) if code else (),
        detail=detail,
        kind=kind,
        kind_p=0.9,
        urgency=Urgency.NORMAL,
        place=None,
        subject=None,
        accused=accused,
        time=None,
        occurred_at=None,
        flags=(),
        scope=(),
        brief="",
        masked_text="",
        tokens=(),
        fingerprint=b"",
        model_version="test",
    )


def sent(
    city: City,
    understanding: Understanding,
    where: Jurisdiction | None = None,
    *,
    on: date = TODAY,
    accused: str | None = None,
) -> Route:
    return route(understanding, where, Catalogue(city), city, on=on, accused=accused)


def lead_of(found: Route) -> str | None:
    return found.lead.department if found.lead else None


def test_a_category_without_a_place_goes_to_its_department(tiny: City) -> None:
    found = sent(tiny, read("5101"))
    assert lead_of(found) == "works"
    assert found.duty is not None
    assert (found.duty.id, found.duty.version) == ("T5101-1", "2025.1")
    assert found.doubts == ()


def test_the_third_level_wins_over_the_second(tiny: City) -> None:
    found = sent(tiny, read("5101", detail="510101"))
    assert [one.department for one in found.assisting] == ["waterworks"]


def test_a_third_level_without_a_row_of_its_own_follows_the_second(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5101", detail="510102"))) == "works"


def test_a_third_level_of_another_category_is_not_followed(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5301", detail="510101"))) == "watchers"


def test_a_street_wins_over_its_district_and_a_district_over_the_city(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5102"), PINE)) == "north"
    assert lead_of(sent(tiny, read("5102"), CYPRESS)) == "bylaw"
    assert lead_of(sent(tiny, read("5101"), BRIDGE)) == "south"


def test_a_duty_ends_with_its_last_day(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5101"), BRIDGE, on=date(2026, 6, 30))) == "south"
    assert lead_of(sent(tiny, read("5101"), BRIDGE, on=date(2026, 7, 1))) == "works"


def test_a_duty_of_a_former_year_is_still_explained_by_the_row_of_that_year(yunzhou: City) -> None:
    assert lead_of(sent(yunzhou, read("0109"), on=date(2025, 12, 31))) == "urban"
    assert lead_of(sent(yunzhou, read("0109"), on=date(2026, 1, 1))) == "police"


def test_the_local_body_leads_where_the_place_is_known_and_the_district_gets_a_copy(tiny: City) -> None:
    found = sent(tiny, read("5202"), CYPRESS)
    assert lead_of(found) == "north-cypress"
    assert [one.department for one in found.copy] == ["north"]


def test_the_plain_row_answers_where_the_place_is_unknown(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5202"))) == "bylaw"


def test_the_district_leads_where_only_the_district_is_known(tiny: City) -> None:
    found = sent(tiny, read("5202"), Jurisdiction("south"))
    assert lead_of(found) == "south"
    assert found.copy == ()


def test_nobody_has_two_parts_in_one_ticket(yunzhou: City) -> None:
    catalogue = Catalogue(yunzhou)
    streets = [code for code, body in yunzhou.departments.items() if body.kind == "street"]
    for code in yunzhou.categories:
        for street in streets[::17]:
            district = yunzhou.departments[street].parent
            assert district is not None
            match = catalogue.find(code, Jurisdiction(district, street), on=date(2026, 11, 2))
            assert match is not None
            parts = [match.lead, *match.assisting, *match.copy]
            assert len(parts) == len(set(parts))
            assert set(parts) <= set(yunzhou.departments)


def test_a_place_in_another_district_than_the_told_one_is_a_doubt(tiny: City) -> None:
    place = Place("南区松林路", "松林路", district="north", told_district="south")
    contradicted = replace(read("5101"), place=place)
    (doubt,) = sent(tiny, contradicted, PINE).doubts
    assert all(words in doubt for words in ("松林路", "请核对地点", tiny.departments["south"].name))
    # A point on the map, where the words say that it is.
    assert sent(tiny, contradicted, BRIDGE).doubts == sent(tiny, read("5101"), BRIDGE).doubts == ()


def test_no_category_leaves_the_ticket_to_the_desk_with_a_reason(tiny: City) -> None:
    found = sent(tiny, read(""))
    assert found.lead is None
    assert found.doubts == ("未能判断诉求属于哪一类事项，请人工派单。",)


def test_a_category_without_a_duty_leaves_the_ticket_to_the_desk_with_a_reason(tiny: City) -> None:
    found = sent(tiny, read("5101"), on=date(2024, 1, 1))
    assert found.lead is None
    assert "2024-01-01" in found.doubts[0]
    assert "路面养护" in found.because


def test_every_reason_is_a_chinese_sentence_that_names_the_duty(yunzhou: City) -> None:
    catalogue = Catalogue(yunzhou)
    for code in yunzhou.categories:
        found = route(read(code[:4], detail=code), None, catalogue, yunzhou, on=date(2026, 11, 2), accused=None)
        assert found.lead is not None
        assert found.duty is not None
        for one in (found.lead, *found.assisting, *found.copy):
            assert found.duty.id in one.because
            assert one.because.endswith("。")
            assert re.search(r"[\u4e00-\u9fff]{4}", one.because)
            assert yunzhou.departments[one.department].name in one.because


def test_the_reason_names_the_place_and_the_basis(tiny: City) -> None:
    because = sent(tiny, read("5101"), BRIDGE).because
    assert "南岸石桥坊" in because
    assert "南岸路面到二〇二六年六月底由南岸公署代管。" in because


# The grassroots (国办函〔2025〕66号)


def test_a_row_that_contradicts_itself_does_not_reach_the_street(tiny: City) -> None:
    bad = replace(duty_of(tiny, "T5202-1"), grassroots=False, assisting=("south-bridge",))
    broken = replace(tiny, duties=(bad,))
    found = sent(broken, read("5202"), CYPRESS)
    assert lead_of(found) == "north"
    assert found.assisting == ()
    assert len(found.doubts) == 2


def test_no_street_of_yunzhou_leads_or_assists_against_the_catalogue(yunzhou: City) -> None:
    catalogue = Catalogue(yunzhou)
    streets = [code for code, body in yunzhou.departments.items() if body.kind == "street"]
    for number, code in enumerate(yunzhou.categories):
        street = streets[number % len(streets)]
        where = Jurisdiction(yunzhou.departments[street].parent or "", street)
        found = route(
            read(code[:4], detail=code),
            where,
            catalogue,
            yunzhou,
            on=date(2026, 11, 2),
            accused=None,
        )
        assert found.lead is not None
        for one in (found.lead, *found.assisting):
            assert found.grassroots or yunzhou.departments[one.department].kind != "street"


@pytest.mark.parametrize(("grassroots", "code", "allowed"), [
    (True, "north-pine", True),
    (False, "north-pine", False),
    (False, "north", True),
])  # fmt: skip
def test_delegation_asks_the_same_guard(tiny: City, grassroots: bool, code: str, allowed: bool) -> None:  # noqa: FBT001 - parameters of a test
    verdict = may_delegate(tiny.departments[code], grassroots=grassroots, duty="T1")
    assert verdict.allowed is allowed
    assert "T1" in verdict.because


# The accused (回避)


def test_a_complaint_that_a_department_does_nothing_goes_to_that_department(tiny: City) -> None:
    found = sent(tiny, read("5102", accused="街容署"), CYPRESS)
    assert lead_of(found) == "bylaw"
    assert found.recused == ()


def test_a_tip_off_never_reaches_the_accused(tiny: City) -> None:
    found = sent(tiny, read("5102", Kind.TIP_OFF, "街容巡查队"), CYPRESS)
    assert lead_of(found) == "watchers"
    assert found.recused == ("bylaw",)
    assert "街容署" in found.because
    assert "T5102-1" in found.because


def test_perhaps_corrupt_is_enough_to_keep_the_accused_out(tiny: City) -> None:
    plain = read("5102", accused="街容署")
    assert sent(tiny, plain, CYPRESS).recused == ()
    for perhaps in (replace(plain, suspected=(Flag.CORRUPTION,)), replace(plain, doubted=(Flag.CORRUPTION,))):
        assert sent(tiny, perhaps, CYPRESS).recused == ("bylaw",)


def test_a_tip_off_never_reaches_what_stands_below_the_accused(tiny: City) -> None:
    found = sent(tiny, read("5201", Kind.TIP_OFF), accused="工务署的科长")
    assert lead_of(found) == "watchers"
    assert found.copy == ()


def test_nobody_is_copied_while_the_accused_office_is_not_found(tiny: City) -> None:
    known, unknown = (sent(tiny, read("5102", Kind.TIP_OFF, accused), CYPRESS) for accused in ("赵四", "河道管理站"))
    assert [one.department for one in known.copy] == ["north"]
    assert unknown.copy == ()
    assert "“河道管理站”未能对应到承办单位" in unknown.doubts[-1]


def test_a_copy_to_a_department_that_the_city_no_longer_has_is_left_out(tiny: City) -> None:
    row = replace(duty_of(tiny, "T5101-1"), copy=("gone", "north"))
    assert [one.department for one in sent(replace(tiny, duties=(row,)), read("5101")).copy] == ["north"]


def test_the_body_over_the_accused_leads_in_its_place(tiny: City) -> None:
    found = sent(tiny, read("5201", Kind.TIP_OFF), accused="自来水厂抄表员")
    assert lead_of(found) == "works"
    assert [one.department for one in found.copy] == []


def test_a_conduct_complaint_about_a_street_goes_to_its_district(yunzhou: City) -> None:
    conduct = replace(yunzhou, conduct_categories=("2002", "2102"))
    street = next(code for code, body in yunzhou.departments.items() if body.kind == "street")
    body = yunzhou.departments[street]
    found = sent(conduct, read("2002", accused=body.name), on=date(2026, 11, 2))
    assert lead_of(found) == body.parent


def test_a_conduct_complaint_keeps_to_the_discipline_inspection(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5301", accused="松林坊"))) == "watchers"


def test_a_conduct_complaint_about_the_inspection_itself_goes_elsewhere(tiny: City) -> None:
    assert lead_of(sent(tiny, read("5301", accused="督察室"))) == "townhall"


def test_assisting_and_copies_are_kept_from_the_accused_too(tiny: City) -> None:
    found = sent(tiny, read("5102", Kind.TIP_OFF), CYPRESS, accused="柏溪坊")
    assert lead_of(found) == "bylaw"
    assert found.assisting == ()
    above = sent(tiny, read("5102", Kind.TIP_OFF), CYPRESS, accused="北岸公署")
    assert above.copy == ()
    assert above.assisting == ()


def test_what_the_agent_names_and_what_the_text_names_are_both_recused(tiny: City) -> None:
    found = sent(tiny, read("5102", Kind.TIP_OFF, "街容署"), accused="自来水厂")
    assert set(found.recused) == {"bylaw", "waterworks"}


def test_an_accused_office_that_we_cannot_name_is_a_doubt(tiny: City) -> None:
    found = sent(tiny, read("5102", Kind.TIP_OFF, "渔政站"))
    assert lead_of(found) == "bylaw"
    assert "渔政站" in found.doubts[0]


def test_an_accused_shop_is_no_doubt(tiny: City) -> None:
    assert sent(tiny, read("5102", Kind.TIP_OFF, "老王烧烤店"), CYPRESS).doubts == ()


def test_where_everybody_is_accused_the_desk_decides(tiny: City) -> None:
    alone = replace(tiny, recusal_departments=("townhall",))
    found = sent(alone, read("5102", Kind.TIP_OFF, "市政厅"))
    assert found.lead is None
    assert "人工派单" in found.doubts[-1]


def test_no_accused_department_of_yunzhou_ever_gets_its_own_tip_off(yunzhou: City) -> None:
    catalogue = Catalogue(yunzhou)
    for number, code in enumerate(yunzhou.categories):
        for body in list(yunzhou.departments.values())[number % 7 :: 7]:
            found = route(
                read(code[:4], Kind.TIP_OFF, detail=code),
                None,
                catalogue,
                yunzhou,
                on=date(2026, 11, 2),
                accused=body.full_name,
            )
            assert body.code in found.recused
            parts = [one.department for one in (found.lead, *found.assisting, *found.copy) if one]
            assert not any(yunzhou.is_under(part, body.code) for part in parts)
            assert found.lead is not None or found.doubts


@pytest.mark.parametrize("accused", ["警察态度恶劣", "户籍民警", "南门派出所民警", "办案民警", "巡警大队的辅警"])
def test_a_complaint_that_accuses_the_police_never_goes_to_the_police(yunzhou: City, accused: str) -> None:
    for code in ("0606", "060601", "060603"):
        found = sent(yunzhou, read(code[:4], Kind.COMPLAINT, accused, detail=code if code != "0606" else None))
        assert "police" in found.recused
        assert not yunzhou.is_under(lead_of(found) or "", "police")


def test_what_becomes_of_a_case_is_told_by_the_police(yunzhou: City) -> None:
    assert lead_of(sent(yunzhou, read("0606", Kind.INQUIRY, "办案民警"))) == "police"
    assert lead_of(sent(yunzhou, read("0606", Kind.COMPLAINT))) == "police"


# Names


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("街容署", ("bylaw",)),
        ("街容巡查队的小李", ("bylaw",)),
        ("浅浦市自来水厂厂长", ("waterworks",)),
        ("北岸松林坊公所", ("north-pine",)),
        ("北岸公署和松林坊", ("north", "north-pine")),
        ("北岸街容署", ("north", "bylaw")),
        ("松林坊老王烧烤店", ()),
        ("松林坊的领导", ("north-pine",)),
        ("自来水厂对面的棋牌室", ()),
        ("张三", ()),
        ("", ()),
        ("\ud800街容署", ("bylaw",)),
    ],
)
def test_names_are_found_longest_first(tiny: City, text: str, codes: tuple[str, ...]) -> None:
    assert DepartmentNames(tiny).find(text) == codes


def test_a_local_body_without_its_name_is_that_of_the_place(yunzhou: City) -> None:
    names = DepartmentNames(yunzhou)
    street = next(body for body in yunzhou.departments.values() if body.kind == "street")
    where = Jurisdiction(street.parent or "", street.code)
    assert names.find("街道办主任", where) == (street.code,)
    assert names.find("区政府", where) == (street.parent,)
    assert names.find("区城管局", where) == (street.parent, "urban")


# Rulings that amend the catalogue


def duty_of(city: City, duty_id: str) -> Duty:
    return next(duty for duty in city.duties if duty.id == duty_id)


def test_a_ruling_supersedes_the_row_of_its_id_from_its_first_day(tiny: City) -> None:
    ruling = replace(
        duty_of(tiny, "T5101-1"), version="R1", lead="bylaw", effective_from=date(2026, 5, 1), basis="会商裁定"
    )
    catalogue = Catalogue(tiny, [ruling])
    for day, lead in ((date(2026, 4, 30), "works"), (date(2026, 5, 1), "bylaw")):
        found = route(read("5101"), None, catalogue, tiny, on=day, accused=None)
        assert lead_of(found) == lead
    version = catalogue.version_of("T5101-1", on=date(2026, 5, 1))
    assert version is not None
    assert version.version == "R1"


def test_a_later_ruling_supersedes_an_earlier_one(tiny: City) -> None:
    first = replace(duty_of(tiny, "T5101-1"), version="R1", lead="bylaw", effective_from=date(2026, 5, 1))
    second = replace(first, version="R2", lead="salt")
    found = route(read("5101"), None, Catalogue(tiny, [first, second]), tiny, on=date(2026, 5, 2), accused=None)
    assert lead_of(found) == "salt"


def test_a_ruling_may_move_a_duty_to_another_category(tiny: City) -> None:
    ruling = replace(duty_of(tiny, "T5101-2"), category="5102", effective_from=date(2026, 2, 1))
    catalogue = Catalogue(tiny, [ruling])
    assert lead_of(route(read("5101"), BRIDGE, catalogue, tiny, on=TODAY, accused=None)) == "works"
    assert lead_of(route(read("5102"), BRIDGE, catalogue, tiny, on=TODAY, accused=None)) == "south"


def test_a_ruling_for_a_department_that_is_gone_goes_to_the_desk(tiny: City) -> None:
    ruling = replace(duty_of(tiny, "T5101-1"), lead="dissolved", effective_from=date(2026, 1, 1))
    found = route(read("5101"), None, Catalogue(tiny, [ruling]), tiny, on=TODAY, accused=None)
    assert found.lead is None
    assert "dissolved" in found.doubts[0]


def test_routing_takes_less_than_a_fifth_of_a_millisecond(yunzhou: City) -> None:
    catalogue = Catalogue(yunzhou)
    street = next(code for code, body in yunzhou.departments.items() if body.kind == "street")
    where = Jurisdiction(yunzhou.departments[street].parent or "", street)
    understanding = read("0101", Kind.TIP_OFF, "云州市城市管理局某中队队长")
    best = min(_seconds_for(100, understanding, where, catalogue, yunzhou) for _ in range(5))
    assert best / 100 < 0.0002


def _seconds_for(times: int, read: Understanding, where: Jurisdiction, catalogue: Catalogue, city: City) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        route(read, where, catalogue, city, on=TODAY, accused=None)
    return time.perf_counter() - begin
