"""Rules of the WSDL: what the generated SOAP client and the fake org rely on, with the line it is missed at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specforce_generator.sources import SourceError
from specforce_generator.wsdl import read_wsdl

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_generator.index import ApiEntry
    from specforce_generator.wsdl import SoapOperation, Wsdl

    from .context import Context


def lint_wsdls(context: Context) -> Iterator[Finding]:
    """Operations are documented, sourced and take a session; lists of requests say their bound; names don't clash."""
    for entry in context.index.soap:
        if entry.source not in context.sources:
            yield Finding("index.toml", 1, "wsdl", f"[[soap]] {entry.id}: no table {entry.source!r} in sources.toml")
        try:
            wsdl = read_wsdl(context.folder, entry.files[0], entry.id)
        except SourceError as error:
            yield Finding.of(error)
            continue
        text = (context.folder / entry.files[0]).read_text(encoding="utf-8")
        yield from _lint(context, entry, wsdl, text)


def _lint(context: Context, entry: ApiEntry, wsdl: Wsdl, text: str) -> Iterator[Finding]:
    path = entry.files[0]
    for operation in wsdl.operations:
        line = _line(text, f'<operation name="{operation.wire}"')
        for message in _operation(context, operation):
            yield Finding(path, line, "wsdl", f"operation {operation.wire}: {message}")
        line = _line(text, f'<xsd:element name="{operation.wire}"')
        for member in operation.request:
            if member.many and operation.aligned and member.most is None and operation.wire not in _UNBOUNDED:
                message = f"{operation.wire}/{member.wire}: how many entries it takes isn't said: write x:most"
                yield Finding(path, line, "wsdl", message)
            if not member.description:
                message = f"{operation.wire}/{member.wire} has no documentation: it becomes the line under Args"
                yield Finding(path, line, "wsdl", message)
    for found in (*wsdl.types.values(), *wsdl.headers.values()):
        line = _line(text, f'name="{found.wire}"')
        if not found.description:
            yield Finding(path, line, "wsdl", f"{found.wire} has no documentation: it becomes a class's docstring")
        names = [member.name for member in wsdl.all_members(found.wire)]
        for name in {*names} & _TAKEN:
            yield Finding(path, line, "wsdl", f"{found.wire}: generated code uses the name {name} itself: rename it")


_TAKEN = {"from_node", "to_node", "unknown"}
_UNBOUNDED = (
    "process",
    "invalidateSessions",
    "deleteByExample",
    "sendEmailMessage",
    "renderEmailTemplate",
    "findDuplicates",
    "findDuplicatesByIds",
)


def _operation(context: Context, operation: SoapOperation) -> Iterator[str]:
    if not operation.description:
        yield "no documentation: it becomes the docstring"
    if not operation.rows:
        yield 'no source: write x:rows="soap.md#7"'
    for row in operation.rows:
        if not context.has_row(row):
            yield f"reference/ has no row {row}"
    if operation.wire != "login" and not operation.authenticated:
        yield "it takes no SessionHeader: every operation but login does"


def _line(text: str, wanted: str) -> int:
    """The line, counted from 1, of the first place where some text stands."""
    found = re.search(re.escape(wanted), text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
