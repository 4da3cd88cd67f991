"""make check-deps: what the auditors answer is read as what it is; no answer is never a good one."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parent.parent.parent / ".ci" / "check_deps.py"


@pytest.fixture(scope="module")
def check_deps() -> Any:
    spec = importlib.util.spec_from_file_location("check_deps", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_known_hole_is_told(check_deps: Any) -> None:
    clean = {"name": "a", "version": "1", "vulns": []}
    holed = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}]}
    assert check_deps.holes_of_python(json.dumps({"dependencies": [clean, holed]})) == ["b 2: PYSEC-1"]
    assert check_deps.holes_of_python(json.dumps({"dependencies": [clean]})) == []
    assert check_deps.holes_of_npm(json.dumps({"vulnerabilities": {"c": {"severity": "high"}}})) == ["c: high"]
    assert check_deps.holes_of_npm(json.dumps({"vulnerabilities": {}})) == []


@pytest.mark.parametrize(
    "said", ["", "ERROR: no network", "{}", '{"dependencies": [{"name": "a", "skip_reason": "?"}]}']
)
def test_a_registry_that_does_not_answer_is_no_good_news(check_deps: Any, said: str) -> None:
    with pytest.raises(check_deps.Unanswered):
        check_deps.holes_of_python(said)


@pytest.mark.parametrize("said", ["", "{}", '{"message": "405 Method Not Allowed - POST …", "statusCode": 405}'])
def test_nor_is_an_npm_that_may_not_ask(check_deps: Any, said: str) -> None:
    with pytest.raises(check_deps.Unanswered):
        check_deps.holes_of_npm(said)
