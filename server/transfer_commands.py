"""`modeld dump` and `modeld load`: a catalog as a script, and back.

They work on a data folder that no server has open.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

import click

from server.bootstrap import seed_public_project
from server.catalog.privileges import OPERATOR
from server.dump import select, write_script
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.folder_commands import data_option, describe_error, run_on_folder
from server.loading import ScriptFailed, load_script
from server.public_project import PUBLIC_PROJECT
from server.sealing import seal_for_dump
from server.times import to_datetime

_STANDARD: Final = "-"
_FILE: Final = click.Path(dir_okay=False, allow_dash=True)


@click.command()
@click.argument("file", default=_STANDARD, type=_FILE)
@data_option
@click.option("--project", help="This project alone, with the users that own something in it.")
@click.option(
    "--secrets",
    type=click.Choice(["omit", "sealed"]),
    default="omit",
    show_default=True,
    help="Leave API keys and passwords out, or write them encrypted with the key of this folder.",
)
def dump(file: str, data: Path, project: str | None, secrets: str) -> None:
    """Write the catalog to FILE, or to standard output, as a script that makes it again."""

    async def make(engine: Engine) -> None:
        # To a file as it is made; its lines are not kept.
        _write(file, _dump(engine, None if project is None else project.lower(), sealed=secrets == "sealed"))

    run_on_folder(data, make, instead="stop it first")


@click.command()
@click.argument("file", default=_STANDARD, type=_FILE)
@data_option
@click.option("--project", help="The project that names without one belong to.")
@click.option("--user", help="The user who runs the script; without, the owner of the folder, who may do everything.")
def load(file: str, data: Path, project: str | None, user: str | None) -> None:
    """Run the script FILE, or standard input, on a catalog; in an empty folder it makes one."""
    text = _read(file)

    async def run(engine: Engine) -> Counter[Condition]:
        if not engine.committer.catalog.projects:
            await seed_public_project(engine)
        catalog = engine.committer.catalog
        if user is not None and user not in catalog.principals:
            raise OdpsError(Condition.ROLE_MISSING, name=user)
        if project is not None and catalog.find_project(project.lower()) is None:
            raise OdpsError(Condition.PROJECT_NOT_FOUND, project=project)
        home = PUBLIC_PROJECT if project is None else project.lower()
        return await load_script(engine, text, OPERATOR if user is None else user, home)

    try:
        told = run_on_folder(data, run, instead="stop it, or run the script there with psql -f", make=True)
    except ScriptFailed as failure:
        place = "standard input" if file == _STANDARD else file
        stays = f"; the first {failure.committed} statements stay done" if failure.committed else "; nothing was done"
        raise click.ClickException(f"{place}:{failure.line}: {describe_error(failure.error)}{stays}") from failure
    left_out = told[Condition.SECRET_LEFT_OUT]
    if left_out:
        click.echo(f"{left_out} API keys were left out: give them with ALTER MODEL ... SET OPTIONS", err=True)


def _dump(engine: Engine, project: str | None, *, sealed: bool) -> Iterable[str]:
    catalog, keyring = engine.committer.catalog, engine.keyring
    what = "the catalog" if project is None else f"project {project}"
    how = f"secrets sealed with key {keyring.key_ids[0].hex()}" if sealed else "secrets left out"
    now = to_datetime(engine.clock.now()).isoformat(" ", "seconds")
    selection = select(catalog, project, partial(seal_for_dump, keyring) if sealed else None)
    return write_script(selection, f"modeld: {what} at revision {catalog.revision}, {now}; {how}")


def _write(file: str, lines: Iterable[str]) -> None:
    """To standard output, or to a file of the user's own that is there whole or not at all."""
    if file == _STANDARD:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as output:
            output.writelines(lines)
            output.flush()
            os.fsync(descriptor)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == _STANDARD else Path(file).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from error
