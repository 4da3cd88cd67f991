"""群体/热点: new tickets join the wave of the ticket that they are likest to; one that enough callers have come to is raised and
described, and a person makes it an Incident or a topic. Behind intake's back, in the worker.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from models.store import waves
from models.store.waves import Described
from models.ticket import number_of
from nlu.waves import topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.waves import Member, Waiting

LOG = structlog.get_logger()
PAGE: Final = 200
DESCRIBED_AT_ONCE: Final = 3
# So many of the newest tickets of a wave are read to say what it is about.
READ: Final = 24
# A ticket must be as good as surely about the same matter to join: a wave goes on from one to the next.
JOINS_ABOVE: Final = 0.98


async def gather(hub: Hub) -> int:
    """Let the next tickets join waves and describe what changed of the raised ones; returns how much was done.

    Each step is one transaction and may be taken again.
    """
    joined, raised = await hub.database.write(lambda session: _join(hub, session))
    for wave in raised:
        LOG.info("wave raised", wave=number_of(wave))
    changed = await hub.database.read(lambda session: waves.stale(session, DESCRIBED_AT_ONCE))
    for wave, tickets in changed.items():
        await _describe(hub, wave, tickets)
    return joined + len(changed)


async def _join(hub: Hub, session: Session) -> tuple[int, list[int]]:
    waiting = await waves.waiting(session, PAGE)
    if not waiting:
        return 0, []
    likely = [one for one in waiting if one.likeness >= JOINS_ABOVE]
    known = await waves.of_tickets(session, {one.nearest for one in likely})
    joined, founders = _joined(waiting, known)
    await waves.join(session, joined, founders)
    at, rule = hub.now(), hub.city.waves
    grown = {wave for ticket, wave in joined.items() if wave != ticket}
    raised = await waves.count(session, grown, since=at - timedelta(days=rule.within_days), callers=rule.callers, at=at)
    return len(joined), raised


def _joined(waiting: Sequence[Waiting], known: dict[int, int | None]) -> tuple[dict[int, int], set[int]]:
    """Return the wave of every ticket that waits, but for those whose nearest waits behind them, and who founds one by being joined."""
    joined: dict[int, int] = {}
    founders: set[int] = set()
    for one in waiting:
        if one.likeness < JOINS_ABOVE:
            joined[one.ticket_id] = one.ticket_id
        elif one.nearest in joined:
            joined[one.ticket_id] = joined[one.nearest]
        elif one.nearest not in known:
            founders.add(one.nearest)
            joined[one.ticket_id] = one.nearest
        else:
            wave = known[one.nearest]
            if wave is not None:
                joined[one.ticket_id] = wave
    return joined, founders


async def _describe(hub: Hub, wave: int, tickets: int) -> None:
    members = await hub.database.read(lambda session: waves.newest(session, wave, READ))
    said = await asyncio.to_thread(said_of, hub, members, tickets)
    await hub.database.write(lambda session: waves.describe(session, wave, said))


def said_of(hub: Hub, members: Sequence[Member], tickets: int) -> Described:
    """Return what tickets that resemble one another are about."""
    reader = hub.reader
    found = topic(
        [one.masked_text for one in members],
        [one.fingerprint for one in members],
        reader.search_tokens,
        reader.model.pairs,
    )
    places = Counter(one.place for one in members if one.place is not None).most_common(1)
    return Described(
        tickets=tickets,
        representative=members[found.representative].id,
        sentence=found.sentence,
        keywords=list(found.keywords),
        place=places[0][0] if places else None,
        category=Counter(one.category for one in members).most_common(1)[0][0],
    )
