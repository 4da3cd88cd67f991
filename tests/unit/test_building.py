"""What is made before the hub serves is made once, of what it should be made of, and anew where it failed."""

import sys
from pathlib import Path

import pytest

from hotline.commands.building import call, turn
from models.errors import HotlineError

pytestmark = pytest.mark.unit


def make(folder: Path, wanted: str, *, fails: bool = False) -> bool:
    made = folder / "made"
    with turn(folder / "place" / "lock", folder / "stamp", wanted, made) as is_due:
        if is_due:
            if fails:
                raise RuntimeError(wanted)
            made.write_text(wanted)
    return is_due


def test_it_is_made_once_of_the_same(tmp_path: Path) -> None:
    assert [make(tmp_path, "a"), make(tmp_path, "a"), make(tmp_path, "b"), make(tmp_path, "b")] == [
        True,
        False,
        True,
        False,
    ]
    (tmp_path / "made").unlink()
    assert make(tmp_path, "b")


def test_what_failed_is_made_again(tmp_path: Path) -> None:
    make(tmp_path, "a")
    with pytest.raises(RuntimeError):
        make(tmp_path, "b", fails=True)
    assert make(tmp_path, "a")


def test_a_command_that_fails_tells_its_last_words() -> None:
    assert call([sys.executable, "-c", "print('well')"], {}, HotlineError) == "well\n"
    with pytest.raises(HotlineError, match="^no room$"):
        call([sys.executable, "-c", "import sys; sys.exit('no room')"], {}, HotlineError)
