"""坐席、席组: who may take what waits for an agent, and how long everything at a seat may last."""

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[int, Meta(ge=1, le=86_400)]


class SeatGroup(Struct, frozen=True, kw_only=True):
    """席组: agents who answer the same lines; `languages` are those that they speak (方言专席)."""

    code: str
    name: str
    languages: tuple[str, ...] = ()


class SeatRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How seats work, in seconds. The defaults are of our own but for the 15 seconds (GB/T 33358-2016) and the call-back.

    `take_within_s` is how long an agent may leave what was given before somebody else gets it, `silent_for_s` after how long
    without a sign of life an agent counts as gone, `wrap_up_within_s` how long the work after a call (话后处理) may last.
    Who hangs up before `short_abandon_s` does not count as having asked for an agent (接通率); 0 counts everybody.
    A missed caller is tried `call_back_attempts` times. A matter that its caller does not raise again within
    `resolved_within_days` was resolved in one call (一次解决).
    """

    answer_within_s: Seconds = 15
    take_within_s: Seconds = 20
    wrap_up_within_s: Seconds = 120
    silent_for_s: Seconds = 300
    short_abandon_s: Annotated[int, Meta(ge=0, le=60)] = 3
    call_back_attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    call_back_again_s: Seconds = 600
    resolved_within_days: Annotated[int, Meta(ge=1, le=60)] = 7


class Seats(Struct, frozen=True, kw_only=True):
    """The seats of a city: its groups by code, the one that answers where no line says which, and the rule of all."""

    groups: dict[str, SeatGroup] = {}
    host_group: str = ""
    rule: SeatRule = SeatRule()

    def speaking(self, seat_group: str, language: str) -> str | None:
        """Return the group that speaks a language, this one where it does, None where none does."""
        able = [one.code for one in self.groups.values() if language in one.languages]
        return seat_group if seat_group in able else next(iter(able), None)
