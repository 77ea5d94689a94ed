"""What there is, told over SOAP, raw HTTP: layouts, tabs, quick actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import OWN, fault, post, results, text

if TYPE_CHECKING:
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
