"""How a source of a load is written: told from what it is, its name, or what the caller says."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce.bulk.table import SourceFormat

READ_BYTES: Final = 1 << 17
_SUFFIXES: Final = {".parquet": "parquet", ".gz": "csv.gz"}


def is_whole(source: object) -> bool:
    """Whether a source is a path, bytes or an open file, and not something to iterate."""
    return isinstance(source, str | os.PathLike | bytes | bytearray | memoryview) or hasattr(source, "read")


def format_of(source: object, declared: SourceFormat | None) -> str:
    """How a source is written: `arrow`, `parquet`, `csv.gz`, or `csv` (also for rows), by its declaration or suffix.

    Raises:
        InputError: what is declared can't be, of such a source.
    """
    if hasattr(source, "__arrow_c_stream__") and declared is None:
        return "arrow"
    if declared is not None:
        if not is_whole(source):
            raise InputError(
                f"source_format={declared!r} is of paths, bytes and files, not of a {type(source).__name__}"
            )
        return declared
    if isinstance(source, str | os.PathLike):
        name = os.fspath(cast("str | os.PathLike[str]", source)).lower()
        return next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), "csv")
    return "csv"


def is_read_in_place(source: object, declared: SourceFormat | None) -> bool:
    """Whether a source can be read to its end before anything is sent without keeping a copy of it."""
    return is_whole(source) and not hasattr(source, "read") and format_of(source, declared) == "csv"


def existing_file(source: str | os.PathLike[str]) -> Path:
    """The path of a source file.

    Raises:
        InputError: there is no such file.
    """
    path = Path(source)
    if not path.exists():
        raise InputError(f"there is no file {str(path)!r}: to load CSV text, pass it as bytes")
    if not path.is_file():
        raise InputError(f"{str(path)!r} isn't a file")
    return path


def inflated(source: object) -> Iterator[bytes]:
    """The bytes of a source that is compressed by gzip: a path, bytes, or an open binary file.

    Raises:
        InputError: it isn't gzip, or is damaged or cut.
    """
    import gzip  # noqa: PLC0415 - rare
    import zlib  # noqa: PLC0415 - rare

    opened: Any = source
    if isinstance(source, str | os.PathLike):
        opened = existing_file(cast("str | os.PathLike[str]", source))
    elif isinstance(source, bytes | bytearray | memoryview):
        opened = io.BytesIO(cast("bytes", source))
    try:
        with gzip.open(opened) as file:
            while piece := file.read(READ_BYTES):
                yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"the source can't be read as gzip: {error}") from None
