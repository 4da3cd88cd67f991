"""An OpenID Connect provider in a process of its own: `python provider_process.py` prints its address.

It is oidc-provider-mock, which checks redirect_uri and the client's secret and signs with RS256. It does not check PKCE:
that is added here by authlib's own comparison. `POST /crooked` makes it give tokens that no honest provider gives.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import flask
import oidc_provider_mock
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jws, jwt
from oidc_provider_mock._storage import storage
from werkzeug.serving import make_server

app: flask.Flask = oidc_provider_mock.app(require_client_registration=True, require_nonce=True)
challenges: dict[str, str] = {}
crooked: dict[str, Any] = {}
rotated: list[jwk.RSAKey] = []


@app.before_request
def check_verifier() -> tuple[dict[str, str], int] | None:
    if flask.request.path != "/oauth2/token":
        return None
    challenge = challenges.get(flask.request.form.get("code", ""))
    given = create_s256_code_challenge(flask.request.form.get("code_verifier", ""))
    return None if challenge in {given, None} else ({"error": "invalid_grant"}, 400)


@app.after_request
def keep_challenge(response: flask.Response) -> flask.Response:
    if flask.request.path == "/oauth2/authorize" and response.status_code == 302:
        sent = parse_qs(urlsplit(response.location).query)
        if "code" in sent:
            assert flask.request.args["code_challenge_method"] == "S256"
            challenges[sent["code"][0]] = flask.request.args["code_challenge"]
    return response


@app.after_request
def make_crooked(response: flask.Response) -> flask.Response:
    if flask.request.path == "/jwks" and rotated:
        response.data = json.dumps({"keys": [one.as_dict(private=False) for one in rotated]})
    if flask.request.path == "/oauth2/token" and response.status_code == 200 and (crooked or rotated):
        said = response.get_json()
        said["id_token"] = another(said["id_token"])
        response.data = json.dumps(said)
    return response


def another(token: str) -> str:
    """The same token with other claims, or signed in another way."""
    honest = jwk.RSAKey.import_key(storage.jwk.as_dict(is_private=True))
    claims = {**jwt.decode(token, honest, algorithms=["RS256"]).claims, **crooked.get("claims", {})}
    way, key = crooked.get("way"), rotated[-1] if rotated else honest
    header: dict[str, Any] = {"alg": "RS256", "kid": key.kid or key.thumbprint()}
    if way == "none":
        return jws.serialize_compact(
            {"alg": "none"}, json.dumps(claims), jwk.OctKey.generate_key(), algorithms=["none"]
        )
    if way == "public key as a secret":
        # No library signs so: by hand.
        parts = ({"alg": "HS256", "kid": header["kid"]}, claims)
        signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
        signature = hmac.digest(honest.as_pem(private=False), signed, "sha256")
        return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()
    if way == "own key":
        key = jwk.RSAKey.generate_key(2048)
    if way == "own key in the header":
        key = jwk.RSAKey.generate_key(2048)
        header |= {"jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, algorithms=["RS256"])


@app.post("/crooked")
def set_crooked() -> tuple[str, int]:
    crooked.clear()
    crooked.update(flask.request.get_json())
    if crooked.pop("rotate", False):
        key = jwk.RSAKey.generate_key(2048, {"kid": f"key-{time.time_ns()}", "use": "sig", "alg": "RS256"})
        rotated.append(key)
    return "", 204


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - whoever started it reads this
    server.serve_forever()
