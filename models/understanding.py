"""What the program understood of one request: nlu writes it, routing and the store read it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from models.vocabulary import Flag, Kind, Urgency


class Guess(Struct, frozen=True):
    """One candidate category with its calibrated probability, 0..1."""

    code: str
    p: float


class Place(Struct, frozen=True):
    """Where it is. `span` is the words of the text; the rest is known only when the gazetteer has it.

    Coordinates are WGS84 degrees. `street` and `district` are department codes. `told_district` is the district that the words
    name where the gazetteer's name lies in another: only a person can tell which is meant.
    """

    span: str
    name: str | None = None
    lat: float | None = None
    lon: float | None = None
    street: str | None = None
    district: str | None = None
    told_district: str | None = None


class Interval(Struct, frozen=True):
    """From when to when: what a time in the words comes to (timezone-aware; None is open or unknown).

    A moment begins and ends at once. What `repeats` does so between two times of the day, `clock_from` and `clock_to` (HH:MM), of
    which the second may lie after midnight.
    """

    begins_at: datetime | None = None
    ends_at: datetime | None = None
    repeats: Literal["daily", "weekly", "monthly", "yearly"] | None = None
    clock_from: str | None = None
    clock_to: str | None = None


class ScopeDoubt(Struct, frozen=True):
    """A reason why this may be outside the hotline's scope (N1..N10); only a person declines."""

    code: str
    reason: str
    channel: str


class Misconduct(Struct, frozen=True):
    """Who is said to misuse an office: `by` are the words that name him, `for_gain` tells gain from force."""

    by: str
    for_gain: bool


class Told(Struct, frozen=True, kw_only=True):
    """A registered request as a model reads it again: its masked words, the title no longer apart from them."""

    ticket_id: int
    masked_text: str
    line: str | None
    received_at: datetime
    registered_at: datetime


class Understanding(Struct, frozen=True, kw_only=True):
    """The reading of one request.

    `categories` are three distinct four-digit codes, best first; `detail` is the third-level code
    where the words name it. `sure` is the probability that the first category is right, `lead_p` that the department is
    which leads it by the city's catalogue; at `bar` and above it may go out without a person's look (None: never).
    `interval` is what `time` comes to. `amounts` are sums of money in yuan, in the order of the text; `people` is how many people or
    households are said to be affected; `plates` is how many vehicle plates were masked.
    `accused` is who is said to have done wrong in any way; `misconduct` is told apart, as it bars an office from its own case.
    `flags` are raised by hard rules; `suspected` are further ones that the model thinks likely, `doubted` are rules' that it
    thinks unlikely: a person looks.
    `masked_text` is the normalised text with phones, ID numbers, plates and the caller's name
    masked: the only text that search, the model and the screen use. Its first `title_length` characters are the title,
    parted from the rest by a line end. `tokens` are its search words.
    `fingerprint` is what two requests are compared by (nlu.similarity), `bands` are the 64-bit numbers by which one finds others.
    """

    categories: tuple[Guess, ...]
    lead_p: float = 0.0
    bar: float | None = None
    detail: str | None
    kind: Kind
    kind_p: float
    urgency: Urgency
    place: Place | None
    subject: str | None
    accused: str | None
    misconduct: Misconduct | None = None
    time: str | None
    occurred_at: datetime | None
    interval: Interval | None = None
    amounts: tuple[float, ...] = ()
    people: int | None = None
    plates: int = 0
    flags: tuple[Flag, ...]
    suspected: tuple[Flag, ...] = ()
    doubted: tuple[Flag, ...] = ()
    scope: tuple[ScopeDoubt, ...]
    brief: str
    masked_text: str
    title_length: int = 0
    tokens: tuple[str, ...]
    fingerprint: bytes
    bands: tuple[int, ...] = ()
    model_version: str

    @property
    def sure(self) -> float:
        """Probability of the first category."""
        return self.categories[0].p if self.categories else 0.0

    @property
    def is_assured(self) -> bool:
        """Whether the lead is sure enough for no person to look."""
        return self.bar is not None and self.lead_p >= self.bar
