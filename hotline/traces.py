"""链路追踪 on demand: a tracer where HOTLINE_TRACES names a collector, else nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline.config import Settings
    from hotline.tracer import Tracer


def tracer(settings: Settings, part: str) -> Tracer | None:
    """Return what keeps the spans of a process, None where nobody collects them; `part` says what the process does."""
    if settings.traces is None:
        return None
    from hotline.tracer import Tracer  # noqa: PLC0415 - OpenTelemetry is loaded only where somebody wants it

    return Tracer(settings.traces, settings.trace_share, part)
