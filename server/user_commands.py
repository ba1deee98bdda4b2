"""`modeld user`: users of a data folder that no server has open.

For the first password, and for the one that was forgotten. While a server runs the folder is locked, and
CREATE USER, ALTER USER and DROP USER do the same in a session. A password comes from a prompt or from
standard input, never from the command line, which every process of the machine can read.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from server.catalog import Context, decide
from server.catalog.decide_users import PASSWORD
from server.catalog.privileges import OPERATOR
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.folder_commands import data_option, run_on_folder
from server.statements import AlterUser, CreateUser, DropUser, Identifier, UserStatement
from server.users import seal_password

_Command = TypeVar("_Command", bound=Callable[..., None])
_INSTEAD: Final = "log in there and use CREATE USER, ALTER USER ... PASSWORD or DROP USER"


def _password_stdin(command: _Command) -> _Command:
    return click.option(
        "--password-stdin",
        is_flag=True,
        help="Read the password from standard input, its first line, instead of asking.",
    )(command)


@click.group()
def user() -> None:
    """Users of a data folder that no server has open."""


@user.command()
@click.argument("name")
@data_option
@_password_stdin
@click.option("--project", help="The project to add the user to; may be left out where there is only one.")
@click.option("--superuser", is_flag=True, help="Let the user do everything, in every project.")
def add(name: str, data: Path, *, password_stdin: bool, project: str | None, superuser: bool) -> None:
    """Add a user with a password, as a member of a project."""
    password = _read_password(name, from_stdin=password_stdin)
    statement = CreateUser(Identifier(name), superuser=superuser)
    home = None if project is None else project.lower()
    run_on_folder(data, lambda engine: _change(engine, statement, password, _home(engine, home)), instead=_INSTEAD)


@user.command()
@click.argument("name")
@data_option
@_password_stdin
def passwd(name: str, data: Path, *, password_stdin: bool) -> None:
    """Give a user another password."""
    password = _read_password(name, from_stdin=password_stdin)
    run_on_folder(data, lambda engine: _change(engine, AlterUser(Identifier(name), None), password), instead=_INSTEAD)


@user.command()
@click.argument("name")
@data_option
def remove(name: str, data: Path) -> None:
    """Remove a user who owns nothing."""
    run_on_folder(data, lambda engine: _change(engine, DropUser(Identifier(name)), None), instead=_INSTEAD)


@user.command(name="list")
@data_option
def list_(data: Path) -> None:
    """Show each user, and whether there is a password."""
    for name, has_password in run_on_folder(data, _find_users, instead=_INSTEAD):
        click.echo(f"{name}\t{'password' if has_password else 'no password'}")


def _home(engine: Engine, project: str | None) -> str:
    """The project that a new user belongs to."""
    catalog = engine.committer.catalog
    if project is not None:
        if catalog.find_project(project) is None:
            raise OdpsError(Condition.PROJECT_NOT_FOUND, project=project)
        return project
    own = [name for name, node in catalog.projects.items() if not node.header.public]
    if len(own) != 1:
        raise click.UsageError(f"--project is needed: there are {len(own)} projects")
    return own[0]


async def _change(engine: Engine, statement: UserStatement, password: str | None, project: str = "") -> None:
    sealed, _ = seal_password(engine.keyring, statement.name.name, password)
    context = Context(OPERATOR, project, "", engine.clock.now(), {PASSWORD: sealed})
    decision = await engine.committer.submit(lambda catalog: decide(catalog, statement, context))
    await engine.committer.close()
    if decision.event is not None:
        click.echo(decision.event.action)


async def _find_users(engine: Engine) -> list[tuple[str, bool]]:
    principals = engine.committer.catalog.principals
    return sorted((name, bool(role.header.verifier)) for name, role in principals.items())


def _read_password(name: str, *, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().removesuffix("\n")
    else:
        password = str(click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True))
    if not password:
        raise click.UsageError("a password is needed")
    return password
