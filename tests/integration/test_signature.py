"""签名: what we sign others can check, by the openssl of the machine."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from models.signature import make_signing_key
from models.suite import Suite

if TYPE_CHECKING:
    from pathlib import Path

CHECK = {
    Suite.STANDARD: ("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pub", "-sigfile", "signature", "-in"),
    Suite.GUOMI: (
        *("dgst", "-sm3", "-sigopt", "distid:1234567812345678"),
        *("-verify", "key.pub", "-signature", "signature"),
    ),
}  # fmt: skip


def openssl(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *command], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
@pytest.mark.parametrize("suite", Suite)
def test_openssl_checks_our_signatures_and_reads_our_keys(tmp_path: Path, suite: Suite) -> None:
    key = make_signing_key(suite)
    (tmp_path / "key.pem").write_bytes(key.pem())
    (tmp_path / "key.pub").write_bytes(key.public.pem())
    (tmp_path / "payload").write_bytes(b'{"city":"yunzhou"}')
    (tmp_path / "altered").write_bytes(b'{"city":"other"}')
    (tmp_path / "signature").write_bytes(key.sign(b'{"city":"yunzhou"}'))
    assert openssl(tmp_path, "pkey", "-in", "key.pem", "-pubout").stdout.encode() == key.public.pem()
    found = openssl(tmp_path, *CHECK[suite], "payload")
    assert found.returncode == 0, found.stderr
    assert openssl(tmp_path, *CHECK[suite], "altered").returncode != 0
