"""What the chatbot is taught: nothing of intents that it does not have."""

from pathlib import Path

import pytest
import yaml

from hotline.commands.chatbot_examples import only_known
from models.conversation import INTENT_NAMES

pytestmark = pytest.mark.unit

DOMAIN = Path(__file__).parents[2] / "chatbot" / "domain" / "intents.yml"
# By quick replies and by the hub alone, never by words.
NEVER_SAID = {"verify_phone", "phone_verified"}


def test_the_intents_that_people_may_teach_are_those_of_the_chatbot() -> None:
    assert set(yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["intents"]) - NEVER_SAID == set(INTENT_NAMES)


def test_examples_of_an_unknown_intent_are_left_out_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert only_known({"urge": ["快点"], "urgent": ["快点儿", "快"]}) == {"urge": ["快点"]}
    assert "没有意图“urgent”，2条样例不用" in capsys.readouterr().out
