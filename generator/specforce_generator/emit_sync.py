"""The pass that derives synchronous code from asynchronous code, token by token.

`async def` becomes `def`, `await` goes, `AsyncX` becomes `X`, asynchronous protocols become synchronous ones;
docstrings, comments and `__all__` follow. What can't be derived (locks, threads, sleeping) is written by hand in two
modules of one interface, `specforce._aio` and `specforce._threads`; imports of the first become imports of the second.

Leaves out: anything that needs types. A name that must stay is a name without the `Async` prefix.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "_aio": "_threads",
    "_async": "_sync",
    "aclose": "close",
    "aiter": "iter",
    "anext": "next",
    "aread": "read",
    "asynccontextmanager": "contextmanager",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "StopAsyncIteration": "StopIteration",
}
_PREFIXED = re.compile(r"(_*)Async([A-Z]\w*)")
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_KEYWORDS_IN_TEXT = re.compile(r"\basync (?=(?:def|for|with)\b)|\bawait (?=[A-Za-z_][\w.]*[(\[])")
_LAYOUT = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT})

_Edit = tuple[int, int, str]


def derive_all(sources: Mapping[str, str]) -> dict[str, str]:
    """Derive the synchronous twin of every module.

    Args:
        sources: path to Python source, paths relative to the folder of asynchronous code.

    Returns:
        The same paths (file names renamed by the same rules) with synchronous source, not yet formatted.
    """
    return {path.replace("_async", "_sync"): derive(text) for path, text in sources.items()}


def derive(source: str) -> str:
    """Derive synchronous source from one asynchronous module.

    Raises:
        tokenize.TokenError: the source isn't complete Python.
    """
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    starts = _line_starts(source)
    edits: list[_Edit] = []
    for position, token in enumerate(tokens):
        start = starts[token.start[0]] + token.start[1]
        end = starts[token.end[0]] + token.end[1]
        if token.type == tokenize.NAME and token.string in ("async", "await"):
            following = tokens[position + 1]
            edits.append((start, starts[following.start[0]] + following.start[1], ""))
        elif token.type == tokenize.NAME:
            edits.append((start, end, rename(token.string)))
            if token.string == "AsyncGenerator":
                edits.extend(_generator_arguments(tokens, position, starts))
        elif token.type in (tokenize.STRING, tokenize.COMMENT):
            edits.append((start, end, rename_in_text(token.string)))
    return _apply(source, edits)


def rename(name: str) -> str:
    """The synchronous name of one identifier; names that mean the same in both stay."""
    if name in _NAMES:
        return _NAMES[name]
    prefixed = _PREFIXED.fullmatch(name)
    return prefixed[1] + prefixed[2] if prefixed else name


def rename_in_text(text: str) -> str:
    """Rename identifiers in a docstring, a comment or a message, and drop the keywords of code shown in it."""
    return _WORD.sub(lambda word: rename(word[0]), _KEYWORDS_IN_TEXT.sub("", text))


def _generator_arguments(tokens: list[tokenize.TokenInfo], position: int, starts: list[int]) -> Iterator[_Edit]:
    """`AsyncGenerator[X]` has one or two arguments, `Generator[X, None, None]` three: fill in what is missing."""
    depth, commas = 0, 0
    for token in tokens[position + 1 :]:
        if token.type in _LAYOUT:
            continue
        if token.string == "[":
            depth += 1
        elif depth == 0:
            return
        elif token.string in "({":
            depth += 1
        elif token.string in ")}":
            depth -= 1
        elif token.string == "," and depth == 1:
            commas += 1
        elif token.string == "]":
            depth -= 1
            if depth == 0:
                end = starts[token.start[0]] + token.start[1]
                yield end, end, ", None" * (2 - commas)
                return


def _line_starts(source: str) -> list[int]:
    """Offset of each line's first character, counted as tokenize counts: the first line is number 1."""
    starts = [0, 0]
    for line in io.StringIO(source):
        starts.append(starts[-1] + len(line))
    return starts


def _apply(source: str, edits: list[_Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end, text in sorted(edits):
        pieces += (source[done:start], text)
        done = end
    pieces.append(source[done:])
    return "".join(pieces)
