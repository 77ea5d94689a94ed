"""What a type checker infers of the public surface. Checked, never run: see test_inferred_types.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_type

from specforce import (
    ApiUsage,
    AsyncQuery,
    AsyncQuickAction,
    AsyncSalesforce,
    AsyncSObject,
    Query,
    QuickAction,
    Reply,
    Retry,
    Salesforce,
    Saved,
    SavedRow,
    SavedRows,
    SObject,
)
from specforce.auth import ClientCredentials, JwtBearer, RefreshToken, StaticToken, Token
from specforce.errors import ApiError, ErrorDetail
from specforce.testing import FakeOrg
from specforce_api.auth.models import DeviceCodeResponse
from specforce_api.rest import operations
from specforce_api.rest.models import (
    DescribeInvocableAction,
    DescribeSObjectResult,
    InvocableAction,
    InvocableActionResult,
    Limits,
    PerformQuickActionResult,
    ReportInstanceStatus,
    Resources,
)
from specforce_api.rest.models import QuickAction as ListedQuickAction


@dataclass
class Account:
    Id: str
    Name: str


def sync_half() -> None:
    login = ClientCredentials(client_id="a", client_secret="b", login_url="https://acme.my.salesforce.com")
    with Salesforce(login, api_version="67.0", timeout_s=60, retry=Retry(attempts=3)) as sf:
        assert_type(sf, Salesforce)
        assert_type(Salesforce.from_sf_cli("my-org"), Salesforce)
        assert_type(JwtBearer("a", "b", "server.key").form(None)["assertion"], str)
        assert_type(sf.auth.request_device_code(body={"response_type": "device_code"}), DeviceCodeResponse)
        assert_type(sf.limits, ApiUsage | None)
        assert_type(sf.rest.get_limits(), Limits)
        assert_type(sf.resources("v59.0"), Resources)
        assert_type(sf.resources(59)["query"], str)
        assert_type(sf.sobject("Account"), SObject[dict[str, Any]])
        assert_type(sf.sobject(Account), SObject[Account])
        assert_type(sf.sobject("Account").create({"Name": "Acme"}), Saved)
        assert_type(sf.sobject(Account).get("001"), Account)
        assert_type(sf.sobject("Account").get("001")["Name"], Any)
        assert_type(sf.sobject("Account").describe(), DescribeSObjectResult)
        assert_type(sf.query("SELECT Id FROM Account"), Query[dict[str, Any]])
        assert_type(sf.query("SELECT Id FROM Account WHERE Name = :n", returns=Account, n="x"), Query[Account])
        assert_type(sf.query_all("SELECT Id FROM Account", returns=Account).all(), list[Account])
        assert_type(sf.query("SELECT Id FROM Account").total_size, int)
        assert_type(sf.query("SELECT Id FROM Account", returns=Account).first(), Account | None)
        assert_type([account.Name for account in sf.query("SELECT Id FROM Account", returns=Account)], list[str])
        assert_type(next(sf.query("SELECT Id FROM Account", returns=Account).pages()), list[Account])
        assert_type(sf.search("FIND :q RETURNING Account", q="x"), list[dict[str, Any]])
        assert_type(sf.search("FIND :q RETURNING Account", q="x", returns=Account), list[Account])
        assert_type(sf.search("FIND :q", q="x", returns={"Account": Account}), list[Any])
        assert_type(sf.find("Acme"), list[dict[str, Any]])
        assert_type(sf.find("Acme", {"Account": ["Id", "Name"]}, limit=5), list[dict[str, Any]])
        assert_type(sf.find("Acme", {"Account": Account}, scope="name"), list[Account])
        assert_type(sf.find("Acme", {"Account": Account, "Contact": ["Id"]}), list[Any])


def many_records(sf: Salesforce) -> None:
    account = sf.sobject(Account)
    rows = account.create_many([Account("", "Acme"), {"Name": "Bolt"}])
    assert_type(rows, SavedRows)
    assert_type(rows[0], SavedRow)
    assert_type(rows[0].errors, tuple[ErrorDetail, ...])
    assert_type(account.upsert_many("Code__c", [{"Code__c": "a"}]).ids, list[str])
    assert_type(account.get_many(["001"]), list[Account | None])
    assert_type(account.create_tree([{"Name": "Acme"}])[0].id, str)
    assert_type(account.download("001", "file"), int)


def composite(sf: Salesforce) -> None:
    c = sf.composite(all_or_none=True)
    made = c.create("Account", {"Name": "Acme"})
    read = c.get("Account", made.id, returns=Account)
    found = c.query("SELECT Id FROM Account WHERE Name = :n", returns=Account, n="Acme")
    limits = c.add(operations.get_limits())
    results = c.send()
    assert_type(made.id, str)
    assert_type(results[made], Saved)
    assert_type(results[read], Account)
    assert_type(results[found], list[Account])
    assert_type(results[limits], Limits)
    assert_type(results.error(read), ApiError | None)
    assert_type(results[c.get("Account", "001")], dict[str, Any])
    assert_type(results[c.delete("Account", "001")], None)


def apex(sf: Salesforce) -> None:
    assert_type(sf.apex.get("/Cases"), Any)
    assert_type(sf.apex.get(["Cases", "1"], returns=Account), Account)
    assert_type(sf.apex.post("/Cases", json={"subject": "Noise"}, returns=str), str)
    assert_type(sf.apex.execute("PUT", "/Cases", content=b"", returns=list[Account]), list[Account])
    assert_type(sf.apex.delete("/Cases/1", returns=Reply).status, int)
    assert_type(sf.apex.head("/Cases"), Mapping[str, str])


def reports(sf: Salesforce) -> None:
    outcome = sf.report("00O").run(filters=[("A", "equals", "b")])
    assert_type([row["NAME"].label for row in outcome.rows()], list[str | None])
    assert_type(sf.report("00O").run_async().wait().result().all_data, bool)
    assert_type(sf.invoke("emailSimple", {}), list[InvocableActionResult])
    assert_type(sf.actions("custom/apex"), list[InvocableAction])
    assert_type(sf.describe_action("emailSimple"), DescribeInvocableAction)
    assert_type(sf.quick_actions(), list[ListedQuickAction])
    assert_type(sf.sobject("Account").quick_actions(), list[ListedQuickAction])
    assert_type(sf.quick_action("LogACall"), QuickAction)
    assert_type(sf.sobject(Account).quick_action("Account.NewContact").perform({}), PerformQuickActionResult)


def enums_take_text_and_keep_what_they_do_not_know() -> None:
    assert_type(ReportInstanceStatus("Success") == "Success", bool)
    assert_type(ReportInstanceStatus("Paused").value, str)


async def async_half() -> None:
    async with AsyncSalesforce(RefreshToken("a", "b")) as sf:
        assert_type(sf, AsyncSalesforce)
        assert_type(await sf.rest.get_limits(), Limits)
        assert_type(sf.sobject(Account), AsyncSObject[Account])
        assert_type(await sf.sobject("Account").create({"Name": "Acme"}), Saved)
        assert_type(await sf.sobject(Account).get("001"), Account)
        assert_type(sf.query("SELECT Id FROM Account", returns=Account), AsyncQuery[Account])
        assert_type(await sf.query("SELECT Id FROM Account").total_size, int)
        assert_type(await sf.query("SELECT Id FROM Account", returns=Account).all(), list[Account])
        assert_type([account.Name async for account in sf.query("SELECT Id", returns=Account)], list[str])
        assert_type(await sf.search("FIND :q RETURNING Account", q="x", returns=Account), list[Account])
        assert_type(sf.quick_action("LogACall"), AsyncQuickAction)
        assert_type(await sf.quick_action("LogACall").perform({}), PerformQuickActionResult)
        assert_type(await sf.find("Acme", {"Account": Account}), list[Account])
        assert_type(await sf.sobject(Account).get_many(["001"]), list[Account | None])
        assert_type(await sf.apex.get("/Cases", returns=Account), Account)
        assert_type((await (await sf.report("00O").run_async()).wait()).id, str)
        c = sf.composite()
        made = c.create("Account", {"Name": "Acme"})
        assert_type((await c.send())[made], Saved)


def logins(token: str) -> None:
    async def later() -> Token:
        return Token(token)

    Salesforce(lambda: token, instance_url="https://acme.my.salesforce.com")
    Salesforce(lambda: Token(token, "https://acme.my.salesforce.com"))
    AsyncSalesforce(later)
    Salesforce(StaticToken(token, "https://acme.my.salesforce.com"))
    assert_type(Salesforce.from_env(), Salesforce)
    assert_type(AsyncSalesforce.from_profile("prod", api_version="66.0"), AsyncSalesforce)


def fake_org() -> None:
    with FakeOrg() as org:
        assert_type(org.url, str)
        assert_type(Salesforce(org.auth()), Salesforce)
        assert_type(org.seed({"Account": [{"Name": "Acme"}]}), dict[str, list[str]])


def what_is_refused(sf: Salesforce) -> None:
    sf.query("SELECT Id FROM Account", industry=object())  # type: ignore[call-overload]
    sf.sobject(5)  # type: ignore[call-overload]
    sf.apex.get("/Cases", json={})  # type: ignore[call-overload]
    Salesforce("a token")  # type: ignore[arg-type]
    Salesforce(StaticToken("t"), timeout="60")  # type: ignore[call-arg]
