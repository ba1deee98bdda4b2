"""`modeld rotate-key`: a new key for the secrets, beside a running server or without one.

The command writes the key file, and whoever has the folder open encrypts the secrets anew: the server, when it is
told to by SIGHUP, or else the command itself. Either may be killed at any instant: the file holds both keys, and
the next start of the server, or of this command, goes on.
"""

import os
import signal
import time
from pathlib import Path
from typing import Final

import click

from server.engine import Engine
from server.folder_commands import data_option, describe_failure, run_on_folder
from server.key_file import KEY_FILE, add_key, forget_unused, read_keys
from server.rotation import Rotation
from server.secrets import SecretsError
from server.store.interface import StoreLocked

_PAUSE: Final = 0.05  # seconds between looks at the key file


@click.command(name="rotate-key")
@data_option
@click.option("--resume", is_flag=True, help="Make no new key, but go on with one that was made before.")
@click.option(
    "--forget",
    is_flag=True,
    help="Instead, take out the keys that no secret of the catalog needs. Older backups and dumps still need them.",
)
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds to wait for a running server to have finished.",
)
def rotate_key(data: Path, *, resume: bool, forget: bool, timeout: float) -> None:
    """Make a new key, and encrypt every secret of the catalog with it."""
    if resume and forget:
        raise click.UsageError("--resume and --forget do not go together")
    if "MODELD_SECRET_KEY" in os.environ:
        raise click.ClickException(
            "the keys come from MODELD_SECRET_KEY: put the new one before the old one there, with a comma between "
            "them, and restart the server"
        )
    path = data / KEY_FILE
    try:
        if forget:
            _forget(path)
            return
        if not resume:
            click.echo(f"new key {add_key(path).hex()}")
    except FileNotFoundError as error:
        raise click.ClickException(f"there is no {path}; the first `modeld serve` makes it") from error
    except (SecretsError, OSError) as error:
        raise click.ClickException(describe_failure(error)) from error
    _encrypt(data, path, timeout)


def _forget(path: Path) -> None:
    gone = forget_unused(path)
    for key_id in gone:
        click.echo(f"forgot key {key_id.hex()}")
    if not gone:
        click.echo("no key is unused")


def _encrypt(data: Path, path: Path, timeout: float) -> None:
    async def run(engine: Engine) -> int:
        count = await Rotation(engine, path).run()
        await engine.committer.close()
        return count

    try:
        count = run_on_folder(data, run)
    except StoreLocked as locked:
        _tell_server(locked)
        _wait(path, timeout)
        click.echo("the server has encrypted all secrets with it")
    else:
        click.echo(f"{count} secrets were encrypted with it")


def _tell_server(locked: StoreLocked) -> None:
    try:
        if locked.process_id is None:
            raise ProcessLookupError  # noqa: TRY301  none that is its number here, for instance one in a container
        os.kill(locked.process_id, signal.SIGHUP)
    except (ProcessLookupError, PermissionError) as error:
        raise click.ClickException(
            f"{locked}, which cannot be told from here: send it SIGHUP, or restart it"
        ) from error


def _wait(path: Path, timeout: float) -> None:
    """Until every key but the first is marked as unused."""
    end = time.monotonic() + timeout
    while not all(line.unused for line in read_keys(path)[1:]):
        if time.monotonic() > end:
            raise click.ClickException(
                "the server is not done yet; its log says when it is, and `modeld rotate-key --resume` waits for it"
            )
        time.sleep(_PAUSE)
