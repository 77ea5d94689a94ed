"""A file that outlives the process that writes it: `out.csv.part`, and a journal of the pages that are whole in it.

A page is written, then synced, then noted in the journal, then that is synced. So whatever the journal says is in the
file, even after the power failed; what the file holds beyond it is of a page that wasn't noted, and is cut off when
somebody goes on. The file takes its name once it is whole.

The journal is lines of JSON: first `{"specforce": 1, "token": …, "zipped": …, "listed": …}`, then for each page
`{"locator": …, "next": …, "records": …, "size": …}` with the size of the file after it (the first one with `header`
too), and at the end `{"whole": true}`. A last line that was cut counts for nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from specforce.bulk.files import new_file_mode, refuse_place, write_all
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from typing import BinaryIO

    from specforce.bulk.pages import ResultPage

_FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a file has come.

    Attributes:
        listed: whether its pages were named by the job; else each by the one before.
        locators: of the pages that it holds.
        next_locator: of the page after the last one; `None` after the last of all.
        records: how many records it holds.
        header: its header line; `None` before the first page.
        size: how many bytes it has.
        whole: whether all pages are in it.
    """

    listed: bool
    locators: tuple[str | None, ...] = ()
    next_locator: str | None = None
    records: int = 0
    header: bytes | None = None
    size: int = 0
    whole: bool = False


class PartialFile:
    """A file under way.

    Args:
        path: the name it will have.

    Attributes:
        path: the name it will have.
        part: the file's name until then.
        journal: the journal's.
        folder: where pages wait that aren't in the file yet; whoever goes on empties it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(os.path.realpath(path))
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.journal = self.path.with_name(f"{self.path.name}.part.journal")
        self.folder = self.path.with_name(f"{self.path.name}.part.pages")
        self._file: BinaryIO | None = None
        self._lines: BinaryIO | None = None
        self._noted = 0

    def refuse(self) -> None:
        """Refuse a place where no file can be.

        Raises:
            OSError, InputError: as `refuse_place`.
        """
        refuse_place(self.path)

    def open(self, token: str, zipped: bool, listed: bool) -> tuple[BinaryIO | None, Checkpoint]:
        """Begin, or go on where the journal ends.

        Args:
            token: of the export.
            zipped: whether it is compressed.
            listed: whether a file that is begun now takes pages that the job names.

        Returns:
            The file, to be written on from where it stands (`None` where it is whole), and how far it has come.

        Raises:
            InputError: a file of another export is under way here. OSError: no file can be here.
        """
        found, end = self._read(token, zipped=zipped)
        self._lines = self.journal.open("r+b" if found is not None else "wb", buffering=0)
        if found is None:
            found = Checkpoint(listed)
            self._file = self.part.open("wb", buffering=0)
            self._note({"specforce": _FORM, "token": token, "zipped": zipped, "listed": listed})
            _sync_folder(self.part.parent)
        else:
            self._lines.truncate(end)
            self._lines.seek(end)
            if not found.whole:
                self._file = self.part.open("r+b", buffering=0)
                self._file.truncate(found.size)
                self._file.seek(found.size)
        self._noted = len(found.locators)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        return self._file, found

    def add(self, page: ResultPage) -> None:
        """Note that a page is whole in the file.

        Raises:
            OSError: the disk has no room for it.
        """
        assert self._file is not None, "it is open"
        os.fsync(self._file.fileno())
        line: dict[str, Any] = {
            "locator": page.locator,
            "next": page.next_locator,
            "records": page.records,
            "size": self._file.tell(),
        }
        if not self._noted:
            line["header"] = page.header.decode()
        self._note(line)
        self._noted += 1

    def commit(self) -> None:
        """Give the file its name.

        Raises:
            OSError: it can't have it; the file stays where it is.
        """
        self._note({"whole": True})
        self.close()
        if self.part.exists():
            self.part.chmod(new_file_mode(self.path))
            self.part.replace(self.path)
            _sync_folder(self.path.parent)
        self.journal.unlink()

    def close(self) -> None:
        """Let go of it; what holds no page is removed, the rest stays, to go on with."""
        for file in (self._file, self._lines):
            if file is not None:
                file.close()
        if self._lines is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self._noted:
                self.part.unlink(missing_ok=True)
                self.journal.unlink(missing_ok=True)

    def _note(self, line: dict[str, Any]) -> None:
        assert self._lines is not None, "it is open"
        write_all(self._lines, json.dumps(line).encode() + b"\n")
        os.fsync(self._lines.fileno())

    def _read(self, token: str, *, zipped: bool) -> tuple[Checkpoint | None, int]:
        """What the journal says, and where it ends; `None` where there is nothing to go on with."""
        lines = self.journal.read_bytes().split(b"\n")[:-1] if self.journal.exists() else []
        if not lines:
            return None, 0
        head = _line(lines[0], self.journal)
        if head.get("specforce") != _FORM or head["token"] != token or head["zipped"] != zipped:
            raise InputError(
                f"{self.part} is of another export (resume token {head.get('token')}): go on with that one, or remove "
                f"it and {self.journal.name}"
            )
        size = self.part.stat().st_size if self.part.exists() else None
        found = Checkpoint(head["listed"])
        end = len(lines[0]) + 1
        for text in lines[1:]:
            line = _line(text, self.journal)
            if "whole" in line and (size is not None or self.path.exists()):
                return replace(found, whole=True), end
            if "whole" in line or (size is not None and line["size"] > size):
                break
            found = _advanced(found, line)
            end += len(text) + 1
        return (None, 0) if size is None else (found, end)


def _line(text: bytes, journal: Path) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(text))
    except ValueError:
        raise InputError(f"{journal} isn't a journal of an export, or is broken: remove it") from None


def _advanced(found: Checkpoint, line: dict[str, Any]) -> Checkpoint:
    """A checkpoint with a page more."""
    return Checkpoint(
        listed=found.listed,
        locators=(*found.locators, line["locator"]),
        next_locator=line["next"],
        records=found.records + line["records"],
        header=found.header if found.header is not None else line["header"].encode(),
        size=line["size"],
    )


def _sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlive a power failure, where the system has such a thing."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
