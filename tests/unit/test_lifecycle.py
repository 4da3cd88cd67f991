"""The two tables against the glossary: its words are pasted here, so that neither can drift alone."""

import re
from enum import StrEnum
from itertools import product

import pytest

from models import lifecycle
from models.errors import IllegalTransition
from models.labels import LABELS
from models.lifecycle import (
    ASSIGNMENT_ENDS,
    ASSIGNMENT_STEPS,
    OPEN_TICKET,
    TICKET_ENDS,
    TICKET_STEPS,
    Action,
    AssignmentState,
    TicketState,
    advance,
    advance_ticket,
    assignment_allows,
    may,
    must_be_decided,
    ticket_allows,
)
from models.vocabulary import Role

TICKET_WORDS = """REGISTERED 登记 · ON_DESK 待人工派单 · ASSIGNED 办理中 · IN_REVIEW 待审核 · FOLLOW_UP 回访中 ·
CLOSED 办结 · ARCHIVED 归档 · ANSWERED 直办 · DECLINED 不予受理 · HANDED_OFF 紧急转接 · MERGED 并单 · WITHDRAWN 撤诉 ·
VOID 作废"""
ASSIGNMENT_WORDS = """DISPATCHED 已派 · ACKNOWLEDGED 已签收 · IN_PROGRESS 办理 · SEND_BACK_REQUESTED 退单待裁 ·
DEFERRED 挂账 · REPLIED 已反馈 · SIGNED_OFF 已签发 · ACCEPTED 审核通过 · SENT_BACK 退单成立 · RECALLED 撤回"""
ACTION_WORDS = """REGISTER 登记 · ACCEPT 受理 · ANSWER 直办 · DECLINE 不予受理 · DISPATCH 派单 · REASSIGN 改派 ·
RECALL 撤回 · DESIGNATE 指定 · MERGE 并单 · SPLIT 拆单 · HAND_OFF 紧急转接 · CONFIRM_HANDOFF 确认转接 ·
DECIDE_SEND_BACK 退单裁决 · DECIDE_EXTENSION 延期审批 · DECIDE_DEFERRAL 挂账审批 · PAUSE 暂停计时 · RESUME 恢复计时 ·
OPEN_DISPUTE 会商 · RULE 裁定 · APPROVE 审核通过 · REJECT 审核退回 · FOLLOW_UP 回访 · REOPEN 重办 · CLOSE 办结 ·
ARCHIVE 归档 · VOID 作废 · NOTE 备注 · ACKNOWLEDGE 签收 · CONTACT 先行联系 · PROGRESS 办理进展 · DELEGATE 二级派单 ·
SEND_BACK 退单 · REQUEST_EXTENSION 申请延期 · REQUEST_DEFERRAL 申请挂账 · REPLY 反馈 · SIGN_OFF 签发 · GRADE_UP 逐级上报 ·
SUPPLEMENT 补充 · URGE 催促 · WITHDRAW 撤诉 · RATE 评价 · ASK_REOPEN 申请重办 · REMIND 催办 · SUPERVISE 督办 ·
ESCALATE 提级"""
# By whom each step may be taken (DOMAIN 3.3): one letter a role, so that the table fits the eye.
ROLES = {
    "A": Role.AGENT,
    "L": Role.SHIFT_LEAD,
    "D": Role.DISPATCHER,
    "S": Role.SUPERVISOR,
    "M": Role.ADMINISTRATOR,
    "R": Role.REVIEWER,
    "F": Role.FOLLOW_UP,
    "Q": Role.QUALITY,
    "d": Role.DEPARTMENT,
    "c": Role.CITIZEN,
    "h": Role.CHANNEL,
    "k": Role.CLOCK,
    "p": Role.PROGRAM,
    "E": Role.LEADER,
}
MAY = """register hALp · accept ALDp · answer ALDh · decline LDS · dispatch LDSp · reassign LDS · recall LDSR ·
designate LS · merge LDSA · split LDS · hand_off ALDp · confirm_handoff ALDSh · decide_send_back LDSd ·
decide_extension LDSR · decide_deferral SR · pause SR · resume SR · open_dispute LDSp · rule LS · approve R ·
reject R · follow_up Fkc · reopen FSLc · close FSkcp · archive kM · void LM · note ALDSMdRFQ · acknowledge d ·
contact d · progress d · delegate d · send_back d · request_extension d · request_deferral d · reply d · sign_off d ·
grade_up d ·
supplement cALh · urge cALh · withdraw cALh · rate cALhF · ask_reopen cALh · remind Sk · supervise SkE · escalate Sk"""
OF_A_DEPARTMENT = frozenset(Action(word) for word in re.findall(r"(\w+) d(?: |$)", MAY.replace("\n", " ")))


def pairs(text: str) -> dict[str, str]:
    return {name.lower(): rest for name, rest in (entry.split() for entry in text.split("·"))}


@pytest.mark.parametrize(
    ("words", "kind", "labels"),
    [
        (TICKET_WORDS, TicketState, LABELS["ticket_state"]),
        (ASSIGNMENT_WORDS, AssignmentState, LABELS["assignment_state"]),
        (ACTION_WORDS, Action, LABELS["action"]),
    ],
)
def test_states_and_steps_are_the_words_of_the_glossary_with_its_labels(
    words: str, kind: type[StrEnum], labels: dict[str, str]
) -> None:
    assert labels == pairs(words)
    assert {member.value for member in kind} == set(labels)
    assert all(member.name.lower() == member.value for member in kind)


def test_who_may_take_each_step_is_as_agreed() -> None:
    agreed = {Action(name): {ROLES[letter] for letter in letters} for name, letters in pairs(MAY).items()}
    assert set(agreed) == set(Action)
    for action, role in product(Action, Role):
        assert may(action, role) == (role in agreed[action]), f"{role} {action}"


def test_every_action_and_state_have_one_row_in_the_tickets_table() -> None:
    assert {step.action for step in TICKET_STEPS} == set(Action)
    keys = [(state, step.action) for step in TICKET_STEPS for state in step.before or {None}]
    assert len(keys) == len(set(keys))


def test_the_rows_of_one_action_are_by_the_same_roles() -> None:
    for step in TICKET_STEPS:
        assert {other.by for other in TICKET_STEPS if other.action is step.action} == {step.by}


def test_what_intake_does_at_once_is_all_that_happens_to_a_registered_ticket() -> None:
    found = {action for action in Action if ticket_allows(TicketState.REGISTERED, action)}
    assert found == {Action.ACCEPT, Action.HAND_OFF}


def test_an_emergency_is_handed_off_whole_only_where_no_department_has_it() -> None:
    for state in (TicketState.REGISTERED, TicketState.ON_DESK):
        assert advance_ticket(state, Action.HAND_OFF) is state
        assert advance_ticket(state, Action.HAND_OFF, TicketState.HANDED_OFF) is TicketState.HANDED_OFF
    assert advance_ticket(TicketState.ASSIGNED, Action.HAND_OFF) is TicketState.ASSIGNED
    for state, to in product((TicketState.ON_DESK, TicketState.ASSIGNED), TicketState):
        if to not in {state, TicketState.HANDED_OFF} or (state, to) == (TicketState.ASSIGNED, TicketState.HANDED_OFF):
            with pytest.raises(IllegalTransition):
                advance_ticket(state, Action.HAND_OFF, to)


def test_every_state_of_a_ticket_is_reachable() -> None:
    assert reached_ticket_states() == set(TicketState)


def test_every_state_of_an_assignment_is_reachable() -> None:
    reached: set[AssignmentState] = set()
    while True:
        more = {after for step in ASSIGNMENT_STEPS if not step.before or step.before & reached for after in step.after}
        if more <= reached:
            break
        reached |= more
    assert reached == set(AssignmentState)


def test_the_ends_of_an_assignment_are_ends() -> None:
    assert all(not step.before & ASSIGNMENT_ENDS for step in ASSIGNMENT_STEPS)
    ending = {(str(after), str(step.action)) for step in ASSIGNMENT_STEPS for after in step.after & ASSIGNMENT_ENDS}
    assert ending == {
        ("accepted", "approve"),
        ("sent_back", "decide_send_back"),
        ("recalled", "recall"),
        ("recalled", "grade_up"),
    }


def test_from_an_ended_ticket_only_a_closed_one_comes_back_and_only_by_reopening() -> None:
    leaving = {
        (str(before), str(step.action))
        for step in TICKET_STEPS
        for before in step.before & TICKET_ENDS
        if step.after - {before}
    }
    assert leaving == {("closed", "reopen"), ("closed", "archive"), ("merged", "withdraw")}
    assert set(TicketState) == OPEN_TICKET | TICKET_ENDS
    assert not OPEN_TICKET & TICKET_ENDS


def test_no_open_ticket_is_stuck_for_good() -> None:
    for state in OPEN_TICKET:
        assert reached_ticket_states(state) & TICKET_ENDS, state


def test_every_live_assignment_can_be_taken_back_and_can_come_to_be_accepted() -> None:
    for state in lifecycle.LIVE_ASSIGNMENT:
        assert assignment_allows(state, Action.RECALL)
        reached = {state}
        for _ in AssignmentState:
            reached |= {after for step in ASSIGNMENT_STEPS if step.before & reached for after in step.after}
        assert AssignmentState.ACCEPTED in reached, state


def test_only_a_send_back_that_waits_keeps_the_lead_from_being_taken_away() -> None:
    held = {(state, action) for state, action in product(AssignmentState, Action) if must_be_decided(state, action)}
    waiting = AssignmentState.SEND_BACK_REQUESTED
    assert held == {(waiting, action) for action in (Action.REASSIGN, Action.RECALL, Action.MERGE)}


@pytest.mark.parametrize("state", TicketState)
def test_a_step_that_the_tickets_table_does_not_have_raises(state: TicketState) -> None:
    for action in Action:
        rows = [step for step in TICKET_STEPS if step.action is action and state in step.before]
        allowed = {after for step in rows for after in step.after | {state}}
        assert ticket_allows(state, action) == bool(allowed)
        for target in set(TicketState) - allowed:
            with pytest.raises(IllegalTransition) as caught:
                advance_ticket(state, action, target)
            assert LABELS["ticket_state"][state] in caught.value.detail
            assert LABELS["action"][action] in caught.value.detail
        if allowed:
            assert advance_ticket(state, action) in allowed
        else:
            with pytest.raises(IllegalTransition):
                advance_ticket(state, action)


@pytest.mark.parametrize("state", AssignmentState)
def test_a_step_that_the_assignments_table_does_not_have_raises(state: AssignmentState) -> None:
    for action in Action:
        rows = [one for one in ASSIGNMENT_STEPS if one.action is action and state in one.before]
        allowed = {after for one in rows for after in one.after}
        assert assignment_allows(state, action) == bool(allowed)
        for target in set(AssignmentState) - allowed:
            with pytest.raises(IllegalTransition):
                advance(state, action, target)
        for target in allowed:
            assert advance(state, action, target) is target
        if len(allowed) == 1:
            assert {advance(state, action)} == allowed
        elif not allowed:
            with pytest.raises(IllegalTransition):
                advance(state, action)


def test_one_state_and_action_have_one_row_in_the_assignments_table() -> None:
    keys = [(state, step.action) for step in ASSIGNMENT_STEPS for state in step.before]
    assert len(keys) == len(set(keys))


def test_only_signing_off_and_grading_up_let_a_department_move_a_ticket() -> None:
    assert len(OF_A_DEPARTMENT) == 10
    moving = {step.action for step in TICKET_STEPS if step.action in OF_A_DEPARTMENT and step.after}
    assert moving == {Action.SIGN_OFF, Action.GRADE_UP}


def test_an_assisting_sign_off_may_leave_the_ticket_where_it_is() -> None:
    for state in (TicketState.ASSIGNED, TicketState.IN_REVIEW):
        assert advance_ticket(state, Action.SIGN_OFF, state) is state


def test_asking_for_time_leaves_a_part_where_it_is() -> None:
    for action in (Action.REQUEST_EXTENSION, Action.DECIDE_EXTENSION, Action.REQUEST_DEFERRAL):
        for state in (AssignmentState.ACKNOWLEDGED, AssignmentState.IN_PROGRESS):
            assert advance(state, action) is state


def test_overdue_reminded_and_supervised_are_no_states() -> None:
    for action in (Action.REMIND, Action.SUPERVISE, Action.ESCALATE):
        assert next(step for step in TICKET_STEPS if step.action is action).after == frozenset()
        assert not any(step.action is action for step in ASSIGNMENT_STEPS)
    words = {*TicketState, *AssignmentState}
    assert not {word for word in words if "overdue" in word or "supervis" in word or "remind" in word}


def reached_ticket_states(start: TicketState | None = None) -> set[TicketState]:
    reached = set() if start is None else {start}
    while True:
        more = {
            after
            for step in TICKET_STEPS
            if step.before & reached or (start is None and not step.before)
            for after in step.after
        }
        if more <= reached:
            return reached
        reached |= more
