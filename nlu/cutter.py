"""Words of a text (分词): for the classifier, for the parts of speech, and for the search index."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

import rjieba

# Grammatical words of one character; they would match every text.
STOP_WORDS: Final = frozenset(
    "的了是在我你他她它们和与及或就都而着也很到说要去会没有不这那一个上下为被把对从以让给向将等所其之于么吗呢吧啊呀哦嗯呃请您人又还再才只但可能"
)
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+(?:[-/.#_][A-Za-z0-9]+)*")
_WORD: Final = re.compile(r"[\w]")
_KEPT_WORDS: Final = 50_000  # words whose tokens are remembered
_INNER_WORDS: Final = (2, 3)  # characters of the words that are looked for within a longer one
_LONGEST_TOKEN: Final = 40  # characters; longer ones are no words, and an index entry has its limits


class Passage(NamedTuple):
    """A stretch of text and its words in order, each with its part of speech (nr person, ns place, nt body …)."""

    text: str
    words: Sequence[tuple[str, str]]


NOTHING: Final = Passage("", ())


class Cutter:
    """Cuts Chinese text with the city's own words. Read-only after construction; safe between threads."""

    def __init__(self, custom_words: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for word in custom_words:
            self._jieba.add_word(word, None, None)
        self._tokens = lru_cache(_KEPT_WORDS)(self._tokens_of)
        self._jieba.cut("热身")  # the statistical part is loaded on first use: not while a caller waits

    def words(self, text: str) -> list[str]:
        """Return the words of a text in order, punctuation included."""
        cut: list[str] = self._jieba.cut(text)
        return cut

    def passage(self, text: str) -> Passage:
        """Return a text cut into words with their parts of speech."""
        return Passage(text, self._jieba.tag(text)) if text else NOTHING

    def knows(self, word: str) -> bool:
        """Tell whether a word stands in the dictionary, and was not made up in cutting."""
        known: bool = self._jieba.has_word(word)
        return known

    def search_tokens(self, text: str, words: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return the distinct words to index a text by, in order of first appearance; `words` are what it was cut into, where it was.

        Letters are upper-cased. Alphanumeric names such as A12-3 stay whole and their parts are
        indexed too. A query must be cut by the same function.
        """
        found: dict[str, None] = {}
        for name in _ALPHANUMERIC.findall(text):
            found[name.upper()[:_LONGEST_TOKEN]] = None
        cut = self.words(text) if words is None else words
        found.update(dict.fromkeys(chain.from_iterable(map(self._tokens, cut))))
        found.pop("", None)
        return tuple(found)

    def _tokens_of(self, word: str) -> tuple[str, ...]:
        """Return what a word of a text is indexed as: the shorter words of the dictionary in it, and itself."""
        if _ALPHANUMERIC.search(word):
            return tuple(map(_token, self._jieba.cut_for_search(word)))
        inner = [
            word[start : start + length]
            for length in _INNER_WORDS
            if len(word) > length
            for start in range(len(word) - length + 1)
        ]
        return (*map(_token, filter(self.knows, inner)), _token(word))


def _token(word: str) -> str:
    """Return what a cut word is indexed as, nothing where it would match every text."""
    return "" if word in STOP_WORDS or not _WORD.search(word) else word.strip().upper()[:_LONGEST_TOKEN]
