"""How much better than last week requests are forecast, and how well red cards are ranked and told, on a made-up past."""

from __future__ import annotations

import time
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from models.city_files import read_city
from models.office_time import OpenTime
from models.red_proof import moments, prove
from models.red_risk import learn
from models.volume import HORIZON, gather, sorts_of_days
from models.volume_backtest import again, errors
from tests.bench.figures import CITY, report
from tests.bench.past import days, parts

if TYPE_CHECKING:
    from pathlib import Path

FIRST = date(2025, 3, 3)
DAYS = 500


async def measure(_folder: Path) -> None:
    city = read_city(CITY)
    for a_day in (60, 400, 5000):
        history = gather(days(FIRST, DAYS, city.calendar, a_day=a_day), FIRST + timedelta(days=DAYS))
        started = time.process_time()
        past = again(history, sorts_of_days(history.first, DAYS + HORIZON, city.calendar))
        found = errors(history, past)
        spent = time.process_time() - started
        for one in found:
            name = f"forecast.{one.kind}.{a_day}_a_day"
            report(f"{name}.wape", one.error, "share", one.error_of_week_before, "10 % below the week before's")
            report(f"{name}.coverage", one.coverage or 0.0, "share", 0.8, "0.7 to 0.9, more where requests are few")
        report(f"forecast.{a_day}_a_day.cpu", spent, "s", 0, "an hourly job")

    hours = city.office_hours["bureau"]

    @cache
    def opening(_department: str, first: int, last: int) -> OpenTime:
        return OpenTime(hours, city.calendar, first, last)

    past_parts = parts(date(2026, 3, 2), 12_000, city.calendar, hours)
    started = time.process_time()
    proofs = prove(past_parts, opening)
    learn(moments(past_parts), opening)
    report("red.cpu", time.process_time() - started, "s", 0, "a daily job")
    for proof in proofs:
        name = f"red.{proof.within}h"
        report(f"{name}.auc", proof.ranking or 0.0, "AUC", 0.8, "0.8 or more")
        report(
            f"{name}.auc_of_due",
            proof.ranking_of_due or 0.0,
            "AUC",
            0.8,
            "among those that are due, the harder question",
        )
        report(
            f"{name}.off_by", proof.off_by or 0.0, "share", 0.05, "the mean distance of said and came, over ten bins"
        )
        report(f"{name}.expected", proof.expected, "parts", proof.red, "what came")
