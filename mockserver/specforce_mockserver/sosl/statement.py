"""A SOSL statement taken apart; its conditions stay SOQL text, which the SOQL compiler understands.

Source: specs/reference/soql.md sections 5 and 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from specforce_mockserver.soql.errors import caret_message
from specforce_mockserver.sosl.terms import END, NO_TERM

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OFFSET: Final = 2000
MAX_DIGITS: Final = 18
_FIND = re.compile(r"\s*FIND\s*\{", re.IGNORECASE)
_SCOPE = re.compile(r"\s*IN\s+(ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\b", re.IGNORECASE)
_RETURNING = re.compile(r"\s*RETURNING\b", re.IGNORECASE)
_NAME = re.compile(r"\s*(\w+)\s*")
_WITH = re.compile(r"\s*WITH\s+(\w+)", re.IGNORECASE)
_LIMIT = re.compile(r"\s*LIMIT\s+(\d+)(?!\S)", re.IGNORECASE)
_UPDATE = re.compile(r"\s*UPDATE\s+(?:TRACKING|VIEWSTAT)(?:\s*,\s*(?:TRACKING|VIEWSTAT))*\s*$", re.IGNORECASE)
_TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\w+|\S)", re.DOTALL)
_TEXT = r"\s*=\s*'((?:[^'\\]|\\.)*)'"
_LIST = r"\s*\(\s*'(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*\s*\)"
# What may stand after the first word of each WITH clause.
_WITH_CLAUSES: Final = {
    "DIVISION": re.compile(_TEXT),
    "HIGHLIGHT": re.compile(""),
    "METADATA": re.compile(_TEXT),
    "NETWORK": re.compile(rf"(?:{_TEXT}|\s+IN{_LIST})", re.IGNORECASE),
    "PRICEBOOKID": re.compile(_TEXT),
    "SNIPPET": re.compile(r"(?:\s*\(\s*target_length\s*=\s*\d+\s*\))?", re.IGNORECASE),
    "SPELL_CORRECTION": re.compile(r"\s*=\s*(?:TRUE|FALSE)\b", re.IGNORECASE),
}
_CLAUSES: Final = ("WHERE", "USING", "ORDER", "LIMIT", "OFFSET")


class StatementError(Exception):
    """A statement that can't be taken apart; the message is Salesforce's where one is known."""


@dataclass(slots=True)
class Wanted:
    """One object of RETURNING; `order_by` and `where` are SOQL, `list_view` is a list view's API name."""

    sobject: str
    fields: list[str] = field(default_factory=list[str])
    where: str | None = None
    order_by: str | None = None
    limit: int | None = None
    offset: int | None = None
    list_view: str | None = None


@dataclass(slots=True)
class Statement:
    """A search; `wanted` None means every searchable object."""

    terms: str
    scope: str = "ALL"
    wanted: list[Wanted] | None = None
    limit: int | None = None
    labels: bool = False


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
    while (clause := _WITH.match(rest)) is not None:
        rest = _with(statement, clause, rest)
    if (limit := _LIMIT.match(rest)) is not None:
        statement.limit = _count(limit[1])
        rest = rest[limit.end() :]
    if rest.strip() and _UPDATE.match(rest) is None:
        raise _unexpected(rest)
    return statement


def _unexpected(rest: str) -> StatementError:
    """Nothing can go on with what comes next."""
    token = _TOKEN.match(rest)
    return StatementError(f"unexpected token: {END if token is None else token[1]}")


def _closing_brace(text: str, start: int) -> int:
    """Where the search text ends; a bar in it is an operator when doubled, and an error when not [S]."""
    index, quoted = start, False
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 1
        elif character == "}":
            return index
        elif character == '"':
            quoted = not quoted
        elif character == "|" and not quoted:
            if text[index : index + 2] != "||":
                line = text.count("\n", 0, index) + 1
                column = index - (text.rfind("\n", 0, index) + 1)
                wrong = f"line {line}:{column} mismatched character '|' expecting '}}'"
                # The recorded caret stands under the character before the bar.
                raise StatementError(caret_message(text, index - 1, wrong))
            index += 1
        index += 1
    raise StatementError(NO_TERM)


def _with(statement: Statement, clause: re.Match[str], rest: str) -> str:
    """Read a WITH clause; METADATA alone changes the answer. What follows it is answered."""
    word = clause[1].upper()
    if word == "DATA":
        raise StatementError("WITH DATA CATEGORY needs data categories, which this org doesn't have")
    form = _WITH_CLAUSES.get(word)
    if form is None:
        raise StatementError(f"unexpected token: {clause[1]}")
    match = form.match(rest, clause.end())
    if match is None:
        raise _unexpected(rest[clause.end() :])
    if word == "METADATA":
        if match[1].upper() != "LABELS":
            raise StatementError(f"unexpected token: '{match[1]}'")
        statement.labels = True
    return rest[match.end() :]


def _wanted_list(text: str) -> tuple[list[Wanted], str]:
    wanted: list[Wanted] = []
    while True:
        name = _NAME.match(text)
        if name is None:
            raise _unexpected(text)
        text = text[name.end() :]
        inside = ""
        if text.startswith("("):
            end = _closing_parenthesis(text)
            inside, text = text[1:end], text[end + 1 :]
        wanted.append(_wanted(name[1], inside))
        if not text.lstrip().startswith(","):
            return wanted, text
        text = text.lstrip()[1:]


def _tokens(text: str) -> Iterator[tuple[int, str, int]]:
    """The tokens of a text: where each begins, it, and how many parentheses it stands in."""
    depth = 0
    for match in _TOKEN.finditer(text):
        if match[1] == ")":
            depth -= 1
        yield match.start(1), match[1], depth
        if match[1] == "(":
            depth += 1


def _closing_parenthesis(text: str) -> int:
    """The place of the parenthesis that closes the first one."""
    for place, piece, depth in _tokens(text):
        if piece == ")" and depth == 0:
            return place
    raise StatementError(f"expecting a right parentheses, found {END}")


def _wanted(sobject: str, inside: str) -> Wanted:
    """One object from what stands in its parentheses: fields, then clauses in their order."""
    first, clauses = _clauses(inside)
    wanted = Wanted(sobject, first)
    for keyword, rest in clauses:
        match keyword:
            case "LIMIT":
                wanted.limit = _number(rest)
            case "OFFSET":
                wanted.offset = _number(rest)
            case "ORDER":
                wanted.order_by = _after(rest, r"BY\s+(.+)")
            case "USING":
                wanted.list_view = _after(rest, r"LISTVIEW\s*=\s*(\w+)")
            case _:
                wanted.where = _after(rest, r"(.+)")
    return wanted


def _clauses(inside: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The fields, and the clauses after them; a keyword inside quotes or parentheses begins none."""
    starts = [0]
    keywords: list[str] = []
    ends: list[int] = []
    for place, token, depth in _tokens(inside):
        keyword = token.upper()
        if (
            depth == 0
            and keyword in _CLAUSES
            and (keyword != "ORDER" or re.match(r"ORDER\s+BY\b", inside[place:], re.IGNORECASE))
        ):
            if keywords and _CLAUSES.index(keyword) <= _CLAUSES.index(keywords[-1]):
                raise StatementError(f"unexpected token: {token}")
            keywords.append(keyword)
            ends.append(place)
            starts.append(place + len(token))
    pieces = [inside[start:end] for start, end in zip(starts, [*ends, len(inside)], strict=True)]
    return _fields(pieces[0]), list(zip(keywords, pieces[1:], strict=True))


def _fields(listed: str) -> list[str]:
    """The fields, parted at the commas that stand in no parentheses."""
    commas = [place for place, piece, depth in _tokens(listed) if piece == "," and depth == 0]
    starts = [0, *(place + 1 for place in commas)]
    fields = [listed[start:end].strip() for start, end in zip(starts, [*commas, len(listed)], strict=True)]
    if len(fields) > 1 and not all(fields):
        raise StatementError("unexpected token: ,")
    return [each for each in fields if each]


def _after(rest: str, form: str) -> str:
    """What a clause says, in its form."""
    match = re.fullmatch(rf"\s*{form}\s*", rest, re.IGNORECASE | re.DOTALL)
    if match is None:
        raise _unexpected(rest if rest.strip() else ")")
    return match[1].strip()


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise _unexpected(text if text.strip() else ")")
    return _count(text.strip())


def _count(digits: str) -> int:
    """A number of records; longer ones than any object has mean all just as well."""
    return int(digits[:MAX_DIGITS])
