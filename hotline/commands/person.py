"""hotline person export: everything of one person, as one file."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - cyclopts reads it
from typing import TYPE_CHECKING

import cyclopts
import msgspec

from hotline import kept_file
from hotline.commands.installation import with_database
from hotline.config import read_settings
from hotline.person import take_out
from models.errors import Conflict, InvalidRequest

if TYPE_CHECKING:
    from models.store.database import Database

person_app = cyclopts.App(name="person", help="个人信息")


@person_app.command
def export(phone: str | None = None, *, reason: str, by: str, out: Path) -> None:
    """Write everything that is kept of a phone into one file, for the person who has asked for it.

    Parameters
    ----------
    phone
        Read from the terminal or standard input where it is not given, so that no list of processes shows it.
    reason
        Why; kept in the log of looks.
    by
        The account of the security auditor who answers for it.
    out
        The file; nothing is written over.
    """
    wanted = phone or (getpass.getpass("电话：") if sys.stdin.isatty() else sys.stdin.readline())
    there = Conflict(f"{out} 已存在，未覆盖")
    if out.exists():
        raise there
    try:
        # Nobody is written down as having taken what could not be given.
        kept_file.try_out(out)
    except OSError as error:
        raise InvalidRequest(f"{out} 不能写入（{error.strerror}），未导出") from error

    async def job(store: Database) -> int:
        found = await store.write(lambda session: take_out(session, wanted, by, reason, datetime.now(UTC)))
        if not kept_file.make(out, msgspec.json.format(msgspec.json.encode(found))):
            raise there
        print(
            f"工单{len(found.tickets)}件，来话{len(found.interactions)}次，会话{len(found.conversations)}段，已写入 {out}"
        )
        return 0

    sys.exit(with_database(read_settings(), job))
