"""One session: a token per request, one login at a time, a refused request sent again whole, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce.auth import ClientCredentials, RefreshToken, StaticToken, Token
from specforce.errors import (
    ApiError,
    AuthError,
    InputError,
    InvalidSession,
    NotFound,
    NotImplementedByServer,
    ServerUnavailable,
    SpecError,
)
from specforce_api.auth import operations as auth_operations
from specforce_api.bulk_v2 import operations as bulk_operations
from specforce_api.rest import operations
from tests.covers import covers
from tests.halves import ACCOUNT_ID, HOST, INSTANCE, Half, ScriptedServer, body, json_answer, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce import ApiUsage
    from specforce_api.runtime.operation import Operation

LIMITS = {"DailyApiRequests": {"Max": 15000, "Remaining": 14998}}
SAVED = json_answer({"id": ACCOUNT_ID, "success": True, "errors": []}, 201)


def test_a_request_goes_to_the_instance_of_the_login_with_its_token(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server)

    half.run(sf.rest.get_limits())

    [request] = server.requests
    assert str(request.url) == f"{INSTANCE}/services/data/v67.0/limits"
    assert request.headers["authorization"] == "Bearer 00Dxx!token-1"
    assert server.logins == [
        {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "test-secret"}
    ]


def test_nothing_is_sent_before_the_first_request(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))

    half.connect(server)

    assert not server.logins


def test_a_refused_token_is_renewed_once_and_the_request_sent_again_whole(half: Half) -> None:
    server = ScriptedServer(SAVED)
    sf = half.connect(server)
    server.refused = {"00Dxx!token-1"}

    half.run(sf.sobject("Account").create({"Name": "Acme"}, allow_duplicates=True, assign=False))

    first, second = server.requests
    assert second.headers["authorization"] == "Bearer 00Dxx!token-2"
    assert second.headers["sforce-duplicate-rule-header"] == "allowSave=true"
    assert second.headers["sforce-auto-assign"] == "FALSE"
    same = set(first.headers.items()) - set(second.headers.items())
    assert same == {("authorization", "Bearer 00Dxx!token-1")}
    assert body(first) == body(second) == {"Name": "Acme"}


def test_a_new_token_that_is_refused_too_raises_instead_of_logging_in_for_ever(half: Half) -> None:
    server = ScriptedServer(refusal("INVALID_SESSION_ID", status=401))
    sf = half.connect(server)

    with pytest.raises(InvalidSession):
        half.run(sf.rest.get_limits())

    assert len(server.requests) == 2
    assert len(server.logins) == 2


def test_requests_at_the_same_time_share_one_login(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server)

    outcomes = half.together([sf.rest.get_limits] * 8)

    assert len(server.logins) == 1
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


def test_a_new_token_that_served_others_before_it_was_refused_is_renewed_again() -> None:
    half = Half("sync")
    server = ScriptedServer()
    sf = half.connect(server)
    others: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"]
        if others and others[-1] == token:
            return json_answer(LIMITS)
        if token == "Bearer 00Dxx!token-2":
            others.append(token)
            sf.rest.get_limits()  # somebody else's, at the same time
        elif token == "Bearer 00Dxx!token-3":
            return json_answer(LIMITS)
        return refusal("INVALID_SESSION_ID", status=401)

    server.answers = [answer]

    assert sf.rest.get_limits()
    assert len(server.logins) == 3
    half.end()


def test_requests_refused_at_the_same_time_share_one_renewal(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server)
    half.run(sf.rest.get_limits())
    server.refused = {"00Dxx!token-1"}

    outcomes = half.together([sf.rest.get_limits] * 8)

    assert len(server.logins) == 2
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


def test_a_failed_login_is_one_attempt_for_all_who_wait_in_tasks() -> None:
    half = Half("async")
    server = ScriptedServer(json_answer(LIMITS))
    server.login_answers = [json_answer({"error": "invalid_grant", "error_description": "authentication failure"}, 400)]
    sf = half.connect(server)

    outcomes = half.together([sf.rest.get_limits] * 8)

    half.end()
    assert {type(outcome) for outcome in outcomes} == {AuthError}
    assert len(server.logins) == 1


def test_a_static_token_that_is_refused_raises_at_once(half: Half) -> None:
    server = ScriptedServer(refusal("INVALID_SESSION_ID", status=401))
    sf = half.connect(server, StaticToken("00Dxx!mine", INSTANCE))

    with pytest.raises(InvalidSession, match="log in again"):
        half.run(sf.rest.get_limits())

    assert len(server.requests) == 1


def test_a_function_is_asked_for_a_token_again_when_it_is_refused(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    server.refused = {"00Dxx!stale"}
    tokens = iter(["00Dxx!stale", "00Dxx!fresh"])
    sf = half.connect(server, lambda: Token(next(tokens), INSTANCE))

    half.run(sf.rest.get_limits())

    assert [request.headers["authorization"] for request in server.requests] == [
        "Bearer 00Dxx!stale",
        "Bearer 00Dxx!fresh",
    ]


def test_a_coroutine_function_gives_tokens_to_the_async_half() -> None:
    half = Half("async")
    server = ScriptedServer(json_answer(LIMITS))

    async def token() -> str:
        return "00Dxx!mine"

    half.run(half.connect(server, token, instance_url=INSTANCE).rest.get_limits())

    half.end()
    assert server.requests[0].headers["authorization"] == "Bearer 00Dxx!mine"


def test_a_coroutine_function_is_refused_by_the_sync_half() -> None:
    half = Half("sync")

    async def token() -> str:
        return "00Dxx!mine"

    with pytest.raises(InputError, match="AsyncSalesforce"):
        half.connect(ScriptedServer(), token, instance_url=INSTANCE).rest.get_limits()


@covers("D11")
def test_a_rotated_refresh_token_is_used_next_and_the_first_one_never_again(half: Half) -> None:
    """As far as one process goes."""
    server = ScriptedServer(json_answer(LIMITS))
    server.login_answers = [
        json_answer(
            {
                "access_token": f"00Dxx!token-{number}",
                "refresh_token": f"rotated-{number}",
                "instance_url": INSTANCE,
                "token_type": "Bearer",
            }
        )
        for number in (1, 2, 3)
    ]
    sf = half.connect(server, RefreshToken("test-client", "first"))
    half.run(sf.rest.get_limits())
    server.refused = {"00Dxx!token-1"}
    half.run(sf.rest.get_limits())
    half.run(sf.logout())

    half.run(sf.rest.get_limits())

    assert [login["refresh_token"] for login in server.logins] == ["first", "rotated-1", "rotated-2"]


def test_a_refresh_token_that_is_not_rotated_stays_the_one_to_use(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server, RefreshToken("test-client", "first"))
    server.refused = {"00Dxx!token-1"}

    half.run(sf.rest.get_limits())

    assert [login["refresh_token"] for login in server.logins] == ["first", "first"]


@covers("D5")
def test_userinfo_refused_with_its_own_word_renews_the_token(half: Half) -> None:
    user = {"sub": "x", "user_id": "005xx000001SwiUAAS", "organization_id": "00Dxx0000001gEREAY"}
    server = ScriptedServer(httpx.Response(403, text="Bad_OAuth_Token"), json_answer(user))
    sf = half.connect(server)

    assert half.run(sf.auth.get_user_info()).user_id == "005xx000001SwiUAAS"
    assert len(server.logins) == 2


def test_an_explicit_instance_url_wins_over_the_login(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server, instance_url="http://127.0.0.1:8080/prefix/")

    half.run(sf.rest.get_limits())

    assert str(server.requests[0].url) == "http://127.0.0.1:8080/prefix/services/data/v67.0/limits"


def test_an_operation_newer_than_the_api_version_is_refused_before_any_request(half: Half) -> None:
    server = ScriptedServer(json_answer({}))
    sf = half.connect(server, api_version="46.0")

    with pytest.raises(SpecError, match=r"since API version 47\.0"):
        half.run(sf.session.send(bulk_operations.list_query_jobs()))

    assert not server.requests
    assert not server.logins


@pytest.mark.parametrize("version", ["66.0", "66", "v66.0", 66, 66.0])
@covers("C3", "C5")
def test_the_api_version_is_read_in_every_form(half: Half, version: str | float) -> None:
    assert half.connect(ScriptedServer(), api_version=version).api_version == "66.0"


@pytest.mark.parametrize("version", ["", "abc", "66.1", "-1", "0", "66.0/../.."])
def test_what_is_no_api_version_is_refused(half: Half, version: str) -> None:
    with pytest.raises(InputError, match=r"67\.0"):
        half.connect(ScriptedServer(), api_version=version)


def test_a_version_that_the_org_lacks_says_how_to_find_one(half: Half) -> None:
    server = ScriptedServer(refusal("NOT_FOUND", "The requested resource does not exist", 404))
    sf = half.connect(server, api_version="99.0")

    with pytest.raises(NotFound, match="list_versions"):
        half.run(sf.rest.get_limits())


def test_operations_without_a_token_log_in_only_to_learn_the_address(half: Half) -> None:
    server = ScriptedServer(json_answer([{"label": "x", "url": "/services/data/v67.0", "version": "67.0"}]))
    sf = half.connect(server, instance_url=INSTANCE)

    half.run(sf.rest.list_versions())

    assert not server.logins
    assert "authorization" not in server.requests[0].headers


def test_token_operations_without_a_token_go_to_the_login_host(half: Half) -> None:
    server = ScriptedServer(json_answer({"active": False}))
    sf = half.connect(server)

    half.run(sf.session.send(auth_operations.introspect_token(body={"token": "x"})))

    assert server.requests[0].url.host == "acme.my.salesforce.com"


def test_the_quota_is_read_from_every_answer(half: Half) -> None:
    server = ScriptedServer(
        json_answer(LIMITS, sforce_limit_info="api-usage=18/15000"),
        refusal(
            "NOT_FOUND", status=404, sforce_limit_info="api-usage=19/15000; per-app-api-usage=3/250(appName=my-app)"
        ),
    )
    sf = half.connect(server)
    before: ApiUsage | None = sf.limits
    assert before is None

    half.run(sf.rest.get_limits())
    assert (sf.limits.used, sf.limits.allowed, sf.limits.remaining) == (18, 15000, 14982)

    with pytest.raises(NotFound):
        half.run(sf.rest.get_limits())
    assert (sf.limits.used, sf.limits.app_used, sf.limits.app_allowed, sf.limits.app_name) == (19, 3, 250, "my-app")


@covers("D16")
def test_closing_revokes_nothing_and_ends_the_client(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server)
    half.run(sf.rest.get_limits())

    half.close(sf)

    assert [request.url.path for request in server.requests] == ["/services/data/v67.0/limits"]
    with pytest.raises(InputError, match="closed"):
        half.run(sf.rest.get_limits())


def test_logging_out_forgets_the_token_and_leaves_it_valid(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS))
    sf = half.connect(server)
    half.run(sf.rest.get_limits())

    half.run(sf.logout())
    half.run(sf.rest.get_limits())

    assert not [request for request in server.requests if request.url.path.endswith("/revoke")]
    assert len(server.logins) == 2


def test_logging_out_revokes_only_when_told_to(half: Half) -> None:
    server = ScriptedServer(json_answer(LIMITS), httpx.Response(200))
    sf = half.connect(server)
    half.run(sf.rest.get_limits())

    half.run(sf.logout(revoke=True))

    assert server.requests[-1].url.path == "/services/oauth2/revoke"
    assert server.requests[-1].content == b"token=00Dxx%21token-1"


def test_a_stream_renews_a_refused_token_too(half: Half) -> None:
    """A 401 in the middle of a job is not final."""
    server = ScriptedServer(httpx.Response(200, content=b'"Id"\n"001"\n', headers={"content-type": "text/csv"}))
    sf = half.connect(server)
    server.refused = {"00Dxx!token-1"}

    reply, content = half.streamed(sf.session.stream(bulk_operations.get_query_job_results("750xx0000000001AAA")))

    assert (reply.status, content) == (200, b'"Id"\n"001"\n')
    assert len(server.requests) == 2


def test_an_error_is_raised_when_a_stream_is_entered(half: Half) -> None:
    sf = half.connect(ScriptedServer(refusal("NOT_FOUND", status=404)))

    with pytest.raises(NotFound):
        half.streamed(sf.session.stream(bulk_operations.get_query_job_results("750xx0000000001AAA")))


def test_a_refused_request_whose_error_has_no_fields_is_still_an_error(half: Half) -> None:
    """The error body of an expired session has no `fields`."""
    sf = half.connect(ScriptedServer(refusal("INVALID_SESSION_ID", status=401)))

    with pytest.raises(InvalidSession) as caught:
        half.run(sf.rest.get_limits())

    assert caught.value.fields == ()


def test_no_secret_is_in_a_representation() -> None:
    login = ClientCredentials("test-client", "s3cret", login_url=HOST)
    for shown in (login, RefreshToken("test-client", "s3cret", "s3cret"), StaticToken("s3cret", HOST), Token("s3cret")):
        assert "s3cret" not in repr(shown)
    sf = Half("sync").connect(ScriptedServer(), login)
    assert "s3cret" not in repr(sf) + repr(sf.session)


def test_an_operation_that_the_server_does_not_offer_is_named(half: Half) -> None:
    sf = half.connect(ScriptedServer(refusal("NOT_IMPLEMENTED", "getLimits", 501)))

    with pytest.raises(NotImplementedByServer, match="getLimits"):
        half.run(sf.rest.get_limits())


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_keeps_its_status_and_body(half: Half, status: int) -> None:
    sf = half.connect(
        ScriptedServer(httpx.Response(status, text="<html>Maintenance</html>", headers={"content-type": "text/html"}))
    )

    with pytest.raises(ServerUnavailable, match="web page") as caught:
        half.run(sf.rest.get_limits())

    assert caught.value.status == status
    assert "Maintenance" in caught.value.body


@covers("C23")
def test_a_redirect_to_another_host_is_refused_and_the_token_stays_here(half: Half) -> None:
    server = ScriptedServer(
        httpx.Response(302, headers={"location": "https://evil.example/services/data/v67.0/limits"})
    )
    sf = half.connect(server)

    with pytest.raises(ApiError, match=r"evil\.example") as caught:
        half.run(sf.rest.get_limits())

    assert "instance_url" in caught.value.hint
    assert {request.url.host for request in server.requests} == {"acme.instance.example"}


def test_a_redirect_on_the_same_host_is_followed(half: Half) -> None:
    moved = httpx.Response(307, headers={"location": "/services/data/v67.0/limits?moved=1"})
    server = ScriptedServer(moved, json_answer(LIMITS))
    sf = half.connect(server)

    half.run(sf.rest.get_limits())

    assert str(server.requests[-1].url) == f"{INSTANCE}/services/data/v67.0/limits?moved=1"


def test_a_write_is_not_turned_into_a_read_by_a_redirect(half: Half) -> None:
    server = ScriptedServer(httpx.Response(302, headers={"location": "/elsewhere"}))
    sf = half.connect(server)

    with pytest.raises(ApiError, match="redirected to /elsewhere"):
        half.run(sf.sobject("Account").create({"Name": "Acme"}))

    assert len(server.requests) == 1


@covers("D13")
def test_path_values_are_percent_encoded(half: Half) -> None:
    server = ScriptedServer(json_answer({"Id": ACCOUNT_ID}))
    sf = half.connect(server)

    half.run(sf.sobject("Account").get_by("Code__c", "a/b?c#d%e f"))

    assert server.requests[0].url.raw_path.endswith(b"/Account/Code__c/a%2Fb%3Fc%23d%25e%20f")


def test_the_operation_is_named_in_errors(half: Half) -> None:
    sf = half.connect(ScriptedServer(refusal("NOT_FOUND", "gone", 404, x_request_id="r-1")))

    with pytest.raises(
        NotFound,
        match=rf"getRecord: HTTP 404 NOT_FOUND: gone \(sobject Account, record_id {ACCOUNT_ID}\) \[request r-1\]",
    ):
        half.run(sf.session.send(operations.get_record("Account", ACCOUNT_ID)))


HOSTILE = ["a\r\nX-Evil: 1", "a\nb", "a\0b", "../limits", "..%2Flimits", "%2e%2e", "a/b", "", ".", "..", "\ud800"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["record_id", "sobject", "field", "job_id", "locator"])
def test_no_text_changes_the_shape_of_a_path(half: Half, place: str, text: str) -> None:
    """Refused before anything is sent, the login included; or encoded, so that it stays one segment."""
    server = ScriptedServer(json_answer({}))
    sf = half.connect(server)
    calls: dict[str, Callable[[], Operation[Any]]] = {
        "record_id": lambda: operations.get_record("Account", text),
        "sobject": lambda: operations.get_record(text, ACCOUNT_ID),
        "field": lambda: operations.get_record_by_external_id("Account", text, "x"),
        "job_id": lambda: bulk_operations.get_ingest_job(text),
        "locator": lambda: operations.query_more(text),
    }
    try:
        operation = calls[place]()
    except InputError:
        assert not server.requests
        assert not server.logins
        return

    half.run(sf.session.reply(operation))

    path = server.requests[0].url.raw_path.decode()
    assert path.count("/") == operation.info.path.count("/")
    assert ".." not in path.split("/")


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "\ud800", "日本"])
def test_no_text_breaks_out_of_a_header(half: Half, value: str) -> None:
    server = ScriptedServer(SAVED)
    sf = half.connect(server)

    with pytest.raises(InputError):
        half.run(sf.rest.create_record("Account", body={}, sforce_duplicate_rule_header=value))

    assert not server.requests


def test_a_redirect_never_takes_the_token_to_another_port_of_the_host(half: Half) -> None:
    server = ScriptedServer(httpx.Response(307, headers={"location": f"{INSTANCE}:8443/x"}))

    with pytest.raises(ApiError, match="redirected to"):
        half.run(half.connect(server).rest.get_limits())

    assert len(server.requests) == 1
