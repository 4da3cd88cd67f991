"""Several matters in one chat (一事一单): which there are, where and when each is, and what a citizen makes of them.

What somebody counts or parts in so many words is several. What only reads so is one until the citizen says that it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline.dialogue import is_somewhere
from models.vocabulary import Kind
from nlu.chat_cues import named_in
from nlu.chat_several import drops_in, wants_apart, wants_one
from nlu.matters import MOST, matters_in, passages
from nlu.reading import Request
from nlu.scope import NO_SUBSTANCE

if TYPE_CHECKING:
    from hotline.dialogue import Turn
    from models.understanding import Understanding

# Where the program is this sure of what a piece is about, it may be a matter of its own.
SURE: Final = 0.3
# So sure it must be of each where nobody says that there are several; of long letters every second one would read so.
PLAIN: Final = 0.8
LONGEST: Final = 120
SHORTEST: Final = 6
SHORT: Final = 16
# It tells its place itself, or needs none; it is yet to be asked for.
OWN: Final = None
LACKING: Final = ""


async def read(turn: Turn, matter: str, place: str | None = None) -> Understanding:
    """Return what the program understands of a matter."""
    return await turn.hub.readings(None, Request(matter, turn.hub.now(), address=place))


async def part(turn: Turn, text: str) -> None:
    """Keep the matters of a text, each as it was said, and what may be several though nobody says so."""
    pieces = matters_in(text)
    matters = await _folded(turn, pieces, digits=4, least=SURE, shortest=0) if len(pieces) > 1 else ()
    if len(matters) > 1:
        turn.keep(matters=matters, places=(), parts=())
        return
    several = passages(text) if len(text) <= LONGEST else ()
    parts = await _folded(turn, several, digits=2, least=PLAIN, shortest=SHORTEST) if len(several) > 1 else ()
    turn.keep(matters=(text,), places=(), parts=parts if 1 < len(parts) <= MOST else ())


async def _folded(turn: Turn, pieces: tuple[str, ...], *, digits: int, least: float, shortest: int) -> tuple[str, ...]:
    """Return pieces that are each about something else: what is about nothing new goes on with what was said before."""
    found: list[str] = []
    codes: list[str | None] = []
    for piece in pieces:
        understood = await read(turn, piece)
        is_one = understood.sure >= least and len(piece) >= shortest and not _is_hollow(understood)
        code = understood.categories[0].code[:digits] if is_one else None
        if found and (code is None or code in codes):
            at = codes.index(code) if code in codes else -1
            found[at] = f"{found[at]}，{piece}"
        elif found and codes[-1] is None:
            # What was said before it belongs to it.
            found[-1], codes[-1] = f"{found[-1]}，{piece}", code
        else:
            found.append(piece)
            codes.append(code)
    return tuple(found)


def _is_hollow(understood: Understanding) -> bool:
    return any(doubt.code == NO_SUBSTANCE for doubt in understood.scope)


async def place_all(turn: Turn) -> bool:
    """Keep where each of several matters is: where the one before it was, where none is told; False where one must be asked for."""
    before = turn.dialogue.places if len(turn.dialogue.places) == len(turn.dialogue.matters) else ()
    found: list[str | None] = []
    known = LACKING
    for n, matter in enumerate(turn.dialogue.matters):
        understood = await read(turn, matter)
        corrected = before[n] if before else None
        if corrected:
            found.append(corrected)
            known = corrected
        elif is_somewhere(understood):
            found.append(OWN)
            known = understood.place.span if understood.place else known
        else:
            # 雅居苑业主，3栋楼道…: the house is read, and the estate before it is not.
            known = named_in(matter) or known
            found.append((known or turn.draft.place or LACKING) if needs_place(turn, understood) else OWN)
    turn.keep(places=tuple(found))
    return LACKING not in found


def place_of(turn: Turn, nth: int) -> str | None:
    """Return the address of one of the matters, beside what its text says."""
    return (turn.dialogue.places[nth] or None) if turn.dialogue.places else turn.draft.place


async def time_of(turn: Turn, matter: str) -> str | None:
    """Return the time that was told beside a matter; of several, which tells its own has none."""
    if turn.draft.time is None or not turn.dialogue.places:
        return turn.draft.time
    understood = await read(turn, matter)
    return None if understood.time else turn.draft.time


def lacking(turn: Turn) -> str | None:
    """Return the first of several matters whose place is to be asked for."""
    together = zip(turn.dialogue.matters, turn.dialogue.places, strict=False)
    return next((matter for matter, place in together if place == LACKING), None)


def correct_place(turn: Turn, nth: int, place: str) -> None:
    """One of several is elsewhere."""
    places = turn.dialogue.places or (OWN,) * len(turn.dialogue.matters)
    turn.keep(places=(*places[:nth], place, *places[nth + 1 :]))


def chosen(turn: Turn) -> bool | None:
    """Heed what somebody says of how many there are: True where all is right so, False where it is to be asked again, None otherwise."""
    kept, words = turn.dialogue, turn.words
    if len(kept.matters) + len(kept.parts) < 2:
        return True if len(words) <= SHORT and wants_one(words) else None
    if wants_one(words):
        turn.keep(matters=("\n".join(kept.matters),), places=(), parts=())
        return True
    if wants_apart(words):
        if kept.parts:
            # Where the whole was told to be is where each part is.
            told = (turn.draft.place,) * len(kept.parts) if turn.draft.place else ()
            turn.keep(matters=kept.parts, places=told, parts=())
        return True
    dropped = drops_in(words, len(kept.matters)) if len(kept.matters) > 1 else ()
    if not dropped or len(dropped) == len(kept.matters):
        return None
    left = [n for n in range(len(kept.matters)) if n not in dropped]
    places = tuple(kept.places[n] for n in left) if kept.places else ()
    if len(left) == 1 and places:
        turn.note(place=places[0] or None)
        places = ()
    turn.keep(matters=tuple(kept.matters[n] for n in left), places=places, hint="好的，其余的照登。")
    return False


def needs_place(turn: Turn, understood: Understanding) -> bool:
    """Tell whether nobody could see to it without knowing where it is."""
    if understood.kind in {Kind.PRAISE, Kind.SUGGESTION, Kind.INQUIRY}:
        return False
    return turn.hub.city.chat.needs_place(understood.categories[0].code)
