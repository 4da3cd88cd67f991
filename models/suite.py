"""密码套件: the algorithms that an installation has chosen, the international ones or the national ones (国密, for 密评), side by side.

What is written says by which it was made, so that both open and both are checked, whichever is chosen now.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

import gmssl_pyx
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG_BYTES: Final = 16


class Suite(StrEnum):
    """AES-256-GCM, Ed25519, SHA-256; or SM4-GCM, SM2, SM3."""

    STANDARD = "standard"
    GUOMI = "guomi"


class Aead(Protocol):
    """Encrypts and proves, with what stands beside it."""

    def encrypt(self, nonce: bytes, data: bytes, beside: bytes, /) -> bytes:
        """Return ciphertext and tag."""

    def decrypt(self, nonce: bytes, data: bytes, beside: bytes, /) -> bytes:
        """Return what was encrypted; raises InvalidTag."""


class Sm4Gcm:
    """SM4-GCM (GB/T 32907, RFC 8998) as the library has AES-GCM."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, beside: bytes, /) -> bytes:
        """Return ciphertext and tag."""
        encryptor = Cipher(self._algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(beside)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, beside: bytes, /) -> bytes:
        """Return what was encrypted; raises InvalidTag."""
        decryptor = Cipher(self._algorithm, GCM(nonce, data[-_TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(beside)
        return decryptor.update(data[:-_TAG_BYTES]) + decryptor.finalize()


# The first byte of every sealed value.
SEAL: Final[Mapping[Suite, int]] = {Suite.STANDARD: 1, Suite.GUOMI: 2}
KEY_BYTES: Final[Mapping[Suite, int]] = {Suite.STANDARD: 32, Suite.GUOMI: 16}
CIPHER_NAMES: Final[Mapping[Suite, str]] = {Suite.STANDARD: "AES-256-GCM", Suite.GUOMI: "SM4-GCM"}


def aead(suite: Suite, key: bytes) -> Aead:
    """Return the cipher of a suite."""
    return AESGCM(key) if suite is Suite.STANDARD else Sm4Gcm(key)


def digest(suite: Suite, value: bytes) -> bytes:
    """Return 32 bytes: SHA-256 or SM3."""
    return hashlib.sha256(value).digest() if suite is Suite.STANDARD else bytes(gmssl_pyx.sm3_hash(value))


def keyed_digest(suite: Suite, key: bytes, value: bytes) -> bytes:
    """Return 32 bytes that nobody can make without the key: HMAC of either."""
    return hmac.digest(key, value, "sha256") if suite is Suite.STANDARD else bytes(gmssl_pyx.sm3_hmac(key, value))
