"""统一身份认证: what a city writes down of its own OpenID Connect provider, and which role somebody has by what it says."""

from __future__ import annotations

import ipaddress
import tomllib
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from models.errors import HotlineError
from models.labels import LABELS
from models.vocabulary import PEOPLE, Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.city import City

Words = Annotated[str, Meta(min_length=1, max_length=200)]


class BadProviderFile(HotlineError):
    """The file that HOTLINE_OIDC names cannot be used."""

    code = "bad_provider_file"
    status = 500


class NotSignedIn(Exception):
    """The provider's way signs nobody in: `reason` is what the page says (hotline.identity.REFUSALS), `cause` for the log."""

    def __init__(self, reason: str, cause: str = "") -> None:
        super().__init__(reason, cause)
        self.reason = reason
        self.cause = cause


class RoleRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever has this value in the claim of roles is this here; a department's says whose."""

    value: Words
    role: Role
    department: str | None = None


class ProviderFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file. Rows of `roles` count in their order: the first whose value somebody has.

    `only`: by password only administrators sign in. `makes_accounts`: an unknown person with a role gets an account of the
    name in `name_claim`. `second_factor_counts`: who has signed in there is not asked for a code here.
    """

    name: Words
    issuer: Words
    client_id: Words
    client_secret_file: Words
    roles: tuple[RoleRow, ...]
    name_claim: Words = "preferred_username"
    role_claim: Words = "roles"
    scopes: tuple[Words, ...] = ("openid", "profile")
    makes_accounts: bool = False
    only: bool = False
    second_factor_counts: bool = False


def read_provider(path: Path, city: City) -> tuple[ProviderFile, str]:
    """Read the file and the client's secret that it names; raises BadProviderFile."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ProviderFile)
        # Beside the file, where its path is not a whole one.
        secret = (path.parent / file.client_secret_file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadProviderFile(f"文件 {error.filename} 无法读取（{error.strerror}），请检查 HOTLINE_OIDC") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadProviderFile(f"统一身份认证文件 {path} 不是有效的 TOML：{error}") from error
    except msgspec.ValidationError as error:
        raise BadProviderFile(f"统一身份认证文件 {path} 无效：{error}") from error
    if wrong := _wrong(file, secret, city):
        raise BadProviderFile(f"统一身份认证文件 {path} 无效：{wrong}")
    return file, secret


def is_safe(url: object) -> bool:
    """Tell whether the provider may be called there: by https, or on this very machine."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parsed = urlsplit(url)
        host, _ = parsed.hostname or "", parsed.port
    except ValueError:
        return False
    if not host or parsed.username is not None or parsed.fragment:
        return False
    return parsed.scheme == "https" or (parsed.scheme == "http" and _is_loopback(host))


def role_of(file: ProviderFile, claims: Mapping[str, Any]) -> tuple[Role, str | None] | None:
    """Return the role that the provider gives somebody and its department, None where it gives none."""
    told = claims.get(file.role_claim)
    values = told if isinstance(told, list) else [told]
    return next(((row.role, row.department) for row in file.roles if row.value in values), None)


def _wrong(file: ProviderFile, secret: str, city: City) -> str | None:
    if not is_safe(file.issuer) or urlsplit(file.issuer).query:
        return "issuer 应为 https 地址（仅本机可用 http）"
    if "openid" not in file.scopes:
        return "scopes 应含 openid"
    if not secret:
        return f"{file.client_secret_file} 是空的"
    if not file.roles:
        return "roles 至少要有一行，否则谁也不能登录"
    return next((wrong for row in file.roles if (wrong := _wrong_row(row, city))), None)


def _wrong_row(row: RoleRow, city: City) -> str | None:
    if row.role not in PEOPLE:
        return f"“{row.value}”对应的 role 不是人员角色"
    if row.role is not Role.DEPARTMENT and row.department is not None:
        return f"“{row.value}”对应{LABELS['role'][row.role]}，不应有 department"
    if row.role is Role.DEPARTMENT and city.party(row.department or "") is None:
        return f"“{row.value}”对应承办单位，department 应为单位或网格代码"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
