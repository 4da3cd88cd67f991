"""What is done in a chat with a ticket that there is: which one, what with it, and the citizen's own step or how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import chat_progress
from hotline.dialogue import TALK
from models.errors import HotlineError
from models.store import callers, tickets
from models.ticket import id_of
from nlu.chat_cues import after_step, changes_mind, number_in, query_code_in, rating_in, step_in
from nlu.chat_several import ordinal_in

if TYPE_CHECKING:
    from hotline.dialogue import Turn
    from models.dialogue import ChatStep
    from models.store.database import Session
    from models.ticket import Ticket

STEPS: Final[dict[str, ChatStep]] = {
    "ask_progress": "progress",
    "give_number": "progress",
    "supplement": "supplement",
    "urge": "urge",
    "withdraw": "withdraw",
    "rate": "rate",
    "ask_reopen": "ask_reopen",
    "correct": "supplement",
    "phone_verified": "progress",
}
SLOTS: Final = ("step", "ticket", "words")
NONE_NEEDED: Final = frozenset({"progress", "urge"})
TOLD: Final = "told"
MOST: Final = 5
LEAST: Final = 2
_LEAVES: Final = frozenset({"cancel", "takeover", "verify_phone"})
_LOST: Final = "没有工单号也没关系：可以用手机号验证，我来帮您找；或者转人工查。"


async def validate(turn: Turn) -> None:
    """Fill the slots of the ticket form with what is known, or decline the message, which is then no answer to it."""
    if turn.asked.is_back:
        return
    turn.keep(hint=None)
    if turn.asked.form != "ticket_form":
        _start(turn)
    elif not _take(turn):
        return
    await _settle(turn)


async def take_step(turn: Turn) -> None:
    """Do it, tell what came of it, and go back to what was put aside. The form is over."""
    kept = turn.dialogue
    ticket = await _ticket(turn, kept.ticket or "")
    try:
        await chat_progress.done(turn, ticket, kept.step or "progress", kept.words or "")
    except HotlineError as refused:
        turn.say(f"{refused.detail}。", chat_progress.next_steps(ticket))
    turn.keep(step=None, words=None, choices=(), ticket=ticket.number)
    for slot in SLOTS:
        turn.set(slot, None)
    if kept.is_aside and kept.matters:
        turn.keep(is_aside=False, offer="resume")
        turn.say("刚才您要反映的事还没有提交，接着登记吗？", (("接着登记", "/affirm"), ("不登记了", "/cancel")))


def clear(turn: Turn) -> None:
    """Nothing is to be done with a ticket any more."""
    turn.keep(step=None, words=None, choices=(), hint=None)
    for slot in SLOTS:
        turn.set(slot, None)


def _start(turn: Turn) -> None:
    kept, step = turn.dialogue, STEPS.get(turn.asked.intent)
    if turn.asked.intent == "give_number":
        step = STEPS.get(step_in(turn.words) or "", step)
    words = _words_of(turn, step)
    if kept.offer == "supplement":
        step, words = "supplement", turn.text
    # The ticket that was talked of last, unless somebody asks how far theirs are.
    ticket = _named(turn) or (None if step == "progress" else kept.ticket)
    turn.keep(step=step or kept.step, words=words, choices=(), offer=None, ticket=ticket)


def _take(turn: Turn) -> bool:
    """Take a message as an answer to what was asked for; False where it is none."""
    asked, kept = turn.asked, turn.dialogue
    intent = asked.sure_intent
    has_number = number_in(turn.words) is not None or query_code_in(turn.words) is not None
    if intent in _LEAVES or (intent in TALK and not has_number and len(turn.words) < 12):
        return False
    if asked.slot == "words":
        return _take_words(turn, intent)
    if intent == "repeat":
        return True
    ordinal = ordinal_in(turn.words)
    if kept.choices and ordinal is not None and ordinal <= len(kept.choices):
        turn.keep(ticket=kept.choices[ordinal - 1][0], choices=())
    elif has_number:
        turn.keep(ticket=_named(turn) or kept.ticket)
    elif intent == "phone_verified":
        turn.keep(choices=(), step=turn.dialogue.step or "progress")
    elif intent in STEPS and intent not in {"give_number", "phone_verified"}:
        turn.keep(step=STEPS[intent], words=_words_of(turn, STEPS[intent]))
    else:
        turn.keep(hint=_LOST if intent in {"dont_know", "deny", "affirm"} else "没有看到工单号。")
        return intent not in {"report", "want_report", "inquire"}
    return True


def _take_words(turn: Turn, intent: str) -> bool:
    step = turn.dialogue.step
    if step == "withdraw" and changes_mind(turn.words):
        turn.keep(step="progress", hint="好的，不撤回。\n")
        return True
    if step == "withdraw":
        if intent in {"affirm", "withdraw"}:
            turn.keep(words=turn.text)
            return True
        turn.keep(hint="请回复“确定”或“不撤了”。")
        return intent != "deny"
    if step == "rate":
        turn.keep(
            words=_words_of(turn, step)
            or ("解决了，满意" if intent == "affirm" else "没有解决" if intent == "deny" else None)
        )
    elif step == "ask_reopen" and intent == "deny" and len(turn.words) < 4:
        turn.keep(hint="请说具体一点。")
    else:
        turn.keep(words=turn.text)
    return True


def _words_of(turn: Turn, step: str | None) -> str | None:
    """Return what is said beside the wish: what is to be added, how it was, what is not solved."""
    if turn.asked.intent != "phone_verified" and step == "rate":
        said = rating_in(turn.words)
        return turn.text if said.solved is not None or said.satisfied is not None else None
    if step in {"supplement", "ask_reopen"}:
        rest = after_step(turn.words)
        number, code = number_in(rest), query_code_in(rest)
        for known in (number, code):
            rest = rest.replace(known, "") if known else rest
        return (
            turn.text
            if len(rest.strip("，,。 工单号查询码是为:：")) >= (4 if step == "ask_reopen" else LEAST)
            else None
        )
    return None


def _named(turn: Turn) -> str | None:
    """Return the ticket that words name, with the code where there is one, as `number` or `number code`."""
    number, code = number_in(turn.words), query_code_in(turn.words)
    if number is None:
        # The code alone, after the number was said.
        before = (turn.dialogue.ticket or "").partition(" ")[0]
        return f"{before} {code}" if code and before else None
    return f"{number} {code}" if code else number


async def _settle(turn: Turn) -> None:
    """Fill every slot that needs no question."""
    kept = turn.dialogue
    turn.set("step", kept.step)
    await _find_ticket(turn)
    is_enough = kept.step in NONE_NEEDED or turn.dialogue.words is not None
    turn.set("words", TOLD if is_enough else None)


async def _find_ticket(turn: Turn) -> None:
    """Set which ticket is meant where that is sure: by number and code, or the only one of this citizen's."""
    said = turn.dialogue.ticket
    number, _, code = (said or "").partition(" ")
    mine = await _mine(turn)
    if number and (number in dict(mine)):
        turn.keep(ticket=number)
        turn.set("ticket", TOLD)
    elif number and code:
        await _prove(turn, number, code)
    elif number:
        turn.keep(hint=f"还需要工单{number}的查询码。")
        turn.set("ticket", None)
    elif len(mine) == 1:
        turn.keep(ticket=mine[0][0])
        turn.set("ticket", TOLD)
    else:
        turn.keep(choices=mine)
        turn.set("ticket", None)


async def _prove(turn: Turn, number: str, code: str) -> None:
    try:
        ticket = await turn.own(number, code)
    except HotlineError as refused:
        turn.keep(ticket=None, hint=f"{refused.detail}。")
        turn.set("ticket", None)
        return
    turn.keep(ticket=ticket.number, proven=(*turn.dialogue.proven, ticket.number))
    turn.set("ticket", TOLD)


async def _mine(turn: Turn) -> tuple[tuple[str, str], ...]:
    """Return the tickets that this citizen may ask for without a code: filed here, proven here, or of the verified phone.

    A confidential tip-off is none of the phone's, which may be another's by now.
    """
    index = turn.conversation.phone_index if turn.conversation.verified_at is not None else None
    numbers = dict.fromkeys([*(one.number for one in reversed(turn.draft.filed)), *turn.dialogue.proven])

    async def work(session: Session) -> list[Ticket]:
        own = [await tickets.get(session, id_of(number)) for number in list(numbers)[:MOST]]
        found = await callers.tickets(session, index, MOST) if index is not None else []
        return own + [one.ticket for one in found if not one.ticket.is_confidential_tip_off]

    mine = {one.number: one for one in await turn.hub.database.read(work)}
    return tuple((number, chat_progress.named(turn.hub, one)) for number, one in list(mine.items())[:MOST])


async def _ticket(turn: Turn, number: str) -> Ticket:
    return await turn.hub.database.read(lambda session: tickets.get(session, id_of(number)))
