"""What comes in hostile or broken, in arguments or in answers: a named error, nothing sent astray, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce.auth import StaticToken
from specforce.errors import ApiError, AuthError, DecodeError, InputError
from specforce_api.soap.models import LeadConvert
from tests.halves import ACCOUNT_ID, INSTANCE, ScriptedServer, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.testing import FakeOrg
    from tests.halves import Half

    Call = Callable[[Any], Any]

XML = {"content-type": "text/xml; charset=utf-8"}
ENTITIES = '<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE_ENTITY = '<!DOCTYPE e [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
DEEP = b"[" * 20_000
JOB_ID = "750xx000000001hAAA"
CUT_ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><createResponse>'
OTHER_HOST = "https://evil.example/collect"

TRAVERSALS = ["..", "../../limits", "..%2f..%2flimits", "%2e%2e/limits", "..\\limits", "./x", "/etc/passwd", "a\0b"]
INJECTIONS = ["x\r\nX-Evil: 1", "x\nX-Evil: 1", "x\rX-Evil: 1", "x\0y", "x\ud800"]

READS: dict[str, Call] = {
    "record": lambda sf: sf.sobject("Account").get(ACCOUNT_ID),
    "query": lambda sf: sf.query("SELECT Id FROM Account").all(),
    "search": lambda sf: sf.search("FIND {x}"),
    "limits": lambda sf: sf.rest.get_limits(),
    "apex": lambda sf: sf.apex.get("/Cases"),
    "job": lambda sf: sf.bulk_v2.get_ingest_job(JOB_ID),
    "bulk_v1": lambda sf: sf.bulk_v1.attach_job(JOB_ID),
    "soap": lambda sf: sf.soap.get_user_info(),
}
BY_ID: dict[str, Call] = {
    "get": lambda text: lambda sf: sf.sobject("Account").get(text),
    "update": lambda text: lambda sf: sf.sobject("Account").update(text, {"Name": "x"}),
    "delete": lambda text: lambda sf: sf.sobject("Account").delete(text),
    "get_many": lambda text: lambda sf: sf.sobject("Account").get_many([text], fields=["Name"]),
    "delete_many": lambda text: lambda sf: sf.sobject("Account").delete_many([text]),
    "download": lambda text: lambda sf: sf.sobject("ContentVersion").download(text, "copy"),
    "composite": lambda text: lambda sf: sf.composite().get("Account", text),
    "soap": lambda text: lambda sf: sf.soap.convert_lead(LeadConvert(lead_id=text, converted_status="Closed")),
}
BY_OBJECT: dict[str, Call] = {
    "get": lambda text: lambda sf: sf.sobject(text).get(ACCOUNT_ID),
    "create": lambda text: lambda sf: sf.sobject(text).create({"Name": "x"}),
    "describe": lambda text: lambda sf: sf.sobject(text).describe(),
    "upsert": lambda text: lambda sf: sf.sobject("Account").upsert(text, "A-1", {"Name": "x"}),
    "composite": lambda text: lambda sf: sf.composite().create(text, {"Name": "x"}),
    "ingest_job": lambda text: lambda sf: sf.bulk.ingest_job(text, operation="insert"),
    "load": lambda text: lambda sf: sf.bulk.load([{"Name": "x"}], text, operation="insert"),
    "bulk_v1": lambda text: lambda sf: sf.bulk_v1.job(text, operation="insert"),
}
INTO_A_HEADER: dict[str, Call] = {
    "an option of a save": lambda text: lambda sf: sf.sobject("Account").create({"Name": "x"}, assign=text),
    "a header of an operation": lambda text: (
        lambda sf: sf.rest.create_record("Account", body={}, sforce_duplicate_rule_header=text)
    ),
    "a header of an Apex call": lambda text: lambda sf: sf.apex.get("/Cases", headers={"X-Case": text}),
    "a header's name": lambda text: lambda sf: sf.apex.get("/Cases", headers={text: "x"}),
    "a media type": lambda text: lambda sf: sf.apex.post("/Cases", content=b"x", content_type=text),
}


def refused(half: Half, call: Call, server: ScriptedServer | None = None) -> InputError:
    """The error of a call that sends nothing, not even a login."""
    server = server or ScriptedServer(json_answer({}))
    sf = half.connect(server)

    with pytest.raises(InputError) as caught:
        half.run(call(sf))

    assert not server.requests
    assert not server.logins
    return caught.value


@pytest.mark.parametrize(
    "body", [b'{"records": [{"Id": "001', b"", b"{]", b"\xff\xfe", b"null", b'"text"', b"[" * 20_000]
)
@pytest.mark.parametrize("name", ["record", "query", "search", "limits", "job"])
def test_a_malformed_json_answer(half: Half, name: str, body: bytes) -> None:
    server = ScriptedServer(httpx.Response(200, content=body, headers={"content-type": "application/json"}))

    with pytest.raises(DecodeError) as caught:
        half.run(READS[name](half.connect(server)))

    assert caught.value.operation_id
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", ["", "<jobInfo", "<jobInfo><id>1</jobInfo>", "<html><p></html>", "<a>" * 20_000, "no"])
def test_a_malformed_xml_answer(half: Half, body: str) -> None:
    server = ScriptedServer(httpx.Response(200, text=body, headers={"content-type": "application/xml"}))

    with pytest.raises(DecodeError, match="getJob"):
        half.run(READS["bulk_v1"](half.connect(server)))

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("body", ["", "no", CUT_ENVELOPE, "<html/>", "<a>" * 20_000, "\x00"])
def test_a_malformed_soap_answer(half: Half, body: str, status: int) -> None:
    """A write: whatever came back in place of its answer, it isn't sent a second time."""
    server = ScriptedServer(httpx.Response(status, text=body, headers=XML))
    sf = half.connect(server)

    with pytest.raises(DecodeError if status == 200 else ApiError, match=r"soap\.create"):
        half.run(sf.soap.create({"type": "Account", "Name": "x"}))

    assert len(server.requests) == 1


@pytest.mark.parametrize("name", READS)
def test_an_oversize_answer(half: Half, name: str) -> None:
    server = ScriptedServer(httpx.Response(200, content=b" " * 5_000, headers={"content-type": "application/json"}))

    with pytest.raises(DecodeError, match="max_response_bytes=1000"):
        half.run(READS[name](half.connect(server, max_response_bytes=1000)))

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", READS)
def test_a_redirect_to_another_host(half: Half, name: str, status: int) -> None:
    server = ScriptedServer(httpx.Response(status, headers={"location": OTHER_HOST}))

    with pytest.raises(ApiError, match=r"evil\.example"):
        half.run(READS[name](half.connect(server)))

    assert {request.url.host for request in server.requests} == {httpx.URL(INSTANCE).host}


def test_a_redirect_of_a_login_to_another_host(half: Half) -> None:
    """The secret stays here, as the token does."""
    server = ScriptedServer(json_answer({}))
    server.login_answers = [httpx.Response(307, headers={"location": OTHER_HOST})]

    with pytest.raises(AuthError, match="HTTP 307") as caught:
        half.run(READS["limits"](half.connect(server)))

    assert caught.value.hint
    assert len(server.logins) == 1
    assert not server.requests


@pytest.mark.parametrize("text", TRAVERSALS)
@pytest.mark.parametrize("call", BY_ID)
def test_a_path_in_an_id(half: Half, call: str, text: str) -> None:
    assert "isn't an id" in str(refused(half, BY_ID[call](text)))


@pytest.mark.parametrize("text", TRAVERSALS)
@pytest.mark.parametrize("call", BY_OBJECT)
def test_a_path_in_an_object_name(half: Half, call: str, text: str) -> None:
    refused(half, BY_OBJECT[call](text))


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("call", INTO_A_HEADER)
def test_a_header_in_a_string(half: Half, call: str, text: str) -> None:
    refused(half, INTO_A_HEADER[call](text))


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_header_in_a_token(half: Half, text: str) -> None:
    server = ScriptedServer(json_answer({}))

    with pytest.raises(InputError) as caught:
        half.run(half.connect(server, StaticToken(text, INSTANCE)).rest.get_limits())

    assert text not in str(caught.value)
    assert not server.requests


@pytest.mark.parametrize("prologue", [ENTITIES, FILE_ENTITY])
@pytest.mark.parametrize("name", ["bulk_v1", "soap"])
def test_an_entity_expansion_in_an_answer(half: Half, name: str, prologue: str) -> None:
    server = ScriptedServer(httpx.Response(200, text=f"{prologue}<e>&b;</e>", headers=XML))

    with pytest.raises(DecodeError, match="declares a document type or entities"):
        half.run(READS[name](half.connect(server)))

    assert len(server.requests) == 1


@pytest.mark.parametrize("prologue", [ENTITIES, FILE_ENTITY])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/services/Soap/u/67.0", (500, "soapenv:Client")),
        ("/services/async/67.0/job", (400, "Unable to parse")),
        ("/services/apexrest/Cases", (400, "errorCode")),
    ],
)
def test_an_entity_expansion_in_a_request_to_the_fake_org(
    half: Half, org: FakeOrg, path: str, said: tuple[int, str], prologue: str
) -> None:
    """Nothing is expanded or read, and the org goes on."""
    org.apex.route("POST", "/Cases", lambda b="": b)
    sf = half.login(org.auth())
    token = half.run(sf.session.token()).access_token
    headers = {"content-type": "application/xml", "authorization": f"Bearer {token}", "x-sfdc-session": token}

    answer = httpx.post(f"{org.url}{path}", content=f"{prologue}<e>&b;</e>", headers=headers, trust_env=False)

    status, word = said
    assert answer.status_code == status
    assert word in answer.text
    assert "aaaaaaaaaa" not in answer.text
    assert "root:" not in answer.text
    assert half.run(sf.rest.get_limits())
