"""The library's words for arguments, as the command line spells them.

Errors say what to pass: `external_id='Code__c'`. At a shell that is `--external-id Code__c`.
"""

from __future__ import annotations

import ast
import re
import shlex
from typing import Final, cast

_FLAGS: Final = {
    "external_id": "--external-id",
    "operation": "--operation",
    "mapping": "--map",
    "null_values": "--null",
    "delimiter": "--delimiter",
    "encoding": "--encoding",
    "newlines": "--newlines",
    "method": "--method",
    "check_header": "--check-header",
    "results": "--results",
    "retry_failed": "--retry-failed",
    "journal": "--journal",
    "resume": "--resume",
    "timeout_s": "--timeout",
    "instance_url": "--instance-url",
    "api_version": "--api-version",
    "concurrency": "--concurrency",
    "sobject": "--object",
    "fields": "--fields",
    "where": "--where",
}
_VALUE: Final = r"\{[^{}]*\}|\([^()]*\)|'[^']*'|\"[^\"]*\"|-?\d[\d.]*|True|False"
_ARGUMENT: Final = re.compile(rf"\b({'|'.join(_FLAGS)})=({_VALUE})?")
_WORDS: Final = {
    "sf.bulk.export": "specforce export",
    "sf.bulk.load": "specforce load",
    "sf.query": "specforce query",
    "mapping names": "--map names",
}


def as_flags(text: str) -> str:
    """A message with its arguments and calls as flags and commands."""
    for words, command in _WORDS.items():
        text = text.replace(words, command)
    return _ARGUMENT.sub(_flag, text)


def _flag(argument: re.Match[str]) -> str:
    flag, written = _FLAGS[argument[1]], argument[2]
    if written is None:
        return flag
    try:
        value: object = ast.literal_eval(written)
    except (SyntaxError, ValueError):
        return f"{flag} {written}"
    if isinstance(value, bool):
        return flag if value else flag.replace("--", "--no-", 1)
    values: list[object] = [value]
    if isinstance(value, dict):
        values = [f"{column}={field or ''}" for column, field in cast("dict[str, str | None]", value).items()]
    elif isinstance(value, tuple):
        values = list(cast("tuple[object, ...]", value))
    return " ".join(f"{flag} {shlex.quote(str(each))}" for each in values)
