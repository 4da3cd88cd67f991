"""What one URL is: who may call it, what it takes, what it answers; and what its parts and queries look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from msgspec import Struct

from hotline.api import body, follow_ups, forecast, knowledge, prompts, risk_clues, supervisions
from hotline.api.auth import INTAKE, READERS, STAFF
from hotline.worklist import Sort
from models.lifecycle import TicketState
from models.red_proof import SPANS
from models.store import assignments
from models.vocabulary import Integration, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from models.ticket import Actor

    Open = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Guarded = Callable[[web.Request, Actor], Awaitable[web.StreamResponse]]

SYSTEM: Final = frozenset({Role.ADMINISTRATOR})
OPERATORS: Final = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SHIFT_LEAD, Role.DEPARTMENT})
TELEPHONY: Final = frozenset({Role.CHANNEL, Role.AGENT, Role.SHIFT_LEAD})
HOTLINE: Final = READERS - {Role.DEPARTMENT}
ASKERS: Final = INTAKE | STAFF
WRITERS: Final = frozenset({Role.KNOWLEDGE, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DEPARTMENT})
SHIFT: Final = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR})
ON_LINE: Final = frozenset({Role.CHANNEL})
PATTERNS: Final = {
    "number": "^[0-9]{14,17}$",
    "id": "^[A-Za-z0-9_]{1,80}$",
    "code": "^[a-z0-9_-]{1,64}$",
    "department": "^[a-z0-9_-]{1,64}$",
    "line": "^[0-9]{1,16}$",
    "entry": "^[A-Za-z0-9_-]{1,32}$",
    "system": "^[a-z0-9_-]{1,32}$",
    "external_id": "^[A-Za-z0-9_-]{1,200}$",
}
TEXT: Final = {"type": "string"}
STATES: Final = {"type": "array", "items": {"type": "string", "enum": [str(state) for state in TicketState]}}
TICKET_KIND: Final = {"type": "string", "enum": [*map(str, Kind), ""]}
URGENCY: Final = {"type": "integer", "minimum": 1, "maximum": 4}
SORT: Final = {"type": "string", "enum": [*get_args(Sort), ""]}
QUERY_WORDS: Final = {"type": "string", "minLength": 1}
ENTRY_KIND: Final = {"type": "string", "enum": ["article", "guide", ""]}
TASK_KIND: Final = {"type": "string", "enum": [*knowledge.KINDS, ""]}
CLUE_STATE: Final = {"type": "string", "enum": [*risk_clues.STATES, ""]}
INTEGRATION: Final = {"type": "string", "enum": [*map(str, Integration), ""]}
DELIVERY_STATE: Final = {"type": "string", "enum": ["waiting", "delivered", "dead", ""]}
PROMPT_STATE: Final = {"type": "string", "enum": [*prompts.STATES, ""]}
OWES: Final = {"type": "string", "enum": [*assignments.OWES, ""]}
RUNG: Final = {"type": "string", "enum": [*follow_ups.RUNGS, ""]}
STAFF_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": follow_ups.MOST_STAFF}
SERIES: Final = {"type": "string", "enum": [*forecast.KINDS, ""]}
OVER: Final = {"type": "string", "enum": [*forecast.OVER, ""]}
WITHIN: Final = {"type": "integer", "enum": list(SPANS)}
LEVEL: Final = {"type": "string", "enum": [*supervisions.LEVELS, ""]}
SEQ: Final = "^[0-9]{1,9}$"
YES_NO: Final = {"type": "string", "enum": ["true", "false", ""]}
MOMENT: Final = {"type": "string", "format": "date-time"}
QUERY_CODE: Final = {"type": "string", "minLength": 1}
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": body.MOST_ON_A_PAGE}
PAGE: Final = {"cursor": TEXT, "limit": LIMIT}
KEY: Final = ("Idempotency-Key",)
SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Endpoint(Struct, frozen=True, kw_only=True):
    """One URL and method. `roles` None means that nobody needs to sign in.

    `body` is what is decoded (for steps: by action), `beside` the fields that stand beside an action's own, `answer`
    what is encoded, or `downloads` the media types of a file; `patterns` say what a part of the path may look like, where
    that is not what its name says. `before_change`: it may be called while the asker's password must be changed.
    `is_far`: what it reads for the hotline's own people may come from a replica (docs/adr/0021).
    """

    method: str
    path: str
    handler: Any
    summary: str
    roles: frozenset[Role] | None = None
    body: Any = None
    beside: type[Struct] | None = None
    uploads: tuple[str, ...] = ()
    answer: Any = None
    answers: tuple[int, ...] = (200,)
    problems: tuple[int, ...] = ()
    patterns: dict[str, str] = {}
    query: dict[str, Any] = {}
    required_query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    required_headers: tuple[str, ...] = ()
    media_type: str = "application/json"
    downloads: tuple[str, ...] = ()
    before_change: bool = False
    is_far: bool = False

    @property
    def name(self) -> str:
        """A unique name for generated clients."""
        words = self.path.replace("/api/v1", "").replace("{", "").replace("}", "").replace(".", "_").split("/")
        return "_".join([self.method.lower(), *(word for word in words if word)])

    @property
    def all_problems(self) -> list[int]:
        """Every status that this can fail with: by its credential, its path, its body, its query, or the database."""
        found = {503, *self.problems}
        found |= {401, 403, 429} if self.roles is not None else set()
        found |= {404} if self.path_patterns else set()
        found |= {413, 422} if self.body is not None or self.uploads else set()
        found |= {422} if self.query or self.headers or self.is_far else set()
        return sorted(found - set(self.answers))

    @property
    def path_patterns(self) -> dict[str, str]:
        """What every part of the path in braces may look like."""
        return {name: self.patterns.get(name) or PATTERNS[name] for name in re.findall(r"{(\w+)}", self.path)}


def get(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    """One URL that is read."""
    return Endpoint(method="GET", path=path, handler=handler, summary=summary, **more)


def post(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    """One URL that is posted to."""
    return Endpoint(method="POST", path=path, handler=handler, summary=summary, **more)
