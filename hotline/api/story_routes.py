"""The URLs of what is looked at beside a ticket: the tickets that belong to it, and whom the catalogue gives it to now."""

from __future__ import annotations

from typing import Final

from hotline.api import proposals, related
from hotline.api.url import HOTLINE, TEXT, Endpoint, get
from models.lifecycle import DESK

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/tickets/{number}/related", related.show, "相关工单：并单、拆单、可能重复的", roles=HOTLINE,
        answer=related.Related, problems=(409,)),
    get("/api/v1/tickets/{number}/proposal", proposals.show, "现行目录建议派给谁、谁不能承办", roles=DESK,
        answer=proposals.TicketProposal, problems=(409,), query={"category": TEXT, "kind": TEXT}),
)  # fmt: skip
