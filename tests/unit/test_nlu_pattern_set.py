import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlu.pattern_set import PatternSet, required_literals


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("自杀", [["自杀"]]),
        ("自杀|轻生", [["自杀"], ["轻生"]]),
        ("(不想|不愿)再?(活|生存)", [["不想 不愿", "活 生存"]]),
        ("燃气.{0,4}泄漏", [["燃气", "泄漏"]]),
        ("跳(河|江)", [["跳", "河 江"]]),
        ("[刀枪]伤", [["刀 枪", "伤"]]),
        ("(?<!年)轻生(?!活)", [["轻生"]]),
        ("(?:停水){2,}", [["停水"]]),
        (r"1\+1", [["1+1"]]),
        ("停水?", [["停"]]),
        ("停水?电", [["停", "电"]]),
        ("(停水.*楼|断电)了", [["停水 断电", "了"]]),
    ],
)
def test_the_words_an_expression_needs(pattern: str, needs: list[list[str]]) -> None:
    found = [[frozenset(clause) for clause in alternative] for alternative in required_literals(pattern)]
    assert found == [[frozenset(clause.split()) for clause in alternative] for alternative in needs]


@pytest.mark.parametrize("pattern", [".*", "(停水)?", "自杀|.", "(?i:gas)", "[^水]", r"\d+", "(?=停水).", "", "a*"])
def test_an_expression_that_needs_no_words_is_always_tried(pattern: str) -> None:
    assert () in required_literals(pattern)


ATOMS = st.sampled_from(
    [
        "水",
        "电",
        "停",
        "[水电]",
        "(停|断)",
        "(停水|断.电)",
        "水?",
        ".{0,2}",
        "(?<!停)",
        "电+",
        "(停水){1,2}",
        "(?:气|水电)?",
    ]
)


@given(st.lists(st.lists(ATOMS, min_size=1, max_size=5).map("".join), min_size=1, max_size=3), st.text("停断水电气"))
def test_filtering_never_changes_the_answer(patterns: list[str], text: str) -> None:
    found = [(index, match[0]) for index, match in PatternSet(patterns).matches(text)]
    assert found == [
        (index, match[0]) for index, pattern in enumerate(patterns) if (match := re.search(pattern, text)) is not None
    ]


@given(st.lists(st.lists(ATOMS, min_size=1, max_size=5).map("".join), min_size=1, max_size=3), st.text("停断水电气"))
def test_replacing_is_what_one_alternation_of_all_would_do(patterns: list[str], text: str) -> None:
    assume(all(match[0] for pattern in patterns for match in re.finditer(pattern, text)))
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    def struck(found: re.Match[str]) -> str:
        return "_" * len(found[0])

    assert PatternSet(patterns).sub(struck, text) == whole.sub(struck, text)


def test_replacing_ends_where_an_expression_matches_nothing() -> None:
    assert PatternSet(["水?"]).sub(lambda found: found[0].replace("水", "_"), "停水了") == "停_了"


def test_no_patterns_match_nothing() -> None:
    assert list(PatternSet([]).matches("停水")) == []
