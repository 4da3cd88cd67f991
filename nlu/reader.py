"""Reads a request: one call from the text to what the program understood of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from models.city import City
from models.understanding import Guess, Understanding
from nlu.brief import propose
from nlu.category import Categories
from nlu.cutter import Cutter
from nlu.elsewhere import Elsewhere
from nlu.english import is_english, meaning, real
from nlu.examples import Examples
from nlu.explanation import Explanation, Parts, explain
from nlu.extraction import Extractor
from nlu.flags import FlagRules, flags_of, with_meant
from nlu.heads import CATEGORY, KIND, URGENCY
from nlu.intervals import interval_of, moment_of
from nlu.kin import Kin
from nlu.kind import Kinds
from nlu.linear import Guarantee, LinearModel, UnusableModel
from nlu.masking import mask
from nlu.ngrams import counted, excerpt
from nlu.normalise import Normaliser
from nlu.quantities import amounts_of, people_of
from nlu.reading import Past, Reading, Request
from nlu.scope import NO_SUBSTANCE, ScopeRules
from nlu.similarity import Fingerprint, Fingerprinter
from nlu.suspicion import Suspicions
from nlu.times import find_time
from nlu.urgency import Urgencies

_NO_FINGERPRINT: Final = Fingerprint(b"", ())
_TOLD: Final = "told"  # in place of a model's version: people said it
_DIGITS: Final = 4  # of a category; more tell its third level
_OPENING: Final = 700  # characters; where and about whom it is, is told early


class Reader:
    """Understands requests of one city. Holds compiled rules and a model, no state; safe between threads."""

    def __init__(self, city: City, model: LinearModel, *, fingerprint_key: bytes | None = None) -> None:
        missing = {CATEGORY, KIND, URGENCY} - model.heads.keys()
        if missing:
            raise UnusableModel(f"分类模型缺少{'、'.join(sorted(missing))}，不能用于受理；请用城市语料重新训练")
        self.city = city
        self._model = model
        self._normalise = Normaliser(city.language.fillers)
        self.cutter = Cutter(city.language.custom_words)
        self.names = Kin(self.cutter)
        self._flags = FlagRules(city.flags)
        self._suspicions = Suspicions(model)
        self._scope = ScopeRules(city.scope, model, Elsewhere(city))
        self._categories = Categories(city, model)
        self._kinds = Kinds(city.language, model)
        self._urgencies = Urgencies(city.language, model)
        self._extract = Extractor(city, model.spans)
        self._fingerprint = Fingerprinter(fingerprint_key, model.pairs) if fingerprint_key else None

    @classmethod
    def load(cls, folder: Path, city: City, *, fingerprint_key: bytes | None = None) -> "Reader":
        """Return a reader with the model of a folder. UnusableModel if there is none that fits.

        Without a key, 16 to 64 bytes, understandings carry no fingerprint.
        """
        return cls(city, LinearModel.load(folder), fingerprint_key=fingerprint_key)

    @property
    def model(self) -> LinearModel:
        """The model that it reads with."""
        return self._model

    @property
    def model_version(self) -> str:
        """The version of the model, as told in every understanding."""
        return self._model.version

    @property
    def bars(self) -> Mapping[str, float]:
        """How likely the lead of each category must be for a request to go out without a person's look."""
        return self.guarantee.bars if self.guarantee else {}

    @property
    def guarantee(self) -> Guarantee | None:
        """What the model promises of requests that go out without a person's look, None where it promises nothing."""
        return self._model.guarantee

    def search_tokens(self, query: str) -> tuple[str, ...]:
        """Return the words to search for, cut as `Understanding.tokens` are."""
        return self.cutter.search_tokens(self._normalise(query))

    def explain(self, read: Understanding, line: str | None, examples: Examples) -> Explanation:
        """Say why a request was read as it was; `line` is the dialled number."""
        parts = Parts(
            city=self.city,
            model=self._model,
            cutter=self.cutter,
            flags=self._flags,
            suspicions=self._suspicions,
            scope=self._scope,
            categories=self._categories,
            kinds=self._kinds,
            urgencies=self._urgencies,
        )
        return explain(parts, read, line, examples)

    def understand(
        self,
        text: str,
        *,
        received_at: datetime,
        title: str | None = None,
        line: str | None = None,
        caller_name: str | None = None,
        accused: str | None = None,
        address: str | None = None,
    ) -> Understanding:
        """Return what the program understands of a request.

        `line` is the dialled number. `accused` and `address` are fields that the citizen filled in;
        they come before what the text says. `received_at` must be timezone-aware.
        """
        (read,) = self.understand_many([Request(text, received_at, title, line, caller_name, accused, address)])
        return read

    def understand_many(self, requests: Iterable[Request]) -> list[Understanding]:
        """Return what the program understands of each request, as `understand` does; some dozens at once are best.

        Each step is taken for all of them before the next: its code and its tables are then still close to the processor,
        which saves half of the time.
        """
        readings = [Reading(request) for request in requests]
        # In this order: what a step needs, those before it have found.
        self._take(readings, self._clean, self._flag, self._score, self._sort, self._weigh)
        self._locate(readings)
        self._take(readings, self._date, self._doubt, self._brief)
        return [self._understanding(reading) for reading in readings]

    def recall_many(self, past: Sequence[Past]) -> list[Understanding]:
        """Return requests of the past with what was said of them then; some dozens at once are best.

        Words, search words, fingerprint and place are read of all, category and kind where nobody said them. Dangers, times and
        doubts are not looked for: whoever had the request then has dealt with them.
        """
        readings = [Reading(one.asked) for one in past]
        unsaid = [reading for reading, one in zip(readings, past, strict=True) if not (one.category and one.kind)]
        self._take(readings, self._clean)
        self._locate(readings)
        self._take(unsaid, self._flag, self._score, self._sort, self._weigh)
        return [self._recalled(reading, one) for reading, one in zip(readings, past, strict=True)]

    def _locate(self, readings: Sequence[Reading]) -> None:
        """Find place, subject and what is alike."""
        self._take(readings, self._cut)
        self._extract.meet(passage for reading in readings for passage in (reading.headline, reading.opening))
        self._take(readings, self._lay_out, self._point_out, self._name, self._liken)

    def _take(self, readings: Sequence[Reading], *steps: Callable[[Reading], None]) -> None:
        for step in steps:
            for reading in readings:
                step(reading)

    def _recalled(self, reading: Reading, past: Past) -> Understanding:
        categories: tuple[Guess, ...]
        if past.category:
            categories = (Guess(past.category[:_DIGITS], 1.0),)
            detail = past.category if len(past.category) > _DIGITS else None
        else:
            categories = reading.matter.guesses
            detail = self._categories.detail(categories[0].code, reading.whole)
        return Understanding(
            categories=categories,
            detail=detail,
            kind=past.kind or reading.kind,
            kind_p=1.0 if past.kind else reading.kind_p,
            urgency=past.urgency,
            place=reading.found.place,
            subject=reading.found.subject,
            accused=None,
            time=None,
            occurred_at=None,
            flags=(),
            scope=(),
            brief="",
            masked_text=reading.whole,
            title_length=len(reading.heading),
            tokens=reading.tokens,
            fingerprint=reading.alike.pairs,
            bands=reading.alike.bands,
            model_version=_TOLD if past.category and past.kind else self._model.version,
        )

    def _clean(self, reading: Reading) -> None:
        asked = reading.asked
        body = mask(self._normalise(asked.text), asked.caller_name)
        heading = mask(self._normalise(asked.title), asked.caller_name).text if asked.title else ""
        address = mask(self._normalise(asked.address), asked.caller_name).text if asked.address else ""
        text, reading.heading, reading.address = self.names.mask(body.text, heading, address)
        reading.body = replace(body, text=text)
        reading.read = excerpt(reading.body.text)
        reading.english = meaning(reading.read) if is_english(reading.read) else None
        # Rules see every word, masked or not, however long the letter is.
        reading.whole = f"{reading.heading}\n{reading.body.text}" if reading.heading else reading.body.text

    def _flag(self, reading: Reading) -> None:
        said = self._flags.find(reading.whole)
        reading.hits = with_meant(said, self._flags.find(meaning(real(reading.read)))) if reading.english else said

    def _score(self, reading: Reading) -> None:
        heading = reading.heading
        reading.scores = self._model.scores(counted(reading.english or reading.body.text, heading))
        reading.title_scores = self._model.scores(counted(heading)) if heading else None

    def _sort(self, reading: Reading) -> None:
        reading.matter = self._categories.sort(reading.scores, reading.title_scores, reading.asked.line)

    def _weigh(self, reading: Reading) -> None:
        scores, heading, meant = reading.scores, reading.heading, reading.english or reading.read
        reading.kind, reading.kind_p = self._kinds.guess(scores, meant, heading, reading.title_scores)
        reading.dangers = self._suspicions.judge(scores, reading.hits, reading.whole)
        reading.urgency = self._urgencies.guess(scores, excerpt(reading.whole), reading.kind, reading.dangers.believed)

    def _cut(self, reading: Reading) -> None:
        reading.opening = self.cutter.passage(reading.read[:_OPENING])
        reading.headline = self.cutter.passage(reading.heading)
        reading.given = self.cutter.passage(reading.address)
        is_all_cut = len(reading.body.text) <= _OPENING
        words = [word for word, _ in (*reading.headline.words, *reading.opening.words)] if is_all_cut else None
        reading.tokens = self.cutter.search_tokens(reading.whole, words)

    def _lay_out(self, reading: Reading) -> None:
        reading.sheet = self._extract.lay_out(reading.opening, reading.headline)

    def _point_out(self, reading: Reading) -> None:
        reading.told = self._extract.point_out(reading.sheet)

    def _name(self, reading: Reading) -> None:
        reading.found = self._extract.name(
            reading.told, reading.opening, reading.headline, reading.given, reading.asked.accused
        )

    def _liken(self, reading: Reading) -> None:
        reading.alike = self._fingerprint(reading.whole, reading.told) if self._fingerprint else _NO_FINGERPRINT

    def _date(self, reading: Reading) -> None:
        reading.when = find_time(reading.read, reading.heading)
        reading.interval = interval_of(reading.when, reading.asked.received_at) if reading.when else None
        reading.amounts, reading.people = amounts_of(reading.whole), people_of(reading.whole)

    def _doubt(self, reading: Reading) -> None:
        doubts = self._scope.doubts(reading.whole, reading.scores, reading.address)
        # 「着火了」 is short, not empty.
        reading.doubts = tuple(one for one in doubts if one.code != NO_SUBSTANCE) if reading.hits else doubts

    def _brief(self, reading: Reading) -> None:
        place, when, english = reading.found.place, reading.when, reading.english
        reading.brief = propose(reading.read, reading.heading, place=place, time=when, english=english)

    def _understanding(self, reading: Reading) -> Understanding:
        matter, found, whole = reading.matter, reading.found, reading.whole
        categories = matter.guesses
        return Understanding(
            categories=categories,
            lead_p=matter.lead_p,
            bar=matter.bar,
            detail=self._categories.detail(categories[0].code, whole) if categories else None,
            kind=reading.kind,
            kind_p=reading.kind_p,
            urgency=reading.urgency,
            place=found.place,
            subject=found.subject,
            accused=found.accused,
            misconduct=found.misconduct,
            time=reading.when,
            occurred_at=moment_of(reading.interval, reading.asked.received_at),
            interval=reading.interval,
            amounts=reading.amounts,
            people=reading.people,
            plates=reading.body.plates,
            flags=flags_of(reading.dangers.believed),
            suspected=reading.dangers.suspected,
            doubted=flags_of(reading.dangers.doubted),
            scope=reading.doubts,
            brief=reading.brief,
            masked_text=whole,
            title_length=len(reading.heading),
            tokens=reading.tokens,
            fingerprint=reading.alike.pairs,
            bands=reading.alike.bands,
            model_version=self._model.version,
        )
