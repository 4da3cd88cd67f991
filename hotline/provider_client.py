"""The hub as a client of the city's identity provider: where to send a person, and whom the provider says that came back."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from hotline import id_token
from hotline.http_client import ForbiddenTarget, UnreachableDepartment
from hotline.identity_provider import NotSignedIn, is_safe

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from hotline.http_client import Answer, HttpClient
    from hotline.identity_provider import ProviderFile

DISCOVERY: Final = "/.well-known/openid-configuration"
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KNOWN_FOR_S: Final = 3600.0
# A token with an unknown key makes us ask for the keys anew, but no more often than this.
ASKED_ANEW_AFTER_S: Final = 5.0


class ProviderFault(NotSignedIn):
    """The provider cannot be reached, or does not do as it is written."""

    def __init__(self, cause: str) -> None:
        super().__init__("fault", cause)


class Begun(Struct, frozen=True, kw_only=True):
    """One sign-in under way: what only this browser and the provider know of it, when it began, where it leads."""

    state: str
    nonce: str
    verifier: str
    at: int
    to: str


class ProviderClient:
    """Talks to one provider; what it says of itself, and its keys, are kept for an hour."""

    def __init__(self, file: ProviderFile, secret: str, http: HttpClient) -> None:
        self.file = file
        self._secret = secret
        self._http = http
        self._about: tuple[dict[str, Any], float] | None = None
        self._keys: tuple[KeySet, float] | None = None

    async def address(self, begun: Begun, redirect_uri: str) -> str:
        """Return where a person signs in; raises ProviderFault."""
        asked = {
            "response_type": "code",
            "client_id": self.file.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.file.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return str(add_params_to_uri((await self._described())["authorization_endpoint"], list(asked.items())))

    async def claims(self, code: str, begun: Begun, redirect_uri: str) -> dict[str, Any]:
        """Return what the provider says of who came back with this code; raises NotSignedIn."""
        token = await self._token(code, begun.verifier, redirect_uri)
        try:
            return self._check(token, await self._known_keys(), begun.nonce)
        except id_token.UnknownKey:
            return self._check(token, await self._known_keys(at_most_old=ASKED_ANEW_AFTER_S), begun.nonce)

    def _check(self, token: str, keys: KeySet, nonce: str) -> dict[str, Any]:
        file, now = self.file, int(time.time())
        return id_token.check(token, keys, issuer=file.issuer, client_id=file.client_id, nonce=nonce, now=now)

    async def _token(self, code: str, verifier: str, redirect_uri: str) -> str:
        about = await self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        methods = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" not in methods and "client_secret_post" in methods:
            form |= {"client_id": self.file.client_id, "client_secret": self._secret}
        else:
            # Both are encoded as in a form before they are joined (RFC 6749 §2.3.1).
            pair = f"{quote_plus(self.file.client_id)}:{quote_plus(self._secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = await self._ask(about["token_endpoint"], urlencode(form).encode(), headers)
        said = _read(answer)
        if not answer.is_taken and said.get("error") == "invalid_grant":
            # Used before, too old, or begun by another verifier.
            raise NotSignedIn("expired", "invalid_grant")
        token = said.get("id_token")
        if not answer.is_taken or not isinstance(token, str):
            raise ProviderFault(f"token endpoint: {answer.status} {str(said.get('error', ''))[:40]}")
        return token

    async def _described(self) -> dict[str, Any]:
        """Return what the provider says of itself (OpenID Connect Discovery)."""
        if self._about is None or time.monotonic() - self._about[1] > KNOWN_FOR_S:
            answer = await self._ask(self.file.issuer.removesuffix("/") + DISCOVERY)
            about = _read(answer)
            if not answer.is_taken or about.get("issuer") != self.file.issuer:
                raise ProviderFault(f"discovery: {answer.status}, or another issuer than the file's")
            if unsafe := [name for name in ENDPOINTS if not is_safe(about.get(name))]:
                raise ProviderFault(f"discovery: {unsafe[0]} is no https address")
            self._about = (about, time.monotonic())
        return self._about[0]

    async def _known_keys(self, at_most_old: float = KNOWN_FOR_S) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys[1] > at_most_old:
            answer = await self._ask((await self._described())["jwks_uri"])
            if not answer.is_taken:
                raise ProviderFault(f"keys: {answer.status}")
            self._keys = (id_token.read_keys(_read(answer)), time.monotonic())
        return self._keys[0]

    async def _ask(self, url: str, form: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        try:
            if form is None:
                return await self._http.get(url)
            return await self._http.post(url, form, headers or {})
        except (UnreachableDepartment, ForbiddenTarget) as error:
            raise ProviderFault(error.detail) from error


def _read(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
