"""`specforce schema`: an org's objects as files, classes of them, and what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from specforce import schema
from specforce.bulk.files import replacing
from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import DONE, REFUSED, reported
from specforce.cli.progress import shown

if TYPE_CHECKING:
    from specforce.schema import Pulled, SchemaDiff

app = typer.Typer(
    help="The org's objects as files: pull, generate classes, check, diff; a fake org takes the folder.",
    no_args_is_help=True,
)
Objects = Annotated[
    list[str] | None, typer.Argument(help="Objects: names, or patterns in quotes such as 'Invoice*'; none for all.")
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="Names or patterns to leave out; repeatable.")]
Concurrency = Annotated[int, typer.Option(min=1, max=25, help="Requests at a time.")]


@app.command("pull")
def pull(
    folder: Annotated[Path, typer.Argument(help="The folder; it is made.")],
    objects: Objects = None,
    exclude: Exclude = None,
    references: Annotated[bool, typer.Option("--references", help="What these objects point at, too.")] = False,
    concurrency: Concurrency = 5,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch everything, whether it changed or not.")] = False,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Fetch describes into a folder, those that changed; `specforce mock serve --schema FOLDER` takes it."""
    with (
        reported(as_json=as_json),
        connect(profile, instance_url, api_version) as sf,
        shown("schema", quiet=as_json) as progress,
    ):
        pulled = sf.schema.pull(
            folder,
            *(objects or ()),
            exclude=exclude or (),
            references=references,
            concurrency=concurrency,
            refresh=refresh,
            progress=progress,
        )
    typer.echo(json.dumps(pulled.to_dict()) if as_json else _told(pulled))


@app.command("generate")
def generate(
    folder: Annotated[Path, typer.Argument(help="A folder of describe documents.")],
    objects: Objects = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The module; without it, it is printed.")
    ] = None,
    exclude: Exclude = None,
) -> None:
    """Make a Python module of record classes: `sf.sobject(Account)` reads and writes them."""
    with reported(as_json=False):
        source = schema.generate(folder, *(objects or ()), exclude=exclude or ())
        if output is None:
            typer.echo(source, nl=False)
            return
        with replacing(output) as file:
            file.write(source.encode())


@app.command("check")
def check(
    path: Annotated[Path, typer.Argument(help="A folder that was pulled, or a module that was generated.")],
    concurrency: Concurrency = 5,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Compare a folder or generated classes with the org; the exit code is 1 if the org is another one by now."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        compare = sf.schema.diff if path.is_dir() else sf.schema.check_classes
        found = compare(path, concurrency=concurrency)
    _show(found, as_json=as_json)
    raise typer.Exit(REFUSED if found else DONE)


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="A folder of describe documents.")],
    after: Annotated[Path, typer.Argument(help="Another one.")],
    objects: Objects = None,
    exclude: Exclude = None,
    as_json: AsJson = False,
) -> None:
    """Say what differs between two folders: objects and fields that came, went or changed."""
    with reported(as_json=as_json):
        found = schema.diff(before, after, *(objects or ()), exclude=exclude or ())
    _show(found, as_json=as_json)


def _show(found: SchemaDiff, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found.to_dict()))
    elif found:
        typer.echo(str(found))


def _told(pulled: Pulled) -> str:
    """What a pull did, in lines."""
    counts = f"{len(pulled.added)} new, {len(pulled.changed)} changed, {len(pulled.unchanged)} as before"
    lines = [f"{pulled.described} objects in {pulled.folder}, API {pulled.api_version}: {counts}"]
    lines += [f"not described: {name}: {why}" for name, why in pulled.refused.items()]
    if pulled.removed:
        lines.append(f"gone from the org: {', '.join(pulled.removed)}")
    if pulled.missing:
        lines.append(f"referred to and not pulled: {', '.join(pulled.missing)}")
    return "\n".join(lines)
