"""登录锁定: after wrong passwords in a row an account, and an address, wait ever longer; kept for all processes, in wall time."""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from models.errors import InvalidRequest, SecondFactorRequired, TooManyRequests, Unauthorized
from models.store import sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.cipher import Keyring
    from models.store.database import Database, Session


class Terms(NamedTuple):
    """So many wrong passwords are free; then the first wait, doubled by every further one, up to the longest.

    In a row: until a right one, or a day without any. Else those of a day.
    """

    free: int
    first: timedelta
    longest: timedelta
    is_in_a_row: bool


ACCOUNT: Final = Terms(5, timedelta(seconds=30), timedelta(hours=1), is_in_a_row=True)
# Behind one address may sit a whole call centre, or a proxy, where somebody errs every day: it takes many, and waits shortly.
ADDRESS: Final = Terms(50, timedelta(seconds=30), timedelta(minutes=15), is_in_a_row=False)
FORGOTTEN_AFTER: Final = timedelta(hours=24)
# No check lasts so long: its process is gone, and what it tried was wrong.
CHECKED_WITHIN: Final = timedelta(minutes=1)
# How often and how many times it is looked whether the check of another has ended.
LOOK_EVERY_S: Final = 0.1
LOOKS: Final = 50


class _AnotherIsChecked(Exception):
    """No more are free, and whether the one that may be tried is wrong is not known yet."""


def wait(terms: Terms, failures: int) -> timedelta:
    """Return how long nobody may try after so many wrong passwords in a row; nothing while they are free."""
    over = failures - terms.free
    if over < 0:
        return timedelta()
    # More doublings than these are longer than any longest wait.
    doubled: timedelta = terms.first * 2 ** min(over, 16)
    return min(doubled, terms.longest)


def _too_many(minutes: int) -> TooManyRequests:
    return TooManyRequests(f"密码多次不正确，请在{minutes}分钟后再试；忘记密码的，请联系系统管理员重置")


async def forgive(session: Session, username: str) -> None:
    """Let an account be tried again at once."""
    now = datetime.now(UTC)
    await sign_in.forgive(session, account_key(session.keyring, username), now - FORGOTTEN_AFTER)


def account_key(keyring: Keyring, username: str) -> bytes:
    """Return under what an account's wrong passwords are counted: what is typed there may be a password itself."""
    return keyring.blind_index(f"sign-in account {username}")


class Guarded:
    """The passwords that are tried for one account from one address, or from a browser in which that account is at home.

    There they count against that browser alone: who guesses elsewhere, be it from the same address, locks nobody out of it.
    """

    def __init__(self, database: Database, username: str, address: str | None, browser: str | None) -> None:
        self._database = database
        keyring = database.keyring
        # Always in this order: else two at once wait for each other.
        self._keys: tuple[tuple[bytes, Terms], ...] = (
            (account_key(keyring, username), ACCOUNT),
            (keyring.blind_index(f"sign-in address {address}"), ADDRESS),
        )
        if browser is not None:
            self._keys = ((keyring.blind_index(f"sign-in browser {browser} of {username}"), ACCOUNT),)
        self._at = datetime.now(UTC)

    async def begin(self) -> None:
        """Count it as wrong before it is checked, so that guesses at once are as many as one after the other.

        Where no more are free, one waits for the other: the right one of somebody else locks nobody. Raises
        TooManyRequests while the account or the address is locked.
        """
        for _ in range(LOOKS):
            with contextlib.suppress(_AnotherIsChecked):
                self._at = datetime.now(UTC)
                await self._database.write(self._count)
                return
            await asyncio.sleep(LOOK_EVERY_S)
        raise _too_many(1)

    async def _count(self, session: Session) -> None:
        at = self._at
        for key, terms in self._keys:
            if not await sign_in.try_once(
                session,
                key,
                at,
                forgotten_before=at - FORGOTTEN_AFTER,
                stale_before=at - CHECKED_WITHIN,
                free=terms.free,
                is_in_a_row=terms.is_in_a_row,
            ):
                until = await sign_in.locked_until(session, [key for key, _ in self._keys], at)
                if until is None:
                    raise _AnotherIsChecked
                raise _too_many(math.ceil((until - at) / timedelta(minutes=1)))

    async def found_wrong(self) -> None:
        """It was wrong: from so many on, nobody may try for a while."""

        async def work(session: Session) -> None:
            for key, terms in self._keys:
                if length := wait(terms, await sign_in.found_wrong(session, key)):
                    await sign_in.lock(session, key, self._at + length)

        await self._database.write(work)

    async def take_back(self) -> None:
        """It was not wrong, though nobody is in yet."""

        async def work(session: Session) -> None:
            for key, _ in self._keys:
                await sign_in.take_back(session, key)

        await self._database.write(work)

    async def forgive(self) -> None:
        """It was the right one: those before it count no more against the account, and against the address they do."""
        at = datetime.now(UTC)

        async def work(session: Session) -> None:
            for key, terms in self._keys:
                if terms.is_in_a_row:
                    await sign_in.forgive(session, key, at - FORGOTTEN_AFTER)
                else:
                    await sign_in.take_back(session, key)

        await self._database.write(work)


@contextlib.asynccontextmanager
async def guarded(
    database: Database,
    username: str,
    address: str | None,
    wrong: tuple[type[Unauthorized | InvalidRequest], ...],
    *,
    browser: str | None = None,
) -> AsyncIterator[None]:
    """Let a password be tried: what is raised of `wrong` counts against account and address, or a known browser. Raises TooManyRequests."""
    tries = Guarded(database, username, address, browser)
    await tries.begin()
    try:
        yield
    except Exception as error:
        # Who is asked for the code had the right password.
        if isinstance(error, SecondFactorRequired) or not isinstance(error, wrong):
            await tries.take_back()
        else:
            await tries.found_wrong()
        raise
    await tries.forgive()
