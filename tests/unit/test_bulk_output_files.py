"""What becomes of what stands at the place of an output file."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from specforce.bulk.files import replacing
from specforce.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: bytes = b"new") -> None:
    with replacing(path) as file:
        file.write(text)


def test_a_pipe_or_device_is_refused_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(InputError, match="isn't a regular file"):
        write(pipe)

    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_bytes(b"old")
    link.symlink_to(real)

    write(link)

    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_the_mode_of_a_file_that_was_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "private.csv"
    path.write_bytes(b"old")
    path.chmod(0o600)

    write(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_can_hold_no_file_is_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=rf"no such folder to write into: '{tmp_path}/missing'$"):
        write(tmp_path / "missing" / "rows.csv")
    with pytest.raises(IsADirectoryError, match="a folder is there"):
        write(tmp_path)

    assert list(tmp_path.iterdir()) == []
