"""The org's objects, and their records with search and paging, as the database holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from specforce_mockserver.page.frame import View, page, table
from specforce_mockserver.page.html import Child, Html, tag
from specforce_mockserver.records.lookup import quoted, value_sql
from specforce_mockserver.schema import TEXT_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.calls import Answer
    from specforce_mockserver.schema import Field, SObjectType

PLACE = "page/objects"
PAGE_RECORDS = 25
SHOWN_COLUMNS = 8
SHOWN_CHARACTERS = 160
UNBROKEN = ("id", "reference", "date", "datetime", "time")
NOT_SHOWN = ("IsDeleted", "SystemModstamp", "LastModifiedById", "CreatedById", "LastModifiedDate")


def objects(view: View) -> Answer:
    """All objects with the number of their records."""
    wanted = view.query.get("q", "").strip()
    reader = view.org.database.reader()
    rows: list[Child] = []
    for sobject in sorted(view.org.schema.values(), key=lambda each: each.name):
        if wanted.lower() not in f"{sobject.name} {sobject.label}".lower():
            continue
        count = 0
        if view.org.schema.has_table(sobject):
            statement = f"SELECT COUNT(*) FROM {quoted(sobject.name)} WHERE IsDeleted = 0"  # noqa: S608 - the schema's name
            (count,) = reader.execute(statement).fetchone()
        name = view.link(f"{PLACE}/{quote(sobject.name)}", sobject.name)
        counts = (tag("td", number, class_="n") for number in (count, len(sobject.columns)))
        rows.append(tag("tr", tag("td", name), tag("td", sobject.label), counts))
    found = table(["Object", "Label", "Records", "Fields"], rows, caption="Objects", numbers=("Records", "Fields"))
    return page(view, PLACE, "Objects", _search(wanted, "Object or label"), found)


def records(view: View, sobject: SObjectType) -> Answer:
    """The records of an object, one page of them."""
    wanted = view.query.get("q", "").strip()
    number = max(1, int(number)) if (number := view.query.get("page", "1")).isdecimal() and len(number) < 9 else 1
    with_deleted = view.query.get("deleted") == "1"
    condition, arguments = _condition(sobject, wanted, with_deleted=with_deleted)
    reader = view.org.database.reader()
    (total,) = reader.execute(f"SELECT COUNT(*) FROM {quoted(sobject.name)} t WHERE {condition}", arguments).fetchone()  # noqa: S608
    pages = max(1, -(-total // PAGE_RECORDS))
    number = min(number, pages)
    fields = sobject.columns
    columns = ", ".join(value_sql(each, "t") for each in fields)
    statement = (
        f"SELECT {columns}, t.IsDeleted FROM {quoted(sobject.name)} t WHERE {condition} "  # noqa: S608
        f"ORDER BY t.rowid DESC LIMIT {PAGE_RECORDS} OFFSET {(number - 1) * PAGE_RECORDS}"
    )
    found = reader.execute(statement, arguments).fetchall()
    shown = _shown(sobject, fields, found)
    names = [each.name for each in fields]
    rows = [
        tag(
            "tr",
            [_cell(view, sobject, fields[place], row[place]) for place in shown],
            class_="gone" if row[-1] else None,
        )
        for row in found
    ]
    box = tag("input", type="checkbox", name="deleted", value="1", checked=with_deleted)
    deleted = tag("label", box, "Deleted too", class_="check")
    content = (
        _search(wanted, "Text in any field, or an Id", deleted),
        tag("p", f"{total} {'record' if total == 1 else 'records'}, newest first", class_="note"),
        table([names[place] for place in shown], rows, caption=f"Records of {sobject.name}"),
        _pages(view, sobject, number, pages, {"q": wanted, "deleted": "1" if with_deleted else ""}),
    )
    title = sobject.name if sobject.label == sobject.name else f"{sobject.label} ({sobject.name})"
    return page(view, PLACE, title, *content)


def record(view: View, sobject: SObjectType, record_id: str) -> Answer | None:
    """One record with all that it has; None when there is none."""
    fields = sobject.columns
    columns = ", ".join(value_sql(each, "t") for each in fields)
    statement = f"SELECT {columns} FROM {quoted(sobject.name)} t WHERE t.Id = ?"  # noqa: S608
    found = view.org.database.reader().execute(statement, (record_id,)).fetchone()
    if found is None:
        return None
    rows: list[Child] = []
    for each, value in zip(fields, found, strict=True):
        cell = _cell(view, sobject, each, value, whole=True)
        rows.append(tag("tr", tag("th", each.name, scope="row"), tag("td", each.type), cell))
    back = tag("p", view.link(f"{PLACE}/{quote(sobject.name)}", f"All of {sobject.name}"))
    listed = table(["Field", "Type", "Value"], rows, caption="Fields")
    return page(view, PLACE, f"{sobject.name} {record_id}", back, listed)


def _condition(sobject: SObjectType, wanted: str, *, with_deleted: bool) -> tuple[str, list[str]]:
    """The SQL of a search, and its arguments."""
    parts = [] if with_deleted else ["t.IsDeleted = 0"]
    arguments: list[str] = []
    if wanted:
        pattern = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        texts = [each for each in sobject.columns if each.type in TEXT_TYPES and each.computed is None]
        parts.append("(" + " OR ".join(f"t.{quoted(each.name)} LIKE ? ESCAPE '\\'" for each in texts) + ")")
        arguments = [pattern] * len(texts)
    return " AND ".join(parts) or "1", arguments


def _shown(sobject: SObjectType, fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> list[int]:
    """The places of the columns that a list has room for: Id, name, then those that are filled."""
    first = ["Id", *([sobject.name_field.name] if sobject.name_field is not None else [])]
    places = [place for name in first for place, each in enumerate(fields) if each.name == name]
    for place, each in enumerate(fields):
        filled = any(row[place] not in {None, "", 0} for row in rows)
        if len(places) < SHOWN_COLUMNS and filled and place not in places and each.name not in NOT_SHOWN:
            places.append(place)
    return places


def _cell(view: View, sobject: SObjectType, field: Field, value: Any, *, whole: bool = False) -> Html:
    """A value's cell, which doesn't wrap where it is an Id or a date."""
    return tag(
        "td", _shown_value(view, sobject, field, value, whole=whole), class_="whole" if field.type in UNBROKEN else None
    )


def _shown_value(view: View, sobject: SObjectType, field: Field, value: Any, *, whole: bool) -> Child:
    if value is None:
        return None
    if field.type == "boolean":
        return "true" if value else "false"
    shown = str(value)
    if not whole and len(shown) > SHOWN_CHARACTERS:
        shown = shown[:SHOWN_CHARACTERS] + "…"
    target = sobject if field.type == "id" else _target(view, field, shown)
    return shown if target is None else view.link(f"{PLACE}/{quote(target.name)}/{quote(shown)}", shown)


def _target(view: View, field: Field, value: str) -> SObjectType | None:
    """The object of the record that a reference points at."""
    found = (view.org.schema.type(each) for each in field.reference_to) if field.type == "reference" else ()
    return next((each for each in found if each is not None and value.startswith(each.key_prefix or " ")), None)


def _search(wanted: str, label: str, *more: Child) -> Html:
    return tag(
        "form",
        tag("label", label, tag("input", name="q", value=wanted, type="search")),
        *more,
        tag("button", "Search"),
        class_="row",
        role="search",
    )


def _pages(view: View, sobject: SObjectType, number: int, pages: int, query: dict[str, str]) -> Child:
    if pages == 1:
        return None

    def to(wanted: int, label: str) -> Child:
        if not 1 <= wanted <= pages:
            return None
        given = urlencode({**{name: value for name, value in query.items() if value}, "page": wanted})
        return tag("a", label, href=f"{view.path(PLACE)}/{quote(sobject.name)}?{given}")

    links = [to(number - 1, "Newer"), tag("span", f"Page {number} of {pages}"), to(number + 1, "Older")]
    return tag("nav", links, aria_label="Pages of records")
