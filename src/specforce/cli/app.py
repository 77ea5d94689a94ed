"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from specforce.cli import export, jobs, load, login, logout, mock, query, schema, whoami

app = typer.Typer(
    name="specforce",
    help="Salesforce from the command line: query, load, export, jobs, schema, and a fake org to try them on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("query")(query.query)
app.command("load")(load.load)
app.command("export")(export.export)
app.command("login")(login.login)
app.command("logout")(logout.logout)
app.command("whoami")(whoami.whoami)
app.add_typer(jobs.app, name="jobs")
app.add_typer(schema.app, name="schema")
app.add_typer(mock.app, name="mock")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - only when asked

        typer.echo(version("specforce"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Salesforce from the command line; credentials come from SALESFORCE_* variables or a profile, not from options."""
    del version


def run() -> None:
    """Run the command line of this process."""
    app(prog_name="specforce")
