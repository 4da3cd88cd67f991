"""What a city's chatbot must know of a matter before it is registered, by the categories' codes and their beginnings."""

from msgspec import Struct


class ChatRule(Struct, frozen=True, kw_only=True):
    """No place is asked for where a category begins with one of `placeless`, a time only where it begins with one of `timed`."""

    placeless: tuple[str, ...] = ()
    timed: tuple[str, ...] = ()

    def needs_place(self, category: str) -> bool:
        """Tell whether somebody must say where."""
        return not category.startswith(self.placeless)

    def needs_time(self, category: str) -> bool:
        """Tell whether somebody must say when."""
        return category.startswith(self.timed)
