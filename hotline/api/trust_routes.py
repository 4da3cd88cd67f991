"""The URLs of what nobody does alone or unseen: second signatures, revealed callers, the access log."""

from __future__ import annotations

from typing import Final

from hotline import reveal, token
from hotline.account import USERNAME
from hotline.api import countersigns, identity, second_factor, tokens, users
from hotline.api.auth import STAFF
from hotline.api.url import MOMENT, PAGE, SYSTEM, TEXT, YES_NO, Endpoint, get, post
from hotline.countersign import SECONDS
from models.vocabulary import Role

ROW: Final = "^[0-9]{1,18}$"
AUDITORS: Final = frozenset({Role.AUDITOR})

COUNTERSIGNS: Final = (
    get("/api/v1/countersigns", countersigns.listed, "双人复核：待复核和已复核的事项", roles=reveal.REVEALS | AUDITORS,
        answer=countersigns.Countersigns, query={"waiting": YES_NO, "ticket": TEXT, **PAGE}, problems=(404,)),
    post("/api/v1/countersigns/{id}/steps", countersigns.move, "由第二人复核：同意或不同意", roles=SECONDS,
         body=countersigns.CountersignStep, answer=countersigns.CountersignLine, problems=(409,), patterns={"id": ROW}),
)  # fmt: skip
REVEAL: Final = (
    post("/api/v1/tickets/{number}/reveal", countersigns.reveal, "查看诉求人姓名电话（记入查阅记录；保密的须双人复核）",
         roles=reveal.REVEALS, body=reveal.Revealing, answers=(200, 202), answer=countersigns.Revealed, problems=(409,)),
    get("/api/v1/access-log", countersigns.looks, "查阅记录：谁在何时因何看了谁的信息", roles=AUDITORS,
        answer=countersigns.AccessLog, query={"by": TEXT, "ticket": TEXT, "since": MOMENT, "until": MOMENT, **PAGE},
        problems=(404,)),
)  # fmt: skip
SECOND_FACTOR: Final = (
    get("/api/v1/session/second-factor", second_factor.show, "自己的动态口令：是否启用、剩几个备用码", roles=STAFF,
        answer=second_factor.SecondFactor),
    post("/api/v1/session/second-factor", second_factor.begin, "设置动态口令：取密钥和二维码", roles=STAFF,
         body=second_factor.SettingUp, answers=(201,), answer=second_factor.NewSecret, problems=(409, 429)),
    Endpoint(method="PUT", path="/api/v1/session/second-factor", handler=second_factor.confirm,
             summary="输入一次口令后启用，备用码只在答复中给出一次", roles=STAFF, body=second_factor.CodeGiven,
             answer=second_factor.SecondFactorOn, problems=(409, 429)),
    post("/api/v1/session/second-factor/end", second_factor.end, "停用动态口令", roles=STAFF, body=second_factor.CodeGiven,
         answer=second_factor.SecondFactorOff, problems=(409, 429)),
)  # fmt: skip
PROGRAM: Final = {"type": "string", "enum": ["channel", "department", "agent", ""]}
TOKENS: Final = (
    get("/api/v1/tokens", tokens.listed, "接口凭证：给谁、能做什么、何时到期（不含凭证本身）", roles=SYSTEM | AUDITORS,
        answer=tokens.Tokens, query={"role": PROGRAM, **PAGE}),
    post("/api/v1/tokens", tokens.create, "发放接口凭证（只在答复中给出一次）", roles=SYSTEM, body=token.NewToken, answers=(201,),
         answer=tokens.TokenAnswer),
    post("/api/v1/tokens/{id}/steps", tokens.move, "吊销、更换接口凭证", roles=SYSTEM, body=token.TokenStep,
         answer=tokens.TokenAnswer, problems=(409,), patterns={"id": ROW}),
)  # fmt: skip
IDENTITY: Final = (
    get("/api/v1/session/ways", identity.ways, "怎样登录：密码、统一身份认证", answer=identity.SignInWays),
    get(identity.START, identity.start, "前往统一身份认证登录", media_type="text/html", answers=(303,), query={"to": TEXT},
        problems=(404,)),
    get(identity.RETURN, identity.come_back, "从统一身份认证返回", media_type="text/html", answers=(200, 303, 403),
        problems=(404,), query={"code": TEXT, "state": TEXT, "error": TEXT, "iss": TEXT}),
    post(identity.CODE, identity.finish, "统一身份认证之后输入动态口令", media_type="text/html",
         answers=(303, 401, 429), problems=(403, 404, 413, 422)),
    Endpoint(method="PUT", path="/api/v1/users/{username}/identity", handler=identity.bind, summary="为账号绑定统一身份",
             roles=SYSTEM, body=identity.Binding, answer=users.UserLine, problems=(409,), patterns={"username": USERNAME}),
    Endpoint(method="DELETE", path="/api/v1/users/{username}/identity", handler=identity.unbind, summary="解除账号的统一身份绑定",
             roles=SYSTEM, answer=users.UserLine, problems=(409,), patterns={"username": USERNAME}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*COUNTERSIGNS, *REVEAL, *SECOND_FACTOR, *TOKENS, *IDENTITY)
