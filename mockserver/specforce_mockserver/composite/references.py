"""References in a subrequest to what earlier ones answered: `@{newAccount.id}`, `@{found.records[0].Id}`.

A string that is one reference becomes the value it stands for; inside a longer one the value is written out.
Source: specs/reference/rest.md section 10.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = Any
MAX_DEPTH = 100
NULLS_SINCE = 52.0
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*\Z", re.ASCII)
_REFERENCE = re.compile(r"@\{([^{}]*)\}")
_MISSING: Final = object()
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d{1,9})\]", re.ASCII)


def illegal_reference_id(reference_id: str) -> str:
    """What is said of a name that isn't one."""
    return (
        f"Provided referenceId ('{reference_id}') must start with a letter or a number, "
        "and it can contain only letters, numbers and underscores ('_')."
    )


class References:
    """The answers so far, by the names of their subrequests."""

    def __init__(self, version: float) -> None:
        self._answers: dict[str, Json] = {}
        self._null_is_a_value = version >= NULLS_SINCE

    def add(self, reference_id: str, answer: Json) -> None:
        """Keep an answer; one under a name that isn't allowed can't be referred to."""
        if REFERENCE_ID.match(reference_id):
            self._answers[reference_id] = answer

    def in_url(self, url: str) -> str:
        """A URL with its references replaced, encoded.

        Raises:
            ApiError: a reference leads to no value.
        """
        return _REFERENCE.sub(lambda match: quote(_text(self._value(match[1])), safe="/"), url)

    def in_body(self, body: Json) -> Json:
        """A body with its references replaced.

        Raises:
            ApiError: a reference leads to no value, or the body is nested too deeply.
        """
        return _mapped(body, self._in_text, 0)

    def _in_text(self, text: str) -> Json:
        whole = _REFERENCE.fullmatch(text)
        if whole is not None:
            return self._value(whole[1])
        return _REFERENCE.sub(lambda match: _text(self._value(match[1])), text)

    def _value(self, path: str) -> Json:
        """The value of a path.

        Raises:
            ApiError: 400 PROCESSING_HALTED, there is none, or it is no text, number or boolean.
        """
        name = re.split(r"[.\[]", path, maxsplit=1)[0]
        value: Json = self._answers.get(name, _MISSING)
        place = len(name)
        while value is not _MISSING and place < len(path):
            step = _STEP.match(path, place)
            value = _MISSING if step is None else _member(value, step)
            place = step.end() if step is not None else place
        if name == path or not self._can_stand(value):
            message = f"Invalid reference specified. No value for {path} found in {name}"
            if not REFERENCE_ID.match(name):
                message = f"{message}. {illegal_reference_id(name)}"
            raise ApiError(400, "PROCESSING_HALTED", message)
        return value

    def _can_stand(self, value: Json) -> bool:
        """Whether a value can stand in a URL or a body."""
        if value is None:
            return self._null_is_a_value
        return isinstance(value, str | int | float)


def _member(value: Json, step: re.Match[str]) -> Json:
    if isinstance(value, dict) and step[1] is not None:
        return cast("Mapping[str, Json]", value).get(step[1], _MISSING)
    if isinstance(value, list) and step[2] is not None:
        items: list[Json] = [*value]
        return items[int(step[2])] if int(step[2]) < len(items) else _MISSING
    return _MISSING


def _text(value: Json) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mapped(node: Json, change: Callable[[str], Json], depth: int) -> Json:
    """A document with every text changed."""
    if depth > MAX_DEPTH:
        raise ApiError(
            400, "JSON_PARSER_ERROR", f"The body of a subrequest is nested more than {MAX_DEPTH} levels deep"
        )
    if isinstance(node, str):
        return change(node)
    if isinstance(node, list):
        items: list[Json] = [*node]
        return [_mapped(each, change, depth + 1) for each in items]
    if isinstance(node, dict):
        return {key: _mapped(each, change, depth + 1) for key, each in cast("Mapping[str, Json]", node).items()}
    return node
