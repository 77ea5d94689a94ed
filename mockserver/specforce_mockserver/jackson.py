"""JSON as Salesforce's parser (Jackson) reads it: its messages for bad syntax, and where in a text a value stands.

Only failures come here; good JSON is decoded by msgspec. Source: specs/reference/errors_and_limits.md section 3,
JSON_PARSER_ERROR.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str | int, ...]
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()
_VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
_EXPECTING = {
    "Expecting property name enclosed in double quotes": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Expecting value": _VALUE,
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Illegal trailing comma before end of array": _VALUE,
}


def place(text: str, offset: int) -> str:
    """Jackson's way to say where: `[line:1, column:18]`."""
    before = text[:offset]
    return f"[line:{before.count(chr(10)) + 1}, column:{offset - before.rfind(chr(10))}]"


def syntax_message(raw: bytes) -> str:
    """What Jackson says of a text that isn't JSON."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        where = place(raw[: error.start].decode("utf-8"), error.start)
        return f"Invalid UTF-8 start byte 0x{raw[error.start]:02x} at {where}"
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return _translated(text, error)
    except (ValueError, RecursionError):
        return f"Unrecognized token: {_VALUE} at {place(text, 0)}"
    return f"Unexpected character: {_VALUE} at {place(text, 0)}"


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _translated(text: str, error: json.JSONDecodeError) -> str:
    where = place(text, error.pos)
    if error.pos >= len(text.rstrip(_SPACE)):
        kind = "ARRAY" if text.lstrip(_SPACE).startswith("[") else "OBJECT"
        return f"Unexpected end-of-input within/between {kind} entries at {where}"
    character = text[error.pos]
    if error.msg.startswith("Unterminated string"):
        return f"Unexpected end-of-input in VALUE_STRING at {where}"
    if error.msg.startswith("Invalid control character"):
        return (
            f"Illegal unquoted character ((CTRL-CHAR, code {ord(character)})): has to be escaped using backslash to be "
            f"included in string value at {where}"
        )
    if error.msg.startswith("Invalid \\"):
        return f"Unrecognized character escape '{text[error.pos + 1 : error.pos + 2]}' at {where}"
    if error.msg == "Expecting ',' delimiter":
        kind = "ARRAY" if _inside_array(text, error.pos) else "OBJECT"
        expected = f"was expecting comma to separate {kind} entries"
    else:
        expected = _EXPECTING.get(error.msg, _VALUE)
    return f"Unexpected character ('{character}' (code {ord(character)})): {expected} at {where}"


def _inside_array(text: str, offset: int) -> bool:
    """Whether the innermost open bracket before an offset is a square one."""
    open_brackets: list[str] = []
    index = 0
    while index < offset:
        character = text[index]
        if character == '"':
            _string, index = _DECODER.raw_decode(text, index)
            continue
        if character in "[{":
            open_brackets.append(character)
        elif character in "]}" and open_brackets:
            open_brackets.pop()
        index += 1
    return bool(open_brackets) and open_brackets[-1] == "["


def locate(raw: bytes, path: Sequence[str | int]) -> str:
    """Where the value stands that a path leads to in a well-formed text, as far as the path goes; its beginning in one
    that isn't JSON, such as an XML document.
    """
    text = raw.decode("utf-8", "replace")
    offset = _skip(text, 0)
    for step in path if text.startswith(("{", "["), offset) else ():
        found = _child(text, offset, step)
        if found is None:
            break
        offset = found
    return place(text, offset)


def _skip(text: str, index: int) -> int:
    while index < len(text) and text[index] in _SPACE:
        index += 1
    return index


def _child(text: str, offset: int, step: str | int) -> int | None:
    """The offset of one member's value of the object or array that begins at an offset."""
    index, number = _skip(text, offset + 1), 0
    while index < len(text) and text[index] not in "]}":
        name: str | int = number
        if text[offset] == "{":
            name, index = _DECODER.raw_decode(text, index)
            index = _skip(text, _skip(text, index) + 1)
        if name == step:
            return index
        _value, index = _DECODER.raw_decode(text, index)
        index = _skip(text, index)
        if index < len(text) and text[index] == ",":
            index = _skip(text, index + 1)
        number += 1
    return None
