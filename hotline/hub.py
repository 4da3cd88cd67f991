"""What every use case needs, built once by hotline.app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.barring import NOBODY, Barring
from models.calendar import CHINA_TIME
from models.deadlines import last_day
from models.errors import NotFound
from models.provisional import provisional, provisional_before
from models.store import duplicates
from models.store.steps import Numbers, new_tickets
from models.store.together import Together
from nlu.flags import FlagRules
from nlu.masking import mask
from nlu.normalise import plain
from nlu.registry import SHIPPED
from nlu.reply_check import ReplyCheck
from routing.catalogue import Catalogue
from routing.gazetteer import Gazetteer
from routing.jurisdiction import Jurisdiction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from hotline.clock import Clock
    from models.calendar import Calendar, OfficeHours
    from models.city import City, Duty
    from models.sla import Policy
    from models.store.auto_dispatch import Switch
    from models.store.caller_limits import CallerLimit
    from models.store.database import Database
    from models.store.incidents import OpenIncident
    from models.store.storms import Storm
    from models.ticket import Assignment, Ticket
    from models.understanding import Understanding
    from nlu.knowledge import Knowledge
    from nlu.reader import Reader
    from nlu.reading import Request
    from nlu.registry import Drift
    from routing.jurisdiction import Atlas


class Hub:
    """The hub of one process: the city, its reader, its catalogue, its clock and its database."""

    def __init__(
        self,
        database: Database,
        city: City,
        reader: Reader,
        atlas: Atlas,
        clock: Clock,
        *,
        address: str,
        is_auto: bool = False,
    ) -> None:
        self.database = database
        self.city = city
        self.reader = reader
        self.atlas = atlas
        self.clock = clock
        # Where people reach the hub, such as https://12345.example.gov.cn: links in messages begin with it.
        self.address = address
        self.numbers = Numbers()
        self.new_tickets = new_tickets()
        self.alike = Together(duplicates.alike)
        self.readings = Together(self._read)
        # What is published, indexed, with the revision that it is of (hotline.knowledge).
        self.knowledge: tuple[int, Knowledge] | None = None
        # The storm that there is, as this process last looked (hotline.storm).
        self.storm: Storm | None = None
        # The open incidents and until when (monotonic seconds) they are as good as read (hotline.fitting).
        self.open_incidents: tuple[float, list[OpenIncident]] | None = None
        self.catalogue = Catalogue(city)
        self.reply_check = ReplyCheck(city.replies)
        self._dangers = FlagRules(city.flags)
        self.places = frozenset(entry.name for entry in city.gazetteer)
        self.gazetteer = Gazetteer(city)
        # Whether a category that nobody has switched may go out by itself, and those that somebody has (hotline.auto_dispatch).
        self._is_auto = is_auto
        self.auto_switches: dict[str, Switch] = {}
        # Whom a limit holds for, by the blind index of the phone (hotline.caller_limit).
        self.limited_callers: dict[bytes, CallerLimit] = {}
        self._amendment_count = 0
        self._barring: dict[str, Barring] = {}
        self.provisional_calendar = provisional(city.calendar)
        self._provisional_before = provisional_before(city.calendar)
        self.alarms: dict[str, str] = {}
        self.model_in_use = SHIPPED
        self.drift: Drift | None = None

    @property
    def policy(self) -> Policy:
        """The SLA policy that the city runs by."""
        return self.city.policies[self.city.policy]

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """The calendars that a clock may have been counted by."""
        return (self.city.calendar, self.provisional_calendar, *self._provisional_before)

    def amend(self, amendments: list[Duty]) -> None:
        """Take over the catalogue's amendments by rulings, where there are new ones."""
        if len(amendments) != self._amendment_count:
            self._amendment_count = len(amendments)
            self.catalogue = Catalogue(self.city, amendments)

    def limit_of(self, caller_index: bytes | None) -> CallerLimit | None:
        """Return the limit that holds for a caller now, None where none does."""
        limit = self.limited_callers.get(caller_index) if caller_index is not None else None
        return limit if limit is not None and limit.holds_at(self.now()) else None

    def has_danger(self, text: str) -> bool:
        """Tell whether the hard rules find a danger or another grave matter in words as they come in."""
        return bool(self._dangers.find(plain(text)))

    def goes_by_itself(self, category: str) -> bool:
        """Tell whether the city lets what is sure of a category go out without a person's look."""
        switch = self.auto_switches.get(category)
        return self._is_auto if switch is None else switch.is_on

    def is_provisional(self, due: datetime) -> bool:
        """Tell whether a due time lies in a year not announced yet, so that it may be early (docs/adr/0004)."""
        return self.provisional_calendar.is_provisional(last_day(due))

    async def _read(self, _means: None, requests: Sequence[Request]) -> list[Understanding]:
        return self.reader.understand_many(requests)

    def now(self) -> datetime:
        """Return the hub's time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the city's date."""
        return self.now().astimezone(CHINA_TIME).date()

    def office_hours(self, department: str) -> OfficeHours:
        """Return when a department is open."""
        party = self.city.party(department)
        if party is None:
            raise NotFound(f"没有代码为“{department}”的承办单位")
        return self.city.office_hours[party.office_hours]

    def jurisdiction(self, ticket: Ticket) -> Jurisdiction | None:
        """Return whose ground a stored ticket lies on."""
        if ticket.district is None:
            return None
        return Jurisdiction(district=ticket.district, street=ticket.street, community=None, grid=ticket.grid)

    def may_delegate_to(self, above: str, below: str) -> bool:
        """Tell whether one may delegate to the other: to what stands under it, or, for a bureau, to a district.

        A bureau's counterpart in a district is reached by way of the district, a grid by way of its street alone
        (市 → 区 → 街道 → 网格).
        """
        city = self.city
        if below in city.grid_units:
            return city.grid_units[below].parent == above
        if city.is_under(below, above):
            return True
        giver = city.departments.get(above)
        return city.departments[below].kind == "district" and giver is not None and giver.kind in {"bureau", "utility"}

    def is_party(self, department: str, parts: list[Assignment]) -> bool:
        """Tell whether a department, or one that stands under it, has or had one of these parts."""
        return any(self.city.is_under(part.department, department) for part in parts)

    def is_barred(self, department: str, recused: Iterable[str]) -> bool:
        """Tell whether who is accused is a department or one that stands over it (回避)."""
        return any(self.city.is_under(department, unit) for unit in recused)

    def is_kept_from(self, department: str, recused: Iterable[str], live: Iterable[str]) -> bool:
        """Tell whether nothing of a ticket is told to a department: it accuses it, and no part is left to it (`live`) in hand.

        While one is, all goes on as before the accusation, without a word of it: lists ask the same of is_kept_from in SQL.
        """
        return self.is_barred(department, recused) and not any(self.city.is_under(one, department) for one in live)

    def may_know(self, department: str, ticket: Ticket, parts: list[Assignment]) -> bool:
        """Tell whether a department may know of a ticket: it, or one under it, has or had a part, and it is not kept from it."""
        live = [part.department for part in parts if part.is_live]
        return self.is_party(department, parts) and not self.is_kept_from(department, ticket.recused, live)

    def barring(self, department: str | None) -> Barring:
        """Return whose accusation keeps a ticket from a department, and whose live part does not; nobody's from the hotline."""
        if department is None:
            return NOBODY
        if department not in self._barring:
            known = (*self.city.departments, *self.city.grid_units)
            own = tuple(code for code in known if self.city.is_under(code, department))
            self._barring[department] = Barring((department, *self.city.ancestors(department)), own)
        return self._barring[department]

    def mask(self, text: str, caller_name: str | None = None) -> str:
        """Return a text with what identifies a person masked, however its digits were typed."""
        return mask(plain(text), caller_name).text

    def department_name(self, code: str | None) -> str:
        """Return a department's short name, or the code where the city no longer has it."""
        department = self.city.party(code or "")
        return department.name if department else (code or "")

    def category_name(self, code: str) -> str:
        """Return a category's most specific name."""
        category = self.city.categories.get(code)
        return category.name if category else code
