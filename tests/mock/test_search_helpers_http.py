"""What helps people search, over raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.raw_org import RawOrg, serving
from tests.mock.reference import row

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
KNOWLEDGE = """
[KnowledgeArticleVersion]
label = "Knowledge Article Version"
keyPrefix = "ka0"

[KnowledgeArticleVersion.fields]
Title = "string(255) required nameField"
UrlName = "string(255)"
Language = "picklist(en_US, de)"
PublishStatus = "picklist(Draft, Online, Archived)"
"""


@pytest.fixture
def with_articles() -> Iterator[RawOrg]:
    """An org that has Knowledge articles."""
    with serving(Org(schema_of_text(KNOWLEDGE))) as client:
        yield client


def suggested(raw: RawOrg, **params: Json) -> list[str]:
    """The names of suggested accounts."""
    found = raw.get("/search/suggestions", params={"sobject": "Account", **params})
    return [each["Name"] for each in found["autoSuggestResults"]]


@row("rest_resources.md#8", "* `GET /search/layout?q=A,B` (at most 100): array, in order")
def test_search_layouts_are_in_the_order_asked_for(raw: RawOrg) -> None:
    first, second = raw.get("/search/layout?q=Contact,account")

    assert (first["objectType"], second["objectType"], second["limitRows"]) == ("Contact", "Account", 25)
    name = {"field": "Account.Name", "format": None, "label": "Account Name", "name": "Name"}
    assert second["searchColumns"][0] == name
    assert raw.refused("GET", "/search/layout?q=Account,Nothing")[0] == 404
    assert "Account" in {each["type"] for each in raw.get("/search/scopeOrder")}


@row("rest_resources.md#8", "* `GET /search/suggestions` (v32+)")
def test_records_are_suggested_by_the_beginning_of_their_name(raw: RawOrg) -> None:
    for name in ("Acme Holding", "Acme Home", "Holding Acme", "Other"):
        raw.create("Account", Name=name, Industry="Energy" if name == "Acme Home" else None)

    assert suggested(raw, q="acme ho") == ["Acme Holding", "Acme Home", "Holding Acme"]
    assert suggested(raw, q="acme hom") == ["Acme Home"]
    assert suggested(raw, q="acm ho") == []
    assert suggested(raw, q="acme", where="Industry = 'Energy'") == ["Acme Home"]
    page = raw.get("/search/suggestions?q=acme&sobject=Account&limit=2&fields=Industry,Id")
    assert (len(page["autoSuggestResults"]), page["hasMoreResults"]) == (2, True)
    assert set(page["autoSuggestResults"][0]) == {"attributes", "Id", "Name", "Industry"}
    assert page["meta"]["nameFields"] == [{"entityApiName": "Account", "fieldApiName": "Name"}]


@row("rest_resources.md#8", "bare array in the v32 to v48 samples")
def test_old_versions_suggest_the_bare_records(raw: RawOrg) -> None:
    raw.create("Account", Name="Acme")
    asked = {"sobject": "Account", "q": "acme"}

    for version in ("32.0", "48.0"):
        assert [each["Name"] for each in raw.get("/search/suggestions", params=asked, version=version)] == ["Acme"]
    assert "autoSuggestResults" in raw.get("/search/suggestions", params=asked, version="50.0")


@pytest.mark.parametrize(
    "params",
    [
        {"q": "ac"},
        {"q": "acme", "sobject": "Nothing"},
        {"q": "acme", "sobject": ",".join(["Account"] * 11)},
        {"q": "acme", "sobject": "Account,Contact", "where": "Id != null"},
        {"q": "acme", "where": "nonsense"},
        {"q": "acme", "fields": "Foo"},
        {"q": "acme", "limit": "0"},
        {},
    ],
)
@row("rest_resources.md#8", "q: 1 to 255 characters, at least 3 outside Chinese")
def test_what_cant_be_suggested_is_refused(raw: RawOrg, params: Json) -> None:
    assert raw.refused("GET", "/search/suggestions", params={"sobject": "Account", **params})[0] == 400


def test_one_character_is_enough_where_it_is_a_word_and_objects_can_be_passed_over(raw: RawOrg) -> None:
    raw.create("Account", Name="\u6771\u4eac")

    assert suggested(raw, q="\u6771") == ["\u6771\u4eac"]
    assert suggested(raw, q="acme", sobject="Nothing,Account", ignoreUnsupportedSObjects="true") == []


@row("rest_resources.md#8", "* `GET /search/suggestSearchQueries` (v30+)")
def test_what_others_searched_for_is_suggested(raw: RawOrg) -> None:
    for text in ("Apple", "apple banana", "banana", "The apple"):
        raw.get("/search", params={"q": f"FIND {{{text}}}"})

    found = raw.get("/search/suggestSearchQueries?q=app&language=en_US&limit=2")

    assert found == {"autoSuggestResults": [{"0": "the apple", "1": "apple banana"}], "hasMoreResults": True}
    assert raw.get("/search/suggestSearchQueries?q=xyz&language=en_US")["autoSuggestResults"] == []


@row("rest_resources.md#8", "* `GET /search/suggestTitleMatches` (v30+)")
def test_an_org_without_articles_suggests_none(raw: RawOrg) -> None:
    path = "/search/suggestTitleMatches?q=acme&language=en_US"

    assert raw.get(f"{path}&publishStatus=Online") == {"autoSuggestResults": [], "hasMoreResults": False}
    assert raw.refused("GET", path)[0] == 400


def test_articles_are_suggested_by_their_title_language_and_status(with_articles: RawOrg) -> None:
    english, german = "en_US", "de"
    articles = [("Acme handbook", english, "Online"), ("Acme Handbuch", german, "Online"), ("Acme", english, "Draft")]
    for title, language, status in articles:
        values = {"Title": title, "UrlName": title.lower().replace(" ", "-"), "Language": language}
        with_articles.create("KnowledgeArticleVersion", **values, PublishStatus=status)

    found = with_articles.get("/search/suggestTitleMatches?q=acm&language=en_US&publishStatus=Online")

    (article,) = found["autoSuggestResults"]
    assert (article["Title"], article["UrlName"]) == ("Acme handbook", "acme-handbook")
    assert article["attributes"]["type"] == "KnowledgeArticleVersion"
