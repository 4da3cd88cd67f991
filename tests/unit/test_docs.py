from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import hotline
import models
import nlu
import routing
from hotline import webhook
from hotline.api.routes import ENDPOINTS
from hotline.commands.docs import ANY, START, Move, assignment_moves, generated, ticket_moves
from hotline.commands.state_picture import Edge, Node, picture
from hotline.config import Settings
from models.errors import HotlineError, IllegalTransition
from models.labels import LABELS
from models.lifecycle import (
    LIVE_ASSIGNMENT,
    TICKET_STEPS,
    Action,
    AssignmentState,
    TicketState,
    advance,
    advance_ticket,
    assignment_allows,
    ticket_allows,
)

ROOT = Path(__file__).parent.parent.parent
BODY = '{"type":"ticket.dispatched","data":{"brief":"路灯"}}'.encode()
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = {"ticket": "ticket_state", "assignment": "assignment_state"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", generated())
def test_the_committed_page_is_what_the_tables_give(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == generated()[path], "run `make docs`"


def test_every_step_that_a_ticket_may_take_is_an_arrow() -> None:
    drawn = {(move.before, move.action) for move in ticket_moves()}
    allowed = {(state, action) for state in TicketState for action in Action if ticket_allows(state, action)}
    assert drawn == {*allowed, (START, Action.REGISTER)}


def test_every_step_that_a_part_may_take_is_an_arrow() -> None:
    drawn = {(move.before, move.action) for move in assignment_moves() if move.before != START}
    assert drawn == {
        (state, action) for state in AssignmentState for action in Action if assignment_allows(state, action)
    }


def test_no_arrow_is_drawn_that_the_tables_refuse() -> None:
    for before, action, after in ticket_moves():
        if before != START:
            assert advance_ticket(TicketState(before), action, TicketState(after)) == after
    for before, action, after in assignment_moves():
        if before != START:
            assert advance(AssignmentState(before), action, AssignmentState(after)) == after


def test_a_step_that_the_tables_refuse_would_be_noticed() -> None:
    assert Move("closed", Action.APPROVE, "follow_up") not in ticket_moves()
    with pytest.raises(IllegalTransition):
        advance_ticket(TicketState.CLOSED, Action.APPROVE, TicketState.FOLLOW_UP)


def test_a_row_that_lets_a_state_stay_draws_no_jump_between_its_states() -> None:
    moves = assignment_moves()
    assert Move("acknowledged", Action.REQUEST_EXTENSION, "acknowledged") in moves
    assert Move("acknowledged", Action.REQUEST_EXTENSION, "in_progress") not in moves
    assert Move("acknowledged", Action.DECIDE_DEFERRAL, "deferred") in moves
    assert Move("acknowledged", Action.PROGRESS, "in_progress") in moves


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_has_every_state_and_every_arrow_that_leads_elsewhere(name: str) -> None:
    root = ET.fromstring((ROOT / "docs/pictures" / f"{name}.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own pictures
    texts = {text.text for text in root.iter(f"{SVG}text")}
    labels = LABELS[PICTURES[name]]
    assert {*labels, *labels.values()} <= texts
    told = "".join(title.text or "" for path in root.iter(f"{SVG}path") for title in path.iter(f"{SVG}title"))
    for before, action, after in ticket_moves() if name == "ticket" else assignment_moves():
        if before != after:
            source = "任一在办状态" if after == "recalled" else labels.get(before, "开始")
            assert re.search(f"{source} → {labels[after]}：[^→]*{LABELS['action'][action]}", told), (before, after)


def test_a_part_is_recalled_from_every_live_state() -> None:
    assert {move.before for move in assignment_moves() if move.after == "recalled"} == LIVE_ASSIGNMENT
    assert f">{ANY}<" in generated()[Path("docs/pictures/assignment.svg")]


def test_words_on_arrows_do_not_cover_boxes_or_one_another() -> None:
    nodes = {"a": Node(0, 0, "甲"), "b": Node(0, 200, "乙")}
    drawn = picture("两次", nodes, [Edge("a", "b", ("派单",)), Edge("b", "a", ("退单",))])
    root = ET.fromstring(drawn)  # noqa: S314 - our own pictures
    heights = {span.text: float(span.get("y", "0")) for span in root.iter(f"{SVG}tspan")}
    assert abs(heights["派单"] - heights["退单"]) >= 15
    assert all(24 < y < 176 for y in heights.values())


def test_the_table_names_every_step_with_its_label() -> None:
    page = generated()[Path("docs/lifecycle.md")]
    for action in Action:
        assert f"| `{action}` | {LABELS['action'][action]} |" in page
    assert {step.action for step in TICKET_STEPS} == set(Action)


# Told on a terminal when something starts: the whole sentence is read and no program needs a code.
TERMINAL = ("hotline.app", "hotline.commands", "hotline.config", "hotline.postgres", "hotline.server_process",
            "hotline.simulation", "models.anchor", "models.city_fault", "models.store")  # fmt: skip


def _every_error() -> dict[str, str]:
    """The code and status of every error that HTTP can answer."""
    for package in (hotline, models, nlu, routing):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    waiting: list[type[HotlineError]] = [HotlineError]
    found: dict[str, str] = {}
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        found |= {kind.code: str(kind.status) for kind in kinds if not kind.__module__.startswith(TERMINAL)}
    return found


def test_the_page_of_the_api_lists_every_error_with_its_status() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", page, re.MULTILINE))
    assert {code: listed.get(code) for code in _every_error()} == _every_error()


def _sample() -> dict[str, Any]:
    """What the Python of docs/api.md defines."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    defined: dict[str, Any] = {}
    exec(found[1], defined)  # noqa: S102 - the sample of the page itself
    return defined


def test_the_sample_of_the_api_page_verifies_what_the_hub_signs() -> None:
    sample, secrets = _sample(), [webhook.new_secret(), webhook.new_secret()]
    headers = webhook.sign("msg_1", 1_800_000_000, BODY, secrets)
    assert sample["verify"](headers, BODY, secrets[1:], 1_800_000_100) == "msg_1"
    for body, secret, now in ((b"{}", secrets, 0), (BODY, [webhook.new_secret()], 0), (BODY, secrets, 301)):
        with pytest.raises(ValueError, match=r"hub|old"):
            sample["verify"](headers, body, secret, 1_800_000_000 + now)


def test_the_hub_verifies_what_the_sample_of_the_api_page_signs() -> None:
    secret = webhook.new_secret()
    headers = _sample()["sign"](secret, "cb-1", BODY, 1_800_000_000)
    assert webhook.verify(headers, BODY, [secret], 1_800_000_000) == "cb-1"


def test_the_page_of_the_api_lists_every_address() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    missing = [f"{one.method} {one.path}" for one in ENDPOINTS if f"`{one.method} {one.path}" not in page]
    assert not missing


def test_the_page_of_the_operators_lists_every_setting() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.__struct_fields__ if f"`HOTLINE_{name.upper()}`" not in page]


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for target, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_files_that_pages_name_exist() -> None:
    named = re.compile(r"`((?:hotline|models|nlu|routing|tests|cities|docs)/[\w./-]+\.(?:py|sql|toml|csv|md|geojson))`")
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages()
        for name in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert not missing
