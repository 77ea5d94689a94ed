"""What there is, told over SOAP, raw HTTP: layouts, tabs, quick actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import OWN, RECORDS, create, fault, post, results, text
from tests.mock.soap_rows import Judge, enumerations, holding

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

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


@row("soap.md#7", "| performQuickActions |")
@row("soap.md#7", "| retrieveQuickActionTemplates |")
def test_quick_actions_make_records_or_nothing(raw: RawOrg) -> None:
    account = create(raw, "Account", Name="A")

    def perform(*names: str) -> ET.Element:
        records = "".join(f"<records><o:type>Contact</o:type>{name}</records>" for name in names)
        action = f"<contextId>{account}</contextId><quickActionName>Account.NewContact</quickActionName>{records}"
        body = f"<performQuickActions><quickActions>{action}</quickActions></performQuickActions>"
        return results(post(raw, body))[0]

    made = perform("<o:LastName>Ek</o:LastName>", "<o:LastName>Bo</o:LastName>")
    ids = [each.text for each in made.findall(f"{OWN}ids")]
    assert (text(made, "success"), text(made, "created")) == ("true", "true")
    found = raw.query(f"SELECT Id FROM Contact WHERE AccountId = '{account}'")["records"]
    assert sorted(map(str, ids)) == sorted(each["Id"] for each in found)

    refused = perform("<o:LastName>Cy</o:LastName>", "<o:Title>none</o:Title>")
    error = refused.find(f"{OWN}errors")
    assert error is not None
    assert (text(refused, "success"), text(error, "statusCode")) == ("false", "REQUIRED_FIELD_MISSING")
    assert raw.query("SELECT Id FROM Contact")["totalSize"] == 2

    ask = f"<quickActionNames>Account.NewContact</quickActionNames><contextId>{account}</contextId>"
    (template,) = results(post(raw, f"<retrieveQuickActionTemplates>{ask}</retrieveQuickActionTemplates>"))
    assert template.findtext(f"{OWN}defaultValues/{RECORDS}AccountId") == account


@row("soap.md#7", "| describeTheme |")
@row("soap.md#7", "| describeSearchScopeOrder |")
@row("soap.md#7", "| describePrimaryCompactLayouts |")
def test_what_describes_objects_is_that_of_rest_and_refuses_others(raw: RawOrg) -> None:
    (theme,) = results(post(raw, "<describeTheme><sobjectType>Thing__c</sobjectType></describeTheme>"))
    assert [text(each, "name") for each in theme.findall(f"{OWN}themeItems")] == ["Thing__c"]
    order = results(post(raw, "<describeSearchScopeOrder/>"))
    assert [text(each, "name") for each in order] == [each["type"] for each in raw.get("/search/scopeOrder")]
    ask = "<describePrimaryCompactLayouts><sObjectTypes>{}</sObjectTypes></describePrimaryCompactLayouts>"
    (layout,) = results(post(raw, ask.format("account")))
    assert text(layout, "objectType") == "Account"

    for body in (
        ask.format("Nope"),
        "<describeTheme><sobjectType>Nope</sobjectType></describeTheme>",
        "<describeSearchLayouts><sObjectType>Nope</sObjectType></describeSearchLayouts>",
        "<describeCompactLayouts><sObjectType>Nope</sObjectType></describeCompactLayouts>",
        "<describeDataCategoryGroups><sObjectType>Nope</sObjectType></describeDataCategoryGroups>",
        "<describePathAssistants><sObjectType>Nope</sObjectType></describePathAssistants>",
    ):
        assert fault(post(raw, body))[0] == "sf:INVALID_TYPE"
