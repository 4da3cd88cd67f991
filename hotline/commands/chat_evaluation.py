"""hotline chat evaluate: citizens of test dialogues talk to the running hub, and what came of it is compared with their goals."""

from __future__ import annotations

import asyncio
import re
import secrets
import statistics
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import yaml
from msgspec import Struct

from hotline.access import Access
from hotline.commands.chat_goal import Goal, missed
from hotline.commands.chat_scene import Stage
from hotline.commands.replay import NoHub
from hotline.simulation.connection import Connection
from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hotline.config import Settings

ENOUGH: Final = 0.95
TOO_MANY: Final = 429
AGAIN_AFTER_S: Final = 3.0
WAIT_FOR_BOT_S: Final = 300.0
_NUMBER: Final = re.compile(r"工单号(\d{14,17})")


# How the chatbot asks for each thing (hotline/chat_questions.py).
ASKED: Final = {
    "matter": re.compile("是什么事"),
    "place": re.compile("什么地方"),
    "time": re.compile("什么时候"),
    "contact": re.compile("联系电话|手机号"),
    "confirm": re.compile("我就提交了|确定要撤回"),
    "number": re.compile("工单号"),
    "code": re.compile("查询码"),
    "words": re.compile("请说要补充|还没有解决|这件事解决了吗"),
    "anything": re.compile(""),
}


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a citizen says or taps, and what the reply must and must not hold, as patterns.

    Lines with `asked` that follow one another are said when they are asked for, in any order; what nobody asks for stays unsaid.
    """

    asked: Literal["matter", "place", "time", "contact", "confirm", "number", "code", "words", "anything"] | None = None
    say: str | None = None
    tap: str | None = None
    expect: str | None = None
    reject: str | None = None


class Dialogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test dialogue (tests/dialogues/README.md)."""

    name: str
    kind: str
    turns: list[Line | str]
    goal: Goal
    given: dict[str, Any] = {}


class Talk(Struct, kw_only=True):
    """What was said in one dialogue: replies turn by turn, their buttons, the tickets that were told of."""

    replies: list[list[dict[str, Any]]] = []
    numbers: list[str] = []
    state: str = "bot"
    awaits: str | None = None
    turns_to_ticket: int | None = None
    times_ms: list[float] = []
    faults: list[str] = []
    said: list[str] = []


class Summary(Struct, kw_only=True):
    """The figures of a run: `alone` are emergencies that no person or ticket was brought to."""

    dialogues: int
    reached: int
    share: float
    turns_median: float
    by_kind: dict[str, list[int]]
    alone: int
    p50_ms: float
    p95_ms: float


def read(files: list[Path], only: str, *, is_sample: bool) -> list[Dialogue]:
    """Return the dialogues of some files whose name or kind holds `only`; of a sample the first of each kind. Raises InvalidRequest."""
    found = [one for file in files for one in _read(file) if only in one.name or only in one.kind]
    if not found:
        raise InvalidRequest("没有可运行的测试对话，见 tests/dialogues/README.md")
    return list({one.kind: one for one in reversed(found)}.values()) if is_sample else found


def evaluate(settings: Settings, wanted: list[Dialogue], *, as_json: bool, at_once: int) -> int:
    """Run the dialogues and print what was missed; returns the exit code."""
    try:
        access = msgspec.json.decode(settings.access_file.read_bytes(), type=Access)
    except FileNotFoundError as error:
        raise NoHub(f"没有找到 {settings.access_file}，请先执行 make run（或 hotline up）") from error
    summary, faults = asyncio.run(_run_all(access, wanted, at_once))
    if not as_json:
        for name, words in faults:
            print(f"未达到\t{name}\t{'；'.join(words)}")
    print(msgspec.json.encode(summary).decode())
    return 0 if summary.share >= ENOUGH and summary.alone == 0 else 1


def _read(file: Path) -> list[Dialogue]:
    try:
        return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")) or [], list[Dialogue])
    except FileNotFoundError as error:
        raise InvalidRequest(f"没有文件 {file}") from error
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise InvalidRequest(f"{file} 不是有效的测试对话：{error}") from error


async def _run_all(access: Access, wanted: list[Dialogue], at_once: int) -> tuple[Summary, list[tuple[str, list[str]]]]:
    connection = Connection(access.url)
    stage, gate = Stage(access, connection), asyncio.Semaphore(at_once)
    try:
        await stage.enter()
        await _wait_for_bot(connection)

        async def one(dialogue: Dialogue) -> tuple[Talk, list[str]]:
            async with gate:
                talk = Talk()
                try:
                    known = await stage.set(dialogue.given)
                    await _hold(connection, dialogue, talk, known)
                    return talk, [*talk.faults, *await missed(dialogue.goal, talk, stage, known)]
                except HotlineError as error:
                    return talk, [error.detail]

        # An open incident would answer whoever comes after it.
        first = [one for one in wanted if "incident" not in one.given]
        last = [one for one in wanted if "incident" in one.given]
        done = list(zip(first, await asyncio.gather(*map(one, first)), strict=True))
        for dialogue in last:
            done.append((dialogue, await one(dialogue)))  # noqa: PERF401 - awaited, one after the other
    finally:
        await connection.close()
    faults = [(dialogue.name, words) for dialogue, (_, words) in done if words]
    return _summed(done), faults


async def _wait_for_bot(connection: Connection) -> None:
    until = time.monotonic() + WAIT_FOR_BOT_S
    while (state := (await connection.ask("GET", "/readyz", headers={})).body.get("chatbot")) != "ready":
        if state == "off" or time.monotonic() > until:
            raise NoHub(f"机器人没有就绪（{state}）")
        await asyncio.sleep(1)


async def _hold(connection: Connection, dialogue: Dialogue, talk: Talk, known: dict[str, str]) -> None:
    """Let the citizen say their lines, one after the other."""
    begun = await _ask(connection, "/api/v1/chats", {}, {})
    who, path = {"authorization": f"Bearer {begun['token']}"}, f"/api/v1/chats/{begun['id']}/messages"
    buttons: dict[str, str | None] = {}
    left = [Line(say=one) if isinstance(one, str) else one for one in dialogue.turns]
    n = 0
    while (line := _next(left, talk)) is not None:
        n += 1
        words = (line.say or line.tap or "").format_map(defaultdict(str, known))
        message: dict[str, Any] = {"text": words, "key": secrets.token_hex(8)}
        if line.tap is not None and buttons.get(line.tap):
            message["payload"] = buttons[line.tap]
        began = time.perf_counter()
        answer = await _ask(connection, path, message, who)
        talk.times_ms.append(1000 * (time.perf_counter() - began))
        _hear(talk, answer, line, n, words)
        buttons = {button["title"]: button["payload"] for turn in answer["turns"] for button in turn["buttons"]}


def _next(left: list[Line], talk: Talk) -> Line | None:
    """Take what the citizen says next off the lines that are left: what the last reply asks for, else the next that waits for nothing."""
    told = "\n".join(turn["text"] for turn in talk.replies[-1]) if talk.replies else ""
    while left:
        if left[0].asked is None:
            return left.pop(0)
        wait = next((n for n, one in enumerate(left) if one.asked is None), len(left))
        fits = [n for n in range(wait) if ASKED[left[n].asked or "anything"].search(told)]
        if fits:
            # Anything at all is answered by it only where nothing else was asked for.
            return left.pop(next((n for n in fits if left[n].asked != "anything"), fits[0]))
        del left[:wait]
    return None


def _hear(talk: Talk, answer: dict[str, Any], line: Line, n: int, words: str) -> None:
    """Keep what was replied to a line and look whether it is as expected."""
    replies = [turn for turn in answer["turns"] if turn["by"] != "citizen"]
    told = "\n".join(turn["text"] for turn in replies)
    talk.said.append(words)
    talk.replies.append(replies)
    talk.state, talk.awaits = answer["state"], answer["awaits"]
    fresh = [number for number in _NUMBER.findall(told) if number not in talk.numbers and "已" in told]
    if fresh and talk.turns_to_ticket is None:
        talk.turns_to_ticket = n
    talk.numbers += fresh
    if line.expect is not None and not re.search(line.expect, told):
        talk.faults.append(f"第{n}句后应有“{line.expect}”，实为“{told[:120]}”")
    if line.reject is not None and re.search(line.reject, told):
        talk.faults.append(f"第{n}句后不应有“{line.reject}”，实为“{told[:120]}”")


async def _ask(connection: Connection, path: str, content: dict[str, Any], who: dict[str, str]) -> dict[str, Any]:
    while True:
        answer = await connection.ask("POST", path, headers=who, content=msgspec.json.encode(content))
        if answer.status != TOO_MANY:
            break
        # The hub lets nobody begin so many in a minute.
        await asyncio.sleep(AGAIN_AFTER_S)
    if not answer.is_done:
        raise NoHub(f"{path}：{answer.status} {answer.body.get('detail', '')}")
    return answer.body


def _summed(done: Iterable[tuple[Dialogue, tuple[Talk, list[str]]]]) -> Summary:
    by_kind: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    turns, times, alone, n = [], [], 0, 0
    for dialogue, (talk, faults) in done:
        n += 1
        by_kind[dialogue.kind][1] += 1
        by_kind[dialogue.kind][0] += not faults
        alone += dialogue.goal.emergency is not None and bool(faults)
        times += talk.times_ms
        if dialogue.goal.tickets and talk.turns_to_ticket:
            turns.append(talk.turns_to_ticket)
    reached = sum(one for one, _ in by_kind.values())
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Summary(
        dialogues=n,
        reached=reached,
        share=round(reached / n, 4),
        turns_median=float(statistics.median(turns)) if turns else 0.0,
        by_kind=dict(by_kind),
        alone=alone,
        p50_ms=round(cuts[49], 1),
        p95_ms=round(cuts[94], 1),
    )
