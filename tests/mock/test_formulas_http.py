"""Formula fields and roll-up summaries over raw HTTP: worked out whenever they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import SchemaFileError, schema_of_text
from tests.mock.protocols import INSERTS
from tests.mock.raw_org import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

SCHEMA = """
[Order__c.fields]
Account__c = "reference(Account)"
Discount__c = "percent(5, 2)"
Shipped__c = "date"
Customer__c = { type = "string(255)", calculatedFormula = "UPPER(Account__r.Name) & ' / ' & Account__r.Owner.Alias" }
Late__c = { type = "boolean", calculatedFormula = "Shipped__c < TODAY() - 30" }

[Order__c.fields.Due__c]
type = "currency(18, 2)"
calculatedFormula = "Total__c * (1 - Discount__c)"
formulaTreatNullNumberAsZero = true

[Order__c.fields.Total__c]
type = "currency(18, 2)"
summaryOperation = "sum"
summaryForeignKey = "Line__c.Order__c"
summarizedField = "Line__c.Value__c"

[Order__c.fields.Lines__c]
type = "double(18, 0)"
summaryOperation = "count"
summaryForeignKey = "Line__c.Order__c"

[Order__c.fields.Large__c]
type = "double(18, 0)"
summaryOperation = "count"
summaryForeignKey = "Line__c.Order__c"
summaryFilter = "Value__c > 100"

[Order__c.fields.Dearest__c]
type = "currency(18, 2)"
summaryOperation = "max"
summaryForeignKey = "Line__c.Order__c"
summarizedField = "Line__c.Price__c"

[Line__c.fields]
Order__c = "reference(Order__c) masterDetail"
Price__c = "currency(16, 2)"
Count__c = "int(6)"
Value__c = { type = "currency(18, 2)", calculatedFormula = "Price__c * Count__c" }
Kind__c = "picklist(Goods, Service)"
Share__c = { type = "percent(5, 2)", calculatedFormula = "Value__c / Order__r.Total__c" }
"""


@pytest.fixture(scope="module")
def shop_server() -> Iterator[RawOrg]:
    with serving(Org(schema_of_text(SCHEMA))) as client:
        yield client


@pytest.fixture
def shop(shop_server: RawOrg) -> RawOrg:
    """An order of a customer with two lines."""
    shop_server.mock("POST", "reset")
    shop_server.login()
    account = shop_server.create("Account", Name="Acme")
    order = shop_server.create("Order__c", Account__c=account, Discount__c=10, Shipped__c="2026-01-01")
    for price, count in ((100, 2), (5, 10)):
        shop_server.create("Line__c", Order__c=order, Price__c=price, Count__c=count)
    return shop_server


ORDER = "SELECT Total__c, Lines__c, Large__c, Dearest__c, Due__c, Customer__c FROM Order__c"


def values(record: dict[str, Any]) -> list[Any]:
    return [value for name, value in record.items() if name != "attributes"]


def test_formulas_and_summaries_are_read_by_query_and_by_row(shop: RawOrg) -> None:
    (order,) = shop.query(ORDER)["records"]

    assert values(order) == [250.0, 2.0, 1.0, 100.0, 225.0, "ACME / admin"]
    record = shop.get(order["attributes"]["url"])
    assert [record[name] for name in ("Total__c", "Due__c", "Customer__c")] == [250.0, 225.0, "ACME / admin"]


def test_a_summary_follows_its_children(shop: RawOrg) -> None:
    line = shop.query("SELECT Id FROM Line__c ORDER BY Price__c DESC LIMIT 1")["records"][0]["attributes"]["url"]

    shop.json("PATCH", line, json={"Count__c": 1})
    assert values(shop.query(ORDER)["records"][0])[:3] == [150.0, 2.0, 0.0]
    shop.json("DELETE", line)
    assert values(shop.query(ORDER)["records"][0])[:4] == [50.0, 1.0, 0.0, 5.0]


def test_formulas_filter_sort_and_group(shop: RawOrg) -> None:
    found = shop.query("SELECT Value__c, Share__c FROM Line__c WHERE Value__c > 10 ORDER BY Value__c")["records"]
    assert [values(each) for each in found] == [[50.0, 20.0], [200.0, 80.0]]

    found = shop.query("SELECT Order__r.Customer__c, SUM(Value__c) total FROM Line__c GROUP BY Order__r.Customer__c")[
        "records"
    ]
    assert values(found[0]) == ["ACME / admin", 250.0]
    assert shop.query("SELECT COUNT() FROM Line__c WHERE Order__r.Customer__c LIKE 'acme%'")["totalSize"] == 2


def test_a_formula_knows_the_orgs_day(shop: RawOrg) -> None:
    shop.json(
        "PATCH", shop.query("SELECT Id FROM Order__c")["records"][0]["attributes"]["url"], json={"Shipped__c": None}
    )

    assert shop.query("SELECT COUNT() FROM Order__c WHERE Late__c = true")["totalSize"] == 0


@pytest.mark.parametrize("protocol", INSERTS)
def test_a_formula_is_not_written(shop: RawOrg, protocol: str) -> None:
    code, message = INSERTS[protocol](shop, "Order__c", {"Lines__c": 3})

    assert code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert message.startswith("Unable to create/update fields: Lines__c.")


def test_describe_tells_formulas(shop: RawOrg) -> None:
    fields = {each["name"]: each for each in shop.get("/sobjects/Order__c/describe")["fields"]}

    due, total = fields["Due__c"], fields["Total__c"]
    assert (due["calculated"], due["createable"], due["updateable"]) == (True, False, False)
    assert due["calculatedFormula"] == "Total__c * (1 - Discount__c)"
    assert (total["calculated"], total["calculatedFormula"], "summaryOperation" in total) == (True, None, False)


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("1 +", "unexpected the end at character 4"),
        ("Nothing__c", "there is no field Nothing__c in Order__c"),
        ("Account__r.Owner.Nothing", "there is no field Nothing in User"),
        ("Total__c & 'x'", "&: expected text on both sides instead of number and text"),
        ("IMAGE('x')", "there is no function IMAGE"),
        ("LEFT('x')", "LEFT takes 2 arguments, not 1"),
        ("Bad__c", "Bad__c depends on itself"),
        ("'x'", "the field is of type double, and the formula makes a text"),
        ("(" * 61 + "1" + ")" * 61, "nested more than 60 levels"),
        ("ISNEW()", "ISNEW has a meaning in validation rules only"),
        ("1" * 5001, "longer than 5000 characters"),
    ],
)
def test_a_formula_that_isnt_one_is_refused_with_its_place(formula: str, fault: str) -> None:
    text = f'{SCHEMA}\n[Order__c.fields.Bad__c]\ntype = "double(18, 2)"\ncalculatedFormula = "{formula}"\n'
    with pytest.raises(SchemaFileError, match=r"text: Order__c\.Bad__c: ") as caught:
        schema_of_text(text)

    assert fault in str(caught.value)
