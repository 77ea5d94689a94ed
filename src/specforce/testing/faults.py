"""What goes wrong at a fake org, and when: `org.faults`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.faults import Fault, FaultKind
    from specforce_mockserver.org import Org


class Faults:
    """What goes wrong at the org, and when. Plans count only calls that were routed and logged in.

    org.faults.add("getIngestJob", status=503, times=2, headers={"Retry-After": "1"})
    org.faults.add("insert", "row_errors", sobject="Contact", every=100)

    fault = org.faults.add("query", "slow", delay_s=0.5)
    ...
    assert fault.hits == 1

    """

    def __init__(self, org: Org) -> None:
        self._org = org

    def add(
        self,
        operation: str = "*",
        kind: FaultKind = "status",
        *,
        times: int | None = 1,
        skip: int = 0,
        probability: float = 1.0,
        seed: int = 0,
        method: str | None = None,
        path: str | None = None,
        user: str | None = None,
        sobject: str | None = None,
        job: str | None = None,
        status: int = 503,
        error_code: str | None = None,
        message: str | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        after_bytes: int = 0,
        after_lines: int | None = None,
        seconds: float = 300,
        delay_s: float = 0,
        bytes_per_s: int | None = None,
        request_bytes_per_s: int | None = None,
        after_records: int = 0,
        every: int | None = None,
        column: str | None = None,
        equals: str | None = None,
        matches: str | None = None,
    ) -> Fault:
        """Plan a fault.

        Args:
            operation: the operationId that it hits, such as `getIngestJob`, or for kinds about jobs and records
                `insert` and the like; `*` and `?` stand for any text and any character.
            kind: `status` answers with an error, `cut` and `truncate` end the answer early (with a Content-Length that
                says so, and with one that doesn't), `drop_before` and `drop_after` close the connection before or after
                the operation takes effect, `hang` doesn't answer, `expire_tokens` ends every session first, `slow`
                only takes its time. Of bulk jobs that are created from then on, `fail_job` lets one fail, `stick_job`
                never lets it end, `row_errors` refuses rows. Of records that are saved or deleted by any protocol, but
                not by `seed`, `record_errors` refuses some.
            times: how many calls, jobs or records it hits, `None` for all.
            skip: how many go well before.
            probability: the share that it hits, of calls that fit, or of a job's rows.
            seed: decides which; the same seed, the same ones.
            method: only calls of this method, `path` to a path like this, `user` by the user of this name or Id,
                `sobject` about this object (by their path or job), `job` about the job of this Id.
            path: see `method`.
            user: see `method`.
            sobject: see `method`.
            job: see `method`.
            status: what `status` answers.
            error_code: Salesforce's code in the error body or of refused rows; `message` its text.
            message: the text of the error; the `errorMessage` of a job that fails.
            body: what `status` answers in place of an error body, such as a proxy's page.
            headers: further headers of the answer, such as Retry-After.
            after_bytes: how much of the body gets through, or `after_lines` how many lines of it.
            after_lines: see `after_bytes`.
            seconds: how long a `hang` lasts at most.
            delay_s: how long a call is held up first; under the manual clock, until `advance` has let that time pass.
            bytes_per_s: how fast the answer's body is sent.
            request_bytes_per_s: how fast the request's body is read.
            after_records: how many rows a job that fails processes before.
            every: of a job's rows, or of the records that fit, refuse each n-th.
            column: refuse the rows whose cell in this column, or the records whose value of this field, `equals` a
                text or `matches` one with `*` and `?`.
            equals: see `column`.
            matches: see `column`.

        Returns:
            The plan; its `hits` go up.

        Raises:
            ValueError: there is no such kind or operation, or an argument is out of its range.
        """
        from specforce_mockserver.faults import Fault  # noqa: PLC0415 - an extra

        plan = Fault(
            kind,
            operation,
            times,
            skip,
            probability=probability,
            seed=seed,
            method=method,
            path=path,
            user=user,
            sobject=sobject,
            job=job,
            status=status,
            error_code=error_code,
            message=message,
            body=body,
            headers=dict(headers or {}),
            after_bytes=after_bytes,
            after_lines=after_lines,
            seconds=seconds,
            delay_s=delay_s,
            bytes_per_s=bytes_per_s,
            request_bytes_per_s=request_bytes_per_s,
            after_records=after_records,
            every=every,
            column=column,
            equals=equals,
            matches=matches,
        )
        return self._org.faults.add(plan)

    def clear(self) -> None:
        """Forget all plans, and let go of calls that wait."""
        self._org.faults.clear()

    def wait_until_hanging(self, timeout_s: float = 10.0) -> bool:
        """Wait until a plan holds up some call, of another thread or task; whether one does."""
        return self._org.faults.wait_until_hanging(timeout_s)
