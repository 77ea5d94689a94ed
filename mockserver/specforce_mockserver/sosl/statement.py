"""A SOSL statement taken apart; its conditions stay SOQL text, which the SOQL compiler understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NO_TERM = "No search term found. The search term must be enclosed in braces."
SCOPES = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
_FIND = re.compile(r"\s*FIND\s*\{", re.IGNORECASE)
_SCOPE = re.compile(r"\s*IN\s+(ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\b", re.IGNORECASE)
_RETURNING = re.compile(r"\s*RETURNING\b", re.IGNORECASE)
_LIMIT = re.compile(r"\bLIMIT\s+(\d+)", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<!\S)(?:WHERE|USING|ORDER\s+BY|LIMIT|OFFSET)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_NAME = re.compile(r"\s*(\w+)\s*")
_WITH = re.compile(r"\s*(?:WITH|UPDATE|LIMIT)\b", re.IGNORECASE)


class StatementError(Exception):
    """A statement that can't be taken apart; the message is Salesforce's where one is known."""


@dataclass(slots=True)
class Wanted:
    """One object of RETURNING."""

    sobject: str
    fields: list[str] = field(default_factory=list[str])
    where: str | None = None
    order_by: str | None = None
    limit: int | None = None
    offset: int | None = None


@dataclass(slots=True)
class Statement:
    """A search; `wanted` None means every searchable object."""

    terms: str
    scope: str = "ALL"
    wanted: list[Wanted] | None = None
    limit: int | None = None


def take_apart(text: str) -> Statement:
    """Read a statement.

    Raises:
        StatementError: it isn't one.
    """
    begin = _FIND.match(text)
    if begin is None:
        raise StatementError(NO_TERM)
    end = _closing_brace(text, begin.end())
    statement = Statement(text[begin.end() : end])
    if not statement.terms.strip():
        raise StatementError(NO_TERM)
    rest = text[end + 1 :]
    if (scope := _SCOPE.match(rest)) is not None:
        statement.scope = scope[1].upper()
        rest = rest[scope.end() :]
    if (returning := _RETURNING.match(rest)) is not None:
        statement.wanted, rest = _wanted_list(rest[returning.end() :])
    if rest.strip() and _WITH.match(rest) is None:
        raise StatementError(f"unexpected token: {rest.split()[0]}")
    limit = _LIMIT.search(rest)
    statement.limit = int(limit[1]) if limit else None
    return statement


def _closing_brace(text: str, start: int) -> int:
    index = start
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] == "}":
            return index
        index += 1
    raise StatementError(NO_TERM)


def _wanted_list(text: str) -> tuple[list[Wanted], str]:
    wanted: list[Wanted] = []
    while True:
        name = _NAME.match(text)
        if name is None:
            raise StatementError(
                "unexpected token: '<EOF>'" if not text.strip() else f"unexpected token: {text.split(maxsplit=1)[0]}"
            )
        text = text[name.end() :]
        inside = ""
        if text.startswith("("):
            end = _closing_parenthesis(text)
            inside, text = text[1:end], text[end + 1 :]
        wanted.append(_wanted(name[1], inside))
        if not text.lstrip().startswith(","):
            return wanted, text
        text = text.lstrip()[1:]


def _closing_parenthesis(text: str) -> int:
    """The place of the parenthesis that closes the first one, quoted texts passed over."""
    depth, quoted, index = 0, False, 0
    while index < len(text):
        character = text[index]
        if character == "\\" and quoted:
            index += 1
        elif character == "'":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return index
        index += 1
    raise StatementError("expecting a right parentheses, found '<EOF>'")


def _wanted(sobject: str, inside: str) -> Wanted:
    """One object from what stands in its parentheses: fields, then clauses in their order."""
    first, *clauses = _clauses(inside)
    wanted = Wanted(sobject, [each.strip() for each in first.split(",") if each.strip()])
    for clause in clauses:
        keyword, rest = [*clause.split(None, 1), ""][:2]
        match keyword.upper():
            case "LIMIT":
                wanted.limit = _number(rest)
            case "OFFSET":
                wanted.offset = _number(rest)
            case "ORDER":
                wanted.order_by = [*rest.split(None, 1), ""][1].strip() or None
            case "WHERE" if not rest.strip():
                raise StatementError("unexpected token: ')'")
            case "WHERE":
                wanted.where = rest.strip()
            case _:
                pass
    return wanted


def _clauses(inside: str) -> list[str]:
    """The field list and the clauses after it; a keyword inside a quoted text is none."""
    quoted = [match.span() for match in _QUOTED.finditer(inside)]
    starts = [
        match.start()
        for match in _CLAUSE.finditer(inside)
        if not any(begin <= match.start() < end for begin, end in quoted)
    ]
    return [inside[begin:end] for begin, end in zip([0, *starts], [*starts, len(inside)], strict=True)]


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise StatementError(f"unexpected token: {text.strip() or chr(39) + '<EOF>' + chr(39)}")
    return int(text)
