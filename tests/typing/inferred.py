"""What a type checker infers of the public surface. Checked, never run: see test_inferred_types.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_type

from specforce import ApiUsage, AsyncQuery, AsyncSalesforce, AsyncSObject, Query, Retry, Salesforce, Saved, SObject
from specforce.auth import ClientCredentials, RefreshToken, StaticToken, Token
from specforce.testing import FakeOrg
from specforce_api.rest.models import DescribeSObjectResult, Limits


@dataclass
class Account:
    Id: str
    Name: str


def sync_half() -> None:
    login = ClientCredentials(client_id="a", client_secret="b", login_url="https://acme.my.salesforce.com")
    with Salesforce(login, api_version="67.0", timeout_s=60, retry=Retry(attempts=3)) as sf:
        assert_type(sf, Salesforce)
        assert_type(sf.limits, ApiUsage | None)
        assert_type(sf.rest.get_limits(), Limits)
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
    Salesforce("a token")  # type: ignore[arg-type]
    Salesforce(StaticToken("t"), timeout="60")  # type: ignore[call-arg]
