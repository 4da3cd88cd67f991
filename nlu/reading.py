"""A request on its way through the reader: what was given, and what is known of it so far."""

from datetime import datetime
from typing import NamedTuple

from models.understanding import Interval, ScopeDoubt
from models.vocabulary import Kind, Urgency
from nlu.category import Sorted
from nlu.cutter import Passage
from nlu.extraction import Extracted
from nlu.flags import FlagHit
from nlu.linear import Floats
from nlu.masking import Masked
from nlu.similarity import Fingerprint, Told
from nlu.span_words import WordSheet
from nlu.suspicion import Verdict


class Request(NamedTuple):
    """What is given of one request, as `Reader.understand` takes it."""

    text: str
    received_at: datetime
    title: str | None = None
    line: str | None = None
    caller_name: str | None = None
    accused: str | None = None
    address: str | None = None


class Past(NamedTuple):
    """A request of the past: what was asked, and what people said of it then; None where nobody did.

    `category` has four digits or six.
    """

    asked: Request
    category: str | None
    kind: Kind | None
    urgency: Urgency


class Reading:
    """What is known of a request so far; every step adds to it."""

    __slots__ = (
        "address",
        "alike",
        "amounts",
        "asked",
        "body",
        "brief",
        "dangers",
        "doubts",
        "english",
        "found",
        "given",
        "heading",
        "headline",
        "hits",
        "interval",
        "kind",
        "kind_p",
        "matter",
        "opening",
        "people",
        "read",
        "scores",
        "sheet",
        "title_scores",
        "tokens",
        "told",
        "urgency",
        "when",
        "whole",
    )

    asked: Request
    body: Masked
    heading: str
    address: str
    read: str
    english: str | None
    whole: str
    hits: tuple[FlagHit, ...]
    scores: Floats
    title_scores: Floats | None
    matter: Sorted
    kind: Kind
    kind_p: float
    urgency: Urgency
    dangers: Verdict
    opening: Passage
    headline: Passage
    given: Passage
    tokens: tuple[str, ...]
    sheet: WordSheet
    told: Told
    found: Extracted
    alike: Fingerprint
    when: str | None
    interval: Interval | None
    amounts: tuple[float, ...]
    people: int | None
    doubts: tuple[ScopeDoubt, ...]
    brief: str

    def __init__(self, asked: Request) -> None:
        self.asked = asked
