"""Rasa checks at every action that its own schema of an answer is a schema, which takes two fifths of a turn: here it is checked once."""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

_SCHEMA = RemoteAction.action_response_format_spec()
_KIND = validator_for(_SCHEMA)
_KIND.check_schema(_SCHEMA)
_CHECK = _KIND(_SCHEMA)


def _validate_action_result(_: RemoteAction, result: Any) -> bool:
    """Raise jsonschema.ValidationError where the hub's answer is not what Rasa reads."""
    _CHECK.validate(result)
    return True


RemoteAction._validate_action_result = _validate_action_result
