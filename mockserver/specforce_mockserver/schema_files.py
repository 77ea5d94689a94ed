"""The objects of an org from files: the standard ones that ship with the specs, and a user's own beside them.

A user's files are TOML in the short form of specs/README.md, which adds objects and fields, or describe documents
in JSON, as `GET /sobjects/X/describe` answers them, which replace the object of their name; those come first, whatever
the files' order. TOML files may hold saved reports, too.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import specforce_specs
from specforce_mockserver.calls import ApiError
from specforce_mockserver.formulas import FormulaError, compile_rule
from specforce_mockserver.reports.library import check_new
from specforce_mockserver.schema_documents import build, type_from
from specforce_mockserver.schema_scan import DocumentError, scan
from specforce_specs.short_form import ShortFormError, data_rules, describe_documents, display_formats, read_objects

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from specforce_mockserver.schema import Field, Schema, SObjectType
    from specforce_mockserver.schema_scan import LaterDocument
    from specforce_specs.short_form import ShortObject

Document = dict[str, Any]
_ABOUT_A_PULL = frozenset({"describe_global.json", "manifest.json"})


class SchemaFileError(Exception):
    """A file that objects can't be made of; the message says where and why."""


def standard_schema() -> Schema:
    """The standard objects."""
    return _Objects().schema()


def schema_of_text(toml: str) -> Schema:
    """The standard objects and those of a text in the short form.

    Raises:
        SchemaFileError: the text isn't in that form.
    """
    objects = _Objects()
    objects.add_toml(toml, "text")
    return objects.schema()


def load_schema(paths: Iterable[Path]) -> Schema:
    """The standard objects and those of a user's files.

    Args:
        paths: TOML files, JSON files (one describe document, or a list of them), or folders of both.

    Raises:
        SchemaFileError: a file that objects can't be made of.
    """
    objects = _Objects()
    files = [file for path in paths for file in _files(path)]
    for file in files:
        if file.suffix != ".toml":
            objects.add_json(file)
    for file in files:
        if file.suffix == ".toml":
            objects.add_toml(file.read_text("utf-8", "replace"), str(file))
    return objects.schema()


class _Objects:
    """Objects as they come together."""

    def __init__(self) -> None:
        self._documents = {name: dict(each.document) for name, each in _standard_types().items()}
        self._formats = specforce_specs.display_formats()
        self._later: dict[str, LaterDocument] = {}
        self._reports: list[tuple[str, Document]] = []
        self._rules: dict[str, Document] = {}
        self._written: dict[str, str] = {}

    def schema(self) -> Schema:
        reports = [report for _where, report in self._reports]
        ready = self._read_before()
        made = build(self._documents, self._formats, reports, self._rules, later=self._later, read_before=ready)
        self._check_formulas(made)
        for where, report in self._reports:
            try:
                check_new(made, report)
            except ApiError as error:
                message = f"{where}: report {report.get('name')}: {error.message}"
                raise SchemaFileError(message) from error
        return made

    def _read_before(self) -> dict[str, tuple[Field, ...]]:
        """The fields of the standard objects that nobody has added any to."""
        return {
            name: each.fields
            for name, each in _standard_types().items()
            if name in self._documents and self._documents[name]["fields"] is each.document["fields"]
        }

    def _check_formulas(self, made: Schema) -> None:
        """Refuse formulas of the short form that aren't right; those of describe documents may be beyond us."""
        for place, fault in made.formula_faults.items():
            if place in self._written:
                message = f"{self._written[place]}: {place}: {fault}"
                raise SchemaFileError(message)
        for name, where in self._written.items():
            for rule in made[name].validation_rules if name in made else ():
                try:
                    compile_rule(made, made[name], rule.formula, row="t", old="o")
                except FormulaError as error:
                    message = f"{where}: {name}: validation rule {rule.name}: {error}"
                    raise SchemaFileError(message) from error

    def add_toml(self, text: str, where: str) -> None:
        try:
            tables = tomllib.loads(text)
            self._reports += [(where, report) for report in tables.pop("reports", ())]
            objects = read_objects(tables, where=where)
            self._read_now({target for short in objects for target in _named_by(short)})
            version = specforce_specs.VERSIONS.newest
            taken = [each.head["keyPrefix"] for each in self._later.values() if each.head["keyPrefix"]]
            self._documents = describe_documents(objects, known=self._documents, taken=taken, api_version=version)
        except ShortFormError as error:
            raise SchemaFileError(str(error)) from error
        except tomllib.TOMLDecodeError as error:
            message = f"{where}: {error}"
            raise SchemaFileError(message) from error
        for name, found in display_formats(objects).items():
            self._formats[name] = {**self._formats.get(name, {}), **found}
        for name, rules in data_rules(objects).items():
            known = self._rules.get(name, {"validationRules": [], "summaries": {}, "lookupFilters": {}})
            self._rules[name] = {
                "validationRules": [*known["validationRules"], *rules["validationRules"]],
                "summaries": {**known["summaries"], **rules["summaries"]},
                "lookupFilters": {**known["lookupFilters"], **rules["lookupFilters"]},
            }
        for short in objects:
            self._written[short.name] = where
            self._written.update((f"{short.name}.{field.name}", where) for field in short.fields)

    def add_json(self, file: Path) -> None:
        try:
            found = scan(file)
        except DocumentError as error:
            raise SchemaFileError(str(error)) from error
        for each in found:
            name: str = each.head["name"]
            self._later[name] = each
            if name in self._documents:
                self._read_now({name.lower()})

    def _read_now(self, names: set[str]) -> None:
        """Read those of some objects that are still in their files; names are in lower case."""
        for name in [each for each in self._later if each.lower() in names]:
            self._documents[name] = _structured(self._later.pop(name).read())


@cache
def _standard_types() -> dict[str, SObjectType]:
    """The standard objects by API name, read once for all orgs; their children aren't known yet."""
    formats = specforce_specs.display_formats()
    return {
        name: type_from(specforce_specs.describe(name), formats.get(name, {}), {})
        for name in specforce_specs.sobject_names()
    }


def _structured(document: Document) -> Document:
    """A document with the keys that the short form builds on, which one that somebody wrote may lack."""
    label = document.get("label") or document["name"]
    whole: Document = {"childRelationships": [], "keyPrefix": None, "label": label, "labelPlural": label, **document}
    bare: Document = {"cascadeDelete": False, "referenceTo": [], "restrictedDelete": False}
    return {**whole, "fields": [{**bare, "custom": False, **each} for each in document["fields"]]}


def _named_by(short: ShortObject) -> set[str]:
    """The objects that one of the short form adds to or points at, in lower case."""
    targets = {target for field in short.fields if field.type == "reference" for target in field.arguments}
    return {name.lower() for name in (short.name, *targets)}


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = (each for each in path.glob("[!.]*") if each.suffix in {".toml", ".json"})
        return sorted(each for each in found if each.name not in _ABOUT_A_PULL)
    if not path.exists():
        message = f"{path}: no such file or folder"
        raise SchemaFileError(message)
    return [path]
