"""hotline forecast …, knowledge …, reply …: what will come, what is answered from, what is wrong with an answer."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - cyclopts reads it
from pathlib import Path  # noqa: TC003 - cyclopts reads it

import cyclopts

from hotline.commands import forecast, knowledge, reply
from hotline.config import read_settings

forecast_app = cyclopts.App(name="forecast", help="预测")
knowledge_app = cyclopts.App(name="knowledge", help="知识")
reply_app = cyclopts.App(name="reply", help="答复质检")


@forecast_app.default
def forecast_(*, json: bool = False) -> None:
    """Print the forecast that was made last: the next seven days, what turns red, what departments can do, what runs away."""
    sys.exit(forecast.show(read_settings(), as_json=json))


@forecast_app.command(name="evaluate")
def forecast_evaluate(*, data: Path | None = None, origins: int = 224, json: bool = False) -> None:
    """Print how far past forecasts missed, beside "the same weekday last week"; without a file, of the hub's own past.

    Parameters
    ----------
    data
        CSV with `received_at` (date or time of each request), perhaps `category` and `district`.
    origins
        From how many of the newest days the week after is forecast again.
    json
        Print one JSON object.
    """
    sys.exit(forecast.evaluate(read_settings(), data, origins=origins, as_json=json))


@knowledge_app.command(name="search")
def knowledge_search(question: str) -> None:
    """Print what answers a question: published and valid today."""
    sys.exit(knowledge.find(read_settings(), question))


@knowledge_app.command(name="evaluate")
def knowledge_evaluate(*, data: Path, on: date | None = None, json: bool = False) -> None:
    """Print how often the first, the first three and the first ten hits answer questions.

    Parameters
    ----------
    data
        CSV with `question` and `codes` (the entries that answer it, parted by |; empty where none does).
    on
        The day for which is searched, by default today.
    json
        Print one JSON object.
    """
    knowledge.evaluate(read_settings(), data, on, as_json=json)


@reply_app.command(name="check")
def reply_check_(*, data: Path, json: bool = False) -> None:
    """Print what is wrong with replies, with the reason, and how often what.

    Parameters
    ----------
    data
        CSV with `text` (the request) and `reply`; `id` and `title` are used where present.
    json
        Print one JSON object.
    """
    reply.check(read_settings(), data, as_json=json)
