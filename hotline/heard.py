"""What a citizen says after the ticket was registered is read as its first words were: for danger, and for whom it accuses.

Words of danger begin a handoff and call a person (国办发〔2022〕12号). Words that accuse whoever has the ticket are kept from
them (信访工作条例 §30): a person at the hotline reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline.handing_off import start_handoff
from hotline.pushing import push_by_rule
from hotline.step import PROGRAM
from models.lifecycle import Action, ticket_allows
from models.store import handoffs
from models.vocabulary import Flag, Kind
from routing.accusation import accusing_words, is_accusation, units_by_misconduct
from routing.guards import is_conduct, recusal

if TYPE_CHECKING:
    from hotline.step import Step
    from models.city import City
    from models.understanding import Understanding

# By how much a kind or a category alone must be likely.
LIKELY: Final = 0.5


async def take_in(step: Step, words: str) -> bool:
    """Act on further words to the ticket of a step; returns whether departments may be told of them."""
    if not words.strip():
        return True
    read = step.hub.reader.understand(words, received_at=step.at)
    before = step.ticket.flags
    await _heed_danger(step, read)
    return not _accuses_holder(step, read, [flag for flag in read.flags if flag not in before])


async def _heed_danger(step: Step, read: Understanding) -> None:
    """Hand over what the rules find; what only sounds so, or is on a ticket that has ended, is for a person."""
    city = step.hub.city
    if read.flags:
        step.set(flags=tuple(dict.fromkeys((*step.ticket.flags, *read.flags))))
        await push_by_rule(step, read.flags)
    perilous = {rule.flag for rule in city.handoffs} & {*read.flags, *read.doubted}
    found = {rule.flag: rule.name for rule in city.flags if rule.flag in perilous}
    if not found:
        return
    said = f"诉求人后续所述涉及{'、'.join(dict.fromkeys(found.values()))}"
    for rule in {rule.number: rule for rule in city.handoffs if rule.flag in read.flags}.values():
        opened = await handoffs.newest(step.session, step.ticket.id, rule.number)
        is_open = opened is not None and opened.confirmed_at is None
        if not is_open and ticket_allows(step.ticket.state, Action.HAND_OFF):
            await start_handoff(step, rule.number, rule.flag, said, remainder=True, by=PROGRAM)
    step.supervise(Action.ESCALATE, step.ticket.lead, f"{said}，请立即人工核对")


def _accuses_holder(step: Step, read: Understanding, flags: list[Flag]) -> bool:
    """Tell whether the words accuse whoever has or had the ticket, or somebody of whom the program cannot tell who it is."""
    hub, ticket = step.hub, step.ticket
    category = read.detail or (read.categories[0].code if read.categories else None)
    if not _is_surely_accusation(read, category, hub.city):
        return False
    where = hub.jurisdiction(ticket)
    barred = recusal(
        accusing_words(read, category, hub.city, None),
        where,
        category=category,
        city=hub.city,
        names=hub.catalogue.names,
        kept=units_by_misconduct(read, where, hub.city, hub.catalogue.names, None),
    )
    holders = {ticket.lead, *(part.department for part in step.parts.values())} - {None}
    if barred is not None and not any(barred.bars(hub.city, holder) for holder in holders if holder):
        return False
    if barred is not None:
        step.set(recused=tuple(dict.fromkeys((*ticket.recused, *barred.units))))
    reason = "诉求人后续所述涉及承办单位或其人员，未转给承办单位，请人工核对回避"
    step.call_a_person(reason, flags=flags, recused=[] if barred is None else barred.units)
    return True


def _is_surely_accusation(read: Understanding, category: str | None, city: City) -> bool:
    """A few more words are often read as anything: by kind or category alone they accuse only where that is likely.

    Signs of corruption, and who is told of as doing wrong, are enough as ever.
    """
    if Flag.CORRUPTION in (*read.flags, *read.suspected, *read.doubted) or read.misconduct is not None:
        return True
    by_kind = read.kind is Kind.TIP_OFF and read.kind_p >= LIKELY
    by_category = is_conduct(category, city) and read.categories[0].p >= LIKELY
    return by_kind or by_category or (read.accused is not None and is_accusation(read, category, city))
