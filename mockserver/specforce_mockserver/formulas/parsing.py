"""Text to tree, by the precedence of operators.

Promises: linear time; nesting is bounded, so that no text exhausts the stack; `FormulaError` for all that isn't a
formula. No lark here: schemas are read before an org answers its first request, and lark's grammars take a tenth of a
second to compile.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.tree import Binary, Boolean, Call, Name, Null, Number, Text, Unary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.formulas.tree import Node

MAX_CHARS = 5_000
MAX_NESTING = 60
_TOKEN = re.compile(
    r"""(?P<blank>\s+|/\*.*?\*/)
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>\$?[A-Za-z_]\w*(?::[A-Za-z]\w*)?(?:\s*\.\s*[A-Za-z_]\w*(?::[A-Za-z]\w*)?)*)
    |(?P<operator>&&|\|\||<>|!=|==|<=|>=|[-+*/^&=<>!(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "=": 3,
    "<>": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "&": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "^": 9,
}
_UNARY = 8
_SPELLINGS = {"==": "=", "!=": "<>"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """Parse a formula.

    Raises:
        FormulaError: it is none, or too long, or nested too deeply.
    """
    if len(text) > MAX_CHARS:
        message = f"a formula can't be longer than {MAX_CHARS} characters"
        raise FormulaError(message)
    return _Parser(text).whole()


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unexpected(text[at], at)
        if found.lastgroup != "blank":
            yield _Token(str(found.lastgroup), found.group(), at)
        at = found.end()
    yield _Token("end", "the end", len(text))


def _unexpected(what: str, at: int) -> FormulaError:
    return FormulaError(f"unexpected {what} at character {at + 1}")


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0
        self._nesting = 0

    def whole(self) -> Node:
        found = self._expression(0)
        if self._next.kind != "end":
            raise _unexpected(self._next.text, self._next.at)
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.kind != "operator" or token.text != text:
            raise FormulaError(f"expected {text} instead of {token.text} at character {token.at + 1}")

    def _expression(self, above: int) -> Node:
        """An operand with all operators that bind more tightly than `above`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            message = f"a formula can't be nested more than {MAX_NESTING} levels deep"
            raise FormulaError(message)
        left = self._operand()
        while (operator := self._operator(above)) is not None:
            self._take()
            # A power is of what stands on its right: 2 ^ 3 ^ 2.
            below = _PRECEDENCE[operator] - (operator == "^")
            left = Binary(operator, left, self._expression(below))
        self._nesting -= 1
        return left

    def _operator(self, above: int) -> str | None:
        token = self._next
        operator = _SPELLINGS.get(token.text, token.text)
        if token.kind != "operator" or _PRECEDENCE.get(operator, 0) <= above:
            return None
        return operator

    def _operand(self) -> Node:
        token = self._take()
        match token.kind:
            case "number":
                return Number(float(token.text))
            case "text":
                return Text(
                    re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[1]), token.text[1:-1], flags=re.DOTALL)
                )
            case "name":
                return self._named(token)
            case "operator" if token.text in {"-", "!"}:
                return Unary(token.text, self._expression(_UNARY))
            case "operator" if token.text == "+":
                return self._expression(_UNARY)
            case "operator" if token.text == "(":
                found = self._expression(0)
                self._expect(")")
                return found
            case _:
                raise _unexpected(token.text, token.at)

    def _named(self, token: _Token) -> Node:
        if self._next.kind == "operator" and self._next.text == "(":
            self._take()
            return Call(token.text.upper(), tuple(self._arguments()))
        match token.text.upper():
            case "TRUE" | "FALSE":
                return Boolean(token.text.upper() == "TRUE")
            case "NULL":
                return Null()
            case _:
                return Name(tuple(part.strip() for part in token.text.split(".")))

    def _arguments(self) -> Iterator[Node]:
        if self._next.text == ")" and self._next.kind == "operator":
            self._take()
            return
        while True:
            yield self._expression(0)
            if self._next.text != "," or self._next.kind != "operator":
                break
            self._take()
        self._expect(")")
