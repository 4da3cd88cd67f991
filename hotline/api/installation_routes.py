"""The URLs of who administers the installation: accounts."""

from __future__ import annotations

from typing import Final

from hotline import accounts
from hotline.api import users
from hotline.api.url import PAGE, SYSTEM, TEXT, YES_NO, Endpoint, get, post
from models.vocabulary import Role

USER_ROLE: Final = {"type": "string", "enum": [*users.ROLES, ""]}

USERS: Final = (
    get("/api/v1/users", users.listed, "账号：角色、单位、是否停用、最近登录", roles=SYSTEM, answer=users.Users,
        query={"role": USER_ROLE, "department": TEXT, "active": YES_NO, **PAGE}),
    post("/api/v1/users", users.create, "新建账号（初始密码只在答复中给出一次，登录后须改）", roles=SYSTEM,
         body=accounts.NewUser, answers=(201,), answer=users.UserAnswer, problems=(409,)),
    get("/api/v1/users/changes", users.changes, "账号变更记录：谁在何时对谁做了什么", roles=SYSTEM | {Role.AUDITOR},
        answer=users.UserChanges, query={"username": TEXT, **PAGE}),
    post("/api/v1/users/{username}/steps", users.step, "停用、启用、重置密码、改角色", roles=SYSTEM,
         body=accounts.UserStep, answer=users.UserAnswer, problems=(409,), patterns={"username": accounts.USERNAME}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = USERS
