"""The URLs of who administers the installation: accounts, departments, the catalogue, policies, calendars."""

from __future__ import annotations

from typing import Final

from hotline import accounts
from hotline.account import USERNAME
from hotline.api import calendars, catalogue, department_lines, policies, users
from hotline.api.auth import STAFF
from hotline.api.url import PAGE, SYSTEM, TEXT, YES_NO, Endpoint, get, post
from models.vocabulary import Role

TRIERS: Final = SYSTEM | {Role.SUPERVISOR}
DAY: Final = {"type": "string", "format": "date"}
USER_ROLE: Final = {"type": "string", "enum": [*users.ROLES, ""]}

USERS: Final = (
    get("/api/v1/users", users.listed, "账号：角色、单位、是否停用、最近登录", roles=SYSTEM, answer=users.Users,
        query={"role": USER_ROLE, "department": TEXT, "active": YES_NO, **PAGE}),
    post("/api/v1/users", users.create, "新建账号（初始密码只在答复中给出一次，登录后须改）", roles=SYSTEM,
         body=accounts.NewUser, answers=(201,), answer=users.UserAnswer, problems=(409,)),
    get("/api/v1/users/changes", users.changes, "账号变更记录：谁在何时对谁做了什么", roles=SYSTEM | {Role.AUDITOR},
        answer=users.UserChanges, query={"username": TEXT, **PAGE}),
    post("/api/v1/users/{username}/steps", users.step, "停用、启用、重置密码、改角色", roles=SYSTEM,
         body=accounts.UserStep, answer=users.UserAnswer, problems=(409,), patterns={"username": USERNAME}),
)  # fmt: skip

DEPARTMENTS: Final = (
    get("/api/v1/departments", department_lines.listed, "承办单位：上级、分类、办公时间、值班、接口与投递情况", roles=STAFF,
        answer=department_lines.Departments),
)  # fmt: skip

CATALOGUE: Final = (
    get("/api/v1/catalogue", catalogue.listed, "派单目录：某日有效的职责，含裁定所改", roles=STAFF, answer=catalogue.CataloguePage,
        query={"category": TEXT, "department": TEXT, "on": DAY, **PAGE}),
    get("/api/v1/catalogue/versions", catalogue.versions, "派单目录的各版本与裁定", roles=STAFF,
        answer=catalogue.CatalogueVersions),
    post("/api/v1/catalogue/dry-run", catalogue.try_out, "试派：检查另一份目录，看既往工单将有何不同（不保存）", roles=TRIERS,
         body=catalogue.CatalogueToTry, answer=catalogue.CatalogueTried),
)  # fmt: skip
RULES: Final = (
    get("/api/v1/policies", policies.listed, "时限政策：在用与备选，重办、法定期限，各注来源", roles=STAFF,
        answer=policies.Policies),
    get("/api/v1/calendars", calendars.listed, "放假安排：各年节假日、调休，缺年报警", roles=STAFF, answer=calendars.Calendars),
    post("/api/v1/calendars/check", calendars.check, "检查一年的放假安排，看哪些时限会不同（不保存）", roles=TRIERS,
         body=calendars.YearToTry, answer=calendars.YearTried),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*USERS, *DEPARTMENTS, *CATALOGUE, *RULES)
