"""Why a whole job fails: the `errorMessage` of a `Failed` job, in the form `Code : text`.

Source: reference/bulk_v2.md section 7, "Job-level failure".
"""

from __future__ import annotations


class JobFailure(Exception):  # noqa: N818 - the job's state is called Failed, and this is no fault of the program
    """A job ends as `Failed`.

    Args:
        code: the CamelCase code, such as `InvalidBatch`.
        text: what happened.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} : {text}")
        self.code = code
        self.text = text

    @property
    def error_message(self) -> str:
        """What `GET` of the job shows as `errorMessage`."""
        return f"{self.code} : {self.text}"


def line_ending_failure(line_ending: str) -> JobFailure:
    """The bytes disagree with the job's `lineEnding` [S]."""
    return JobFailure(
        "ClientInputError", f"LineEnding is invalid on user data. Current LineEnding setting is {line_ending}"
    )


def unescaped_quote_failure() -> JobFailure:
    """A quote stands where no quote may stand; typical for a BOM before a quoted header [S]."""
    return JobFailure(
        "InvalidBatch", "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
    )


def unclosed_quote_failure() -> JobFailure:
    """The file ends inside a quoted cell [E?]: no recording, same family of text."""
    return JobFailure("InvalidBatch", "Failed to parse CSV. EOF reached before closing an opened quote")


def encoding_failure() -> JobFailure:
    """The file isn't UTF-8 [E?]: the guide only says that it must be."""
    return JobFailure("ClientInputError", "Failed to read the CSV: the data is not valid UTF-8")


def field_not_found_failure(name: str) -> JobFailure:
    """A header cell names no field, or one the user can't see; only the first bad one is named [S]."""
    return JobFailure("InvalidBatch", f"Field name not found : {name}")
