"""The emitter of one API's package: openapi-python-client with this package's templates, used as a library.

The tool makes the models and hands its endpoints to the templates, which print operations as values and one resource
class. Its own clients, errors and call functions aren't kept.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import ClassName, PythonIdentifier

from . import emit_sync
from .docstrings import argument_order, operation_docstring
from .sources import EmitError, Json
from .tree import Tree, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .index import ApiEntry
    from .operations import Answer, Operation, Parameter

_TEMPLATES = Path(__file__).parent / "templates" / "openapi"


def emit_api(entry: ApiEntry, lowered: Json, facts: list[Operation]) -> Tree:
    """The package of one API, not yet formatted: paths relative to `specforce_api/<api id>`.

    Args:
        entry: its entry in the index.
        lowered: its document, as `lower` leaves it.
        facts: its operations.

    Raises:
        EmitError: something of the document would not have been generated.
    """
    with tempfile.TemporaryDirectory(prefix="specforce-gen-") as folder:
        built = _build(entry, lowered, facts, Path(folder) / entry.id)
    tag = f"api/{entry.id}"
    tree: Tree = {}
    for path, text in built.items():
        if path == f"{tag}/__init__.py":
            tree["_async_api.py"] = text
            tree["_sync_api.py"] = emit_sync.derive(text)
        elif path.startswith(f"{tag}/"):
            tree[f"operations/_{path.removeprefix(f'{tag}/')}"] = text
        elif path == "api/__init__.py":
            tree["operations/__init__.py"] = text
        elif path not in ("client.py", "errors.py"):
            tree[path] = text
    return tree


def _build(entry: ApiEntry, lowered: Json, facts: list[Operation], folder: Path) -> Tree:
    config = Config.from_sources(ConfigFile(post_hooks=[]), MetaType.NONE, folder, "utf-8", False, folder)
    data = GeneratorData.from_dict(lowered, config=config)
    if isinstance(data, GeneratorError):
        raise EmitError(_told(entry, [data]))
    collections = data.endpoint_collections_by_tag.values()
    left_out = [*(error for found in collections for error in found.parse_errors), *data.errors]
    if left_out:
        raise EmitError(_told(entry, left_out))
    project = Project(openapi=data, config=config, custom_template_path=_TEMPLATES)
    classes = {*(model.class_info.name for model in data.models), *(enum.class_info.name for enum in data.enums)}
    globals_: dict[str, Any] = {
        "entry": entry,
        "async_class": f"Async{entry.class_name}",
        "operations": {operation.name: operation for operation in facts},
        "model_names": sorted(classes),
        "part_models": _part_models,
    }
    project.env.globals.update(globals_)
    project.env.filters.update(_FILTERS)
    with contextlib.redirect_stdout(io.StringIO()):
        errors = project.build()
    if errors:
        raise EmitError(_told(entry, errors))
    return read(folder)


def keyword_parameters(operation: Operation) -> list[Parameter]:
    """The parameters that are keyword arguments, in the order of the signature."""
    found = [parameter for parameter in operation.parameters if parameter.location != "path"]
    return sorted(found, key=argument_order)


def path_source(operation: Operation) -> str:
    """The expression for an operation's path: every parameter percent-encoded, `{api_version}` left to the sender."""
    path = operation.path
    parameters = operation.located("path")
    if not parameters:
        return source(path)
    path = path.replace("{api_version}", "{{api_version}}")
    for parameter in parameters:
        slashes = ", keep_slashes=True" if parameter.wire.endswith("_path") else ""
        path = path.replace(
            "{" + parameter.wire + "}", f"{{path_segment('{parameter.name}', {parameter.name}{slashes})}}"
        )
    return f'f"{path}"'


def source(value: Any) -> str:
    """A constant as Python source, in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _function_docstring(operation: Operation) -> str:
    return operation_docstring(operation, sent=False)


def _method_docstring(operation: Operation) -> str:
    return operation_docstring(operation, sent=True)


def _answer_property(endpoint: Any, answer: Answer) -> Any:
    """The tool's property for the body of one answer."""
    return next(found.prop for found in endpoint.responses if found.status_code.pattern == answer.status)


def _part_models(operation: Operation) -> list[tuple[str, str]]:
    """Class and module of the models in a multipart body."""
    names = sorted({part.model for part in operation.body.parts if part.model})
    return [(str(ClassName(name, "")), str(PythonIdentifier(name, ""))) for name in names]


_FILTERS: dict[str, Any] = {
    "answer_property": _answer_property,
    "function_docstring": _function_docstring,
    "keyword_parameters": keyword_parameters,
    "method_docstring": _method_docstring,
    "path_source": path_source,
    "source": source,
}


def _told(entry: ApiEntry, errors: Sequence[GeneratorError]) -> str:
    texts = [f"{', '.join(entry.files)}: {error.header}: {error.detail}" for error in errors]
    return "\n".join(["openapi-python-client would leave something out:", *texts])
