"""`modeld user`: users of a data folder that no server has open.

For the first password, and for the one that was forgotten. While a server runs the folder is locked, and
CREATE USER, ALTER USER and DROP USER do the same in a session. A password comes from a prompt or from
standard input, never from the command line, which every process of the machine can read.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final, TypeVar

import click

from server.bootstrap import load_engine
from server.catalog import Context, decide
from server.catalog.decide_users import PASSWORD
from server.errors import OdpsError
from server.executor import Engine
from server.secrets import SecretsError
from server.statements import AlterUser, CreateUser, DropUser, Identifier, UserStatement
from server.store.interface import StoreError, StoreLocked
from server.store.sqlite import FILE_NAME, SqliteStore
from server.users import seal_password

_Answer = TypeVar("_Answer")
_Command = TypeVar("_Command", bound=Callable[..., None])
# No user has this name, so that none is the one who acts.
_OPERATOR: Final = ""


def _data(command: _Command) -> _Command:
    return click.option(
        "--data",
        default="modeld-data",
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        envvar="MODELD_DATA",
        help="The data folder.",
    )(command)


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
@_data
@_password_stdin
def add(name: str, data: Path, *, password_stdin: bool) -> None:
    """Add a user with a password."""
    password = _read_password(name, from_stdin=password_stdin)
    _run(data, lambda engine: _change(engine, CreateUser(Identifier(name)), password))


@user.command()
@click.argument("name")
@_data
@_password_stdin
def passwd(name: str, data: Path, *, password_stdin: bool) -> None:
    """Give a user another password."""
    password = _read_password(name, from_stdin=password_stdin)
    _run(data, lambda engine: _change(engine, AlterUser(Identifier(name), None), password))


@user.command()
@click.argument("name")
@_data
def remove(name: str, data: Path) -> None:
    """Remove a user who owns nothing."""
    _run(data, lambda engine: _change(engine, DropUser(Identifier(name)), None))


@user.command(name="list")
@_data
def list_(data: Path) -> None:
    """Show each user, and whether there is a password."""
    for name, has_password in _run(data, _find_users):
        click.echo(f"{name}\t{'password' if has_password else 'no password'}")


def _run(folder: Path, action: Callable[[Engine], Coroutine[object, object, _Answer]]) -> _Answer:
    """Do it on the folder's catalog, or say why not and exit with 1."""
    if not (folder / FILE_NAME).is_file():
        raise click.ClickException(f"{folder} holds no catalog; the first `modeld serve` makes one")
    try:
        return asyncio.run(_with_engine(folder, action))
    except StoreLocked as error:
        raise click.ClickException(
            f"{error}: log in there and use CREATE USER, ALTER USER ... PASSWORD or DROP USER"
        ) from error
    except OdpsError as error:
        report = error.diagnostic
        raise click.ClickException(f"{report.text}: {report.detail}" if report.detail else report.text) from error
    except (StoreError, SecretsError, OSError) as error:
        raise click.ClickException(str(error)) from error


async def _with_engine(folder: Path, action: Callable[[Engine], Coroutine[object, object, _Answer]]) -> _Answer:
    store = SqliteStore(folder)
    try:
        engine = await load_engine(store, folder, environment_key=os.environ.get("MODELD_SECRET_KEY"))
        return await action(engine)
    finally:
        await store.close()


async def _change(engine: Engine, statement: UserStatement, password: str | None) -> None:
    sealed, _ = seal_password(engine.keyring, statement.name.name, password)
    context = Context(_OPERATOR, "", "", engine.clock.now(), {PASSWORD: sealed})
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
