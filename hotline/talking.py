"""One turn of a conversation as it is kept: sealed, masked beside, in the draft, and in the transcript that an agent reads."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hotline import chat_words
from models.conversation import MOST_SAID, Said, Words
from models.errors import Conflict
from models.store import conversations, interactions, notices, seats
from models.ticket import Actor, Notice
from models.vocabulary import Channel, Role
from nlu.masking import MASK, mask
from nlu.normalise import plain

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.conversation import Button, By, Conversation
    from models.store.database import Session

# Who registers what is said in a chat.
CHATBOT: Final = Actor(Role.CHANNEL, Channel.CHATBOT)
CHAT_SUBJECT: Final = "chat:"
IDLE: Final = "chat_idle"
_QUERY_CODE: Final = re.compile(r"(?<=查询码)\D{0,2}\d{8}")
# Eight digits alone are a query code when a citizen says them.
_BARE_CODE: Final = re.compile(r"(?<!\d)\d{8}(?!\d)")
IDLE_AFTER: Final = timedelta(minutes=30)


class ConversationEnded(Conflict):
    """Nobody hears what is said in a conversation that is over."""

    code = "conversation_ended"

    def __init__(self) -> None:
        super().__init__("本次会话已结束，请重新开始一个会话")


async def hear(
    hub: Hub,
    session: Session,
    conversation: Conversation,
    text: str,
    *,
    key: str | None = None,
    is_matter: bool = True,
) -> Conversation:
    """Keep what the citizen says in a locked conversation. Raises ConversationEnded.

    What is no `matter`, as a tap on a quick reply or a code, stands neither in the draft nor in the transcript.
    """
    call = await interactions.lock(session, conversation.interaction)
    if call.ended_at is not None:
        raise ConversationEnded
    at, masked = hub.now(), mask(plain(text))
    seq = await conversations.say(
        session, conversation, Words(by="citizen", text=text, masked_text=without_code(masked.text)), at, key=key
    )
    draft = conversation.draft
    said = (*draft.said, Said(seq, text))[-MOST_SAID:] if is_matter else draft.said
    draft = replace(draft, said=said, phone=masked.phones[-1] if masked.phones else draft.phone)
    changed = replace(conversation, turn_count=seq, last_at=at, draft=draft)
    await conversations.change(session, changed)
    if is_matter:
        # The seat's form fills itself with what the caller says.
        await interactions.change(session, replace(call, transcript=f"{call.transcript}{text}\n"))
    await stay_awake(hub, session, conversation.id)
    return changed


def without_code(masked_text: str) -> str:
    """Return what a citizen said, masked, without the query code: who knows that may do what the citizen may."""
    return _BARE_CODE.sub(MASK, masked_text)


async def tell(
    hub: Hub,
    session: Session,
    conversation: Conversation,
    by: By,
    text: str,
    buttons: tuple[Button, ...] = (),
    *,
    key: str | None = None,
) -> Conversation:
    """Keep what the citizen is told in a locked conversation."""
    at = hub.now()
    # Who knows the query code may do what the citizen may.
    masked = _QUERY_CODE.sub(MASK, hub.mask(text))
    words = Words(by=by, text=text, masked_text=masked, buttons=buttons)
    seq = await conversations.say(session, conversation, words, at, key=key)
    if conversation.outside is not None:
        await _send(hub, session, conversation, seq, chat_words.spoken(text, buttons, hub.address))
    return replace(conversation, turn_count=seq, last_at=at)


async def _send(hub: Hub, session: Session, conversation: Conversation, seq: int, words: str) -> None:
    """Queue what is told for the channel by which the citizen writes."""
    notice = Notice(
        id=f"chat_{conversation.id}_{seq}",
        ticket_id=0,
        kind=f"chat_{conversation.channel}",
        address=conversation.outside or "",
        content=words,
    )
    await notices.add(session, notice, hub.now())


async def stay_awake(hub: Hub, session: Session, conversation_id: int) -> None:
    """Let the clock look at a conversation when nobody has said anything for long."""
    # A person's hands are no quicker where a demo's clock is.
    due = hub.now() + IDLE_AFTER * max(1.0, hub.clock.speed)
    await seats.wake(session, f"{CHAT_SUBJECT}{conversation_id}", IDLE, due)
