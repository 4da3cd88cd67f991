"""Signatures by either suite: Ed25519, or SM2 with SM3 (GB/T 32918, the usual signer id). Keys as PEM that openssl reads."""

from __future__ import annotations

import base64
import textwrap
from typing import TYPE_CHECKING, Final

import gmssl_pyx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from models.suite import Suite, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHMS: Final[Mapping[Suite, str]] = {Suite.STANDARD: "Ed25519/SHA-256", Suite.GUOMI: "SM2/SM3"}
_PRIVATE: Final = "PRIVATE KEY"
_PUBLIC: Final = "PUBLIC KEY"
# What stands before a key and between its parts: the form is fixed, as the lengths are (RFC 8410, RFC 5915, sm2p256v1).
_BEFORE_PUBLIC: Final[Mapping[Suite, bytes]] = {
    Suite.STANDARD: bytes.fromhex("302a300506032b6570032100"),
    Suite.GUOMI: bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"),
}
_BEFORE_PRIVATE: Final[Mapping[Suite, bytes]] = {
    Suite.STANDARD: bytes.fromhex("302e020100300506032b657004220420"),
    Suite.GUOMI: bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"),
}
_BEFORE_POINT: Final = bytes.fromhex("a14403420004")
_PRIVATE_BYTES: Final = 32
_PUBLIC_BYTES: Final[Mapping[Suite, int]] = {Suite.STANDARD: 32, Suite.GUOMI: 64}


class PublicKey(Struct, frozen=True):
    """By what a signature is checked."""

    suite: Suite
    raw: bytes

    @property
    def name(self) -> str:
        """The beginning of its digest."""
        return digest(self.suite, self.raw).hex()[:16]

    def is_signed(self, content: bytes, signature: bytes) -> bool:
        """Tell whether the content was signed by the key that belongs to this one."""
        if self.suite is Suite.GUOMI:
            try:
                return bool(gmssl_pyx.sm2_verify(self.raw, content, signature))
            except (gmssl_pyx.InvalidValueError, gmssl_pyx.GmsslInnerError):
                return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """Return it as a file."""
        return _pem(_PUBLIC, _BEFORE_PUBLIC[self.suite] + self.raw)


class SigningKey(Struct, frozen=True):
    """By what is signed."""

    raw: bytes
    public: PublicKey

    def sign(self, content: bytes) -> bytes:
        """Return the signature."""
        if self.public.suite is Suite.GUOMI:
            return bytes(gmssl_pyx.sm2_sign(self.raw, self.public.raw, content))
        return Ed25519PrivateKey.from_private_bytes(self.raw).sign(content)

    def pem(self) -> bytes:
        """Return it as a file."""
        point = _BEFORE_POINT + self.public.raw if self.public.suite is Suite.GUOMI else b""
        return _pem(_PRIVATE, _BEFORE_PRIVATE[self.public.suite] + self.raw + point)


def make_signing_key(suite: Suite) -> SigningKey:
    """Make a new one."""
    if suite is Suite.GUOMI:
        public, private = gmssl_pyx.sm2_key_generate()
        return SigningKey(private, PublicKey(suite, public))
    key = Ed25519PrivateKey.generate()
    return SigningKey(key.private_bytes_raw(), PublicKey(suite, key.public_key().public_bytes_raw()))


def read_signing_key(content: bytes) -> SigningKey:
    """Read its file; raises ValueError."""
    der = _der(_PRIVATE, content)
    for suite, before in _BEFORE_PRIVATE.items():
        raw, after = der[len(before) : len(before) + _PRIVATE_BYTES], der[len(before) + _PRIVATE_BYTES :]
        if not der.startswith(before) or len(raw) != _PRIVATE_BYTES:
            continue
        if suite is Suite.STANDARD and not after:
            return SigningKey(
                raw, PublicKey(suite, Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw())
            )
        if suite is Suite.GUOMI and after.startswith(_BEFORE_POINT):
            return SigningKey(raw, _public(suite, after[len(_BEFORE_POINT) :]))
    raise ValueError("no key of ours")


def read_public_key(content: bytes) -> PublicKey:
    """Read its file; raises ValueError."""
    der = _der(_PUBLIC, content)
    for suite, before in _BEFORE_PUBLIC.items():
        if der.startswith(before):
            return _public(suite, der[len(before) :])
    raise ValueError("no key of ours")


def _public(suite: Suite, raw: bytes) -> PublicKey:
    if len(raw) != _PUBLIC_BYTES[suite]:
        raise ValueError("a key of another length")
    return PublicKey(suite, raw)


def _pem(kind: str, der: bytes) -> bytes:
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""]).encode()


def _der(kind: str, pem: bytes) -> bytes:
    before, _, rest = pem.decode(errors="replace").partition(f"-----BEGIN {kind}-----")
    inside, end, _ = rest.partition(f"-----END {kind}-----")
    if before.strip() or not end:
        raise ValueError("no PEM")
    return base64.b64decode("".join(inside.split()), validate=True)
