"""What strangers send as bare bytes, each with good ones to begin from: for a fuzzer that looks which lines they reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec
from aiohttp.test_utils import make_mocked_request

from hotline import webhook, wechat
from hotline.api import body
from hotline.api.callbacks import OfTicket
from hotline.request import Register
from models import anchor
from models.errors import HotlineError
from models.photo import stripped
from nlu import masking
from nlu.normalise import plain

if TYPE_CHECKING:
    from collections.abc import Callable

NOW_S: Final = 1_795_400_000
SECRET: Final = webhook.new_secret()
ACCOUNT: Final = wechat.WechatAccount(
    app_id="wx0123456789abcdef", secret="secret", token="token", encoding_aes_key="A" * 43
)
JPEG: Final = (
    b"\xff\xd8\xff\xe1\x00\x1aExif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\xff\xdb\x00\x04ab"
    b"\xff\xda\x00\x04ab\x12\x34\xff\x00\x56\xff\xd9"
)
PNG: Final = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + bytes(17)
    + b"\x00\x00\x00\x04IDATabcd"
    + bytes(4)
    + b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
XML: Final = "<xml><FromUserName>o1</FromUserName><MsgId>1</MsgId><Content>路灯</Content></xml>".encode()


def photos(raw: bytes) -> None:
    assert len(stripped(raw)) <= len(raw) + 64


def json_bodies(raw: bytes) -> None:
    body.decode(raw, Register if len(raw) % 2 else OfTicket)


def wechat_messages(raw: bytes) -> None:
    wechat.read(ACCOUNT, {"encrypt_type": "raw"}, raw)


def wechat_sealed(raw: bytes) -> None:
    wechat.opened(ACCOUNT, raw.decode("latin-1"))


def cursors(raw: bytes) -> None:
    asked = make_mocked_request("GET", f"/?cursor={quote(raw)}")
    body.read_cursor(asked, tuple[int, int])


def signatures(raw: bytes) -> None:
    sent_at, _, signature = raw.decode(errors="surrogateescape").partition("\n")
    headers = {"webhook-id": "cb_1", "webhook-timestamp": sent_at, "webhook-signature": signature}
    webhook.verify(headers, b"{}", [SECRET], NOW_S)
    raise AssertionError("somebody has guessed a signature")


def anchors(raw: bytes) -> None:
    anchor.read_anchor(raw)


def words(raw: bytes) -> None:
    found = masking.mask(plain(raw.decode(errors="replace")))
    # Within a longer run of digits it is another number.
    assert not [phone for phone in found.phones if re.search(rf"(?<!\d){phone}(?!\d)", found.text)]


TARGETS: Final[dict[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]]] = {
    "photos": (photos, (JPEG, PNG)),
    "json_bodies": (
        json_bodies,
        (msgspec.json.encode({"text": "路灯坏了", "caller": {"phone": "13900001111"}}), b'{"ticket":"1"}'),
    ),
    "wechat_messages": (wechat_messages, (XML,)),
    "wechat_sealed": (wechat_sealed, (b"A" * 64,)),
    "cursors": (cursors, (body.make_cursor(1, 2).encode(),)),
    "signatures": (signatures, (f"{NOW_S}\nv1,AAAA v1a,x".encode(),)),
    "anchors": (anchors, (b'{"anchor":{"schema":1},"signature":"AA"}',)),
    "words": (words, ("我叫欧阳雪梅，电话１３９ ０００１-０００２，身份证110101199003074477".encode(),)),
}


def take(name: str, raw: bytes) -> None:
    """Give bytes to a target: they are read, or refused in words as the sender's fault."""
    try:
        TARGETS[name][0](raw)
    except HotlineError as error:
        if error.status >= 500 or not error.detail:
            raise
