"""权限表: every address with every role, and a department's with its own, its superior's, another's and the accused unit's eyes.

What is asked for stands in `ENDPOINTS`, `REACH` and the lifecycle's rows, of which docs/permissions.md is made.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hotline.api.reach import REACH, Reach
from hotline.api.routes import ENDPOINTS
from hotline.commands.permissions import ASKING, address
from models.lifecycle import Action, may
from models.ticket import id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.api.url import Endpoint
    from tests.integration.conftest import World

NUMBER: Final = "20261100000001"
# What a part of a path may be, where every address takes the same.
PARTS: Final = {
    "number": NUMBER, "id": "1", "code": "urban", "department": "urban", "line": "12315", "entry": "K1", "system": "12315",
    "external_id": "X-1", "category": "0101", "draft": "0" * 32, "incident": "1", "prompt": "1", "police_number": "P20261100001",
    "seq": "1", "assignment": "1", "exclusion": "1", "report": "1", "suggestion": "1",
    "announcement": "1", "utterance": "1-1", "username": "nobody", "name": "mine",
    "export": "1", "class": "bureau", "date": "2026-11-20",
}  # fmt: skip
NO_ROLE: Final = "无权使用此功能"
STALL: Final = "翠湖路路边流动摊贩占道经营，打了几次电话城管不管，请城管局处理。"
LAMP: Final = "东湖区翠湖路的路灯坏了三天，城管局推诿扯皮不来修。"
OWN, ABOVE, BESIDE, OTHER = "donghu-cuihu", "donghu", "donghu-bailu", "xicheng"


def who_is(role: Role) -> str:
    subject = {Role.CHANNEL: "channel:phone", Role.DEPARTMENT: "department:urban"}
    return subject.get(role, str(role))


def path_of(one: Endpoint, **parts: str) -> str:
    path = one.path
    for name in one.path_patterns:
        path = path.replace(f"{{{name}}}", {**PARTS, **parts}[name])
    return path


async def asked(world: World, who: str | None, method: str, path: str, content: Any = None) -> tuple[int, str]:
    body = b"{}" if content is None else json.dumps(content).encode()
    status, said = await world.send(
        path, b"" if method == "GET" else body, who=who, key=secrets.token_hex(8), method=method
    )
    return status, said.decode("utf-8", "replace")


async def test_every_address_lets_in_exactly_the_roles_of_the_table(world: World) -> None:
    cells, leaks = 0, []
    for one in ENDPOINTS:
        if one.roles is None:
            continue
        path = path_of(one)
        status, _ = await asked(world, None, one.method, path)
        cells += 1
        leaks += [(address(one), "nobody", status)] if status != 401 else []
        for role in ASKING:
            status, said = await asked(world, who_is(role), one.method, path)
            cells += 1
            is_let_in = status != 401 and not (status == 403 and NO_ROLE in said)
            if is_let_in is not (role in one.roles):
                leaks.append((address(one), role, status))
    assert leaks == []
    assert cells == (len(ASKING) + 1) * sum(one.roles is not None for one in ENDPOINTS)


async def test_every_step_is_refused_to_every_role_that_its_row_does_not_name(world: World) -> None:
    number = (await world.register(STALL))["number"]
    version = (await world.ticket(number))["version"]
    before = await world.everything_of(number)
    cells, leaks = 0, []
    for action in Action:
        for role in ASKING:
            if may(action, role):
                continue
            content = {"action": action, "version": version}
            status, _ = await asked(world, who_is(role), "POST", f"/api/v1/tickets/{number}/steps", content)
            cells += 1
            leaks += [(action, role, status)] if status != 403 else []
    assert leaks == []
    assert cells > 400
    assert await world.everything_of(number) == before


def test_every_address_of_a_department_says_how_far_it_reaches() -> None:
    let_in = {address(one) for one in ENDPOINTS if one.roles is not None and Role.DEPARTMENT in one.roles}
    assert set(REACH) == let_in


class Asking(NamedTuple):
    """One request about a ticket; `acts` where it changes something, which only the part's own department may."""

    name: str
    path: str
    content: Any = None
    acts: bool = False

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]


def about(number: str, version: int, file: str, reason: str) -> list[Asking]:
    ticket = f"/api/v1/tickets/{number}"
    letter = f"/api/v1/supervisions/{number}"
    return [
        Asking("GET /api/v1/tickets/{number}", ticket),
        Asking("GET /api/v1/tickets/{number}/trail", f"{ticket}/trail"),
        Asking("GET /api/v1/tickets/{number}/clock", f"{ticket}/clock"),
        Asking("GET /api/v1/tickets/{number}/file", f"{ticket}/file"),
        Asking("GET /api/v1/attachments/{id}", f"/api/v1/attachments/{file}"),
        Asking("POST /api/v1/replies/check", "/api/v1/replies/check", {"ticket": number, "text": "已到现场清理完毕。"}),
        Asking(
            "POST /api/v1/tickets/{number}/steps",
            f"{ticket}/steps",
            {"action": "acknowledge", "version": version},
            acts=True,
        ),
        Asking(
            "POST /api/v1/tickets/{number}/photos",
            f"{ticket}/photos",
            {"photo": "0" * 32, "taken": "before"},
            acts=True,
        ),
        Asking(
            "POST /api/v1/exclusions",
            "/api/v1/exclusions",
            {"ticket": number, "reason": reason, "evidence": "台风期间无法作业"},
            acts=True,
        ),
        Asking("GET /api/v1/supervisions/{number}/{seq}/letter", f"{letter}/SEQ/letter"),
        Asking(
            "POST /api/v1/supervisions/{number}/{seq}/steps",
            f"{letter}/SEQ/steps",
            {"action": "answer", "text": "已整改到位"},
            acts=True,
        ),
    ]


LISTED: Final = (
    "GET /api/v1/tickets",
    "GET /api/v1/assignments",
    "GET /api/v1/deliveries",
    "GET /api/v1/exclusions",
    "GET /api/v1/supervisions",
    "GET /api/v1/deferrals",
    "GET /api/v1/inspections",
)
# What no department sees of the units below it: the letters of its machines, and what its own work was marked.
OWN_ALONE: Final = {"GET /api/v1/deliveries", "GET /api/v1/inspections"}


async def given(world: World, text: str, lead: str, **fields: Any) -> str:
    """A ticket at a unit with a file, a letter of supervision, an exclusion asked for and an inspection."""
    await world.department(lead)
    file = await world.client.post(
        "/api/v1/attachments",
        data=b"\xff\xd8\xff\xe0" + b"0" * 64,
        headers={"authorization": f"Bearer {await world.token('channel:phone')}", "content-type": "image/jpeg"},
    )
    kept = (await file.json())["id"]
    number = str((await world.register(text, attachments=[kept], caller={"disclosure": "open"}))["number"])
    if (await world.ticket(number))["lead"]["code"] != lead:
        await world.step(number, "reassign", who="supervisor", lead=lead, reason="属地办理")
    await world.step(number, "supervise", who="supervisor", level=1, reason="群众多次来电")
    await world.post("/api/v1/inspections", {"of": "ticket", "subject": number, "reason": "重点关注件"}, who="quality")
    [reason, *_] = world.hub.city.indicators.exclusion_reasons
    ask = {"ticket": number, "reason": reason.code, "evidence": "台风期间无法作业，有气象证明"}
    await world.post("/api/v1/exclusions", ask, who="supervisor")
    return number


async def askings(world: World, number: str) -> list[Asking]:
    ticket = await world.ticket(number)
    [file] = ticket["attachments"]
    [letter] = await world.rows("SELECT seq FROM supervisions WHERE ticket_id = $1", id_of(number))
    [reason, *_] = world.hub.city.indicators.exclusion_reasons
    found = about(number, ticket["version"], file["id"], reason.code)
    return [one._replace(path=one.path.replace("SEQ", str(letter["seq"]))) for one in found]


async def test_a_department_finds_its_own_and_what_is_below_it_and_nobody_else_finds_it(world: World) -> None:
    number = await given(world, STALL, OWN)
    cells, leaks = 0, []
    for one in await askings(world, number):
        assert REACH[one.name] in {Reach.PART, Reach.UNIT}
        for code in (BESIDE, OTHER, ABOVE, OWN):
            status, said = await asked(world, f"department:{code}", one.method, one.path, one.content)
            cells += 1
            is_within = status not in {401, 403, 404}
            may_be = code == OWN or (code == ABOVE and not one.acts)
            # A made-up photo and reason are refused by what they are, to whom the ticket is known.
            if is_within is not may_be and not (may_be and "上传" in said):
                leaks.append((one.name, code, status, said[:80]))
            if not may_be and status < 300:
                leaks.append((one.name, code, status, "done"))
    assert leaks == [], leaks
    assert cells == 4 * 11


async def test_a_department_lists_its_own_and_reads_the_lists_of_those_below_it(world: World) -> None:
    number = await given(world, STALL, OWN)
    cells, leaks = 0, []
    for name in LISTED:
        path = name.partition(" ")[2]
        for code in (OWN, ABOVE, BESIDE, OTHER):
            query = f"?department={OWN}" if code != OWN else ""
            status, said = await asked(world, f"department:{code}", "GET", path + query)
            cells += 1
            is_seen = number in said
            may_be = code == OWN or (code == ABOVE and name not in OWN_ALONE)
            if is_seen and not may_be:
                leaks.append((name, code, status, "listed"))
            if may_be and not is_seen and name != "GET /api/v1/deferrals":
                leaks.append((name, code, status, "missing"))
    assert leaks == [], leaks
    assert cells == 4 * len(LISTED)


async def test_no_address_shows_a_ticket_to_whom_it_accuses_nor_to_whom_stands_below(world: World) -> None:
    number = await given(world, LAMP, "urban")
    requests = await askings(world, number)
    await world.step(number, "reassign", who="supervisor", lead="justice", category="2002", reason="反映的是作风")
    cells, leaks = 0, []
    for code in ("urban", "sanitation"):
        for one in requests:
            status, _ = await asked(world, f"department:{code}", one.method, one.path, one.content)
            cells += 1
            leaks += [(one.name, code, status)] if status != 404 else []
        for name in LISTED:
            status, said = await asked(world, f"department:{code}", "GET", name.partition(" ")[2])
            cells += 1
            leaks += [(name, code, status)] if number in said or status != 200 else []
    assert leaks == []
    assert cells == 2 * (11 + len(LISTED))
