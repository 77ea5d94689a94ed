"""Record classes from describe documents: what `sf.sobject(Account)` reads and writes, as Python source. No I/O.

A class is a msgspec Struct with a field per field of the object. All are optional: a read may leave fields out, and
what a record doesn't set isn't sent. `__all_fields__` says that a read need not list them. Relationships aren't in it:
a subclass may add them. The same documents give the same text, line by line, so that a change of the org is a change of
lines.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]
_TYPES = {
    "boolean": "bool",
    "int": "int",
    "long": "int",
    "double": "float",
    "currency": "float",
    "percent": "float",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "address": "dict[str, Any]",
    "location": "dict[str, Any]",
    "complexvalue": "Any",
    "anyType": "Any",
    "json": "Any",
}
_SIZED = frozenset(
    {"string", "textarea", "email", "phone", "url", "encryptedstring", "picklist", "multipicklist", "combobox"}
)
_DECIMAL = frozenset({"double", "currency", "percent"})
_WORDS = ("unique", "externalId", "autoNumber", "calculated", "restrictedPicklist")
_TARGETS_SHOWN = 4


def module_source(documents: Iterable[Document], *, docstring: str) -> str:
    """A module with a class per document.

    Args:
        documents: describe documents, in the order of the classes.
        docstring: of the module, without quotes.
    """
    listed = list(documents)
    used = {kind for document in listed for kind in _annotations(document)}
    dates = sorted(used & {"date", "datetime", "time"})
    standard = [f"from datetime import {', '.join(dates)}"] if dates else []
    standard += ["from typing import Any"] if any("Any" in kind for kind in used) else []
    names = [f'    "{class_name(document["name"])}",' for document in listed]
    head = [
        f'"""{docstring}"""',
        "from __future__ import annotations",
        *(["\n".join(standard)] if standard else []),
        "import msgspec",
        "\n".join(["__all__ = [", *names, "]"]),
    ]
    return "\n\n".join(head) + "\n" + "".join(f"\n\n{class_source(document)}" for document in listed)


def class_source(document: Document) -> str:
    """The class of one object."""
    name: str = document["name"]
    lines = [
        f"class {class_name(name)}(msgspec.Struct, kw_only=True, omit_defaults=True):",
        f'    """A record of {name}."""',
        "",
        f'    __sobject__ = "{name}"',
        "    __all_fields__ = True",
        "",
        *(f"    {_declaration(entry)}" for entry in document["fields"]),
    ]
    return "\n".join(lines) + "\n"


def class_name(name: str) -> str:
    """The name of an object's class: its API name, unless Python has that word."""
    return f"{name}_" if keyword.iskeyword(name) else name


def type_text(entry: Document) -> str:
    """What a field is, in a line: `reference(User) required`, `string(40) unique externalId`."""
    kind: str = entry["type"]
    arguments: list[str] = []
    if kind == "reference":
        targets: list[str] = list(entry.get("referenceTo") or ())
        arguments = targets[:_TARGETS_SHOWN]
        arguments += [f"{len(targets) - _TARGETS_SHOWN} more"] if len(targets) > _TARGETS_SHOWN else []
    elif kind in _SIZED and entry.get("length"):
        arguments = [str(entry["length"])]
    elif kind in _DECIMAL:
        arguments = [str(entry.get("precision") or 0), str(entry.get("scale") or 0)]
    words = [word for word in _WORDS if entry.get(word)]
    if not (entry.get("createable", True) or entry.get("updateable", True)):
        words.append("readOnly")
    elif not entry.get("updateable", True):
        words.append("createOnly")
    if not entry.get("nillable", True) and entry.get("createable", True) and not entry.get("defaultedOnCreate"):
        words.append("required")
    return " ".join([f"{kind}({', '.join(arguments)})" if arguments else kind, *words])


def _declaration(entry: Document) -> str:
    name: str = entry["name"]
    annotation = _annotation(entry)
    optional = annotation if annotation == "Any" else f"{annotation} | None"
    if keyword.iskeyword(name):
        return f'{name}_: {optional} = msgspec.field(name="{name}", default=None)  # {type_text(entry)}'
    return f"{name}: {optional} = None  # {type_text(entry)}"


def _annotation(entry: Document) -> str:
    return _TYPES.get(entry["type"], "str")


def _annotations(document: Document) -> set[str]:
    return {_annotation(entry) for entry in document["fields"]}
