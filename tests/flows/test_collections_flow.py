"""Many records of the fake org in few requests, and records that were read sent back."""

from __future__ import annotations

from asyncio import CancelledError
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import specforce_specs
from specforce import PartlySaved, SavedRow, SavedRows, saved_rows_of
from specforce._collections import with_rows
from specforce.errors import ApiError, ErrorDetail, InputError, IntegrityError, InvalidField
from tests.halves import ACCOUNT_ID, ScriptedServer, body, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


@dataclass
class Account:
    Name: str
    Id: str | None = None
    Code__c: str | None = None


def saved(count: int) -> httpx.Response:
    return json_answer([{"id": ACCOUNT_ID, "success": True, "errors": []}] * count)


def test_records_live_from_create_to_delete_in_parts_of_200(half: Half, org: FakeOrg) -> None:
    account = half.login(org.auth()).sobject(Account)

    made = half.run(account.create_many(Account(f"n{number}", Code__c=str(number)) for number in range(450)))
    assert (made.total, made.succeeded, made.failed, len(set(made.ids))) == (450, 450, 0, 450)
    assert all(row.created for row in made)

    read = half.run(account.get_many([*made.ids, "001000000000000AAA"]))
    assert read[:2] == [Account("n0", made.ids[0], "0"), Account("n1", made.ids[1], "1")]
    assert (len(read), read[450]) == (451, None)

    changed = half.run(account.update_many([Account("changed", row_id) for row_id in made.ids[:3]]))
    assert [(row.id, row.created) for row in changed] == [(row_id, False) for row_id in made.ids[:3]]
    again = half.run(account.upsert_many("Code__c", [{"Name": "a", "Code__c": "9"}, {"Name": "b", "Code__c": "new"}]))
    assert [(row.id == made.ids[9], row.created) for row in again] == [(True, False), (False, True)]

    gone = half.run(account.delete_many(made.ids))
    assert (gone.succeeded, gone.failed) == (450, 0)
    counted = [request.operation for request in org.requests].count
    assert (counted("createRecords"), counted("deleteRecords"), counted("retrieveRecordsPost")) == (3, 3, 1)


def test_refused_records_are_data_in_their_places(half: Half, org: FakeOrg) -> None:
    account = half.login(org.auth()).sobject("Account")

    rows = half.run(account.create_many([{"Name": "a"}, {}, {"Name": "c"}, {"Name": "d" * 300}]))

    assert [(row.position, row.success, bool(row.id)) for row in rows] == [
        (0, True, True),
        (1, False, False),
        (2, True, True),
        (3, False, False),
    ]
    assert (rows.succeeded, rows.failed, rows[1].errors[0].error_code) == (2, 2, "REQUIRED_FIELD_MISSING")
    assert [(row.position, row.errors[0].fields) for row in rows.failures()] == [(1, ("Name",)), (3, ("Name",))]
    with pytest.raises(ApiError, match=r"row 1: .*and 1 more"):
        rows.raise_for_errors()
    assert half.run(account.create_many([])).total == 0


def test_all_or_none_is_kept_by_the_server_and_within_one_request(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    account = sf.sobject("Account")

    rows = half.run(account.create_many([{"Name": "a"}, {}], all_or_none=True))

    assert [row.errors[0].error_code for row in rows] == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert half.run(sf.query("SELECT Id FROM Account").all()) == []
    with pytest.raises(InputError, match="200 records at most, and these are 201"):
        half.run(account.create_many([{"Name": "a"}] * 201, all_or_none=True))


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("create_many", [[{"Name": "a"}, {"Id": ACCOUNT_ID}]], "record 1: the record has an Id"),
        ("create_many", [[{"Name": "a", "Since__c": datetime(2026, 1, 1)}]], "record 0: .*no time zone"),  # noqa: DTZ001 - what is refused
        ("update_many", [[{"Name": "a"}]], "record 0: the record has no Id"),
        ("update_many", [[{"Id": "001xx000003DGb2AAA"}]], "record 0: .*don't fit"),
        ("upsert_many", ["Code__c", [{"Name": "a"}]], "record 0: the record has no Code__c"),
        ("upsert_many", ["Code__c", [{"Code__c": "a", "Id": ACCOUNT_ID}]], "takes none"),
        ("upsert_many", ["a b", []], "field"),
        ("delete_many", [["001"]], r"ids\[0\]='001' isn't an id"),
        ("delete_many", [ACCOUNT_ID], "pass a list"),
        ("get_many", [[ACCOUNT_ID]], "fields= is missing"),
        ("get_many", [["x"], ["Name"]], r"ids\[0\]"),
    ],
)
def test_what_is_known_to_be_wrong_is_refused_before_a_request(
    half: Half, method: str, arguments: list[Any], words: str
) -> None:
    server = ScriptedServer(saved(1))

    with pytest.raises(InputError, match=words):
        half.run(getattr(half.connect(server).sobject("Account"), method)(*arguments))

    assert (server.requests, server.logins) == ([], [])


def test_a_failure_half_way_tells_of_the_records_before_it(half: Half) -> None:
    server = ScriptedServer(saved(200), json_answer([{"errorCode": "X", "message": "no"}], 400))

    with pytest.raises(PartlySaved, match="200 of 300 records were saved, 0 refused") as caught:
        half.run(half.connect(server).sobject("Account").create_many([{"Name": "a"}] * 300))

    assert (caught.value.rows.succeeded, caught.value.total) == (200, 300)
    assert isinstance(caught.value.__cause__, ApiError)


@pytest.mark.parametrize("method", ["create_many", "delete_many"])
def test_an_interruption_half_way_tells_of_the_records_before_it(half: Half, method: str) -> None:
    interruption: type[BaseException] = CancelledError if half.name == "async" else KeyboardInterrupt

    def interrupted(_request: httpx.Request) -> httpx.Response:
        raise interruption

    account = half.connect(ScriptedServer(saved(200), interrupted)).sobject("Account")
    items = [{"Name": "a"}] * 300 if method == "create_many" else [ACCOUNT_ID] * 300

    with pytest.raises(interruption) as caught:
        half.run(getattr(account, method)(items))

    rows = saved_rows_of(caught.value)
    assert rows is not None
    assert (rows.total, rows.succeeded) == (200, 200)
    assert "200 of 300 records were saved" in caught.value.__notes__[0]
    assert saved_rows_of(ValueError()) is None


def test_an_interruption_of_the_first_request_has_nothing_to_tell(half: Half) -> None:
    def interrupted(_request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    account = half.connect(ScriptedServer(interrupted)).sobject("Account")

    with pytest.raises(KeyboardInterrupt) as caught:
        half.run(account.create_many([{"Name": "a"}] * 300))
    assert saved_rows_of(caught.value) is None


def test_a_timeout_over_many_requests_tells_of_those_that_were_answered() -> None:
    """asyncio.timeout puts its TimeoutError in the place of the CancelledError."""
    rows = SavedRows([])
    error = TimeoutError()
    error.__cause__ = with_rows(CancelledError(), rows, 3)

    assert saved_rows_of(error) is rows


def test_an_answer_of_another_length_raises(half: Half) -> None:
    account = half.connect(ScriptedServer(saved(1), json_answer([None]))).sobject("Account")

    with pytest.raises(IntegrityError, match="2 records were sent and 1 answered"):
        half.run(account.create_many([{"Name": "a"}, {"Name": "b"}]))
    with pytest.raises(IntegrityError, match="2 records were asked for and 1 came"):
        half.run(account.get_many([ACCOUNT_ID, ACCOUNT_ID], ["Name"]))


def test_rows_keep_ids_and_errors_as_they_came(half: Half) -> None:
    failed = {"success": False, "errors": [{"statusCode": "X", "message": "no", "fields": ["A"]}]}
    server = ScriptedServer(json_answer([{"id": None, **failed}, {"id": ACCOUNT_ID, **failed}]))

    rows = half.run(half.connect(server).sobject("Account").update_many([{"Id": ACCOUNT_ID, "A": b"\x00\xff"}] * 2))

    details = (ErrorDetail("X", "no", ("A",)),)
    assert list(rows) == [SavedRow(0, "", False, False, details), SavedRow(1, ACCOUNT_ID, False, False, details)]
    sent = {"attributes": {"type": "Account"}, "Id": ACCOUNT_ID, "A": "AP8="}
    assert body(server.requests[0]) == {"allOrNone": False, "records": [sent, sent]}


def test_a_record_that_was_read_goes_back_with_its_changes(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    account = sf.sobject("Account")
    made = half.run(account.create({"Name": "Acme", "Code__c": "A"}))

    record = half.run(sf.query("SELECT Id, Name, Code__c FROM Account").first())
    record["Name"] = "Acme Corp"
    half.run(account.update(record["Id"], record))
    half.run(account.update_many([record]))
    half.run(account.upsert("Code__c", "A", {key: value for key, value in record.items() if key != "Id"}))

    assert half.run(account.get(made.id, ["Name", "Code__c"]))["Name"] == "Acme Corp"


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("create", [{"Id": ACCOUNT_ID, "Name": "a"}], "has an Id"),
        ("update", [ACCOUNT_ID, {"Id": "001000000000000AAA"}], "is to be changed"),
        ("upsert", ["Code__c", "A", {"Code__c": "B"}], "isn't the Code__c='A'"),
        ("update", [ACCOUNT_ID, {"Owner": {"attributes": {"type": "User", "url": "/x"}}}], "Owner came along"),
        ("update", [ACCOUNT_ID, {"Contacts": {"totalSize": 0, "done": True, "records": []}}], "Contacts came along"),
    ],
)
def test_what_a_record_cannot_take_back_is_named(half: Half, method: str, arguments: list[Any], words: str) -> None:
    server = ScriptedServer(saved(1))

    with pytest.raises(InputError, match=words):
        half.run(getattr(half.connect(server).sobject("Account"), method)(*arguments))

    assert server.requests == []


def test_a_known_description_names_read_only_fields_and_near_misses(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    account = sf.sobject("Account")
    record = {"Name": "Acme", "CreatedDate": "2026-01-01T00:00:00Z", "IsDeleted": False}

    with pytest.raises(InvalidField) as before:
        half.run(account.create({"Name": "Acme", "Industri": "Energy"}))
    half.run(account.describe())
    with pytest.raises(InvalidField, match=r"did you mean Industry\?"):
        half.run(account.create({"Name": "Acme", "Industri": "Energy"}))
    with pytest.raises(InvalidField, match=r"did you mean BillingCity"):
        half.run(sf.query("SELECT BilingCity FROM Account").all())
    with pytest.raises(InputError, match="CreatedDate, IsDeleted can't be set when a record is created"):
        half.run(account.create(record))
    with pytest.raises(InputError, match="CreatedDate, IsDeleted can't be changed"):
        half.run(account.update(ACCOUNT_ID, record))

    assert before.value.hint == ""


def test_a_description_is_fetched_once_and_asked_for_changes(half: Half, org: FakeOrg) -> None:
    account = half.login(org.auth()).sobject("Account")

    first = half.run(account.describe())
    assert half.run(account.describe()) is first
    half.run(account.describe(refresh=True))

    asked = [request for request in org.requests if request.operation == "describeSObject"]
    assert len(asked) == 2


def test_an_unchanged_description_is_kept(half: Half) -> None:
    date = "Sun, 01 Mar 2026 10:00:00 GMT"
    server = ScriptedServer(json_answer(specforce_specs.describe("Account"), Last_Modified=date), httpx.Response(304))
    account = half.connect(server).sobject("Account")

    first = half.run(account.describe())

    assert half.run(account.describe(refresh=True)) is first
    assert server.requests[1].headers["if-modified-since"] == date
