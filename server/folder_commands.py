"""What the commands have in common that work on a data folder which no server has open."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import click

from server.bootstrap import load_engine
from server.engine import Engine
from server.errors import OdpsError
from server.secrets import SecretsError
from server.store.interface import StoreError, StoreLocked
from server.store.sqlite import FILE_NAME, SqliteStore

_Answer = TypeVar("_Answer")
_Command = TypeVar("_Command", bound=Callable[..., None])
_Action = Callable[[Engine], Coroutine[object, object, _Answer]]


def data_option(command: _Command) -> _Command:
    return click.option(
        "--data",
        default="modeld-data",
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        envvar="MODELD_DATA",
        help="The data folder.",
    )(command)


def run_on_folder(
    folder: Path,
    action: _Action[_Answer],
    *,
    instead: str = "",
    make: bool = False,
) -> _Answer:
    """Do it on the folder's catalog, or say why not and exit with 1.

    Args:
        instead: what to do while a server has the folder; without, the caller hears of that.
        make: a folder without a catalog gets an empty one.

    Raises:
        StoreLocked: when `instead` is empty.
    """
    ignore_hangups()
    if not make and not (folder / FILE_NAME).is_file():
        raise click.ClickException(f"{folder} holds no catalog; the first `modeld serve` makes one")
    try:
        return asyncio.run(_with_engine(folder, action))
    except StoreLocked as error:
        if not instead:
            raise
        raise click.ClickException(f"{error}: {instead}") from error
    except OdpsError as error:
        raise click.ClickException(describe_error(error)) from error
    except (StoreError, SecretsError, OSError) as error:
        raise click.ClickException(describe_failure(error)) from error


def ignore_hangups() -> None:
    """`modeld rotate-key` sends SIGHUP to whoever has the folder, which is meant for a server."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def describe_failure(error: Exception) -> str:
    """What is said of it in one line; of the operating system's errors without their numbers."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def describe_error(error: OdpsError) -> str:
    """What a command says of it, in one line."""
    report = error.diagnostic
    return f"{report.text}: {report.detail}" if report.detail else report.text


async def _with_engine(folder: Path, action: _Action[_Answer]) -> _Answer:
    store = SqliteStore(folder)
    try:
        engine = await load_engine(store, folder, environment_key=os.environ.get("MODELD_SECRET_KEY"))
        if store.upgrade:
            click.echo(store.upgrade, err=True)
        return await action(engine)
    finally:
        await store.close()
