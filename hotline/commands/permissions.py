"""docs/permissions.md: who may call which address and how far it reaches, made from the tables that the hub opens its doors by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from hotline.api.auth import STAFF
from hotline.api.reach import MEANINGS, NAMES, REACH
from hotline.api.routes import ENDPOINTS
from models.labels import LABELS
from models.lifecycle import TICKET_STEPS, Action
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.api.url import Endpoint

PAGE: Final = Path("docs/permissions.md")
# Whoever asks over HTTP: programs with a channel's token, and people.
ASKING: Final = tuple(role for role in Role if role is Role.CHANNEL or role in STAFF)
YES: Final = "●"


def page() -> str:
    """Return the whole page."""
    guarded = [one for one in ENDPOINTS if one.roles is not None]
    public = [one for one in ENDPOINTS if one.roles is None]
    return f"""# 权限表 (who may do what)

<!-- Made from hotline/api/routes.py, hotline/api/reach.py and models/lifecycle.py by `make docs`. Change the tables there. -->

Every address names the roles that it lets in, and one line of code asks for them before any handler runs
(`hotline/api/routes.py`); what an address answers to a department is bounded by the last column. A test walks every address
with every role, and every address of a department's with its own, its superior's, another's and the accused unit's eyes
(`tests/integration/test_permissions.py`); it compares what it finds with the tables that this page is made of.

共 {len(ENDPOINTS)} 个地址：须登录或凭证的 {len(guarded)} 个，公开的 {len(public)} 个。没有凭证的请求一律答 401，角色不符的一律答 403，
范围以外的工单等一律答 404，不透露其存在。

## 单位范围

| 范围 | 含义 |
|---|---|
{_lines((NAMES[reach], said) for reach, said in MEANINGS.items())}

## 须登录或凭证的地址

| 地址 | 用途 | {" | ".join(LABELS["role"][role] for role in ASKING)} | 单位范围 |
|---|---|{":-:|" * len(ASKING)}---|
{_lines(_guarded(one) for one in guarded)}

## 公开的地址

诉求人凭工单号和查询码，承办单位的系统凭签名，其余不涉个人信息。

| 地址 | 用途 |
|---|---|
{_lines((f"`{address(one)}`", one.summary) for one in public)}

## 工单的每一步

`POST /api/v1/tickets/{{number}}/steps` 在角色之外，还按每一步的角色放行；承办单位只能办自己的承办件。

| 步骤 | {" | ".join(LABELS["role"][role] for role in ASKING)} |
|---|{":-:|" * len(ASKING)}
{_lines(_step(action) for action in Action)}
"""


def address(one: Endpoint) -> str:
    """Return how an address is named in the tables."""
    return f"{one.method} {one.path}"


def _guarded(one: Endpoint) -> list[str]:
    roles = one.roles or frozenset()
    reach = REACH.get(address(one))
    return [
        f"`{address(one)}`",
        one.summary,
        *(YES if role in roles else "" for role in ASKING),
        NAMES[reach] if reach else "—",
    ]


def _step(action: Action) -> list[str]:
    by = next(step.by for step in TICKET_STEPS if step.action is action)
    return [f"{LABELS['action'][action]} `{action}`", *(YES if role in by else "" for role in ASKING)]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
