"""The served OpenAPI refers only to what it holds: a generated client, or a fuzzer, finds every operation's body."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hotline.api import openapi
from hotline.api.routes import ENDPOINTS
from models.city_files import read_city

if TYPE_CHECKING:
    from collections.abc import Iterator

CITY = Path(__file__).parent.parent / "cities" / "tiny"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return openapi.describe(ENDPOINTS, read_city(CITY))


def references(node: Any) -> Iterator[str]:
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, (dict, list)):
            yield from references(inner)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    held = {openapi.REF.format(name=name) for name in described["components"]["schemas"]}
    found = set(references(described))
    assert found
    assert found <= held


def test_every_step_has_fields_of_its_own(described: dict[str, Any]) -> None:
    for path in ("/api/v1/tickets/{number}/steps", "/api/v1/callbacks/{department}", "/api/v1/track/{number}/steps"):
        schema = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        named = {
            part["allOf"][2]["properties"]["action"]["const"]: part["allOf"][0]["$ref"] for part in schema["oneOf"]
        }
        assert len(named) == len(schema["oneOf"])
        assert named.get("reply", openapi.REF.format(name="Reply")) == openapi.REF.format(name="Reply")
    assert {"text", "result"} <= described["components"]["schemas"]["Reply"]["properties"].keys()
