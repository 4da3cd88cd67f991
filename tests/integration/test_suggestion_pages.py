"""/suggestions and its digest: read and supported by anybody, once, and by no other site; the digest only after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import accounts
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START
from tests.integration.test_suggestion import REASON, TITLE, answered, move, publish, seen, suggested

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World


async def page(world: World, query: str = "") -> tuple[int, str]:
    async with world.client.get(f"/suggestions{query}") as response:
        return response.status, await response.text()


async def support(world: World, suggestion: str, **headers: str) -> int:
    form = {"suggestion": suggestion}
    async with world.client.post("/suggestions", data=form, headers=headers, allow_redirects=False) as response:
        status: int = response.status
    return status


async def test_a_browser_supports_once_and_is_told_so(world: World) -> None:
    one = await publish(world, (await suggested(world))["number"])
    assert TITLE in (await page(world))[1]
    assert await support(world, one["id"]) == 303
    assert await support(world, one["id"]) == 303
    assert (await seen(world, f"/{one['id']}"))["supports"] == 1
    world.client.session.cookie_jar.clear()
    assert await support(world, one["id"]) == 303
    assert (await seen(world, f"/{one['id']}"))["supports"] == 2


async def test_another_sites_page_supports_nothing(world: World) -> None:
    one = await publish(world, (await suggested(world))["number"])
    for origin in ("https://elsewhere.example", "null"):
        assert await support(world, one["id"], origin=origin) == 403
    assert await support(world, "one") == 422
    assert await support(world, "999") == 404
    assert await support(world, one["id"], cookie="hotline_visitor=made.up") == 422
    assert (await seen(world, f"/{one['id']}"))["supports"] == 0


async def test_what_is_decided_shows_its_answer_and_no_button(world: World) -> None:
    number = (await suggested(world))["number"]
    one = await publish(world, number)
    assert "<button" in (await page(world))[1]
    await answered(world, number)
    await move(world, one, "done", text="站牌已立，十二月一日起停靠")
    _, text = await page(world)
    assert REASON in text
    assert "站牌已立" in text
    assert "<button" not in text
    assert TITLE not in (await page(world, "?state=published"))[1]
    assert TITLE in (await page(world, "?state=done&order=newest"))[1]


async def test_words_of_a_publication_cannot_become_a_script_and_a_made_up_cursor_is_refused(world: World) -> None:
    brief = "建议在菜市场附近增设公交站点。<script>alert(1)</script>"
    await publish(world, (await suggested(world))["number"], brief=brief)
    assert "<script" not in (await page(world))[1]
    assert (await page(world, "?cursor=nonsense"))[0] == 422


async def test_the_digest_is_read_after_signing_in(world: World) -> None:
    async def work(session: Session) -> None:
        await accounts.add(session, "leader-1", PASSWORD, Role.LEADER, None, START)
        await accounts.add(session, "urban-1", PASSWORD, Role.DEPARTMENT, "urban", START)

    await world.hub.database.write(work)
    await publish(world, (await suggested(world))["number"])
    path: Final = "/suggestions/digest"
    for user, status, told in (
        (None, 200, "登录"),
        ({"username": "leader-1", "password": "wrong"}, 401, "不正确"),
        ({"username": "urban-1", "password": PASSWORD}, 403, "无权"),
        ({"username": "leader-1", "password": PASSWORD}, 200, TITLE),
    ):
        send = world.client.get(path) if user is None else world.client.post(path, data=user)
        async with send as response:
            text = await response.text()
        assert (response.status, told in text) == (status, True), user
    async with world.client.get(f"{path}?quarter=2026Q9") as response:
        assert response.status == 422
