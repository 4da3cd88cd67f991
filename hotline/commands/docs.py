"""hotline docs: docs/lifecycle.md and its pictures, made from the tables in models/lifecycle.py; docs/permissions.md."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from hotline.commands import permissions
from hotline.commands.state_picture import Edge, Node, picture
from models.labels import LABELS
from models.lifecycle import (
    ASSIGNMENT_ENDS,
    ASSIGNMENT_STEPS,
    DECIDED_FIRST,
    LIVE_ASSIGNMENT,
    SEEN,
    SEEN_OPEN,
    TICKET_ENDS,
    TICKET_STEPS,
    Action,
    AssignmentState,
    AssignmentStep,
    TicketState,
    TicketStep,
)
from models.vocabulary import Role

START: Final = "start"
ANY: Final = "any live state"
PAGE: Final = Path("docs/lifecycle.md")
TICKET_PICTURE: Final = Path("docs/pictures/ticket.svg")
ASSIGNMENT_PICTURE: Final = Path("docs/pictures/assignment.svg")

# Where each state stands in its picture, in pixels.
TICKET_PLACES: Final[dict[str, tuple[float, float]]] = {
    START: (-10, 300), "registered": (110, 300), "on_desk": (320, 300), "assigned": (540, 300),
    "in_review": (750, 300), "follow_up": (960, 300), "closed": (1150, 300), "archived": (1340, 300),
    "void": (30, 110), "declined": (180, 110), "answered": (330, 110), "handed_off": (480, 110),
    "merged": (630, 110), "withdrawn": (780, 110),
}  # fmt: skip
ASSIGNMENT_PLACES: Final[dict[str, tuple[float, float]]] = {
    START: (-10, 300), "dispatched": (130, 300), "acknowledged": (345, 300), "in_progress": (590, 300),
    "replied": (815, 300), "signed_off": (1010, 300), "accepted": (1220, 300),
    "send_back_requested": (345, 110), "sent_back": (590, 110),
    "deferred": (470, 470), ANY: (815, 470), "recalled": (1010, 470),
}  # fmt: skip


class Move(NamedTuple):
    """One arrow: `before` is START where the step makes the thing, and equals `after` where it stays."""

    before: str
    action: Action
    after: str


def write(folder: Path) -> None:
    """Write every generated file of the docs under a checkout's root."""
    for path, content in generated().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
        print(path)


def generated() -> dict[Path, str]:
    """Return what each generated file must hold."""
    return {
        PAGE: _page(),
        permissions.PAGE: permissions.page(),
        TICKET_PICTURE: _drawn("工单状态图", ticket_moves(), TICKET_PLACES, "ticket_state", TICKET_ENDS),
        ASSIGNMENT_PICTURE: _drawn(
            "承办状态图", assignment_moves(), ASSIGNMENT_PLACES, "assignment_state", ASSIGNMENT_ENDS
        ),
    }


def ticket_moves() -> list[Move]:
    """Return every arrow of the ticket's table, in the table's order."""
    return [move for step in TICKET_STEPS for move in _moves(step, TicketState)]


def assignment_moves() -> list[Move]:
    """Return every arrow of the assignment's table, in the table's order."""
    return [move for step in ASSIGNMENT_STEPS for move in _moves(step, AssignmentState)]


def _moves(step: TicketStep | AssignmentStep, states: type[StrEnum]) -> list[Move]:
    """Return the arrows of one row.

    A row that allows the state where the ticket already stands lets it stay there; the other states that are named on
    both sides then stand for staying too, not for jumping between them.
    """
    before = [state for state in states if state in step.before]
    after = [state for state in states if state in step.after]
    if not before:
        return [Move(START, step.action, state) for state in after]
    found = []
    for state in before:
        stays = not after or state in after
        found += [Move(state, step.action, state)] * stays
        found += [Move(state, step.action, to) for to in after if to != state and not (stays and to in before)]
    return found


def _grouped(moves: Iterable[Move]) -> dict[tuple[str, str], list[Action]]:
    """Return the steps of every arrow that leads elsewhere."""
    found: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for move in moves:
        if move.before != move.after and move.action not in found[move.before, move.after]:
            found[move.before, move.after].append(move.action)
    return {arrow: actions for arrow, actions in found.items() if actions}


def _drawn(
    title: str,
    moves: Sequence[Move],
    places: dict[str, tuple[float, float]],
    kind: str,
    ends: Collection[str],
) -> str:
    labels = {**LABELS[kind], ANY: "任一在办状态"}
    nodes = {
        name: Node(x, y, labels.get(name, ""), name in ends and name != TicketState.CLOSED)
        for name, (x, y) in places.items()
    }
    edges = [
        Edge(before, after, tuple(LABELS["action"][action] for action in actions))
        for (before, after), actions in _gathered(_grouped(moves)).items()
    ]
    return picture(title, nodes, edges)


def _gathered(arrows: dict[tuple[str, str], list[Action]]) -> dict[tuple[str, str], list[Action]]:
    """Return the arrows with those that lead to one end from every live state of a part made one."""
    sources: dict[str, set[str]] = defaultdict(set)
    for before, after in arrows:
        sources[after].add(before)
    found: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for (before, after), actions in arrows.items():
        gathered = found[ANY if sources[after] == LIVE_ASSIGNMENT else before, after]
        gathered += [action for action in actions if action not in gathered]
    return found


def _page() -> str:
    return f"""# Lifecycles (生命周期)

<!-- Made from models/lifecycle.py by `make docs`. Change the tables there, not this page. -->

A ticket (工单) says where the matter stands; an assignment (承办) says where one department's part stands. Each has a
table of its own in [`models/lifecycle.py`](../models/lifecycle.py), and nothing else decides what may follow what.
**Only the lead's part (主办) moves the ticket**: what a row says of the ticket holds for the lead's steps, while those
of an assisting (协办) or delegated (二级) part move that part alone. Being overdue is no state, and neither is a
reminder or a supervision. Arrows show steps that lead elsewhere; what leaves the state as it is stands in
[the steps](#the-steps).

## A ticket (工单)

![The ticket's states](pictures/ticket.svg)

{_mermaid(ticket_moves(), "ticket_state", TICKET_ENDS)}

## An assignment (承办)

![The assignment's states](pictures/assignment.svg)

{_mermaid(assignment_moves(), "assignment_state", ASSIGNMENT_ENDS)}

## The steps

`start` is where the step makes the ticket or the part. Who may take a step at all is the ticket table's `by`; a
department only ever acts on a part of its own.

While the lead asks to send back (退单待裁), some steps may not take the lead away, for the request is decided first:
{_named(action for action in Action if action in DECIDED_FIRST)}.
A lead that asks is `recalled` only where the whole ticket ends; a part beside or below the lead at any time.

| step | 中文 | who | the ticket | the part |
|---|---|---|---|---|
{_steps()}

## The roles

| role | 中文 | steps |
|---|---|---|
{_roles()}
"""


def _mermaid(moves: Iterable[Move], kind: str, ends: Collection[str]) -> str:
    lines = [f'    state "{label} {name}" as {name}' for name, label in LABELS[kind].items()]
    for (before, after), actions in _grouped(moves).items():
        words = " / ".join(LABELS["action"][action] for action in actions)
        lines.append(f"    {'[*]' if before == START else before} --> {after}: {words}")
    lines += [f"    {name} --> [*]" for name in LABELS[kind] if name in ends and name != TicketState.CLOSED]
    return "\n".join(("```mermaid", "stateDiagram-v2", "    direction LR", *lines, "```"))


def _steps() -> str:
    tickets, parts = ticket_moves(), assignment_moves()
    roles = {step.action: step.by for step in TICKET_STEPS}
    return "\n".join(
        f"| `{action}` | {LABELS['action'][action]} | {_named(role for role in Role if role in roles[action])} "
        f"| {_ways(tickets, action)} | {_ways(parts, action)} |"
        for action in Action
    )


def _ways(moves: Iterable[Move], action: Action) -> str:
    """Return from where to where a step leads, in words."""
    sources: dict[str, list[str]] = defaultdict(list)
    stays = []
    for move in moves:
        if move.action is action and move.before == move.after:
            stays.append(move.before)
        elif move.action is action:
            sources[move.after].append(move.before)
    words = [f"{_states(before)} → `{after}`" for after, before in sources.items()]
    return "<br>".join([*words, *([f"stays in {_states(stays)}"] if stays else [])])


def _states(names: Sequence[str]) -> str:
    known: dict[frozenset[str], str] = {
        SEEN: "any state after `registered`",
        SEEN_OPEN: "any open state after `registered`",
        LIVE_ASSIGNMENT: "any live state",
    }
    return known.get(frozenset(names)) or _named(names)


def _roles() -> str:
    return "\n".join(
        f"| `{role}` | {LABELS['role'][role]} | {_named(steps) or '—'} |"
        for role in Role
        for steps in [dict.fromkeys(step.action for step in TICKET_STEPS if role in step.by)]
    )


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
