"""Two cities on one database: each hub serves its own, and neither sees, accepts or works on what is the other's."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotline.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunningHub

TINY = Path(__file__).parent.parent / "cities" / "tiny"


def test_two_cities_on_one_database_keep_to_themselves(running_hub: Callable[..., RunningHub], tmp_path: Path) -> None:
    first = running_hub(HOTLINE_SERVERS="1")
    # One set of keys for one database.
    (tmp_path / "data1").mkdir(mode=0o700)
    shutil.copy(first.data_dir / "keyring.json", tmp_path / "data1")
    second = running_hub(
        HOTLINE_SERVERS="1",
        HOTLINE_CITY=str(TINY),
        HOTLINE_MODEL_DIR=str(tmp_path / "model"),
        HOTLINE_DATABASE_URL=EmbeddedPostgres(first.data_dir / "postgres").url("hotline"),
    )
    hubs = (first, second)

    numbers = [[_register(hub, key) for key in ("k-1", "k-2")] for hub in hubs]
    assert len({number for made in numbers for number in made}) == 4
    assert [_register(hub, "k-2") for hub in hubs] == [made[1] for made in numbers]

    for hub, made in zip(hubs, numbers, strict=True):
        listed = _ask(hub, "/api/v1/tickets", _agent(hub))
        assert {one["number"] for one in listed["tickets"]} == set(made)
        verified = hub.hotline("audit", "verify")
        assert (verified.returncode, verified.stdout.strip()) == (0, "核对2件工单的留痕，0件有问题")
    for here, other, made in ((first, second, numbers[1]), (second, first, numbers[0])):
        assert _status(here, f"/api/v1/tickets/{made[0]}", _agent(here)) == 404
        assert _status(here, "/api/v1/tickets", _agent(other)) == 401


def _agent(hub: RunningHub) -> str:
    return str(next(iter(hub.access["agents"].values())))


def _register(hub: RunningHub, key: str) -> str:
    content = {"text": "小区电梯坏了三天没有人修", "caller": {"phone": "13800000001"}}
    token = hub.access["channels"]["phone"]
    return str(_ask(hub, "/api/v1/tickets", token, content, key)["number"])


def _status(hub: RunningHub, path: str, token: str) -> int:
    try:
        _ask(hub, path, token)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def _ask(hub: RunningHub, path: str, token: str, content: object = None, key: str = "") -> Any:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "idempotency-key": key}
    sent = None if content is None else json.dumps(content).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{hub.url}{path}", sent, headers), timeout=20) as answer:
        return json.loads(answer.read())
