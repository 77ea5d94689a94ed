"""How a command ends: its exit code, and what it says when it fails.

    0    done
    1    Salesforce or the network refused, a job failed, counts didn't add up
    2    bad input: an option, a file, a query
    3    done, but some rows failed
    4    no login: wrong credentials, expired session
    130  interrupted by Ctrl-C; 143 ended by SIGTERM, 129 by SIGHUP
    141  whoever read standard output closed it, as `head` does

Errors go to standard error as `error: …` with a hint, or as one JSON object where `--json` was given; standard output
holds results alone.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from specforce.bulk.resuming import resume_token_of
from specforce.cli.flags import as_flags
from specforce.cli.signals import exit_code_of, stoppable
from specforce.errors import ApiError, AuthError, InputError, InvalidSession, JobError, SalesforceError

if TYPE_CHECKING:
    from collections.abc import Generator

DONE, REFUSED, BAD_INPUT, ROWS_FAILED, NO_LOGIN, PIPE_CLOSED = 0, 1, 2, 3, 4, 141


def exit_code(error: BaseException) -> int:
    """The exit code that tells a script what kind of failure this was."""
    if isinstance(error, AuthError | InvalidSession):
        return NO_LOGIN
    if isinstance(error, InputError | OSError):
        return BAD_INPUT
    if isinstance(error, KeyboardInterrupt):
        return exit_code_of(error)
    return REFUSED


def describe(error: BaseException) -> dict[str, Any]:
    """An error as JSON: its class, its message and what the wire said."""
    document: dict[str, Any] = {"error": type(error).__name__, "message": message_of(error)}
    if isinstance(error, ApiError):
        document |= {
            "status": error.status,
            "errorCode": error.error_code,
            "fields": list(error.fields),
            "requestId": error.request_id,
            "operation": error.operation_id,
        }
    if isinstance(error, AuthError):
        document |= {"oauthError": error.error, "hint": error.hint}
    if isinstance(error, JobError):
        document |= {"jobId": error.job_id, "state": error.state}
    token = resume_token_of(error)
    if token is not None:
        document["resumeToken"] = token
    return document


def message_of(error: BaseException) -> str:
    """What to say of an error in one piece of text, arguments spelled as flags."""
    return f"interrupted {error}".rstrip() if isinstance(error, KeyboardInterrupt) else as_flags(str(error))


@contextmanager
def reported(*, as_json: bool) -> Generator[None]:
    """Turn a failure inside the block into a message and an exit code; programming errors pass through as they are.

    A reader of standard output that has enough, such as `head`, ends the block without a word.
    """
    try:
        with stoppable():
            yield
            sys.stdout.flush()
    except BrokenPipeError:
        # What is still held would meet the closed pipe once more when the process ends.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the rest of the process
        raise SystemExit(PIPE_CLOSED) from None
    except (SalesforceError, OSError, KeyboardInterrupt) as error:
        if as_json:
            sys.stderr.write(json.dumps(describe(error)) + "\n")
        else:
            token = resume_token_of(error)
            going_on = f"to go on: specforce export --resume {token} --output …\n" if token is not None else ""
            sys.stderr.write(f"{going_on}error: {message_of(error)}\n")
        raise SystemExit(exit_code(error)) from None
