"""The ID token of the city's identity provider: is it signed by it, for us, now, and for this very sign-in. Pure."""

from __future__ import annotations

from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError

from hotline.identity_provider import NotSignedIn

# Signed by a key that only the provider has: `none`, and secrets that both sides know, are not among them.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ASYMMETRIC: Final = frozenset({"RSA", "EC", "OKP"})
# How far the clocks of both may be apart.
LEEWAY_S: Final = 60
LONGEST_SUBJECT: Final = 255


class BadIdToken(NotSignedIn):
    """An ID token that says nothing to us."""

    def __init__(self, cause: str) -> None:
        super().__init__("untrusted", cause)


class UnknownKey(BadIdToken):
    """No key that we know has signed it: the provider may have a new one."""


def read_keys(document: object) -> jwk.KeySet:
    """Return the public keys of a JWKS; what cannot sign, or cannot be read, is left out."""
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: list[jwk.Key] = []
    for one in entries if isinstance(entries, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in ASYMMETRIC or one.get("use", "sig") != "sig":
            continue
        try:
            keys.append(jwk.import_key(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return jwk.KeySet(keys)


def check(token: str, keys: jwk.KeySet, *, issuer: str, client_id: str, nonce: str, now: int) -> dict[str, Any]:
    """Return the claims of a token that is the provider's answer to this sign-in; raises BadIdToken, UnknownKey."""
    try:
        read = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            params={"nonce": nonce, "client_id": client_id},
        )
        claims.validate(now=now, leeway=LEEWAY_S)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKey(error.error) from error
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadIdToken(str(getattr(error, "error", type(error).__name__))) from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise BadIdToken("subject")
    return dict(claims)
