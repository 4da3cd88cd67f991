"""The worker process: each loop polls, works, and rests when there is nothing to do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from hotline import (
    anchoring,
    auto_dispatch,
    export,
    forecast,
    indicators,
    model_in_use,
    prompt,
    report,
    retention,
    storm,
    waves,
)
from hotline.drift import check_daily
from hotline.http_client import HttpClient
from hotline.inspection import draw_due
from hotline.knowledge_entry import remind
from hotline.knowledge_task import press_late
from hotline.shadow import ShadowReader
from hotline.traces import tracer
from hotline.wechat import read_account
from hotline.workers.clock_set_back import OwnBeats
from hotline.workers.notices import ShownOnPage, send_notices
from hotline.workers.outbox import Outbox
from hotline.workers.providers import SmsGateway, WechatSender
from hotline.workers.timers import fire_timers
from models.errors import HotlineError
from models.store import installation, steps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.store.database import Session

LOG = structlog.get_logger()
REST_S: Final = 0.1
BREATH_S: Final = 0.02
NOTICES_EVERY_S: Final = 0.5
BEAT_EVERY_S: Final = 2.0
# Also where more is waiting: reading along is never in a hurry, webhooks and timers are.
SHADOW_EVERY_S: Final = 5.0
# A page is joined in some milliseconds and a wave described in some dozen: webhooks and timers come first.
WAVES_EVERY_S: Final = 2.0
PROMPTS_EVERY_S: Final = 1.0
STORM_EVERY_S: Final = 2.0
LOOK_FOR_DRIFT_EVERY_S: Final = 60.0
# A forecast is made once an hour of the hub's clock, and however fast that runs no oftener than this.
FORECAST_EVERY_S: Final = 60.0
# Counted once an hour of the hub's clock, and at once where something was excluded.
COUNT_EVERY_S: Final = 20.0
# Nobody waits at the screen for a report; what is asked for at once is made within seconds.
REPORTS_EVERY_S: Final = 3.0
# Somebody looks at the progress of an export.
EXPORTS_EVERY_S: Final = 1.0
WATCH_EVERY_S: Final = 600.0
REMIND_EVERY_S: Final = 600.0
# Samples of the days that are over, once each.
DRAW_EVERY_S: Final = 60.0
# Once a day of the hub's clock.
ANCHOR_EVERY_S: Final = 60.0
# Once a day of the hub's clock what is over its time, in batches that nobody else feels.
ERASE_EVERY_S: Final = 60.0
BETWEEN_ERASING_S: Final = 0.5
# From the first day of any month this lies in the next one.
NEXT_MONTH: Final = timedelta(days=31)


async def work(settings: Settings, hub: Hub) -> None:
    """Run every loop until cancelled."""
    client = HttpClient(any_target=settings.demo, networks=settings.webhook_networks)
    traces = tracer(settings, "work")
    outbox, shadow, beats = Outbox(hub, client, traces), ShadowReader(hub, settings), OwnBeats()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_loop(lambda: outbox.turn(datetime.now(UTC)), REST_S))
            group.create_task(_loop(lambda: fire_timers(hub), REST_S))
            group.create_task(_loop(lambda: _beat(hub, settings, beats), BEAT_EVERY_S))
            group.create_task(_loop(lambda: _watch(hub), WATCH_EVERY_S))
            group.create_task(_loop(lambda: waves.gather(hub), WAVES_EVERY_S, breath_s=WAVES_EVERY_S))
            group.create_task(_loop(lambda: storm.look(hub), STORM_EVERY_S, breath_s=STORM_EVERY_S))
            group.create_task(_loop(lambda: prompt.gather(hub), PROMPTS_EVERY_S))
            group.create_task(_loop(lambda: anchoring.turn(hub, settings), ANCHOR_EVERY_S, breath_s=ANCHOR_EVERY_S))
            group.create_task(_loop(lambda: retention.turn(hub, settings), ERASE_EVERY_S, breath_s=BETWEEN_ERASING_S))
            for once, every_s in (
                (lambda: remind(hub), REMIND_EVERY_S),
                (lambda: press_late(hub), REMIND_EVERY_S),
                (lambda: draw_due(hub), DRAW_EVERY_S),
                (shadow.turn, SHADOW_EVERY_S),
                (lambda: check_daily(hub, settings), LOOK_FOR_DRIFT_EVERY_S),
                (lambda: forecast.refresh(hub, settings), FORECAST_EVERY_S),
                (lambda: indicators.refresh(hub), COUNT_EVERY_S),
                (lambda: report.turn(hub), REPORTS_EVERY_S),
                (lambda: export.turn(hub), EXPORTS_EVERY_S),
                (lambda: _ask_for_reports(hub), COUNT_EVERY_S),
            ):
                # What can wait while there is a storm; none of it is in a hurry where more is waiting.
                group.create_task(_loop(storm.unless_storm(hub, once), every_s, breath_s=every_s))
            gateway = SmsGateway(hub, client)
            group.create_task(_loop(lambda: _send_short_messages(settings, hub, gateway), NOTICES_EVERY_S))
            group.create_task(_loop(_by_wechat(settings, hub, client), NOTICES_EVERY_S))
            if not settings.demo and not await gateway.is_there():
                LOG.warning("no gateway of short messages: what citizens are told waits", table="notices")
    finally:
        await outbox.close()
        await client.close()
        if traces is not None:
            await asyncio.to_thread(traces.close)


async def _loop(once: Callable[[], Awaitable[int]], rest_s: float, *, breath_s: float = BREATH_S) -> None:
    while True:
        try:
            done = await once()
        except HotlineError as error:
            LOG.warning("worker waits", reason=error.detail)
            done = 0
        except Exception:
            LOG.exception("worker failed")
            done = 0
        # Where something was done, more may be waiting; a breath gathers what comes in together.
        await asyncio.sleep(breath_s if done else rest_s)


async def _send_short_messages(settings: Settings, hub: Hub, gateway: SmsGateway) -> int:
    """Send by the city's gateway; without one a demo shows what it would send, and what citizens are told waits elsewhere."""
    if await gateway.is_there():
        return await send_notices(hub, gateway, is_wechat=False)
    return await send_notices(hub, ShownOnPage(), is_wechat=False) if settings.demo else 0


def _by_wechat(settings: Settings, hub: Hub, client: HttpClient) -> Callable[[], Awaitable[int]]:
    """Return the turn that sends what goes out by WeChat, where the city has an account."""
    sender = WechatSender(read_account(settings.wechat), client) if settings.wechat is not None else ShownOnPage()
    return lambda: send_notices(hub, sender, is_wechat=True)


async def _ask_for_reports(hub: Hub) -> int:
    """Ask for the reports of times that are over."""
    await report.schedule(hub)
    return 0


async def _watch(hub: Hub) -> int:
    """Take automatic dispatch away from categories in which too much went astray."""
    for stopped in await auto_dispatch.watch(hub):
        LOG.warning("automatic dispatch switched off", category=stopped.category, reason=stopped.reason)
    return 0


async def _beat(hub: Hub, settings: Settings, beats: OwnBeats) -> int:
    """Say that this worker lives, keep the months' partitions ahead, keep up with rulings, the model in use and the keys."""

    async def write(session: Session) -> datetime:
        now, wall_now = hub.now(), datetime.now(UTC)
        await beats.look(session, now, wall_now)
        await installation.beat(session, "work", wall_now, now)
        await steps.ensure_month(session, now)
        await steps.ensure_month(session, now.replace(day=1) + NEXT_MONTH)
        return wall_now

    beats.beaten(await hub.database.write(write))
    hub.amend(await hub.database.read(installation.amendments))
    await auto_dispatch.follow(hub)
    await model_in_use.follow(hub, settings)
    hub.database.keyring.renew()
    return 0
