"""Every page of the console by axe-core, on a desk and on a phone, in the light and in the dark: nothing serious on any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.browser.walk import every_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, ViewportSize

    from tests.acceptance.conftest import RunningHub

AXE: Final = Path("console/node_modules/axe-core/axe.min.js")
GRAVE: Final = {"serious", "critical"}
SIZES: Final[dict[str, ViewportSize]] = {
    "desk": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
# Done when for some frames nothing has been on its way: what inherits a colour begins when its parent has ended.
AT_REST: Final = """() => new Promise(done => {
  let still = 0
  const look = () => {
    still = document.getAnimations().some(one => one.playState === 'running') ? 0 : still + 1
    if (still < 4) requestAnimationFrame(look); else done()
  }
  requestAnimationFrame(look)
})"""


def test_no_page_of_the_console_has_a_serious_fault_of_access(
    shared_hub: RunningHub, chromium: Browser, registered: Callable[..., dict[str, str]]
) -> None:
    receipt = registered(shared_hub, "axe-1")
    context = chromium.new_context(viewport=SIZES["desk"], locale="zh-CN", bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    n = 0
    for role, name in every_page(page, shared_hub, receipt["number"]):
        n += 1
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults |= {f"{role} {name} {look}": found for look, found in _in_every_look(page).items() if found}
    context.close()
    assert n > 10, "the menu offered too few pages"
    assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)


def _in_every_look(page: Page) -> dict[str, list[str]]:
    """Turn the page that is shown from the desk to the phone and from the light to the dark, and back."""
    found = {}
    for device, is_dark in (("desk", False), ("desk", True), ("phone", True), ("phone", False)):
        page.set_viewport_size(SIZES[device])
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", is_dark)
        page.evaluate(AT_REST)
        found[f"{device} {'dark' if is_dark else 'light'}"] = _grave(page)
    page.set_viewport_size(SIZES["desk"])
    return found


def _grave(page: Page) -> list[str]:
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
