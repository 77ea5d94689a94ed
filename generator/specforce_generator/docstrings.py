"""The docstrings of generated functions and methods, written from the facts of an operation."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .operations import Answer, Operation, Parameter

_WIDTH = 112
_ERROR_BY_STATUS = {
    "300": "AmbiguousExternalId",
    "401": "InvalidSession",
    "404": "NotFound",
    "409": "VersionConflict",
    "410": "VersionRetired",
    "429": "ServerUnavailable",
    "501": "NotImplementedByServer",
}


def operation_docstring(operation: Operation, *, sent: bool) -> str:
    """The docstring of a function or method, without quotes or indentation.

    Args:
        operation: its facts.
        sent: a method that sends the operation and returns the answer; else a function that returns the operation.
    """
    blocks = [paragraph(operation.summary)]
    blocks += [paragraph(" ".join(text.split())) for text in operation.description.split("\n\n") if text.strip()]
    blocks.append(section("Args", _arguments(operation)))
    blocks.append(section("Returns", [_returned(operation) if sent else "The operation, for a sender to send."]))
    blocks.append(section("Raises" if sent else "Sending it raises", _raised(operation)))
    facts = [f"Since: API {operation.since}." if operation.since else ""]
    facts.append(f"Until: API {operation.until}." if operation.until else "")
    facts.append(paragraph(f"Source: {operation.source}.") if operation.source else "")
    blocks.append("\n".join(filter(None, facts)))
    return escaped("\n\n".join(filter(None, blocks)))


def escaped(text: str) -> str:
    """Text that may stand between triple quotes."""
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return text[:-1] + '\\"' if text.endswith('"') else text


def _arguments(operation: Operation) -> list[str]:
    found = [_argument(parameter) for parameter in operation.located("path")]
    body = operation.body
    if body.kind == "multipart":
        found += [f"{part.name}: {part.description or 'this part of the body'}" for part in body.parts]
    elif body.kind != "none":
        found.append(f"body: {(body.description or 'The request body').rstrip('.')}. Sent as {body.content_type}.")
    rest = [parameter for parameter in operation.parameters if parameter.location != "path"]
    return found + [_argument(parameter) for parameter in sorted(rest, key=argument_order)]


def argument_order(parameter: Parameter) -> tuple[bool, bool]:
    """Keyword arguments: the required ones first, headers last."""
    return not parameter.required, parameter.location == "header"


def _argument(parameter: Parameter) -> str:
    text = f"{parameter.name}: {parameter.description}"
    if parameter.location == "header" or parameter.wire != parameter.name:
        text += f" Sent as the {'header' if parameter.location == 'header' else 'parameter'} `{parameter.wire}`."
    if parameter.default is not None:
        text += f" The server's default: {parameter.default}."
    if parameter.since:
        text += f" Since API {parameter.since}."
    if parameter.until:
        text += f" Until API {parameter.until}."
    return text


def _returned(operation: Operation) -> str:
    texts = dict.fromkeys(_described(answer) for answer in operation.answers if answer.success)
    return " Or: ".join(texts)


def _described(answer: Answer) -> str:
    """The answer's description, and what stands for an answer without a body."""
    nothing = " None is returned." if answer.kind == "none" else ""
    return f"{answer.description.rstrip('.')}.{nothing}"


def _raised(operation: Operation) -> list[str]:
    found: list[str] = []
    for answer in operation.answers:
        if not answer.success:
            status = "" if re.search(r"\(\d{3}[^)]*\)", answer.description) else f" ({answer.status})"
            found.append(f"{error_class(answer.status)}: {answer.description.rstrip('.')}{status}.")
    return found


def error_class(status: str) -> str:
    """The class of runtime/errors.py that a status becomes when the body holds no error code that says more."""
    return _ERROR_BY_STATUS.get(status, "ServerUnavailable" if status.startswith("5") else "ApiError")


def section(title: str, entries: list[str]) -> str:
    """A titled list; nothing where there are no entries."""
    if not entries:
        return ""
    return "\n".join([f"{title}:", *(paragraph(entry, first=" " * 4, rest=" " * 8) for entry in entries)])


def paragraph(text: str, *, first: str = "", rest: str = "") -> str:
    """Text, filled to the width of a docstring."""
    return textwrap.fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
