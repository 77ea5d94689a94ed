"""When a failed request is sent again: the decision, and that the session obeys it."""

from __future__ import annotations

import ssl

import httpx
import pytest

from specforce import Hooks, Retry
from specforce._retry import delay_before_retry, may_repeat, retry_after_s
from specforce.errors import (
    ApiError,
    AuthError,
    ConnectFailed,
    ConnectionCut,
    DecodeError,
    ErrorDetail,
    InputError,
    IntegrityError,
    RequestLimitExceeded,
    SalesforceError,
    ServerUnavailable,
    TransportTimeout,
    UnableToLockRow,
)
from specforce_api.runtime.operation import OperationInfo
from tests.halves import ACCOUNT_ID, Half, ScriptedServer, json_answer, refusal

READ = OperationInfo("getLimits", "rest", "GET", "/limits", (200,), repeatable=True)
WRITE = OperationInfo("createRecord", "rest", "POST", "/sobjects", (201,))
LIMITS = json_answer({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}})


def api_error(status: int, code: str = "", message: str = "", kind: type[ApiError] = ServerUnavailable) -> ApiError:
    return kind("no", status=status, errors=[ErrorDetail(code, message)])


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (ConnectFailed("refused"), True, True),
        (TransportTimeout("no connection", sent=False), True, True),
        (TransportTimeout("no answer"), True, False),
        (ConnectionCut("cut"), True, False),
        (api_error(429), True, True),
        (api_error(502), True, False),
        (api_error(503), True, False),
        (api_error(504), True, False),
        (api_error(420, kind=ApiError), True, False),
        (api_error(500), False, False),
        (api_error(500, "QUERY_TIMEOUT"), True, False),
        (api_error(400, "UNABLE_TO_LOCK_ROW", kind=UnableToLockRow), True, True),
        (api_error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", RequestLimitExceeded), False, False),
        (
            api_error(
                403,
                "REQUEST_LIMIT_EXCEEDED",
                "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
                RequestLimitExceeded,
            ),
            True,
            True,
        ),
        (api_error(400, "INVALID_FIELD", kind=ApiError), False, False),
        (DecodeError("not JSON"), False, False),
        (AuthError("invalid_grant"), False, False),
    ],
    ids=lambda value: f"{type(value).__name__}{getattr(value, 'status', '')}" if isinstance(value, Exception) else "",
)
def test_only_what_can_be_repeated_safely_is(error: SalesforceError, read: bool, write: bool) -> None:
    assert (may_repeat(READ, error), may_repeat(WRITE, error)) == (read, write)


def test_waits_grow_to_a_bound_and_are_drawn_below_it() -> None:
    policy = Retry(attempts=10, first_delay_s=1, factor=2, max_delay_s=5)

    bounds = [decide(policy, attempt=attempt, chance=1.0) for attempt in range(1, 6)]

    assert bounds == [1, 2, 4, 5, 5]
    assert decide(policy, attempt=3, chance=0.5) == 2


def test_the_last_attempt_is_the_last() -> None:
    assert decide(Retry(attempts=3), attempt=3) is None


def test_no_try_starts_after_the_deadline() -> None:
    policy = Retry(first_delay_s=10, deadline_s=30)

    assert decide(policy, attempt=1, chance=1, elapsed_s=20) == 10
    assert decide(policy, attempt=1, chance=1, elapsed_s=21) is None


def test_a_retry_after_header_is_obeyed_up_to_a_bound() -> None:
    busy = ServerUnavailable("no", status=503, headers={"retry-after": "7"})
    later = ServerUnavailable("no", status=503, headers={"retry-after": "999"})

    assert decide(Retry(), error=busy, chance=0) == 7
    assert decide(Retry(), error=later) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": text}, now_epoch_s=10) == seconds


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first_delay_s": -1}, {"factor": 0.5}])
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Retry(**wrong)  # type: ignore[arg-type]


def decide(
    policy: Retry,
    *,
    error: SalesforceError | None = None,
    attempt: int = 1,
    chance: float = 1.0,
    elapsed_s: float = 0,
) -> float | None:
    failure = error or ServerUnavailable("no", status=503)
    return delay_before_retry(policy, READ, failure, attempt=attempt, elapsed_s=elapsed_s, chance=chance, now_epoch_s=0)


def test_work_that_its_caller_calls_safe_is_tried_again_after_any_error_but_a_lasting_one() -> None:
    distrust = ConnectFailed("no")
    distrust.__cause__ = ssl.SSLCertVerificationError("self-signed")

    def safe(error: SalesforceError) -> float | None:
        return delay_before_retry(Retry(), None, error, attempt=1, elapsed_s=0, chance=0, now_epoch_s=0)

    assert safe(ConnectionCut("cut")) == 0
    assert safe(api_error(500)) == 0
    assert safe(IntegrityError("short")) == 0
    assert safe(ServerUnavailable("no", status=503, headers={"retry-after": "7"})) == 7
    assert safe(ServerUnavailable("no", status=503, headers={"retry-after": "999"})) is None
    assert safe(distrust) is None


def test_a_job_is_not_made_again_before_the_server_wants_it(half: Half) -> None:
    server = ScriptedServer(refusal("SERVER_UNAVAILABLE", status=503, Retry_After="999"))

    with pytest.raises(ServerUnavailable):
        half.run(half.connect(server).bulk.ingest_job("Account", operation="insert"))

    assert len(server.requests) == 1


def test_a_busy_server_is_asked_again_until_it_answers(half: Half) -> None:
    server = ScriptedServer(refusal("SERVER_UNAVAILABLE", status=503), httpx.Response(502, text="bad gateway"), LIMITS)

    half.run(half.connect(server).rest.get_limits())

    assert len(server.requests) == 3
    assert len(half.clock.slept) == 2


def test_the_last_error_is_raised_when_patience_ends(half: Half) -> None:
    server = ScriptedServer(refusal("SERVER_UNAVAILABLE", "down", status=503))

    with pytest.raises(ServerUnavailable, match="down"):
        half.run(half.connect(server, retry=Retry(attempts=3)).rest.get_limits())

    assert len(server.requests) == 3


def test_a_write_whose_answer_is_lost_is_not_repeated(half: Half) -> None:
    server = ScriptedServer(httpx.ReadTimeout("slow"))

    with pytest.raises(TransportTimeout) as caught:
        half.run(half.connect(server).sobject("Account").create({"Name": "Acme"}))

    assert caught.value.sent
    assert len(server.requests) == 1


def test_a_write_that_never_left_is_repeated(half: Half) -> None:
    saved = json_answer({"id": ACCOUNT_ID, "success": True, "errors": []}, 201)
    server = ScriptedServer(httpx.ConnectError("refused"), saved)

    assert half.run(half.connect(server).sobject("Account").create({"Name": "Acme"})).id == ACCOUNT_ID


def test_an_unanswered_rotating_login_is_not_repeated(half: Half) -> None:
    """A refresh token that was sent may be used up."""
    from specforce.auth import RefreshToken

    server = ScriptedServer(LIMITS)
    server.login_answers = [httpx.ReadTimeout("slow")]

    with pytest.raises(TransportTimeout):
        half.run(half.connect(server, RefreshToken("test-client", "first")).rest.get_limits())

    assert len(server.logins) == 1


def test_an_unanswered_login_that_can_be_repeated_is(half: Half) -> None:
    token = json_answer({"access_token": "00Dxx!t", "instance_url": "https://a.example", "token_type": "Bearer"})
    server = ScriptedServer(LIMITS)
    server.login_answers = [httpx.ReadTimeout("slow"), token]

    half.run(half.connect(server).rest.get_limits())

    assert len(server.logins) == 2


def test_a_body_cut_on_the_way_is_read_again_where_that_is_safe(half: Half) -> None:
    cut = httpx.Response(200, headers={"content-length": "500"}, content=b'{"Daily')
    server = ScriptedServer(lambda _: cut_short(cut), LIMITS)

    half.run(half.connect(server).rest.get_limits())

    assert len(server.requests) == 2


def cut_short(response: httpx.Response) -> httpx.Response:
    response.headers["content-length"] = "500"
    return response


def test_hooks_hear_of_requests_answers_retries_and_logins(half: Half) -> None:
    heard: list[object] = []
    hooks = Hooks(request=heard.append, response=heard.append, retry=heard.append, login=heard.append)
    server = ScriptedServer(refusal("SERVER_UNAVAILABLE", status=503), LIMITS)

    half.run(half.connect(server, hooks=hooks).rest.get_limits())

    assert [type(event).__name__ for event in heard] == [
        "RequestEvent",
        "ResponseEvent",
        "LoginEvent",
        "RequestEvent",
        "ResponseEvent",
        "RetryEvent",
        "RequestEvent",
        "ResponseEvent",
    ]


def test_hooks_see_no_secret(half: Half) -> None:
    heard: list[object] = []
    hooks = Hooks(request=heard.append, response=heard.append, retry=heard.append, login=heard.append)
    server = ScriptedServer(json_answer({"totalSize": 0, "done": True, "records": []}))

    half.run(half.connect(server, hooks=hooks).query("SELECT Id FROM Contact WHERE Email = :e", e="a@b.c").all())

    told = repr(heard)
    assert "token-1" not in told
    assert "test-secret" not in told
    assert "a@b.c" not in told
    assert "a%40b.c" not in told


def test_a_hook_that_raises_undoes_nothing(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: object) -> None:
        raise RuntimeError("in the hook")

    half.run(half.connect(ScriptedServer(LIMITS), hooks=Hooks(response=broken)).rest.get_limits())

    assert "a hook failed" in caplog.text
