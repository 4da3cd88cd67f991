"""hotline person export | erase: everything of one person as one file, and what of it the law lets go."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - cyclopts reads it
from typing import TYPE_CHECKING, Annotated, Final

import cyclopts
import msgspec

from hotline import erasing, kept_file
from hotline import person as use_case
from hotline.commands.installation import with_database, with_hub
from hotline.config import read_settings
from hotline.countersign import Waiting
from models.errors import Conflict, InvalidRequest
from models.ticket import number_of

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.person import Erasable
    from models.store.database import Database

# The second signature is waited for.
WAITS: Final = 3

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
    wanted = _phone(phone)
    there = Conflict(f"{out} 已存在，未覆盖")
    if out.exists():
        raise there
    try:
        # Nobody is written down as having taken what could not be given.
        kept_file.try_out(out)
    except OSError as error:
        raise InvalidRequest(f"{out} 不能写入（{error.strerror}），未导出") from error

    async def job(store: Database) -> int:
        found = await store.write(lambda session: use_case.take_out(session, wanted, by, reason, datetime.now(UTC)))
        if not kept_file.make(out, msgspec.json.format(msgspec.json.encode(found))):
            raise there
        print(
            f"工单{len(found.tickets)}件，来话{len(found.interactions)}次，会话{len(found.conversations)}段，已写入 {out}"
        )
        return 0

    sys.exit(with_database(read_settings(), job))


@person_app.command
def erase(
    phone: str | None = None,
    *,
    reason: str = "",
    by: str = "",
    ticket: tuple[str, ...] = (),
    confirm: Annotated[bool, cyclopts.Parameter(negative="")] = False,
) -> None:
    """Say what of a phone would be erased and what must stay and why; with `--confirm` do it, once a second person has signed.

    Parameters
    ----------
    phone
        Read from the terminal or standard input where it is not given, so that no list of processes shows it.
    reason
        Why; kept in the log of looks and on the request for the second signature.
    by
        The account of the security auditor who answers for it.
    ticket
        Only this one and the call that it came of; may be given several times. A phone may be a family's.
    confirm
        Erase. The first time it only asks for the second signature (exit 3); the same again within two hours of it erases.
    """
    settings, wanted = read_settings(), _phone(phone)

    async def job(hub: Hub) -> int:
        if not confirm:
            _tell(await hub.database.read(lambda session: use_case.erasable(hub, session, wanted, ticket, hub.now())))
            print("以上只是预览，什么也没有删除；加 --confirm 提请删除")
            return 0
        made = await use_case.erase(hub, wanted, by, reason, ticket)
        if isinstance(made, Waiting):
            print(f"{made.told}（编号{made.id}）")
            return WAITS
        _tell(made)
        removed = await erasing.remove_files(hub, settings.attachments_dir)
        print(f"已删除；复核人{made.second}，附件文件{removed}个")
        return 0

    sys.exit(with_hub(settings, job))


def _tell(found: Erasable) -> None:
    print(
        f"删除：工单{len(found.tickets)}件（附件{found.files}个），来话和会话{found.calls}次，已失效的来电人限制{found.limits}条"
    )
    for ticket_id in found.tickets:
        print(f"  {number_of(ticket_id)}")
    print(
        f"保留：工单{len(found.stays)}件，所属工单保留或尚未结束的来话和会话{found.calls_stay}次，有效的来电人限制{found.limits_stay}条"
    )
    for one in found.stays:
        print(f"  {number_of(one.ticket_id)}\t{one.why}")
    print("  查阅记录、双人复核：个人信息处理情况记录，按保存期限保存；留痕不含个人信息，长期保存")


def _phone(given: str | None) -> str:
    return given or (getpass.getpass("电话：") if sys.stdin.isatty() else sys.stdin.readline())
