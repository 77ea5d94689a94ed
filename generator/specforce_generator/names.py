"""Names: from Salesforce's spelling to Python's.

The words are Salesforce's own; only the case changes. `SObject` is one word: `describeSObject` → `describe_sobject`.
"""

from __future__ import annotations

import builtins
import keyword
import re

_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+[a-z]*")
_TAKEN = frozenset({*dir(builtins), "self", "body", "datetime"}) - {"id"}


def snake_case(name: str) -> str:
    """`getSObjectBasicInfo` → `get_sobject_basic_info`, `Sforce-Query-Options` → `sforce_query_options`."""
    joined = re.sub("SObject", "Sobject", name)
    return "_".join(_WORDS.findall(joined)).lower()


def argument(wire_name: str) -> str:
    """The Python name of a parameter; names that Python or the generated code uses get an underscore at the end."""
    name = snake_case(wire_name)
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def class_name_of(wire_name: str) -> str:
    """The class of a type: `fieldType` → `FieldType`."""
    return wire_name[:1].upper() + wire_name[1:]


def class_name(api_id: str) -> str:
    """`bulk_v2` → `BulkV2`."""
    return "".join(word.capitalize() for word in api_id.split("_"))
