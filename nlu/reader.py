"""Reads a request: one call from the text to what the program understood of it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from models.city import City
from models.understanding import Understanding
from nlu.brief import propose
from nlu.category import Categories
from nlu.cutter import Cutter
from nlu.elsewhere import Elsewhere
from nlu.examples import Examples
from nlu.explanation import Explanation, Parts, explain
from nlu.extraction import Extractor
from nlu.flags import FlagRules, flags_of
from nlu.heads import CATEGORY, KIND, URGENCY
from nlu.intervals import interval_of
from nlu.kind import Kinds
from nlu.linear import Guarantee, LinearModel, UnusableModel
from nlu.masking import mask
from nlu.ngrams import counted, excerpt
from nlu.normalise import Normaliser
from nlu.quantities import amounts_of, people_of
from nlu.scope import NO_SUBSTANCE, ScopeRules
from nlu.similarity import Fingerprint, Fingerprinter
from nlu.suspicion import Suspicions
from nlu.times import find_time
from nlu.urgency import Urgencies

_NO_FINGERPRINT: Final = Fingerprint(b"", ())
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
        self._cutter = Cutter(city.language.custom_words)
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
        return self._cutter.search_tokens(self._normalise(query))

    def explain(self, read: Understanding, line: str | None, examples: Examples) -> Explanation:
        """Say why a request was read as it was; `line` is the dialled number."""
        parts = Parts(
            city=self.city,
            model=self._model,
            cutter=self._cutter,
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
        clear = self._normalise(text)
        body = mask(clear, caller_name)
        masked = body.text
        heading = mask(self._normalise(title), caller_name).text if title else ""
        read = excerpt(masked)
        # Rules see every word, masked or not, however long the letter is.
        whole = f"{heading}\n{masked}" if heading else masked
        hits = self._flags.find(whole)
        scores = self._model.scores(counted(masked, heading))
        title_scores = self._model.scores(counted(heading)) if heading else None
        matter = self._categories.sort(scores, title_scores, line)
        categories = matter.guesses
        kind, kind_p = self._kinds.guess(scores, read, heading, title_scores)
        given = mask(self._normalise(address), caller_name).text if address else ""
        opening, headline = self._cutter.passage(read[:_OPENING]), self._cutter.passage(heading)
        found, told = self._extract.tell(opening, headline, self._cutter.passage(given), accused)
        dangers = self._suspicions.judge(scores, hits, whole)
        alike = self._fingerprint(whole, told) if self._fingerprint else _NO_FINGERPRINT
        when = find_time(read, received_at, heading)
        doubts = self._scope.doubts(whole, scores, given)
        if hits:
            # 「着火了」 is short, not empty.
            doubts = tuple(doubt for doubt in doubts if doubt.code != NO_SUBSTANCE)
        return Understanding(
            categories=categories,
            lead_p=matter.lead_p,
            bar=matter.bar,
            detail=self._categories.detail(categories[0].code, whole) if categories else None,
            kind=kind,
            kind_p=kind_p,
            urgency=self._urgencies.guess(scores, excerpt(whole), kind, dangers.believed),
            place=found.place,
            subject=found.subject,
            accused=found.accused,
            misconduct=found.misconduct,
            time=when.span if when else None,
            occurred_at=when.moment if when else None,
            interval=interval_of(when.span, received_at) if when else None,
            amounts=amounts_of(whole),
            people=people_of(whole),
            plates=body.plates,
            flags=flags_of(dangers.believed),
            suspected=dangers.suspected,
            doubted=flags_of(dangers.doubted),
            scope=doubts,
            brief=propose(read, heading, place=found.place, time=when.span if when else None),
            masked_text=whole,
            title_length=len(heading),
            tokens=self._cutter.search_tokens(whole),
            fingerprint=alike.pairs,
            bands=alike.bands,
            model_version=self._model.version,
        )
