from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models import cipher
from models.cipher import CannotOpen, Keyring

KEYS = cipher.generate()
KEYRING = Keyring(KEYS)
PLACE = ("ticket_texts", "text", 202611_0000000001)


@given(st.text())
def test_what_was_sealed_opens_in_its_own_place(text: str) -> None:
    assert KEYRING.unseal(KEYRING.seal(text, *PLACE), *PLACE) == text


def test_a_sealed_value_holds_nothing_readable_and_is_never_the_same_twice() -> None:
    first, second = (KEYRING.seal("13800000000" * 5, *PLACE) for _ in range(2))
    assert first != second
    assert b"13800000000" not in first


@pytest.mark.parametrize(
    "place", [("ticket_texts", "text", 2), ("ticket_texts", "brief", PLACE[2]), ("notices", "text", PLACE[2])]
)
def test_a_value_that_was_moved_does_not_open(place: tuple[str, str, int]) -> None:
    with pytest.raises(CannotOpen):
        KEYRING.unseal(KEYRING.seal("诉求", *PLACE), *place)


@given(st.integers(min_value=0, max_value=33), st.integers(min_value=1, max_value=255))
def test_a_value_in_which_any_byte_was_changed_does_not_open(position: int, change: int) -> None:
    sealed = bytearray(KEYRING.seal("诉求", *PLACE))
    sealed[position] ^= change
    with pytest.raises(CannotOpen):
        KEYRING.unseal(bytes(sealed), *PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x01", b"\x01\x01" + bytes(12), bytes(40)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        KEYRING.unseal(sealed, *PLACE)


def test_after_a_key_was_changed_the_old_values_still_open_and_new_ones_bear_the_new_key() -> None:
    fresh = cipher.generate().encryption["1"]
    changed = Keyring(replace(KEYS, current=2, encryption={**KEYS.encryption, "2": fresh}))
    assert changed.unseal(KEYRING.seal("旧", *PLACE), *PLACE) == "旧"
    sealed = changed.seal("新", *PLACE)
    assert sealed[1] == 2
    assert changed.unseal(sealed, *PLACE) == "新"
    with pytest.raises(CannotOpen, match="密钥编号"):
        KEYRING.unseal(sealed, *PLACE)


def test_equal_phones_have_equal_indexes_under_one_keyring_only() -> None:
    assert KEYRING.blind_index("13800000000") == KEYRING.blind_index("13800000000")
    assert KEYRING.blind_index("13800000000") != KEYRING.blind_index("13800000001")
    assert KEYRING.blind_index("13800000000") != Keyring(cipher.generate()).blind_index("13800000000")


def test_digests_tell_two_keyrings_apart_key_by_key_and_hold_none() -> None:
    assert Keyring(KEYS).digests() == KEYRING.digests()
    changed = Keyring(replace(KEYS, index=cipher.generate().index)).digests()
    assert {name for name, digest in KEYRING.digests().items() if changed[name] != digest} == {"index"}
    keys = [base64.b64decode(key) for key in (KEYS.index, KEYS.fingerprint, *KEYS.encryption.values())]
    assert not [digest for digest in KEYRING.digests().values() if any(digest in key for key in keys)]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"current": 9}, "缺少当前密钥"),
        ({"index": base64.b64encode(b"short").decode()}, "32字节"),
        ({"fingerprint": "没有 base64"}, "base64"),
        ({"fingerprint": "%%%"}, "base64"),
        ({"encryption": {"1": ""}}, "32字节"),
        ({"encryption": {"first": KEYS.encryption["1"]}}, "密钥编号"),
        ({"encryption": {"256": KEYS.encryption["1"]}, "current": 256}, "密钥编号"),
    ],
)
def test_a_keyring_that_cannot_be_used_says_what_is_wrong(broken: dict[str, object], said: str) -> None:
    with pytest.raises(CannotOpen, match=said):
        Keyring(replace(KEYS, **broken))


def test_a_token_is_stored_as_a_hash() -> None:
    assert cipher.token_hash("ch_secret") == cipher.token_hash("ch_secret")
    assert b"ch_secret" not in cipher.token_hash("ch_secret")
