"""The errors of a query and the message that Salesforce makes of a text and a position in it.

The parser and the semantic pass raise `Fault` with an offset into the query; `SoqlError`, which callers see, is made of
it in one place, where the query's text is known. Source: specs/reference/soql.md section 5, in the wording of API
version 61 and later. Texts without a row there are ours, and so is whether a caret comes with them.
"""

from __future__ import annotations

MALFORMED_QUERY = "MALFORMED_QUERY"
INVALID_FIELD = "INVALID_FIELD"
INVALID_TYPE = "INVALID_TYPE"
INVALID_QUERY_FILTER_OPERATOR = "INVALID_QUERY_FILTER_OPERATOR"
NUMBER_OUTSIDE_VALID_RANGE = "NUMBER_OUTSIDE_VALID_RANGE"
QUERY_TOO_COMPLICATED = "QUERY_TOO_COMPLICATED"
INVALID_QUERY_SCOPE = "INVALID_QUERY_SCOPE"
EXCEEDED_MAX_SEMIJOIN_SUBSELECTS = "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS"
EXCEEDED_ID_LIMIT = "EXCEEDED_ID_LIMIT"
API_ERROR = "API_ERROR"

CHARS_BEFORE_CARET = 32
CHARS_AFTER_CARET = 40


class SoqlError(Exception):
    """A refused query: `code` and `message` as the API answers them, `text` what the message says beside the place;
    `row` and `column` count from 1, -1 when no place is known.
    """

    def __init__(self, code: str, message: str, *, text: str = "", row: int = -1, column: int = -1) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.text = text or message
        self.row = row
        self.column = column

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Fault(Exception):
    """What is wrong, before the query's text is at hand: `at` is the offset of the offending token, None for a message
    without a caret.
    """

    def __init__(self, code: str, text: str, at: int | None = None) -> None:
        super().__init__(code, text, at)
        self.code = code
        self.text = text
        self.at = at

    def error(self, query: str) -> SoqlError:
        """The error that the caller of the API sees."""
        if self.at is None:
            return SoqlError(self.code, self.text)
        row, column = row_and_column(query, self.at)
        return SoqlError(self.code, caret_message(query, self.at, self.text), text=self.text, row=row, column=column)


def row_and_column(query: str, at: int) -> tuple[int, int]:
    """Where an offset is, both counted from 1."""
    before = query[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def caret_message(query: str, at: int, text: str) -> str:
    """A window of the query, a caret under the offset, the place and the text.

    The recorded samples fit a window that begins up to 32 characters before the token; how far it goes on after it
    isn't known, nor what happens to the other lines of a query of several (here: the token's line alone is shown).
    """
    row, column = row_and_column(query, at)
    line_start = at - (column - 1)
    line_end = query.find("\n", at)
    line_end = len(query) if line_end < 0 else line_end
    start = max(line_start, at - CHARS_BEFORE_CARET)
    window = query[start : min(line_end, at + CHARS_AFTER_CARET)].rstrip("\r")
    return f"\n{window}\n{' ' * (at - start)}^\nERROR at Row:{row}:Column:{column}\n{text}"


def unexpected(token: str, at: int | None) -> Fault:
    """The parser met a token that nothing can go on with."""
    return Fault(MALFORMED_QUERY, f"unexpected token: '{token}'", at)
