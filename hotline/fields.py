"""Fields that the steps of several use cases share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct

from models.errors import InvalidRequest

# A visible character: what `required` counts from and to.
_SEEN: Final = r"[^\s\u0000-\u001f]"
# In a schema: the code is one of the city's, see hotline.api.openapi.
IN_CITY: Final = "x-city"


def _at_least(least: int) -> str:
    """Return the schema's pattern of what `required` lets pass."""
    return rf"^[^\u0000]*{_SEEN}[^\u0000]{{{least - 2},}}{_SEEN}[^\u0000]*$"


Words = Annotated[str, Meta(min_length=1, max_length=4000)]
# What `required` is asked for with two, four and five characters: refused there, in better words than a pattern's.
Reason = Annotated[str, Meta(min_length=1, max_length=4000, extra_json_schema={"pattern": _at_least(2)})]
Grounds = Annotated[str, Meta(min_length=1, max_length=4000, extra_json_schema={"pattern": _at_least(4)})]
ReplyText = Annotated[str, Meta(min_length=1, max_length=4000, extra_json_schema={"pattern": _at_least(5)})]
Remark = Annotated[str, Meta(max_length=1000)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
DepartmentCode = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={IN_CITY: "DepartmentCode"})]
# A department, or a grid, which only its street may name.
PartyCode = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={IN_CITY: "PartyCode"})]
LineNumber = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={IN_CITY: "LineNumber"})]
CategoryCode = Annotated[str, Meta(min_length=1, max_length=64, extra_json_schema={IN_CITY: "CategoryCode"})]
# Who helps: more than a matter needs would be a circular, not a dispatch.
Assisting = Annotated[list[DepartmentCode], Meta(max_length=20)]
Moment = Annotated[datetime, Meta(tz=True)]
# How a matter ended for the citizen (DOMAIN 3.5).
Result = Literal["solved", "partly_solved", "unsolved", "not_possible", "explained"]
# 整改前、整改后: when a photo of the work was taken.
Taken = Literal["before", "after"]
PhotoId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
# What a part's number may be; PostgreSQL keeps an integer.
Ordinal = Annotated[int, Meta(ge=1, le=2**31 - 1)]

# Who takes over an emergency (国办发〔2022〕12号).
HandoffNumber = Literal["110", "119", "120", "122", "12356"]


class SealedFields(Struct, kw_only=True):
    """A step with words of a person: those of the fields `SEALED` are kept as they were written, beside the event."""

    SEALED: ClassVar[tuple[str, ...]] = ()

    @property
    def words(self) -> dict[str, str]:
        """What was written in the sealed fields, by field; nothing for one that was left empty."""
        written = {name: (getattr(self, name) or "").strip() for name in self.SEALED}
        return {name: text for name, text in written.items() if text}


class PartFields(SealedFields, kw_only=True):
    """What every step of a department names: its part, and when the department says that it happened."""

    assignment: int | None = None
    at: Moment | None = None


class ReasonFields(Struct, kw_only=True):
    """A step that needs nothing but a reason."""

    reason: Reason


class GroundsFields(ReasonFields, kw_only=True):
    """A step that needs nothing but a reason, of some length."""

    reason: Grounds


def required(value: str | None, name: str, least: int = 2) -> str:
    """Return a text that a person must give; raises InvalidRequest naming the field."""
    text = (value or "").strip()
    if len(text) < least:
        raise InvalidRequest(f"请填写{name}（至少{least}个字）")
    return text
