"""What it takes to go on with an export elsewhere or later: a short text without secrets.

    export-1:bulk:67.0:750xx0000000001AAA

The version of this form, the API, the API version of the job, the job's id. Salesforce keeps a job's result for seven
days (reference/bulk_v2.md section 8); whoever may log in to the org and sees the job can go on with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast, get_args

from specforce._ids import check_id
from specforce._versions import api_version
from specforce_api.runtime.errors import InputError

Api: TypeAlias = Literal["bulk", "bulk_v1"]
_FORM: Final = "export-1"


@dataclass(frozen=True, slots=True)
class ResumeToken:
    """A resume token, taken apart.

    Attributes:
        api: which API the job is of.
        api_version: what the job was made with, such as `67.0`.
        job_id: the job.
    """

    api: Api
    api_version: str
    job_id: str

    def __str__(self) -> str:
        return f"{_FORM}:{self.api}:{self.api_version}:{self.job_id}"


def read_token(text: str) -> ResumeToken:
    """Take a resume token apart.

    Raises:
        InputError: it isn't one, or one of another version of specforce.
    """
    form, *parts = str(text).strip().split(":")
    if form != _FORM or len(parts) != 3 or parts[0] not in get_args(Api):
        raise InputError(f"{text!r} isn't a resume token, such as export.resume_token or the command line gives")
    return ResumeToken(cast("Api", parts[0]), api_version(parts[1]), check_id(parts[2], name="the token's job"))


def resume_token_of(error: BaseException) -> str | None:
    """The resume token of the export that raised this error; `None` where the error is of something else.

    An export whose job was made puts it on whatever it raises, also as the attribute `resume_token`, and says in the
    error's notes what was written so far.
    """
    found = getattr(error, "resume_token", None)
    if isinstance(found, str):
        return found
    behind = error.__context__ if isinstance(error, KeyboardInterrupt) else error.__cause__
    return None if behind is None else resume_token_of(behind)


def with_token(error: BaseException, token: str, kept: str) -> None:
    """Put a resume token on an error, unless it has one, and say what there is to go on with.

    Args:
        kept: what was written so far, for the note.
    """
    if resume_token_of(error) is None:
        error.add_note(f"the job's result stays at Salesforce for seven days, {kept}; resume token: {token}")
        error.resume_token = token  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - see resume_token_of
