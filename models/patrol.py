"""自办事项: what a grid, its street and its district settle themselves of what a patrol reported (巡查上报)."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.vocabulary import PatrolLevel

if TYPE_CHECKING:
    from models.city import City

_LEVELS: Final = {level.value: level for level in (PatrolLevel.GRID, PatrolLevel.STREET, PatrolLevel.DISTRICT)}


class PatrolRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """自办事项: the four-digit categories that a level may settle itself of what a patrol reported, beside those of the levels below."""

    grid: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    district: tuple[str, ...] = ()

    def settles(self, level: PatrolLevel) -> frozenset[str]:
        """Return the categories that a level below the city may settle."""
        below = {
            PatrolLevel.GRID: self.grid,
            PatrolLevel.STREET: (*self.grid, *self.street),
            PatrolLevel.DISTRICT: (*self.grid, *self.street, *self.district),
        }
        return frozenset(below.get(level, ()))


def level_of(city: "City", party: str | None) -> PatrolLevel:
    """Return at which level a party stands: what is no grid, street or district is the city's, and so is nobody."""
    found = city.party(party or "")
    return _LEVELS.get(found.kind, PatrolLevel.CITY) if found else PatrolLevel.CITY
