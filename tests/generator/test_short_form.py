"""Describe documents from the short form: the recorded keys, and each rule of specs/README.md, "What is derived"."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import specforce_specs
from specforce_specs.short_form import ShortFormError, data_rules, describe_documents, display_formats, read_objects

REFERENCE = Path(__file__).parents[2] / "specs" / "reference" / "rest.md"
STANDARD = {name: specforce_specs.describe(name) for name in specforce_specs.sobject_names()}


def described(text: str) -> dict[str, dict[str, Any]]:
    """The documents of a schema file beside the standard objects."""
    return describe_documents(read_objects(tomllib.loads(text), "schema.toml"), known=STANDARD, api_version="67.0")


def field(text: str) -> dict[str, Any]:
    """The entry of one custom field, written as in a schema file."""
    document = described(f"[Thing__c.fields]\nX__c = {text}\n")["Thing__c"]
    return next(entry for entry in document["fields"] if entry["name"] == "X__c")


def recorded_keys(start: str) -> set[str]:
    """The keys that a row of the reference lists after `start`; what stands in brackets is dropped."""
    text = REFERENCE.read_text(encoding="utf-8")
    listed = text[text.index(start) + len(start) :]
    listed = listed[: listed.index("\n")]
    while (shorter := re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\)", "", listed)) != listed:
        listed = shorter
    return {name.strip() for name in listed.partition(".")[0].partition(", and ")[0].split(",")}


def test_a_field_has_the_57_recorded_keys_in_alphabetical_order() -> None:
    keys = recorded_keys("null when unset) [S recorded]:") - {"dataTranslationEnabled"}

    assert len(keys) == 57
    for document in STANDARD.values():
        for entry in document["fields"]:
            assert list(entry) == sorted(keys), (document["name"], entry["name"])


def test_an_object_has_the_45_recorded_keys_in_alphabetical_order() -> None:
    common = recorded_keys('"sobjects":[…]}`; each:')
    added = recorded_keys("omit it in a fake [S]:") - {"dataTranslationEnabled"}
    keys = common | added
    assert (len(common), len(keys)) == (28, 45)

    for document in STANDARD.values():
        assert list(document) == sorted(document)
        assert set(document) == keys, document["name"]


def test_the_example_of_the_spec_is_what_its_short_form_makes() -> None:
    example = specforce_specs.bundle("rest")["paths"]["/services/data/v{api_version}/sobjects/{sobject}/describe"]
    carrier = example["get"]["responses"]["200"]["content"]["application/json"]["examples"]["carrier"]["value"]
    made = described(
        """
        [Carrier__c]
        label = "Carrier"
        [Carrier__c.fields]
        Kind__c = { type = "picklist(Scheduled) restrictedPicklist", inlineHelpText = "How the carrier is run." }
        [Flight__c.fields]
        Carrier__c = "reference(Carrier__c)"
        """
    )["Carrier__c"]

    assert [entry for entry in made["fields"] if entry["custom"]] == carrier["fields"]
    assert made["childRelationships"] == carrier["childRelationships"]
    different = {key for key in carrier if made[key] != carrier[key]} - {"fields"}
    assert different == {"urls"}
    assert made["urls"].items() >= carrier["urls"].items()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"string"', {"type": "string", "length": 255, "byteLength": 765, "nillable": True, "soapType": "xsd:string"}),
        ('"string(10) externalId unique"', {"length": 10, "externalId": True, "unique": True, "idLookup": True}),
        ('"string required"', {"nillable": False, "permissionable": False, "createable": True}),
        ('"string unsure"', {"nillable": True}),
        ('"string readOnly"', {"createable": False, "updateable": False}),
        ('"string createOnly"', {"createable": True, "updateable": False}),
        ('"string calculated"', {"calculated": True, "createable": False, "updateable": False}),
        ('"string autoNumber"', {"nillable": False, "createable": False, "defaultedOnCreate": True}),
        ('"textarea"', {"length": 255, "filterable": True, "extraTypeInfo": "plaintextarea"}),
        (
            '"textarea(32000)"',
            {"filterable": False, "sortable": False, "groupable": False, "aggregatable": False, "byteLength": 96000},
        ),
        ('"boolean"', {"nillable": False, "defaultValue": False, "defaultedOnCreate": True, "permissionable": True}),
        ('{ type = "boolean", defaultValue = true }', {"defaultValue": True}),
        ('{ type = "string", defaultValue = "x" }', {"defaultValue": "x", "defaultedOnCreate": True}),
        ('"int"', {"digits": 8, "precision": 0, "soapType": "xsd:int", "groupable": True}),
        ('"currency(16, 2)"', {"precision": 16, "scale": 2, "soapType": "xsd:double", "groupable": False}),
        ('"double"', {"precision": 18, "scale": 0, "length": 0, "byteLength": 0}),
        ('"datetime"', {"groupable": False, "soapType": "xsd:dateTime", "aggregatable": True}),
        ('"date"', {"groupable": True, "soapType": "xsd:date"}),
        ('"time"', {"groupable": False, "aggregatable": False}),
        ('"base64"', {"filterable": False, "soapType": "xsd:base64Binary"}),
        ('"encryptedstring"', {"length": 175, "filterable": False, "aggregatable": False}),
        ('"multipicklist(a, b)"', {"length": 4099, "sortable": False, "filterable": True, "groupable": False}),
        ('"reference(Account)"', {"length": 18, "byteLength": 18, "relationshipName": "X__r", "soapType": "tns:ID"}),
        ('"reference(Account, Lead)"', {"polymorphicForeignKey": True, "namePointing": True}),
        (
            '"reference(Account) masterDetail"',
            {"cascadeDelete": True, "nillable": False, "updateable": False, "relationshipOrder": 0},
        ),
        ('{ type = "reference(Account)", relationshipName = "" }', {"relationshipName": None}),
        ('"location"', {"queryByDistance": True, "createable": False, "soapType": "urn:location", "sortable": False}),
        ('{ type = "string", label = "Else", filterable = false }', {"label": "Else", "filterable": False}),
        ('"anyType"', {"soapType": "xsd:anyType"}),
    ],
)
def test_what_is_derived_of_a_field(text: str, expected: dict[str, Any]) -> None:
    entry = field(text)

    assert {key: entry[key] for key in expected} == expected


def test_picklist_values_come_from_the_text_and_from_the_table() -> None:
    entry = field(
        '{ type = "picklist(A)", values = ["B, C", { value = "d", label = "D", active = false }], defaultValue = "A" }'
    )

    assert [
        (value["value"], value["label"], value["active"], value["defaultValue"]) for value in entry["picklistValues"]
    ] == [
        ("A", "A", True, True),
        ("B, C", "B, C", True, False),
        ("d", "D", False, False),
    ]
    assert entry["defaultValue"] is None


def test_a_custom_object_gets_an_owner_and_a_name_before_what_is_declared() -> None:
    document = described("[Home_Base__c.fields]\nA__c = 'string'\nLastViewedDate = 'datetime readOnly'")["Home_Base__c"]

    assert [entry["name"] for entry in document["fields"]] == [
        "Id", "IsDeleted", "OwnerId", "Name", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
        "SystemModstamp", "LastViewedDate", "A__c",
    ]  # fmt: skip
    labels = {entry["name"]: entry["label"] for entry in document["fields"]}
    assert (labels["Id"], labels["Name"], labels["IsDeleted"], labels["CreatedById"]) == (
        "Record ID", "Home Base Name", "Deleted", "Created By ID",
    )  # fmt: skip
    assert (document["label"], document["labelPlural"], document["keyPrefix"]) == ("Home Base", "Home Bases", "a00")


def test_a_detail_has_no_owner_and_masters_are_numbered() -> None:
    document = described(
        "[D__c.fields]\nA__c = 'reference(Account) masterDetail'\nB__c = 'reference(Lead) masterDetail'"
    )["D__c"]

    orders = {entry["name"]: entry["relationshipOrder"] for entry in document["fields"]}
    assert "OwnerId" not in orders
    assert (orders["A__c"], orders["B__c"], orders["Name"]) == (0, 1, None)


def test_compound_fields_stand_after_their_parts() -> None:
    names = [entry["name"] for entry in described("[T__c.fields]\nHome__c = 'location(4)'")["T__c"]["fields"]]
    account = {entry["name"]: entry for entry in STANDARD["Account"]["fields"]}
    contact = {entry["name"]: entry for entry in STANDARD["Contact"]["fields"]}

    assert names[-3:] == ["Home__Latitude__s", "Home__Longitude__s", "Home__c"]
    assert account["BillingStreet"]["compoundFieldName"] == "BillingAddress"
    assert account["BillingGeocodeAccuracy"]["length"] == 40
    assert (account["BillingLatitude"]["precision"], account["BillingLatitude"]["scale"]) == (18, 15)
    assert not account["BillingAddress"]["updateable"]
    assert (contact["Name"]["createable"], contact["LastName"]["createable"]) == (False, True)


def test_references_are_known_from_both_ends() -> None:
    documents = described(
        """
        [Flight__c.fields]
        Origin__c = { type = "reference(Account)", childRelationshipName = "Departures__r" }
        Dest__c = "reference(Account)"
        Lead__c = "reference(Lead)"
        Self__c = "reference(Flight__c)"
        """
    )
    names = {
        (parent, entry["field"]): entry["relationshipName"]
        for parent, document in documents.items()
        for entry in document["childRelationships"]
        if entry["childSObject"] == "Flight__c"
    }

    assert names == {
        ("Account", "Origin__c"): "Departures__r",
        ("Account", "Dest__c"): None,
        ("Lead", "Lead__c"): "Flights__r",
        ("Flight__c", "Self__c"): "Flights__r",
        ("Group", "OwnerId"): None,
        ("User", "OwnerId"): None,
        ("User", "CreatedById"): None,
        ("User", "LastModifiedById"): None,
    }


def test_fields_are_added_to_an_object_that_is_there() -> None:
    account = described("[account]\nlabel = 'Firm'\n[account.fields]\nCode__c = 'string(5)'\nSite = 'string(5)'")[
        "Account"
    ]

    names = [entry["name"] for entry in account["fields"]]
    assert names[-2:] == ["Code__c", "Site"]
    assert names.count("Site") == 1
    assert account["label"] == "Firm"
    assert "Code__c" not in [entry["name"] for entry in STANDARD["Account"]["fields"]]


def test_key_prefixes_of_custom_objects_are_those_that_are_free() -> None:
    documents = described("[A__c]\n[B__c]\nkeyPrefix = 'a01'\n[C__c]\n")

    assert [documents[name]["keyPrefix"] for name in ("A__c", "B__c", "C__c")] == ["a00", "a01", "a02"]


def test_formats_of_automatic_numbers_are_kept_apart() -> None:
    objects = read_objects(
        {
            "A__c": {
                "fields": {
                    "N__c": {"type": "string autoNumber", "displayFormat": "N-{000}"},
                    "M__c": "string autoNumber",
                }
            }
        },
        "schema.toml",
    )

    assert display_formats(objects) == {"A__c": {"N__c": "N-{000}", "M__c": "{0}"}}
    assert specforce_specs.display_formats()["Case"] == {"CaseNumber": "{00000000}"}


def test_formulas_and_summaries_are_calculated_and_their_rules_are_kept_apart() -> None:
    text = """
[[A__c.validationRules]]
fullName = "Positive"
errorConditionFormula = "N__c < 0"
errorMessage = "not below 0"
[[A__c.validationRules]]
fullName = "Off"
active = false
errorConditionFormula = "TRUE"
errorMessage = "never"
[A__c.fields]
N__c = { type = "double(18, 0)", summaryOperation = "count", summaryForeignKey = "B__c.A__c" }
F__c = { type = "double(18, 0)", calculatedFormula = "N__c + 1" }
"""
    objects = read_objects(tomllib.loads(text), "schema.toml")
    (document,) = describe_documents(objects, api_version="67.0").values()
    number, formula = document["fields"][-2:]

    assert [(each["calculated"], each["createable"]) for each in (number, formula)] == [(True, False)] * 2
    assert (number["calculatedFormula"], formula["calculatedFormula"]) == (None, "N__c + 1")
    assert number.keys() == formula.keys()
    rules = data_rules(objects)["A__c"]
    assert [rule["fullName"] for rule in rules["validationRules"]] == ["Positive"]
    assert rules["summaries"] == {"N__c": {"summaryOperation": "count", "summaryForeignKey": "B__c.A__c"}}


def test_a_filtered_lookup_says_that_it_is_one() -> None:
    text = """
[A__c.fields]
L__c = { type = "reference(A__c)", lookupFilter = "L__r.Name = 'x'" }
"""
    objects = read_objects(tomllib.loads(text), "schema.toml")
    (document,) = describe_documents(objects, api_version="67.0").values()

    info = document["fields"][-1]["filteredLookupInfo"]
    assert info == {"controllingFields": [], "dependent": False, "optionalFilter": False}
    assert data_rules(objects)["A__c"]["lookupFilters"] == {"L__c": "L__r.Name = 'x'"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A__c = 1", "s.toml: A__c: isn't a table: write [A__c]"),
        ("[A__c]\nfields = 1", "A__c.fields: isn't a table"),
        ("[A__c]\nlable = 'x'", "there is no key 'lable'"),
        ("[A__c.fields]\nX = 'strng'", "A__c.X: there is no type 'strng'"),
        ("[A__c.fields]\nX = 'string requird'", "there is no word 'requird'"),
        ("[A__c.fields]\nX = 'string(a)'", "whole numbers"),
        ("[A__c.fields]\nX = 'reference'", "name the objects"),
        ("[A__c.fields]\nX = 5", "5 isn't a field"),
        ("[A__c.fields]\nX = { type = 'string', lenght = 5 }", "there is no key 'lenght'"),
        ("[A__c.fields]\nX = 'string'\nx = 'string'", "stands there twice"),
        ("[A__c.fields]\n'X Y' = 'string'", "an API name has letters"),
        ("[A__c.fields]\nX__c = 'reference(Nobody)'", "points at Nobody"),
        ("[A]", "needs its keyPrefix"),
        ("[A__c]\nvalidationRules = 'x'", "validation rules are tables: write [[A__c.validationRules]]"),
        ("[[A__c.validationRules]]\nname = 'x'", "there is no key of a validation rule 'name'"),
        ("[[A__c.validationRules]]\nfullName = 'x'", "a validation rule needs a text errorConditionFormula"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ShortFormError) as raised:
        describe_documents(read_objects(tomllib.loads(text), "s.toml"), known=STANDARD, api_version="67.0")

    assert message in str(raised.value)
