"""The words of a search, and whether a record has them.

Words are joined by AND unless operators say otherwise; `*` stands for any characters, `?` for one, a phrase for its
words in order. A word matches whole words, without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Matches = Callable[[str], bool]
MIN_CHARACTERS = 2
_TOKEN = re.compile(r'\s*(?:(?P<paren>[()])|"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>(?:[^\s()"\\]|\\.)+))')
_OPERATORS = {"AND", "OR", "NOT"}


class TermError(Exception):
    """A search text that can't be understood; the message is Salesforce's where one is known."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def search_for(text: str, *, plain: bool = False) -> Matches:
    """A test of whether some text has what is searched for.

    Args:
        text: the search text.
        plain: operators and wildcards mean nothing: the words of a parameterized search.

    Raises:
        TermError: nothing to search for, or operators in the wrong place.
    """
    if plain:
        found = [_whole_word(re.escape(each)) for each in text.split()]
        _refuse_short(text)
        return lambda content: all(pattern.search(content) for pattern in found)
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    if not tokens:
        raise TermError("No search term found. The search term must be enclosed in braces.")
    _refuse_short("".join(each.text for each in tokens))
    parser = _Parser(tokens)
    matches = parser.alternatives()
    parser.expect_end()
    return matches


def _refuse_short(text: str) -> None:
    if len(text.strip().strip("*?")) < MIN_CHARACTERS:
        raise TermError(f"search term must be longer than one character: {text.strip()}")


def _token(match: re.Match[str]) -> _Token:
    if match["paren"]:
        return _Token(match["paren"], match["paren"])
    if match["phrase"] is not None:
        return _Token("phrase", match["phrase"])
    word = match["word"]
    return _Token(word.upper() if word.upper() in _OPERATORS else "word", word)


def _whole_word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


def _pattern(text: str, *, wildcards: bool) -> re.Pattern[str]:
    """A word or phrase as a pattern; a backslash takes the meaning from the next character."""
    made = ""
    escaped = False
    for character in text:
        if escaped or character not in "\\*?" or (character != "\\" and not wildcards):
            made += r"\s+" if character.isspace() else re.escape(character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            made += r"\w*" if character == "*" else r"\w"
    return _whole_word(made)


class _Parser:
    """alternatives := all (OR all)*; all := part ((AND | AND NOT)? part)*; part := word | phrase | (alternatives)"""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def _kind(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else "end"

    def _take(self) -> _Token:
        token = self._tokens[self._place]
        self._place += 1
        return token

    def expect_end(self) -> None:
        if self._place < len(self._tokens):
            raise TermError(f"unexpected token: {self._tokens[self._place].text}")

    def alternatives(self) -> Matches:
        among = [self._all()]
        while self._kind() == "OR":
            self._take()
            among.append(self._all())
        return lambda content: any(each(content) for each in among)

    def _all(self) -> Matches:
        wanted, unwanted = [self._part()], list[Matches]()
        while self._kind() not in {"OR", ")", "end"}:
            if self._kind() == "AND":
                self._take()
            if self._kind() == "NOT":
                self._take()
                unwanted.append(self._part())
            else:
                wanted.append(self._part())
        return lambda content: all(each(content) for each in wanted) and not any(each(content) for each in unwanted)

    def _part(self) -> Matches:
        kind = self._kind()
        if kind in {"word", "phrase"}:
            pattern = _pattern(self._take().text, wildcards=kind == "word")
            return lambda content: pattern.search(content) is not None
        if kind == "(":
            self._take()
            inner = self.alternatives()
            if self._kind() != ")":
                raise TermError("unexpected token: '<EOF>'")
            self._take()
            return inner
        raise TermError(
            f"unexpected token: {self._tokens[self._place].text if kind != 'end' else chr(39) + '<EOF>' + chr(39)}"
        )
