"""POST /api/v1/chat/actions: the chatbot asks the hub to do what its rules say comes next, and gets the words to say.

Rasa's action webhook. Only the chatbot that runs beside us knows the token, which lies in the data folder.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from hotline import chat_answering, chat_filing, chat_questions, chat_registering, chat_talk, chat_ticket, knowledge
from hotline.api import body, track
from hotline.api.auth import bearer_token
from hotline.chatbot import NOBODY, TOKEN_FILE
from hotline.dialogue import PERSON, Asked, Turn
from hotline.keys import HUB, SETTINGS
from models.conversation import Said
from models.errors import HotlineError, NotFound, Unauthorized
from models.store import conversations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from models.conversation import Conversation
    from models.store.database import Session
    from models.ticket import Ticket

ACTIONS: Final[dict[str, Callable[[Turn], Awaitable[None]]]] = {
    "validate_request_form": chat_filing.validate,
    "action_ask_request_form_matter": chat_questions.ask_matter,
    "action_ask_request_form_place": chat_questions.ask_place,
    "action_ask_request_form_happened": chat_questions.ask_time,
    "action_ask_request_form_contact": chat_questions.ask_contact,
    "action_ask_request_form_confirmed": chat_questions.ask_yes,
    "action_register": chat_registering.register_all,
    "validate_ticket_form": chat_ticket.validate,
    "action_ask_ticket_form_step": chat_questions.ask_step,
    "action_ask_ticket_form_ticket": chat_questions.ask_ticket,
    "action_ask_ticket_form_words": chat_questions.ask_words,
    "action_take_step": chat_ticket.take_step,
    "action_put_aside": chat_talk.put_aside,
    "action_answer": chat_answering.answer,
    "action_affirm": chat_answering.affirm,
    "action_deny": chat_answering.deny,
    "action_correct": chat_answering.correct,
    "action_hear": chat_answering.hear,
    "action_unsure": chat_answering.unsure,
    "action_cancel": chat_talk.cancel,
    "action_repeat": chat_talk.repeat,
    "action_takeover": chat_talk.person,
    "action_verify_phone": chat_talk.verify_phone,
    "action_talk": chat_talk.talk,
}
# The citizen's last words stand among so many turns.
LATELY: Final = 8
# What Rasa does of itself between a citizen's message and a form.
_NO_ACTIONS: Final = frozenset(
    {"action_listen", "action_extract_slots", "action_deactivate_loop", "action_session_start"}
)


class TrackedIntent(Struct):
    """How Rasa read a message."""

    name: str | None = None
    confidence: float = 0.0


class TrackedMetadata(Struct):
    """What the hub has sent beside a message: which turn of the conversation it is."""

    turn: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class TrackedMessage(Struct):
    """The citizen's last message."""

    intent: TrackedIntent = msgspec.field(default_factory=TrackedIntent)
    metadata: TrackedMetadata | None = None


class TrackedLoop(Struct):
    """The form under way."""

    name: str | None = None


class TrackedEvent(Struct):
    """Something that happened in the talk."""

    event: str = ""
    name: str | None = None


class Tracker(Struct):
    """Where the talk stands, of which the hub needs this much."""

    slots: dict[str, Any] = {}
    latest_message: TrackedMessage = msgspec.field(default_factory=TrackedMessage)
    active_loop: TrackedLoop = msgspec.field(default_factory=TrackedLoop)
    events: list[TrackedEvent] = []


class ChatAction(Struct, kw_only=True):
    """What Rasa asks for; `sender_id` names the conversation."""

    next_action: Annotated[str, Meta(min_length=1, max_length=80)]
    sender_id: Annotated[str, Meta(pattern="^c[0-9]{1,18}$")]
    tracker: Tracker


class ChatActed(Struct, kw_only=True):
    """Events for the tracker and messages to say, as Rasa reads them."""

    events: list[dict[str, Any]]
    responses: list[dict[str, Any]]


async def act(request: web.Request) -> web.Response:
    """POST /api/v1/chat/actions."""
    _check_token(request)
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, ChatAction)
    work = ACTIONS.get(wanted.next_action)
    if work is None:
        raise NotFound(f"没有名为“{wanted.next_action}”的动作")
    if wanted.sender_id == NOBODY:
        # The first question of all is to find its answers at once.
        await knowledge.in_use(hub)
        return body.answer({"events": [], "responses": []}, ChatActed)
    number, sent = int(wanted.sender_id[1:]), wanted.tracker.latest_message.metadata
    conversation, said = await hub.database.read(lambda session: _said(session, number, sent.turn if sent else None))

    async def own(ticket: str, code: str) -> Ticket:
        found, _ = await hub.database.read(
            lambda session: track.own(request.app, session, ticket, code, asks=wanted.sender_id)
        )
        return found

    turn = Turn(hub, conversation, said, asked_of(wanted.next_action, wanted.tracker), own)
    try:
        await work(turn)
    except HotlineError as refused:
        # Whatever goes wrong, the citizen hears of it, and what to do.
        turn.say(f"{refused.detail}。您也可以转人工，或者填写诉求表单。", (PERSON,))
    await hub.database.write(turn.write)
    return body.answer({"events": turn.events, "responses": turn.responses}, ChatActed)


async def _said(session: Session, number: int, seq: int | None) -> tuple[Conversation, Said]:
    """Return a conversation and the citizen's turn that is answered, the newest where none is named."""
    found = await conversations.get(session, number)
    after, n = (max(0, found.turn_count - LATELY), LATELY) if seq is None else (seq - 1, 1)
    lately = await conversations.turns(session, number, after, n)
    of_citizen = (Said(turn.seq, turn.text) for turn in reversed(lately) if turn.by == "citizen")
    return found, next(of_citizen, Said(seq or found.turn_count, ""))


def asked_of(action: str, tracker: Tracker) -> Asked:
    """Return what is asked for, with as much of the tracker as the hub needs."""
    form, slot, between = tracker.active_loop.name, tracker.slots.get("requested_slot"), False
    if slot is None and action.startswith("validate_"):
        # The form is only now begun, though Rasa counts it as under way.
        form = None
    for event in reversed(tracker.events):
        if event.event == "user":
            break
        between = between or (event.event == "action" and event.name not in {form, *_NO_ACTIONS})
    intent = tracker.latest_message.intent
    return Asked(
        action=action,
        intent=intent.name or "nlu_fallback",
        confidence=intent.confidence,
        form=form,
        slot=slot,
        is_back=form is not None and between,
    )


def _check_token(request: web.Request) -> None:
    given, refusal = bearer_token(request), Unauthorized("此地址只供本机的机器人使用")
    try:
        kept = (request.app[SETTINGS].data_dir / TOKEN_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        raise refusal from None
    if given is None or not kept or not hmac.compare_digest(given.encode(), kept.encode()):
        raise refusal
