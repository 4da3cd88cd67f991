"""General word lists of Chinese (words.toml), read once. What differs from city to city is in the city's lexicon."""

import tomllib
from importlib import resources
from typing import Final

_LISTS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    resources.files("nlu").joinpath("words.toml").read_text(encoding="utf-8")
)


def words(subject: str, name: str) -> tuple[str, ...]:
    """Return the words of a list in its order; KeyError if there is no such list."""
    return tuple(_LISTS[subject][name].split())
