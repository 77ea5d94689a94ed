"""Record classes from a folder of describe documents, and what became of them since.

The text itself is made where the classes that ship are made: `specforce_api.runtime.record_classes`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specforce.schema.differences import FieldChange, ObjectChange
from specforce.schema.folder import SchemaFolder
from specforce.schema.selection import selected
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.record_classes import module_source, type_text

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from specforce.schema.folder import Document

_OBJECT: Final = re.compile(r'    __sobject__ = "(\w+)"')
_FIELD: Final = re.compile(r"    (\w+): [^=]* = (?:None|msgspec\.field\(name=\"(\w+)\", default=None\))  # (.+)")


def generate(folder: str | os.PathLike[str], *objects: str, exclude: Sequence[str] = ()) -> str:
    """A Python module with a record class per object: `sf.sobject(Account)`, `sf.query(..., returns=Account)`.

    Args:
        folder: of describe documents, such as `sf.schema.pull` makes.
        objects: names, or patterns with `*` and `?`, in any case; none for all.
        exclude: names or patterns of those to leave out.

    Raises:
        InputError: there are no documents, a name or pattern fits none, or a file isn't one.
    """
    source = SchemaFolder(folder)
    names = selected(source.names, objects, exclude)
    if not names:
        raise InputError(f"{source.path}: no describe documents are there: pull some first")
    manifest = source.manifest()
    version = f", API {manifest.api_version}" if manifest else ""
    docstring = f"Record classes of an org's objects{version}.\n\nMade by `specforce schema generate`; don't edit.\n"
    return module_source((source.document(name) for name in names), docstring=docstring)


def read_classes(module: str | os.PathLike[str]) -> dict[str, dict[str, str]]:
    """What a module that `generate` made says its fields are, by object and field; the module isn't run.

    Raises:
        InputError: no such classes are in the file. OSError: it can't be read.
    """
    found: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in Path(module).read_text("utf-8").splitlines():
        if (named := _OBJECT.fullmatch(line)) is not None:
            fields = found.setdefault(named[1], {})
        elif (declared := _FIELD.fullmatch(line)) is not None:
            fields[declared[2] or declared[1]] = declared[3]
    if not found:
        raise InputError(f"{module}: no record classes that `specforce schema generate` made are there")
    return found


def compared_classes(name: str, before: dict[str, str], document: Document | None) -> list[ObjectChange]:
    """What differs between the class of an object and the object; nothing, or one change."""
    if document is None:
        return [ObjectChange(name, "removed")]
    after = {entry["name"]: type_text(entry) for entry in document["fields"]}
    change = ObjectChange(
        name,
        "changed",
        added={field: text for field, text in after.items() if field not in before},
        removed={field: text for field, text in before.items() if field not in after},
        changed=tuple(
            FieldChange(field, {"declared": (before[field], text)})
            for field, text in after.items()
            if field in before and before[field] != text
        ),
    )
    return [change] if change.added or change.removed or change.changed else []
