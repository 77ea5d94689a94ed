"""Rules about the TOML files: waiters, parity with the reference connector, objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specforce_generator.emit_sobjects import emit_sobjects, read_sobjects
from specforce_generator.index import read_toml
from specforce_generator.operations import method_name
from specforce_generator.sources import Json, SourceError

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .context import Context, Site

_TEXTS = ("operation", "id_param", "state_field")
_STATES = ("success", "failure", "aborted", "pending")
_DELAYS = ("first_delay_s", "max_delay_s", "factor")


def lint_waiters(context: Context) -> Iterator[Finding]:
    """Check waiters.toml: it names operations, parameters and fields that are there, and every state has its place."""
    sites = {site.name: site for site in context.sites}
    try:
        tables = read_toml(context.folder, "waiters.toml")
    except SourceError as error:
        yield Finding.of(error)
        return
    for name, table in tables.items():
        line = _line(context.folder / "waiters.toml", f"[{name}]")
        for message in _waiter_mistakes(context, table, sites):
            yield Finding("waiters.toml", line, "waiter", f"{name}: {message}")


def _waiter_mistakes(context: Context, table: Json, sites: dict[str, Site]) -> Iterator[str]:
    missing = [key for key in (*_TEXTS, *_STATES, *_DELAYS) if key not in table]
    if missing:
        yield f"write {', '.join(missing)}"
        return
    for key in ("operation", "abort_operation"):
        if table.get(key, table["operation"]) not in sites:
            yield f"{key} is {table[key]!r}, and the specs have no such operation"
            return
    site = sites[table["operation"]]
    if table["id_param"] not in {parameter["name"] for _, _, parameter in context.parameters(site)}:
        yield f"{site.name} has no parameter {table['id_param']}: id_param names the one that takes the job's id"
    if not (table["first_delay_s"] > 0 and table["max_delay_s"] >= table["first_delay_s"] and table["factor"] >= 1):
        yield "delays grow: first_delay_s > 0, max_delay_s >= first_delay_s, factor >= 1"
    states = [state for key in _STATES for state in table[key]]
    for state in sorted({state for state in states if states.count(state) > 1}):
        yield f"{state} is in two lists: a state ends well, ends badly or goes on"
    yield from _field_mistakes(context, site, table, states)


def _field_mistakes(context: Context, site: Site, table: Json, states: list[str]) -> Iterator[str]:
    path, answer = context.follow(site.file, site.data["responses"].get("200", {}))
    media = answer.get("content", {}).get("application/json", {})
    path, schema = context.follow(path, media.get("schema", {}))
    properties: Json = schema.get("properties", {})
    fields = {key: table[key] for key in ("state_field", "reason_field", "total_field") if key in table}
    for key, name in (*fields.items(), *(("done_fields", name) for name in table.get("done_fields", []))):
        if name not in properties:
            yield f"{key} is {name!r}, and the answer of {site.name} has no such property"
            return
    if ("total_field" in table) != ("done_fields" in table):
        yield "total_field and done_fields belong together: write both or neither"
    _, state = context.follow(path, properties[table["state_field"]])
    known: list[str] = state.get("enum", state.get("x-enum", []))
    for value in states:
        if known and value not in known:
            yield f"{value} isn't a state of {site.name}: there are {', '.join(known)}"


def lint_parity(context: Context) -> Iterator[Finding]:
    """Check parity/ballerina.toml: what it calls done on a generated API has an operation of it.

    What a handwritten client puts beside its operations may be named too: tests/test_parity.py sees that it exists.
    """
    file = context.folder / "parity" / "ballerina.toml"
    if not file.is_file():
        return
    names: dict[str, set[str]] = {entry.id: set() for entry in context.index.apis}
    for site in context.sites:
        names[site.entry.id].add(method_name(site.data) if "operationId" in site.data else "")
    rows: list[Json] = read_toml(context.folder, "parity/ballerina.toml").get("operation", [])
    for row in rows:
        ours = row.get("ours", "")
        texts: list[str] = [ours] if isinstance(ours, str) else ours
        named: dict[str, list[str]] = {}
        for api, name in re.findall(r"\bsf\.(\w+)\.(\w+)", " ".join(texts) if row.get("status") == "done" else ""):
            named.setdefault(api, []).append(name)
        for api, found in named.items():
            if api in names and names[api].isdisjoint(found):
                line = _line(file, f'name = "{row.get("name")}"')
                message = f"sf.{api}.{found[0]} is called done, and the specs have no such operation"
                yield Finding("parity/ballerina.toml", line, "parity", message)


def lint_sobjects(context: Context) -> Iterator[Finding]:
    """Check the objects: all in the short form, every reference to an object that is there."""
    try:
        emit_sobjects(read_sobjects(context.folder), context.index.versions.default)
    except SourceError as error:
        found = Finding.of(error)
        named = re.match(r"(\w+)(?:\.(\w+))?", found.message)
        file = context.folder / (
            found.path if found.path.endswith(".toml") else f"sobjects/{named[1] if named else ''}.toml"
        )
        line = _line(file, f"{named[2] or '[' + named[1]}") if named else 1
        yield Finding(file.relative_to(context.folder).as_posix(), line, "sobject", found.message)


def _line(file: Path, start: str) -> int:
    """The line of a TOML file that begins with a text; tomllib keeps no lines."""
    if file.is_file():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith(start):
                return number
    return 1
