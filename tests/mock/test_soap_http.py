"""SOAP over raw HTTP: logins, records, queries, conversions and faults, as the reference has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    import httpx

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
PARTNER = "urn:partner.soap.sforce.com"
RECORDS = "{urn:sobject.partner.soap.sforce.com}"
FAULTS = "{urn:fault.partner.soap.sforce.com}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
OWN = f"{{{PARTNER}}}"
DOCUMENT = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{namespace}" '
    'xmlns:o="urn:sobject.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<e:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader>{headers}</e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)


def post(
    raw: RawOrg,
    body: str,
    *,
    headers: str = "",
    session: str | None = None,
    path: str = "/services/Soap/u/67.0",
    namespace: str = PARTNER,
) -> httpx.Response:
    """Send the content of a Body."""
    document = DOCUMENT.format(
        namespace=namespace, session=escape(raw.token if session is None else session), headers=headers, body=body
    )
    return raw.http.post(
        path, content=document.encode(), headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    )


def parsed(content: bytes) -> ET.Element:
    """The root of an answer."""
    return ET.fromstring(content)


def results(answer: httpx.Response) -> list[ET.Element]:
    """The results of an answer that must be a success."""
    assert answer.status_code == 200, answer.text
    found = parsed(answer.content).find(f"{ENVELOPE}Body")
    assert found is not None
    return list(found[0])


def fault(answer: httpx.Response) -> tuple[str, str]:
    """The faultcode and the faultstring of a refusal."""
    assert answer.status_code == 500, answer.text
    found = parsed(answer.content).find(f"{ENVELOPE}Body/{ENVELOPE}Fault")
    assert found is not None
    return found.findtext("faultcode") or "", found.findtext("faultstring") or ""


def text(element: ET.Element, name: str) -> str | None:
    return element.findtext(f"{OWN}{name}")


def names(element: ET.Element) -> list[str]:
    return [child.tag.rpartition("}")[2] for child in element]


def create(raw: RawOrg, kind: str, **fields: str) -> str:
    """Create a record that must be accepted; its Id."""
    given = "".join(f"<o:{name}>{escape(value)}</o:{name}>" for name, value in fields.items())
    (result,) = results(post(raw, f"<create><sObjects><o:type>{kind}</o:type>{given}</sObjects></create>"))
    assert text(result, "success") == "true", ET.tostring(result)
    return text(result, "id") or ""


LOGIN = "<login><username>user@example.com</username><password>{password}</password></login>"


@row("soap.md#6", "Order of LoginResult in XML is alphabetical")
def test_a_login_answers_its_elements_in_alphabetical_order(raw: RawOrg) -> None:
    (result,) = results(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0"))

    assert names(result) == [
        "metadataServerUrl", "passwordExpired", "sandbox", "serverUrl", "sessionId", "userId", "userInfo",
    ]  # fmt: skip
    user = result.find(f"{OWN}userInfo")
    assert user is not None
    assert names(user)[8] == "organizationId"
    assert re.fullmatch(re.escape(raw.url) + r"/services/Soap/u/64\.0/00D\w{12}", text(result, "serverUrl") or "")


def test_the_session_of_a_login_is_good_for_rest_until_the_logout(raw: RawOrg) -> None:
    (result,) = results(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0"))
    session = text(result, "sessionId") or ""

    raw.token = session
    assert raw.get("/limits")
    assert results(post(raw, "<logout/>")) == []
    assert raw.send("GET", "/limits").status_code == 401


@row("soap.md#2", "Bad login text")
def test_a_bad_login_says_so(raw: RawOrg) -> None:
    code, message = fault(post(raw, LOGIN.format(password="password"), path="/services/Soap/u/64.0"))

    assert code == "sf:INVALID_LOGIN"
    assert message == "INVALID_LOGIN: Invalid username, password, security token; or user locked out."


def test_login_is_gone_from_version_65(raw: RawOrg) -> None:
    fault(post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/65.0"))


@row("soap.md#2", "faultcode = `sf:`(fns) + ExceptionCode; faultstring = `CODE: message`")
def test_a_fault_says_its_code_three_times(raw: RawOrg) -> None:
    answer = post(raw, "<getUserInfo/>", session="no such session")
    detail = parsed(answer.content).find(f".//{FAULTS}UnexpectedErrorFault")

    code, message = fault(answer)
    assert code == "sf:INVALID_SESSION_ID"
    assert message.startswith("INVALID_SESSION_ID: Invalid Session ID found in SessionHeader")
    assert detail is not None
    assert detail.findtext(f"{FAULTS}exceptionCode") == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<query><queryString>SELEC</queryString></query>", "MalformedQueryFault", "MALFORMED_QUERY"),
        ("<query><queryString>SELECT Nope FROM Lead</queryString></query>", "InvalidFieldFault", "INVALID_FIELD"),
        ("<query><queryString>SELECT Id FROM Nope</queryString></query>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<search><searchString>FIND</searchString></search>", "MalformedSearchFault", "MALFORMED_SEARCH"),
        ("<describeSObject><sObjectType>Nope</sObjectType></describeSObject>", "InvalidSObjectFault", "INVALID_TYPE"),
        ("<queryMore><queryLocator>x</queryLocator></queryMore>", "InvalidQueryLocatorFault", "INVALID_QUERY_LOCATOR"),
    ],
)
@row("soap.md#2", "InvalidFieldFault, InvalidSObjectFault, MalformedQueryFault, MalformedSearchFault")
def test_the_kind_of_a_fault_follows_from_its_code(raw: RawOrg, body: str, kind: str, code: str) -> None:
    answer = post(raw, body)

    assert fault(answer)[0] == f"sf:{code}"
    assert parsed(answer.content).find(f".//{FAULTS}{kind}") is not None


@row("soap.md#1", "Field value null in responses")
def test_records_are_created_changed_and_read(raw: RawOrg) -> None:
    record_id = create(raw, "Account", Name="Å & <B>", NumberOfEmployees="7", Phone="1")
    change = f"<o:type>Account</o:type><o:fieldsToNull>Phone</o:fieldsToNull><o:Id>{record_id}</o:Id><o:Fax> </o:Fax>"
    results(post(raw, f"<update><sObjects>{change}</sObjects></update>"))

    ask = "<retrieve><fieldList>Id, Name, NumberOfEmployees, Phone</fieldList><sObjectType>Account</sObjectType>"
    found, missing = results(post(raw, f"{ask}<ids>{record_id}</ids><ids>001000000000000AAA</ids></retrieve>"))
    assert (found.findtext(f"{RECORDS}Name"), found.findtext(f"{RECORDS}NumberOfEmployees")) == ("Å & <B>", "7")
    phone = found.find(f"{RECORDS}Phone")
    assert phone is not None
    assert phone.get(NIL) == missing.get(NIL) == "true"


@row("soap.md#2", "Row errors are not faults")
def test_a_refused_row_leaves_the_others_alone_unless_all_or_none_is_wanted(raw: RawOrg) -> None:
    rows = (
        "<create><sObjects><o:type>Lead</o:type><o:LastName>Ek</o:LastName><o:Company>E</o:Company></sObjects>"
        "<sObjects><o:type>Lead</o:type><o:LastName>Ek</o:LastName></sObjects></create>"
    )
    good, bad = results(post(raw, rows))
    assert (text(good, "success"), text(bad, "success")) == ("true", "false")
    error = bad.find(f"{OWN}errors")
    assert error is not None
    assert (text(error, "statusCode"), text(error, "fields")) == ("REQUIRED_FIELD_MISSING", "Company")

    header = "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>"
    good, bad = results(post(raw, rows, headers=header))
    assert [text(each, "success") for each in (good, bad)] == ["false", "false"]
    assert raw.get("/query", params={"q": "SELECT Id FROM Lead"})["totalSize"] == 1


def test_upserts_say_what_they_created(raw: RawOrg) -> None:
    given = "<sObjects><o:type>Account</o:type><o:Code__c>x</o:Code__c><o:Name>A</o:Name></sObjects>"
    upsert = f"<upsert><externalIDFieldName>Code__c</externalIDFieldName>{given}</upsert>"

    assert [text(results(post(raw, upsert))[0], "created") for _ in range(2)] == ["true", "false"]


@row("soap.md#5", "create/update/upsert/delete/undelete/retrieve: 200")
def test_more_records_than_a_call_takes_are_a_fault(raw: RawOrg) -> None:
    one = "<sObjects><o:type>Account</o:type><o:Name>A</o:Name></sObjects>"

    assert fault(post(raw, f"<create>{one * 201}</create>"))[0] == "sf:EXCEEDED_ID_LIMIT"
    lead = "<leadConverts><convertedStatus>x</convertedStatus><doNotCreateOpportunity>false</doNotCreateOpportunity>"
    lead += "<leadId>00Q</leadId><overwriteLeadSource>false</overwriteLeadSource>"
    lead += "<sendNotificationEmail>false</sendNotificationEmail></leadConverts>"
    assert fault(post(raw, f"<convertLead>{lead * 101}</convertLead>"))[0] == "sf:EXCEEDED_LEAD_CONVERT_LIMIT"


@row("soap.md#1", "Parent record: nested element")
def test_parents_and_children_of_a_query_say_their_types(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="A")
    create(raw, "Contact", LastName="Ek", AccountId=account)
    answer = post(raw, "<query><queryString>SELECT Name, Account.Name FROM Contact</queryString></query>")
    assert '<sf:Account xsi:type="sf:sObject"><sf:type>Account</sf:type>' in answer.text

    answer = post(raw, "<query><queryString>SELECT Id, (SELECT Id FROM Contacts) FROM Account</queryString></query>")
    assert '<sf:Contacts xsi:type="QueryResult">' in answer.text
    (result,) = results(answer)
    record = result.find(f"{OWN}records")
    assert record is not None
    assert len(record.findall(f"{RECORDS}Id")) == 2


@row("soap.md#3", "| QueryOptions |")
def test_a_query_is_read_page_by_page(raw: RawOrg) -> None:
    one = "<sObjects><o:type>Account</o:type><o:Name>A</o:Name></sObjects>"
    for _ in range(2):
        results(post(raw, f"<create>{one * 200}</create>"))
    results(post(raw, f"<create>{one * 50}</create>"))
    size = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    (page,) = results(post(raw, "<query><queryString>SELECT Id FROM Account</queryString></query>", headers=size))
    pages = [page]
    while text(pages[-1], "done") == "false":
        locator = text(pages[-1], "queryLocator")
        pages += results(post(raw, f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>"))

    assert [len(each.findall(f"{OWN}records")) for each in pages] == [200, 200, 50]
    assert {text(each, "size") for each in pages} == {"450"}


@row("soap.md#1", "aggregate rows have type `AggregateResult`")
def test_groups_are_of_the_type_aggregate_result(raw: RawOrg) -> None:
    create(raw, "Account", Name="A")
    (page,) = results(
        post(raw, "<query><queryString>SELECT Name n, COUNT(Id) c FROM Account GROUP BY Name</queryString></query>")
    )
    record = page.find(f"{OWN}records")
    assert record is not None
    assert (record.findtext(f"{RECORDS}type"), record.findtext(f"{RECORDS}c")) == ("AggregateResult", "1")


@row("soap.md#1", "soap header `LimitInfoHeader`")
def test_answers_tell_how_much_of_the_days_limit_is_used(raw: RawOrg) -> None:
    limits = [parsed(post(raw, "<getServerTimestamp/>").content).find(f".//{OWN}limitInfo") for _ in range(2)]
    first, second = [int(text(each, "current") or 0) for each in limits if each is not None]
    assert second == first + 1


CONVERT = (
    "<convertLead><leadConverts>{extra}<convertedStatus>{status}</convertedStatus>"
    "<doNotCreateOpportunity>{without}</doNotCreateOpportunity><leadId>{lead}</leadId>"
    "<overwriteLeadSource>false</overwriteLeadSource><sendNotificationEmail>false</sendNotificationEmail>"
    "</leadConverts></convertLead>"
)


def convert(
    raw: RawOrg, lead: str, *, status: str = "Closed - Converted", extra: str = "", without: str = "false"
) -> ET.Element:
    return results(post(raw, CONVERT.format(lead=lead, status=status, extra=extra, without=without)))[0]


@row("soap.md#4", "Lead gets IsConverted=true")
def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", Email="ek@example.com", City="Lund")
    result = convert(raw, lead)

    account, contact, opportunity = (text(result, f"{name}Id") for name in ("account", "contact", "opportunity"))
    found = raw.get(f"/sobjects/Lead/{lead}")
    assert (found["IsConverted"], found["Status"]) == (True, "Closed - Converted")
    assert found["ConvertedDate"]
    ids = [found[f"Converted{name}Id"] for name in ("Account", "Contact", "Opportunity")]
    assert ids == [account, contact, opportunity]
    assert raw.get(f"/sobjects/Account/{account}")["Name"] == "Ek AB"
    person = raw.get(f"/sobjects/Contact/{contact}")
    assert (person["Email"], person["MailingCity"], person["AccountId"]) == ("ek@example.com", "Lund", account)
    assert raw.get(f"/sobjects/Opportunity/{opportunity}")["AccountId"] == account


@row("soap.md#4", "only empty target fields filled")
def test_a_lead_goes_into_records_that_are_there(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="Old", Phone="1")
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB", Phone="2", Website="https://example.com")
    result = convert(raw, lead, extra=f"<accountId>{account}</accountId>", without="true")

    opportunity = result.find(f"{OWN}opportunityId")
    assert text(result, "accountId") == account
    assert opportunity is None or opportunity.get(NIL) == "true"
    found = raw.get(f"/sobjects/Account/{account}")
    assert (found["Name"], found["Phone"], found["Website"]) == ("Old", "1", "https://example.com")


@row("soap.md#4", "CANNOT_UPDATE_CONVERTED_LEAD")
def test_a_lead_that_cannot_be_converted_is_refused_and_unchanged(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")

    def code(result: ET.Element) -> str | None:
        error = result.find(f"{OWN}errors")
        return None if error is None else text(error, "statusCode")

    assert code(convert(raw, lead, status="Nope")) == "INVALID_STATUS"
    assert raw.get("/query", params={"q": "SELECT Id FROM Account"})["totalSize"] == 0
    assert code(convert(raw, lead)) is None
    assert code(convert(raw, lead)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert code(convert(raw, "00QSf0000000009MAA")) is not None


def test_deleted_records_come_back_or_go_for_good(raw: RawOrg) -> None:
    kept, gone = create(raw, "Account", Name="A"), create(raw, "Account", Name="B")
    results(post(raw, f"<delete><ids>{kept}</ids><ids>{gone}</ids></delete>"))
    first, again = results(post(raw, f"<undelete><ids>{kept}</ids><ids>{kept[:-3]}</ids></undelete>"))
    assert (text(first, "success"), text(again, "success")) == ("true", "true")
    (result,) = results(post(raw, f"<emptyRecycleBin><ids>{gone}</ids></emptyRecycleBin>"))
    assert text(result, "success") == "true"

    assert raw.get("/queryAll", params={"q": "SELECT Name FROM Account"})["totalSize"] == 1
    (refused,) = results(post(raw, f"<undelete><ids>{gone}</ids></undelete>"))
    assert text(refused, "success") == "false"


def test_a_merge_hands_over_what_belonged_to_the_losers(raw: RawOrg) -> None:
    winner, loser = create(raw, "Account", Name="A"), create(raw, "Account", Name="B")
    contact = create(raw, "Contact", LastName="Ek", AccountId=loser)
    master = f"<masterRecord><o:type>Account</o:type><o:Id>{winner}</o:Id><o:Phone>1</o:Phone></masterRecord>"
    request = f"<request>{master}<recordToMergeIds>{loser}</recordToMergeIds></request>"
    (result,) = results(post(raw, f"<merge>{request}</merge>"))

    assert (text(result, "id"), text(result, "mergedRecordIds"), text(result, "updatedRelatedIds")) == (
        winner, loser, contact,
    )  # fmt: skip
    assert raw.get(f"/sobjects/Contact/{contact}")["AccountId"] == winner
    assert raw.send("GET", f"/sobjects/Account/{loser}").status_code == 404
    (refused,) = results(post(raw, f"<merge>{request}</merge>"))
    assert text(refused, "success") == "false"


def test_an_email_goes_into_the_outbox(raw: RawOrg, org: Org) -> None:
    message = "<plainTextBody>Hi</plainTextBody><toAddresses>a@example.com</toAddresses>"
    kind = 'xsi:type="SingleEmailMessage"'
    subject = "<subject>S</subject>"
    good, bad = results(
        post(raw, f"<sendEmail><messages {kind}>{subject}{message}</messages><messages {kind}/></sendEmail>")
    )

    assert (text(good, "success"), text(bad, "success")) == ("true", "false")
    (sent,) = org.outbox
    assert (sent.content["subject"], sent.content["plainTextBody"]) == ("S", "Hi")


def test_a_password_that_was_set_logs_in(raw: RawOrg, org: Org) -> None:
    user = org.identity.admin_id
    results(post(raw, f"<setPassword><userId>{user}</userId><password>correct horse 7</password></setPassword>"))
    results(post(raw, LOGIN.format(password="correct horse 7token"), path="/services/Soap/u/64.0"))

    (result,) = results(post(raw, f"<resetPassword><userId>{user}</userId></resetPassword>"))
    made = text(result, "password")
    results(post(raw, LOGIN.format(password=f"{made}token"), path="/services/Soap/u/64.0"))


@row("soap.md#1", "Enterprise")
def test_the_enterprise_endpoint_speaks_its_own_namespaces(raw: RawOrg) -> None:
    lead = create(raw, "Lead", LastName="Ek", Company="Ek AB")
    own = "urn:enterprise.soap.sforce.com"
    body = CONVERT.format(lead=lead, status="Closed - Converted", extra="", without="true")
    answer = post(raw, body, path="/services/Soap/c/59.0", namespace=own)

    assert results(answer)[0].findtext(f"{{{own}}}success") == "true"
    record = (
        '<sObjects xsi:type="n:Account" xmlns:n="urn:sobject.enterprise.soap.sforce.com"><n:Name>A</n:Name></sObjects>'
    )
    answer = post(raw, f"<create>{record}</create>", path="/services/Soap/c/59.0", namespace=own)
    assert results(answer)[0].findtext(f"{{{own}}}success") == "true"
    assert fault(post(raw, "<getUserInfo/>", path="/services/Soap/c/59.0"))[0] == "soapenv:Client"


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;&b;</r>'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not xml",
        BOMB,
        "<Envelope/>",
        "<a>" * 10_000,
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        DOCUMENT.format(namespace="urn:other", session="", headers="", body="<getUserInfo/>"),
        DOCUMENT.format(namespace=PARTNER, session="", headers="", body="<noSuchOperation/>"),
        DOCUMENT.format(namespace=PARTNER, session="", headers="", body="<logout/><logout/>"),
    ],
)
@row("soap.md#2", "Parse errors: `soapenv:Client` with no detail")
def test_what_is_no_message_is_a_client_fault(raw: RawOrg, content: str) -> None:
    answer = raw.http.post("/services/Soap/u/67.0", content=content.encode())

    assert fault(answer)[0] == "soapenv:Client"
    assert "<detail" not in answer.text


def test_elements_that_are_missing_or_unknown_are_client_faults(raw: RawOrg) -> None:
    assert fault(post(raw, "<query/>"))[0] == "soapenv:Client"
    assert fault(post(raw, "<query><queryString>x</queryString><more/></query>"))[0] == "soapenv:Client"


def test_a_message_that_is_too_large_is_a_fault(raw: RawOrg) -> None:
    body = f"<query><queryString>{'x' * 51_000_000}</queryString></query>"

    assert fault(post(raw, body))[0] == "sf:EXCEEDED_MAX_SIZE_REQUEST"


@pytest.mark.parametrize(
    "path", ["/services/Soap", "/services/Soap/u", "/services/Soap/x/67.0", "/services/Soap/u/v67"]
)
def test_other_places_are_faults(raw: RawOrg, path: str) -> None:
    assert fault(post(raw, "<getUserInfo/>", path=path))[0] == "soapenv:Client"


@row("soap.md#2", "Retired version: HTTP 500 UNSUPPORTED_API_VERSION")
def test_a_version_that_is_retired_is_a_fault(raw: RawOrg) -> None:
    assert fault(post(raw, "<getUserInfo/>", path="/services/Soap/u/20.0"))[0] == "sf:UNSUPPORTED_API_VERSION"


def test_the_path_may_name_the_org(raw: RawOrg) -> None:
    assert results(post(raw, "<getUserInfo/>", path="/services/Soap/u/67.0/00DSf0000000001"))


def test_the_request_log_knows_the_operation_and_no_secret(raw: RawOrg, org: Org) -> None:
    post(raw, "<getUserInfo/>")
    post(raw, LOGIN.format(password="passwordtoken"), path="/services/Soap/u/64.0")

    (asked,) = org.requests.of("soap.getUserInfo")
    (login,) = org.requests.of("soap.login")
    assert raw.token not in (asked.body or "")
    assert "passwordtoken" not in (login.body or "")


def test_faults_that_were_planned_hit_soap_too(raw: RawOrg, org: Org) -> None:
    org.faults.add(
        {"kind": "status", "operation": "soap.getUserInfo", "status": 503, "error_code": "SERVER_UNAVAILABLE"}
    )

    assert fault(post(raw, "<getUserInfo/>"))[0] == "sf:SERVER_UNAVAILABLE"
    assert results(post(raw, "<getUserInfo/>"))


def test_a_record_is_submitted_for_approval_and_decided_on(raw: RawOrg) -> None:
    process = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
    raw.mock("POST", "seed", json={"ProcessDefinition": [process]})
    account = create(raw, "Account", Name="A")
    submit = f'<comments>please</comments><objectId>{account}</objectId><submitterId xsi:nil="true"/>'
    submit += '<processDefinitionNameOrId xsi:nil="true"/><skipEntryCriteria xsi:nil="true"/>'
    (pending,) = results(post(raw, f'<process><actions xsi:type="ProcessSubmitRequest">{submit}</actions></process>'))
    assert (text(pending, "success"), text(pending, "instanceStatus")) == ("true", "Pending")

    decide = f"<action>Approve</action><workitemId>{text(pending, 'newWorkitemIds')}</workitemId>"
    decide = f'<actions xsi:type="ProcessWorkitemRequest"><comments xsi:nil="true"/>{decide}</actions>'
    (decided,) = results(post(raw, f"<process>{decide}</process>"))
    assert (text(decided, "entityId"), text(decided, "instanceStatus")) == (account, "Approved")


def test_an_operation_without_rules_is_known_and_says_that_it_is_not_served(raw: RawOrg) -> None:
    found = fault(post(raw, "<describeKnowledgeSettings/>"))

    assert found[0] == "sf:NOT_IMPLEMENTED"
    assert "soap.describeKnowledgeSettings" in found[1]


@row("soap.md#7", "changeOwnPassword")
def test_a_user_changes_their_own_password(raw: RawOrg, org: Org) -> None:
    change = "<changeOwnPassword><oldPassword>{}</oldPassword><newPassword>{}</newPassword></changeOwnPassword>"
    wrong = post(raw, change.format("wrong", "correct horse 7"))
    assert fault(wrong)[0] == "sf:INVALID_OLD_PASSWORD"
    assert b"InvalidOldPasswordFault" in wrong.content
    assert fault(post(raw, change.format("password", "x")))[0] == "sf:INVALID_NEW_PASSWORD"

    results(post(raw, change.format("password", "correct horse 7")))
    login = post(raw, LOGIN.format(password="correct horse 7token"), path="/services/Soap/u/64.0")
    assert results(login)
    assert "correct horse" not in str([entry.public() for entry in org.requests])


@row("soap.md#7", "invalidateSessions")
def test_sessions_are_ended(raw: RawOrg) -> None:
    ids = "".join(f"<sessionIds>{escape(each)}</sessionIds>" for each in ("unknown", raw.token))
    unknown, own = results(post(raw, f"<invalidateSessions>{ids}</invalidateSessions>"))

    assert (text(unknown, "success"), text(own, "success")) == ("false", "true")
    assert fault(post(raw, "<getUserInfo/>"))[0] == "sf:INVALID_SESSION_ID"


@row("soap.md#7", "describeLayout")
def test_layouts_are_those_of_rest(raw: RawOrg) -> None:
    ask = '<describeLayout><sObjectType>{}</sObjectType><layoutName xsi:nil="true"/>{}</describeLayout>'
    (found,) = results(post(raw, ask.format("Account", "")))
    rest = raw.get("/sobjects/Account/describe/layouts")
    mappings = [text(each, "recordTypeId") for each in found.findall(f"{OWN}recordTypeMappings")]
    assert [text(each, "id") for each in found.findall(f"{OWN}layouts")] == [each["id"] for each in rest["layouts"]]
    assert mappings == [each["recordTypeId"] for each in rest["recordTypeMappings"]]

    (found,) = results(post(raw, ask.format("Account", "<recordTypeIds>012000000000001</recordTypeIds>")))
    assert not found.findall(f"{OWN}recordTypeMappings")
    assert fault(post(raw, ask.format("Nope__c", "")))[0] == "sf:INVALID_TYPE"
    named = ask.replace('<layoutName xsi:nil="true"/>', "<layoutName>UserAlt</layoutName>")
    assert len(results(post(raw, named.format("User", "")))[0].findall(f"{OWN}layouts")) == 1
    assert fault(post(raw, named.format("Account", "")))[0] == "sf:NOT_FOUND"


@row("soap.md#7", "describeAvailableQuickActions")
def test_quick_actions_are_those_of_rest(raw: RawOrg) -> None:
    listed = results(
        post(raw, '<describeAvailableQuickActions><contextType xsi:nil="true"/></describeAvailableQuickActions>')
    )
    names = [text(each, "name") for each in listed]
    assert names == [each["name"] for each in raw.get("/quickActions")]

    wanted = "".join(f"<quickActions>{name}</quickActions>" for name in names)
    described = results(post(raw, f"<describeQuickActions>{wanted}</describeQuickActions>"))
    assert [text(each, "name") for each in described] == names


@row("soap.md#7", "describeAllTabs")
def test_tabs_are_those_of_rest(raw: RawOrg) -> None:
    tabs = results(post(raw, "<describeAllTabs/>"))

    assert [text(each, "name") for each in tabs] == [each["name"] for each in raw.get("/tabs")]
