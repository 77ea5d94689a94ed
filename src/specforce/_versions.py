"""API versions as people write them, `67`, `67.0`, `v67.0`, become the one form that URLs take: `67.0`. No I/O."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Operation

T = TypeVar("T")

_VERSION = re.compile(r"[vV]?(\d{1,3})(?:\.0)?")


def api_version(value: str | float) -> str:
    """The version in the form `67.0`.

    Raises:
        InputError: it isn't a version number.
    """
    text = str(value).strip()
    found = _VERSION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise InputError(f"api_version={value!r} isn't an API version: it should look like '67.0'")
    return f"{int(found[1])}.0"


def of_version(operation: Operation[T], version: str | float) -> Operation[T]:
    """The operation of another API version than the client's.

    Raises:
        InputError: it isn't a version number. SpecError: that version lacks the operation.
    """
    path = operation.url_path(api_version(version))
    return replace(operation, path=path, info=replace(operation.info, path=path))
