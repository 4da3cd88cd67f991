"""Through every page of the console: who signs in, and which pages the menu then offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.acceptance.conftest import RunningHub

# Between them they are offered every page; a page is shown by the first who has it.
ROLES: Final = (
    "supervisor", "agent", "dispatcher", "department", "reviewer", "follow_up", "quality", "knowledge", "administrator",
    "auditor",
)  # fmt: skip
READY_MS: Final = 20_000


def sign_in(page: Page, hub: RunningHub, role: str) -> None:
    """Sign in at the console as the first demo account of a role."""
    account = next(user for user in hub.access["users"] if user["role"] == role)
    page.goto(f"{hub.url}/#/sign-in")
    page.fill("input[name=username]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.click("button[type=submit]")
    page.wait_for_selector("header .brand", timeout=READY_MS)


def sign_out(page: Page, hub: RunningHub) -> None:
    """Forget who was signed in, and leave the console, which keeps what it knows while its page stays."""
    page.context.clear_cookies()
    page.goto(f"{hub.url}/healthz")


def settle(page: Page) -> None:
    """Wait until a page has what it asked for; a live one goes on asking, which is waited for no longer than two seconds."""
    page.wait_for_selector(".el-skeleton", state="detached", timeout=READY_MS)
    page.wait_for_timeout(700)


def pages_of(page: Page) -> list[str]:
    """Return the addresses in the menu of whoever is signed in."""
    page.wait_for_selector("nav a", state="attached", timeout=READY_MS)
    links: list[str] = page.eval_on_selector_all("nav a[href]", "all => all.map(one => one.getAttribute('href'))")
    return links


def every_page(page: Page, hub: RunningHub, ticket: str) -> Iterator[tuple[str, str]]:
    """Sign in as one role after the other and stand on every page once: yields role and the page's name."""
    seen: set[str] = set()
    for role in ROLES:
        sign_in(page, hub, role)
        for address in [*pages_of(page), f"#/tickets/{ticket}"]:
            if address in seen or (address.endswith(ticket) and role != "supervisor"):
                continue
            seen.add(address)
            page.goto(f"{hub.url}/{address}")
            settle(page)
            yield role, address.removeprefix("#/").replace(ticket, "one").replace("/", "-") or "home"
        sign_out(page, hub)
