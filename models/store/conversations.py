"""机器人会话: what a citizen, the chatbot, an agent and the hub say to one another in writing; sealed, and masked beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.conversation import Button, Conversation, Draft, Turn
from models.errors import NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from models.conversation import State, Words
    from models.store.database import Session
    from models.vocabulary import Channel

_SQL = queries("conversations")


async def open_conversation(
    session: Session,
    channel: Channel,
    interaction: int,
    *,
    token_hash: bytes | None,
    outside: str | None,
    at: datetime,
) -> int:
    """Begin one; whoever holds the token, or is `outside` on the channel, talks in it. Returns its id."""
    index = session.keyring.blind_index(outside) if outside else None
    return int(
        await _SQL.open(
            session.connection,
            city_code=session.city_code,
            channel=channel,
            interaction=interaction,
            token_hash=token_hash,
            outside_index=index,
            outside=_seal_outside(session, outside, index),
            at=at,
        )
    )


async def lock(session: Session, conversation_id: int) -> Conversation:
    """Lock and return a conversation; raises NotFound. Interactions and seats are locked after it."""
    await _SQL.lock(session.connection, city_code=session.city_code, id=conversation_id)
    return await get(session, conversation_id)


async def get(session: Session, conversation_id: int) -> Conversation:
    """Return a conversation; raises NotFound."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=conversation_id)
    if row is None:
        raise NotFound("没有这个会话，请重新开始")
    unseal = session.keyring.unseal
    draft, outside, phone = row["draft"], row["outside"], row["phone"]
    kept = {name: row[name] for name in Conversation.__struct_fields__ if name not in {"draft", "outside", "phone"}}
    opened = unseal(draft, "conversations", "draft", conversation_id) if draft else "{}"
    return Conversation(
        draft=msgspec.json.decode(opened, type=Draft),
        outside=unseal(outside, "conversations", "outside", row["outside_index"].hex()) if outside else None,
        phone=unseal(phone, "conversations", "phone", conversation_id) if phone else None,
        **kept,
    )


async def of_interaction(session: Session, interaction: int) -> int:
    """Return the conversation that an interaction is; raises NotFound."""
    found = await _SQL.of_interaction(session.connection, city_code=session.city_code, interaction=interaction)
    if found is None:
        raise NotFound("该来话不是文字会话")
    return int(found)


async def of_outside(session: Session, channel: Channel, outside: str) -> int | None:
    """Return the open conversation of somebody on a channel, None where there is none."""
    index = session.keyring.blind_index(outside)
    found = await _SQL.of_outside(session.connection, city_code=session.city_code, channel=channel, outside_index=index)
    return None if found is None else int(found)


async def lock_outside(session: Session, channel: Channel, outside: str) -> None:
    """Let nobody else begin a conversation of somebody on a channel until the transaction ends."""
    index = session.keyring.blind_index(outside)
    await _SQL.lock_outside(session.connection, key=f"chat {session.city_code} {channel} {index.hex()}")


async def of_phone(session: Session, phone_index: bytes, *, but: int, since: datetime) -> int | None:
    """Return another open conversation of a verified phone that was alive lately, None where there is none."""
    found = await _SQL.of_phone(
        session.connection, city_code=session.city_code, phone_index=phone_index, but=but, since=since
    )
    return None if found is None else int(found)


async def change(session: Session, conversation: Conversation) -> None:
    """Write the draft, what the hub has asked for, and what came of it so far."""
    draft = msgspec.json.encode(conversation.draft).decode()
    await _SQL.change(
        session.connection,
        city_code=session.city_code,
        id=conversation.id,
        awaits=conversation.awaits,
        draft=session.keyring.seal(draft, "conversations", "draft", conversation.id),
        outcome=conversation.outcome,
        last_at=conversation.last_at,
    )


async def verify(session: Session, conversation_id: int, phone: str, at: datetime) -> bytes:
    """Record that a phone is the citizen's; returns its blind index."""
    index = session.keyring.blind_index(phone)
    sealed = session.keyring.seal(phone, "conversations", "phone", conversation_id)
    await _SQL.verify(
        session.connection, city_code=session.city_code, id=conversation_id, phone_index=index, phone=sealed, at=at
    )
    return index


async def move(session: Session, conversation_id: int, new: Conversation) -> None:
    """Go on with a conversation by the way of another one, which nobody holds any more."""
    city, connection = session.city_code, session.connection
    await _SQL.leave(connection, city_code=city, id=new.id)
    await _SQL.move(
        connection,
        city_code=city,
        id=conversation_id,
        channel=new.channel,
        token_hash=new.token_hash,
        outside_index=new.outside_index,
        outside=_seal_outside(session, new.outside, new.outside_index),
    )


async def say(
    session: Session, conversation: Conversation, words: Words, at: datetime, *, key: str | None = None
) -> int:
    """Add a turn to a locked conversation, the next after `conversation.turn_count`; returns its number."""
    seq = conversation.turn_count + 1
    await _SQL.add_turn(
        session.connection,
        city_code=session.city_code,
        conversation=conversation.id,
        seq=seq,
        by=words.by,
        text=session.keyring.seal(words.text, "conversation_turns", "text", f"{conversation.id}/{seq}"),
        masked_text=words.masked_text,
        buttons=msgspec.to_builtins(words.buttons) if words.buttons else None,
        key=key,
        at=at,
    )
    return seq


async def understood(
    session: Session,
    conversation_id: int,
    seq: int,
    intent: str,
    confidence: float,
    *,
    is_unanswered: bool,
) -> None:
    """Record how a turn of the citizen was read, and whether nobody knew an answer."""
    await _SQL.understood(
        session.connection,
        city_code=session.city_code,
        conversation=conversation_id,
        seq=seq,
        intent=intent,
        confidence=confidence,
        is_unanswered=is_unanswered,
    )


async def with_key(session: Session, conversation_id: int, key: str) -> int | None:
    """Return the turn that was sent under a key before, None where none was."""
    found = await _SQL.with_key(session.connection, city_code=session.city_code, conversation=conversation_id, key=key)
    return None if found is None else int(found)


async def turns(session: Session, conversation_id: int, after: int, n: int = 200) -> list[Turn]:
    """Return what was said after a turn, in order, opened."""
    rows = _SQL.turns(session.connection, city_code=session.city_code, conversation=conversation_id, after=after, n=n)
    found = []
    async for row in rows:
        place = f"{conversation_id}/{row['seq']}"
        kept = {name: row[name] for name in Turn.__struct_fields__ if name not in {"text", "buttons"}}
        text = session.keyring.unseal(row["text"], "conversation_turns", "text", place)
        buttons = msgspec.convert(row["buttons"] or (), tuple[Button, ...])
        found.append(Turn(text=text, buttons=buttons, **kept))
    return found


async def states(session: Session, ids: Iterable[int]) -> dict[int, tuple[State, int, bytes | None]]:
    """Return where some conversations stand, the number of the last turn of each, and the hash of the token that opens it."""
    rows = _SQL.states(session.connection, city_code=session.city_code, ids=list(ids))
    return {row["id"]: (row["state"], row["turn_count"], row["token_hash"]) async for row in rows}


async def ahead(session: Session, interaction: int) -> int | None:
    """Return how many callers, chats and owed calls wait for an agent before this chat, None where it does not wait."""
    found = await _SQL.ahead(session.connection, city_code=session.city_code, interaction=interaction)
    return None if found is None else int(found)


async def on_seats(session: Session, seat_group: str) -> int:
    """Return how many agents of a group are there."""
    return int(await _SQL.on_seats(session.connection, city_code=session.city_code, seat_group=seat_group))


def _seal_outside(session: Session, outside: str | None, index: bytes | None) -> bytes | None:
    return session.keyring.seal(outside, "conversations", "outside", index.hex()) if outside and index else None
