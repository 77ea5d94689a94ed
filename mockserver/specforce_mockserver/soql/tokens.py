"""The lexer: one regular expression over the query, and words that become keywords only where the parser can use them.

Promises: linear time, every token with its offset. Leaves out what a literal means (literals.py): a date-time of the
wrong form is one token here, so that the error can name it whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from lark import Token
from lark.lexer import Lexer

from .errors import MALFORMED_QUERY, Fault, unexpected

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MAX_NESTING = 50

_PATTERN = re.compile(
    r"""
    (?P<SPACE>    \s+ )
  | (?P<CURRENCY> [A-Za-z]{3}\d+(?:\.\d+)?(?![\w.]) )
  | (?P<DATE_N>   [A-Za-z][A-Za-z_]*\s*:\s*\d+ )
  | (?P<NAME>     [A-Za-z]\w*(?:\s*\.\s*[A-Za-z]\w*)* )
  | (?P<STRING>   '(?:[^'\\]|\\.)*' )
  | (?P<DATETIME> \d{4}-\d\d-\d\d[Tt][\d:.+\-Zz]* )
  | (?P<DATE>     \d{4}-\d\d-\d\d(?![\w-]) )
  | (?P<TIME>     \d\d:\d\d[\d:.Zz]* )
  | (?P<NUMBER>   [+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<EQUALS>   = )
  | (?P<COMPARE>  != | <> | <= | >= | < | > )
  | (?P<_LPAR>    \( )
  | (?P<RPAR>     \) )
  | (?P<_COMMA>   , )
  | (?P<_BIND>    : )
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z]\w*(?:\s*\.\s*[A-Za-z]\w*)*", re.ASCII)

# The terminals of the grammar that are words.
_WORDS = (
    "SELECT", "_FROM", "_WHERE", "_AND", "_OR", "_NOT", "IN", "_LIKE", "INCLUDES", "EXCLUDES", "_GROUP", "_BY",
    "ROLLUP", "CUBE", "_HAVING", "_ORDER", "ASC", "DESC", "_NULLS", "FIRST", "LAST", "_LIMIT", "_OFFSET", "_FOR",
    "VIEW", "REFERENCE", "UPDATE", "TRACKING", "VIEWSTAT", "ALL", "_ROWS", "_USING", "_SCOPE", "WITH",
    "SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE", "DATA", "_CATEGORY", "AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW",
    "TYPEOF", "_WHEN", "_THEN", "_ELSE", "_END", "TRUE", "FALSE", "NULL",
)  # fmt: skip
KEYWORDS = {word.lstrip("_"): word for word in _WORDS}

# Salesforce's reserved words never name anything; `Group` and `Order` are objects, so those two depend on the place as
# the others do.
_RESERVED_WORDS = (
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "EXCLUDES", "HAVING", "ASC", "DESC",
    "NULLS", "LIMIT", "USING", "WITH", "NULL",
)  # fmt: skip
RESERVED = frozenset(KEYWORDS[word] for word in _RESERVED_WORDS)


class ParserPosition(Protocol):
    """What the lexer asks of lark's parser state: which terminals can come next."""

    @property
    def position(self) -> Any: ...

    @property
    def parse_conf(self) -> Any: ...


class SoqlLexer(Lexer):
    """The lexer in the form that lark takes: it runs in step with the parser and looks at its state."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        """Nothing to set up: the terminals are this module's own."""

    def lex(self, lexer_state: Any, parser_state: ParserPosition) -> Iterator[Token]:
        """The tokens of the query in `lexer_state.text` (a `QueryText`).

        Raises:
            Fault: a character that begins no token, a string without end, parentheses nested too deep.
        """
        text: str = lexer_state.text.text
        states: dict[Any, Collection[str]] = parser_state.parse_conf.states
        offset, end, depth = 0, len(text), 0
        match_at = _PATTERN.match
        while offset < end:
            match = match_at(text, offset)
            if match is None:
                raise _no_token(text, offset)
            kind = match.lastgroup or ""
            start, offset = offset, match.end()
            if kind == "SPACE":
                continue
            word = match.group()
            if kind == "NAME":
                keyword = KEYWORDS.get(word.upper())
                if keyword is not None and (keyword in RESERVED or keyword in states[parser_state.position]):
                    kind = keyword
            elif kind == "_LPAR":
                depth += 1
                if depth > MAX_NESTING:
                    raise unexpected(word, start)
            elif kind == "RPAR":
                depth -= 1
            elif kind in {"CURRENCY", "DATE_N"} and kind not in states[parser_state.position]:
                # `cnt1` as an alias and `Name:1` only look like a currency amount and a date literal.
                name = _NAME.match(text, start)
                assert name is not None
                kind, word, offset = "NAME", name.group(), name.end()
            yield Token(kind, word, start)


class QueryText:
    """A query on its way through lark, which would wrap a plain `str` into something of its own."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _no_token(text: str, offset: int) -> Fault:
    """The fault of a character that no token begins with; positions on these lines count from 0, as recorded."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1)
    if text[offset] == "'":
        end_column = len(text) - (text.rfind("\n") + 1)
        last_line = text.count("\n") + 1
        return Fault(MALFORMED_QUERY, f"line {last_line}:{end_column} mismatched character '<EOF>' expecting '''")
    return Fault(MALFORMED_QUERY, f"line {line}:{column} unexpected token: '{text[offset]}'")
