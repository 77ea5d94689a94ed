"""The words of a search as a tree, and the tree as an expression of SQLite's full-text index.

Words are joined by AND, or by OR where that is an object's way, unless operators say otherwise; `*` stands for any
characters, `?` for one, a phrase for its words in order. Source: specs/reference/soql.md section 7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce_mockserver.sosl.words import folded, has_short_script, has_words, spaced, speakable

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_CHARACTERS: Final = 2
MAX_CHARACTERS: Final = 10_000
MAX_CHARACTERS_WITH_OPERATORS: Final = 4_000
MAX_NESTING: Final = 50
NO_TERM: Final = "No search term found. The search term must be enclosed in braces."
END: Final = "'<EOF>'"
# No text has this word: it is searched for where nothing shall be found.
NOWHERE: Final = "\ue001"
_TOKEN: Final = re.compile(r'\s*(?:(?P<paren>[()])|"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>(?:[^\s()"\\]|\\.|\\$|")+))')
_PIECE: Final = re.compile(r"\\.|[*?]|[^\\*?]+|\\", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_OPERATORS: Final = {"AND": "AND", "OR": "OR", "NOT": "NOT", "&&": "AND", "||": "OR"}

# The words of the index that fit a pattern in SQLite's GLOB.
FittingWords = Callable[[str], Iterable[str]]


class TermError(Exception):
    """A search text that can't be understood; the message is Salesforce's where one is known."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase; `begins` when its last word is a beginning; a word with wildcards has a `pattern` for GLOB."""

    text: str
    begins: bool = False
    pattern: str = ""

    def expression(self, fitting: FittingWords, _by_default: str) -> str:
        """As the index takes it."""
        if not self.pattern:
            quoted = '"' + self.text.replace('"', '""') + '"'
            return f"{quoted} *" if self.begins else quoted
        found = [f'"{each}"' for each in fitting(self.pattern)]
        return f"({' OR '.join(found)})" if found else f'"{NOWHERE}"'


@dataclass(frozen=True, slots=True)
class Joined:
    """Terms under one operator; None stands for the one that is an object's way."""

    operator: str | None
    terms: tuple[Term, ...]

    def expression(self, fitting: FittingWords, by_default: str) -> str:
        """As the index takes it."""
        glue = f" {self.operator or by_default} "
        return f"({glue.join(each.expression(fitting, by_default) for each in self.terms)})"


@dataclass(frozen=True, slots=True)
class Without:
    """What has the one and not the other."""

    wanted: Term
    unwanted: Term

    def expression(self, fitting: FittingWords, by_default: str) -> str:
        """As the index takes it."""
        return f"({self.wanted.expression(fitting, by_default)} NOT {self.unwanted.expression(fitting, by_default)})"


Term = Word | Joined | Without


def search_for(text: str, *, plain: bool = False) -> Term:
    """What is searched for.

    Args:
        text: the search text.
        plain: operators and wildcards mean nothing: the words of a parameterized search.

    Raises:
        TermError: nothing to search for, or operators in the wrong place.
    """
    if len(text) > MAX_CHARACTERS:
        return Word(NOWHERE)
    text = speakable(text)
    if plain:
        _refuse_short(text)
        return _all_of(each for each in text.split() if has_words(each))
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    if not tokens:
        raise TermError(NO_TERM)
    _refuse_short("".join(_ESCAPED.sub(r"\1", each.text) for each in tokens))
    if len(text) > MAX_CHARACTERS_WITH_OPERATORS:
        return _all_of(_ESCAPED.sub(r"\1", each.text) for each in tokens if each.kind in {"word", "phrase"})
    parser = _Parser(tokens)
    found = parser.alternatives()
    parser.expect_end()
    return found


def beginning(typed: str) -> Term:
    """The words that somebody has typed so far, the last of which may be a beginning."""
    *whole, begun = [each for each in speakable(typed).split() if has_words(each)] or [NOWHERE]
    return _joined("AND", [*(Word(spaced(each)) for each in whole), Word(spaced(begun), begins=True)])


def _all_of(words: Iterable[str]) -> Term:
    return _joined(None, [Word(spaced(each)) for each in words if has_words(each)] or [Word(NOWHERE)])


def _joined(operator: str | None, terms: Sequence[Term]) -> Term:
    return terms[0] if len(terms) == 1 else Joined(operator, tuple(terms))


def _refuse_short(text: str) -> None:
    shown = text.strip()
    if len(shown.strip("*?")) < (1 if has_short_script(shown) else MIN_CHARACTERS):
        raise TermError(f"search term must be longer than one character: {shown}")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _token(match: re.Match[str]) -> _Token:
    if match["paren"]:
        return _Token(match["paren"], match["paren"])
    if match["phrase"] is not None:
        return _Token("phrase", match["phrase"])
    word = match["word"]
    return _Token(_OPERATORS.get(word.upper(), "word"), word)


def _phrase(text: str) -> Word:
    """Words in order; a star at the end makes a beginning of the last one."""
    begins = text.endswith("*") and not text.endswith("\\*")
    return Word(spaced(_ESCAPED.sub(r"\1", text.rstrip("*") if begins else text)), begins=begins)


def _word(text: str) -> Word:
    """A word, whose unescaped stars and question marks stand for other characters."""
    pieces = _PIECE.findall(text)
    wild = {place for place, each in enumerate(pieces) if each in {"*", "?"}}
    texts = [each if place in wild else _ESCAPED.sub(r"\1", each) for place, each in enumerate(pieces)]
    last = len(pieces) - 1
    if wild == {last} and pieces[last] == "*":
        return Word(spaced("".join(texts[:last])), begins=True)
    if not wild:
        return Word(spaced("".join(texts)))
    return Word(text, pattern="".join(each if place in wild else _glob(each) for place, each in enumerate(texts)))


def _glob(text: str) -> str:
    """The letters of a text as GLOB has them; what parts words can't be in one."""
    return "".join(each for each in folded(text) if each.isalnum())


class _Parser:
    """alternatives := beside (OR beside)*; beside := all+; all := part ((AND | AND NOT | NOT) part)*;
    part := word | phrase | (alternatives)

    What stands side by side is joined by the object's way. Words that the tokenizer would find nothing in, such as a
    dash, are passed over.
    """

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = [each for each in tokens if each.kind not in {"word", "phrase"} or has_words(each.text)]
        self._place = 0
        self._depth = 0

    def _kind(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else "end"

    def _take(self) -> _Token:
        token = self._tokens[self._place]
        self._place += 1
        return token

    def _unexpected(self) -> TermError:
        return TermError(f"unexpected token: {self._tokens[self._place].text if self._kind() != 'end' else END}")

    def expect_end(self) -> None:
        if self._place < len(self._tokens):
            raise self._unexpected()

    def alternatives(self) -> Term:
        if not self._tokens:
            return Word(NOWHERE)
        among = [self._side_by_side()]
        while self._kind() == "OR":
            self._take()
            among.append(self._side_by_side())
        return _joined("OR", among)

    def _side_by_side(self) -> Term:
        among = [self._all()]
        while self._kind() in {"word", "phrase", "("}:
            among.append(self._all())
        return _joined(None, among)

    def _all(self) -> Term:
        wanted, unwanted = [self._part()], list[Term]()
        while self._kind() in {"AND", "NOT"}:
            if self._kind() == "AND":
                self._take()
            if self._kind() == "NOT":
                self._take()
                unwanted.append(self._part())
            else:
                wanted.append(self._part())
        found = _joined("AND", wanted)
        return Without(found, _joined("OR", unwanted)) if unwanted else found

    def _part(self) -> Term:
        match self._kind():
            case "word":
                return _word(self._take().text)
            case "phrase":
                return _phrase(self._take().text)
            case "(" if self._depth < MAX_NESTING:
                self._take()
                self._depth += 1
                inner = self.alternatives()
                self._depth -= 1
                if self._kind() != ")":
                    raise self._unexpected()
                self._take()
                return inner
            case _:
                raise self._unexpected()
