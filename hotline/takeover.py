"""转人工: a citizen who chats with the bot asks for a person, waits, is answered in writing, and goes back to the bot or ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hotline import chat_words, clocks, giving
from hotline.notice import day
from hotline.talking import tell
from models.errors import Conflict, Forbidden
from models.store import conversations, interactions
from models.store.seats import SeatWork

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.conversation import Conversation
    from models.store.database import Session
    from models.store.interactions import Interaction
    from models.ticket import Actor


async def ask(hub: Hub, session: Session, conversation: Conversation, *, is_urgent: bool = False) -> Conversation:
    """Ask for a person in a locked conversation and tell how long the queue is; out of hours a call-back is offered.

    Where it is urgent the chat waits before all others, for whoever signs on first, and nothing more is told.
    """
    call = await interactions.lock(session, conversation.interaction)
    if call.ended_at is not None or conversation.state == "agent":
        return conversation
    if conversation.state == "waiting" and is_urgent:
        await giving.hurry(session, call.id)
        return conversation
    if conversation.state == "waiting":
        ahead = await conversations.ahead(session, call.id)
        words = chat_words.STILL_WAITING.format(n=ahead or 0)
        return await tell(hub, session, conversation, "hub", words, (chat_words.BACK,))
    await interactions.change(session, replace(call, asked_at=call.asked_at or hub.now()))
    if not is_urgent and (instead := await _instead(hub, session, conversation, call)) is not None:
        return instead
    # A call that is owed waits meanwhile: nobody is to have them twice.
    await giving.ended(hub, session, call.id)
    await giving.ask(hub, session, replace(_work(hub, call), is_urgent=is_urgent))
    waiting = replace(conversation, state="waiting", awaits=None)
    await conversations.change(session, waiting)
    if is_urgent:
        return waiting
    words = chat_words.queued(await conversations.ahead(session, call.id) or 0)
    return await tell(hub, session, waiting, "hub", words, (chat_words.BACK,))


async def _instead(hub: Hub, session: Session, conversation: Conversation, call: Interaction) -> Conversation | None:
    """Tell who is being called at this moment, or whom nobody is there for, what happens instead; None where they may wait."""
    if await giving.is_being_called(session, call.id):
        return await tell(hub, session, conversation, "hub", chat_words.BEING_CALLED)
    if await conversations.on_seats(session, call.seat_group):
        return None
    changed = replace(conversation, awaits="call_back")
    await conversations.change(session, changed)
    buttons = (chat_words.FORM, chat_words.NO_MORE)
    return await tell(hub, session, changed, "hub", chat_words.NOBODY_THERE, buttons)


async def leave_queue(hub: Hub, session: Session, conversation: Conversation) -> Conversation:
    """Who waits in a locked conversation goes back to the bot."""
    await giving.left(hub, session, await interactions.lock(session, conversation.interaction))
    return await tell(hub, session, replace(conversation, state="bot"), "hub", chat_words.LEFT_QUEUE)


async def call_back(hub: Hub, session: Session, conversation: Conversation, phone: str) -> Conversation:
    """Owe the citizen of a locked conversation a call (漏接回拨), once for each phone, and tell them by when."""
    call = await interactions.known_caller(session, conversation.interaction, phone)
    waiting, by = await interactions.missed(session, call, clocks.call_back_by(hub, hub.now()))
    if waiting == call.id:
        await giving.owe(hub, session, call)
    changed = replace(conversation, awaits=None)
    await conversations.change(session, changed)
    return await tell(hub, session, changed, "hub", chat_words.CALL_BACK.format(by=day(by)))


async def say(hub: Hub, actor: Actor, interaction: int, text: str, key: str) -> int:
    """The agent who has a chat writes to the citizen; returns the turn before. Raises NotFound, Forbidden, Conflict."""

    async def work(session: Session) -> int:
        conversation = await _at_hand(session, actor, interaction)
        before = await conversations.with_key(session, conversation.id, key)
        if before is not None:
            return before - 1
        await tell(hub, session, conversation, "agent", text, key=key)
        return conversation.turn_count

    return await hub.database.write(work)


async def give_back(hub: Hub, actor: Actor, interaction: int) -> None:
    """The agent gives a chat back to the bot, and wraps up. Raises NotFound, Forbidden, Conflict."""

    async def work(session: Session) -> None:
        conversation = await _at_hand(session, actor, interaction)
        if conversation.draft.emergency is not None:
            raise Conflict("紧急情况的会话不能转回机器人，请处理完毕后结束来话")
        await interactions.lock(session, interaction)
        await giving.ended(hub, session, interaction)
        await tell(hub, session, conversation, "hub", chat_words.GIVEN_BACK)

    await hub.database.write(work)


async def _at_hand(session: Session, actor: Actor, interaction: int) -> Conversation:
    """Return the locked conversation that an agent has taken."""
    found = await conversations.lock(session, await conversations.of_interaction(session, interaction))
    if found.state == "ended":
        raise Conflict("本次会话已结束")
    if found.state != "agent" or found.agent != actor.name:
        raise Forbidden("该会话不在您的坐席上；接起分给您的会话后才能回复")
    return found


def _work(hub: Hub, call: Interaction) -> SeatWork:
    at = hub.now()
    return SeatWork(interaction=call.id, kind="chat", seat_group=call.seat_group, waiting_since=at, waits_from=at)
