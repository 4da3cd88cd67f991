"""`make ha`: kill the leader, a replica, a hub; switch over. Prints what was acknowledged, lost, doubled, and the gap."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg
from msgspec import Struct

from models.ticket import number_of
from tests.ha.cluster import HUBS, NODES, Cluster, wait
from tests.ha.load import Agents, Callers, Readers

RATE: Final = float(os.environ.get("HA_RATE", "20"))
READS: Final = RATE / 4
OWN: Final = RATE / 20
# Writes resume within 25 s of the leader's end.
LONGEST_GAP_S: Final = 25.0
CALM_S: Final = 5.0


class Fault(Struct, frozen=True):
    """One thing that happens to the cluster. `strike` tells which machine must be started again, if any."""

    name: str
    strike: Callable[[Cluster], str | None]


class Outcome(Struct, frozen=True):
    """What a fault did: seconds without an answer, tickets acknowledged and reads answered and failed meanwhile.

    `whole_after_s` is how long it took until all was as before, from the fault or from the machine's start anew.
    """

    name: str
    gap_s: float
    acknowledged: int
    read: int
    unread: int
    whole_after_s: float


def _switch_over(cluster: Cluster) -> None:
    cluster.switch_over()


def _leader(cluster: Cluster) -> str:
    leader = cluster.leader()
    assert leader is not None
    return leader


def _kill_leader(cluster: Cluster) -> str:
    leader = _leader(cluster)
    cluster.machines[leader].kill()
    return leader


def _kill_postgres_of_leader(cluster: Cluster) -> None:
    """Only PostgreSQL dies: Patroni beside it starts it again, or another one leads."""
    cluster.machines[_leader(cluster)].kill_postgres()


def _kill_in_step(cluster: Cluster) -> str:
    """The replica dies for whose word every acknowledgement waits."""
    streams = cluster.member(_leader(cluster))["replication"]
    name = next(str(one["application_name"]) for one in streams if one["sync_state"] == "sync")
    cluster.machines[name].kill()
    return name


def _kill_hub(cluster: Cluster) -> str:
    cluster.machines[HUBS[0]].kill()
    return HUBS[0]


FAULTS: Final = (
    Fault("计划内切换主库", _switch_over),
    Fault("主库整机断电（kill -9）", _kill_leader),
    Fault("主库的 PostgreSQL 被杀", _kill_postgres_of_leader),
    Fault("同步备库整机断电", _kill_in_step),
    Fault("热线节点整机断电", _kill_hub),
)


async def _suffer(cluster: Cluster, callers: Callers, readers: Readers, fault: Fault) -> Outcome:
    before, began = len(callers.acknowledged), time.monotonic()
    gone = await asyncio.to_thread(fault.strike, cluster)
    await asyncio.sleep(1.0)
    if gone is not None:
        # A dead machine stays dead until others have taken over.
        await asyncio.sleep(LONGEST_GAP_S)
        cluster.machines[gone].start()
    whole = await asyncio.to_thread(wait, f"whole again after: {fault.name}", cluster.is_whole)
    await asyncio.sleep(CALM_S)
    return Outcome(fault.name, callers.gap(began), len(callers.acknowledged) - before, *readers.since(began), whole)


async def _stored(cluster: Cluster) -> set[str]:
    connection = await asyncpg.connect(cluster.database)
    rows = await connection.fetch("SELECT id FROM tickets")
    await connection.close()
    return {number_of(row["id"]) for row in rows}


async def _try_all(cluster: Cluster) -> int:
    access = cluster.access()
    callers = Callers(cluster.url, access["channels"]["phone"], RATE)
    agents = Agents(cluster.url, access["agents"]["agent01"], OWN)
    readers = Readers(cluster.url, access["agents"]["agent02"], READS)
    going = [asyncio.create_task(one.run()) for one in (callers, agents, readers)]
    await asyncio.sleep(CALM_S)
    outcomes = []
    for fault in FAULTS:
        print(f"→ {fault.name}", flush=True)
        outcomes.append(await _suffer(cluster, callers, readers, fault))
    for one in (callers, agents, readers):
        one.stop()
    await asyncio.gather(*going)
    told = [number for _, _, number in (*callers.acknowledged, *agents.acknowledged)]
    stored = await _stored(cluster)
    lost, doubled = set(told) - stored, len(stored) - len(set(told))
    _print(outcomes)
    print(f"共确认 {len(told)}，丢失 {len(lost)}，重复 {doubled}；未获答复而重试：{dict(callers.refused)}")
    print(f"登记后立即看列表 {agents.found + len(agents.missed)} 次，看不到自己所登记的 {len(agents.missed)} 次")
    print(f"远读由谁答复：{cluster.far_reads()}")
    verified = cluster.hotline("audit", "verify")
    print(f"留痕核对：{verified.stdout.strip() or verified.stderr.strip()}")
    sent = callers.sent + agents.sent
    is_good = not lost and not doubled and len(set(told)) == sent and not agents.missed and verified.returncode == 0
    return 0 if is_good and all(one.gap_s <= LONGEST_GAP_S for one in outcomes) else 1


def _print(outcomes: list[Outcome]) -> None:
    print(
        "| 故障 | 无人应答（秒） | 期间确认（件） | 查阅成功（次） | 查阅失败（次） | 恢复如初（秒） |\n|---|---|---|---|---|---|"
    )
    for one in outcomes:
        reads = f"{one.read} | {one.unread}"
        print(f"| {one.name} | {one.gap_s:.1f} | {one.acknowledged} | {reads} | {one.whole_after_s:.0f} |")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hotline-ha-") as name:
        cluster = Cluster(Path(name))
        try:
            print(f"→ etcd，{len(NODES)}个数据库节点，HAProxy，{len(HUBS)}个热线节点", flush=True)
            cluster.start()
            return asyncio.run(_try_all(cluster))
        finally:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
