"""A citizen who writes by a channel that is not the web: the conversation is found by who they are there, and begun where there is none.

Quick replies are numbers there: 1 means the first that was offered last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import chat, conversation
from hotline.talking import ConversationEnded, tell
from models.store import conversations
from nlu.normalise import plain

if TYPE_CHECKING:
    from hotline.chatbot import Chatbot
    from hotline.hub import Hub
    from models.conversation import Turn
    from models.store.database import Session
    from models.vocabulary import Channel

LONGEST: Final = 2000


async def receive(hub: Hub, chatbot: Chatbot, channel: Channel, outside: str, text: str, key: str) -> int:
    """Take what somebody wrote by a channel; what is answered goes out by the channel itself. Returns the conversation."""
    number = await conversation.of_outside(hub, channel, outside)
    message = await _message(hub, number, text[:LONGEST], key)
    try:
        await chat.say(hub, chatbot, number, message)
    except ConversationEnded:
        # It fell silent between our look and our word.
        number = await conversation.of_outside(hub, channel, outside)
        await chat.say(hub, chatbot, number, message)
    return number


async def remark(hub: Hub, channel: Channel, outside: str, words: str) -> None:
    """Tell somebody something of the channel's own."""
    number = await conversation.of_outside(hub, channel, outside)

    async def work(session: Session) -> None:
        await tell(hub, session, await conversations.lock(session, number), "hub", words)

    await hub.database.write(work)


async def greet(hub: Hub, channel: Channel, outside: str) -> None:
    """Somebody has come who has said nothing yet: they are told what one can do here."""
    await conversation.of_outside(hub, channel, outside)


async def _message(hub: Hub, number: int, text: str, key: str) -> chat.Message:
    """Return what is meant: the title and payload of the quick reply that a bare number names."""
    bare = plain(text).strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) == 1):
        return chat.Message(text=text, key=key)

    async def work(session: Session) -> list[Turn]:
        current = await conversations.get(session, number)
        return await conversations.turns(session, number, max(0, current.turn_count - chat.LATELY))

    turns = await hub.database.read(work)
    offered = next((turn.buttons for turn in reversed(turns) if turn.by != "citizen"), ())
    place = int(bare) - 1
    if not 0 <= place < len(offered):
        return chat.Message(text=text, key=key)
    return chat.Message(text=offered[place].title, key=key, payload=offered[place].payload)
