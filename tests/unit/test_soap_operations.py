"""SOAP operations as values: what goes out, and answers that are read by the names of elements."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from specforce_api.runtime.client import Client
from specforce_api.runtime.errors import (
    ApiError,
    DecodeError,
    InputError,
    IntegrityError,
    InvalidSession,
    MalformedQuery,
    SpecError,
    VersionRetired,
)
from specforce_api.runtime.operation import Operation, Reply
from specforce_api.runtime.record_ids import long_id
from specforce_api.runtime.soap_fault import SoapFault
from specforce_api.runtime.xml import Node, parse
from specforce_api.soap import SoapApi, operations
from specforce_api.soap.models import (
    AssignmentRuleHeader,
    DuplicateError,
    EmailFileAttachment,
    FieldType,
    LeadConvert,
    PackageVersion,
    PackageVersionHeader,
    ProcessSubmitRequest,
    ProcessWorkitemRequest,
    SingleEmailMessage,
)
from tests.covers import covers

LEAD = long_id("00Q5e00001ABCDE")
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
    'xmlns:sf="urn:sobject.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def sent(operation: Operation[Any], token: str = "the-token") -> tuple[Node | None, Node]:
    """The header and the request of an operation, as they go out."""
    body = operation.body_with(token)
    assert isinstance(body, bytes)
    root = parse(body)
    found = root.child("Body")
    assert found is not None
    return root.child("Header"), found.children[0]


def reply(body: str, status: int = 200) -> Reply:
    return Reply(status, {"content-type": "text/xml"}, f"{ENVELOPE}<e:Body>{body}</e:Body></e:Envelope>".encode())


@covers("W9", "D14")
def test_a_request_has_its_elements_in_the_schemas_order() -> None:
    lead = LeadConvert(lead_id=LEAD, converted_status="Closed & <won>", opportunity_name="")
    head, body = sent(operations.convert_lead([lead]))

    assert head is not None
    assert head.children[0].value("sessionId") == "the-token"
    assert [(child.name, child.text) for child in body.children[0].children] == [
        ("convertedStatus", "Closed & <won>"),
        ("doNotCreateOpportunity", "false"),
        ("leadId", LEAD),
        ("opportunityName", ""),
        ("overwriteLeadSource", "false"),
        ("sendNotificationEmail", "false"),
    ]


def test_the_token_is_the_one_in_use_when_the_request_goes_out() -> None:
    operation = operations.get_user_info()

    for token in ("first", "second"):
        head, _ = sent(operation, token)
        assert head is not None
        assert head.children[0].value("sessionId") == token


def test_headers_are_keyword_arguments() -> None:
    head, _ = sent(
        operations.create(
            [{"type": "Lead"}],
            all_or_none=True,
            assignment_rule=AssignmentRuleHeader(use_default_rule=True),
            package_version=PackageVersionHeader(
                package_versions=[PackageVersion(major_number=1, minor_number=2, namespace="ns")]
            ),
        )
    )

    assert head is not None
    assert [child.name for child in head.children] == [
        "SessionHeader",
        "AssignmentRuleHeader",
        "AllOrNoneHeader",
        "PackageVersionHeader",
    ]
    assert head.children[1].value("useDefaultRule") == "true"
    assert head.children[3].children[0].value("minorNumber") == "2"


def test_a_record_is_its_type_then_nulls_then_its_id_then_its_fields() -> None:
    record = {"Name": "A&B", "Fax": None, "Id": LEAD, "type": "Lead", "When": datetime(2026, 3, 1, tzinfo=UTC)}
    _, body = sent(operations.update([{**record, "Owner": {"type": "User", "Code__c": "x"}}]))

    assert [(child.name, child.text) for child in body.children[0].children] == [
        ("type", "Lead"),
        ("fieldsToNull", "Fax"),
        ("Id", LEAD),
        ("Name", "A&B"),
        ("When", "2026-03-01T00:00:00+00:00"),
        ("Owner", ""),
    ]
    assert body.children[0].children[-1].value("Code__c") == "x"


def test_what_extends_a_type_says_so() -> None:
    submit = ProcessSubmitRequest(object_id=LEAD, comments="please", next_approver_ids=[LEAD])
    _, body = sent(operations.process([submit, ProcessWorkitemRequest(action="Approve", workitem_id=LEAD)]))

    assert [child.type and child.type.local for child in body.children] == [
        "ProcessSubmitRequest",
        "ProcessWorkitemRequest",
    ]
    assert body.children[0].value("nextApproverIds") == LEAD


def test_bytes_of_an_attachment_go_out_as_base64() -> None:
    attachment = EmailFileAttachment(file_name="a.bin", body_=b"\x00\xff")
    _, body = sent(operations.send_email([SingleEmailMessage(subject="s", file_attachments=[attachment])]))

    assert body.children[0].all("fileAttachments")[0].value("body") == "AP8="


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: operations.delete(["not-an-id"]), "ids='not-an-id' isn't an id"),
        (lambda: operations.delete(LEAD), "ids is one entry, and a list is wanted"),  # type: ignore[arg-type]  # the test's point
        (lambda: operations.delete([LEAD] * 201), "ids has 201 entries, and one call takes 200"),
        (lambda: operations.create([{"Name": "x"}]), "the record names no type"),
        (lambda: operations.create([{"type": "Lead", "Name": "a\x00"}]), "Name: XML can't hold the character"),
        (lambda: operations.create([{"type": "Lead", "a b": "x"}]), "can't be the name of an XML element"),
        (lambda: operations.create([{"type": "Lead", "Tags": ["a"]}]), "Tags: a list can't be the value of a field"),
        (lambda: operations.update([{"type": "Lead", "Id": "00Q"}]), "Id='00Q' isn't an id"),
        (lambda: operations.get_updated("Lead", datetime(2026, 3, 1), datetime(2026, 3, 2)), "has no time zone"),  # noqa: DTZ001
        (lambda: operations.convert_lead([LeadConvert(lead_id="x", converted_status="y")]), "leadId='x' isn't an id"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()


def test_results_are_read_by_name_and_unknown_elements_are_kept() -> None:
    answer = reply(
        "<createResponse><result><brandNew>7</brandNew><success>true</success><id>001</id></result>"
        '<result><success>false</success><id xsi:nil="true"/><errors><message>no</message><fields>Name</fields>'
        "<statusCode>REQUIRED_FIELD_MISSING</statusCode></errors></result></createResponse>"
    )
    good, bad = operations.create([{"type": "Lead"}, {"type": "Lead"}]).decode(answer)

    assert (good.id, good.success, good.errors, good.unknown) == ("001", True, [], {"brandNew": "7"})
    assert (bad.id, bad.success) == (None, False)
    assert (bad.errors[0].status_code, bad.errors[0].fields) == ("REQUIRED_FIELD_MISSING", ["Name"])


def test_a_duplicate_rules_error_is_of_its_own_type() -> None:
    answer = reply(
        '<createResponse><result><success>false</success><errors xsi:type="DuplicateError"><message>m</message>'
        "<statusCode>DUPLICATES_DETECTED</statusCode><duplicateResult><allowSave>true</allowSave><duplicateRule>R"
        "</duplicateRule><duplicateRuleEntityType>Lead</duplicateRuleEntityType></duplicateResult></errors></result>"
        "</createResponse>"
    )
    error = operations.create([{"type": "Lead"}]).decode(answer)[0].errors[0]

    assert isinstance(error, DuplicateError)
    assert error.duplicate_result.duplicate_rule == "R"


def test_records_of_a_query_are_dicts_with_parents_and_children() -> None:
    answer = reply(
        '<queryResponse><result><done>false</done><queryLocator>q-1</queryLocator><records xsi:type="sf:sObject">'
        '<sf:type>Contact</sf:type><sf:Id>003</sf:Id><sf:Id>003</sf:Id><sf:Fax xsi:nil="true"/><sf:Name></sf:Name>'
        '<sf:Account xsi:type="sf:sObject"><sf:type>Account</sf:type><sf:Id xsi:nil="true"/><sf:Name>A</sf:Name>'
        '</sf:Account><sf:Cases xsi:type="QueryResult"><done>true</done><queryLocator xsi:nil="true"/>'
        '<records xsi:type="sf:sObject"><sf:type>Case</sf:type><sf:Subject>S</sf:Subject></records><size>1</size>'
        "</sf:Cases></records><size>9</size></result></queryResponse>"
    )
    page = operations.query("SELECT Id FROM Contact").decode(answer)

    assert (page.done, page.query_locator, page.size) == (False, "q-1", 9)
    assert page.records == [
        {
            "type": "Contact",
            "Id": "003",
            "Fax": None,
            "Name": "",
            "Account": {"type": "Account", "Name": "A"},
            "Cases": {"size": 1, "done": True, "queryLocator": None, "records": [{"type": "Case", "Subject": "S"}]},
        }
    ]


def test_a_record_that_is_not_there_is_none() -> None:
    answer = reply(
        '<retrieveResponse><result xsi:nil="true"/><result><sf:type>Lead</sf:type></result></retrieveResponse>'
    )

    assert operations.retrieve("Id", "Lead", [LEAD, LEAD]).decode(answer) == [None, {"type": "Lead"}]


def test_a_type_of_which_nothing_is_known_is_a_mapping_on_its_way_out() -> None:
    _, body = sent(operations.describe_soql_list_views({"first": [{"id": LEAD}, {"id": None}], "second": True}))

    assert [(child.name, child.value("id")) for child in body.children[0].children] == [
        ("first", LEAD),
        ("first", None),
        ("second", None),
    ]
    assert body.children[0].value("second") == "true"


def test_a_type_of_which_nothing_is_known_keeps_what_comes() -> None:
    answer = reply(
        "<describeNounsResponse><result><name>Lead</name><gender>Neuter</gender></result>"
        '<result xsi:nil="true"/><result><name>Case</name></result></describeNounsResponse>'
    )
    found = operations.describe_nouns([], False, False).decode(answer)

    assert [noun.unknown for noun in found] == [{"name": "Lead", "gender": "Neuter"}, {"name": "Case"}]


def test_what_ends_a_request_and_may_be_left_out_has_a_default() -> None:
    _, body = sent(operations.describe_layout("Lead"))

    assert [(child.name, child.text, child.nil) for child in body.children] == [
        ("sObjectType", "Lead", False),
        ("layoutName", "", True),
    ]


def test_an_enumerations_new_value_is_kept() -> None:
    assert FieldType("holograph") == "holograph"
    assert FieldType("datetime") is FieldType.DATETIME


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "no createResponse in it"),
        ("<deleteResponse/>", "no createResponse in it"),
        ("<createResponse><result><success>maybe</success></result></createResponse>", "success is 'maybe'"),
        ("<createResponse><result><id>1</id></result></createResponse>", "result has no success"),
    ],
)
def test_an_answer_in_another_shape_is_a_decode_error(body: str, message: str) -> None:
    with pytest.raises(DecodeError, match=message) as caught:
        operations.create([{"type": "Lead"}]).decode(reply(body))
    assert caught.value.operation_id == "soap.create"


def test_fewer_results_than_records_do_not_add_up() -> None:
    with pytest.raises(IntegrityError, match="2 entries went out and 1 results came back") as caught:
        operations.delete([LEAD, LEAD]).decode(
            reply("<deleteResponse><result><success>true</success></result></deleteResponse>")
        )
    assert (caught.value.expected, caught.value.actual) == (2, 1)


def api(body: str, status: int = 500) -> SoapApi:
    """A client whose every request gets one answer."""
    content = reply(body, status).content
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    return SoapApi(Client("http://localhost", "secret-token", transport=transport))


def fault(code: str, message: str, extra: str = "", kind: str = "UnexpectedErrorFault") -> str:
    return (
        f"<e:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring><detail><sf:{kind}>"
        f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{message}</sf:exceptionMessage>{extra}"
        f"</sf:{kind}></detail></e:Fault>"
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("INVALID_SESSION_ID", InvalidSession),
        ("MALFORMED_QUERY", MalformedQuery),
        ("UNSUPPORTED_API_VERSION", VersionRetired),
        ("SOMETHING_NEW", ApiError),
    ],
)
def test_a_fault_is_an_error_by_its_exception_code(code: str, kind: type[ApiError]) -> None:
    place = "<sf:row>1</sf:row><sf:column>-1</sf:column>"
    with pytest.raises(kind, match=f"soap.query: HTTP 500 {code}: it &lt; is bad".replace("&lt;", "<")) as caught:
        api(fault(code, "it &lt; is bad", place)).query("SELECT")

    assert type(caught.value) is kind
    assert caught.value.fault == SoapFault(
        f"sf:{code}", f"{code}: it < is bad", "UnexpectedErrorFault", code, "it < is bad", (), 1, None
    )
    assert pickle.loads(pickle.dumps(caught.value)).fault == caught.value.fault


def test_a_fault_without_a_detail_is_an_error_too() -> None:
    with pytest.raises(ApiError, match="not SOAP") as caught:
        api("<e:Fault><faultcode>e:Client</faultcode><faultstring>not SOAP</faultstring></e:Fault>").get_user_info()
    assert caught.value.fault is not None
    assert (caught.value.fault.code, caught.value.error_code) == ("e:Client", "")


def test_one_entry_in_is_one_result_out() -> None:
    answer = "<deleteResponse><result><success>true</success><id>1</id></result></deleteResponse>"

    assert api(answer, 200).delete(LEAD).id == "1"
    assert [result.id for result in api(answer, 200).delete([LEAD])] == ["1"]


def test_the_token_travels_in_the_envelope_only() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        assert b"<urn:sessionId>secret-token</urn:sessionId>" in request.content
        assert request.headers["soapaction"] == '""'
        return httpx.Response(200, content=reply("<logoutResponse/>").content)

    SoapApi(Client("http://localhost", "secret-token", transport=httpx.MockTransport(answer))).logout()


def test_login_is_refused_before_it_is_sent_to_versions_that_dropped_it() -> None:
    with pytest.raises(SpecError, match=r"soap\.login exists up to API version 64\.0"):
        SoapApi(Client("http://localhost", api_version="65.0")).login("user", "password")
