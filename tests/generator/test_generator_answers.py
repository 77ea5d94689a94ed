"""Generated functions read exactly the answers that the spec describes, and lose nothing that it doesn't know."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.generator.small_specs import FakeSender, generated

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.anyio

DOCUMENT = """
paths:
  /model:
    get:
      operationId: getModel
      tags: [demo]
      summary: Get a model.
      responses:
        "200": {description: A model., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "204": {description: Nothing.}
        "304": {description: Unchanged.}
        "400": {description: Wrong.}
        "404": {description: Not there (404).}
        "503": {description: Down.}
  /list:
    get:
      operationId: getList
      tags: [demo]
      summary: Get a list.
      responses:
        "200":
          description: A list.
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
  /names:
    get:
      operationId: getNames
      tags: [demo]
      summary: Get names.
      responses:
        "200": {description: Names., content: {application/json: {schema: {type: array, items: {type: string}}}}}
  /free:
    get:
      operationId: getFree
      tags: [demo]
      summary: Get what nobody knows.
      responses:
        "200": {description: A map., content: {application/json: {schema: {type: object, additionalProperties: true}}}}
  /data:
    get:
      operationId: getData
      tags: [demo]
      summary: Get data.
      x-streamed: true
      responses:
        "200": {description: CSV., content: {text/csv: {schema: {type: string, format: binary}}}}
  /event:
    get:
      operationId: getEvent
      tags: [demo]
      summary: Get an event.
      responses:
        "200":
          description: One of two.
          content:
            application/json:
              schema: {oneOf: [{$ref: "#/components/schemas/Created"}, {$ref: "#/components/schemas/Deleted"}]}
components:
  schemas:
    Thing:
      type: object
      required: [id, state]
      properties:
        id: {type: string}
        state: {$ref: "#/components/schemas/State"}
        madeAt: {type: [string, "null"], format: date-time}
        thing: {type: string}
        type: {type: string}
        class: {type: string}
        object: {type: string}
        parts: {type: array, items: {$ref: "#/components/schemas/Part"}}
      additionalProperties: false
    Part: {type: object, properties: {name: {type: string}}}
    State: {type: string, enum: [Open, InProgress]}
    Created: {type: object, required: [kind], properties: {kind: {const: created}, by: {type: string}}}
    Deleted: {type: object, required: [kind], properties: {kind: {const: deleted}, at: {type: string}}}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generated(tmp_path_factory.mktemp("answers"), DOCUMENT)


@pytest.fixture
def runtime(demo: ModuleType) -> Any:
    package = demo.__name__.rpartition(".")[0]
    importlib.import_module(f"{package}.runtime.errors")
    return importlib.import_module(f"{package}.runtime")


@pytest.fixture
def read(runtime: Any) -> Any:
    """Decode an answer of an operation: `read(operation, 200, body)`."""

    def decoded(operation: Any, status: int, body: object = None, kind: str = "application/json") -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return operation.decode(runtime.operation.Reply(status, {"content-type": kind}, content))

    return decoded


def test_a_model_is_read_and_written_back_by_wire_names(demo: ModuleType, read: Any) -> None:
    body = {"id": "a", "state": "InProgress", "madeAt": "2026-03-01T10:00:00.000+0000", "type": "t", "class": "c"}

    thing = read(demo.operations.get_model(), 200, body)

    assert isinstance(thing, demo.models.Thing)
    assert thing.state is demo.models.State.IN_PROGRESS
    assert thing.made_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (thing.type_, thing.class_) == ("t", "c")
    assert thing.to_dict() == body | {"madeAt": "2026-03-01T10:00:00+00:00"}


def test_answers_of_different_shapes_make_different_values(demo: ModuleType, read: Any) -> None:
    assert read(demo.operations.get_model(), 204, b"") is None
    assert read(demo.operations.get_model(), 304, b"") is None
    assert demo.operations.get_model().info.success == (200, 204, 304)


def test_lists_maps_and_raw_bodies_are_read(demo: ModuleType, read: Any) -> None:
    assert [thing.id for thing in read(demo.operations.get_list(), 200, [{"id": "a", "state": "Open"}])] == ["a"]
    assert read(demo.operations.get_names(), 200, ["a", "b"]) == ["a", "b"]
    assert read(demo.operations.get_free(), 200, {"a": {"b": [1, None]}}) == {"a": {"b": [1, None]}}
    assert read(demo.operations.get_data(), 200, b"Id\n\xff\n", "text/csv") == b"Id\n\xff\n"
    assert demo.operations.get_data().info.streamed
    assert demo.operations.get_data().info.accept == "text/csv"


def test_a_constant_decides_which_of_two_models_it_is(demo: ModuleType, read: Any) -> None:
    event = read(demo.operations.get_event(), 200, {"kind": "deleted", "at": "now"})

    assert isinstance(event, demo.models.Deleted)


def test_an_enum_value_that_the_spec_does_not_know_survives(demo: ModuleType, read: Any) -> None:
    thing = read(demo.operations.get_model(), 200, {"id": "a", "state": "Brand New"})

    assert thing.state == "Brand New"
    assert isinstance(thing.state, demo.models.State)
    assert thing.to_dict()["state"] == "Brand New"
    assert pickle.loads(pickle.dumps(thing)) == thing
    assert copy.deepcopy(thing) == thing


def test_properties_that_the_spec_does_not_know_are_kept_even_in_closed_models(demo: ModuleType, read: Any) -> None:
    body = {"id": "a", "state": "Open", "new": 1, "parts": [{"name": "p", "size": 2}]}

    thing = read(demo.operations.get_model(), 200, body)

    assert (thing["new"], thing.parts[0]["size"]) == (1, 2)
    assert thing.additional_keys == ["new"]
    assert thing.to_dict() == body


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_a_copy_of_a_model_leaves_unset_what_was_unset(demo: ModuleType, runtime: Any, copied: Any) -> None:
    thing = demo.models.Thing(id="a", state=demo.models.State.OPEN)

    again = copied(thing)

    assert again.made_at is runtime.types.UNSET
    assert again.to_dict() == thing.to_dict() == {"id": "a", "state": "Open"}
    assert demo.models.Thing(id="a", state=demo.models.State.OPEN, made_at=None).to_dict()["madeAt"] is None
    assert not runtime.types.UNSET


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b"<html>Down</html>", "with a body that isn't JSON"),
        (200, b'{"id": "a", "sta', "with a body that isn't JSON"),
        (200, {"id": "a"}, "'state' is missing"),
        (200, ["a"], "doesn't have the shape"),
        (200, {"id": "a", "state": "Open", "madeAt": "yesterday"}, "Invalid isoformat string"),
        (200, {"id": "a", "state": "Open", "madeAt": 5}, "made_at is of another type"),
        (200, {"id": "a", "state": 5}, "isn't text"),
        (202, {"id": "a", "state": "Open"}, "HTTP 202 isn't one of the answers"),
    ],
)
def test_an_answer_of_another_shape_raises_and_is_never_none(
    demo: ModuleType, runtime: Any, read: Any, *, status: int, body: object, message: str
) -> None:
    with pytest.raises(runtime.errors.DecodeError, match=message) as raised:
        read(demo.operations.get_model(), status, body)

    assert (raised.value.operation_id, raised.value.status) == ("getModel", status)


def test_a_map_that_is_no_map_raises(demo: ModuleType, runtime: Any, read: Any) -> None:
    with pytest.raises(runtime.errors.DecodeError, match="isn't a JSON object"):
        read(demo.operations.get_free(), 200, [1])


def test_the_synchronous_methods_hand_operations_to_the_sender(demo: ModuleType, runtime: Any) -> None:
    sender = FakeSender(runtime.operation.Reply(200, {}, b'["a"]'))

    assert demo.DemoApi(sender).get_names() == ["a"]
    assert [operation.info.operation_id for operation in sender.sent] == ["getNames"]


async def test_the_asynchronous_methods_hand_operations_to_the_sender(demo: ModuleType, runtime: Any) -> None:
    sender = FakeSender(runtime.operation.Reply(200, {}, b'["a"]'))

    class AsyncFakeSender:
        async def send(self, operation: Any, /) -> Any:
            return sender.send(operation)

    assert await demo.AsyncDemoApi(AsyncFakeSender()).get_names() == ["a"]
    assert [operation.info.operation_id for operation in sender.sent] == ["getNames"]


def test_docstrings_say_what_comes_back_and_what_is_raised(demo: ModuleType) -> None:
    text = demo.DemoApi.get_model.__doc__

    assert "Get a model." in text
    assert "Returns:\n            A model. Or: Nothing. None is returned. Or: Unchanged. None is returned." in text
    assert "ApiError: Wrong (400)." in text
    assert "NotFound: Not there (404)." in text
    assert "ServerUnavailable: Down (503)." in text
