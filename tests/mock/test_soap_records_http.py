"""Records over SOAP, raw HTTP: saved, read, queried, merged, deleted and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import NIL, OWN, RECORDS, create, fault, post, results, text
from tests.mock.soap_rows import KIND, Judge

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


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
@row("soap.md#3", "| AllOrNoneHeader |")
@row("soap.md#5", "Transactions: AllOrNone false by default")
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


@row("soap.md#8", "| address |")
@row("soap.md#8", "| location |")
def test_an_address_is_an_element_of_its_own_type(raw: RawOrg) -> None:
    create(raw, "Account", Name="A", BillingCity="Lund", BillingStreet="Gatan 1")
    (page,) = results(post(raw, "<query><queryString>SELECT BillingAddress FROM Account</queryString></query>"))
    address = page.find(f"{OWN}records/{RECORDS}BillingAddress")

    assert address is not None
    assert address.get(KIND) == "address"
    assert text(address, "city") == "Lund"
    Judge().type("address", address)


@row("soap.md#7", "| findDuplicates |")
@row("soap.md#7", "| findDuplicatesByIds |")
def test_duplicates_are_found_by_the_orgs_rules_whether_saved_or_not(raw: RawOrg, org: Org) -> None:
    first, second = (create(raw, "Contact", LastName=name, Email="ada@example.com") for name in "AB")
    alone = create(raw, "Contact", LastName="C", Email="bo@example.com")
    org.duplicate_rules.add("Contact", "Same_email", ["Email"])

    def found(result: ET.Element) -> list[str | None]:
        records = result.iterfind(f"{OWN}duplicateResults/{OWN}matchResults/{OWN}matchRecords/{OWN}record")
        return [each.findtext(f"{RECORDS}Id") for each in records]

    unsaved = "<sObjects><o:type>Contact</o:type><o:Email>ADA@example.com</o:Email></sObjects>"
    unlike = "<sObjects><o:type>Contact</o:type><o:LastName>ADA</o:LastName></sObjects>"
    results_of_rows = results(post(raw, f"<findDuplicates>{unsaved}{unlike}</findDuplicates>"))
    assert [found(each) for each in results_of_rows] == [[first, second], []]

    ids = f"<ids>{first}</ids><ids>{alone}</ids>"
    results_of_ids = results(post(raw, f"<findDuplicatesByIds>{ids}</findDuplicatesByIds>"))
    assert [found(each) for each in results_of_ids] == [[second], []]
    assert raw.query("SELECT Id FROM Contact")["totalSize"] == 3
    whole = "<DuplicateRuleHeader><includeRecordDetails>true</includeRecordDetails></DuplicateRuleHeader>"
    (told,) = results(post(raw, f"<findDuplicates>{unsaved}</findDuplicates>", headers=whole))
    assert [each.text for each in told.iter(f"{RECORDS}LastName")] == ["A", "B"]


@row("soap.md#7", "| deleteByExample |")
def test_what_is_like_an_example_is_deleted_and_counted(raw: RawOrg) -> None:
    for name, employees, phone in (("A", "7", "1"), ("A", "7", ""), ("A", "8", "1"), ("O'B", "7", "1")):
        create(raw, "Account", Name=name, NumberOfEmployees=employees, Phone=phone)

    def delete(example: str) -> tuple[str | None, str | None]:
        (result,) = results(
            post(raw, f"<deleteByExample><sObjects><o:type>Account</o:type>{example}</sObjects></deleteByExample>")
        )
        return text(result, "success"), text(result, "rowCount")

    assert delete("<o:Name>A</o:Name><o:NumberOfEmployees>7</o:NumberOfEmployees><o:Phone>1</o:Phone>") == ("true", "1")
    assert delete("<o:fieldsToNull>Phone</o:fieldsToNull>") == ("true", "1")
    assert delete("<o:Name>O'B</o:Name>") == ("true", "1")
    assert delete("") == delete("<o:Nope__c>1</o:Nope__c>") == ("false", "0")
    (left,) = raw.query("SELECT NumberOfEmployees FROM Account")["records"]
    assert left["NumberOfEmployees"] == 8
