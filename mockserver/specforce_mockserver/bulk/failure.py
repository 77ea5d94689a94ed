"""Why a whole job fails: the `errorMessage` of a `Failed` job, in the form `Code : text`.

Source: reference/bulk_v2.md section 7, "Job-level failure". Texts tagged [E?] there, or missing from it, are our own.
"""

from __future__ import annotations


class JobFailure(Exception):
    """A job ends as `Failed`.

    Args:
        error_message: what `GET` of the job shows as `errorMessage`.
    """

    def __init__(self, error_message: str) -> None:
        super().__init__(error_message)
        self.error_message = error_message


def line_ending_failure(line_ending: str) -> JobFailure:
    """The bytes disagree with the job's `lineEnding` [S]."""
    return JobFailure(
        f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {line_ending}"
    )


def unescaped_quote_failure() -> JobFailure:
    """A quote stands where no quote may stand; typical for a BOM before a quoted header [S]."""
    return JobFailure(
        "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
    )


def unclosed_quote_failure() -> JobFailure:
    """The file ends inside a quoted cell [E?]."""
    return JobFailure("InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote")


def record_too_long_failure() -> JobFailure:
    """A record never ends, or not within the limits [E?]."""
    return JobFailure("InvalidBatch : Failed to parse CSV. Maximum length of a record exceeded")


def encoding_failure() -> JobFailure:
    """The file isn't UTF-8 [E?]: the guide only says that it must be."""
    return JobFailure("ClientInputError : Failed to read the CSV: the data is not valid UTF-8")


def no_records_failure() -> JobFailure:
    """The job was closed without data, or with an empty upload [S for Bulk API 1.0, E? here]."""
    return JobFailure("InvalidBatch : Records not found")


def out_of_batches_failure() -> JobFailure:
    """The org's internal batches of the day are used up [E text]."""
    return JobFailure("ExceededQuota : ApiBatchItems Limit exceeded.")


def field_not_found_failure(name: str) -> JobFailure:
    """A header cell names no field, or one the user can't see; only the first bad one is named [S]."""
    return JobFailure(f"InvalidBatch : Field name not found : {name}")
