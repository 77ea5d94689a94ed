"""What differs between two describe documents of one object, or between two folders of them.

Keys that only one side has came with its API version; URLs and layouts say nothing of data: both are passed over. So is
the order of fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from specforce.schema.folder import SchemaFolder
from specforce.schema.selection import selected
from specforce_api.runtime.record_classes import type_text

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from specforce.schema.folder import Document

_PASSED_OVER: Final = frozenset({"childRelationships", "fields", "namedLayoutInfos", "recordTypeInfos", "urls"})
Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that is another one now.

    Attributes:
        name: its API name.
        keys: key of describe → (before, after). Of `picklistValues`, those values that only one side has, or of which
            it says something else.
    """

    name: str
    keys: dict[str, Pair]


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that came, went, or is another one now.

    Attributes:
        name: its API name.
        kind: `added`, `removed` or `changed`; the other attributes are of changed ones.
        added: new fields, and what they are: `string(40) unique`.
        removed: fields that are gone, and what they were.
        changed: fields that differ.
        keys: the object's own keys, as in `FieldChange`; `recordTypes` are the developer names.
    """

    name: str
    kind: str
    added: dict[str, str] = field(default_factory=dict[str, str])
    removed: dict[str, str] = field(default_factory=dict[str, str])
    changed: tuple[FieldChange, ...] = ()
    keys: dict[str, Pair] = field(default_factory=dict[str, Pair])


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """What differs, by object; false if nothing does.

    Attributes:
        objects: those that differ, in the order of their names.
    """

    objects: tuple[ObjectChange, ...]

    def __bool__(self) -> bool:
        return bool(self.objects)

    def __str__(self) -> str:
        return "\n".join(line for each in self.objects for line in _lines(each))

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON holds it; pairs are `[before, after]`."""
        return {
            "added": [each.name for each in self.objects if each.kind == "added"],
            "removed": [each.name for each in self.objects if each.kind == "removed"],
            "changed": {
                each.name: {
                    "added": each.added,
                    "removed": each.removed,
                    "changed": {field.name: _listed(field.keys) for field in each.changed},
                    "keys": _listed(each.keys),
                }
                for each in self.objects
                if each.kind == "changed"
            },
        }


def diff(
    before: str | os.PathLike[str], after: str | os.PathLike[str], *objects: str, exclude: Sequence[str] = ()
) -> SchemaDiff:
    """What differs between two folders of describe documents.

    Args:
        before: a folder.
        after: another one.
        objects: names, or patterns with `*` and `?`, in any case; none for all.
        exclude: names or patterns of those to leave out.

    Raises:
        InputError: a name or pattern fits no object of either, or a file isn't a describe document.
    """
    old, new = SchemaFolder(before), SchemaFolder(after)
    names = selected(sorted({*old.names, *new.names}), objects, exclude)
    changes: list[ObjectChange] = []
    for name in names:
        was = old.document(name) if name in old.names else None
        changes += compared(name, was, new.document(name) if name in new.names else None)
    return SchemaDiff(tuple(changes))


def compared(name: str, before: Document | None, after: Document | None) -> list[ObjectChange]:
    """What differs between two documents of an object; nothing, or one change."""
    if before is None or after is None:
        kind = "removed" if after is None else "added"
        return [] if before is after else [ObjectChange(name, kind)]
    old, new = _fields(before), _fields(after)
    changed = (FieldChange(key, _pairs(old[key], new[key])) for key in new if key in old)
    change = ObjectChange(
        name,
        "changed",
        added={key: type_text(entry) for key, entry in new.items() if key not in old},
        removed={key: type_text(entry) for key, entry in old.items() if key not in new},
        changed=tuple(each for each in changed if each.keys),
        keys=_pairs(_own(before), _own(after)),
    )
    return [change] if change.added or change.removed or change.changed or change.keys else []


def _fields(document: Document) -> dict[str, Document]:
    return {entry["name"]: entry for entry in document["fields"]}


def _own(document: Document) -> Document:
    """An object's own keys, its record types by name."""
    types: list[Document] = document.get("recordTypeInfos") or []
    own = {key: value for key, value in document.items() if key not in _PASSED_OVER}
    return own | {"recordTypes": sorted(str(each.get("developerName") or each.get("name")) for each in types)}


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Pair]:
    pairs = {key: (before[key], after[key]) for key in sorted(before) if key in after and before[key] != after[key]}
    return {key: _only(*pair) if isinstance(pair[0], list) else pair for key, pair in pairs.items()}


def _only(before: list[Any], after: Any) -> Pair:
    """Of two lists, what the other one hasn't; both whole where they differ in order alone."""
    new: list[Any] = [*after] if isinstance(after, list) else [after]
    gone = [each for each in before if each not in new]
    come = [each for each in new if each not in before]
    return (gone, come) if gone or come else (before, new)


def _listed(keys: Mapping[str, Pair]) -> dict[str, list[Any]]:
    return {key: list(pair) for key, pair in keys.items()}


def _lines(change: ObjectChange) -> Iterator[str]:
    if change.kind != "changed":
        yield f"{'+' if change.kind == 'added' else '-'} {change.name}"
        return
    for key, pair in change.keys.items():
        yield f"~ {change.name}: {key} {_told(pair)}"
    for name, text in change.added.items():
        yield f"+ {change.name}.{name}  {text}"
    for name, text in change.removed.items():
        yield f"- {change.name}.{name}  {text}"
    for each in change.changed:
        for key, pair in each.keys.items():
            yield f"~ {change.name}.{each.name}: {key} {_told(pair)}"


def _told(pair: Pair) -> str:
    before, after = pair
    if isinstance(before, list):
        gone, come = (", ".join(map(_brief, each)) for each in pair)
        return " ".join(part for part in (gone and f"without {gone}", come and f"with {come}") if part)
    return f"{_brief(before)} → {_brief(after)}"


def _brief(value: Any) -> str:
    """A value in a word: of a picklist's entry, the value."""
    entry = cast("Document", value) if isinstance(value, dict) else {}
    return str(entry.get("value", cast("object", value)))
