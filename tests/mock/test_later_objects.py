"""Objects of describe documents are read, and get their tables, when somebody uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import SchemaFileError, load_schema
from tests.mock.raw_org import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.mock.raw_org import RawOrg

Json = Any
MANY = 600


def field(name: str, kind: str = "string", **keys: Json) -> Json:
    """A field as describe has it."""
    written = kind != "id" and "calculatedFormula" not in keys
    flags = {"createable": written, "updateable": written, "nillable": kind != "id", "length": 40}
    return {"name": name, "type": kind, "label": name, **flags, **keys}


def document(number: int, *fields: Json) -> Json:
    """The describe document of one of many objects, each of which points at the one before."""
    name = f"Item{number:03}__c"
    parent = field("Parent__c", "reference", referenceTo=[f"Item{number - 1:03}__c"], relationshipName="Parent__r")
    prefix = f"a{number // 36:01X}"[-2:] + "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]
    own = [field("Id", "id"), field("Name", nameField=True), parent, *fields]
    return {"name": name, "label": name, "labelPlural": f"{name}s", "keyPrefix": prefix, "fields": own}


def written(folder: Path, *documents: Json) -> Path:
    """A folder of describe documents."""
    for each in documents:
        (folder / f"{each['name']}.json").write_text(json.dumps(each), "utf-8")
    return folder


def tables(org: Org) -> set[str]:
    """The tables that an org's database has of the many objects."""
    found = org.database.reader().execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'Item%'")
    return {name for (name,) in found}


@pytest.fixture
def org(tmp_path: Path) -> Org:
    """An org of many objects that nobody used yet."""
    return Org(load_schema([written(tmp_path, *map(document, range(1, MANY)))]))


@pytest.fixture
def raw(org: Org) -> Iterator[RawOrg]:
    """A client to it."""
    with serving(org) as client:
        yield client


def test_describe_global_reads_no_document(tmp_path: Path, raw: RawOrg, org: Org) -> None:
    for each in tmp_path.glob("*.json"):
        each.unlink()
    listed = raw.get("/sobjects")["sobjects"]

    assert len([each for each in listed if each["name"].startswith("Item")]) == MANY - 1
    assert tables(org) == set()


def test_an_object_is_there_once_it_is_used(raw: RawOrg, org: Org) -> None:
    first = raw.create("Item001__c", Name="One")
    raw.create("Item002__c", Name="Two", Parent__c=first)

    found = raw.query("SELECT Name, Parent__r.Name, (SELECT Id FROM Item003__cs__r) FROM Item002__c")["records"]
    assert [(each["Name"], each["Parent__r"]["Name"]) for each in found] == [("Two", "One")]
    assert {"Item001__c", "Item002__c"} <= tables(org) < {f"Item{number:03}__c" for number in range(5)}
    assert len(raw.get("/sobjects/Item002__c/describe")["fields"]) == 3
    [child] = raw.get("/sobjects/Item002__c/describe")["childRelationships"]
    assert (child["childSObject"], child["field"]) == ("Item003__c", "Parent__c")
    assert raw.send("GET", f"/sobjects/Item001__c/{first}").json()["Name"] == "One"


def test_lists_over_all_objects_hold_those_that_are_used(raw: RawOrg) -> None:
    raw.create("Item007__c", Name="Seven")

    counts = {each["name"]: each["count"] for each in raw.get("/limits/recordCount")["sObjects"]}
    assert {name: count for name, count in counts.items() if name.startswith("Item")} == {"Item007__c": 1}
    assert raw.get("/limits/recordCount", params={"sObjects": "Item008__c"})["sObjects"] == [
        {"count": 0, "name": "Item008__c"}
    ]
    assert raw.get("/recent") is not None
    hits = raw.get("/search", params={"q": "FIND {Seven}"})["searchRecords"]
    assert [each["attributes"]["type"] for each in hits] == ["Item007__c"]


def test_a_use_that_is_undone_leaves_the_object_usable(raw: RawOrg) -> None:
    requests = [
        {"method": "POST", "url": f"/services/data/v67.0/sobjects/{name}", "referenceId": name, "body": body}
        for name, body in (("Item004__c", {"Name": "Four"}), ("Account", {}))
    ]
    answer = raw.json("POST", "/composite", json={"allOrNone": True, "compositeRequest": requests})

    assert [each["httpStatusCode"] for each in answer["compositeResponse"]] == [400, 400]
    assert raw.query("SELECT Id FROM Item004__c")["totalSize"] == 0
    raw.create("Item004__c", Name="Four")
    assert raw.query("SELECT Id FROM Item004__c")["totalSize"] == 1


def test_snapshots_and_resets_know_objects_that_were_used_later(raw: RawOrg, org: Org) -> None:
    before = org.snapshot()
    raw.create("Item005__c", Name="Five")
    after = org.snapshot()
    org.restore(before)
    assert raw.query("SELECT Id FROM Item005__c")["totalSize"] == 0
    org.restore(after)
    assert raw.query("SELECT Id FROM Item005__c")["totalSize"] == 1
    org.reset()
    raw.login()
    assert raw.query("SELECT Id FROM Item005__c")["totalSize"] == 0


def test_records_on_file_are_found_by_the_next_org(tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    folder.mkdir()
    written(folder, *map(document, range(1, 9)))
    for wanted in (1, 2):
        org = Org(load_schema([folder]), database_path=tmp_path / "org.db")
        with serving(org) as raw:
            raw.create("Item006__c", Name="Six")
            assert raw.query("SELECT Id FROM Item006__c")["totalSize"] == wanted
            assert {"name": "Item006__c", "count": wanted} in raw.get("/limits/recordCount")["sObjects"]


def test_two_orgs_of_one_schema_do_not_share_tables(tmp_path: Path) -> None:
    schema = load_schema([written(tmp_path, *map(document, range(1, 4)))])
    for name in ("Item001__c", "Item002__c"):
        org = Org(schema)
        with serving(org) as raw:
            raw.create(name, Name="x")
            assert tables(org) == {name}


def test_formulas_of_documents_reach_objects_that_are_read_later(tmp_path: Path) -> None:
    shout = field("Shout__c", calculated=True, calculatedFormula='Parent__r.Loud__c & "!"')
    loud = field("Loud__c", calculated=True, calculatedFormula="UPPER(Name)")
    schema = load_schema([written(tmp_path, document(1, loud), document(2, shout, loud))])
    with serving(Org(schema)) as raw:
        parent = raw.create("Item001__c", Name="ab")
        raw.create("Item002__c", Name="x", Parent__c=parent)
        assert raw.query("SELECT Shout__c FROM Item002__c")["records"][0]["Shout__c"] == "AB!"
    with serving(Org(schema)) as raw:
        raw.create("Item002__c", Name="x")
        assert raw.query("SELECT Shout__c FROM Item002__c")["records"][0]["Shout__c"] == "!"
    account = {
        "name": "Account",
        "keyPrefix": "001",
        "fields": [
            field("Id", "id"),
            field("Item__c", "reference", referenceTo=["Item001__c"], relationshipName="Item__r"),
            field("Echo__c", calculated=True, calculatedFormula="Item__r.Loud__c"),
        ],
    }
    with serving(Org(load_schema([written(tmp_path, account)]))) as raw:
        raw.create("Account")
        assert raw.query("SELECT Echo__c FROM Account")["records"][0]["Echo__c"] is None


def test_the_short_form_adds_to_a_document_whatever_the_files_are_called(tmp_path: Path) -> None:
    written(tmp_path, *map(document, range(1, 4)))
    (tmp_path / "a.toml").write_text(
        '[Item001__c.fields]\nCode__c = "string(5) externalId"\n[Own__c.fields]\nItem__c = "reference(Item002__c)"\n',
        "utf-8",
    )
    with serving(Org(load_schema([tmp_path]))) as raw:
        item = raw.create("Item002__c", Name="Two")
        raw.create("Own__c", Name="o", Item__c=item)
        raw.create("Item001__c", Name="One", Code__c="A")
        assert raw.get("/sobjects/Item001__c/Code__c/A")["Name"] == "One"
        [found] = raw.query("SELECT (SELECT Id FROM Owns__r) FROM Item002__c")["records"]
        assert found["Owns__r"]["totalSize"] == 1


def test_new_objects_get_key_prefixes_that_no_document_has(tmp_path: Path) -> None:
    written(tmp_path, {**document(1), "keyPrefix": "a00"}, {**document(2), "keyPrefix": "a01"})
    (tmp_path / "own.toml").write_text('[Own__c]\nlabel = "Own"\n', "utf-8")

    assert load_schema([tmp_path])["Own__c"].key_prefix == "a02"


def test_references_to_objects_that_are_not_there_are_known(tmp_path: Path) -> None:
    schema = load_schema([written(tmp_path, document(5), document(6))])

    assert schema.missing == {"Item005__c.Parent__c": ("Item004__c",)}
    with serving(Org(schema)) as raw:
        created = raw.create("Item005__c", Name="Five", Parent__c="a01000000000001AAA")
        assert raw.get(f"/sobjects/Item005__c/{created}")["Name"] == "Five"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "truncated"),
        ("[1]", r"\$\[0\]"),
        ('{"fields": []}', "`name`"),
        ('{"name": "X__c"}', "`fields`"),
        ('{"name": "X__c", "fields": {}}', r"\$.fields"),
        ('{"name": 7, "fields": []}', r"\$.name"),
        ('{"name": "X__c", "fields": [{"name": "Id"}]}', r"`type` - at `\$.fields\[0\]`"),
        ('{"name": "X__c", "fields": [{"name": "Id", "type": 1}]}', r"\$.fields\[0\].type"),
        ('[{"name": "X__c", "fields": [{"name": "Id", "type": "id", "referenceTo": "A"}]}]', r"referenceTo"),
    ],
)
def test_a_document_that_is_none_is_refused_at_once_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "broken.json").write_text(text, "utf-8")

    with pytest.raises(SchemaFileError, match=rf"broken\.json: no describe document: .*{said}"):
        load_schema([tmp_path])


def test_a_document_that_changed_behind_the_org_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    schema = load_schema([written(tmp_path, document(1))])
    (tmp_path / "Item001__c.json").write_text("{}", "utf-8")
    org = Org(schema)
    with serving(org) as raw:
        assert raw.refused("GET", "/sobjects/Item001__c/describe")[0] == 500
    assert "Item001__c.json" in caplog.text
