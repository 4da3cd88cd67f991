"""The model in use (在用模型): the promoted one, else the shipped one; a running hub takes another over without a pause."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from nlu import registry
from nlu.heads import CATEGORY
from nlu.linear import UnusableModel
from nlu.reader import Reader
from nlu.registry import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.city import City
    from nlu.registry import Registry

LOG = structlog.get_logger()
REGISTER_ALARM: Final = "model_register"
MODEL_ALARM: Final = "model"
DRIFT_ALARM: Final = "drift"


def folder_of(settings: Settings, version: str) -> Path:
    """Return where a version lies."""
    return settings.model_dir if version == SHIPPED else settings.models_dir / version


def load(settings: Settings, city: City, version: str, *, fingerprint_key: bytes | None = None) -> Reader:
    """Return a reader with a version. Raises UnusableModel where it is damaged or knows categories that the city has not."""
    reader = Reader.load(folder_of(settings, version), city, fingerprint_key=fingerprint_key)
    strange = set(reader.model.heads[CATEGORY].labels) - city.categories.keys()
    if strange:
        raise UnusableModel(f"模型{version}的分类{'、'.join(sorted(strange))}已不在城市分类表里，请重新训练")
    return reader


def present(settings: Settings, city: City) -> Reader:
    """Return a reader with the version that the register names, as `load` does: for commands, which need no hub."""
    return load(settings, city, registry.read(settings.models_dir).in_use)


async def follow(hub: Hub, settings: Settings) -> None:
    """Take over what the register says: another model, and whether requests drift. Intake goes on meanwhile.

    A model that cannot be used leaves the present one in use, with an alarm.
    """
    try:
        found = await asyncio.to_thread(registry.read, settings.models_dir)
    except (UnusableModel, OSError) as error:
        hub.alarms[REGISTER_ALARM] = str(error)
        return
    hub.alarms.pop(REGISTER_ALARM, None)
    if found.in_use != hub.model_in_use:
        await _take_over(hub, settings, found.in_use)
    _tell_drift(hub, found)


async def _take_over(hub: Hub, settings: Settings, version: str) -> None:
    # Noted before it is tried: what is damaged is not tried again until somebody says another word.
    hub.model_in_use = version
    key = hub.database.keyring.fingerprint_seed
    try:
        hub.reader = await asyncio.to_thread(load, settings, hub.city, version, fingerprint_key=key)
    except UnusableModel as error:
        hub.alarms[MODEL_ALARM] = f"{error.detail}；现用模型{hub.reader.model_version}"
        LOG.warning("model not taken over", version=version, reason=error.detail)
        return
    hub.alarms.pop(MODEL_ALARM, None)
    LOG.info("model taken over", version=hub.reader.model_version)


def _tell_drift(hub: Hub, found: Registry) -> None:
    drift = found.drift
    hub.drift = drift if drift is not None and drift.version == hub.reader.model_version else None
    if hub.drift is not None and hub.drift.alarms:
        said = "；".join(hub.drift.alarms)
        hub.alarms[DRIFT_ALARM] = (
            f"来件与模型{hub.drift.version}的基准相比明显变化：{said}。请查看近期工单，考虑重新训练"
        )
    else:
        hub.alarms.pop(DRIFT_ALARM, None)
