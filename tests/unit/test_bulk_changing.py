"""A job's change of state whose answer gets lost: the job itself says whether it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce import Retry
from specforce.errors import ApiError, ConnectionCut, TransportTimeout
from tests.halves import Half, ScriptedServer, bulk_job, refusal

if TYPE_CHECKING:
    from tests.halves import Answer

LOST = httpx.ReadTimeout("late")
REFUSED = refusal("INVALIDJOBSTATE")


def open_job(half: Half, *answers: Answer, **options: Any) -> tuple[Any, ScriptedServer]:
    """A job that is open, and a server that answers all that comes afterwards so."""
    server = ScriptedServer(bulk_job("Open"), *answers)
    sf = half.connect(server, **options)
    return half.run(sf.bulk.attach_ingest_job("750xx0000000001AAA")), server


def asked(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.requests[1:]]


def test_a_change_that_took_effect_unheard_is_not_asked_for_again(half: Half) -> None:
    job, server = open_job(half, LOST, bulk_job("UploadComplete"))

    assert half.run(job.close()).state == "UploadComplete"
    assert asked(server) == ["PATCH", "GET"]


def test_a_change_that_took_effect_late_is_not_the_error_of_the_second_try(half: Half) -> None:
    job, server = open_job(half, LOST, bulk_job("Open"), REFUSED, bulk_job("InProgress"))

    assert half.run(job.close()).state == "InProgress"
    assert asked(server) == ["PATCH", "GET", "PATCH", "GET"]


def test_the_job_is_read_even_where_nothing_is_tried_again(half: Half) -> None:
    job, server = open_job(half, LOST, bulk_job("UploadComplete"), retry=Retry(attempts=1))

    assert half.run(job.close()).state == "UploadComplete"
    assert asked(server) == ["PATCH", "GET"]


def test_a_change_that_never_took_effect_is_its_error(half: Half) -> None:
    job, _ = open_job(half, LOST, bulk_job("Open"), retry=Retry(attempts=1))

    with pytest.raises(TransportTimeout):
        half.run(job.close())


def test_a_change_nobody_can_tell_of_is_the_first_error(half: Half) -> None:
    job, _ = open_job(half, LOST, httpx.ReadError("gone"), retry=Retry(attempts=1))

    with pytest.raises(TransportTimeout) as caught:
        half.run(job.close())

    assert not isinstance(caught.value, ConnectionCut)


def test_a_refusal_of_the_first_try_is_believed(half: Half) -> None:
    job, server = open_job(half, REFUSED)

    with pytest.raises(ApiError, match="INVALIDJOBSTATE"):
        half.run(job.close())

    assert asked(server) == ["PATCH"]
