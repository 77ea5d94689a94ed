"""The emitter of the SOAP API's package: attrs classes, operations as values, one resource class; all read by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import emit_sync
from .names import snake_case
from .soap_docstrings import operation_docstring, type_docstring
from .soap_source import SoapSource

if TYPE_CHECKING:
    from .index import ApiEntry
    from .tree import Tree
    from .wsdl import SoapOperation, Wsdl

_TEMPLATES = Path(__file__).parent / "templates"


def emit_soap(entry: ApiEntry, wsdl: Wsdl) -> Tree:
    """The package of the SOAP API, not yet formatted: paths relative to `specforce_api/<api id>`."""
    source = SoapSource(wsdl)
    jinja = _environment(entry, source)
    tree: Tree = {}
    for name in sorted({*source.sent, *source.received, *source.models}):
        found = wsdl.types.get(name) or wsdl.headers[name]
        tree[f"models/{snake_case(found.name)}.py"] = jinja.get_template("model.py.jinja").render(
            found=found,
            members=wsdl.all_members(name),
            sent=name in source.sent or name in source.models,
            received=name in source.received,
            subtypes=[wsdl.types[each] for each in wsdl.subtypes(name)],
        )
    for enumeration in wsdl.enumerations.values():
        tree[f"models/{snake_case(enumeration.name)}.py"] = jinja.get_template("enumeration.py.jinja").render(
            enumeration=enumeration
        )
    names = _classes(source)
    for operation in wsdl.operations:
        tree[f"operations/_{operation.name}.py"] = jinja.get_template("operation.py.jinja").render(
            operation=operation,
            path=entry.mount,
            since=entry.since,
            told=_told(entry, operation),
            arguments=source.arguments(operation),
            keywords=source.keywords(operation),
        )
    api = jinja.get_template("api.py.jinja").render(
        operations=wsdl.operations, model_names=sorted(names), told=partial(_told, entry)
    )
    tree["_async_api.py"] = api
    tree["_sync_api.py"] = emit_sync.derive(api)
    tree["models/__init__.py"] = jinja.get_template("models_init.py.jinja").render(
        imports=[f"from .{module} import {name}" for name, module in names.items()], alls=list(names)
    )
    tree["operations/__init__.py"] = jinja.get_template("api_init.py.jinja").render(
        operations=[operation.name for operation in wsdl.operations]
    )
    tree["__init__.py"] = jinja.get_template("package_init.py.jinja").render()
    return tree


def _environment(entry: ApiEntry, source: SoapSource) -> Environment:
    """The templates of this pass, and those that it shares with the packages made from OpenAPI documents."""
    jinja = Environment(
        loader=FileSystemLoader([_TEMPLATES / "soap", _TEMPLATES / "openapi"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it makes Python, not HTML
    )
    shared: dict[str, Any] = {"entry": entry, "source": source, "async_class": f"Async{entry.class_name}"}
    jinja.globals.update(shared)
    filters: dict[str, Any] = {
        "snake_case": snake_case,
        "member_name": _member_name,
        "source": _quoted,
        "type_docstring": type_docstring,
        "operation_docstring": operation_docstring,
    }
    jinja.filters.update(filters)
    return jinja


def _member_name(value: str) -> str:
    """`xsd:dateTime` → `XSD_DATE_TIME`."""
    return snake_case(value.replace(":", "_")).upper()


def _quoted(text: str) -> str:
    return f'"{text}"'


def _classes(source: SoapSource) -> dict[str, str]:
    """Every class of the package to its module."""
    wsdl = source.wsdl
    types = wsdl.types | wsdl.headers
    names = {types[name].name for name in (*source.sent, *source.received, *source.models)}
    names |= {found.name for found in wsdl.enumerations.values()}
    return {name: snake_case(name) for name in sorted(names)}


def _told(entry: ApiEntry, operation: SoapOperation) -> str:
    return f"{entry.source} ({', '.join(operation.rows)})"
