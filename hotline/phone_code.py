"""手机验证: a citizen shows that a phone is theirs by a code that is sent there; a conversation may then go on elsewhere."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from hotline.request import phone_digits
from hotline.talking import tell
from models.conversation import Conversation
from models.errors import InvalidRequest, TooManyRequests
from models.store import conversations, interactions, notices, phone_codes
from models.ticket import Notice

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session

HOLDS_FOR: Final = timedelta(minutes=5)
NEXT_AFTER: Final = timedelta(minutes=1)
MOST_TO_A_PHONE: Final = 5
MOST_FROM_A_CONVERSATION: Final = 8
MOST_TRIES: Final = 5
# Another conversation of the same phone is gone on with when it was alive so lately.
MOVES_WITHIN: Final = timedelta(days=1)
MOVED: Final = "已接上您先前的会话，可以接着说。"
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_WORDS: Final = "【{city}12345】验证码{code}，5分钟内有效，用于核对您的手机号。请勿告诉他人，工作人员不会索要。"

Outcome = Literal["verified", "wrong", "expired"]


class Checked(Struct, frozen=True, kw_only=True):
    """What came of a code: `conversation` is the one that goes on, which may be another of the same phone."""

    outcome: Outcome
    conversation: Conversation


def mobile(words: str) -> str:
    """Return the mobile number that somebody wrote; raises InvalidRequest."""
    digits = phone_digits(words)
    if not _MOBILE.fullmatch(digits):
        raise InvalidRequest("请填写11位手机号")
    return digits


async def send(hub: Hub, session: Session, conversation: Conversation, phone: str) -> Conversation:
    """Send a code for a locked conversation, which then awaits it. Raises InvalidRequest, TooManyRequests."""
    digits, at = mobile(phone), hub.now()
    counted = await phone_codes.counted(session, conversation.id, digits, at - _slow(hub, timedelta(hours=1)))
    if counted.last_at is not None and at - counted.last_at < _slow(hub, NEXT_AFTER):
        raise TooManyRequests("验证码刚刚发过，请一分钟后再试")
    if counted.to_phone >= MOST_TO_A_PHONE or counted.from_here >= MOST_FROM_A_CONVERSATION:
        raise TooManyRequests("验证码发送次数过多，请一小时后再试，或转人工")
    code = f"{secrets.randbelow(10**6):06d}"
    await phone_codes.send(session, conversation.id, digits, code, at)
    words = _WORDS.format(city=hub.city.name, code=code)
    told = Notice(id=secrets.token_hex(16), ticket_id=0, kind="phone_code", address=digits, content=words)
    await notices.add(session, told, at)
    changed = replace(conversation, awaits="code")
    await conversations.change(session, changed)
    return changed


async def check(hub: Hub, session: Session, conversation: Conversation, code: str, *, moves: bool = False) -> Checked:
    """Try a code in a locked conversation; five wrong ones use it up. With `moves` an earlier conversation of that phone goes on."""
    kept, at = await phone_codes.newest(session, conversation.id), hub.now()
    is_over = kept is None or kept.used_at is not None or kept.tries >= MOST_TRIES
    if kept is None or is_over or at - kept.sent_at > _slow(hub, HOLDS_FOR):
        return Checked(outcome="expired", conversation=conversation)
    is_right = phone_codes.is_right(session, conversation.id, kept, code)
    await phone_codes.tried(session, conversation.id, kept, at if is_right else None)
    if not is_right:
        return Checked(outcome="wrong", conversation=conversation)
    index = await conversations.verify(session, conversation.id, kept.phone, at)
    draft = replace(conversation.draft, phone=kept.phone)
    verified = replace(conversation, phone=kept.phone, phone_index=index, verified_at=at, draft=draft, awaits=None)
    await conversations.change(session, verified)
    await interactions.known_caller(session, conversation.interaction, kept.phone)
    return Checked(outcome="verified", conversation=await _moved(hub, session, verified) if moves else verified)


async def _moved(hub: Hub, session: Session, new: Conversation) -> Conversation:
    """Return the earlier conversation of the same phone, which goes on by the way of the new one; else the new one."""
    since = hub.now() - _slow(hub, MOVES_WITHIN)
    before = await conversations.of_phone(session, new.phone_index or b"", but=new.id, since=since)
    # Two are only ever locked the newer first, so that nobody waits in a circle.
    if before is None or before > new.id:
        return new
    earlier = await conversations.lock(session, before)
    if earlier.state == "ended":
        return new
    await conversations.move(session, earlier.id, new)
    return await tell(hub, session, await conversations.get(session, earlier.id), "hub", MOVED)


def _slow(hub: Hub, length: timedelta) -> timedelta:
    # A person's hands are no quicker where a demo's clock is.
    return length * max(1.0, hub.clock.speed)
