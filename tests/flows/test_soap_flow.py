"""The SOAP API over the facade: both halves convert, save, merge, query and are refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from specforce import AsyncSalesforce, Retry, Salesforce
from specforce.auth import RetirementWarning, SoapLogin
from specforce.errors import (
    ApiError,
    AuthError,
    DecodeError,
    InputError,
    InvalidQueryLocator,
    InvalidSession,
    InvalidType,
    MalformedQuery,
)
from specforce_api.soap.models import (
    AssignmentRuleHeader,
    CallOptions,
    DuplicateRuleHeader,
    LeadConvert,
    MergeRequest,
    ProcessSubmitRequest,
    ProcessWorkitemRequest,
    SingleEmailMessage,
)
from tests.covers import covers

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half

CONVERTED = "Closed - Converted"


@pytest.fixture
def soap(half: Half, org: FakeOrg) -> Any:
    """The SOAP API of one half."""
    return half.login(org.auth()).soap


def lead(half: Half, soap: Any, **fields: str) -> str:
    """A new lead; its id."""
    saved = half.run(soap.create({"type": "Lead", "LastName": "Ek", "Company": "Ek AB", **fields}))
    assert saved.success
    return str(saved.id)


@covers("C10", "C11", "S1")
def test_leads_are_converted_one_by_one_or_many_at_once(half: Half, soap: Any) -> None:
    """connector.md, C10, C11, V."""
    one = half.run(soap.convert_lead(LeadConvert(lead_id=lead(half, soap), converted_status=CONVERTED)))
    assert one.success
    assert [one.account_id[:3], one.contact_id[:3], one.opportunity_id[:3]] == ["001", "003", "006"]

    ids = [lead(half, soap) for _ in range(3)]
    wanted = [LeadConvert(lead_id=each, converted_status=CONVERTED, do_not_create_opportunity=True) for each in ids]
    many = half.run(soap.convert_lead([*wanted, wanted[0]]))
    assert [result.success for result in many] == [True, True, True, False]
    assert [result.opportunity_id for result in many] == [None] * 4
    assert many[3].errors[0].status_code == "CANNOT_UPDATE_CONVERTED_LEAD"


@covers("W9", "D14")
def test_values_are_escaped(half: Half, soap: Any) -> None:
    """connector.md, W9; users.md, 14."""
    name = """A & B <"C"> 'D' \r\n\t é 漢 😀"""
    saved = half.run(soap.create({"type": "Account", "Name": "x", "Description": name}))

    (found,) = half.run(soap.retrieve("Description", "Account", [saved.id]))
    assert found["Description"] == name


def test_records_are_saved_read_deleted_and_brought_back(half: Half, soap: Any) -> None:
    account, wrong = half.run(
        soap.create([{"type": "Account", "Name": "A", "Phone": "1"}, {"type": "Account", "Nope": "x"}])
    )
    assert (account.success, wrong.success) == (True, False)
    assert wrong.errors[0].status_code == "INVALID_FIELD"

    change = {"attributes": {"type": "Account"}, "Id": account.id, "Phone": None, "NumberOfEmployees": 5}
    assert half.run(soap.update(change)).success
    found, missing = half.run(soap.retrieve("Phone, NumberOfEmployees", "Account", [account.id, "001000000000000AAA"]))
    assert (found["Phone"], found["NumberOfEmployees"], missing) == (None, "5", None)

    assert half.run(soap.delete(account.id)).success
    assert half.run(soap.query("SELECT Id FROM Account").all()) == []
    assert len(half.run(soap.query_all("SELECT Id FROM Account").all())) == 1
    assert half.run(soap.undelete([account.id]))[0].success
    assert half.run(soap.delete([account.id]))[0].success
    assert half.run(soap.empty_recycle_bin(account.id)).success
    assert not half.run(soap.undelete(account.id)).success


def test_headers_go_along(half: Half, soap: Any, org: FakeOrg) -> None:
    rows = [{"type": "Lead", "LastName": "Ek", "Company": "E"}, {"type": "Lead", "LastName": "Ek"}]
    saved = half.run(
        soap.create(
            rows,
            all_or_none=True,
            assignment_rule=AssignmentRuleHeader(use_default_rule=True),
            duplicate_rule=DuplicateRuleHeader(allow_save=True),
            call_options=CallOptions(client="specforce"),
            update_mru=False,
        )
    )

    assert [result.success for result in saved] == [False, False]
    assert saved[0].errors[0].status_code == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    body = org.requests[-1].body or ""
    assert "<urn:useDefaultRule>true</urn:useDefaultRule>" in body
    assert "<urn:client>specforce</urn:client>" in body


def test_records_are_upserted_and_merged(half: Half, soap: Any) -> None:
    (first,) = half.run(soap.upsert("Id", [{"type": "Account", "Name": "A"}]))
    assert first.created
    again = half.run(soap.upsert("Id", {"type": "Account", "Id": first.id, "Name": "B"}))
    assert not again.created
    loser = half.run(soap.create({"type": "Account", "Name": "C"})).id

    merged = half.run(
        soap.merge(MergeRequest(master_record={"type": "Account", "Id": first.id}, record_to_merge_ids=[loser]))
    )
    assert (merged.success, merged.merged_record_ids) == (True, [loser])


class Account(msgspec.Struct):
    Id: str
    NumberOfEmployees: int | None
    CreatedDate: datetime


def test_a_query_is_read_page_by_page_with_its_children(half: Half, soap: Any, org: FakeOrg) -> None:
    seeded = org.seed({"Account": [{"Name": f"A{n}", "NumberOfEmployees": n} for n in range(450)]})
    org.seed({"Contact": [{"LastName": f"C{n}", "AccountId": seeded["Account"][0]} for n in range(250)]})

    pages = half.items(soap.query("SELECT Id FROM Account", batch_size=200).pages())
    assert [len(page) for page in pages] == [200, 200, 50]
    typed = soap.query(
        "SELECT Id, NumberOfEmployees, CreatedDate FROM Account WHERE Name = :name", returns=Account, name="A7"
    )
    assert half.run(typed.first()).NumberOfEmployees == 7
    children = soap.query("SELECT Id, (SELECT Id FROM Contacts) FROM Account ORDER BY Name LIMIT 1", batch_size=200)
    assert len(half.run(children.first())["Contacts"]["records"]) == 250
    assert half.run(soap.query("SELECT Id FROM Account WHERE Name = 'none'").first()) is None
    assert len(half.items(soap.query("SELECT Id FROM Account"))) == 450


def test_a_record_of_another_type_is_a_decode_error(half: Half, soap: Any, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "A"}]})

    with pytest.raises(DecodeError, match="isn't a Account"):
        half.run(soap.query("SELECT Id FROM Account", returns=Account).all())
    with pytest.raises(InputError, match="pages hold 200 to 2,000"):
        soap.query("SELECT Id FROM Account", batch_size=1)


def test_describes_and_facts(half: Half, soap: Any) -> None:
    assert "Account" in [entry.name for entry in half.run(soap.describe_global()).sobjects]
    fields = {field.name: field for field in half.run(soap.describe_sobject("Account")).fields}
    assert fields["Name"].type_ == "string"
    assert [found.name for found in half.run(soap.describe_sobjects(["Lead", "Contact"]))] == ["Lead", "Contact"]
    user = half.run(soap.get_user_info())
    assert user.user_name == "user@example.com"
    assert half.run(soap.get_server_timestamp()).timestamp.tzinfo is not None
    assert half.run(soap.reset_password(user.user_id)).password
    assert half.run(soap.set_password(user.user_id, "correct horse 7")).unknown == {}


def test_what_was_changed_and_deleted(half: Half, soap: Any) -> None:
    kept, gone = (half.run(soap.create({"type": "Account", "Name": name})).id for name in "AB")
    half.run(soap.delete(gone))
    now = half.run(soap.get_server_timestamp()).timestamp
    span = (now - timedelta(hours=1), now + timedelta(hours=1))

    assert half.run(soap.get_updated("Account", *span)).ids == [kept]
    assert [record.id for record in half.run(soap.get_deleted("Account", *span)).deleted_records] == [gone]


def test_searches_find_records(half: Half, soap: Any, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme"}]})

    found = half.run(soap.search("FIND {Acme} IN ALL FIELDS RETURNING Account(Id, Name)"))
    assert [hit.record["Name"] for hit in found.search_records] == ["Acme"]


def test_emails_are_sent(half: Half, soap: Any) -> None:
    sent = half.run(soap.send_email(SingleEmailMessage(subject="S", plain_text_body="T", to_addresses="a@example.com")))
    refused = half.run(soap.send_email(SingleEmailMessage(subject="S")))

    assert (sent.success, refused.success) == (True, False)


def test_records_are_submitted_and_decided_on(half: Half, soap: Any, org: FakeOrg) -> None:
    org.seed({"ProcessDefinition": [{"Name": "Big", "DeveloperName": "Big", "TableEnumOrId": "Account"}]})
    account = half.run(soap.create({"type": "Account", "Name": "A"})).id
    pending = half.run(soap.process(ProcessSubmitRequest(object_id=account, comments="please")))
    item = pending.new_workitem_ids[0]

    decided = half.run(soap.process([ProcessWorkitemRequest(action="Approve", workitem_id=item)]))
    assert [result.instance_status for result in decided] == ["Approved"]


def test_a_session_that_ended_is_renewed_once(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    half.run(sf.soap.get_user_info())
    org.expire_tokens()

    assert half.run(sf.soap.create({"type": "Account", "Name": "A"})).success
    assert [entry.status for entry in org.requests if entry.operation == "soap.create"] == [500, 200]
    assert len([entry for entry in org.requests if entry.operation == "requestToken"]) == 2


def test_a_session_that_stays_refused_is_an_error(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    org.faults.add("soap.getUserInfo", "expire_tokens", times=5)

    with pytest.raises(InvalidSession) as caught:
        half.run(sf.soap.get_user_info())
    assert caught.value.fault is not None
    assert caught.value.fault.code == "sf:INVALID_SESSION_ID"
    assert len([entry for entry in org.requests if entry.operation == "soap.getUserInfo"]) == 2


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda soap: soap.query("SELEC").all(), MalformedQuery),
        (lambda soap: soap.search("FIND"), MalformedQuery),
        (lambda soap: soap.describe_sobject("Nope"), InvalidType),
        (lambda soap: soap.query_more("nope-1"), InvalidQueryLocator),
    ],
)
def test_faults_are_errors_of_their_own_kind_and_sent_once(
    half: Half, soap: Any, org: FakeOrg, make: Any, kind: type[ApiError]
) -> None:
    with pytest.raises(kind) as caught:
        half.run(make(soap))

    assert caught.value.fault is not None
    assert caught.value.status == 500
    assert len([entry for entry in org.requests if (entry.operation or "").startswith("soap.")]) == 1


def test_a_busy_server_is_asked_again_for_what_only_reads(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth(), retry=Retry(first_delay_s=0, max_delay_s=0))
    org.faults.add("soap.getUserInfo")
    org.faults.add("soap.create")

    assert half.run(sf.soap.get_user_info()).user_name
    with pytest.raises(ApiError):
        half.run(sf.soap.create({"type": "Account", "Name": "A"}))


def test_logout_ends_the_session_for_every_api(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    half.run(sf.soap.logout())

    half.run(sf.rest.get_limits())
    assert len([entry for entry in org.requests if entry.operation == "requestToken"]) == 2


def test_a_user_changes_their_own_password(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    half.run(sf.soap.change_own_password("password", "correct horse 7"))

    with pytest.raises(ApiError, match="INVALID_OLD_PASSWORD"):
        half.run(sf.soap.change_own_password("password", "correct horse 8"))
    assert half.run(half.login(soap_login(org, password="correct horse 7")).soap.get_user_info()).user_name


def test_sessions_are_ended_one_or_many(half: Half, soap: Any) -> None:
    assert not half.run(soap.invalidate_sessions("unknown")).success
    assert [each.success for each in half.run(soap.invalidate_sessions(["unknown", "no"]))] == [False, False]


def test_layouts_tabs_and_quick_actions_are_described(half: Half, soap: Any) -> None:
    (layout,) = half.run(soap.describe_layout("Account")).layouts
    items = [
        item for section in layout.detail_layout_sections for row in section.layout_rows for item in row.layout_items
    ]
    assert "Name" in [component.value for item in items for component in item.layout_components]
    assert half.run(soap.describe_all_tabs())[0].label == "Home"

    actions = half.run(soap.describe_available_quick_actions("Account"))
    described = half.run(soap.describe_quick_actions([each.name for each in actions]))
    assert [each.label for each in described] == [each.label for each in actions]


def soap_login(org: FakeOrg, **changed: str) -> SoapLogin:
    given = {"username": "user@example.com", "password": "password", "security_token": "token", **changed}
    with pytest.warns(RetirementWarning, match=r"Summer '27"):
        return SoapLogin(**given, login_url=org.url)


def test_a_soap_login_serves_every_api(half: Half, org: FakeOrg) -> None:
    sf = half.login(soap_login(org))
    half.run(sf.rest.get_limits())
    org.expire_tokens()
    half.run(sf.soap.get_user_info())

    assert [entry.path for entry in org.requests if entry.operation == "soap.login"] == ["/services/Soap/u/64.0"] * 2
    assert "passwordtoken" not in repr(sf) + repr(soap_login(org)) + str([entry.public() for entry in org.requests])


def test_a_refused_soap_login_says_what_to_check(half: Half, org: FakeOrg) -> None:
    with pytest.raises(AuthError, match="hint: check username, password and security token") as caught:
        half.run(half.login(soap_login(org, password="wrong")).soap.get_user_info())

    assert caught.value.error == "INVALID_LOGIN"
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("client", [Salesforce, AsyncSalesforce])
def test_settings_make_a_soap_login(org: FakeOrg, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    for name, value in {"FLOW": "soap", "USERNAME": "u", "PASSWORD": "p", "LOGIN_URL": org.url}.items():
        monkeypatch.setenv(f"SALESFORCE_{name}", value)

    with pytest.warns(RetirementWarning):
        assert "soap" in repr(client.from_env())
