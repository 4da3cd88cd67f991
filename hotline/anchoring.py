"""锚定: makes the day's anchor, and reads anchors back for whoever checks the trails by one (docs/adr/0016)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
from datetime import timedelta
from heapq import merge
from typing import TYPE_CHECKING, Final

from hotline import kept_file
from models import anchor
from models.anchor import ANCHOR_SCHEMA, Anchor, BadAnchor, Held, MerkleTree, SignedAnchor, backdated
from models.calendar import CHINA_TIME
from models.signature import ALGORITHMS, make_signing_key
from models.store import events
from models.suite import Suite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.anchor import Leaf
    from models.signature import PublicKey, SigningKey
    from models.trail import TicketEvent

_KEYS: Final[Mapping[Suite, str]] = {Suite.STANDARD: "anchor-key.pem", Suite.GUOMI: "anchor-key-sm2.pem"}
# A step is written some time after it was begun; so long before the last anchor the next one begins to look.
LOOK_BACK: Final = timedelta(hours=1)
# The same on a clock that runs fast.
LOOK_BACK_WALL: Final = timedelta(minutes=2)
_AT_A_TIME: Final = 5_000
_READ: Final = 512 * anchor.LEAF_BYTES


async def turn(hub: Hub, settings: Settings) -> int:
    """Make the anchor of a day of the hub's clock where there is none yet; returns how many were made."""
    newest = await asyncio.to_thread(_newest, settings.anchors_dir)
    # One of the future was made by a clock that was wrong.
    is_past = newest is not None and newest.anchor.at <= hub.now()
    if newest is not None and is_past and newest.anchor.at.astimezone(CHINA_TIME).date() >= hub.today():
        return 0
    return int(await make(hub, settings.anchors_dir) is not None)


async def make(hub: Hub, folder: Path) -> Anchor | None:
    """Anchor what has moved since the last anchor; None where another process was faster. Raises BadAnchor."""
    suite = hub.database.keyring.suite
    key = make_keys(folder, suite)
    now = hub.now()
    last, begun = _newest(folder), _newest(folder, now)
    for before in (last, begun):
        if before is not None and before.key == key.public.name:
            # The next one vouches for it.
            anchor.check_signature(before, key.public)
    side = folder / f"{secrets.token_hex(8)}.leaves.new"
    try:
        with side.open("xb") as file:
            moved = _moved(hub, None if begun is None else begun.anchor.at - look_back(hub))
            tree = await _write(file, moved, MerkleTree(suite))
            os.fsync(file.fileno())
        made = Anchor(
            schema=ANCHOR_SCHEMA,
            city=hub.city.code,
            number=1 if last is None else last.anchor.number + 1,
            at=now,
            leaves=tree.count,
            root=tree.root().hex(),
            previous=None if last is None else last.anchor.digest,
            algorithm=ALGORITHMS[suite],
        )
        kept_file.give(side, folder)
        side.rename(folder / made.leaves_name)
    finally:
        side.unlink(missing_ok=True)
    is_first = kept_file.make(folder / made.name, anchor.write_anchor(made, key))
    return made if is_first else None


def look_back(hub: Hub) -> timedelta:
    """Return how long before an anchor everything is certainly written that began then."""
    return max(LOOK_BACK, LOOK_BACK_WALL * hub.clock.speed)


def make_keys(folder: Path, suite: Suite) -> SigningKey:
    """Return the key by which anchors are signed, made where there is none, with what they are checked by beside it."""
    path = folder / _KEYS[suite]
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept_file.give(folder, folder.parent)
        kept_file.make(path, make_signing_key(suite).pem())
    key = anchor.read_key(path.read_bytes())
    public, content = public_key_file(folder, suite), key.public.pem()
    if not public.exists() or public.read_bytes() != content:
        kept_file.replace(public, content)
    return key


def public_key_file(folder: Path, suite: Suite) -> Path:
    """Return where the public key of a suite lies."""
    return (folder / _KEYS[suite]).with_suffix(".pub")


def hand_out(folder: Path, to: Path) -> int:
    """Copy what an auditor keeps into a folder; returns how many files were new there. Raises BadAnchor.

    Nothing that is there is written over: where ours differs, one of the two was altered.
    """
    to.mkdir(parents=True, exist_ok=True)
    copied = 0
    for ours in sorted(path for kind in ("pub", "leaves", "json") for path in folder.glob(f"anchor-*.{kind}")):
        theirs = to / ours.name
        if theirs.exists():
            if ours.suffix != ".leaves" and theirs.read_bytes() != ours.read_bytes():
                raise BadAnchor(f"{theirs} 与本机的 {ours} 不一致，其中之一被改动；未覆盖")
            continue
        copied += kept_file.make(theirs, ours.read_bytes())
    return copied


class Anchored:
    """What an anchor and all before it hold, ticket by ticket in order; `problems` says what of them cannot be read."""

    def __init__(self, signed: SignedAnchor, folders: Iterable[Path], slack: timedelta, key: PublicKey) -> None:
        """Follow the anchors back to the first; each is known by the digest that the next one names.

        A later one of before was made by a clock that was set back: what came after ours may say so, too.
        """
        folders = list(folders)
        self._complete_until = min(one.anchor.at for one in _onwards(signed, folders, key)) - slack
        self.problems: list[str] = []
        self.count = 0
        sources: list[Iterator[Held]] = []
        one: SignedAnchor | None = signed
        while one is not None:
            sources.append(self._leaves(one.anchor, folders))
            self.count += 1
            one = self._before(one.anchor, folders)
        self._groups = itertools.groupby(merge(*sources), key=lambda held: held.ticket_id)
        self._ahead = next(self._groups, None)

    def until(self, ticket_id: int | None) -> Iterator[tuple[int, list[Held]]]:
        """Return what is held of every ticket that was not asked for yet, up to and with this one, or of all."""
        while self._ahead is not None and (ticket_id is None or self._ahead[0] <= ticket_id):
            found, held = self._ahead[0], list(self._ahead[1])
            self._ahead = next(self._groups, None)
            yield found, held

    def added_later(self, held: list[Held], trail: list[TicketEvent]) -> str | None:
        """Return which event of a ticket was written after the anchor with a date of before; not where anchors are missing."""
        return None if self.problems else backdated(held, trail, self._complete_until)

    def _before(self, one: Anchor, folders: list[Path]) -> SignedAnchor | None:
        if one.previous is None:
            return None
        name = anchor.anchor_name(one.number - 1)
        for path in [folder / name for folder in folders if (folder / name).exists()]:
            with contextlib.suppress(BadAnchor):
                found = anchor.read_anchor(path.read_bytes())
                if found.anchor.digest == one.previous:
                    return found
        self.problems.append(f"第{one.number - 1}号锚定缺失或被改动，它和更早的锚定无法用来核对")
        return None

    def _leaves(self, one: Anchor, folders: list[Path]) -> Iterator[Held]:
        for path in [folder / one.leaves_name for folder in folders]:
            if path.exists() and _is_of(one, path):
                return (Held(leaf.ticket_id, one.number, leaf.seq, leaf.head) for leaf in _read(path))
        self.problems.append(
            f"第{one.number}号锚定的明细（{one.leaves_name}）缺失或被改动，其中{one.leaves}件工单无法核对"
        )
        return iter(())


def open_anchor(path: Path, public_key: Path | None, ours: Path, city: str) -> tuple[SignedAnchor, PublicKey]:
    """Read an anchor and see that it is ours and signed by that key, or the one in our own folder; raises BadAnchor."""
    signed = anchor.read_anchor(path.read_bytes())
    public_key = public_key or public_key_file(ours, signed.anchor.suite)
    key = anchor.read_public_key(public_key.read_bytes())
    anchor.check_signature(signed, key)
    if signed.anchor.city != city:
        raise BadAnchor(f"这是城市 {signed.anchor.city} 的锚定，本库是 {city}")
    return signed, key


def _onwards(signed: SignedAnchor, folders: list[Path], key: PublicKey) -> Iterator[SignedAnchor]:
    """Return an anchor and those after it, as far as each is signed by the same key and names the one before."""
    one: SignedAnchor | None = signed
    while one is not None:
        yield one
        one = _after(one.anchor, folders, key)


def _after(one: Anchor, folders: list[Path], key: PublicKey) -> SignedAnchor | None:
    name = anchor.anchor_name(one.number + 1)
    for path in [folder / name for folder in folders if (folder / name).exists()]:
        with contextlib.suppress(BadAnchor):
            found = anchor.read_anchor(path.read_bytes())
            anchor.check_signature(found, key)
            if found.anchor.previous == one.digest:
                return found
    return None


def _newest(folder: Path, until: datetime | None = None) -> SignedAnchor | None:
    """Return the last anchor, or the last that was made not after a time."""
    for path in sorted(folder.glob("anchor-*.json"), reverse=True):
        try:
            found = anchor.read_anchor(path.read_bytes())
        except BadAnchor as error:
            raise BadAnchor(f"{path}：{error.detail}") from error
        if until is None or found.anchor.at <= until:
            return found
    return None


async def _write(file: BinaryIO, moved: AsyncIterator[list[Leaf]], tree: MerkleTree) -> MerkleTree:
    async for leaves in moved:
        for leaf in map(anchor.pack, leaves):
            file.write(leaf)
            tree.add(leaf)
    file.flush()
    return tree


async def _moved(hub: Hub, since: datetime | None) -> AsyncIterator[list[Leaf]]:
    """Read where the chains stand: all of them for the first anchor, else those with an event since."""
    async with hub.database.session() as session:
        if since is None:
            after = 0
            while found := await events.heads_after(session, after, _AT_A_TIME):
                yield found
                after = found[-1].ticket_id
            return
        ids = await events.touched_since(session, since)
        for at in range(0, len(ids), _AT_A_TIME):
            yield await events.heads(session, ids[at : at + _AT_A_TIME])


def _read(path: Path) -> Iterator[Leaf]:
    """Read the leaves of a file that is not held open: those of years are read side by side."""
    at = 0
    while content := _piece(path, at):
        at += len(content)
        yield from anchor.unpack(content)


def _piece(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(_READ)


def _is_of(one: Anchor, path: Path) -> bool:
    """Tell whether a file holds the leaves that the root was made of."""
    if path.stat().st_size != one.leaves * anchor.LEAF_BYTES:
        return False
    tree = MerkleTree(one.suite)
    for leaf in _read(path):
        tree.add(anchor.pack(leaf))
    return tree.root().hex() == one.root
