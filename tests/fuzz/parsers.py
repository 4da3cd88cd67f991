"""Whatever strangers send us is refused in words or read; nothing else ever comes of it.

Each of these is an ordinary test of hypothesis. `make fuzz` runs them for minutes with new chance each time, `make test` shortly.
"""

from __future__ import annotations

import base64
import contextlib
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from hotline import totp, webhook, wechat
from hotline.api import body
from hotline.api.callbacks import OfTicket
from hotline.api.steps import DEPARTMENT_STEPS
from hotline.http_client import target
from hotline.request import Register
from models.city_files import read_city
from models.errors import HotlineError
from models.history_files import count_rows, read_file
from models.history_mapping import OldMapping, read_mapping
from models.history_rows import OldTicket, Refusal, read_rows
from models.photo import stripped
from nlu import masking
from nlu.normalise import plain
from nlu.reader import Reader
from tests.fuzz.raw import ACCOUNT, JPEG, PNG, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parent.parent.parent
NOW: Final = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NOW_S: Final = int(NOW.timestamp())
# What comes in a header or an address: bytes that are no text stand as lone surrogates.
FOREIGN: Final = st.binary(max_size=80).map(lambda raw: raw.decode(errors="surrogateescape")) | st.text(max_size=40)
CITIZENS: Final = (
    "东湖区翠湖路和建设路交叉口的路灯坏了三天", "翠湖花园3号楼2单元", "我叫欧阳雪梅，电话", "１３９ ０００１-０００２",
    "一三九零零零一零零零二", "身份证110101199003074477", "举报", "上周五晚上八点半", "《", "）", "\u200b", "12345", "零" * 40, "🚰",
)  # fmt: skip
SPEECH: Final = st.lists(st.one_of(st.sampled_from(CITIZENS), st.text(max_size=12)), max_size=12).map("".join)


@st.composite
def damaged(draw: Any, whole: bytes) -> bytes:
    """A good message with bytes of it changed, left out, doubled or cut off."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(0, 6))):
        if not content:
            break
        at = draw(st.integers(0, len(content) - 1))
        end = draw(st.integers(at, min(len(content), at + 24)))
        content[at:end] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(content[at:end]) * 2), st.just(b"")))
    return bytes(content[: draw(st.integers(0, len(content)))]) if draw(st.booleans()) else bytes(content)


@contextlib.contextmanager
def refused() -> Any:
    """Whatever is wrong is told in Chinese words, and is the sender's fault."""
    try:
        yield
    except HotlineError as error:
        if error.status >= 500 or not error.detail:
            raise AssertionError(f"{error.status} {error.detail}") from error


@given(FOREIGN, FOREIGN, FOREIGN, st.binary(max_size=64))
def webhook_headers(message_id: str, sent_at: str, signature: str, content: bytes) -> None:
    for at, given_ in ((sent_at, signature), (str(NOW_S), signature), (str(NOW_S), f"v1,{signature} v1a,x v1,")):
        headers = {"webhook-id": message_id, "webhook-timestamp": at, "webhook-signature": given_}
        with pytest.raises(webhook.BadSignature):
            webhook.verify(headers, content, [SECRET], NOW_S)


@given(st.data())
def webhook_bodies(data: st.DataObject) -> None:
    whole = b'{"ticket":"20261123000017","assignment":1,"action":"reply"}'
    headers = webhook.sign("cb_1", NOW_S, whole, [SECRET])
    touched = data.draw(damaged(whole))
    if touched == whole:
        assert webhook.verify(headers, touched, [SECRET], NOW_S) == "cb_1"
        return
    with pytest.raises(webhook.BadSignature):
        webhook.verify(headers, touched, [SECRET], NOW_S)


JSON: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


@given(st.data(), st.sampled_from([OfTicket, Register, *(one.fields for one in DEPARTMENT_STEPS.values())]))
def json_bodies(data: st.DataObject, kind: Any) -> None:
    names = st.sampled_from(kind.__struct_fields__)
    content = data.draw(st.dictionaries(names, JSON, max_size=6))
    with refused():
        body.decode(msgspec.json.encode(content), kind)
    with refused():
        body.decode(data.draw(damaged(msgspec.json.encode({"text": "路灯坏了", "ticket": "1", **content}))), kind)


@given(st.binary(max_size=64), st.integers(1, 2_000), st.sampled_from([b"[", b'{"a":', b'"', b"-", b"1e9"]))
def deep_bodies(content: bytes, depth: int, piece: bytes) -> None:
    with refused():
        body.decode(piece * depth + content, Register)


@given(st.one_of(FOREIGN, st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def cursors(text: str) -> None:
    asked = make_mocked_request("GET", f"/?cursor={quote(text, errors='surrogateescape')}")
    for kind in (tuple[datetime], tuple[int, int], tuple[str, int]):
        with refused():
            body.read_cursor(asked, kind)


@given(FOREIGN, st.floats(60, 2**40))
def second_factors(given_: str, wall_s: float) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    found = totp.step_of(secret, given_.encode(errors="replace").decode(), wall_s)
    assert found is None or totp.code(secret, found) == given_


@given(SPEECH, st.one_of(st.none(), st.just("欧阳雪梅"), st.text(max_size=6)))
def phones_and_names(text: str, name: str | None) -> None:
    found = masking.mask(plain(text), name)
    for phone in found.phones:
        assert phone not in found.text
    again = masking.mask(found.text, name)
    assert again.text == found.text or len(again.text) <= len(found.text) + 8


@cache
def _reader() -> Reader:
    return Reader.load(ROOT / "build" / "model", read_city(ROOT / "cities" / "yunzhou"))


@given(SPEECH, st.one_of(st.none(), SPEECH))
def places(text: str, address: str | None) -> None:
    found = _reader().understand(text or "。", received_at=NOW, address=address)
    assert found.masked_text is not None


@given(st.data())
def photos(data: st.DataObject) -> None:
    for whole in (JPEG, PNG):
        touched = data.draw(damaged(whole))
        with refused():
            assert len(stripped(touched)) <= len(touched) + 64


@cache
def _mapping() -> OldMapping:
    return read_mapping(ROOT / "docs" / "import.example.toml", read_city(ROOT / "cities" / "yunzhou"))


@given(st.data())
def old_csv(data: st.DataObject) -> None:
    mapping = _mapping()
    names = list(mapping.columns.values())
    rows = data.draw(st.lists(st.lists(SPEECH, min_size=len(names), max_size=len(names) + 1), max_size=4))
    whole = "\n".join(",".join(cells) for cells in [names, *rows]).encode(errors="replace")
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        Path(file.name).write_bytes(data.draw(damaged(whole)))
        with refused():
            count_rows(Path(file.name), mapping)
        with refused():
            taken, left = read_rows(list(read_file(Path(file.name), mapping)), mapping, NOW)
            assert all(isinstance(one, OldTicket) for one in taken)
            assert all(isinstance(one, Refusal) and one.reason for one in left)


@given(st.data())
def wechat_messages(data: st.DataObject) -> None:
    plain_xml = "<xml><FromUserName>o1</FromUserName><MsgId>1</MsgId><Content>路灯</Content></xml>".encode()
    with refused():
        wechat.read(
            ACCOUNT, {"encrypt_type": data.draw(st.sampled_from(["aes", "raw", ""]))}, data.draw(damaged(plain_xml))
        )
    with refused():
        wechat.opened(ACCOUNT, data.draw(st.one_of(FOREIGN, damaged(b"A" * 64).map(lambda raw: raw.decode("latin-1")))))
    with refused():
        wechat.check(ACCOUNT, {"timestamp": data.draw(FOREIGN), "nonce": "1", "signature": data.draw(FOREIGN)}, NOW_S)


@given(FOREIGN)
def addresses(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://example.com:{text}/", f"https://{text}@10.0.0.1/"):
        with refused():
            assert target(url, any_target=False).scheme == "https"


TARGETS: Final[tuple[Callable[[], None], ...]] = (
    webhook_headers, webhook_bodies, json_bodies, deep_bodies, cursors, second_factors, phones_and_names, places, photos,
    old_csv, wechat_messages, addresses,
)  # fmt: skip
