"""Danger in a chat: what to do is told at once, a ticket is recorded, the emergency number is told, and a person comes.

The rules of the city decide (国办发〔2022〕12号), before any chatbot is asked: nobody in danger talks to a machine alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from hotline import chat_words, perils, track
from hotline.handing_off import start_handoff
from hotline.intake import register
from hotline.receipt import TicketReceipt
from hotline.request import Caller, Register
from hotline.step import PROGRAM, run
from hotline.talking import CHATBOT, tell
from models.conversation import Filed, Said
from models.errors import HotlineError, Unavailable
from models.lifecycle import Action, ticket_allows
from models.store import conversations, handoffs
from models.ticket import CITIZEN, id_of
from models.vocabulary import Channel, Disclosure, Flag, Identity
from nlu.normalise import plain
from nlu.reading import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.hub import Hub
    from hotline.step import Step
    from models.conversation import Conversation
    from models.store.database import Session
    from models.understanding import Understanding

LOG = structlog.get_logger()
WARNED: Final = "warned"
BEGUN: Final = "emergency_begun"
# What was said and does not stand on the emergency's ticket yet.
OWED: Final = "emergency_owed"
# The conversations whose emergency this process is registering.
_UNDER_WAY: Final[set[int]] = set()
# They tell who or how many it is about; whatever else is found beside tells what to do at once.
_SECOND: Final = frozenset({Flag.MINOR, Flag.THREAT, Flag.GROUP})


class Peril(Struct, frozen=True):
    """A danger that a rule of the city found, and the number that it is handed to."""

    flag: Flag
    number: str


class Begun(Struct, frozen=True):
    """What is being registered: all that was said up to a turn."""

    seq: int
    request: Register


def perils_in(hub: Hub, read: Understanding, text: str) -> tuple[Peril, ...]:
    """Return the dangers in what somebody wrote that are handed to an emergency number, where seconds count first.

    The city's rules find them, or the phrases of `perils`, which know other tongues.
    """
    flags = {*read.flags, *perils.heard(plain(text))}
    found = [Peril(rule.flag, rule.number) for rule in hub.city.handoffs if rule.flag in flags]
    return tuple(sorted(found, key=lambda one: one.flag in _SECOND))


def is_perilous(hub: Hub, flags: Iterable[Flag]) -> bool:
    """Tell whether any of some flags is handed to an emergency number."""
    return bool({rule.flag for rule in hub.city.handoffs} & set(flags))


async def warn(
    hub: Hub, session: Session, heard: Conversation, found: tuple[Peril, ...], *, in_english: bool = False
) -> Conversation:
    """Tell the citizen of a locked conversation what to do, of each danger once."""
    warned = heard.draft.more.get(WARNED, [])
    fresh = [one for one in found if one.flag not in warned]
    if not fresh:
        return heard
    is_attended = bool(await conversations.on_seats(session, hub.city.seats.host_group))
    for one in fresh:
        words = chat_words.safety(one.flag, one.number, is_attended=is_attended, in_english=in_english)
        heard = await tell(hub, session, heard, "hub", words)
    more = {**heard.draft.more, WARNED: [*warned, *(one.flag for one in fresh)]}
    changed = replace(heard, draft=replace(heard.draft, more=more))
    await conversations.change(session, changed)
    return changed


async def record(hub: Hub, conversation_id: int, seq: int, found: tuple[Peril, ...]) -> None:
    """Register what was said up to a turn as a ticket, whose handoff the intake begins; or add to the one that there is.

    However often it fails, it may be done again.
    """
    begun = await hub.database.write(lambda session: _begun(session, conversation_id, seq))
    if isinstance(begun, Filed):
        await settle(hub, conversation_id)
        await _hand_over(hub, begun, found)
        return
    found = found or await _perils_of(hub, begun.request.text)
    key = f"chat:{conversation_id}:{begun.seq}"
    _UNDER_WAY.add(conversation_id)
    try:
        told = await register(hub, CHATBOT, key, msgspec.json.encode(begun.request), begun.request)
    finally:
        _UNDER_WAY.discard(conversation_id)
    receipt = msgspec.json.decode(told.body, type=TicketReceipt)
    filed = Filed(number=receipt.number, query_code=receipt.query_code, is_emergency=True)
    await _hand_over(hub, filed, found)

    async def work(session: Session) -> None:
        locked = await conversations.lock(session, conversation_id)
        if filed in locked.draft.filed:
            return
        # Said while it was registered: where it burns, perhaps.
        rest = tuple(one for one in locked.draft.said if one.seq > begun.seq)
        more = {name: value for name, value in locked.draft.more.items() if name != BEGUN}
        more[OWED] = msgspec.to_builtins(rest)
        draft = replace(locked.draft, said=rest, more=more, filed=(*locked.draft.filed, filed))
        changed = replace(locked, draft=draft, outcome="new_ticket")
        await conversations.change(session, changed)
        target = "、".join(dict.fromkeys(one.number for one in found))
        words = chat_words.RECORDED.format(number=filed.number, code=filed.query_code, target=target)
        await tell(hub, session, changed, "hub", words)

    await hub.database.write(work)
    await settle(hub, conversation_id)


def is_left(heard: Conversation) -> bool:
    """Tell whether the emergency of an earlier turn could not be registered then, and nobody is about it now."""
    return BEGUN in heard.draft.more and heard.id not in _UNDER_WAY


async def _perils_of(hub: Hub, text: str) -> tuple[Peril, ...]:
    return perils_in(hub, await hub.readings(None, Request(text, hub.now())), text)


async def _begun(session: Session, conversation_id: int, seq: int) -> Begun | Filed:
    """Return the ticket that there is, or what is to be registered: what an earlier turn has begun, so that there is but one."""
    locked = await conversations.lock(session, conversation_id)
    if locked.draft.emergency is not None:
        return locked.draft.emergency
    if BEGUN in locked.draft.more:
        return msgspec.convert(locked.draft.more[BEGUN], Begun)
    begun = Begun(seq, _request(locked, seq))
    more = {**locked.draft.more, BEGUN: msgspec.to_builtins(begun)}
    await conversations.change(session, replace(locked, draft=replace(locked.draft, more=more)))
    return begun


async def owe(session: Session, heard: Conversation, seq: int, text: str) -> Conversation:
    """Keep in a locked conversation that further words are to be put on the ticket of its emergency, where it has one."""
    if heard.draft.emergency is None:
        return heard
    return await _owing(session, heard, (*_owed(heard), Said(seq, text)))


async def settle(hub: Hub, conversation_id: int) -> None:
    """Put on the ticket what it is owed, each once, where what it says of danger is heeded too; one that takes none has it in the chat."""
    heard = await hub.database.read(lambda session: conversations.get(session, conversation_id))
    filed = heard.draft.emergency
    if filed is None:
        return
    for one in _owed(heard):
        try:
            await _add(hub, conversation_id, filed, one)
        except Unavailable:
            raise
        except HotlineError as refused:
            LOG.info("not added to the ticket", ticket=filed.number, code=refused.code)
            await hub.database.write(partial(_paid, conversation_id=conversation_id, one=one))


async def _add(hub: Hub, conversation_id: int, filed: Filed, one: Said) -> None:
    async def work(step: Step) -> None:
        # In the transaction that writes the step: it is owed until it stands there.
        if await _paid(step.session, conversation_id, one):
            await track.supplement(step, track.Supplement(text=one.text))

    await run(hub, CITIZEN, id_of(filed.number), work, is_citizens=True)


async def _paid(session: Session, conversation_id: int, one: Said) -> bool:
    """Strike out what was owed; False where somebody else has."""
    locked = await conversations.lock(session, conversation_id)
    owed = _owed(locked)
    if one not in owed:
        return False
    await _owing(session, locked, tuple(other for other in owed if other != one))
    return True


async def _owing(session: Session, locked: Conversation, owed: tuple[Said, ...]) -> Conversation:
    more = {**locked.draft.more, OWED: msgspec.to_builtins(owed)}
    changed = replace(locked, draft=replace(locked.draft, more=more))
    await conversations.change(session, changed)
    return changed


def _owed(heard: Conversation) -> tuple[Said, ...]:
    return msgspec.convert(heard.draft.more.get(OWED, ()), tuple[Said, ...])


async def _hand_over(hub: Hub, filed: Filed, found: tuple[Peril, ...]) -> None:
    """Begin the handoffs that the ticket does not have: what was said in a chat weighs by itself, whatever stood around it."""

    async def work(step: Step) -> None:
        for number, peril in {one.number: one for one in found}.items():
            known = await handoffs.newest(step.session, step.ticket.id, number)
            if known is None and ticket_allows(step.ticket.state, Action.HAND_OFF):
                await start_handoff(step, number, peril.flag, "会话中所述涉及危险", remainder=True, by=PROGRAM)

    await run(hub, PROGRAM, id_of(filed.number), work)


def _request(current: Conversation, seq: int) -> Register:
    said = "\n".join(one.text for one in current.draft.said if one.seq <= seq)
    phone = current.phone or current.draft.phone
    caller = Caller(
        phone=phone,
        identity=Identity.NAMED if phone else Identity.ANONYMOUS,
        disclosure=Disclosure.OPEN if phone else Disclosure.CONFIDENTIAL,
    )
    return Register(text=said, channel=Channel.CHATBOT, interaction=current.interaction, caller=caller)
