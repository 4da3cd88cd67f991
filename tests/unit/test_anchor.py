"""锚定: the root over leaves, the signature over the root."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import gmssl_pyx
import pytest
from msgspec.structs import replace

from models import anchor
from models.anchor import ANCHOR_SCHEMA, Anchor, BadAnchor, Held, Leaf, MerkleTree
from models.signature import ALGORITHMS, make_signing_key
from models.suite import Suite
from models.trail import TicketEvent
from models.vocabulary import Role

KEYS = {suite: make_signing_key(suite) for suite in Suite}
ANCHOR = Anchor(
    schema=ANCHOR_SCHEMA,
    city="yunzhou",
    number=7,
    at=datetime(2026, 11, 28, tzinfo=UTC),
    leaves=3,
    root="ab" * 32,
    previous="cd" * 32,
    algorithm=ALGORITHMS[Suite.STANDARD],
)


def made(suite: Suite) -> Anchor:
    return replace(ANCHOR, algorithm=ALGORITHMS[suite])


def root(leaves: list[bytes]) -> bytes:
    """The tree as RFC 6962 writes it down: split at the largest power of two below."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100])
def test_the_root_is_the_one_of_the_standard(count: int) -> None:
    tree, leaves = MerkleTree(Suite.STANDARD), [n.to_bytes(4) for n in range(count)]
    for leaf in leaves:
        tree.add(leaf)
    assert (tree.root(), tree.count) == (root(leaves), count)


def test_by_the_other_suite_it_is_made_of_sm3() -> None:
    tree = MerkleTree(Suite.GUOMI)
    tree.add(b"a")
    tree.add(b"b")
    left, right = (gmssl_pyx.sm3_hash(b"\x00" + leaf) for leaf in (b"a", b"b"))
    assert tree.root() == gmssl_pyx.sm3_hash(b"\x01" + left + right)


def test_a_leaf_comes_back_as_it_was_packed() -> None:
    leaves = [Leaf(2026110000000001 + n, n + 1, bytes([n]) * 32) for n in range(3)]
    packed = b"".join(map(anchor.pack, leaves))
    assert len(packed) == 3 * anchor.LEAF_BYTES == 132
    assert list(anchor.unpack(packed)) == leaves


@pytest.mark.parametrize("suite", Suite)
def test_a_signed_anchor_is_read_back_and_its_key_told(suite: Suite) -> None:
    signed = anchor.read_anchor(anchor.write_anchor(made(suite), KEYS[suite]))
    assert signed.anchor == made(suite)
    anchor.check_signature(signed, anchor.read_public_key(KEYS[suite].public.pem()))
    assert anchor.read_key(KEYS[suite].pem()) == KEYS[suite]


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize(
    "lie",
    [{"number": 8}, {"leaves": 2}, {"root": "ac" * 32}, {"previous": None}, {"city": "other"}, {"algorithm": "x"}],
)
def test_no_word_of_it_can_be_changed(suite: Suite, lie: dict[str, object]) -> None:
    signed = anchor.read_anchor(anchor.write_anchor(made(suite), KEYS[suite]))
    with pytest.raises(BadAnchor):
        anchor.check_signature(replace(signed, anchor=replace(made(suite), **lie)), KEYS[suite].public)


@pytest.mark.parametrize("suite", Suite)
def test_another_key_is_not_ours(suite: Suite) -> None:
    signed = anchor.read_anchor(anchor.write_anchor(made(suite), make_signing_key(suite)))
    with pytest.raises(BadAnchor, match="另一把密钥"):
        anchor.check_signature(signed, KEYS[suite].public)
    for one in (signed, replace(signed, signature="AAAA"), replace(signed, signature="?")):
        with pytest.raises(BadAnchor, match="签名不符"):
            anchor.check_signature(replace(one, key=KEYS[suite].public.name), KEYS[suite].public)


@pytest.mark.parametrize("content", [b"", b"{", b'{"anchor":1}', b"\xff", b"-----BEGIN X-----"])
def test_what_is_no_anchor_and_no_key_is_told_so(content: bytes) -> None:
    for read in (anchor.read_anchor, anchor.read_key, anchor.read_public_key):
        with pytest.raises(BadAnchor):
            read(content)


def trail(*hashes: bytes) -> list[TicketEvent]:
    return [
        TicketEvent(
            city_code="yunzhou",
            ticket_id=1,
            seq=seq,
            type="progress",
            at=ANCHOR.at + timedelta(hours=seq),
            actor_role=Role.CLOCK,
            actor="clock",
            body=b"{}",
            previous_hash=b"",
            hash=found,
        )
        for seq, found in enumerate(hashes, start=1)
    ]


def test_what_came_after_an_anchor_is_none_of_its_business() -> None:
    held = [Held(1, 1, 2, b"b"), Held(1, 3, 3, b"c")]
    assert anchor.broken_promise(held, trail(b"a", b"b", b"c", b"d")) is None
    assert "第1至2条留痕与第1号" in str(anchor.broken_promise(held, trail(b"a", b"x", b"c")))
    assert "第3至3条留痕与第3号" in str(anchor.broken_promise(held, trail(b"a", b"b")))


def test_what_says_that_it_came_before_must_be_held() -> None:
    held, events = [Held(1, 1, 2, b"b")], trail(b"a", b"b", b"c")
    assert anchor.backdated(held, events, ANCHOR.at + timedelta(hours=3)) is None
    assert "第3条" in str(anchor.backdated(held, events, ANCHOR.at + timedelta(hours=4)))
    assert "第1条" in str(anchor.backdated([], events, ANCHOR.at + timedelta(hours=2)))
