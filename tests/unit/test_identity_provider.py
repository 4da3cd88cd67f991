from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hotline.identity_provider import BadProviderFile, is_safe, read_provider, role_of
from models.city_files import read_city
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.city import City

ROOT = Path(__file__).parent.parent.parent
GOOD = """name = "统一身份认证"
issuer = "https://sso.example/realms/staff"
client_id = "hotline"
client_secret_file = "oidc.secret"
"""
ROWS = """[[roles]]
value = "lead"
role = "shift_lead"
[[roles]]
value = "urban"
role = "department"
department = "urban"
"""


@pytest.fixture(scope="module")
def yunzhou() -> City:
    return read_city(ROOT / "cities" / "yunzhou")


def written(folder: Path, text: str, words: str = "s3cret\n") -> Path:
    (folder / "oidc.secret").write_text(words)
    path = folder / "oidc.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_with_the_secret_beside_it(tmp_path: Path, yunzhou: City) -> None:
    file, secret = read_provider(written(tmp_path, GOOD + ROWS), yunzhou)
    assert (file.client_id, secret, file.makes_accounts, file.only) == ("hotline", "s3cret", False, False)


def test_the_first_row_whose_value_somebody_has_says_the_role(tmp_path: Path, yunzhou: City) -> None:
    file, _ = read_provider(written(tmp_path, GOOD + ROWS), yunzhou)
    assert role_of(file, {"roles": ["other", "urban", "lead"]}) == (Role.SHIFT_LEAD, None)
    assert role_of(file, {"roles": "urban"}) == (Role.DEPARTMENT, "urban")
    # A part of a text is no value, and what is no list of texts gives nothing.
    for told in ("leader", "lead,urban", ["Lead"], [["lead"]], {"lead": True}, None, 1):
        assert role_of(file, {"roles": told}) is None
    assert role_of(file, {}) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, "roles"),
        (f"{GOOD}roles = []", "至少要有一行"),
        (GOOD.replace("https://", "http://") + ROWS, "https"),
        (f'{GOOD}scopes = ["profile"]\n{ROWS}', "openid"),
        (f"{GOOD}ony = true\n{ROWS}", "ony"),
        (GOOD + ROWS.replace("shift_lead", "citizen"), "人员角色"),
        (GOOD + ROWS.replace("shift_lead", "nobody"), "nobody"),
        (GOOD + ROWS.replace('"urban"\n', '"no-such"\n'), "单位或网格代码"),
        (GOOD + ROWS.replace('role = "department"', 'role = "leader"'), "不应有 department"),
        (GOOD.replace("oidc.secret", "elsewhere") + ROWS, "elsewhere"),
        ("name = ", "TOML"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(tmp_path: Path, yunzhou: City, text: str, said: str) -> None:
    with pytest.raises(BadProviderFile, match=said):
        read_provider(written(tmp_path, text), yunzhou)


def test_an_empty_secret_is_none(tmp_path: Path, yunzhou: City) -> None:
    with pytest.raises(BadProviderFile, match="是空的"):
        read_provider(written(tmp_path, GOOD + ROWS, "\n"), yunzhou)


def test_http_is_for_this_machine_only() -> None:
    for url in ("https://sso.example/a?b=c", "http://127.0.0.1:5601", "http://[::1]:80/x", "http://localhost:1"):
        assert is_safe(url)
    wrong: tuple[object, ...] = (
        "http://sso.example", "http://127.0.0.1.example", "http://10.0.0.1", "http://127.0.0.1@evil.example/", "https://a@b.example",
        "ftp://127.0.0.1", "https://", "https://a.example/#x", "https://a b", "https://a.example:x", "", None, 7,
    )  # fmt: skip
    assert [one for one in wrong if is_safe(one)] == []
