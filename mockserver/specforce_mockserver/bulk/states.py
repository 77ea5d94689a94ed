"""The states of Bulk API 2.0 jobs and the moves that clients may ask for.

    ingest:          Open → UploadComplete → InProgress → JobComplete | Failed
    query:                  UploadComplete → InProgress → JobComplete | Failed
    either, not ended:                                  → Aborted

Source: reference/bulk_v2.md sections 3 and 7. Texts for closing a job that isn't Open and for aborting one that is
Failed or Aborted follow the recorded ones [E?].
"""

from __future__ import annotations

from typing import Final, Literal

from specforce_mockserver.calls import ApiError

State = Literal["Open", "UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
Kind = Literal["ingest", "query"]

ENDED: Final = frozenset[State]({"JobComplete", "Failed", "Aborted"})
DELETABLE: Final[dict[Kind, frozenset[State]]] = {
    "ingest": frozenset[State]({"UploadComplete", *ENDED}),
    "query": ENDED,
}


def after_close(state: State) -> State:
    """The state after a client said `UploadComplete`.

    Raises:
        ApiError: 400 INVALIDJOBSTATE, the job isn't Open.
    """
    if state != "Open":
        raise _not_allowed("Closing", state)
    return "UploadComplete"


def after_abort(state: State) -> State:
    """The state after a client said `Aborted`.

    Raises:
        ApiError: 400 INVALIDJOBSTATE, the job has ended.
    """
    if state in ENDED:
        raise _not_allowed("Aborting", state)
    return "Aborted"


def refuse_upload(state: State) -> None:
    """Refuse data for a job that isn't Open.

    Raises:
        ApiError: 400 INVALIDJOBSTATE; the text is Bulk API 1.0's [E?].
    """
    if state != "Open":
        shown = _shown(state)
        raise ApiError(
            400,
            "INVALIDJOBSTATE",
            f"Failed to create batch, since the Job is not Open. Current job state is '{shown}'",
        )


def refuse_delete(kind: Kind, state: State) -> None:
    """Refuse to delete a job that still runs.

    Raises:
        ApiError: 400 API_ERROR [P].
    """
    if state not in DELETABLE[kind]:
        raise ApiError(400, "API_ERROR", "Error encountered when deleting the job because the job is not terminated")


def _not_allowed(deed: str, state: State) -> ApiError:
    return ApiError(400, "INVALIDJOBSTATE", f"{deed} already {_shown(state)} Job not allowed")


def _shown(state: State) -> str:
    """A state in the words of the shared Bulk engine: `Closed`, `Completed`."""
    return {"JobComplete": "Completed", "UploadComplete": "Closed", "InProgress": "Closed"}.get(state, state)
