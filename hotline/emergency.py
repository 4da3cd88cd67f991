"""Danger in a chat: what to do is told at once, a ticket is recorded, the emergency number is told, and a person comes.

The rules of the city decide (国办发〔2022〕12号), before any chatbot is asked: nobody in danger talks to a machine alone.
"""

from __future__ import annotations

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
from models.conversation import Filed
from models.errors import HotlineError, Unavailable
from models.lifecycle import Action, ticket_allows
from models.store import conversations, handoffs
from models.ticket import CITIZEN, id_of
from models.vocabulary import Channel, Disclosure, Flag, Identity
from nlu.normalise import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.hub import Hub
    from hotline.step import Step
    from models.conversation import Conversation, Said
    from models.store.database import Session
    from models.understanding import Understanding

LOG = structlog.get_logger()
WARNED: Final = "warned"
BEGUN: Final = "emergency_begun"
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


async def warn(hub: Hub, session: Session, heard: Conversation, found: tuple[Peril, ...]) -> Conversation:
    """Tell the citizen of a locked conversation what to do, of each danger once."""
    warned = heard.draft.more.get(WARNED, [])
    fresh = [one for one in found if one.flag not in warned]
    if not fresh:
        return heard
    is_attended = bool(await conversations.on_seats(session, hub.city.seats.host_group))
    for one in fresh:
        words = chat_words.safety(one.flag, one.number, is_attended=is_attended)
        heard = await tell(hub, session, heard, "hub", words)
    more = {**heard.draft.more, WARNED: [*warned, *(one.flag for one in fresh)]}
    changed = replace(heard, draft=replace(heard.draft, more=more))
    await conversations.change(session, changed)
    return changed


async def record(hub: Hub, conversation_id: int, seq: int, text: str, found: tuple[Peril, ...]) -> None:
    """Register what was said up to a turn as a ticket, whose handoff the intake begins; or add it to the one that there is."""
    begun = await hub.database.write(lambda session: _begun(session, conversation_id, seq))
    if isinstance(begun, Filed):
        await add(hub, begun, text)
        await _hand_over(hub, begun, found)
        return
    key = f"chat:{conversation_id}:{begun.seq}"
    told = await register(hub, CHATBOT, key, msgspec.json.encode(begun.request), begun.request)
    receipt = msgspec.json.decode(told.body, type=TicketReceipt)
    filed = Filed(number=receipt.number, query_code=receipt.query_code, is_emergency=True)
    await _hand_over(hub, filed, found)

    async def work(session: Session) -> tuple[Said, ...]:
        locked = await conversations.lock(session, conversation_id)
        if filed in locked.draft.filed:
            return ()
        # Said while it was registered: where it burns, perhaps.
        rest = tuple(one for one in locked.draft.said if one.seq > begun.seq)
        more = {name: value for name, value in locked.draft.more.items() if name != BEGUN}
        draft = replace(locked.draft, said=rest, more=more, filed=(*locked.draft.filed, filed))
        changed = replace(locked, draft=draft, outcome="new_ticket")
        await conversations.change(session, changed)
        target = "、".join(dict.fromkeys(one.number for one in found))
        words = chat_words.RECORDED.format(number=filed.number, code=filed.query_code, target=target)
        await tell(hub, session, changed, "hub", words)
        return rest

    for one in await hub.database.write(work):
        await add(hub, filed, one.text)


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


async def add(hub: Hub, filed: Filed, text: str) -> None:
    """Put further words on the ticket, where what they say of danger is heeded too; one that takes none has them in the chat."""

    async def work(step: Step) -> None:
        await track.supplement(step, track.Supplement(text=text))

    try:
        await run(hub, CITIZEN, id_of(filed.number), work, is_citizens=True)
    except Unavailable:
        raise
    except HotlineError as refused:
        LOG.info("not added to the ticket", ticket=filed.number, code=refused.code)


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
