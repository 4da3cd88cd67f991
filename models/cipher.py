"""Encryption at rest and blind indexes. Pure: keys in, bytes in, bytes out.

A sealed value is `algorithm (1 byte) · key id (1 byte) · nonce (12) · ciphertext+tag`; the length of a key says which algorithm is
its own (models.suite). The associated data is table, column and row id, so that a value moved to another row does not open. A
blind index is an HMAC under a key of its own: equal phones have equal indexes, and nothing else can be told from them.
"""

import base64
import hashlib
import os
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag

from models.errors import HotlineError
from models.suite import CIPHER_NAMES, SEAL, Aead, Suite, aead, keyed_digest
from models.suite import KEY_BYTES as CIPHER_KEY_BYTES

NONCE_BYTES: Final = 12
# Of the keys under which nothing is sealed.
KEY_BYTES: Final = 32


class CannotOpen(HotlineError):
    """A sealed value was altered, moved, or its key is not in the keyring."""

    code = "cannot_open"
    status = 500


class KeyringFile(msgspec.Struct, frozen=True):
    """The keyring as it lies on disk (JSON, mode 0600): keys are base64 of 32 bytes, those for SM4 of 16.

    `digests` says by which suite indexes and fingerprints are made: what stands in the database is compared with them.
    """

    current: int
    encryption: dict[str, str]
    index: str
    fingerprint: str
    digests: Suite = Suite.STANDARD


class Keyring:
    """The installation's keys. New values are sealed under the current one, old ones open under theirs.

    The file may get another current key while we run: `reread` reads it again.
    """

    def __init__(
        self, file: KeyringFile, reread: Callable[[], KeyringFile] | None = None, suite: Suite = Suite.STANDARD
    ) -> None:
        """`suite` is the installation's own: by which the trail is hashed and anchors are signed."""
        self.suite = suite
        self._reread = reread
        self._hashed_by = file.digests
        self._index = _key(file.index)
        self._fingerprint = _key(file.fingerprint)
        self._take(file)

    def renew(self) -> None:
        """Take over what the file says now; raises CannotOpen where it is another installation's."""
        if self._reread is None:
            return
        file = self._reread()
        known = self._digests
        if any(known.get(name, digest) != digest for name, digest in Keyring(file).digests().items()):
            raise CannotOpen("密钥文件已换成另一套密钥，继续使用原来的密钥，请检查 HOTLINE_KEYRING")
        self._take(file)

    @property
    def current(self) -> int:
        """The id of the key under which new values are sealed."""
        return self._current

    def seal(self, value: str, table: str, column: str, row: int | str) -> bytes:
        """Encrypt a text for one column of one row."""
        return self.seal_bytes(value.encode(), table, column, row)

    def seal_bytes(self, value: bytes, table: str, column: str, row: int | str) -> bytes:
        """Encrypt a file for one column of one row."""
        nonce, current = os.urandom(NONCE_BYTES), self._current
        algorithm, cipher = self._ciphers[current]
        return bytes((algorithm, current)) + nonce + cipher.encrypt(nonce, value, _place(table, column, row))

    def unseal(self, sealed: bytes, table: str, column: str, row: int | str) -> str:
        """Decrypt a text; raises CannotOpen where the value does not belong to that place."""
        return self.unseal_bytes(sealed, table, column, row).decode()

    def unseal_bytes(self, sealed: bytes, table: str, column: str, row: int | str) -> bytes:
        """Decrypt a file; raises CannotOpen where the value does not belong to that place."""
        is_sealed = len(sealed) > 2 + NONCE_BYTES and sealed[0] in SEAL.values()
        if is_sealed and sealed[1] not in self._ciphers:
            # Another process may have sealed it under a key that is newer than what we read.
            self.renew()
        algorithm, cipher = self._ciphers.get(sealed[1], (0, None)) if is_sealed else (0, None)
        if cipher is None or algorithm != sealed[0]:
            raise CannotOpen("密文格式或密钥编号未知，请检查 HOTLINE_KEYRING")
        nonce, body = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, _place(table, column, row))
        except InvalidTag as error:
            raise CannotOpen("密文被改动，或不属于这一行") from error

    def reseal(self, sealed: bytes, table: str, column: str, row: int | str) -> bytes:
        """Return a sealed value under the current key; raises CannotOpen."""
        return self.seal_bytes(self.unseal_bytes(sealed, table, column, row), table, column, row)

    def blind_index(self, value: str) -> bytes:
        """Return 16 bytes by which equal values can be found without being readable."""
        return keyed_digest(self._hashed_by, self._index, value.encode())[:16]

    def digest(self, value: bytes) -> bytes:
        """Return 32 bytes that tell two requests apart; keyed, because requests hold personal data."""
        return keyed_digest(self._hashed_by, self._fingerprint, value)

    def digests(self) -> dict[str, bytes]:
        """Return 16 bytes a key by which two keyrings can be compared and no key can be found."""
        return dict(self._digests)

    def _take(self, file: KeyringFile) -> None:
        keys = {_key_id(name): _key(value, *_SUITE_OF_LENGTH) for name, value in file.encryption.items()}
        if file.current not in keys:
            raise CannotOpen(f"密钥文件缺少当前密钥 {file.current}，请检查 HOTLINE_KEYRING")
        named = {"index": self._index, "fingerprint": self._fingerprint}
        named |= {f"encryption {key_id}": key for key_id, key in keys.items()}
        self._digests = {name: keyed_digest(file.digests, key, b"keyring")[:16] for name, key in named.items()}
        self._ciphers = {key_id: _cipher(key) for key_id, key in keys.items()}
        self._current = file.current

    @property
    def fingerprint_seed(self) -> bytes:
        """A seed for text fingerprints (nlu.similarity), derived from the fingerprint key."""
        return keyed_digest(self._hashed_by, self._fingerprint, b"text-fingerprint")


def generate(suite: Suite = Suite.STANDARD) -> KeyringFile:
    """Make a fresh keyring."""
    first = _fresh(CIPHER_KEY_BYTES[suite])
    return KeyringFile(
        current=1, encryption={"1": first}, index=_fresh(KEY_BYTES), fingerprint=_fresh(KEY_BYTES), digests=suite
    )


def with_new_key(file: KeyringFile, suite: Suite, *, is_current: bool) -> KeyringFile:
    """Return a keyring with one key more; raises CannotOpen where there is no id left."""
    key_id = max(map(_key_id, file.encryption)) + 1
    encryption = {**file.encryption, str(_key_id(str(key_id))): _fresh(CIPHER_KEY_BYTES[suite])}
    return msgspec.structs.replace(file, encryption=encryption, current=key_id if is_current else file.current)


def cipher_name(file: KeyringFile, key_id: int) -> str:
    """Return by which algorithm a key of a keyring seals; raises KeyError, CannotOpen."""
    return CIPHER_NAMES[_SUITE_OF_LENGTH[len(_key(file.encryption[str(key_id)], *_SUITE_OF_LENGTH))]]


def token_hash(token: str) -> bytes:
    """Hash a bearer token for storage; tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


_SUITE_OF_LENGTH: Final = {length: suite for suite, length in CIPHER_KEY_BYTES.items()}


def _cipher(key: bytes) -> tuple[int, Aead]:
    suite = _SUITE_OF_LENGTH[len(key)]
    return SEAL[suite], aead(suite, key)


def _fresh(length: int) -> str:
    return base64.b64encode(os.urandom(length)).decode()


def _key(value: str, *lengths: int) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise CannotOpen("密钥不是有效的 base64，请检查 HOTLINE_KEYRING") from error
    if len(key) not in (lengths or (KEY_BYTES,)):
        raise CannotOpen("密钥长度应为32字节（SM4 密钥为16字节），请检查 HOTLINE_KEYRING")
    return key


def _key_id(name: str) -> int:
    # One byte of every sealed value.
    if not (name.isascii() and name.isdigit() and len(name) <= 3 and int(name) < 256):
        raise CannotOpen(f"密钥编号“{name}”应为0至255的整数，请检查 HOTLINE_KEYRING")
    return int(name)


def _place(table: str, column: str, row: int | str) -> bytes:
    return f"{table}.{column}.{row}".encode()
