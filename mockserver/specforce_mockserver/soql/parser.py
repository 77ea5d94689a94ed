"""Text to tree: `parse`. The grammar is compiled by lark at the first query of the process, and the latest queries are
remembered.

Promises: linear time, no recursion that grows with the query, `Fault` for everything that isn't SOQL.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from .errors import MALFORMED_QUERY, Fault, unexpected

if TYPE_CHECKING:
    from lark import Lark, Token, UnexpectedToken

    from .tree import Query

MAX_CHARS = 100_000
REMEMBERED_QUERIES = 512
REMEMBERED_CHARS = 4_000


@cache
def _lark() -> Lark:
    """The compiled grammar: a tenth of a second with lark itself, so not before somebody asks."""
    from lark import Lark  # noqa: PLC0415 (as the docstring says)

    from .build import TreeBuilder  # noqa: PLC0415
    from .tokens import SoqlLexer  # noqa: PLC0415

    grammar = files("specforce_mockserver.soql").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=SoqlLexer, transformer=TreeBuilder(), maybe_placeholders=False)


def parse(text: str) -> Query:
    """Parse one SELECT statement.

    Raises:
        Fault: it isn't one.
    """
    return _remembered(text) if len(text) <= REMEMBERED_CHARS else _parse(text)


def _parse(text: str) -> Query:
    from lark import UnexpectedToken  # noqa: PLC0415 (as in _lark)

    from .tokens import QueryText  # noqa: PLC0415

    if not text.strip():
        raise Fault(MALFORMED_QUERY, "SOQL statements cannot be empty or null")
    if len(text) > MAX_CHARS:
        raise Fault(MALFORMED_QUERY, f"SOQL statements cannot be longer than {MAX_CHARS} characters.")
    try:
        lark: Any = _lark()
        return cast("Query", lark.parse(QueryText(text)))
    except UnexpectedToken as error:
        raise _syntax_fault(error, text) from None


_remembered = lru_cache(REMEMBERED_QUERIES)(_parse)


def _syntax_fault(error: UnexpectedToken, text: str) -> Fault:
    """The fault that Salesforce reports for a token in the wrong place."""
    token: Token = cast("Any", error).token
    at = token.start_pos or 0
    if token.type == "$END":
        return unexpected("<EOF>", len(text))
    before = text[:at].split()
    if not before:
        return unexpected(str(token), None)
    if token.type == "_FROM" and before[-1].upper() == "SELECT":
        return unexpected(f"{before[-1]} {token}", at)
    return unexpected(str(token), at)
