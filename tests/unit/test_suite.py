"""密码套件: the national algorithms are those of the standards, and both suites live in one keyring."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from models import cipher, suite
from models.cipher import CannotOpen, Keyring
from models.suite import Sm4Gcm, Suite

PLACE = ("ticket_texts", "text", 202611_0000000001)
GUOMI = cipher.generate(Suite.GUOMI)


def test_sm4_gcm_is_the_one_of_rfc_8998() -> None:
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    beside = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("".join(letter * 16 for letter in "abcdefea"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert Sm4Gcm(key).encrypt(nonce, plain, beside) == sealed
    assert Sm4Gcm(key).decrypt(nonce, sealed, beside) == plain
    for altered in (sealed[:-1] + b"\x00", b"\x00" + sealed[1:]):
        with pytest.raises(InvalidTag):
            Sm4Gcm(key).decrypt(nonce, altered, beside)
    with pytest.raises(InvalidTag):
        Sm4Gcm(key).decrypt(nonce, sealed, b"")


def test_sm3_is_the_one_of_gb_t_32905() -> None:
    assert suite.digest(Suite.GUOMI, b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert suite.digest(Suite.STANDARD, b"abc") == hashlib.sha256(b"abc").digest()
    assert suite.keyed_digest(Suite.STANDARD, b"k", b"abc") == hmac.digest(b"k", b"abc", "sha256")
    # HMAC as RFC 2104 writes it down, over SM3 with its blocks of 64 bytes.
    inner, outer = bytes(b ^ 0x36 for b in b"k".ljust(64, b"\0")), bytes(b ^ 0x5C for b in b"k".ljust(64, b"\0"))
    made = suite.digest(Suite.GUOMI, outer + suite.digest(Suite.GUOMI, inner + b"abc"))
    assert suite.keyed_digest(Suite.GUOMI, b"k", b"abc") == made


def test_a_keyring_of_the_national_suite_seals_by_sm4_and_finds_by_sm3() -> None:
    keyring = Keyring(GUOMI)
    sealed = keyring.seal("诉求", *PLACE)
    assert (sealed[0], sealed[1]) == (2, 1)
    assert keyring.unseal(sealed, *PLACE) == "诉求"
    for place in (("ticket_texts", "text", 2), ("ticket_texts", "brief", PLACE[2])):
        with pytest.raises(CannotOpen):
            keyring.unseal(sealed, *place)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(CannotOpen):
            keyring.unseal(bytes(altered), *PLACE)
    other = Keyring(replace(GUOMI, digests=Suite.STANDARD))
    assert keyring.blind_index("13800000000") != other.blind_index("13800000000")
    assert keyring.digests() != other.digests(), "a database of the one is refused by the other"


@pytest.mark.parametrize(("before", "after"), [(Suite.STANDARD, Suite.GUOMI), (Suite.GUOMI, Suite.STANDARD)])
def test_after_a_change_of_suite_both_open(before: Suite, after: Suite) -> None:
    old = cipher.generate(before)
    sealed = Keyring(old).seal("旧", *PLACE)
    changed = Keyring(cipher.with_new_key(old, after, is_current=True))
    assert changed.unseal(sealed, *PLACE) == "旧"
    anew = changed.reseal(sealed, *PLACE)
    assert (anew[0], anew[1]) == (suite.SEAL[after], 2)
    assert changed.unseal(anew, *PLACE) == "旧"
    assert changed.blind_index("1") == Keyring(old).blind_index("1")


def test_a_key_of_another_length_is_none() -> None:
    for broken in ({"index": GUOMI.encryption["1"]}, {"encryption": {"1": "AAAA"}}):
        with pytest.raises(CannotOpen, match="密钥长度"):
            Keyring(replace(GUOMI, **broken))
