"""A city as data: the frozen records that a city folder is read into (models.city_files)."""

from datetime import date
from typing import Final

from msgspec import Struct

from models.calendar import Calendar, CalendarYear, OfficeHours
from models.chat_rule import ChatRule
from models.incident_rules import IncidentRules, WaveRule
from models.indicators import Indicators
from models.line import Line, LineRule
from models.oversight import Oversight
from models.patrol import PatrolRule
from models.retention import Retention
from models.seats import Seats
from models.sla import Policy, Statute
from models.vocabulary import Flag, Kind, ReplyFault, Urgency
from models.worklist import WorklistRule

# The kind of the department that a grid is to whoever delegates to it.
GRID: Final = "grid"


class Department(Struct, frozen=True, kw_only=True):
    """A body that answers requests (承办单位); `parent` stands over it. A grid's own is of the kind `GRID`."""

    code: str
    name: str
    full_name: str
    kind: str
    parent: str | None
    office_hours: str
    aliases: tuple[str, ...]


class Roster(Struct, frozen=True, kw_only=True):
    """Who can be reached when (值班)."""

    department: str
    duty: str
    weekdays: str
    start: str
    end: str
    contact: str
    phone: str


class Category(Struct, frozen=True, kw_only=True):
    """One line of the taxonomy (事项分类): four digits, or six for the third level."""

    code: str
    l1: str
    l2: str
    l3: str
    examples: tuple[str, ...]

    @property
    def name(self) -> str:
        """The most specific name."""
        return self.l3 or self.l2


class Duty(Struct, frozen=True, kw_only=True):
    """One row of the duty catalogue (派单目录). `lead` … may be `@district` or `@street`."""

    id: str
    version: str
    category: str
    place: str | None
    lead: str
    assisting: tuple[str, ...]
    copy: tuple[str, ...]
    grassroots: bool
    effective_from: date
    effective_to: date | None
    basis: str


class Grid(Struct, frozen=True, kw_only=True):
    """A grid (网格): `ring` is its outline as (lon, lat) pairs."""

    code: str
    name: str
    community: str
    street: str
    district: str
    ring: tuple[tuple[float, float], ...]


class GazetteerEntry(Struct, frozen=True, kw_only=True):
    """A named place (地名)."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    lat: float
    lon: float
    street: str


class CorpusRow(Struct, frozen=True):
    """One labelled text of the corpus; `code` is a four-digit category, `also` are others that are as right."""

    code: str
    also: tuple[str, ...]
    kind: Kind
    urgency: Urgency
    text: str


class LetterRow(CorpusRow, frozen=True):
    """A letter (来信): what its title says, and the spans of title or text that say where, about whom and when.

    A span is empty where the letter has none.
    """

    title: str
    place: str
    subject: str
    time: str


class CalibrationRow(Struct, frozen=True):
    """A request as life brings it, of which nothing is learnt: `codes` are the categories that are right, best first."""

    text: str
    title: str
    codes: tuple[str, ...]


class OutsideRow(Struct, frozen=True):
    """A request outside the scope of the hotline (受理范围), by the reason N1..N10; None for one that only sounds so."""

    text: str
    reason: str | None


class DangerRow(CorpusRow, frozen=True):
    """A text for the flags: one that raises all of them, or one that only sounds so and must not raise the first."""

    flags: tuple[Flag, ...]
    is_raised: bool


class FlagRule(Struct, frozen=True, kw_only=True):
    """The hard rule of one flag. `floor` is the urgency it forces, 0 for none."""

    flag: Flag
    name: str
    floor: int
    desk: bool
    patterns: tuple[str, ...]
    exclude: tuple[str, ...]


class HandoffRule(Struct, frozen=True, kw_only=True):
    """Where an emergency goes, what is read to the caller, and whether a ticket remains for the city.

    `script` has one step a line. `stays_on_desk` keeps what remains from being dispatched by the program.
    """

    flag: Flag
    number: str
    also: tuple[str, ...]
    script: str
    remainder: bool
    category: str | None
    stays_on_desk: bool = False


class ScopeRule(Struct, frozen=True, kw_only=True):
    """A reason not to accept (N1..N10, 国办函〔2025〕66号) with the lawful channel told to the citizen.

    What `exclude` matches in the whole text is struck out before `patterns` are tried. `note` is for the desk.
    """

    code: str
    name: str
    patterns: tuple[str, ...]
    channel: str
    exclude: tuple[str, ...] = ()
    note: str = ""


class Language(Struct, frozen=True, kw_only=True):
    """The city's words: fillers, cues, district words, custom words for the cutter."""

    fillers: tuple[str, ...]
    kind_cues: dict[str, tuple[str, ...]]
    urgency_cues: dict[str, tuple[str, ...]]
    district_words: dict[str, str]
    place_suffixes: tuple[str, ...]
    custom_words: tuple[str, ...]


class ReplyRule(Struct, frozen=True, kw_only=True):
    """One fault of a reply (答复质检): when it is found (nlu.reply_check), what its author is told, does it go back to them."""

    code: ReplyFault
    name: str
    advice: str
    returns: bool
    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class ReplyRules(Struct, frozen=True, kw_only=True):
    """What a reply says without saying anything, what a time, a basis and an address look like, and the faults."""

    courtesies: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    asks_when: tuple[str, ...] = ()
    to_come: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    findings: tuple[ReplyRule, ...] = ()


class City(Struct, frozen=True, kw_only=True):
    """Everything that is different from city to city. `version` is a digest of the whole folder.

    `conduct_categories` are complaints about officials' conduct: they accuse; `conduct_if_accused` where they name somebody.
    `hotline_department` is the centre itself. `recusal_departments` lead, in this order, where the accused and its superiors may not.
    `oversight` is how departments, seats and callers are watched, `retention` how long what is personal is kept (None: for ever),
    `indicators` what the city is measured by. `waves` says when a
    pile-up is raised, `incidents` when it may be an incident, `line_rule` when a call overflows, `replies` what is wrong with a
    reply, `synonyms` are words that mean the same to those who ask. `catch_all_categories` (意见建议, 无法判断) are taken only
    where nothing else fits. `calendar_years` are the notices that `calendar` joins, and the years that none was given for yet.
    `grid_units` are the grids as a street's own hands, by code: only their street gives them work,
    and they report to it.
    """

    code: str
    name: str
    timezone: str
    version: str
    catalogue_version: str
    policy: str
    lines: dict[str, Line]
    departments: dict[str, Department]
    office_hours: dict[str, OfficeHours]
    rosters: tuple[Roster, ...]
    categories: dict[str, Category]
    duties: tuple[Duty, ...]
    grids: tuple[Grid, ...]
    gazetteer: tuple[GazetteerEntry, ...]
    policies: dict[str, Policy]
    statutes: tuple[Statute, ...]
    calendar: Calendar
    flags: tuple[FlagRule, ...]
    handoffs: tuple[HandoffRule, ...]
    scope: tuple[ScopeRule, ...]
    language: Language
    hotline_department: str = "hotline"
    conduct_categories: tuple[str, ...] = ()
    conduct_if_accused: tuple[str, ...] = ()
    recusal_departments: tuple[str, ...] = ()
    catch_all_categories: tuple[str, ...] = ()
    waves: WaveRule = WaveRule()
    incidents: IncidentRules = IncidentRules()
    line_rule: LineRule = LineRule()
    patrols: PatrolRule = PatrolRule()
    replies: ReplyRules = ReplyRules()
    synonyms: tuple[tuple[str, ...], ...] = ()
    oversight: Oversight = Oversight()
    retention: Retention | None = None
    grid_units: dict[str, Department] = {}
    seats: Seats = Seats()
    chat: ChatRule = ChatRule()
    worklists: WorklistRule = WorklistRule()
    indicators: Indicators = Indicators()
    calendar_years: tuple[CalendarYear, ...] = ()

    def party(self, code: str) -> Department | None:
        """Return who may have a part in a ticket under this code: a department, or a grid's unit."""
        return self.departments.get(code) or self.grid_units.get(code)

    def lead_of(self, category: str) -> str | None:
        """Return who leads a four-digit category by the newest row of the catalogue that holds at every place."""
        rows = [duty for duty in self.duties if duty.category == category and duty.place is None]
        return max(rows, key=lambda duty: duty.effective_from).lead if rows else None

    def ancestors(self, code: str) -> list[str]:
        """Return the codes of those who stand over a department, nearest first."""
        found: list[str] = []
        own = self.party(code)
        parent = own.parent if own else None
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.departments[parent].parent
        return found

    def is_under(self, code: str, other: str) -> bool:
        """Tell whether `code` is `other` or stands anywhere below it."""
        return code == other or other in self.ancestors(code)
