"""What lies under deploy/ names only what there is: figures at /metrics, commands, settings, targets of make."""

from __future__ import annotations

import configparser
import itertools
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from hotline.api import metrics
from hotline.api.token_pace import HELD_BACK
from hotline.cli import app
from hotline.config import Settings, read_settings
from hotline.interaction import ENDED
from models.store import installation
from models.store.replica import Replica
from nlu.registry import Drift

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*"))
NAME = re.compile(r"\b(?:hotline|process|python)_[a-z_]+\b(?!=)")
SELECTED = re.compile(r"\b((?:hotline|process)_[a-z_]+)\{([^}]*)\}")
MATCHER = re.compile(r'([a-z_]+)(=~|=)"([^"]*)"')
# Prometheus adds it itself.
OF_PROMETHEUS = {"job"}


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    return list(json.loads((DEPLOY / "grafana" / "hotline.json").read_text())["panels"])


def expressions() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
    return [*shown, *(rule["expr"] for rule in rules())]


@pytest.fixture
async def samples(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, str]]]:
    """Every sample's labels by its name, on a hub in which everything has happened once."""
    monkeypatch.setattr(metrics, "FRESH_FOR_S", 0.0)

    async def beat(session: Session) -> None:
        await installation.beat(session, "work", datetime.now(UTC), world.clock.now())

    async with world.client.get("/readyz") as response:
        assert response.status == 503, "no worker has said anything yet"
    await world.hub.database.write(beat)
    HELD_BACK.labels(role="channel", subject="web").inc()
    ENDED.labels(outcome="answered").inc()
    chat = await world.post("/api/v1/chats", {}, who=None)
    assert chat["id"]
    await world.register("路灯坏了")
    # Nobody is there; that is what the figures say.
    world.hub.database.replica = Replica("postgresql://nobody@127.0.0.1:1/none", 5.0)
    world.hub.drift = Drift(version="m", at=datetime.now(UTC), texts=500, measures={"class_mix": 0.1}, alarms=[])
    async with world.client.get("/metrics") as response:
        families = list(text_string_to_metric_families(await response.text()))
    found: dict[str, list[dict[str, str]]] = {}
    for sample in itertools.chain.from_iterable(family.samples for family in families):
        found.setdefault(sample.name, []).append(sample.labels)
    return found


async def test_every_figure_that_is_shown_or_watched_is_there(samples: dict[str, list[dict[str, str]]]) -> None:
    named = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(named) > 15
    assert sorted(named - set(samples)) == []


async def test_every_label_that_is_asked_for_has_that_value(samples: dict[str, list[dict[str, str]]]) -> None:
    asked = 0
    for name, inner in (found for expression in expressions() for found in SELECTED.findall(expression)):
        for label, how, value in MATCHER.findall(inner):
            if label in OF_PROMETHEUS:
                continue
            asked += 1
            there = {labels.get(label) for labels in samples[name]}
            wanted = set(value.split("|")) if how == "=~" else {value}
            # A share of nothing is left out at /metrics.
            known = set(metrics.CHAT_FIGURES) if name == "hotline_chat_figures" else there
            assert wanted <= known, f"{name} has no {label} of {wanted - known}"
    assert asked > 3


async def test_every_gauge_of_the_hub_is_on_the_dashboard(samples: dict[str, list[dict[str, str]]]) -> None:
    shown = {name for panel in panels() for one in panel.get("targets", []) for name in NAME.findall(one["expr"])}
    gauges = {
        name for name in samples if name.startswith("hotline_") and not name.endswith(("_created", "_count", "_sum"))
    }
    assert sorted(gauges - shown) == []


def test_a_rule_says_how_bad_it_is_and_what_to_do() -> None:
    found = rules()
    assert len({rule["alert"] for rule in found}) == len(found) > 10
    for rule in found:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule
        assert rule["annotations"]["summary"], rule
        assert rule["annotations"]["action"], rule
        assert rule["expr"].count("(") == rule["expr"].count(")"), rule
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert scraped["rule_files"] == ["rules.yml"]
    assert {one["job_name"] for one in scraped["scrape_configs"]} == {"hotline"}
    assert all('job="hotline"' in expression for expression in expressions())


def test_no_two_panels_lie_on_one_another() -> None:
    seen: set[tuple[int, int]] = set()
    assert len({panel["id"] for panel in panels()}) == len(panels())
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & seen, panel["title"]
        seen |= cells


def settings_named(text: str) -> set[str]:
    return set(re.findall(r"\bHOTLINE_([A-Z_]+)\b", text))


def test_every_setting_that_is_named_is_one() -> None:
    known = {name.upper() for name in Settings.__struct_fields__} | {"POSTGRES_PASSWORD"}
    for path in [*UNITS, DEPLOY / "compose.yml", DEPLOY / "Dockerfile", DEPLOY / "hotline.env.example"]:
        assert settings_named(path.read_text()) <= known, path
    lines = [line.lstrip("#") for line in (DEPLOY / "hotline.env.example").read_text().splitlines() if "=" in line]
    environ = dict(line.split("=", 1) for line in lines)
    assert read_settings(environ).public_url == environ["HOTLINE_PUBLIC_URL"]
    set_at_first = [line for line in (DEPLOY / "hotline.env.example").read_text().splitlines() if line[0] != "#"]
    assert not any(line.startswith("HOTLINE_KEYRING=") for line in set_at_first), "keys that are named are not made"


def assert_it_writes_only_where_something_is(service: configparser.SectionProxy) -> None:
    """A path that is missing stops the unit before it begins, unless a minus stands before it; systemd makes its state folders."""
    assert all(one.startswith("-") for one in service.get("ReadWritePaths", "").split())
    made = {f"/var/lib/{name}" for name in service.get("StateDirectory", "").split()}
    named = re.findall(r"/var/[a-z]+/[a-z-]+", f"{service['ExecStart']} {service.get('Environment', '')}")
    assert set(named) <= made


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is(path: Path, tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    assert unit["Unit"]["Description"]
    if path.suffix == ".timer":
        assert (DEPLOY / "systemd" / f"{path.stem}.service").exists()
        return
    verb = re.findall(r"/\.venv/bin/hotline (\w+)", unit["Service"]["ExecStart"])
    assert len(verb) == 1
    assert verb[0] in list(app), f"hotline {verb[0]} is no command"
    assert unit["Service"]["User"] == "hotline"
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert_it_writes_only_where_something_is(unit["Service"])
    verifier = shutil.which("systemd-analyze")
    if verifier is not None:
        copy = tmp_path / path.name
        copy.write_text(path.read_text().replace("/opt/hotline/.venv/bin/hotline", sys.executable))
        said = subprocess.run([verifier, "verify", copy], capture_output=True, text=True, check=False)
        assert (said.returncode, said.stderr) == (0, "")


def test_the_compose_file_hangs_together() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    services = compose["services"]
    for name, service in services.items():
        assert ("image" in service) != ("build" in service), name
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).exists(), volume
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    built = (DEPLOY / "compose.yml").parent / services["hub"]["build"]["context"]
    dockerfile = (built / services["hub"]["build"]["dockerfile"]).read_text()
    for target in re.findall(r"RUN make (\w+)", dockerfile):
        assert f"\n{target}:" in (built / "Makefile").read_text()
    assert "USER hotline" in dockerfile
    left_out = (built / ".dockerignore").read_text().splitlines()
    assert "COPY --chown=hotline . ." in dockerfile
    assert {"var", ".venv", ".uv", "build", ".git", "chatbot/.venv", "**/node_modules"} <= set(left_out)
    assert not any(line.startswith("!") for line in left_out)
    for name in ("dashboards.yml", "source.yml"):
        assert yaml.safe_load((DEPLOY / "grafana" / name).read_text())["apiVersion"] == 1


def test_a_database_node_lets_nobody_switch_over_without_a_password() -> None:
    recipe = (DEPLOY / "patroni" / "patroni.yml").read_text()
    assert set(yaml.safe_load(recipe)["restapi"]["authentication"]) == {"username", "password"}
    # What `make ha` fills in is all that there is to be filled in.
    filled_in = (DEPLOY.parent / "tests" / "ha" / "cluster.py").read_text()
    for name in Template(recipe).get_identifiers():
        assert f"            {name}=" in filled_in, name
