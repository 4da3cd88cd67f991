"""WeChat official account (微信公众号): is it WeChat who asks, and what is in its XML; pure, bytes in, bytes out.

Signatures are SHA-1 over sorted parts because WeChat's protocol says so; in AES mode a message is AES-256-CBC under the account's
key and ends with the account's own id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import Struct

from models.errors import HotlineError, InvalidRequest, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOLERANCE_S: Final = 300
NOISE: Final = 16


class WechatAccount(Struct, frozen=True, kw_only=True):
    """The account's credentials as they lie in the file that HOTLINE_WECHAT names; without a key messages come in the clear."""

    app_id: str
    secret: str
    token: str
    encoding_aes_key: str = ""
    api: str = "https://api.weixin.qq.com"


class BadAccount(HotlineError):
    """The file of the WeChat account cannot be used."""

    code = "bad_wechat_account"
    status = 500


class WechatMessage(Struct, frozen=True, kw_only=True):
    """What a follower sends: `sender` is their id with this account, `key` the same for a message that is sent again."""

    sender: str
    kind: str
    text: str
    key: str
    event: str = ""


def read_account(path: Path) -> WechatAccount:
    """Read the file that HOTLINE_WECHAT names; raises BadAccount."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=WechatAccount)
    except OSError as error:
        raise BadAccount(f"公众号文件 {path} 无法读取（{error.strerror}），请检查 HOTLINE_WECHAT") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        words = "应为含 app_id、secret、token、encoding_aes_key 的 JSON"
        raise BadAccount(f"公众号文件 {path} 无效：{words}") from error


def check(account: WechatAccount, query: Mapping[str, str], now: int) -> None:
    """Raise Unauthorized unless WeChat itself asks, and now."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    expected = _signature(account.token, timestamp, nonce)
    if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode(errors="replace")):
        raise Unauthorized("微信签名不正确")
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp[:12])) > TOLERANCE_S:
        raise Unauthorized("微信请求已过期")


def read(account: WechatAccount, query: Mapping[str, str], body: bytes) -> WechatMessage:
    """Return the message of a checked request, deciphered where it is; raises Unauthorized, InvalidRequest."""
    found = _fields(body)
    if query.get("encrypt_type") == "aes":
        sealed = found.get("Encrypt", "")
        expected = _signature(account.token, query.get("timestamp", ""), query.get("nonce", ""), sealed)
        if not hmac.compare_digest(expected.encode(), query.get("msg_signature", "").encode(errors="replace")):
            raise Unauthorized("微信消息签名不正确")
        found = _fields(opened(account, sealed))
    elif account.encoding_aes_key:
        raise Unauthorized("公众号为安全模式，只接收加密消息")
    sender = found.get("FromUserName", "")
    # An event has no number of its own.
    number = found.get("MsgId") or f"{found.get('CreateTime', '')}:{found.get('Event', '')}"
    if not sender:
        raise InvalidRequest("微信消息缺少发送人")
    return WechatMessage(
        sender=sender,
        kind=found.get("MsgType", ""),
        # What was spoken comes with what WeChat heard.
        text=found.get("Content") or found.get("Recognition") or "",
        key=f"wx:{number}"[:64],
        event=found.get("Event", "").lower(),
    )


def opened(account: WechatAccount, sealed: str) -> bytes:
    """Decipher a message; raises Unauthorized where it is none of this account's."""
    try:
        key = base64.b64decode(f"{account.encoding_aes_key}=", validate=True)
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        plain = padded[: -padded[-1]]
        (length,) = struct.unpack(">I", plain[NOISE : NOISE + 4])
        message, app_id = plain[NOISE + 4 : NOISE + 4 + length], plain[NOISE + 4 + length :]
    except (binascii.Error, ValueError, IndexError, struct.error) as error:
        raise Unauthorized("微信消息无法解密，请核对 EncodingAESKey") from error
    if not hmac.compare_digest(app_id, account.app_id.encode()):
        raise Unauthorized("微信消息不属于本公众号")
    return message


def _signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(errors="replace"), usedforsecurity=False).hexdigest()


def _fields(body: bytes) -> dict[str, str]:
    """Return the texts of a flat XML document; one that declares entities is none of WeChat's."""
    # In UTF-16, which has NUL in every second byte, these words would not be seen and the parser reads them all the same.
    if b"\x00" in body or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise InvalidRequest("微信消息不是约定的 XML")
    try:
        root = ET.fromstring(body.decode())  # noqa: S314 - nothing that declares an entity gets here
    except (ET.ParseError, ValueError) as error:
        raise InvalidRequest("微信消息不是有效的 XML") from error
    return {child.tag: child.text or "" for child in root}
