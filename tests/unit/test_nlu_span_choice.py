"""Which of the likely runs of words is told."""

import numpy as np

from nlu.span_choice import Run, best_run
from nlu.span_weights import LONGEST
from nlu.span_words import WordSheet

NOBODY = np.zeros(0, np.intp)


def sheet(words: list[str]) -> WordSheet:
    ends = np.cumsum([len(word) for word in words])
    starts = ends - [len(word) for word in words]
    cuts = [(word, "n") for word in words]
    empty = np.zeros((0, 0), np.float32)
    return WordSheet(
        "".join(words), cuts, 0, starts, ends, NOBODY, NOBODY, NOBODY, NOBODY, (NOBODY, NOBODY), (), (), empty
    )


def told(words: list[str], worths: dict[tuple[int, int], float], besides: tuple[Run, ...] = ()) -> str | None:
    """Return the words told where runs (first word, how many) are worth something and all others nothing."""
    runs = np.full((len(words), LONGEST), -100.0)
    for (first, many), worth in worths.items():
        runs[first, many - 1] = worth
    found = best_run(sheet(words), runs, besides)
    return None if found is None else "".join(words)[slice(*found[0])]


def test_the_only_likely_run_is_told() -> None:
    assert told(["小区", "物业", "不管"], {(1, 1): 2.0, (0, 2): -5.0}) == "物业"


def test_what_others_contain_or_are_a_part_of_outweighs_a_likelier_stranger() -> None:
    words = ["银行", "说", "时代年华", "开发商", "违约"]
    assert told(words, {(0, 1): 2.0, (3, 1): 1.8, (2, 2): 1.7}) == "开发商"
    assert told(words, {(0, 1): 2.0, (3, 1): 1.8}) == "银行"


def test_words_that_are_told_again_count_again_and_stand_where_they_are_best() -> None:
    words = ["银行", "和", "工地", "吵", "工地", "吵", "工地"]
    runs = np.full((len(words), LONGEST), -100.0)
    runs[0, 0], runs[2, 0], runs[4, 0], runs[6, 0] = 2.0, 1.0, 1.2, 0.8
    found = best_run(sheet(words), runs)
    assert found == ((6, 8), 2.0)


def test_what_begins_within_a_word_may_be_told_too() -> None:
    assert told(["老住户", "闹"], {(1, 1): -3.0}, besides=((1, 3, 4.0),)) == "住户"


def test_one_character_and_endless_runs_say_nothing() -> None:
    assert told(["局", "的"], {(0, 1): 3.0, (1, 1): 2.9}) is None
    assert told(["长" * 41, "店"], {(0, 1): 3.0}) is None
    assert told(["长" * 41, "小店"], {(0, 1): 3.0, (1, 1): 1.0}) == "小店"


def test_of_very_many_likely_runs_the_likeliest_are_weighed() -> None:
    words = [f"甲{number:02d}" for number in range(60)]
    worths = {(number, 1): 1.0 + number / 1000 for number in range(60)}
    assert told(words, worths) == "甲59"
