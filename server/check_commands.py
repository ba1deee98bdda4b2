"""`modeld check`, `modeld backup`, `modeld restore`: whether a catalog is whole, a copy of it, and the way back.

`check` and `restore` need a folder that no server has open; `backup` works beside a running server, which takes no
part in it (`server.store.backup`). SILENT: the specification names the commands, and that a backup is SQLite's own.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from server.checking import Report, check_catalog, check_folder
from server.folder_commands import data_option, describe_failure, ignore_hangups
from server.key_file import KEY_FILE
from server.store.backup import copy_catalog, put_in, settle, take_out, working_folder
from server.store.interface import StoreError
from server.store.lock import FolderLock, make_folder
from server.store.sqlite import FILE_NAME
from server.store.upgrade import describe_upgrade

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@data_option
def check(data: Path) -> None:
    """Look whether a data folder is whole, without changing it."""
    with _explaining():
        report = check_folder(data, environment_key=os.environ.get("MODELD_SECRET_KEY"))
    _tell(report)
    if report.findings:
        sys.exit(1)
    click.echo(f"{data} is in order: {_summary(report)}")


@click.command()
@click.argument("file", type=_FILE)
@data_option
def backup(file: Path, data: Path) -> None:
    """Copy the catalog to FILE, beside a running server or without one. The key file is not in it."""
    with _explaining():
        if not (data / FILE_NAME).is_file():
            raise click.ClickException(f"{data} holds no {FILE_NAME}")
        if os.path.lexists(file):
            _refuse_to_replace(file)
        with working_folder(file) as work, _speaking_of(data / FILE_NAME, work):
            upgrade = describe_upgrade(file, copy_catalog(data, work).was)
            report = _check_copy(work, data / FILE_NAME, "no backup was made")
            take_out(work, file)
    _tell_result(file, report, upgrade)


@click.command()
@click.argument("file", type=_FILE)
@data_option
def restore(file: Path, data: Path) -> None:
    """Make the backup FILE the catalog of a folder that has none."""
    with _explaining():
        make_folder(data)
        lock = FolderLock(data)
        lock.acquire()
        try:
            for name in (FILE_NAME, f"{FILE_NAME}-wal"):
                if (data / name).exists():
                    _refuse_to_replace(data / name)
            with working_folder(data / FILE_NAME) as work, _speaking_of(file, work):
                upgrade = describe_upgrade(data / FILE_NAME, put_in(file, work).was)
                report = _check_copy(work, file, "it was not restored")
                settle(work, data, report.revision)
        finally:
            lock.release()
    _tell_result(data, report, upgrade)


def _check_copy(work: Path, original: Path, otherwise: str) -> Report:
    report = Report()
    check_catalog(report, work / FILE_NAME)
    if report.findings:
        _tell(report, lambda text: _name_original(text, original, work))
        raise click.ClickException(f"{original} is damaged, and {otherwise}")
    return report


def _name_original(text: str, original: Path, work: Path) -> str:
    return text.replace(str(work / FILE_NAME), str(original))


@contextmanager
def _speaking_of(original: Path, work: Path) -> Iterator[None]:
    """Say of the file that was copied what is wrong with the copy."""
    try:
        yield
    except StoreError as error:
        raise click.ClickException(_name_original(str(error), original, work)) from error


def _tell(report: Report, name: Callable[[str], str] = str) -> None:
    for finding in report.findings:
        click.echo(f"{name(finding.problem)}\n    {finding.advice}", err=True)


def _tell_result(made: Path, report: Report, upgrade: str) -> None:
    click.echo(f"{made}: {_summary(report)}; {_keys(report)}")
    if upgrade:
        click.echo(upgrade, err=True)


def _summary(report: Report) -> str:
    return (
        f"revision {report.revision}, {report.models} models with {report.versions} versions, "
        f"a history of {report.changes} changes"
    )


def _keys(report: Report) -> str:
    if not report.key_ids:
        return "no secrets"
    keys = ", ".join(sorted(key_id.hex() for key_id in report.key_ids))
    return f"the secrets in it need {KEY_FILE} with key {keys}, which is kept apart"


def _refuse_to_replace(path: Path) -> NoReturn:
    raise click.ClickException(f"{path} is there already, and is not replaced")


@contextmanager
def _explaining() -> Iterator[None]:
    """Say in one line what went wrong, and exit with 1."""
    ignore_hangups()
    try:
        yield
    except (StoreError, OSError) as error:
        raise click.ClickException(describe_failure(error)) from error
