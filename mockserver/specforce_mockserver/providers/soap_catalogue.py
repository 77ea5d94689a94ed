"""What an org shows its users, over SOAP: tabs, menus, themes, what can be searched, and features that it lacks.

The elements of most of these results aren't in the reference: they are those of the REST resources, else [E].
Source: specs/reference/soap.md sections 7 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.ids import ids_from
from specforce_mockserver.providers.catalogue import APP_PREFIX, APPS
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, flag_of, object_named
from specforce_mockserver.sosl.find import searchable

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = dict[str, Any]
_MENUS: Final = {"AppSwitcher": "getAppMenu", "Salesforce1": "getMobileAppMenu"}


@provides("soap.describeAllTabs", served="static")
def describe_all_tabs(call: Call) -> Answer:
    """Every tab."""
    return Answer(ask(call, "listTabs"))


@provides("soap.describeTabs", served="static")
def describe_tabs(call: Call) -> Answer:
    """The tabs of each app; every app here has all of them."""
    tabs: list[Json] = ask(call, "listTabs")
    return Answer(
        [
            {
                "description": label,
                "label": label,
                "logoUrl": f"{call.base_url}/img/{label.lower()}.png",
                "selected": place == 0,
                "tabSetId": app_id,
                "tabs": tabs,
            }
            for place, (label, app_id) in enumerate(zip(APPS, ids_from(APP_PREFIX, 1, len(APPS)), strict=True))
        ]
    )


@provides("soap.describeAppMenu", served="static")
def describe_app_menu(call: Call) -> Answer:
    """The entries of a menu; those of networks are none."""
    operation_id = _MENUS.get(call.params["appMenuType"])
    return Answer([ask(call, operation_id) if operation_id is not None else {"appMenuItems": []}])


@provides("soap.describeTheme", served="static")
def describe_theme(call: Call) -> Answer:
    """Icons and colours of some objects, or of all."""
    return Answer([_theme(call, call.params["sobjectType"])])


@provides("soap.describeGlobalTheme", served="static")
def describe_global_theme(call: Call) -> Answer:
    """Every object in short, with icons and colours."""
    return Answer([{"global": ask(call, "describeGlobal"), "theme": _theme(call, [])}])


@provides("soap.describeSearchableEntities", served="static")
def describe_searchable_entities(call: Call) -> Answer:
    """What can be searched; here every such object has a tab."""
    found = [call.org.schema[name] for name in searchable(call.org)]
    return Answer([{"label": each.label, "name": each.name, "pluralLabel": each.label_plural} for each in found])


@provides("soap.describeSearchScopeOrder", served="static")
def describe_search_scope_order(call: Call) -> Answer:
    """The objects that a search looks into, in order."""
    names = [each["type"] for each in ask(call, "getSearchScopeOrder")]
    return Answer([{"keyPrefix": call.org.schema[name].key_prefix, "name": name} for name in names])


@provides("soap.describeNouns", served="static")
def describe_nouns(call: Call) -> Answer:
    """What objects are called; nothing was renamed."""
    schema, named = call.org.schema, call.params["nouns"]
    if flag_of(call.params["onlyRenamed"]):
        return Answer([])
    objects = [object_named(call, each) for each in named] or schema.by_name()
    fields = flag_of(call.params["includeFields"])
    return Answer([noun for each in objects for noun in _nouns(each, with_fields=fields)])


@provides("soap.describeVisualForce", served="static")
def describe_visual_force(call: Call) -> Answer:
    """Where Visualforce pages are: on the org's own host."""
    return Answer([{"domain": urlsplit(call.base_url).netloc}])


@provides("soap.describeKnowledgeSettings", served="static")
def describe_knowledge_settings(_call: Call) -> Answer:
    """Knowledge, which this org doesn't use."""
    return Answer([{"defaultLanguage": None, "knowledgeEnabled": False, "languages": []}])


@provides("soap.describeDataCategoryGroups", served="static")
def describe_data_category_groups(call: Call) -> Answer:
    """The data category groups of objects: there are none."""
    for name in call.params["sObjectType"]:
        object_named(call, name)
    return Answer([])


@provides("soap.describeDataCategoryGroupStructures", served="static")
def describe_data_category_group_structures(_call: Call) -> Answer:
    """Data categories: there are none."""
    return Answer([])


@provides("soap.describeDataCategoryMappings", served="static")
def describe_data_category_mappings(_call: Call) -> Answer:
    """Mappings of data categories: there are none."""
    return Answer([])


def _theme(call: Call, names: list[str]) -> Json:
    items: list[Json] = ask(call, "getTheme")["themeItems"]
    wanted = {object_named(call, each).name for each in names}
    return {"themeItems": [each for each in items if not wanted or each["name"] in wanted]}


def _nouns(sobject: SObjectType, *, with_fields: bool) -> list[Json]:
    found = [{"developerName": sobject.name, "name": sobject.label, "pluralName": sobject.label_plural}]
    if with_fields:
        found += [
            {"developerName": f"{sobject.name}.{each.name}", "name": each.label, "pluralName": each.label}
            for each in sobject.columns
        ]
    return found
