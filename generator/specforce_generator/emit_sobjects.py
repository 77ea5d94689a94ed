"""The emitter of describe documents: from the short form in specs/sobjects/ to what describe answers.

The rules are code of `specforce_specs` itself (its `short_form` package), because a fake org applies them to a user's
own objects too; the sources of that package are kept here, among the templates, and are both run and copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .index import read_toml
from .sources import Json, SourceError
from .templates.specs.short_form import ShortFormError, ShortObject, describe_documents, display_formats, read_objects

if TYPE_CHECKING:
    from pathlib import Path


def read_sobjects(folder: Path) -> list[ShortObject]:
    """Read every object of specs/sobjects, in the order of file names.

    Raises:
        SourceError: not TOML, or not in the short form.
    """
    found: list[ShortObject] = []
    for path in sorted(folder.glob("sobjects/*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            found += read_objects(read_toml(folder, name), f"{name}:1")
        except ShortFormError as error:
            raise SourceError(str(error)) from None
    return found


def emit_sobjects(objects: list[ShortObject], api_version: str) -> tuple[dict[str, Json], Json]:
    """The describe documents by object, and the formats of their automatic numbers.

    Raises:
        SourceError: a reference to an object that isn't there, or a standard object without key prefix.
    """
    try:
        return dict(sorted(describe_documents(objects, api_version=api_version).items())), display_formats(objects)
    except ShortFormError as error:
        raise SourceError(f"sobjects/:1: {error}") from None
