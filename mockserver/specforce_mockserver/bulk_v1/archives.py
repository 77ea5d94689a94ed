"""Batches with files beside their records: a ZIP archive whose `request.txt` has the records, which name its files.

Source: reference/bulk_v1.md sections 1 and 7; texts of refusals are our own.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.bulk.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST: Final = "request.txt"
REFERENCE: Final = "#"
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_FILES: Final = 1_000
MAX_NAME_BYTES: Final = 512


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive, unpacked.

    Attributes:
        request: the records.
        files: the others by their names.
    """

    request: bytes
    files: Mapping[str, bytes]


def read_archive(content: bytes) -> Archive:
    """Unpack a batch.

    Raises:
        JobFailure: it is no archive, has no records, or is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            _check(entries)
            found = {each.filename: archive.read(each) for each in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        message = f"InvalidBatch : Failed to read the ZIP archive: {error}"
        raise JobFailure(message) from error
    request = found.pop(MANIFEST, None)
    if request is None:
        message = f"InvalidBatch : The ZIP archive has no {MANIFEST}"
        raise JobFailure(message)
    return Archive(request, found)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES + 1:
        message = f"InvalidBatch : The ZIP archive has more than {MAX_FILES} files"
        raise JobFailure(message)
    if sum(each.file_size for each in entries) > MAX_BYTES:
        message = f"InvalidBatch : The ZIP archive has more than {MAX_BYTES} bytes unpacked"
        raise JobFailure(message)
    if any(len(each.filename.encode("utf-8", "replace")) > MAX_NAME_BYTES for each in entries):
        message = f"InvalidBatch : A file's name has more than {MAX_NAME_BYTES} bytes"
        raise JobFailure(message)
