"""锚定: a day's heads of the tickets' chains under one signed Merkle root. Pure: leaves in, root and signature out.

Who has the database's password can write a trail anew with good hashes, and drop a ticket with all its events. The root that an
auditor keeps cannot be written anew. An anchor holds the heads of the tickets that have moved since the one before and names that
one by its digest, so that the newest vouches for all of them: whoever holds it needs to trust no copy of the older ones.
"""

from __future__ import annotations

import base64
import struct
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec import Struct

from models import signature
from models.errors import HotlineError
from models.signature import ALGORITHMS, PublicKey, SigningKey
from models.suite import Suite, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from models.trail import TicketEvent

ANCHOR_SCHEMA: Final = 1
# Ticket, number of its events, hash of the last of them.
_LEAF: Final = struct.Struct(">QI32s")
LEAF_BYTES: Final = _LEAF.size
_JSON: Final = msgspec.json.Encoder(order="sorted")


class BadAnchor(HotlineError):
    """An anchor, its leaves or the key of its signature is not what it says it is."""

    code = "bad_anchor"


class Leaf(NamedTuple):
    """A ticket's chain at the time of an anchor: `head` is the hash of its event `seq`, and vouches for all before."""

    ticket_id: int
    seq: int
    head: bytes


class Held(NamedTuple):
    """A leaf and the number of the anchor that holds it."""

    ticket_id: int
    number: int
    seq: int
    head: bytes


class Anchor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `root` is over `leaves` leaves; `previous` is the digest of the anchor before, None of the first."""

    schema: int
    city: str
    number: int
    at: datetime
    leaves: int
    root: str
    previous: str | None
    algorithm: str

    def payload(self) -> bytes:
        """Return the bytes that are signed."""
        return _JSON.encode(self)

    @property
    def suite(self) -> Suite:
        """By which algorithms it was made; raises BadAnchor."""
        for suite, algorithm in ALGORITHMS.items():
            if self.schema == ANCHOR_SCHEMA and self.algorithm == algorithm:
                return suite
        raise BadAnchor(f"锚定的格式或算法（{self.algorithm}）未知")

    @property
    def digest(self) -> str:
        """By what the next anchor names this one."""
        return digest(self.suite, self.payload()).hex()

    @property
    def name(self) -> str:
        """What its file is called."""
        return anchor_name(self.number)

    @property
    def leaves_name(self) -> str:
        """What the file of its leaves is called: by their root, so that no other leaves can take its place unseen."""
        return f"anchor-{self.number:06}-{self.root[:16]}.leaves"


class SignedAnchor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file that an auditor keeps; `key` names the key by which it was signed."""

    anchor: Anchor
    key: str
    signature: str


class MerkleTree:
    """The root over leaves that come one after another (RFC 6962), in memory for the logarithm of their number."""

    def __init__(self, suite: Suite) -> None:
        self.count = 0
        self._suite = suite
        self._stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next leaf."""
        height, node = 0, digest(self._suite, b"\x00" + leaf)
        while self._stack and self._stack[-1][0] == height:
            height, node = height + 1, self._node(self._stack.pop()[1], node)
        self._stack.append((height, node))
        self.count += 1

    def root(self) -> bytes:
        """Return the root over what was taken so far."""
        if not self._stack:
            return digest(self._suite, b"")
        above = self._stack[-1][1]
        for _, node in reversed(self._stack[:-1]):
            above = self._node(node, above)
        return above

    def _node(self, left: bytes, right: bytes) -> bytes:
        return digest(self._suite, b"\x01" + left + right)


def anchor_name(number: int) -> str:
    """Return what the file of that anchor is called."""
    return f"anchor-{number:06}.json"


def pack(leaf: Leaf) -> bytes:
    """Return a leaf as it is stored and hashed."""
    return _LEAF.pack(*leaf)


def unpack(content: bytes) -> Iterator[Leaf]:
    """Return the leaves of a whole number of stored ones."""
    return (Leaf(*found) for found in _LEAF.iter_unpack(content))


def write_anchor(anchor: Anchor, key: SigningKey) -> bytes:
    """Sign an anchor; returns its file."""
    made = base64.b64encode(key.sign(anchor.payload())).decode()
    signed = SignedAnchor(anchor=anchor, key=key.public.name, signature=made)
    return msgspec.json.format(_JSON.encode(signed)) + b"\n"


def read_anchor(content: bytes) -> SignedAnchor:
    """Read an anchor's file, not yet trusting it; raises BadAnchor."""
    try:
        return msgspec.json.decode(content, type=SignedAnchor)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadAnchor("不是锚定文件，或已损坏") from error


def check_signature(signed: SignedAnchor, key: PublicKey) -> None:
    """Raise BadAnchor where the anchor is not what that key has signed."""
    if signed.key != key.name or signed.anchor.suite is not key.suite:
        raise BadAnchor(f"锚定由另一把密钥（{signed.key}）签名，给出的公钥是 {key.name}")
    try:
        is_signed = key.is_signed(signed.anchor.payload(), base64.b64decode(signed.signature, validate=True))
    except ValueError:
        is_signed = False
    if not is_signed:
        raise BadAnchor("锚定的签名不符，文件被改动")


def read_key(content: bytes) -> SigningKey:
    """Read the key to sign with; raises BadAnchor."""
    try:
        return signature.read_signing_key(content)
    except ValueError as error:
        raise BadAnchor("锚定私钥无法读取，请从备份恢复") from error


def read_public_key(content: bytes) -> PublicKey:
    """Read what signatures are checked by; raises BadAnchor."""
    try:
        return signature.read_public_key(content)
    except ValueError as error:
        raise BadAnchor("公钥文件无法读取，应为 PEM 格式的 Ed25519 或 SM2 公钥") from error


def broken_promise(held: Iterable[Held], trail: Iterable[TicketEvent]) -> str | None:
    """Compare what anchors hold of a ticket, in their order, with its trail; return in Chinese what is wrong first.

    What came after an anchor is none of its business.
    """
    heads = {event.seq: event.hash for event in trail}
    kept = 0
    for one in held:
        if heads.get(one.seq) != one.head:
            return f"第{kept + 1}至{one.seq}条留痕与第{one.number}号锚定不符，锚定之后被改动、删除或重排"
        kept = one.seq
    return None


def backdated(held: Sequence[Held], trail: Iterable[TicketEvent], before: datetime) -> str | None:
    """Return in Chinese which event no anchor holds although it says that it happened before a time that they hold."""
    last = max((one.seq for one in held), default=0)
    for event in trail:
        if event.seq > last and event.at < before:
            return f"第{event.seq}条留痕（{event.type}）写明的时间早于锚定，锚定中却没有，是锚定之后补写的"
    return None
