"""The journal of a file under way says what is in the file, however little the disk takes at a time."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Any

import pytest

from specforce.bulk.pages import ResultPage
from specforce.bulk.partial_file import PartialFile

TOKEN = "token"
HEADER = b'"Name"\n'
ROW = b'"Acme"\n'


class SmallDisk:
    """A disk whose journals take few bytes in one write, and only so many until it is full.

    Args:
        room: how many bytes it takes.
        at_once: how many of them in one write.
    """

    def __init__(self, room: int, at_once: int) -> None:
        self.room = room
        self.at_once = at_once

    def install(self, patch: pytest.MonkeyPatch) -> None:
        disk, opened = self, Path.open

        class Journal(io.FileIO):
            def write(self, data: Any, /) -> int:
                if not disk.room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                taken = super().write(memoryview(data)[: min(disk.room, disk.at_once)])
                disk.room -= taken
                return taken

        def instead(path: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            return Journal(path, mode) if path.suffix == ".journal" else opened(path, mode, *arguments, **named)

        patch.setattr(Path, "open", instead)


class Export:
    """A file under way at a place, gone on with where there is one."""

    def __init__(self, path: Path) -> None:
        self.partial = PartialFile(path)
        self.journal = self.partial.journal
        self._file, self.found = self.partial.open(TOKEN, zipped=False, listed=True)

    def add(self, number: int) -> None:
        """Write a page of one record, and note it."""
        assert self._file is not None
        self._file.write(HEADER + ROW if number == 1 else ROW)
        path = self.partial.part
        self.partial.add(ResultPage(number, f"page{number}", f"page{number + 1}", 1, HEADER, path, ",", len(HEADER)))


def test_a_journal_whose_lines_are_taken_bit_by_bit_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.csv"
    with monkeypatch.context() as patch:
        SmallDisk(room=10_000, at_once=7).install(patch)
        export = Export(path)
        export.add(1)
        export.add(2)
        export.partial.close()

    again = Export(path)
    again.partial.close()

    assert (again.found.locators, again.found.next_locator, again.found.records) == (("page1", "page2"), "page3", 2)


@pytest.mark.parametrize("missing", [1, 20])
def test_a_page_whose_line_the_disk_took_in_part_is_an_error_and_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    path = tmp_path / "out.csv"
    whole = Export(path)
    whole.add(1)
    one = whole.journal.stat().st_size
    whole.add(2)
    two = whole.journal.stat().st_size
    whole.partial.commit()

    with monkeypatch.context() as patch:
        SmallDisk(room=two - missing, at_once=10_000).install(patch)
        export = Export(path)
        export.add(1)
        with pytest.raises(OSError, match="No space left"):
            export.add(2)
        export.partial.close()
    assert one < export.journal.stat().st_size < two

    again = Export(path)
    assert (again.found.locators, again.found.records) == (("page1",), 1)
    again.add(2)
    again.partial.commit()
    assert path.read_bytes() == HEADER + ROW + ROW
    assert list(tmp_path.iterdir()) == [path]
