"""What a plain page's form sends: its fields and photos; and the signature by which we know a form of our own."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final

from aiohttp import web
from aiohttp.web import FileField

from hotline.api import body
from hotline.api.limiter import Limiter
from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from hotline.hub import Hub

FORM_LIVES_S: Final = 3600
MOST_A_MINUTE: Final = 6
LONGEST_NAME: Final = 200
TOO_OFTEN: Final = "提交过于频繁，请一分钟后再试"


class TooManyBytes(HotlineError):
    """The photos of one form are larger than the hub takes at once."""

    code = "request_entity_too_large"
    status = 413


class Forms:
    """Signs the citizen's forms, so that only what the page asked comes back, and limits how often."""

    def __init__(self) -> None:
        self._sent = Limiter(MOST_A_MINUTE, TOO_OFTEN)

    def token(self, hub: Hub, subject: str, now: float) -> str:
        """Return what the form carries: when it was made, a number used once, and our signature."""
        made = f"{int(now)}.{secrets.token_hex(8)}"
        return f"{made}.{_signature(hub, subject, made)}"

    def opened(self, hub: Hub, subject: str, token: str, now: float) -> str:
        """Return the key of a form that we made lately for this subject; raises InvalidRequest."""
        made, _, signature = token.rpartition(".")
        expected = _signature(hub, subject, made)
        if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
            raise InvalidRequest("页面已失效，请核对内容后再提交一次")
        if now - int(made.partition(".")[0]) > FORM_LIVES_S:
            raise InvalidRequest("页面停留过久，请核对内容后再提交一次")
        return made

    def check(self, hub: Hub, number: str, token: str, now: float) -> str:
        """Return the key of a form for a ticket, counting it; raises InvalidRequest, TooManyRequests."""
        made = self.opened(hub, number, token, now)
        self._sent.check(number, now)
        self._sent.add(number, now)
        return made


FORMS: Final = web.AppKey("forms", Forms)


async def read(request: web.Request) -> tuple[dict[str, str], list[FileField]]:
    """Return the fields of a form and its photos; raises InvalidRequest, TooManyBytes."""
    try:
        sent = await request.post()
    except (ValueError, LookupError) as error:
        raise InvalidRequest("提交的内容无法读取") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise TooManyBytes("照片合计超过8兆字节，请减少张数或降低拍摄清晰度") from error
    written = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
    if any("\x00" in value for value in written.values()):
        raise InvalidRequest(body.HAS_NUL)
    return written, [value for value in sent.values() if isinstance(value, FileField) and value.filename]


def name_of(file: FileField) -> str:
    """Return what a photo is called; bytes that are no text are not kept."""
    return file.filename.encode(errors="replace").decode().replace("\x00", "")[:LONGEST_NAME]


def _signature(hub: Hub, subject: str, made: str) -> str:
    return hub.database.keyring.digest(f"me:{subject}:{made}".encode(errors="replace")).hex()[:32]
