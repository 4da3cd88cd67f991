"""The check of a department's reply (答复质检) on a ticket: what its author and the reviewer are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from nlu.reply_check import Asked, Finding

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.ticket import Ticket, TicketText


class Checked(Struct, frozen=True):
    """What is wrong with a reply, in the order of the city's rules."""

    findings: tuple[Finding, ...]


def checked(hub: Hub, ticket: Ticket, text: TicketText, reply: str, law_basis: str = "") -> Checked:
    """Check a reply as it is shown, masked: who reads a finding reads nothing that the reply does not show.

    A finding quotes the brief and never the citizen's words, which departments do not see.
    """
    asked = Asked(brief=hub.mask(text.brief, text.caller_name), text=text.masked_text, kind=ticket.kind)
    return Checked(hub.reply_check.check(asked, hub.mask(reply, text.caller_name), law_basis))
