"""锚定: the root over leaves, the signature over the root."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from models import anchor
from models.anchor import ALGORITHM, ANCHOR_SCHEMA, Anchor, BadAnchor, Held, Leaf, MerkleTree

KEY = anchor.read_key(anchor.make_key())
ANCHOR = Anchor(
    schema=ANCHOR_SCHEMA,
    city="yunzhou",
    number=7,
    at=datetime(2026, 11, 28, tzinfo=UTC),
    leaves=3,
    root="ab" * 32,
    previous="cd" * 32,
    algorithm=ALGORITHM,
)


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
    tree, leaves = MerkleTree(), [n.to_bytes(4) for n in range(count)]
    for leaf in leaves:
        tree.add(leaf)
    assert (tree.root(), tree.count) == (root(leaves), count)


def test_a_leaf_comes_back_as_it_was_packed() -> None:
    leaves = [Leaf(2026110000000001 + n, n + 1, bytes([n]) * 32) for n in range(3)]
    packed = b"".join(map(anchor.pack, leaves))
    assert len(packed) == 3 * anchor.LEAF_BYTES == 132
    assert list(anchor.unpack(packed)) == leaves


def test_a_signed_anchor_is_read_back_and_its_key_told() -> None:
    signed = anchor.read_anchor(anchor.write_anchor(ANCHOR, KEY))
    assert signed.anchor == ANCHOR
    anchor.check_signature(signed, anchor.read_public_key(anchor.write_public_key(KEY)))


@pytest.mark.parametrize(
    "lie",
    [{"number": 8}, {"leaves": 2}, {"root": "ac" * 32}, {"previous": None}, {"city": "other"}, {"algorithm": "x"}],
)
def test_no_word_of_it_can_be_changed(lie: dict[str, object]) -> None:
    signed = anchor.read_anchor(anchor.write_anchor(ANCHOR, KEY))
    with pytest.raises(BadAnchor):
        anchor.check_signature(replace(signed, anchor=replace(ANCHOR, **lie)), KEY.public_key())


def test_another_key_is_not_ours() -> None:
    other = anchor.read_key(anchor.make_key())
    signed = anchor.read_anchor(anchor.write_anchor(ANCHOR, other))
    with pytest.raises(BadAnchor, match="另一把密钥"):
        anchor.check_signature(signed, KEY.public_key())
    with pytest.raises(BadAnchor, match="签名不符"):
        anchor.check_signature(replace(signed, key=anchor.key_name(KEY.public_key())), KEY.public_key())


@pytest.mark.parametrize("content", [b"", b"{", b'{"anchor":1}', b"\xff", b"-----BEGIN X-----"])
def test_what_is_no_anchor_and_no_key_is_told_so(content: bytes) -> None:
    for read in (anchor.read_anchor, anchor.read_key, anchor.read_public_key):
        with pytest.raises(BadAnchor):
            read(content)


def test_what_came_after_an_anchor_is_none_of_its_business() -> None:
    held = [Held(1, 1, 2, b"b"), Held(1, 3, 3, b"c")]
    assert anchor.broken_promise(held, {1: b"a", 2: b"b", 3: b"c", 4: b"d"}) is None
    assert "第1至2条留痕与第1号" in str(anchor.broken_promise(held, {1: b"a", 2: b"x", 3: b"c"}))
    assert "第3至3条留痕与第3号" in str(anchor.broken_promise(held, {1: b"a", 2: b"b"}))
