"""机器人会话: a citizen begins one, ends it, or falls silent. Each is an interaction (来话) of its own."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline import chat_words, giving
from hotline.talking import CHAT_SUBJECT, stay_awake, tell
from models.cipher import token_hash
from models.conversation import Conversation
from models.store import conversations, interactions, seats, timers
from models.vocabulary import Channel

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Timer

NEW_TICKET: Final = "new_ticket"
ABANDONED: Final = "abandoned"


class Begun(Struct, frozen=True, kw_only=True):
    """A new conversation and the token of whoever talks in it, which nobody else is ever told."""

    conversation: Conversation
    token: str


async def begin(hub: Hub, channel: Channel) -> Begun:
    """Begin a conversation, in which whoever holds the token talks."""
    token = secrets.token_urlsafe(24)
    made = await hub.database.write(lambda session: _begin(hub, session, channel, token, None))
    return Begun(conversation=made, token=token)


async def of_outside(hub: Hub, channel: Channel, outside: str) -> int:
    """Return the open conversation of somebody on a channel, which begins where there is none: one, however much they send at once."""
    found = await hub.database.read(lambda session: conversations.of_outside(session, channel, outside))
    if found is not None:
        return found

    async def work(session: Session) -> int:
        await conversations.lock_outside(session, channel, outside)
        begun = await conversations.of_outside(session, channel, outside)
        if begun is None:
            begun = (await _begin(hub, session, channel, secrets.token_urlsafe(24), outside)).id
        return begun

    return await hub.database.write(work)


async def _begin(hub: Hub, session: Session, channel: Channel, token: str, outside: str | None) -> Conversation:
    """Begin with the first words of the hub's own; `outside` is who it is where the channel knows."""
    at = hub.now()
    call = await interactions.offer(
        session, Channel.CHATBOT, None, hub.city.seats.host_group, None, at=at, asked_at=None
    )
    hashed = token_hash(token)
    made = await conversations.open_conversation(session, channel, call, token_hash=hashed, outside=outside, at=at)
    begun = await conversations.get(session, made)
    welcome = chat_words.WELCOME.format(city=hub.city.name)
    if outside is not None:
        # There is no page that says it beside.
        welcome = f"{welcome}\n{chat_words.CONSENT}"
    await stay_awake(hub, session, made)
    return await tell(hub, session, begun, "hub", welcome, chat_words.WELCOME_BUTTONS)


async def end(hub: Hub, session: Session, conversation: Conversation, words: str) -> Conversation:
    """End a locked conversation that no agent has; nothing where it has ended. Who waits is let go, a call-back stays owed."""
    call = await interactions.lock(session, conversation.interaction)
    if call.ended_at is not None or conversation.state == "agent":
        return conversation
    if conversation.state == "waiting" and conversation.draft.emergency is not None:
        # Somebody looks at it all the same.
        return await tell(hub, session, conversation, "hub", chat_words.LOOKED_AT)
    told = await tell(hub, session, conversation, "hub", words)
    outcome = conversation.outcome
    if conversation.state == "waiting":
        await giving.left(hub, session, call)
        outcome = outcome or (ABANDONED if call.answered_at is None else None)
    if await interactions.has_tickets(session, call.id):
        outcome = NEW_TICKET
    await interactions.change(session, replace(call, ended_at=hub.now(), outcome=outcome))
    await seats.sleep(session, f"{CHAT_SUBJECT}{conversation.id}")
    return replace(told, state="ended")


async def end_by_citizen(hub: Hub, conversation_id: int) -> Conversation:
    """The citizen has no more to say; what an agent has in hand goes on until the agent ends it."""

    async def work(session: Session) -> Conversation:
        current = await conversations.lock(session, conversation_id)
        return await end(hub, session, current, chat_words.ENDED)

    return await hub.database.write(work)


async def fall_silent(hub: Hub, timer: Timer) -> None:
    """Nobody has said anything for long: what is with the bot ends; what waits for an agent or has one does not."""

    async def work(session: Session) -> None:
        current = await conversations.lock(session, int(timer.subject.removeprefix(CHAT_SUBJECT)))
        kept = await timers.get(session, 0, timer.subject)
        if kept is None or kept.due_at != timer.due_at:
            return
        await timers.drop(session, timer)
        if current.state == "bot":
            await end(hub, session, current, chat_words.ENDED_IDLE)
        elif current.state != "ended":
            await stay_awake(hub, session, current.id)

    await hub.database.write(work)
