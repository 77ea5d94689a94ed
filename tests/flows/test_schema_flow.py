"""An org's schema as files, through both halves: pulled, kept current, served again, compared."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from specforce import schema
from specforce.errors import InputError, ServerUnavailable
from specforce.testing import FakeOrg
from tests.halves import ScriptedServer, json_answer, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.halves import Half

AIRLINE = """
[Account.fields]
Code__c = "string(10) externalId unique"

[Flight__c]
label = "Flight"

[Flight__c.fields]
Origin__c = { type = "reference(Account)", childRelationshipName = "Departures__r" }
Distance__c = { type = "double(6, 0)", label = "Distance (miles)" }
Kind__c = "picklist(Scheduled, Charter) restrictedPicklist"
"""
LATER = AIRLINE.replace("string(10)", "string(20)").replace("Distance__c", "Miles__c").replace("Charter", "Cargo")


@pytest.fixture(scope="module")
def airline(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A schema file of a text."""

    def written(text: str) -> Path:
        path = tmp_path_factory.mktemp("schema") / "airline.toml"
        path.write_text(text, "utf-8")
        return path

    return written


def files(folder: Path) -> dict[str, bytes]:
    """What is worth keeping of a folder."""
    return {each.name: each.read_bytes() for each in folder.glob("[!.]*")}


def asked(org: FakeOrg) -> list[str]:
    """The objects that an org was asked to describe."""
    return [each.path.split("/")[-2] for each in org.requests if each.operation == "describeSObject"]


def test_an_org_served_from_a_pulled_folder_is_pulled_as_the_same_bytes(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        first = half.run(half.login(org.auth()).schema.pull(tmp_path / "first"))
    with FakeOrg(tmp_path / "first") as org:
        second = half.run(half.login(org.auth()).schema.pull(tmp_path / "second"))

    assert first.added == second.added == tuple(schema.SchemaFolder(tmp_path / "first").names)
    assert "Flight__c" in first.added
    assert files(tmp_path / "first") == files(tmp_path / "second")
    assert not schema.diff(tmp_path / "first", tmp_path / "second")


def test_an_org_served_from_a_folder_holds_records_to_the_fields_that_were_pulled(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Flight__c", "User"))
    with FakeOrg(tmp_path) as org:
        sf = half.login(org.auth())
        oslo = half.run(sf.sobject("Account").create({"Name": "Oslo", "Code__c": "OSL"}))
        half.run(sf.sobject("Flight__c").create({"Origin__r": {"Code__c": "OSL"}, "Kind__c": "Charter"}))
        [flight] = half.run(sf.query("SELECT Origin__c, Origin__r.Name FROM Flight__c").all())

    assert (flight["Origin__c"], flight["Origin__r"]["Name"]) == (oslo.id, "Oslo")


def test_what_did_not_change_is_not_fetched_again(half: Half, airline: Callable[[str], Path], tmp_path: Path) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        first = half.run(sf.schema.pull(tmp_path, "Account", "flight__C"))
        before = files(tmp_path)
        second = half.run(sf.schema.pull(tmp_path, "Account", "Flight__c"))
        statuses = [each.status for each in org.requests if each.operation == "describeSObject"]

    assert (first.added, second.unchanged) == (("Account", "Flight__c"), ("Account", "Flight__c"))
    assert statuses == [200, 200, 304, 304]
    assert files(tmp_path) == before


def test_a_file_that_somebody_changed_is_fetched_again(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        half.run(sf.schema.pull(tmp_path, "Account", "Flight__c"))
        before = files(tmp_path)
        path = tmp_path / "Flight__c.json"
        path.write_text(path.read_text("utf-8").replace("miles", "km"), "utf-8")
        pulled = half.run(sf.schema.pull(tmp_path, "Account", "Flight__c"))

    assert (pulled.changed, pulled.unchanged) == (("Flight__c",), ("Account",))
    assert files(tmp_path) == before


def test_a_pull_that_was_cut_short_goes_on_where_it_was(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        org.faults.add("describeSObject", status=503, times=None, skip=3)
        with pytest.raises(ServerUnavailable):
            half.run(sf.schema.pull(tmp_path, "Account", "Case*", "Flight__c", concurrency=1))
        there = schema.SchemaFolder(tmp_path).names
        org.faults.clear()
        pulled = half.run(sf.schema.pull(tmp_path, "Account", "Case*", "Flight__c"))

    assert there == ["Account", "Case", "CaseComment"]
    assert pulled.unchanged == ("Account", "Case", "CaseComment")
    assert "Flight__c" in pulled.added


def test_an_object_that_the_org_has_no_more_goes_from_the_folder(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "Mine__c.json").write_text('{"name": "Mine__c", "fields": []}', "utf-8")
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Flight__c"))
    with FakeOrg() as org:
        pulled = half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", refresh=True))

    assert (pulled.removed, pulled.changed) == (("Flight__c",), ("Account",))
    assert schema.SchemaFolder(tmp_path).names == ["Account", "Mine__c"]


def test_an_object_that_is_listed_and_not_described_is_reported(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        org.faults.add("describeSObject", status=404, error_code="NOT_FOUND", message="no", skip=1)
        pulled = half.run(sf.schema.pull(tmp_path, "Account", "Case", "Contact", concurrency=1))
        manifest = schema.SchemaFolder(tmp_path).manifest()

    assert (pulled.added, pulled.refused) == (("Account", "Contact"), {"Case": "NOT_FOUND: no"})
    assert manifest is not None
    assert (list(manifest.objects), manifest.refused) == (["Account", "Contact"], {"Case": "NOT_FOUND: no"})


def test_referenced_objects_that_are_not_there_are_named(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        pulled = half.run(half.login(org.auth()).schema.pull(tmp_path, "Flight__c"))

    assert pulled.missing == ("Account", "Group", "User")


def test_referenced_objects_are_pulled_too_when_asked_for(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    told: list[Any] = []
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        pulled = half.run(
            sf.schema.pull(tmp_path, "Flight__c", references=True, exclude=["Group"], progress=told.append)
        )
        again = half.run(sf.schema.pull(tmp_path, "Flight__c", references=True, exclude=["Group"]))

    assert (pulled.added, again.unchanged) == (("Flight__c", "Account", "User"), ("Flight__c", "Account", "User"))
    assert pulled.missing == ("Contact", "Group", "Profile", "UserRole")
    assert [(each.name, each.done, each.total) for each in told] == [
        ("Flight__c", 1, 1),
        ("Account", 2, 3),
        ("User", 3, 3),
    ]


def test_a_manifest_names_org_and_version_and_holds_no_secret(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account"))
        manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
        everything = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        organization = org.org.identity.org_id

    assert (manifest["apiVersion"], manifest["orgId"]) == ("67.0", organization)
    assert b"test-secret" not in everything
    assert organization.encode() + b"!" not in everything


def test_a_folder_of_another_version_is_fetched_anew(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Case"))
        older = half.login(org.auth(), api_version="60.0")
        pulled = half.run(older.schema.pull(tmp_path, "Contact"))

    assert (pulled.added, pulled.changed, pulled.api_version) == (("Contact",), ("Account", "Case"), "60.0")
    assert "/services/data/v60.0/" in (tmp_path / "Case.json").read_text("utf-8")


def test_a_folder_stays_that_of_its_org_until_all_of_it_is_another_s(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Case"))
        older = half.login(org.auth(), api_version="60.0")
        org.faults.add("describeSObject", status=503, times=None, skip=1)
        with pytest.raises(ServerUnavailable):
            half.run(older.schema.pull(tmp_path, "Account", concurrency=1))
        between = schema.SchemaFolder(tmp_path).manifest()
        org.faults.clear()
        pulled = half.run(older.schema.pull(tmp_path, "Account"))
        after = schema.SchemaFolder(tmp_path).manifest()

    assert (between and between.api_version, after and after.api_version) == ("67.0", "60.0")
    assert (pulled.unchanged, pulled.changed) == (("Account",), ("Case",))


def test_objects_are_chosen_by_name_pattern_and_exception(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        pulled = half.run(sf.schema.pull(tmp_path, "content*", "account", exclude=["*version", "*link"]))
        org.org.requests.clear()
        with pytest.raises(InputError, match="no object is called Acount: did you mean Account"):
            half.run(sf.schema.pull(tmp_path, "Acount"))
        assert asked(org) == []

    assert pulled.added == ("Account", "ContentDocument")


@pytest.mark.parametrize("concurrency", [0, 26])
def test_concurrency_has_its_bounds(half: Half, tmp_path: Path, concurrency: int) -> None:
    server = ScriptedServer()
    with pytest.raises(InputError, match="1 to 25"):
        half.run(half.connect(server).schema.pull(tmp_path, concurrency=concurrency))
    assert server.requests == []


def test_progress_tells_of_every_object(half: Half, airline: Callable[[str], Path], tmp_path: Path) -> None:
    told: list[Any] = []
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Case", progress=told.append))

    assert [(each.name, each.done, each.total) for each in told] == [("Account", 1, 2), ("Case", 2, 2)]


def test_a_login_that_may_not_ask_who_it_is_pulls_without_org(half: Half, tmp_path: Path) -> None:
    described = {"name": "Thing__c", "fields": [{"name": "Id", "type": "id"}]}
    answers = (
        json_answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [{"name": "Thing__c"}]}),
        refusal("INSUFFICIENT_ACCESS", status=403),
        json_answer(described, Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT"),
    )
    pulled = half.run(half.connect(ScriptedServer(*answers)).schema.pull(tmp_path))
    server = ScriptedServer(*answers)
    again = half.run(half.connect(server).schema.pull(tmp_path))

    assert (pulled.org_id, pulled.added, again.unchanged) == (None, ("Thing__c",), ("Thing__c",))
    assert "if-modified-since" not in server.requests[-1].headers


def test_a_server_s_name_that_is_a_path_is_refused(half: Half, tmp_path: Path) -> None:
    entry = {"name": "../../evil"}
    answers = (
        json_answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [entry]}),
        refusal("INSUFFICIENT_ACCESS", status=403),
        json_answer({"name": "../../evil", "fields": []}),
    )
    with pytest.raises(InputError, match="isn't an API name"):
        half.run(half.connect(ScriptedServer(*answers)).schema.pull(tmp_path / "inside"))
    assert not list(tmp_path.glob("*evil*"))


def test_what_changed_since_a_pull_is_found(half: Half, airline: Callable[[str], Path], tmp_path: Path) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        half.run(sf.schema.pull(tmp_path, "Account", "Case", "Flight__c"))
        same = half.run(sf.schema.diff(tmp_path))
    with FakeOrg(airline(LATER)) as org:
        sf = half.login(org.auth())
        found = half.run(sf.schema.diff(tmp_path))
        half.run(sf.schema.pull(tmp_path / "later", "Account", "Case", "Flight__c"))

    assert not same
    assert found == schema.diff(tmp_path, tmp_path / "later")
    assert str(found).splitlines() == [
        "~ Account.Code__c: byteLength 30 → 60",
        "~ Account.Code__c: length 10 → 20",
        "+ Flight__c.Miles__c  double(6, 0)",
        "- Flight__c.Distance__c  double(6, 0)",
        "~ Flight__c.Kind__c: picklistValues without Charter with Cargo",
    ]


def test_an_object_that_is_gone_counts_as_removed(half: Half, airline: Callable[[str], Path], tmp_path: Path) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        half.run(half.login(org.auth()).schema.pull(tmp_path, "Account", "Flight__c"))
    with FakeOrg() as org:
        found = half.run(half.login(org.auth()).schema.diff(tmp_path, "Flight__c", "Case"))

    assert str(found).splitlines() == ["+ Case", "- Flight__c"]


def test_generated_classes_read_and_write_records(
    half: Half, airline: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        half.run(sf.schema.pull(tmp_path, "Account", "Flight__c"))
        (tmp_path / "generated_records.py").write_text(schema.generate(tmp_path, "Flight__c"), "utf-8")
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        monkeypatch.delitem(sys.modules, "generated_records", raising=False)
        flight = importlib.import_module("generated_records").Flight__c
        saved = half.run(sf.sobject(flight).create(flight(Distance__c=1200, Kind__c="Charter")))
        read = half.run(sf.sobject(flight).get(saved.id))

    assert (read.Distance__c, read.Kind__c, read.Origin__c) == (1200, "Charter", None)
    assert read.CreatedDate.utcoffset() is not None


def test_generated_classes_are_compared_with_the_org(
    half: Half, airline: Callable[[str], Path], tmp_path: Path
) -> None:
    module = tmp_path / "records.py"
    with FakeOrg(airline(AIRLINE)) as org:
        sf = half.login(org.auth())
        half.run(sf.schema.pull(tmp_path, "Account", "Flight__c"))
        module.write_text(schema.generate(tmp_path), "utf-8")
        same = half.run(sf.schema.check_classes(module))
    with FakeOrg(airline(LATER)) as org:
        found = half.run(half.login(org.auth()).schema.check_classes(module))

    assert not same
    assert str(found).splitlines() == [
        "~ Account.Code__c: declared string(10) unique externalId → string(20) unique externalId",
        "+ Flight__c.Miles__c  double(6, 0)",
        "- Flight__c.Distance__c  double(6, 0)",
    ]
