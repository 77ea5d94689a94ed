"""What helps people search: the order of objects, how results are shown, suggestions.

Source: specs/reference/rest_resources.md section 8. An org without Knowledge articles suggests none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import soql
from specforce_mockserver.calls import Answer, ApiError, Call, not_found
from specforce_mockserver.layouts.pages import shown_fields
from specforce_mockserver.registry import provides
from specforce_mockserver.sosl.find import searchable
from specforce_mockserver.sosl.history import SearchHistory
from specforce_mockserver.sosl.suggest import DEFAULT_LIMIT, check_typed, suggestible, suggestions

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = Any
ARTICLES: Final = "KnowledgeArticleVersion"
ARTICLE_FIELDS: Final = ("UrlName", "Title", "KnowledgeArticleId", "IsMasterLanguage")
RESULT_COLUMNS: Final = 5
RESULT_ROWS: Final = 25
LAST_BARE_SUGGESTIONS: Final = 48.0


@provides("getSearchScopeOrder", served="static")
def get_search_scope_order(call: Call) -> Answer:
    """The objects that a search looks into."""
    base = f"{call.data_path}/sobjects"
    return Answer([{"type": name, "url": f"{base}/{name}/describe"} for name in searchable(call.org)])


@provides("listSearchLayouts", served="static")
def list_search_layouts(call: Call) -> Answer:
    """How the results of objects are shown."""
    listed: list[Json] = []
    for name in call.params["q"]:
        sobject = call.org.schema.type(name)
        if sobject is None:
            raise not_found()
        listed.append(_layout(sobject))
    return Answer(listed)


def _layout(sobject: SObjectType) -> Json:
    name = sobject.name_field
    others = [each for each in shown_fields(sobject) if each is not name and each.sortable and each.type != "reference"]
    fields = [each for each in (name, *others) if each is not None]
    return {
        "errorMsg": None,
        "label": "Search Results",
        "limitRows": RESULT_ROWS,
        "objectType": sobject.name,
        "searchColumns": [
            {
                "field": f"{sobject.name}.{each.name}",
                "format": each.type if each.type in {"date", "datetime"} else None,
                "label": each.label,
                "name": each.name,
            }
            for each in fields[:RESULT_COLUMNS]
        ],
    }


@provides("suggestRecords", blocking=True)
def suggest_records(call: Call) -> Answer:
    """Records whose name has what was typed."""
    asked = call.params
    check_typed(asked["q"])
    if "where" in asked and len(asked["sobject"]) != 1:
        raise ApiError(400, "INVALID_FIELD", "where is only allowed with exactly one sobject")
    ignore = asked.get("ignoreUnsupportedSObjects", False)
    sobjects = suggestible(call, asked["sobject"], ignore=ignore)
    names = [{"entityApiName": each.name, "fieldApiName": each.name_field.name} for each in sobjects if each.name_field]
    meta = {"nameFields": names, "secondaryFields": None}
    answer = _suggested(call, sobjects, asked.get("fields", ()), asked.get("where"), meta=meta)
    return Answer(answer.body["autoSuggestResults"]) if call.version <= LAST_BARE_SUGGESTIONS else answer


@provides("suggestTitleMatches", blocking=True)
def suggest_title_matches(call: Call) -> Answer:
    """Articles whose title has what was typed, where the org's schema has articles."""
    check_typed(call.params["q"])
    articles = call.org.schema.type(ARTICLES)
    if articles is None or articles.name_field is None:
        return Answer({"autoSuggestResults": [], "hasMoreResults": False})
    fields = [each for each in ARTICLE_FIELDS if articles.field(each) is not None]
    given = {"Language": call.params["language"], "PublishStatus": call.params["publishStatus"]}
    texts = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in given.items()}
    where = " AND ".join(f"{name} = '{text}'" for name, text in texts.items() if articles.field(name) is not None)
    return _suggested(call, [articles], fields, where or None)


@provides("suggestSearchQueries")
def suggest_search_queries(call: Call) -> Answer:
    """What others searched for, with a word that begins with what was typed."""
    check_typed(call.params["q"])
    limit: int = call.params.get("limit", DEFAULT_LIMIT)
    found = call.org.part(SearchHistory).beginning(call.params["q"])
    queries = {str(number): text for number, text in enumerate(found[:limit])}
    return Answer({"autoSuggestResults": [queries] if queries else [], "hasMoreResults": len(found) > limit})


def _suggested(
    call: Call, sobjects: list[SObjectType], fields: Any, where: str | None, *, meta: Json | None = None
) -> Answer:
    limit: int = call.params.get("limit", DEFAULT_LIMIT)
    try:
        found = suggestions(call, sobjects, call.params["q"], fields=fields, where=where)
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error
    body: Json = {"autoSuggestResults": found[:limit], "hasMoreResults": len(found) > limit}
    return Answer(body | ({"meta": meta} if meta is not None else {}))
