"""Sign and verify webhooks by the Standard Webhooks scheme. Pure: bytes in, bytes out; the time is an argument."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from models.errors import Unauthorized

TOLERANCE_S: Final = 300
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what a secret begins with, not one
SECRET_BYTES: Final = 24


class BadSignature(Unauthorized):
    """The message is not from who it says, too old, or not signed at all."""

    code = "bad_signature"


def new_secret() -> str:
    """Make a signing secret: `whsec_` and the base64 of 24 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(message_id: str, timestamp: int, body: bytes, secrets_: Sequence[str]) -> dict[str, str]:
    """Return the three webhook headers; one signature a secret, so that a receiver may rotate.

    `timestamp` is Unix seconds of the wall clock.
    """
    signatures = " ".join(f"v1,{_signature(message_id, timestamp, body, secret)}" for secret in secrets_)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures,
    }


def verify(headers: Mapping[str, str], body: bytes, secrets_: Sequence[str], now: int) -> str:
    """Return the message id of a message that one of the secrets signed within five minutes of `now`.

    Raises BadSignature, in Chinese, saying which header is wrong.
    """
    message_id = headers.get("webhook-id", "")
    sent_at = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (message_id and sent_at and signatures):
        raise BadSignature("缺少签名头：需要 webhook-id、webhook-timestamp、webhook-signature")
    if len(message_id) > 256 or not message_id.isascii() or not message_id.isprintable():
        raise BadSignature("webhook-id 应为不超过256个可见ASCII字符")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise BadSignature("webhook-timestamp 应为Unix秒数")
    if abs(now - int(sent_at)) > TOLERANCE_S:
        raise BadSignature("webhook-timestamp 与本机时间相差超过5分钟，请校时后重发")
    expected = [_signature(message_id, int(sent_at), body, secret).encode() for secret in secrets_]
    for part in signatures.split(" ")[:8]:
        version, _, given = part.partition(",")
        candidate = given.encode(errors="surrogateescape")
        if version == "v1" and any(hmac.compare_digest(candidate, good) for good in expected):
            return message_id
    raise BadSignature("webhook-signature 不符，请核对密钥与签名内容")


def _signature(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    content = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(_key(secret), content, "sha256")).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("签名密钥格式有误，应为 whsec_ 加 base64") from error
