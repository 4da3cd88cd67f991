"""Who carries messages out of the house: the city's own gateway of short messages, and WeChat's customer-service messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hotline import webhook
from hotline.endpoint import SMS
from models.errors import HotlineError
from models.store import endpoints

if TYPE_CHECKING:
    from hotline.http_client import HttpClient
    from hotline.hub import Hub
    from hotline.wechat import WechatAccount
    from models.store.database import Session
    from models.store.endpoints import Endpoint
    from models.store.notices import Message

# WeChat's tokens hold for two hours; ours is asked for anew before that.
FORGET_BEFORE_S: Final = 300.0
# The token is none, or no longer one.
STALE_TOKEN: Final = frozenset({40001, 40014, 42001})


class NotTaken(HotlineError):
    """The provider did not take a message."""

    code = "not_taken"
    status = 502


class SmsGateway:
    """Posts each message, signed as every webhook, to the gateway that an administrator registered under `sms`."""

    def __init__(self, hub: Hub, client: HttpClient) -> None:
        self._hub = hub
        self._client = client

    async def is_there(self) -> bool:
        """Tell whether a gateway is registered."""
        return await self._endpoint() is not None

    async def send(self, message: Message) -> None:
        """Hand it over; raises NotTaken, UnreachableDepartment."""
        gateway = await self._endpoint()
        if gateway is None or gateway.url is None:
            raise NotTaken("没有登记短信网关")
        said = {"id": message.id, "phone": message.address, "text": message.content}
        raw = msgspec.json.encode({"type": "sms.send", "timestamp": self._hub.now(), "schema_version": 1, "data": said})
        headers = webhook.sign(message.id, int(time.time()), raw, gateway.webhook_secrets)
        answer = await self._client.post(gateway.url, raw, headers)
        if not answer.is_taken:
            raise NotTaken(answer.words)

    async def _endpoint(self) -> Endpoint | None:
        async def work(session: Session) -> Endpoint | None:
            return await endpoints.get(session, SMS)

        found = await self._hub.database.read(work)
        return found if found is not None and found.url is not None else None


class AccessToken(Struct):
    """WeChat's answer to who we are, or why not."""

    access_token: str = ""
    expires_in: float = 0.0
    errcode: int = 0


class WechatSender:
    """Sends customer-service messages (客服消息) of one official account."""

    def __init__(self, account: WechatAccount, client: HttpClient) -> None:
        self._account = account
        self._client = client
        self._token = ("", 0.0)

    async def send(self, message: Message) -> None:
        """Hand it over; raises NotTaken, UnreachableDepartment."""
        content = {"touser": message.address, "msgtype": "text", "text": {"content": message.content}}
        told = await self._post(content)
        if told in STALE_TOKEN:
            self._token = ("", 0.0)
            told = await self._post(content)
        if told:
            raise NotTaken(f"微信未接收（errcode {told}）")

    async def _post(self, content: object) -> int:
        url = f"{self._account.api}/cgi-bin/message/custom/send?access_token={await self._access()}"
        answer = await self._client.post(url, msgspec.json.encode(content), {})
        return _decoded(answer.body).errcode if answer.is_taken else answer.status

    async def _access(self) -> str:
        token, until = self._token
        if time.monotonic() < until:
            return token
        asked = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.secret,
        }
        answer = await self._client.post(f"{self._account.api}/cgi-bin/stable_token", msgspec.json.encode(asked), {})
        found = _decoded(answer.body)
        if not answer.is_taken or not found.access_token:
            raise NotTaken(f"微信未发给凭证（errcode {found.errcode}）")
        self._token = (found.access_token, time.monotonic() + found.expires_in - FORGET_BEFORE_S)
        return found.access_token


def _decoded(body: bytes) -> AccessToken:
    try:
        return msgspec.json.decode(body, type=AccessToken)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotTaken("微信的应答无法识别") from error
