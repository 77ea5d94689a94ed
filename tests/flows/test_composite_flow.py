"""Composite, graphs and batches against the fake org, and what is refused before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from specforce import Saved
from specforce.errors import ApiError, InputError, IntegrityError, NotFound, RequiredFieldMissing
from specforce_api.bulk_v2.operations import upload_ingest_job_data
from specforce_api.rest import operations
from tests.halves import ACCOUNT_ID, ScriptedServer, body, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half


class Account(msgspec.Struct):
    Id: str
    Name: str
    Code__c: str | None = None


def test_later_requests_use_what_earlier_ones_answer(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    c = sf.composite(all_or_none=True)

    account = c.create("Account", {"Name": "Acme & {Söhne}", "Code__c": "A"})
    contact = c.create("Contact", {"LastName": "Ek", "AccountId": account.id}, reference_id="theContact")
    read = c.get("Account", account.id, returns=Account)
    renamed = c.update("Account", account.id, {"Name": "Acme Corp"})
    found = c.query("SELECT Id, AccountId FROM Contact WHERE LastName = :name", name="Ek")
    bound = c.query("SELECT Id FROM Contact WHERE LastName = :returns", binds={"returns": "Ek"})
    upserted = c.upsert("Account", "Code__c", "A", {"BillingCity": "Oslo"})
    limits = c.add(operations.get_limits())
    described = c.request("GET", "/sobjects/Account")
    deleted = c.delete("Contact", contact.id)
    results = half.run(c.send())

    assert results.succeeded
    assert results[account] == Saved(results[account].id, created=True)
    assert results[read] == Account(results[account].id, "Acme & {Söhne}", "A")
    assert results[renamed] is None
    assert [row["AccountId"] for row in results[found]] == [results[account].id]
    assert [row["Id"] for row in results[bound]] == [results[contact].id]
    assert results[upserted] == Saved(results[account].id, created=False)
    assert results[limits].additional_properties["DailyApiRequests"].remaining > 0
    assert results[described]["objectDescribe"]["name"] == "Account"
    assert (results[deleted], results.status(deleted), results.status(contact)) == (None, 204, 201)
    assert [reference.name for reference in results][:2] == ["ref1", "theContact"]
    assert len([request for request in org.requests if request.operation == "composite"]) == 1


def test_a_refused_request_is_data_until_its_answer_is_asked_for(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    c = sf.composite()
    good = c.create("Account", {"Name": "Acme"})
    bad = c.create("Account", {})
    dependent = c.create("Contact", {"LastName": "Ek", "AccountId": bad.id})
    results = half.run(c.send())

    assert (results.succeeded, list(results.errors())) == (False, ["ref2", "ref3"])
    assert results[good].created
    with pytest.raises(RequiredFieldMissing):
        results[bad]
    assert results.error(good) is None
    assert results.error(dependent).error_code == "PROCESSING_HALTED"
    with pytest.raises(RequiredFieldMissing):
        results.raise_for_errors()
    with pytest.raises(KeyError, match="<Reference ref1 createRecord> isn't one of these requests"):
        results[sf.composite().create("Account", {"Name": "x"})]


def test_all_or_none_undoes_everything(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    c = sf.composite(all_or_none=True)
    c.create("Account", {"Name": "Acme"})
    c.create("Account", {})

    results = half.run(c.send())

    assert len(results.errors()) == 2
    with pytest.raises(RequiredFieldMissing):
        results.raise_for_errors()
    assert half.run(sf.query("SELECT Id FROM Account").all()) == []


def test_a_graph_is_done_whole_or_not_at_all(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    graphs = sf.composite_graphs()
    good, bad = graphs.graph("good"), graphs.graph("bad")
    account = good.create("Account", {"Name": "Acme"})
    good.create("Contact", {"LastName": "Ek", "AccountId": account.id})
    bad.create("Account", {"Name": "Gone"})
    bad.create("Contact", {})
    results = half.run(graphs.send())

    assert results["good"][account].created
    assert (results["good"].succeeded, results["bad"].succeeded) == (True, False)
    names = [row["Name"] for row in half.run(sf.query("SELECT Name FROM Account").all())]
    assert names == ["Acme"]


def test_a_batch_answers_each_request_by_itself(half: Half, org: FakeOrg) -> None:
    """connector.md, E21: URLs with and without /services/data."""
    sf = half.login(org.auth())
    made = half.run(sf.sobject("Account").create({"Name": "Acme"}))
    b = sf.batch()
    read = b.get("Account", made.id, ["Name"])
    gone = b.get("Account", "001000000000000AAA", ["Name"])
    versioned = b.request("GET", "v60.0/limits")
    whole = b.request("GET", "/services/data/v67.0/limits", returns=dict[str, Any])
    changed = b.request("PATCH", f"/sobjects/Account/{made.id}", json={"Name": "Acme Corp"})
    results = half.run(b.send())

    assert results[read]["Name"] == "Acme"
    with pytest.raises(NotFound):
        results[gone]
    assert results[versioned]["DailyApiRequests"] == results[whole]["DailyApiRequests"] | {
        "Remaining": results[versioned]["DailyApiRequests"]["Remaining"]
    }
    assert results[changed] is None
    assert half.run(sf.sobject("Account").get(made.id, ["Name"]))["Name"] == "Acme Corp"


def test_a_batch_may_halt(half: Half, org: FakeOrg) -> None:
    b = half.login(org.auth()).batch(halt_on_error=True)
    b.get("Account", "001000000000000AAA", ["Name"])
    halted = b.request("GET", "/limits")

    results = half.run(b.send())

    assert (results.status(halted), results.error(halted).error_code) == (412, "BATCH_PROCESSING_HALTED")
    with pytest.raises(NotFound):
        results.raise_for_errors()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.create("Account", {"Name": "@{ref1.id}"}),
        lambda c: c.request("GET", "/sobjects/Account/@{ref1.id}"),
        lambda c: c.request("GET", "/../../x"),
        lambda c: c.request("GET", "/limits\r\nX: 1"),
        lambda c: c.create("Account", {"Name": "x"}, reference_id="a b"),
        lambda c: [c.create("Account", {"Name": "x"}, reference_id="same") for _ in range(2)],
        lambda c: [c.create("Account", {"Name": "x"}) for _ in range(26)],
        lambda c: c.get("Account", "001"),
        lambda c: c.get("Account/x", ACCOUNT_ID),
        lambda c: c.create("Account", {"Name": "x"})["a b"],
        lambda c: c.create("Account", {"Id": ACCOUNT_ID}),
        lambda c: c.add(upload_ingest_job_data(ACCOUNT_ID, body=b"Name")),
    ],
)
def test_what_cannot_travel_is_refused_when_it_is_added(half: Half, spoil: Any) -> None:
    with pytest.raises(InputError):
        spoil(half.connect(ScriptedServer(json_answer({}))).composite())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.create("Contact", {"LastName": "@{theAccount.id}"}),
        lambda c: c.create("Contact", {"Account": {"Code__c": "see @{theAccount.id}"}}),
        lambda c: c.update("Account", ACCOUNT_ID, {"Name": "@{theAccount.id}"}),
        lambda c: c.upsert("Account", "Code__c", "@{theAccount.id}", {"Name": "x"}),
        lambda c: c.request("POST", "/x", json={"a": ["@{theAccount.id}"]}),
        lambda c: c.query("SELECT Id FROM Contact WHERE Name = :name", name="@{theAccount.id}"),
    ],
)
def test_text_that_equals_a_reference_in_use_is_refused(half: Half, spoil: Any) -> None:
    composite = half.connect(ScriptedServer(json_answer({}))).composite()
    account = composite.create("Account", {"Name": "Acme"}, reference_id="theAccount")
    composite.create("Contact", {"LastName": "Ek", "AccountId": account.id})

    with pytest.raises(InputError, match="would be read as a reference"):
        spoil(composite)


def test_a_reference_may_stand_inside_text_and_in_no_other_request(org: FakeOrg, half: Half) -> None:
    sf = half.login(org.auth())
    composite = sf.composite()
    account = composite.create("Account", {"Name": "Acme"})
    composite.create("Contact", {"LastName": "Ek", "AccountId": account.id, "Description": f"of {account.id}"})
    results = half.run(composite.send())
    results.raise_for_errors()

    made = results[account].id
    (contact,) = half.run(sf.query("SELECT Description FROM Contact WHERE AccountId = :id", id=made).all())
    assert contact["Description"] == f"of {made}"
    with pytest.raises(InputError, match="would be read as a reference"):
        sf.composite().create("Contact", {"LastName": account.id})


def test_limits_are_checked_before_anything_is_sent(half: Half) -> None:
    server = ScriptedServer(json_answer({}))
    sf = half.connect(server)
    queries, referring = sf.composite(), sf.batch()
    for _ in range(6):
        queries.query("SELECT Id FROM Account")
    referring.get("Account", referring.create("Account", {"Name": "x"}).id)
    graphs = sf.composite_graphs()
    graphs.graph("a")

    for made in (sf.composite(), sf.batch(), sf.composite_graphs(), queries, referring, graphs):
        with pytest.raises(InputError):
            half.run(made.send())
    with pytest.raises(InputError):
        graphs.graph("a")

    assert server.requests == []


def test_answers_that_do_not_match_the_requests_raise(half: Half) -> None:
    sf = half.connect(
        ScriptedServer(json_answer({"compositeResponse": []}), json_answer({"hasErrors": False, "results": []}))
    )
    composite, batch = sf.composite(), sf.batch()
    for made in (composite, batch):
        made.request("GET", "/limits")

        with pytest.raises(IntegrityError, match="1 requests were sent and 0 answered"):
            half.run(made.send())


def test_a_query_of_several_pages_is_not_taken_for_whole(half: Half) -> None:
    page = {"totalSize": 3, "done": False, "records": [], "nextRecordsUrl": "/services/data/v67.0/query/01g-200"}
    answer = {"body": page, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": "ref1"}
    server = ScriptedServer(json_answer({"compositeResponse": [answer]}))
    c = half.connect(server).composite()
    found = c.query("SELECT Id FROM Account WHERE Name = :it", it="O'Hara")

    results = half.run(c.send())

    with pytest.raises(IntegrityError, match=r"use sf\.query"):
        results[found]
    [sent] = body(server.requests[0])["compositeRequest"]
    assert sent["url"].endswith("/query?q=SELECT%20Id%20FROM%20Account%20WHERE%20Name%20%3D%20%27O%5C%27Hara%27")


def test_an_error_of_the_whole_raises(half: Half) -> None:
    c = half.connect(
        ScriptedServer(json_answer([{"errorCode": "JSON_PARSER_ERROR", "message": "no"}], 400))
    ).composite()
    c.request("GET", "/limits")

    with pytest.raises(ApiError, match="JSON_PARSER_ERROR"):
        half.run(c.send())
