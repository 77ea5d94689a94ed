"""Generated functions build exactly the request that the spec describes: small specs, generated and called."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.generator.small_specs import generated

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

DOCUMENT = """
paths:
  /things/{thing_id}/parts/{part_path}:
    get:
      operationId: getPart
      tags: [demo]
      summary: Read a part.
      x-since: "40.0"
      parameters:
        - {name: part_path, in: path, required: true, description: The part., schema: {type: string}}
        - {name: thing_id, in: path, required: true, description: The thing., schema: {type: string}}
        - {name: fields, in: query, explode: false, description: Fields., schema: {type: array, items: {type: string}}}
        - {name: kind, in: query, explode: true, description: Kinds., schema: {type: array, items: {type: string}}}
        - {name: allRows, in: query, description: All., schema: {type: boolean}}
        - {name: limit, in: query, required: true, description: Count., schema: {type: integer}}
        - {name: since, in: query, description: Time., schema: {type: string, format: date-time}}
        - {name: on, in: query, description: Day., schema: {type: string, format: date}}
        - {name: from, in: query, description: Keyword., schema: {type: string, enum: [a, b]}}
        - {name: newer, in: query, description: New., x-since: "60.0", schema: {type: string}}
        - {name: older, in: query, description: Old., x-until: "50.0", schema: {type: string}}
        - {name: If-Modified-Since, in: header, description: Date., schema: {type: string, format: http-date}}
        - {name: X-Note, in: header, description: Note., schema: {type: string}}
      responses:
        "204": {description: Nothing.}
  /things:
    post:
      operationId: createThing
      tags: [demo]
      summary: Create a thing.
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "204": {description: Done.}
  /things/form:
    post:
      operationId: sendForm
      tags: [demo]
      summary: Send a form.
      security: []
      requestBody:
        required: true
        content: {application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "204": {description: Done.}
  /things/data:
    put:
      operationId: uploadData
      tags: [demo]
      summary: Upload data.
      x-repeatable: true
      requestBody:
        required: true
        content: {text/csv: {schema: {type: string, format: binary}}}
      responses:
        "201": {description: Done.}
  /things/data#multipart:
    post:
      operationId: uploadTogether
      tags: [demo]
      summary: Upload data and what it is.
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                thing: {$ref: "#/components/schemas/Thing"}
                content: {type: string, format: binary, description: The data.}
            encoding:
              content: {contentType: text/csv}
      responses:
        "204": {description: Done.}
components:
  schemas:
    Thing:
      type: object
      required: [Name]
      properties:
        Name: {type: string}
        madeAt: {type: string, format: date-time}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generated(tmp_path_factory.mktemp("requests"), DOCUMENT)


@pytest.fixture(scope="module")
def errors(demo: ModuleType) -> Any:
    return _runtime(demo, "errors")


def _runtime(demo: ModuleType, name: str) -> Any:
    import importlib

    return importlib.import_module(f"{demo.__name__.rpartition('.')[0]}.runtime.{name}")


def test_path_parameters_are_encoded_in_the_order_of_the_path(demo: ModuleType) -> None:
    operation = demo.operations.get_part("a b/ü?", "x/y z", limit=1)

    assert operation.path == "/services/data/v{api_version}/things/a%20b%2F%C3%BC%3F/parts/x/y%20z"
    assert operation.url_path("67.0") == "/services/data/v67.0/things/a%20b%2F%C3%BC%3F/parts/x/y%20z"


def test_a_value_that_looks_like_a_placeholder_stays_a_value(demo: ModuleType) -> None:
    operation = demo.operations.get_part("{api_version}", "p", limit=1)

    assert operation.url_path("67.0") == "/services/data/v67.0/things/%7Bapi_version%7D/parts/p"


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb", "x/../y"])
def test_a_path_parameter_that_would_change_the_path_is_refused(demo: ModuleType, errors: Any, value: str) -> None:
    with pytest.raises(errors.InputError, match="part_path"):
        demo.operations.get_part("a", value, limit=1)


def test_query_parameters_go_out_under_their_wire_names_and_unset_ones_do_not(demo: ModuleType) -> None:
    operation = demo.operations.get_part(
        "a",
        "p",
        fields=["Id", "Name"],
        kind=(value for value in ("x", "y")),
        all_rows=True,
        limit=10,
        since=datetime(2026, 3, 1, 10, tzinfo=UTC),
        on=date(2026, 3, 1),
        from_="a",
        newer=None,
    )

    assert operation.params == (
        ("fields", "Id,Name"),
        ("kind", "x"),
        ("kind", "y"),
        ("allRows", "true"),
        ("limit", "10"),
        ("since", "2026-03-01T10:00:00+00:00"),
        ("on", "2026-03-01"),
        ("from", "a"),
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"since": datetime(2026, 3, 1)}, "since=2026-03-01T00:00:00 has no time zone"),  # noqa: DTZ001
        ({"if_modified_since": datetime(2026, 3, 1)}, "has no time zone"),  # noqa: DTZ001
        ({"fields": "Id,Name"}, "is text, and a list is wanted"),
        ({"kind": "x"}, "is text, and a list is wanted"),
        ({"newer": b"x"}, "is bytes, and text is wanted"),
        ({"fields": []}, "fields is an empty list"),
        ({"fields": ["a,b"]}, "holds a comma"),
        ({"x_note": "a\r\nX-Evil: 1"}, "X-Note may not hold control characters"),
    ],
)
def test_arguments_that_cannot_be_sent_are_refused(
    demo: ModuleType, errors: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(errors.InputError, match=message):
        demo.operations.get_part("a", "p", limit=1, **arguments)


def test_headers_go_out_under_their_wire_names_and_dates_as_http_wants_them(demo: ModuleType) -> None:
    operation = demo.operations.get_part(
        "a", "p", limit=1, if_modified_since=datetime(2026, 3, 1, 10, tzinfo=UTC), x_note="näh"
    )

    assert operation.headers == (("If-Modified-Since", "Sun, 01 Mar 2026 10:00:00 GMT"), ("X-Note", "näh"))


def test_path_parameters_are_positional_and_all_else_is_keyword_only(demo: ModuleType) -> None:
    parameters = inspect.signature(demo.operations.get_part).parameters.values()

    kinds = {parameter.name: parameter.kind for parameter in parameters}
    assert list(kinds)[:3] == ["thing_id", "part_path", "limit"]
    assert kinds["thing_id"] is kinds["part_path"] is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert {kind for name, kind in kinds.items() if name not in ("thing_id", "part_path")} == {
        inspect.Parameter.KEYWORD_ONLY
    }
    with pytest.raises(TypeError, match="limit"):
        demo.operations.get_part("a", "p")


def test_an_operation_is_refused_in_versions_that_do_not_have_it(demo: ModuleType, errors: Any) -> None:
    operation = demo.operations.get_part("a", "p", limit=1)

    assert operation.url_path("40.0")
    with pytest.raises(errors.SpecError, match=r"getPart exists since API version 40\.0, this client uses 39\.0"):
        operation.url_path("39.0")
    with pytest.raises(errors.SpecError, match="'v67' isn't an API version"):
        operation.url_path("v67")


def test_an_argument_is_refused_in_versions_that_do_not_have_it(demo: ModuleType, errors: Any) -> None:
    newer = demo.operations.get_part("a", "p", limit=1, newer="x")
    older = demo.operations.get_part("a", "p", limit=1, older="x")

    assert newer.url_path("60.0")
    assert older.url_path("50.0")
    with pytest.raises(errors.SpecError, match=r"getPart\(newer=\.\.\.\) exists since API version 60\.0"):
        newer.url_path("59.0")
    with pytest.raises(errors.SpecError, match=r"getPart\(older=\.\.\.\) exists up to API version 50\.0"):
        older.url_path("51.0")


def test_a_model_and_a_mapping_make_the_same_json_body(demo: ModuleType) -> None:
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)

    model = demo.operations.create_thing(body=demo.models.Thing(name="Näh", made_at=moment))
    mapping = demo.operations.create_thing(body={"Name": "Näh", "madeAt": moment})

    assert model.body == mapping.body == '{"Name":"Näh","madeAt":"2026-03-01T10:00:00+00:00"}'.encode()
    assert model.content_type == "application/json"


def test_a_json_body_keeps_every_digit_it_can_and_refuses_the_rest(demo: ModuleType, errors: Any) -> None:
    operation = demo.operations.create_thing(body={"a": Decimal(10), "b": Decimal("0.1"), "c": date(2026, 3, 1)})

    assert json.loads(operation.body) == {"a": 10, "b": 0.1, "c": "2026-03-01"}
    with pytest.raises(errors.InputError, match="more digits than a JSON number carries"):
        demo.operations.create_thing(body={"a": Decimal("0.12345678901234567890")})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 3, 1), object(), b"x", {1, 2}])  # noqa: DTZ001
def test_a_value_that_json_has_no_form_for_is_refused(demo: ModuleType, errors: Any, value: object) -> None:
    with pytest.raises(errors.InputError):
        demo.operations.create_thing(body={"a": [value]})


def test_a_form_body_is_url_encoded(demo: ModuleType) -> None:
    operation = demo.operations.send_form(body={"Name": "a b&c=ü", "gone": None, "flag": True})

    assert operation.body == b"Name=a+b%26c%3D%C3%BC&flag=true"
    assert operation.content_type == "application/x-www-form-urlencoded"
    assert demo.operations.send_form(body=demo.models.Thing(name="x")).body == b"Name=x"


def test_a_raw_body_is_passed_on_as_it_is(demo: ModuleType) -> None:
    stream = _runtime(demo, "operation").StreamBody(lambda: iter([b"Id\n"]), 3)

    assert demo.operations.upload_data(body=b"Id\n").body == b"Id\n"
    assert demo.operations.upload_data(body=stream).body is stream
    assert demo.operations.upload_data(body=stream).content_type == "text/csv"


def test_a_multipart_body_holds_its_parts_and_is_the_same_each_time(demo: ModuleType) -> None:
    stream = _runtime(demo, "operation").StreamBody(lambda: iter([b"Id\n", b"1\n"]))

    operation = demo.operations.upload_together(thing={"Name": "x"}, content=b"Id\n1\n")

    boundary = operation.content_type.removeprefix("multipart/form-data; boundary=")
    assert operation.body.decode().split("\r\n") == [
        f"--{boundary}",
        'Content-Disposition: form-data; name="thing"',
        "Content-Type: application/json",
        "",
        '{"Name":"x"}',
        f"--{boundary}",
        'Content-Disposition: form-data; name="content"; filename="content"',
        "Content-Type: text/csv",
        "",
        "Id\n1\n",
        f"--{boundary}--",
        "",
    ]
    again = demo.operations.upload_together(thing=demo.models.Thing(name="x"), content=stream)
    assert (again.body, again.content_type) == (operation.body, operation.content_type)


def test_the_facts_of_an_operation_are_those_of_the_spec(demo: ModuleType) -> None:
    info = demo.operations.get_part("a", "p", limit=1).info

    assert (info.operation_id, info.api, info.method) == ("getPart", "demo", "GET")
    assert info.path == "/services/data/v{api_version}/things/{thing_id}/parts/{part_path}"
    assert (info.success, info.since, info.until) == ((204,), "40.0", None)
    assert (info.repeatable, info.authenticated, info.streamed) == (True, True, False)
    assert not demo.operations.send_form(body={}).info.authenticated
    assert demo.operations.upload_data(body=b"").info.repeatable
    assert not demo.operations.create_thing(body={}).info.repeatable
    assert demo.operations.upload_together(thing={}, content=b"").info.path.endswith("/things/data")


def test_an_operation_shows_itself_without_its_body(demo: ModuleType) -> None:
    assert "secret" not in repr(demo.operations.create_thing(body={"Name": "secret"}))


def test_the_package_is_lazy_but_complete(demo: ModuleType, tmp_path: Path) -> None:
    assert "get_part" in dir(demo.operations)
    assert demo.operations.__all__ == ["create_thing", "get_part", "send_form", "upload_data", "upload_together"]
    assert demo.models.__all__ == ["Thing"]
    with pytest.raises(AttributeError, match="nothing"):
        _ = demo.operations.nothing
