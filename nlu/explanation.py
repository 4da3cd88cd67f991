"""Why a request was read as it was (理解依据): words, cues and rules behind every answer, and near examples."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from models.city import City
from models.understanding import Guess, Understanding
from models.vocabulary import Flag, Kind, Urgency
from nlu.category import Categories
from nlu.cutter import Cutter
from nlu.examples import Example, Examples
from nlu.flags import FlagHit, FlagRules, flags_of
from nlu.heads import CATEGORY, FLAG
from nlu.kind import Kinds
from nlu.linear import Floats, LinearModel
from nlu.ngrams import counted, excerpt
from nlu.scope import ScopeRules
from nlu.suspicion import Suspicions
from nlu.urgency import Ground, Grounds, Urgencies
from nlu.weights import Weights, Word

_WORDS_FOR: Final = 8
_WORDS_AGAINST: Final = 3
_NEAR: Final = 3


class Candidate(Struct, frozen=True):
    """A candidate category with its name and calibrated probability."""

    code: str
    name: str
    p: float


class CategoryGround(Struct, frozen=True, kw_only=True):
    """Why the first category: the words for it and against it, and those that speak for the second rather than for it.

    `detail_words` are the words of the third level that the text uses; `is_line_business` tells that the dialled line
    made the first category likelier.
    """

    guesses: tuple[Candidate, ...]
    words_for: tuple[Word, ...]
    words_against: tuple[Word, ...]
    words_for_second: tuple[Word, ...]
    detail: str | None
    detail_name: str | None
    detail_words: tuple[str, ...]
    is_line_business: bool


class Cue(Struct, frozen=True):
    """A cue word of the city that the text uses, and the kind that it speaks for."""

    word: str
    kind: Kind


class KindGround(Struct, frozen=True, kw_only=True):
    """Why the kind: its probability, what the model alone would say, and the cues."""

    kind: Kind
    p: float
    by_model: Kind
    cues: tuple[Cue, ...]


class UrgencyGround(Struct, frozen=True, kw_only=True):
    """Why the urgency: what decided it and, for a rule or a cue, on which words.

    `by` is None where rules and model would decide otherwise today.
    """

    urgency: Urgency
    by: Ground | None
    words: str


class FlagGround(Struct, frozen=True, kw_only=True):
    """A flag, the name of its rule and the words on which it fired; `floor` is the urgency it forces, 0 for none."""

    flag: Flag
    name: str
    words: str
    floor: int


class SuspectedGround(Struct, frozen=True, kw_only=True):
    """A flag that no rule raised and that the model thinks likely, and the words that weighed most."""

    flag: Flag
    name: str
    words: tuple[Word, ...]


class ScopeGround(Struct, frozen=True, kw_only=True):
    """A reason why it may be out of scope, and the words on which its rule fired; none where the text is hollow."""

    code: str
    reason: str
    channel: str
    words: str


class NearExample(Struct, frozen=True, kw_only=True):
    """A text of the corpus that is like the request."""

    code: str
    name: str
    title: str
    text: str
    likeness: float


class Explanation(Struct, frozen=True, kw_only=True):
    """Why a request was read as it was.

    `is_as_read` tells that model and rules would read the same today; else they have changed since, and the grounds are
    today's. `examples` are the nearest of the first category, then the nearest of the others.
    """

    category: CategoryGround
    kind: KindGround
    urgency: UrgencyGround
    flags: tuple[FlagGround, ...]
    suspected: tuple[SuspectedGround, ...]
    doubted: tuple[FlagGround, ...]
    scope: tuple[ScopeGround, ...]
    examples: tuple[NearExample, ...]
    is_as_read: bool


class Parts(NamedTuple):
    """What a reader reads by."""

    city: City
    model: LinearModel
    cutter: Cutter
    flags: FlagRules
    suspicions: Suspicions
    scope: ScopeRules
    categories: Categories
    kinds: Kinds
    urgencies: Urgencies


def explain(parts: Parts, read: Understanding, line: str | None, examples: Examples) -> Explanation:
    """Say why a request was read as it was; `line` is the dialled number."""
    title, text = read.masked_text[: read.title_length], read.masked_text[read.title_length :].removeprefix("\n")
    model = parts.model
    scores = model.scores(counted(text, title))
    title_scores = model.scores(counted(title)) if title else None
    dangers = parts.suspicions.judge(scores, parts.flags.find(read.masked_text), read.masked_text)
    grounds = parts.urgencies.weigh(scores, excerpt(read.masked_text), read.kind, dangers.believed)
    now = (
        parts.categories.sort(scores, title_scores, line).guesses,
        parts.kinds.guess(scores, excerpt(text), title, title_scores),
        (grounds.urgency, flags_of(dangers.believed), dangers.suspected, flags_of(dangers.doubted)),
    )
    told = (read.urgency, read.flags, read.suspected, read.doubted)
    then = (read.categories, (read.kind, read.kind_p), told)
    return Explanation(
        category=_category(parts, read, line, text, title),
        kind=KindGround(
            kind=read.kind,
            p=read.kind_p,
            by_model=parts.kinds.by_model(scores, title_scores),
            cues=tuple(Cue(word, one) for one, word in parts.kinds.cues(excerpt(text), title)),
        ),
        urgency=_urgency(read, grounds),
        flags=tuple(map(_ground, dangers.believed)),
        suspected=tuple(_suspected(parts, flag, text, title) for flag in dangers.suspected),
        doubted=tuple(map(_ground, dangers.doubted)),
        scope=tuple(_scope(parts, read, scores)),
        examples=_examples(parts, read.categories, examples, text, title),
        is_as_read=now == then,
    )


def _scope(parts: Parts, read: Understanding, scores: Floats) -> Iterator[ScopeGround]:
    """Yield the doubts of the reading: what an address that was given apart said, or a flag overruled, stands there alone."""
    fired = {rule.code: words.strip() for rule, words in parts.scope.find(read.masked_text, scores)}
    for doubt in read.scope:
        yield ScopeGround(code=doubt.code, reason=doubt.reason, channel=doubt.channel, words=fired.get(doubt.code, ""))


def _category(parts: Parts, read: Understanding, line: str | None, text: str, title: str) -> CategoryGround:
    city, first = parts.city, read.categories[0].code
    known = [guess.code for guess in read.categories[:2] if guess.code in parts.model.heads[CATEGORY].labels]
    told: list[Word] = []
    rather: list[Word] = []
    if first in known:
        columns = [parts.model.column(CATEGORY, code) for code in known]
        weights = Weights(parts.model, parts.cutter, text, title, columns)
        told = weights.speaking(0)
        rather = weights.speaking(1, over=0) if len(known) > 1 else []
    return CategoryGround(
        guesses=tuple(Candidate(guess.code, _name(city, guess.code), guess.p) for guess in read.categories),
        words_for=tuple(word for word in told[:_WORDS_FOR] if word.share > 0),
        words_against=tuple(word for word in told[: -_WORDS_AGAINST - 1 : -1] if word.share < 0),
        words_for_second=tuple(word for word in rather[:_WORDS_AGAINST] if word.share > 0),
        detail=read.detail,
        detail_name=_name(city, read.detail) if read.detail else None,
        detail_words=parts.categories.detail_words(read.detail, read.masked_text) if read.detail else (),
        is_line_business=first in parts.categories.favoured(line),
    )


def _urgency(read: Understanding, grounds: Grounds) -> UrgencyGround:
    is_same = grounds.urgency == read.urgency
    return UrgencyGround(
        urgency=read.urgency, by=grounds.by if is_same else None, words=grounds.words.strip() if is_same else ""
    )


def _ground(hit: FlagHit) -> FlagGround:
    return FlagGround(flag=hit.rule.flag, name=hit.rule.name, words=hit.words.strip(), floor=hit.rule.floor)


def _suspected(parts: Parts, flag: Flag, text: str, title: str) -> SuspectedGround:
    columns = [parts.model.column(FLAG, flag)]
    weights = Weights(parts.model, parts.cutter, text, title, columns, weighs_title=False)
    words = tuple(word for word in weights.speaking(0)[:_WORDS_AGAINST] if word.share > 0)
    name = next((rule.name for rule in parts.city.flags if rule.flag is flag), str(flag))
    return SuspectedGround(flag=flag, name=name, words=words)


def _examples(
    parts: Parts, guesses: tuple[Guess, ...], examples: Examples, text: str, title: str
) -> tuple[NearExample, ...]:
    first, counts = guesses[0].code, counted(text, title)
    same = examples.near(parts.model, counts, _NEAR, first, is_of=True)
    others = examples.near(parts.model, counts, _NEAR, first, is_of=False)
    return tuple(_near(parts.city, one) for one in (*same, *others))


def _near(city: City, one: Example) -> NearExample:
    return NearExample(code=one.code, name=_name(city, one.code), title=one.title, text=one.text, likeness=one.likeness)


def _name(city: City, code: str) -> str:
    return city.categories[code].name if code in city.categories else code
