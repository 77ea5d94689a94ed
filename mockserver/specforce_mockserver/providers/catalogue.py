"""What an org shows its users: tabs, themes, menus; which records matter to them, and how many there are.

Source: specs/reference/rest.md section 11, rest_resources.md sections 2 and 3. Icons and colours are made up.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.ids import ids_from, short
from specforce_mockserver.providers.describes import unchanging
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.registry import provides
from specforce_mockserver.sosl.find import searchable

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = Any
APPS: Final = ("Sales", "Service", "Marketing", "Platform")
APP_PREFIX: Final = "02u"
MOBILE_ITEMS: Final = (("Today", "Standard.MyDay", "/myDay"), ("Search", "Standard.Search", "/search"))
RELEVANT: Final = 50
MAX_RELEVANT: Final = 2000
THEMES: Final = ("theme3", "theme4")


@provides("listTabs", served="static")
def list_tabs(call: Call) -> Answer:
    """A home tab, and one per object."""
    home = _tab(call, "standard-home", "Home", "home/home.jsp", None)
    tabs = [
        _tab(
            call, each.name if each.custom else f"standard-{each.name}", each.label_plural, f"{each.key_prefix}/o", each
        )
        for each in _shown(call)
    ]
    return unchanging(call, [home, *tabs], "tabs")


def _shown(call: Call) -> list[SObjectType]:
    """The objects that have a tab."""
    objects = call.org.schema.values()
    return [each for each in objects if each.key_prefix and each.queryable and each.head.get("layoutable") is not False]


def _tab_name(sobject: SObjectType) -> str:
    return sobject.name if sobject.custom else f"standard-{sobject.name}"


def _tab(call: Call, name: str, label: str, path: str, sobject: SObjectType | None) -> Json:
    picture = f"{call.base_url}/img/icon/{sobject.name.lower() if sobject else 'home'}"
    return {
        "colors": _colors(name),
        "custom": sobject is not None and sobject.custom,
        "iconUrl": f"{picture}32.png",
        "icons": _icons(picture),
        "label": label,
        "miniIconUrl": f"{picture}16.png",
        "name": name,
        "sobjectName": sobject.name if sobject else None,
        "url": f"{call.base_url}/{path}",
    }


def _colors(name: str) -> list[Json]:
    color = f"{zlib.crc32(name.encode()) & 0xFFFFFF:06X}"
    return [{"color": color, "context": "primary", "theme": theme} for theme in THEMES]


def _icons(picture: str) -> list[Json]:
    sizes = ((32, "theme3"), (16, "theme3"), (60, "theme4"))
    return [
        {"contentType": "image/png", "height": size, "theme": theme, "url": f"{picture}{size}.png", "width": size}
        for size, theme in sizes
    ]


@provides("getTheme", served="static")
def get_theme(call: Call) -> Answer:
    """Icons and colours of every object."""
    items = [
        {
            "colors": _colors(_tab_name(each)),
            "icons": _icons(f"{call.base_url}/img/icon/{each.name.lower()}"),
            "name": each.name,
        }
        for each in _shown(call)
    ]
    return unchanging(call, {"themeItems": items}, "theme")


@provides("getAppMenu", served="static")
def get_app_menu(_call: Call) -> Answer:
    """The apps that there are."""
    items = [
        _menu_item("Tabset", label, f"/home/home.jsp?tsid={short(app_id)}")
        for label, app_id in zip(APPS, ids_from(APP_PREFIX, 1, len(APPS)), strict=True)
    ]
    return Answer({"appMenuItems": items})


@provides("getMobileAppMenu", served="static")
def get_mobile_app_menu(_call: Call) -> Answer:
    """The items of the mobile app's menu."""
    return Answer({"appMenuItems": [_menu_item(kind, label, url) for label, kind, url in MOBILE_ITEMS]})


def _menu_item(kind: str, label: str, url: str) -> Json:
    return {"type": kind, "content": None, "icons": None, "colors": None, "label": label, "url": url}


@provides("getRecordCounts", blocking=True)
def get_record_counts(call: Call) -> Answer:
    """How many records objects have; unknown objects are left out."""
    schema = call.org.schema
    names: list[str] = call.params.get("sObjects") or sorted(each.name for each in schema.with_tables())
    connection = call.org.database.reader()
    counts: list[Json] = []
    for sobject in {found.name: found for name in names if (found := schema.type(name)) is not None}.values():
        statement = f"SELECT count(*) FROM {quoted(sobject.name)} WHERE IsDeleted = 0"  # noqa: S608 - names of the schema
        counts.append({"count": connection.execute(statement).fetchone()[0], "name": sobject.name})
    return Answer({"sObjects": counts})


@provides("listRelevantItems", blocking=True)
def list_relevant_items(call: Call) -> Answer:
    """The records that were changed last, by object; names of objects that don't fit by case are left out."""
    wanted: list[str] | None = call.params.get("sobjects")
    room = MAX_RELEVANT
    listed: list[Json] = []
    for name in searchable(call.org):
        sobject = call.org.schema[name]
        if (wanted is not None and name not in wanted) or sobject.key_prefix is None:
            continue
        ids = _latest(call, sobject, min(RELEVANT, room))
        room -= len(ids)
        listed.append(
            {
                "apiName": name,
                "key": sobject.key_prefix,
                "label": sobject.label_plural,
                "lastUpdatedId": str(zlib.crc32(" ".join(ids).encode()) - (1 << 31)),
                "recordIds": ids,
            }
        )
    return Answer(listed)


def _latest(call: Call, sobject: SObjectType, limit: int) -> list[str]:
    order = "SystemModstamp" if sobject.field("SystemModstamp") else "rowid"
    rows = call.org.database.reader().execute(
        f"SELECT Id FROM {quoted(sobject.name)} WHERE IsDeleted = 0 "  # noqa: S608 - names come from the schema
        f"ORDER BY {order} DESC, rowid DESC LIMIT ?",
        (limit,),
    )
    return [short(record_id) for (record_id,) in rows]
