"""`specforce mock`: the fake org, from the command line."""

from __future__ import annotations

import importlib.util
import sys

import typer

from specforce._extras import sentence

app = typer.Typer(help="The fake org: a Salesforce on loopback that any client can point at.", no_args_is_help=True)


# Their options are those of the fake org's own command, which knows them better.
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}


@app.command("serve", context_settings=_PASSED_ON, add_help_option=False)
def serve(context: typer.Context) -> None:
    """Serve a fake org until interrupted (`specforce mock serve --help` lists its options)."""
    _run("serve", context)


@app.command("env", context_settings=_PASSED_ON, add_help_option=False)
def env(context: typer.Context) -> None:
    """Print the environment variables that lead clients to a fake org (`specforce mock env --help`)."""
    _run("env", context)


def _run(command: str, context: typer.Context) -> None:
    if importlib.util.find_spec("uvicorn") is None:
        sys.stderr.write(sentence("the fake org", "uvicorn", "mock") + "\n")
        raise typer.Exit(2)
    from specforce_mockserver.cli import main  # noqa: PLC0415 - the server's own extra

    raise typer.Exit(main([command, *context.args]))
