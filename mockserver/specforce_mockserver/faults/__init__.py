"""Faults as a resource: what goes wrong, where, how often. Put in place by a test, from Python or over HTTP.

A plan for calls is matched after routing and login, so that it hits exactly the calls that it names. Kinds:

    status        answer `status` with Salesforce's error body (or `body` as it is), instead of doing the operation
    cut           do the operation, promise the whole answer, send `after_bytes` (or `after_lines`) of it, close
    truncate      do the operation, answer only that much of the body with a Content-Length that fits
    drop_before   close the connection without an answer, before the operation takes effect
    drop_after    close the connection without an answer, after the operation took effect
    hang          don't answer until the client gives up, `seconds` pass, or the server stops
    expire_tokens end every session, then go on: the call itself answers 401
    slow          do the operation and answer it, only late or slowly

A plan for bulk jobs is matched when a job is created, of Bulk API 1.0 a batch, by its operation (`insert`) and object:

    fail_job      the job fails with `message`, after `after_records` rows
    stick_job     the job never leaves InProgress, until it is aborted
    row_errors    rows of the job are refused with `error_code` and `message`: every n-th, those with a value, a share

A plan for records is matched whenever some are saved or deleted, by whatever protocol:

    record_errors records are refused with `error_code` and `message`, by the same rules, across calls

Calls of any kind may be held up: `delay_s` before anything happens, `request_bytes_per_s` and `bytes_per_s` while the
body comes in and the answer goes out. Under the manual clock that time is the org's, else it is the machine's.
"""

from specforce_mockserver.faults.plan import JOB_KINDS, Fault, FaultKind, fault_from
from specforce_mockserver.faults.standing import Faults
from specforce_mockserver.faults.subject import Subject

__all__ = ["JOB_KINDS", "Fault", "FaultKind", "Faults", "Subject", "fault_from"]
