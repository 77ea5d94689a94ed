"""What there is, told over SOAP, raw HTTP: layouts, tabs, quick actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import OWN, create, fault, post, results, text
from tests.mock.soap_rows import Judge, enumerations, holding

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


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


VIEW_TYPES = ("DescribeSoqlListView", "ListViewColumn", "ListViewOrderBy")
VIEW_VALUES = ("orderByDirection", "orderByNullsPosition", "soqlOperator")


@holding("8", VIEW_TYPES)
@holding("9", VIEW_VALUES)
def test_list_views_are_those_of_rest(raw: RawOrg, org: Org) -> None:
    org.list_views.add("Account", "Banks", columns=["Name"], filters=[("Industry", "equals", "Banking")], order="Name")
    ask = "<describeSObjectListViews><sObjectType>Account</sObjectType><recentsOnly>{}</recentsOnly>"
    ask += "<isSoqlCompatible>ALL</isSoqlCompatible><limit>9</limit><offset>{}</offset></describeSObjectListViews>"
    every, rest, recent = (
        results(post(raw, ask.format(*given)))[0] for given in (("false", 0), ("false", 1), ("true", 0))
    )
    judge = Judge()

    for view in every:
        judge.type("DescribeSoqlListView", view)
    assert {*VIEW_TYPES, "orderByDirection", "orderByNullsPosition"} <= judge.seen
    assert enumerations()["soqlOperator"] >= {each.text for each in every.iter(f"{OWN}operator")} == {"equals"}
    listed = raw.get("/sobjects/Account/listviews")["listviews"]
    assert [text(each, "id") for each in every] == [each["id"] for each in listed]
    assert (len(rest), len(recent)) == (len(every) - 1, 0)

    request = "<developerNameOrId>{}</developerNameOrId><sobjectType>Account</sobjectType>"
    execute = f"<executeListView><request>{request}</request></executeListView>"
    create(raw, "Account", Name="B", Industry="Banking")
    create(raw, "Account", Name="C")
    (found,) = results(post(raw, execute.format("Banks")))
    assert [each.findtext(f"{OWN}columns/{OWN}value") for each in found.findall(f"{OWN}records")] == ["B"]
    assert len(results(post(raw, ask.format("true", 0)))[0]) == 1
    assert fault(post(raw, execute.format("Nope")))[0] == "sf:INVALID_QUERY_KEY"
