"""What the program proposes for a request, and whether it may go out without a person's eye."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline.outgoing import POLICE
from models.city import HandoffRule
from models.understanding import Understanding
from models.vocabulary import Flag, Integration, Kind
from routing.catalogue import Catalogue
from routing.guards import is_conduct
from routing.jurisdiction import Jurisdiction
from routing.route import Route, route

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hotline.hub import Hub
    from hotline.step import Step
    from models.city import City
    from models.line import Line
    from models.ticket import Ticket, TicketText


# What accuses or must be kept secret: a person alone says that there is nothing to it.
KEPT_IN_DOUBT: Final = frozenset({Flag.CORRUPTION, Flag.SECRET})

OUTSIDE: Final = "所给坐标不在本市任何网格内，可能为外地事项，请核对地点"
LOOK_FIRST: Final = "110推送，仍像须公安处置：首接负责已受理，如确属警情请转接110并说明原因"


class Proposal(Struct, frozen=True, kw_only=True):
    """A request read and routed. `desk_reasons` empty means: it may be dispatched at once.

    `as_read` is what the program read where the seat says otherwise in some point, else `understanding` again.
    """

    understanding: Understanding
    jurisdiction: Jurisdiction | None
    route: Route
    handoffs: tuple[HandoffRule, ...]
    desk_reasons: tuple[str, ...]
    as_read: Understanding

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags that the ticket bears: those that were raised, and of the doubted ones those that only a person takes away."""
        read = self.understanding
        return (*read.flags, *(flag for flag in read.doubted if flag in KEPT_IN_DOUBT))


class Desk:
    """What a proposal needs of the city: its data and its catalogue as rulings have amended it."""

    def __init__(self, city: City, catalogue: Catalogue | None = None) -> None:
        self.city = city
        self.catalogue = catalogue or Catalogue(city)

    def goes_by_itself(self, _category: str) -> bool:
        """A measurement asks what may go out where every category is switched on."""
        return True


def propose(
    desk: Desk | Hub,
    understanding: Understanding,
    where: Jurisdiction | None,
    *,
    on: date,
    accused: str | None,
    line: Line | None,
    as_read: Understanding | None = None,
    recused: Iterable[str] = (),
) -> Proposal:
    """Route what was understood and say why a person should look first, if one should.

    `as_read` is what the program read where `understanding` is what the seat says of it. Who stood aside before (`recused`) still
    does.
    """
    proposed = route(understanding, where, desk.catalogue, desk.city, on=on, accused=accused, recused=recused)
    return Proposal(
        understanding=understanding,
        jurisdiction=where,
        route=proposed,
        handoffs=tuple(rule for rule in desk.city.handoffs if rule.flag in understanding.flags),
        desk_reasons=tuple(_desk_reasons(desk, understanding, as_read or understanding, proposed, line)),
        as_read=as_read or understanding,
    )


def accepted(proposal: Proposal) -> Proposal:
    """Return what is proposed for an order of 110 (首接负责): no handoff back to it, a ticket of whatever else is handed off.

    Whether it is a matter of the police after all is a person's to say, who hands it back with the reason (国办发〔2022〕12号).
    """
    kept = tuple(msgspec.structs.replace(rule, remainder=True) for rule in proposal.handoffs if rule.number != POLICE)
    first = () if len(kept) == len(proposal.handoffs) else (LOOK_FIRST,)
    return msgspec.structs.replace(proposal, handoffs=kept, desk_reasons=(*first, *proposal.desk_reasons))


def outside(proposal: Proposal) -> Proposal:
    """Return what is proposed where the coordinates lie in no grid of the city: by its words alone nothing goes out."""
    return msgspec.structs.replace(proposal, desk_reasons=(OUTSIDE, *proposal.desk_reasons))


def accused_told(hub: Hub, words: str | None, units: Iterable[str]) -> str | None:
    """Return who is accused, of a person no more than office and family name; else the units that were found to be meant."""
    return hub.reader.names.without_somebody(words) if words else "、".join(map(hub.department_name, units)) or None


async def propose_again(step: Step) -> Route:
    """Route a ticket that lies on the desk anew, by its present category and what was read at intake."""
    return route_again(step.hub, step.ticket, await step.text())


def route_again(hub: Hub, ticket: Ticket, text: TicketText) -> Route:
    """Return where the catalogue sends a ticket today. Raises msgspec.ValidationError, as `as_kept` does."""
    reading = as_stands(ticket, as_kept(text.reading, text.masked_text))
    where, today = hub.jurisdiction(ticket), hub.today()
    # Whom the agent named is among the recused; a name that was only read accuses where the matter does.
    return route(reading, where, hub.catalogue, hub.city, on=today, accused=None, recused=ticket.recused)


def as_kept(reading: dict[str, Any], masked_text: str) -> Understanding:
    """Return what was understood at intake, as far as it is kept: no brief, no search words, no fingerprint.

    Raises msgspec.ValidationError where it was kept by a program that understood other things.
    """
    kept = {**reading, "masked_text": masked_text, "brief": "", "tokens": (), "fingerprint": b""}
    return msgspec.convert(kept, Understanding, strict=False)


def as_stands(ticket: Ticket, read: Understanding) -> Understanding:
    """Return a reading with what people have made of it since: the ticket's category and kind."""
    first = msgspec.structs.replace(read.categories[0], code=ticket.category)
    return msgspec.structs.replace(
        read, categories=(first, *read.categories[1:]), detail=ticket.detail, kind=ticket.kind
    )


def _unsure(desk: Desk | Hub, read: Understanding, as_read: Understanding) -> str | None:
    """Return why the lead is not sure enough, None where it is. How sure it is holds for the program's own category alone."""
    category = read.categories[0].code
    before, topic = (desk.city.categories[one.categories[0].code].name for one in (as_read, read))
    if category != as_read.categories[0].code:
        return f"话务员将类别由“{before}”改为“{topic}”，请核对主办单位"
    if not desk.goes_by_itself(category):
        return f"“{topic}”未开通自动派单"
    if read.bar is None:
        return f"“{topic}”没有可靠的把握线，不自动派单"
    return None if read.is_assured else f"主办单位把握{read.lead_p:.1%}，低于“{topic}”的自动派单线{read.bar:.1%}"


def _desk_reasons(
    desk: Desk | Hub, read: Understanding, as_read: Understanding, proposed: Route, line: Line | None
) -> list[str]:
    city, unsure = desk.city, _unsure(desk, read, as_read)
    reasons = [doubt.rstrip("。") for doubt in proposed.doubts]
    reasons += [unsure] if unsure else []
    reasons += [f"可能不属受理范围：{doubt.reason}" for doubt in read.scope]
    reasons += [f"涉及{rule.name}，须人工核对" for rule in city.flags if rule.desk and rule.flag in read.flags]
    reasons += [f"疑似涉及{rule.name}，请人工核对" for rule in city.flags if rule.flag in read.suspected]
    reasons += [f"有{rule.name}的字眼，语境不像，请人工核对" for rule in city.flags if rule.flag in read.doubted]
    if read.kind is Kind.TIP_OFF and (read.accused or proposed.recused):
        reasons.append("举报件须人工核对回避单位")
    elif proposed.recused and not is_conduct(read.detail or read.categories[0].code, city):
        # What the catalogue says of a matter is not said of its office's misconduct.
        reasons.append("反映承办单位或其人员有违规行为，须人工核对回避单位")
    if line is not None and line.integration is Integration.REFERRAL:
        reasons.append(f"{line.number}{line.name}属告知转介号码")
    return list(dict.fromkeys(reasons))
