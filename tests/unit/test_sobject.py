"""Records of one object: what is sent, what comes back, what is refused before a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from specforce import Saved
from specforce.errors import (
    AmbiguousExternalId,
    ApiError,
    DecodeError,
    EntityIsDeleted,
    InputError,
    NotFound,
    RequiredFieldMissing,
    SpecError,
)
from tests.covers import covers
from tests.halves import ACCOUNT_ID, Half, ScriptedServer, body, json_answer, refusal

SAVED = json_answer({"id": ACCOUNT_ID, "success": True, "errors": []}, 201)
NO_CONTENT = httpx.Response(204)
DESCRIBED = {
    "name": "Account",
    "label": "Account",
    "labelPlural": "Accounts",
    "fields": [],
    "urls": {},
    "childRelationships": [],
}


class Owner(msgspec.Struct):
    Name: str


class Account(msgspec.Struct, omit_defaults=True):
    Name: str
    Id: str | None = None
    AnnualRevenue: float | None = None
    Owner: Owner | None = None
    Contacts: list[dict[str, Any]] | None = None


@dataclass
class Flight:
    __sobject__: ClassVar[str] = "Flight__c"
    Code__c: str


def test_create_sends_the_record_and_returns_its_id(half: Half) -> None:
    server = ScriptedServer(SAVED)

    saved = half.run(half.connect(server).sobject("Account").create({"Name": "Acme", "Owner__r": {"Code__c": "x"}}))

    assert saved == Saved(ACCOUNT_ID, created=True)
    [request] = server.requests
    assert (request.method, request.url.path) == ("POST", "/services/data/v67.0/sobjects/Account")
    assert request.headers["content-type"].startswith("application/json")
    assert body(request) == {"Name": "Acme", "Owner__r": {"Code__c": "x"}}


def test_values_travel_as_salesforce_reads_them(half: Half) -> None:
    server = ScriptedServer(SAVED)
    record = {
        "When__c": datetime(2026, 3, 1, 10, tzinfo=UTC),
        "Day__c": date(2026, 3, 1),
        "Time__c": time(10, 30),
        "Exact__c": Decimal("12345678901234567.89"),
        "Empty__c": None,
        "Body": b"hi",
    }

    half.run(half.connect(server).sobject("Thing__c").create(record))

    assert server.requests[0].content == (
        b'{"When__c":"2026-03-01T10:00:00.000Z","Day__c":"2026-03-01","Time__c":"10:30:00.000Z",'
        b'"Exact__c":12345678901234567.89,"Empty__c":null,"Body":"aGk="}'
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"When__c": datetime(2026, 3, 1)}, "When__c.*time zone"),  # noqa: DTZ001 - a naive one is what is refused
        ({"A__r": {"When__c": datetime(2026, 3, 1)}}, r"A__r\.When__c"),  # noqa: DTZ001
        ({"N__c": float("nan")}, "N__c.*number"),
        ({"N__c": object()}, "can't be sent"),
        (["Name"], "mapping"),
        ("Name", "mapping"),
    ],
)
def test_a_record_that_can_not_be_sent_is_refused(half: Half, record: Any, words: str) -> None:
    server = ScriptedServer(SAVED)

    with pytest.raises(InputError, match=words):
        half.run(half.connect(server).sobject("Account").create(record))

    assert not server.requests


def test_a_typed_object_reads_the_fields_that_it_declares(half: Half) -> None:
    server = ScriptedServer(json_answer({"attributes": {}, "Id": ACCOUNT_ID, "Name": "Acme", "Owner": {"Name": "Bo"}}))

    account = half.run(half.connect(server).sobject(Account).get(ACCOUNT_ID))

    assert account == Account("Acme", ACCOUNT_ID, Owner=Owner("Bo"))
    assert server.requests[0].url.path.endswith(f"/sobjects/Account/{ACCOUNT_ID}")
    assert server.requests[0].url.params["fields"] == "Name,Id,AnnualRevenue,Owner.Name"


def test_a_typed_object_is_sent_as_its_fields(half: Half) -> None:
    server = ScriptedServer(SAVED)
    account = half.connect(server).sobject(Account)

    half.run(account.create(Account("Acme", AnnualRevenue=1.5)))
    half.run(account.create(MappingProxyType({"Name": "Acme"})))

    assert [body(request) for request in server.requests] == [{"Name": "Acme", "AnnualRevenue": 1.5}, {"Name": "Acme"}]


def test_a_class_may_name_its_object(half: Half) -> None:
    assert half.connect(ScriptedServer()).sobject(Flight).name == "Flight__c"


def test_get_asks_for_the_named_fields_or_for_all(half: Half) -> None:
    server = ScriptedServer(json_answer({"Id": ACCOUNT_ID, "Name": "Acme"}))
    account = half.connect(server).sobject("Account")

    assert half.run(account.get(ACCOUNT_ID, fields=["Name", "Owner.Name"]))["Name"] == "Acme"
    half.run(account.get(ACCOUNT_ID))

    assert server.requests[0].url.params["fields"] == "Name,Owner.Name"
    assert "fields" not in server.requests[1].url.params


@pytest.mark.parametrize("fields", ["Name", ["Na me"], ["Name,Id"], [""]])
def test_fields_that_are_no_names_are_refused(half: Half, fields: Any) -> None:
    with pytest.raises(InputError):
        half.run(half.connect(ScriptedServer()).sobject("Account").get(ACCOUNT_ID, fields=fields))


@pytest.mark.parametrize("record", [{"Name": "x"}, {"Id": ACCOUNT_ID, "Name": "x"}])
def test_an_update_needs_an_id_also_of_a_record_that_has_one(half: Half, record: dict[str, str]) -> None:
    account = half.connect(ScriptedServer(NO_CONTENT)).sobject("Account")

    with pytest.raises(InputError, match="None isn't an id"):
        half.run(account.update(None, record))


def test_update_and_delete_return_nothing(half: Half) -> None:
    server = ScriptedServer(NO_CONTENT)
    account = half.connect(server).sobject("Account")

    assert half.run(account.update(ACCOUNT_ID, {"Name": None})) is None
    assert half.run(account.delete(ACCOUNT_ID[:15])) is None

    assert [(request.method, request.url.path.rpartition("/")[2]) for request in server.requests] == [
        ("PATCH", ACCOUNT_ID),
        ("DELETE", ACCOUNT_ID[:15]),
    ]
    assert body(server.requests[0]) == {"Name": None}


@pytest.mark.parametrize(
    "record_id",
    [
        "",
        "001",
        "001xx000003DGb2AAH",
        "001XX000003DGB2AAG",
        "../../limits/x1",
        "001xx000003DGb",
        "001xx000003DGb2AA",
        "é" * 15,
        500,
        b"001xx000003DGb2AAG",
    ],
)
def test_what_is_no_id_is_refused_before_any_request(half: Half, record_id: Any) -> None:
    server = ScriptedServer(NO_CONTENT)
    account = half.connect(server).sobject("Account")

    for call in (account.get, account.delete, lambda value: account.update(value, {})):
        with pytest.raises(InputError, match="isn't an id"):
            half.run(call(record_id))

    assert not server.requests


@pytest.mark.parametrize("name", ["", "Account/x", "../limits", "Acc ount", "Owner.Name", "Accöunt", "Account\n"])
def test_what_is_no_object_name_is_refused(half: Half, name: str) -> None:
    with pytest.raises(InputError, match="sobject"):
        half.connect(ScriptedServer()).sobject(name)


@pytest.mark.parametrize(
    ("answer", "saved"),
    [
        (json_answer({"id": ACCOUNT_ID, "success": True, "errors": [], "created": True}, 201), Saved(ACCOUNT_ID, True)),
        (json_answer({"id": ACCOUNT_ID, "success": True, "errors": [], "created": False}), Saved(ACCOUNT_ID, False)),
        (SAVED, Saved(ACCOUNT_ID, True)),
        (NO_CONTENT, Saved("", False)),
    ],
    ids=["created", "updated", "created before 46.0", "updated before 46.0"],
)
def test_upsert_tells_whether_the_record_is_new(half: Half, answer: httpx.Response, saved: Saved) -> None:
    """connector.md, C19 and W2."""
    server = ScriptedServer(answer)

    assert half.run(half.connect(server).sobject("Account").upsert("Code__c", "JFK/1", {"Name": "Kennedy"})) == saved
    assert server.requests[0].url.raw_path.endswith(b"/sobjects/Account/Code__c/JFK%2F1")


def test_upsert_can_refuse_to_create(half: Half) -> None:
    server = ScriptedServer(NO_CONTENT)

    half.run(half.connect(server).sobject("Account").upsert("Code__c", 7, {}, update_only=True))

    assert server.requests[0].url.params["updateOnly"] == "true"


def test_a_save_that_reports_failure_is_an_error_whatever_its_status(half: Half) -> None:
    errors = [{"statusCode": "DUPLICATE_VALUE", "message": "duplicate", "fields": ["Code__c"]}]
    server = ScriptedServer(json_answer({"id": None, "success": False, "errors": errors}, 201))

    with pytest.raises(ApiError, match="DUPLICATE_VALUE") as caught:
        half.run(half.connect(server).sobject("Account").create({"Name": "Acme"}))

    assert caught.value.fields == ("Code__c",)


def test_an_external_id_of_many_records_names_them(half: Half) -> None:
    urls = [f"/services/data/v67.0/sobjects/Account/001xx00000{number:05}AAA" for number in range(200)]
    sf = half.connect(ScriptedServer(json_answer(urls, 300)))

    with pytest.raises(AmbiguousExternalId) as caught:
        half.run(sf.sobject("Account").get_by("Code__c", "JFK"))

    assert caught.value.records == urls


def test_delete_by_external_id(half: Half) -> None:
    server = ScriptedServer(NO_CONTENT)

    half.run(half.connect(server).sobject("Account").delete_by("Code__c", "JFK"))

    assert (server.requests[0].method, server.requests[0].url.path.rpartition("/")[2]) == ("DELETE", "JFK")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("REQUIRED_FIELD_MISSING", 400, RequiredFieldMissing),
        ("ENTITY_IS_DELETED", 404, EntityIsDeleted),
        ("NOT_FOUND", 404, NotFound),
    ],
)
def test_refusals_have_classes(half: Half, code: str, status: int, kind: type[ApiError]) -> None:
    sf = half.connect(ScriptedServer(refusal(code, status=status)))

    with pytest.raises(kind):
        half.run(sf.sobject("Account").update(ACCOUNT_ID, {}))


def test_describe_is_fetched_once_per_client_and_anew_on_demand(half: Half) -> None:
    server = ScriptedServer(json_answer(full_describe()))
    sf = half.connect(server)

    assert half.run(sf.sobject("Account").describe()).name == "Account"
    half.run(sf.sobject("Account").describe())
    assert len(server.requests) == 1

    half.run(sf.sobject("Account").describe(refresh=True))
    assert len(server.requests) == 2


def full_describe() -> dict[str, Any]:
    """A description of the package's own, whole."""
    import specforce_specs

    return dict(specforce_specs.describe("Account"))


def test_deleted_and_updated_take_a_span_of_aware_datetimes(half: Half) -> None:
    server = ScriptedServer(
        json_answer(
            {
                "deletedRecords": [{"id": ACCOUNT_ID, "deletedDate": "2026-03-01T10:00:00.000+0000"}],
                "earliestDateAvailable": "2026-02-01T10:00:00.000+0000",
                "latestDateCovered": "2026-03-02T10:00:00.000+0000",
            }
        ),
        json_answer({"ids": [ACCOUNT_ID], "latestDateCovered": "2026-03-02T10:00:00.000+0000"}),
    )
    account = half.connect(server).sobject("Account")
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)

    assert half.run(account.deleted(start, end)).deleted_records[0].id == ACCOUNT_ID
    assert half.run(account.updated(start, end)).ids == [ACCOUNT_ID]

    assert server.requests[0].url.params["start"] == "2026-03-01T00:00:00+00:00"
    assert b"%2B00" in server.requests[0].url.raw_path


@pytest.mark.parametrize("call", ["deleted", "updated"])
@covers("T10")
def test_a_span_that_ends_before_it_starts_is_refused(half: Half, call: str) -> None:
    """connector.md, T10."""
    account = half.connect(ScriptedServer()).sobject("Account")

    with pytest.raises(InputError, match="isn't after"):
        half.run(getattr(account, call)(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)))


@covers("C12")
def test_a_span_without_a_time_zone_is_refused_with_advice(half: Half) -> None:
    """connector.md, C12."""
    account = half.connect(ScriptedServer()).sobject("Account")

    with pytest.raises(InputError, match="tzinfo=UTC"):
        half.run(account.deleted(datetime(2026, 3, 1), datetime(2026, 3, 2)))  # noqa: DTZ001


def test_a_header_newer_than_the_api_version_is_refused(half: Half) -> None:
    server = ScriptedServer(SAVED)

    with pytest.raises(SpecError, match=r"52\.0"):
        half.run(half.connect(server, api_version="50.0").sobject("Account").create({}, allow_duplicates=True))

    assert not server.requests


def test_a_record_cut_on_the_way_is_an_error(half: Half) -> None:
    sf = half.connect(ScriptedServer(httpx.Response(200, content=b'{"Id": "00')))

    with pytest.raises(DecodeError, match="getRecord"):
        half.run(sf.sobject("Account").get(ACCOUNT_ID))
