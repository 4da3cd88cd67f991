"""How fast an old platform's tickets are imported: the command itself, with its own processes and an embedded PostgreSQL."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import resource
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.bench.figures import CITY, MODEL, ROOT, report, texts
from tests.own_environ import without_settings

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 100_000
LENGTH = 100  # characters
MONTHS = 24
MAPPING = """
source = "bench"
[columns]
number = "编号"
text = "内容"
registered_at = "受理时间"
closed_at = "办结时间"
category = "分类"
kind = "类型"
department = "单位"
satisfaction = "满意度"
name = "姓名"
phone = "电话"
reply = "答复"
[constants]
channel = "phone"
state = "archived"
"""
HEADER = ("编号", "内容", "受理时间", "办结时间", "分类", "类型", "单位", "满意度", "姓名", "电话", "答复")
DEPARTMENTS = ("城管局", "住建局", "市场监管局", "教育局", "人社局", "环境局", "水务集团")


async def measure(folder: Path) -> None:
    rows = int(os.environ.get("BENCH_IMPORT_ROWS", ROWS))
    _write(folder / "old.csv", rows)
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    environment = {
        **without_settings(),
        "HOTLINE_DATA_DIR": str(folder / "var"),
        "HOTLINE_CITY": str(CITY),
        "HOTLINE_MODEL_DIR": str(MODEL),
        "OMP_NUM_THREADS": "1",
    }

    def hotline(*args: str) -> str:
        command = [sys.executable, "-m", "hotline", *args]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    hotline("migrate")
    before = _seconds_of_children()
    told = json.loads(
        hotline("import", str(folder / "old.csv"), "--mapping", str(folder / "mapping.toml"), "--json").splitlines()[-1]
    )
    spent = _seconds_of_children() - before
    assert told["imported"] == rows, told
    report("import", rows / told["seconds"], "old tickets/s", 0, "≥ 1,500")
    report("import_cpu", spent / rows * 1000, "ms of CPU a ticket, PostgreSQL with it", 0, "≤ 1.33 on two cores")


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write(file: Path, rows: int) -> None:
    pick = random.Random(3)
    with (CITY / "categories.csv").open(encoding="utf-8") as lines:
        codes = [row["code"] for row in csv.DictReader(lines) if len(row["code"]) == 4]
    with (CITY / "departments.csv").open(encoding="utf-8") as lines:
        known = {row["name"] for row in csv.DictReader(lines)}
    departments = [name for name in DEPARTMENTS if name in known]
    first = datetime(2024, 1, 1)  # noqa: DTZ001 - an old platform's file names no zone
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADER)
        for n, text in enumerate(itertools.islice(texts(LENGTH), rows)):
            at = first + timedelta(days=30 * MONTHS * n / rows)
            kind, score = pick.choice(("咨询", "求助", "投诉", "建议")), pick.randint(1, 5)
            closed = at + timedelta(days=pick.randint(1, 9))
            cells = (at.isoformat(" ", "seconds"), closed.isoformat(" ", "seconds"), pick.choice(codes), kind)
            who = ("刘某某", f"139{pick.randint(0, 10**8 - 1):08d}", "您反映的问题已安排处理，感谢您的关心与支持。")
            writer.writerow((f"OLD{n:08d}", text, *cells, pick.choice(departments), score, *who))
