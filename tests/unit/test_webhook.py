import json
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from hotline import webhook

NOW = 1_790_000_000
BODY = json.dumps({"type": "ticket.dispatched", "data": {"brief": "路灯不亮"}}, ensure_ascii=False).encode()


def test_what_we_sign_the_reference_library_verifies() -> None:
    secret = webhook.new_secret()
    now = int(datetime.now(UTC).timestamp())
    headers = webhook.sign("msg_1", now, BODY, [secret])
    assert standardwebhooks.Webhook(secret).verify(BODY, headers) == json.loads(BODY)


def test_what_the_reference_library_signs_we_verify() -> None:
    secret = webhook.new_secret()
    at = datetime.fromtimestamp(NOW, UTC)
    signature = standardwebhooks.Webhook(secret).sign("msg_1", at, BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": signature}
    assert webhook.verify(headers, BODY, [secret], NOW) == "msg_1"


def test_either_of_two_live_secrets_verifies_during_rotation() -> None:
    old, new = webhook.new_secret(), webhook.new_secret()
    headers = webhook.sign("msg_1", NOW, BODY, [old])
    assert webhook.verify(headers, BODY, [new, old], NOW) == "msg_1"
    both = webhook.sign("msg_1", NOW, BODY, [new, old])
    assert webhook.verify(both, BODY, [old], NOW) == "msg_1"


@pytest.mark.parametrize("late", [-301, 301])
def test_a_message_older_or_newer_than_five_minutes_is_refused(late: int) -> None:
    secret = webhook.new_secret()
    headers = webhook.sign("msg_1", NOW, BODY, [secret])
    with pytest.raises(webhook.BadSignature, match="5分钟"):
        webhook.verify(headers, BODY, [secret], NOW + late)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_changed_header_is_refused(name: str) -> None:
    secret = webhook.new_secret()
    headers = webhook.sign("msg_1", NOW, BODY, [secret])
    headers[name] = headers[name][:-2] + ("00" if headers[name][-2:] != "00" else "11")
    with pytest.raises(webhook.BadSignature):
        webhook.verify(headers, BODY, [secret], NOW)


def test_a_changed_body_is_refused() -> None:
    secret = webhook.new_secret()
    headers = webhook.sign("msg_1", NOW, BODY, [secret])
    with pytest.raises(webhook.BadSignature, match="不符"):
        webhook.verify(headers, BODY + b" ", [secret], NOW)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_malformed_headers_are_refused_and_never_crash(headers: dict[str, str]) -> None:
    with pytest.raises(webhook.BadSignature):
        webhook.verify(headers, BODY, [webhook.new_secret()], NOW)
