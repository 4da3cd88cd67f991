"""Errors that a person can act on: `code` is stable, `detail` is Chinese."""

from typing import ClassVar


class HotlineError(Exception):
    """Something a caller did or must know. `status` is the HTTP status it is told with."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidRequest(HotlineError):
    """The request's content cannot be used."""

    code = "invalid_request"
    status = 422


class Unauthorized(HotlineError):
    """No credential, or one we do not know."""

    code = "unauthorized"
    status = 401


class SecondFactorRequired(Unauthorized):
    """The password is right; the account asks for a code too."""

    code = "second_factor_required"

    def __init__(self) -> None:
        super().__init__("请输入动态口令（6位数字），或一个备用码")


class Forbidden(HotlineError):
    """Known, but not allowed to do this."""

    code = "forbidden"
    status = 403


class PasswordChangeRequired(Forbidden):
    """Signed in with a password that somebody else has seen: nothing else goes before its change."""

    code = "password_change_required"

    def __init__(self) -> None:
        super().__init__(
            "请先登录控制台，把初始密码改为自己的密码（接口 PUT /api/v1/session/password），再使用其他功能"
        )


class NotFound(HotlineError):
    """There is no such thing, or the asker may not know of it."""

    code = "not_found"
    status = 404


class Conflict(HotlineError):
    """The thing is not in a state where this can be done."""

    code = "conflict"
    status = 409


class IllegalTransition(Conflict):
    """The lifecycle has no such step from here."""

    code = "illegal_step"

    def __init__(self, subject: str, state: str, action: str) -> None:
        super().__init__(f"{subject}当前为“{state}”，不能执行“{action}”")


class PartsOutstanding(Conflict):
    """A review cannot end while a department still owes the reply or the sign-off of its own part."""

    code = "parts_outstanding"

    def __init__(self, owed: list[str]) -> None:
        super().__init__(
            f"尚有承办任务未签发：{'、'.join(owed)}。请待其反馈并签发后再审核通过；不再需要的，请先说明理由撤回（recall）"
        )


class ReplyReturned(Conflict):
    """The check of replies (答复质检) sends a reply back to its author: it is written anew, or confirmed by who signs it."""

    code = "reply_returned"

    def __init__(self, advice: list[str]) -> None:
        super().__init__(
            f"答复未通过质检，退回作者：{'；'.join(advice)}。请补正后重新反馈；确认无误的，签发时注明 confirmed"
        )


class StaleVersion(Conflict):
    """Somebody else changed the ticket since it was read."""

    code = "stale_version"

    def __init__(self, given: int, current: int) -> None:
        super().__init__(f"工单已被他人更新（您看到的是第{given}版，现在是第{current}版），请刷新后重试")


class Held(Conflict):
    """Somebody else of the desk has the ticket open (占用)."""

    code = "held"

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder}正在处理这件工单，请稍后再试，或先办下一件；急需办理的请班长、督办员接手")


class CountersignWaiting(Conflict):
    """Whoever orders it has asked for it already; it waits for a second one's signature (双人复核)."""

    code = "countersign_waiting"


class IdempotencyMismatch(HotlineError):
    """The same key came with another body."""

    code = "idempotency_mismatch"
    status = 422


class TooManyRequests(HotlineError):
    """The same was tried too often; later it may be tried again."""

    code = "too_many_requests"
    status = 429

    def __init__(self, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unavailable(HotlineError):
    """We cannot serve now; nothing was lost, try again."""

    code = "unavailable"
    status = 503
